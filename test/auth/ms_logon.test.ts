import { checkPrimeSync, createCipheriv, createDecipheriv } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { type Credentials, schemesNamed, type Verifier, webRandom } from "../../auth/mod.ts";
import { hex, hexOf, join, latin1 } from "../codec/bytes.ts";
import { runs } from "../codec/runs.ts";
import { clientContext, serverContext } from "./contexts.ts";
import { novncAnswers } from "./novnc.ts";
import { fed } from "./pulling.ts";

const SCHEMES = schemesNamed(["mslogon2", "mslogon"]);
const [MS_LOGON] = SCHEMES;
const KNOWN = { username: "CORP\\ada", password: "engine no. 9" };
const WRONG = "authentication: Cannot let the client in: wrong user or password";

function client(credentials: Credentials = KNOWN, random = webRandom) {
  return fed(MS_LOGON!.client(clientContext(MS_LOGON!, credentials, { random })));
}

function server(verifier: Verifier) {
  return fed(MS_LOGON!.server(serverContext(MS_LOGON!, verifier)));
}

function isKnown(username: string, password: string): boolean {
  return username === KNOWN.username && password === KNOWN.password;
}

/** What a server says. */
function parameters(generator: bigint, prime: bigint, publicKey: bigint): Uint8Array {
  return join([generator, prime, publicKey].map(bytesOf));
}

/** The fields of an answer, by Node's own DES: three times with one key is once. */
function opened(field: Uint8Array, secret: bigint): Uint8Array {
  const cipher = createDecipheriv("des-ede3-cbc", desKey(secret), bytesOf(secret)).setAutoPadding(false);
  return join([cipher.update(field), cipher.final()]);
}

function sealed(field: Uint8Array, secret: bigint): Uint8Array {
  const cipher = createCipheriv("des-ede3-cbc", desKey(secret), bytesOf(secret)).setAutoPadding(false);
  return join([cipher.update(field), cipher.final()]);
}

function desKey(secret: bigint): Uint8Array {
  const key = bytesOf(secret).map((byte) =>
    Number.parseInt(byte.toString(2).padStart(8, "0").split("").reverse().join(""), 2),
  );
  return join([key, key, key]);
}

// As UltraVNC would draw them: primes below 2 to the 31st.
const [G, P, EXPONENT] = [65537n, 622339607n, 123456789n];
const THEIRS = power(G, EXPONENT, P);

describe("The client's side of MSLogon", () => {
  test("is the same by its old number and by its new one", () => {
    expect(SCHEMES.map(({ path }) => path)).toStrictEqual([[113], [0xfffffffa]]);
    expect(SCHEMES[1]).toMatchObject({ client: MS_LOGON!.client, server: MS_LOGON!.server });
  });

  test("sends user and password to who chose the group", async () => {
    for (const chunk of [1, 5, 24]) {
      const random = vi.fn(webRandom);
      const [sent, ...more] = await client({ username: "jürgen", password: "pa ss €" }, random).feed(
        parameters(G, P, THEIRS),
        chunk,
      );
      expect(more).toStrictEqual(["done"]);
      const answer = sentBytes(sent!);
      expect(answer).toHaveLength(328);
      const secret = power(numberOf(answer.slice(0, 8)), EXPONENT, P);
      const [username, password] = [opened(answer.slice(8, 264), secret), opened(answer.slice(264), secret)];
      const [, filling, more2] = random.mock.results.map(({ value }) => value as Uint8Array);
      expect(hexOf(username)).toBe(`6ac3bc7267656e00${hexOf(filling!.slice(8))}`);
      expect(hexOf(password)).toBe(`706120737320e282ac00${hexOf(more2!.slice(10))}`);
    }
  });

  test.each([
    ["255 and 63 bytes", "u".repeat(255), "p".repeat(63), "u".repeat(255), "p".repeat(63)],
    ["a byte more", "u".repeat(256), "p".repeat(64), "u".repeat(255), "p".repeat(63)],
    ["a character cut in two", `${"u".repeat(254)}é`, `${"p".repeat(62)}é`, "u".repeat(254), "p".repeat(62)],
    ["nothing", "", "", "", ""],
  ])("has room for 255 bytes of a user and 63 of a password: %s", async (_what, username, password, user, word) => {
    const answer = sentBytes((await client({ username, password }).feed(parameters(G, P, THEIRS)))[0]!);
    const secret = power(numberOf(answer.slice(0, 8)), EXPONENT, P);
    const fields = [answer.slice(8, 264), answer.slice(264)].map((field) => opened(field, secret));
    expect(fields.map((field) => new TextDecoder().decode(field.slice(0, field.indexOf(0))))).toStrictEqual([
      user,
      word,
    ]);
  });

  const INSECURE = "insecure: Cannot agree on a key: its";
  test.each([
    ["a prime of 0", parameters(2n, 0n, 5n), `${INSECURE} prime is even or too small`],
    ["a prime that is even", parameters(2n, P - 1n, 5n), `${INSECURE} prime is even or too small`],
    ["a prime of 65535", parameters(2n, 65535n, 5n), `${INSECURE} prime is even or too small`],
    ["a generator of 0", parameters(0n, P, 5n), `${INSECURE} generator is not between 1 and the prime less 1`],
    ["a generator of 1", parameters(1n, P, 5n), `${INSECURE} generator is not between 1 and the prime less 1`],
    ["a generator of -1", parameters(P - 1n, P, 5n), `${INSECURE} generator is not between 1 and the prime less 1`],
    [
      "a generator above the prime",
      parameters(P + 2n, P, 5n),
      `${INSECURE} generator is not between 1 and the prime less 1`,
    ],
    ["a key of 0", parameters(G, P, 0n), `${INSECURE} public key is not between 1 and the prime less 1`],
    ["a key of 1", parameters(G, P, 1n), `${INSECURE} public key is not between 1 and the prime less 1`],
    ["a key of -1", parameters(G, P, P - 1n), `${INSECURE} public key is not between 1 and the prime less 1`],
    ["a key that is the generator", parameters(G, P, G), `${INSECURE} public key gives the secret away`],
  ])("asks nobody for a password for %s", async (_what, said, expected) => {
    const ask = vi.fn(async () => KNOWN);
    for (const chunk of [1, 24]) {
      expect(await fed(MS_LOGON!.client(clientContext(MS_LOGON!, KNOWN, { ask }))).feed(said, chunk)).toStrictEqual([
        expected,
      ]);
    }
    expect(ask).not.toHaveBeenCalled();
  });

  test("takes numbers of 64 bits", async () => {
    const prime = 2n ** 64n - 59n;
    const answer = sentBytes((await client().feed(parameters(5n, prime, power(5n, EXPONENT, prime))))[0]!);
    const secret = power(numberOf(answer.slice(0, 8)), EXPONENT, prime);
    expect(hexOf(opened(answer.slice(8, 264), secret).slice(0, 9))).toBe(hexOf(latin1("CORP\\ada\0")));
  });

  test("waits for the last byte, and leaves a tail alone", async () => {
    const said = parameters(G, P, THEIRS);
    const exchange = client();
    expect(await exchange.feed(said.slice(0, -1), 1)).toStrictEqual([]);
    expect(await exchange.feed(join([said.slice(-1), hex("00000000")]))).toStrictEqual([
      expect.stringMatching(/^send /),
      "done",
    ]);
  });

  test("comes to an answer or an RfbError, whatever the server says", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 30 }), async (bytes) => {
        expect((await client().feed(bytes)).join()).toMatch(/^$|^send [0-9a-f]+,done$|^insecure: /);
      }),
      runs(200),
    );
  });
});

describe("The server's side of MSLogon", () => {
  test("offers a group that UltraVNC's viewers can calculate in, and a key of its own to each client", async () => {
    const keys = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const said = sentBytes((await server({ verify: isKnown }).feed())[0]!);
      expect(said).toHaveLength(24);
      const [generator, prime, key] = [0, 8, 16].map((at) => numberOf(said.slice(at, at + 8))) as [
        bigint,
        bigint,
        bigint,
      ];
      for (const number of [generator, prime, key]) expect(number).toBeLessThan(2n ** 31n);
      expect([prime, (prime - 1n) / 2n].map((number) => checkPrimeSync(number))).toStrictEqual([true, true]);
      keys.add(`${key}`);
    }
    expect(keys.size).toBe(20);
  });

  test.each([
    ["lets noVNC in", KNOWN, ["done"]],
    ["turns noVNC away with a wrong password", { ...KNOWN, password: "engine no. 8" }, [WRONG]],
    ["turns noVNC away with a wrong user", { ...KNOWN, username: "CORP\\Ada" }, [WRONG]],
  ])("%s", async (_what, credentials, outcome) => {
    for (const chunk of [undefined, 1, 3]) {
      const exchange = server({ verify: isKnown });
      const said = sentBytes((await exchange.feed())[0]!);
      expect(await exchange.feed(await novncAnswers("MSLogonII", said, credentials), chunk)).toStrictEqual(outcome);
    }
  });

  test("hears what noVNC was told, in any script", async () => {
    const verify = vi.fn(() => true);
    for (const [username, password] of [
      ["jürgen@corp.example", "pa ss €"],
      ["", ""],
      ["x".repeat(255), "y".repeat(63)],
    ] as const) {
      const exchange = server({ verify });
      const [sent] = await exchange.feed();
      await exchange.feed(await novncAnswers("MSLogonII", sentBytes(sent!), { username, password }));
      expect(verify).toHaveBeenLastCalledWith(username, password);
    }
  });

  test.each([
    ["zeros behind a text", "6161".padEnd(512, "0"), "62".padEnd(128, "0"), "aa", "b"],
    ["no NUL at all", "61".repeat(256), "62".repeat(64), "a".repeat(256), "b".repeat(64)],
    ["bytes that are not UTF-8", "fffe00".padEnd(512, "1"), "80".padEnd(128, "0"), "\ufffd\ufffd", "\ufffd"],
  ])("reads fields by Node's DES: %s", async (_what, username, password, user, word) => {
    const verify = vi.fn(() => true);
    const exchange = server({ verify });
    const said = sentBytes((await exchange.feed())[0]!);
    const [generator, prime, theirs] = [0, 8, 16].map((at) => numberOf(said.slice(at, at + 8))) as [
      bigint,
      bigint,
      bigint,
    ];
    const secret = power(theirs, EXPONENT, prime);
    const ours = bytesOf(power(generator, EXPONENT, prime));
    const answer = join([ours, sealed(hex(username), secret), sealed(hex(password), secret)]);
    expect(await exchange.feed(answer, 7)).toStrictEqual(["done"]);
    expect(verify.mock.calls).toStrictEqual([[user, word]]);
  });

  test.each([
    ["0", 0n],
    ["the prime", 0x7fffffbbn],
    ["all ones", 2n ** 64n - 1n],
  ])("asks nobody about a client whose key is %s", async (_what, key) => {
    const verify = vi.fn(() => true);
    const exchange = server({ verify });
    await exchange.feed();
    expect(await exchange.feed(join([bytesOf(key), new Uint8Array(320)]))).toStrictEqual([
      "malformed: Cannot agree on a key: its public key is no number of the group",
    ]);
    expect(verify).not.toHaveBeenCalled();
  });

  test("lets in who has drawn 0 or 1 for an exponent, as libvncclient does now and then", async () => {
    for (const exponent of [0n, 1n]) {
      const exchange = server({ verify: isKnown });
      const said = sentBytes((await exchange.feed())[0]!);
      const secret = power(numberOf(said.slice(16)), exponent, numberOf(said.slice(8, 16)));
      const fields = [KNOWN.username.padEnd(256, "\0"), KNOWN.password.padEnd(64, "\0")].map((text) =>
        sealed(latin1(text), secret),
      );
      expect(await exchange.feed(join([bytesOf(2n ** exponent), ...fields]))).toStrictEqual(["done"]);
    }
  });

  test("does not let an answer to an earlier key in, waits for the last byte, and leaves a tail alone", async () => {
    const first = server({ verify: isKnown });
    const answer = await novncAnswers("MSLogonII", sentBytes((await first.feed())[0]!), KNOWN);
    const second = server({ verify: isKnown });
    await second.feed();
    expect(await second.feed(answer)).toStrictEqual([WRONG]);
    expect(await first.feed(answer.slice(0, -1), 1)).toStrictEqual([]);
    expect(await first.feed(join([answer.slice(-1), hex("01")]))).toStrictEqual(["done"]);
  });

  test("comes to a verdict or an RfbError, whatever the client says", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 328, maxLength: 328 }), async (bytes) => {
        const exchange = server({ verify: isKnown });
        await exchange.feed();
        // A key above the prime is refused as such.
        if (bytes[0]! < 128) bytes.fill(0, 0, 5);
        expect((await exchange.feed(bytes)).join()).toMatch(/^(malformed|authentication): /);
      }),
      runs(100),
    );
  });

  test("does not start without somebody to ask", () => {
    expect(() => server({ password: () => "x" })).toThrow(TypeError);
  });
});

function sentBytes(did: string): Uint8Array {
  expect(did).toMatch(/^send /);
  return hex(did.slice("send ".length));
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
}

function bytesOf(number: bigint): Uint8Array {
  return hex(number.toString(16).padStart(16, "0"));
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${hexOf(bytes)}`);
}
