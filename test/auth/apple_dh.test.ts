import {
  checkPrimeSync,
  createDecipheriv,
  createDiffieHellman,
  createDiffieHellmanGroup,
  createHash,
  type DiffieHellmanGroup,
} from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { type Credentials, schemesNamed, type Verifier, webRandom } from "../../auth/mod.ts";
import { DEFAULT_LIMITS } from "../../codec/limits.ts";
import { be16, hex, hexOf, join } from "../codec/bytes.ts";
import { runs } from "../codec/runs.ts";
import { clientContext, serverContext } from "./contexts.ts";
import { novncAnswers } from "./novnc.ts";
import { fed } from "./pulling.ts";

const [DH] = schemesNamed(["dh"]);
const KNOWN = { username: "ada", password: "engine no. 9" };
const WRONG = "authentication: Cannot let the client in: wrong user or password";

function client(credentials: Credentials = KNOWN, random = webRandom) {
  return fed(DH!.client(clientContext(DH!, credentials, { random })));
}

function server(verifier: Verifier) {
  return fed(DH!.server(serverContext(DH!, verifier)));
}

function isKnown(username: string, password: string): boolean {
  return username === KNOWN.username && password === KNOWN.password;
}

/** What BoringSSL, and so Bun, has no more: RFC 2409 §6.1 and 6.2. */
const OLD_PRIMES: Readonly<Record<string, string>> = {
  modp1:
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
    "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a63a3620ffffffffffffffff",
  modp2:
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
    "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
    "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff",
};

/** Made once: BoringSSL looks for factors of the prime each time, which takes it seconds. */
function groupOf(name: string): DiffieHellmanGroup {
  const prime = OLD_PRIMES[name];
  groups[name] ??= prime === undefined ? createDiffieHellmanGroup(name) : createDiffieHellman(prime, "hex", 2);
  return groups[name];
}

const groups: Record<string, DiffieHellmanGroup> = {};

const MODP_1024 = numberOf(groupOf("modp2").getPrime());

/** What a server says: numbers big-endian, and as long as the prime unless told. */
function parameters(generator: number, prime: bigint, publicKey: bigint, length = Math.ceil(bits(prime) / 8)) {
  return join([be16(generator), be16(length), bytesOf(prime, length), bytesOf(publicKey, length)]);
}

/** User and password as they were in the client's answer, to who knows the secret: MD5 and AES of Node's own. */
function opened(credentials: Uint8Array, secret: Uint8Array): Uint8Array {
  const cipher = createDecipheriv("aes-128-ecb", createHash("md5").update(secret).digest(), null).setAutoPadding(false);
  return join([cipher.update(credentials), cipher.final()]);
}

/** What the client of a server by Node answers, opened, and what Node makes of its key. */
async function answerIn(group: string, credentials: Credentials, chunk?: number, random = webRandom) {
  const node = groupOf(group);
  node.generateKeys();
  const prime = node.getPrime();
  const [generator, publicKey] = [node.getGenerator(), node.getPublicKey()].map(numberOf);
  const said = parameters(Number(generator), numberOf(prime), publicKey!);
  const [sent, ...more] = await client(credentials, random).feed(said, chunk);
  expect(more).toStrictEqual(["done"]);
  const answer = sentBytes(sent!);
  expect(answer).toHaveLength(128 + prime.length);
  const secret = bytesOf(numberOf(node.computeSecret(answer.slice(128))), prime.length);
  return opened(answer.slice(0, 128), secret);
}

describe("The client's side of Apple's Diffie-Hellman", () => {
  test.each([
    ["modp1", 768],
    ["modp2", 1024],
    ["modp5", 1536],
    ["modp14", 2048],
    ["modp16", 4096],
  ])("sends user and password to who chose %s, of %d bits", async (group) => {
    for (const chunk of [undefined, 1, 3]) {
      const fields = await answerIn(group, { username: "jürgen", password: "pa ss €" }, chunk);
      expect(hexOf(fields.slice(0, 8))).toBe("6ac3bc7267656e00");
      expect(hexOf(fields.slice(64, 74))).toBe("706120737320e282ac00");
    }
  });

  test("leaves random bytes behind each text, other ones each time", async () => {
    const random = vi.fn(webRandom);
    const fields = await answerIn("modp2", KNOWN, undefined, random);
    const drawn = random.mock.results.map(({ value }) => value as Uint8Array);
    expect(random.mock.calls).toStrictEqual([[64], [64], [64]]); // the exponent, user, password
    expect(hexOf(fields.slice(4, 64))).toBe(hexOf(drawn[1]!.slice(4)));
    expect(hexOf(fields.slice(77))).toBe(hexOf(drawn[2]!.slice(13)));
    const again = await answerIn("modp2", KNOWN);
    expect(hexOf(again.slice(4, 64))).not.toBe(hexOf(fields.slice(4, 64)));
  });

  test.each([
    ["63 bytes", "x".repeat(63), "x".repeat(63)],
    ["64 bytes", "x".repeat(64), "x".repeat(63)],
    ["a character that ends at 63", `${"x".repeat(60)}€y`, `${"x".repeat(60)}€`],
    ["a character that ends at 64", `${"x".repeat(61)}€y`, "x".repeat(61)],
    ["a character that ends at 65", `${"x".repeat(62)}€y`, "x".repeat(62)],
    ["nothing", "", ""],
  ])("cuts no character in two: %s", async (_what, text, kept) => {
    const fields = await answerIn("modp2", { username: text, password: text });
    for (const field of [fields.slice(0, 64), fields.slice(64)]) {
      expect(new TextDecoder().decode(field.slice(0, field.indexOf(0)))).toBe(kept);
    }
  });

  test("puts zeros in front of a secret and a key that are short", async () => {
    const prime = MODP_1024;
    // Its exponent is known, so that the server's can be one for which the secret's first byte is 0.
    const random = (length: number): Uint8Array => new Uint8Array(length).fill(7);
    const exponent = 2n + (numberOf(random(64)) % (prime - 3n));
    const ours = power(2n, exponent, prime);
    let [theirs, secret] = [power(2n, 900n, prime), power(ours, 900n, prime)];
    while (secret >> 1016n !== 0n) [theirs, secret] = [(theirs * 2n) % prime, (secret * ours) % prime];
    const [sent] = await client(KNOWN, random).feed(parameters(2, prime, theirs));
    const answer = sentBytes(sent!);
    expect(hexOf(answer.slice(128))).toBe(hexOf(bytesOf(ours, 128)));
    expect(hexOf(opened(answer.slice(0, 128), bytesOf(secret, 128)).slice(0, 4))).toBe("61646100");

    // Likewise with our own key, in a group where that is soon found.
    const short = 2n ** 127n - 1n;
    const fills = Array.from({ length: 256 }, (_, fill) => new Uint8Array(64).fill(fill));
    const keyOf = (fill: Uint8Array): bigint => power(3n, 2n + (numberOf(fill) % (short - 3n)), short);
    const fill = fills.find((each) => keyOf(each) >> 120n === 0n)!;
    const [key] = await client(KNOWN, (length) => fill.slice(0, length)).feed(parameters(3, short, 5n));
    expect(hexOf(sentBytes(key!).slice(128))).toBe(hexOf(bytesOf(keyOf(fill), 16)));
  });

  const P = MODP_1024;
  const INSECURE = "insecure: Cannot agree on a key: its";
  test.each([
    ["a prime that is even", parameters(2, P - 1n, 5n), `${INSECURE} prime is even or too small`],
    ["a prime of 0", join([be16(2), be16(128), new Uint8Array(256)]), `${INSECURE} prime is shorter than it says`],
    ["a prime with a 0 in front", parameters(2, P, 5n, 129), `${INSECURE} prime is shorter than it says`],
    ["a prime of 3 in 128 bytes", parameters(2, 3n, 2n, 128), `${INSECURE} prime is shorter than it says`],
    ["a prime of 15 bytes", parameters(2, 2n ** 119n + 1n, 5n), `${INSECURE} prime of 15 bytes is below 16`],
    ["a prime of no bytes", hex("00020000"), `${INSECURE} prime of 0 bytes is below 16`],
    ["a generator of 0", parameters(0, P, 5n), `${INSECURE} generator is not between 1 and the prime less 1`],
    ["a generator of 1", parameters(1, P, 5n), `${INSECURE} generator is not between 1 and the prime less 1`],
    ["a key of 0", parameters(2, P, 0n), `${INSECURE} public key is not between 1 and the prime less 1`],
    ["a key of 1", parameters(2, P, 1n), `${INSECURE} public key is not between 1 and the prime less 1`],
    ["a key of -1", parameters(2, P, P - 1n), `${INSECURE} public key is not between 1 and the prime less 1`],
    ["a key that is the prime", parameters(2, P, P), `${INSECURE} public key is not between 1 and the prime less 1`],
    ["a key above the prime", parameters(2, P, P + 5n), `${INSECURE} public key is not between 1 and the prime less 1`],
    ["a key that is the generator", parameters(2, P, 2n), `${INSECURE} public key gives the secret away`],
    ["a key that is less the generator", parameters(2, P, P - 2n), `${INSECURE} public key gives the secret away`],
    // Its square is 0 already.
    [
      "a key of which the secret is 0",
      parameters(2, 3n ** 646n, 3n ** 400n),
      `${INSECURE} secret is not between 1 and the prime less 1`,
    ],
  ])("asks nobody for a password for %s", async (_what, said, expected) => {
    const ask = vi.fn(async () => KNOWN);
    for (const chunk of [1, said.length]) {
      const outcome = await fed(DH!.client(clientContext(DH!, KNOWN, { ask }))).feed(said, chunk);
      expect(outcome).toStrictEqual([expected]);
    }
    expect(ask).not.toHaveBeenCalled();
  });

  test("takes a prime of 1024 bytes in a moment, and refuses more from the length alone", async () => {
    const prime = 2n ** 8192n - 1n; // it has factors, which nobody looks for
    const started = performance.now();
    expect(await client().feed(parameters(2, prime, prime - 5n))).toHaveLength(2);
    expect(performance.now() - started).toBeLessThan(5000);
    for (const length of [1025, 0xffff]) {
      expect(await client().feed(join([be16(2), be16(length)]), 1)).toStrictEqual([
        `limit: Cannot accept a length: limit maxDhKeyLength is 1024, got ${length}`,
      ]);
    }
  });

  test("waits for the last byte, asks then, and leaves a tail alone", async () => {
    const ask = vi.fn(async () => KNOWN);
    const said = parameters(2, P, 5n);
    const exchange = fed(DH!.client(clientContext(DH!, KNOWN, { ask })));
    expect(await exchange.feed(said.slice(0, -1), 1)).toStrictEqual([]);
    expect(ask).not.toHaveBeenCalled();
    expect(await exchange.feed(join([said.slice(-1), hex("00000000")]))).toStrictEqual([
      expect.stringMatching(/^send [0-9a-f]{512}$/),
      "done",
    ]);
    expect(ask.mock.calls).toStrictEqual([[["username", "password"]]]);
  });

  test("comes to an answer or an RfbError, whatever the server says", async () => {
    const said = parameters(2, P, 5n);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc
            .array(fc.tuple(fc.nat({ max: said.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 })
            .map((edits) => edits.reduce((bytes, [at, value]) => bytes.with(at, value), said)),
        ),
        async (bytes) => {
          const did = await client().feed(bytes);
          expect(did.join()).toMatch(/^$|^send [0-9a-f]+,done$|^(insecure|limit): [^,]+(, got \d+)?$/);
        },
      ),
      runs(200),
    );
  });
});

describe("The server's side of Apple's Diffie-Hellman", () => {
  test.each([1024, 2048] as const)("offers a group of %d bits that the RFCs have", async (dhKeyLength) => {
    const [sent] = await server({ verify: isKnown, dhKeyLength }).feed();
    const said = sentBytes(sent!);
    const prime = groupOf(dhKeyLength === 1024 ? "modp2" : "modp14").getPrime();
    expect(hexOf(said.slice(0, 4))).toBe(hexOf(join([be16(2), be16(dhKeyLength / 8)])));
    expect(hexOf(said.slice(4, 4 + dhKeyLength / 8))).toBe(hexOf(prime));
    expect(said).toHaveLength(4 + dhKeyLength / 4);
    expect(checkPrimeSync((numberOf(prime) - 1n) / 2n, { checks: 20 })).toBe(true);
  });

  test("offers 2048 bits where it is not told, and a key of its own to each client", async () => {
    const keys = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const said = sentBytes((await server({ verify: isKnown }).feed())[0]!);
      expect(said).toHaveLength(4 + 512);
      keys.add(hexOf(said.slice(260)));
    }
    expect(keys.size).toBe(20);
  });

  describe.each([1024, 2048] as const)("in %d bits", (dhKeyLength) => {
    test.each([
      ["lets noVNC in", KNOWN, ["done"]],
      ["turns noVNC away with a wrong password", { ...KNOWN, password: "engine no. 8" }, [WRONG]],
      ["turns noVNC away with a wrong user", { ...KNOWN, username: "Ada" }, [WRONG]],
    ])("%s", async (_what, credentials, outcome) => {
      for (const chunk of [undefined, 1, 3]) {
        const exchange = server({ verify: isKnown, dhKeyLength });
        const [sent] = await exchange.feed();
        expect(await exchange.feed(await novncAnswers("ARD", sentBytes(sent!), credentials), chunk)).toStrictEqual(
          outcome,
        );
      }
    });
  });

  test("hears what noVNC was told, in any script", async () => {
    const verify = vi.fn(() => true);
    for (const [username, password] of [
      ["jürgen", "pa ss €"],
      ["", ""],
      ["x".repeat(63), "y".repeat(63)],
    ] as const) {
      const exchange = server({ verify, dhKeyLength: 1024 });
      const [sent] = await exchange.feed();
      await exchange.feed(await novncAnswers("ARD", sentBytes(sent!), { username, password }));
      expect(verify).toHaveBeenLastCalledWith(username, password);
    }
  });

  test("does not let an answer to an earlier key in", async () => {
    const first = server({ verify: isKnown });
    const answer = await novncAnswers("ARD", sentBytes((await first.feed())[0]!), KNOWN);
    const second = server({ verify: isKnown });
    await second.feed();
    expect(await second.feed(answer)).toStrictEqual([WRONG]);
    expect(await first.feed(answer)).toStrictEqual(["done"]);
  });

  test.each([
    ["0", () => 0n],
    ["the prime", (prime: bigint) => prime],
    ["all ones", () => 2n ** 1024n - 1n],
  ])("asks nobody about a client whose key is %s", async (_what, keyOf) => {
    const verify = vi.fn(() => true);
    const exchange = server({ verify, dhKeyLength: 1024 });
    await exchange.feed();
    expect(await exchange.feed(join([new Uint8Array(128), bytesOf(keyOf(MODP_1024), 128)]))).toStrictEqual([
      "malformed: Cannot agree on a key: its public key is no number of the group",
    ]);
    expect(verify).not.toHaveBeenCalled();
  });

  test("waits for the last byte, and leaves a tail alone", async () => {
    const exchange = server({ verify: isKnown });
    const answer = await novncAnswers("ARD", sentBytes((await exchange.feed())[0]!), KNOWN);
    expect(await exchange.feed(answer.slice(0, -1), 1)).toStrictEqual([]);
    expect(await exchange.feed(join([answer.slice(-1), hex("01")]))).toStrictEqual(["done"]);
  });

  test("comes to a verdict or an RfbError, whatever the client says", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 256, maxLength: 256 }), async (bytes) => {
        const exchange = server({ verify: isKnown, dhKeyLength: 1024 });
        await exchange.feed();
        expect((await exchange.feed(bytes)).join()).toMatch(/^(malformed|authentication): /);
      }),
      runs(50),
    );
  });

  test("does not start without somebody to ask", () => {
    expect(() => server({ password: () => "x" })).toThrow(TypeError);
  });

  test("may be told a smaller limit by a client that has one", async () => {
    const limits = { ...DEFAULT_LIMITS, maxDhKeyLength: 128 };
    const said = sentBytes((await server({ verify: isKnown }).feed())[0]!);
    expect(await fed(DH!.client(clientContext(DH!, KNOWN, { limits }))).feed(said)).toStrictEqual([
      "limit: Cannot accept a length: limit maxDhKeyLength is 128, got 256",
    ]);
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

function bits(number: bigint): number {
  return number.toString(2).length;
}

function bytesOf(number: bigint, length: number): Uint8Array {
  return hex(number.toString(16).padStart(2 * length, "0"));
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${hexOf(bytes)}`);
}
