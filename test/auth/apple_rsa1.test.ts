import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
} from "node:crypto";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { type Credentials, schemesNamed, type Verifier } from "../../auth/mod.ts";
import type { ClientContext } from "../../auth/scheme.ts";
import { be16, be32, hex, hexOf, join, latin1 } from "../codec/bytes.ts";
import { runs } from "../codec/runs.ts";
import { clientContext, serverContext } from "./contexts.ts";
import { fed } from "./pulling.ts";

const [RSA1] = schemesNamed(["applersa1"]);
const KNOWN = { username: "ada", password: "engine no. 9" };
const REQUEST = "0000000a01005253413100000000";
const WRONG = "authentication: Cannot let the client in: wrong user or password";

let publicKey: KeyObject;
let privateKey: KeyObject;
beforeAll(() => {
  ({ publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 }));
});

function client(credentials: Credentials = KNOWN, more: Partial<ClientContext> = {}) {
  return fed(RSA1!.client(clientContext(RSA1!, credentials, more)));
}

function server(verifier: Omit<Verifier, "rsaKey">) {
  const rsaKey = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  return fed(RSA1!.server(serverContext(RSA1!, { rsaKey, ...verifier })));
}

function isKnown(username: string, password: string): boolean {
  return username === KNOWN.username && password === KNOWN.password;
}

function derOf(key: KeyObject, type: "spki" | "pkcs1" = "spki"): Uint8Array {
  return Uint8Array.from(key.export({ type, format: "der" }));
}

/** What a server says of its key. */
function keyPacket(der: Uint8Array): Uint8Array {
  return join([be32(der.length + 7), hex("0100"), be32(der.length), der, hex("00")]);
}

/** The fields of a login, by Node's RSA and AES. */
function opened(login: Uint8Array, key: KeyObject): Uint8Array {
  const padded = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, login.slice(142));
  expect(hexOf(padded.subarray(0, 2))).toBe("0002");
  expect(padded.indexOf(0, 2)).toBe(padded.length - 17);
  const cipher = createDecipheriv("aes-128-ecb", padded.subarray(-16), null).setAutoPadding(false);
  return join([cipher.update(login.slice(12, 140)), cipher.final()]);
}

describe("The client's side of Apple's RSA1", () => {
  test("asks for the server's key, and sends user and password for who has it", async () => {
    for (const chunk of [1, 100, 1000]) {
      for (const type of ["spki", "pkcs1"] as const) {
        const exchange = client({ username: "jürgen", password: "pa ss €" });
        expect(await exchange.feed()).toStrictEqual([`send ${REQUEST}`]);
        const [sent, ...more] = await exchange.feed(keyPacket(derOf(publicKey, type)), chunk);
        expect(more).toStrictEqual([]);
        const login = hex(sent!.slice("send ".length));
        expect(login).toHaveLength(398);
        expect(hexOf(login.slice(0, 12))).toBe("0000018a0100525341310001");
        expect(hexOf(login.slice(140, 142))).toBe("0001");
        const fields = opened(login, privateKey);
        expect(hexOf(fields.slice(0, 8))).toBe("6ac3bc7267656e00");
        expect(hexOf(fields.slice(64, 74))).toBe("706120737320e282ac00");
        expect(await exchange.feed(hex("00000000"), chunk)).toStrictEqual(["done"]);
      }
    }
  });

  test("takes keys of 1024 and of 4096 bits", async () => {
    for (const modulusLength of [1024, 4096]) {
      const pair = generateKeyPairSync("rsa", { modulusLength });
      const exchange = client();
      await exchange.feed();
      const [sent] = await exchange.feed(keyPacket(derOf(pair.publicKey)));
      const login = hex(sent!.slice("send ".length));
      expect(login).toHaveLength(142 + modulusLength / 8);
      expect(hexOf(opened(login, pair.privateKey).slice(0, 4))).toBe("61646100");
    }
  });

  test("asks nobody for a password unless the server's key is trusted", async () => {
    const ask = vi.fn(async () => KNOWN);
    const trustsServerKey = vi.fn(() => false);
    const exchange = client(KNOWN, { ask, trustsServerKey });
    await exchange.feed();
    const der = derOf(publicKey);
    const outcome = await exchange.feed(keyPacket(der));
    expect(outcome).toStrictEqual([expect.stringMatching(/^insecure: Cannot trust the server's key: fingerprint /)]);
    expect(trustsServerKey.mock.calls).toMatchObject([[{ scheme: RSA1, bytes: der }]]);
    expect(ask).not.toHaveBeenCalled();
  });

  const small = generateKeyPairSync("rsa", { modulusLength: 512 }).publicKey;
  const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
  const MODULUS = `02818100${"c".repeat(256)}`;
  test.each([
    ["512 bits", keyPacket(derOf(small)), "insecure: Cannot accept an RSA key: 512 bits, and 1024 are the least"],
    ["another kind", keyPacket(derOf(elliptic)), "malformed: Cannot read an RSA key at 0: not of RSA"],
    ["no bytes", keyPacket(hex("")), /^truncated: /],
    [
      "no DER",
      keyPacket(latin1("-----BEGIN PUBLIC KEY-----")),
      /^malformed: Cannot read an RSA key at 0: an element of /,
    ],
    ["a length without end", keyPacket(hex("3084ffffffff")), /^malformed: .*no end in sight/],
    ["a length behind the end", keyPacket(hex("3082ffff00")), /^truncated: /],
    ["an even modulus", keyPacket(hex(`308189${MODULUS}0203010001`)), /^malformed: .*modulus is even/],
    ["an exponent of 1", keyPacket(hex(`308187${MODULUS.slice(0, -1)}d020101`)), /^malformed: .*exponent/],
    [
      "another length than its packet's",
      hex("00000010 0100 0000000a 30 000000000000000000 00"),
      /^malformed: .*a key of 10 bytes in a packet of 16/,
    ],
    [
      "a packet of 6 bytes",
      hex("00000006 0100 00000000"),
      "malformed: Cannot read an RSA1 packet at 0: a packet of 6 bytes for a key",
    ],
    ["a packet of 4 GB", hex("ffffffff"), /^limit: .*maxVendorLength/],
  ])("refuses a key of %s", async (_what, said, expected) => {
    for (const chunk of [1, said.length]) {
      const exchange = client();
      await exchange.feed();
      const outcome = await exchange.feed(said, chunk);
      expect(outcome).toHaveLength(1);
      if (typeof expected === "string") expect(outcome[0]).toBe(expected);
      else expect(outcome[0]).toMatch(expected);
    }
  });

  test("refuses a key above the limit", async () => {
    const { publicKey: large } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const { limits } = clientContext(RSA1!, KNOWN);
    const exchange = client(KNOWN, { limits: { ...limits, maxRsaKeyLength: 2047 } });
    await exchange.feed();
    expect(await exchange.feed(keyPacket(derOf(large)))).toStrictEqual([
      "limit: Cannot accept a length: limit maxRsaKeyLength is 2047, got 2048",
    ]);
  });

  test("does not know what to make of more than zeros at the end", async () => {
    const exchange = client();
    await exchange.feed();
    await exchange.feed(keyPacket(derOf(publicKey)));
    expect(await exchange.feed(hex("00000002"))).toStrictEqual([
      "unexpected: Cannot pass RSA1: a packet of 2 bytes after the login",
    ]);
  });

  test("comes to an answer or an RfbError, whatever key the server has", async () => {
    const said = keyPacket(derOf(publicKey));
    const edit = fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
        const exchange = client();
        await exchange.feed();
        const outcome = await exchange.feed(edits.reduce((bytes, [at, value]) => bytes.with(at, value), said));
        expect(outcome.join()).toMatch(/^$|^send [0-9a-f]+$|^(malformed|truncated|limit|insecure): /);
      }),
      runs(200),
    );
  });
});

describe("The server's side of Apple's RSA1", () => {
  /** What a client by Node answers. */
  function loginOf({ username, password }: Required<Omit<Credentials, "target">>, der: Uint8Array): Uint8Array {
    const key = createPublicKey({ key: Buffer.from(der), type: "spki", format: "der" });
    const aesKey = hex("000102030405060708090a0b0c0d0e0f");
    const fields = new Uint8Array(128);
    fields.set(latin1(`${username}\0`));
    fields.set(latin1(`${password}\0`), 64);
    const encrypted = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, aesKey);
    return join([hex("0000018a 0100 52534131 0001"), sealedByNode(fields, aesKey), be16(1), encrypted]);
  }

  async function greeted(verifier: Verifier) {
    const exchange = server(verifier);
    const [sent] = await exchange.feed(hex(REQUEST));
    const packet = hex(sent!.slice("send ".length));
    expect(hexOf(packet)).toBe(hexOf(keyPacket(derOf(publicKey))));
    return { exchange, der: packet.slice(10, -1) };
  }

  test.each([
    ["lets the right one in", KNOWN, "done"],
    ["turns a wrong password away", { ...KNOWN, password: "engine no. 8" }, WRONG],
    ["turns a wrong user away", { ...KNOWN, username: "Ada" }, WRONG],
  ])("shows its key as Node would, and %s", async (_what, credentials, outcome) => {
    for (const chunk of [1, 400]) {
      const { exchange, der } = await greeted({ verify: isKnown });
      const did = await exchange.feed(loginOf(credentials, der), chunk);
      expect(did).toStrictEqual(["send 00000000", outcome]);
    }
  });

  test("says of a key that it cannot decrypt no more than of a wrong password", async () => {
    const verify = vi.fn(isKnown);
    const { exchange, der } = await greeted({ verify });
    const login = loginOf(KNOWN, der);
    login.fill(1, 142);
    expect(await exchange.feed(login)).toStrictEqual(["send 00000000", WRONG]);
    expect(verify).toHaveBeenCalledTimes(1);
  });

  test.each([
    ["another length", "0000000b", 0],
    ["another kind of key", "52534132", 6],
    ["credentials", "0001", 10],
    ["a key", "0001", 12],
  ])("refuses a request with %s", async (_what, patch, at) => {
    const request = hex(REQUEST);
    request.set(hex(patch), at);
    const [outcome] = await server({ verify: isKnown }).feed(request);
    expect(outcome).toMatch(/^malformed: Cannot read an RSA1 packet at \d+: /);
  });

  test.each([
    ["another length", "00000189", 0],
    ["another kind of key", "52534132", 6],
    ["no credentials", "0000", 10],
    ["no key", "0000", 140],
  ])("refuses a login with %s", async (_what, patch, at) => {
    const { exchange, der } = await greeted({ verify: isKnown });
    const login = loginOf(KNOWN, der);
    login.set(hex(patch), at);
    expect(await exchange.feed(login)).toStrictEqual([
      expect.stringMatching(/^malformed: Cannot read an RSA1 packet at /),
    ]);
  });

  test("does not start without a key, or somebody to ask", () => {
    expect(() => RSA1!.server(serverContext(RSA1!, { verify: isKnown }))).toThrow(TypeError);
    expect(() => server({ password: () => "x" })).toThrow(TypeError);
  });
});

function sealedByNode(fields: Uint8Array, key: Uint8Array): Uint8Array {
  const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  return join([cipher.update(fields), cipher.final()]);
}
