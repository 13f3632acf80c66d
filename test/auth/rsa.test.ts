import { constants, createPublicKey, generateKeyPairSync, privateDecrypt, publicEncrypt } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { generateRsaKey, type RsaJwk, webRandom } from "../../auth/mod.ts";
import { decryptPkcs1, encryptPkcs1, rsaPublicKey } from "../../auth/rsa.ts";
import { rsaPrivateKey } from "../../auth/rsa_key.ts";
import { bytes } from "../codec/arbitraries.ts";
import { hex, hexOf, join } from "../codec/bytes.ts";
import { errorOf } from "../codec/errors.ts";
import { runs } from "../codec/runs.ts";
import { notOn } from "../runtimes/runtime.ts";
import { jwkOf } from "./rsa_keys.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
const JWK = jwkOf(privateKey);
const OURS = await rsaPrivateKey(JWK);
const SUBSTITUTE = Uint8Array.from({ length: 16 }, (_, i) => 0xa0 + i);

/** The block, as it is, through OpenSSL. */
function encryptRaw(padded: Uint8Array): Uint8Array {
  return Uint8Array.from(publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, padded));
}

/** A block of 128 bytes: head, padding that has no 0, separator, message. */
function block({ head = "0002", padding = 109, separator = "00", message = 16 } = {}): Uint8Array {
  return join([hex(head), new Uint8Array(padding).fill(0x5a), hex(separator), new Uint8Array(message).fill(0x77)]);
}

function decrypted(padded: Uint8Array): string {
  const random = (length: number) => (length === 16 ? SUBSTITUTE : webRandom(length));
  return hexOf(decryptPkcs1(encryptRaw(padded), OURS, 16, random));
}

async function decryptsWhatOpenSslEncrypts(modulusLength: number): Promise<void> {
  const pair = generateKeyPairSync("rsa", { modulusLength });
  const key = await rsaPrivateKey(jwkOf(pair.privateKey));
  expect(key.keyLength).toBe(modulusLength);
  for (const length of [16, 32]) {
    const message = webRandom(length);
    const encrypted = publicEncrypt({ key: pair.publicKey, padding: constants.RSA_PKCS1_PADDING }, message);
    expect(decryptPkcs1(Uint8Array.from(encrypted), key, length, webRandom)).toStrictEqual(message);
  }
}

describe("RSAES-PKCS1-v1_5", () => {
  test.each([1024, 2048])("is decrypted as OpenSSL encrypts it with %d bits", decryptsWhatOpenSslEncrypts);

  notOn(["bun"], "its keys are multiples of 128 bits long", () => {
    test.each([1025, 1031])("is decrypted as OpenSSL encrypts it with %d bits", decryptsWhatOpenSslEncrypts);
  });

  test("is encrypted so that OpenSSL finds 0, 2, eight bytes or more that are not 0, 0, and the message", () => {
    fc.assert(
      fc.property(bytes(128 - 11), (message) => {
        const encrypted = encryptPkcs1(message, OURS, webRandom);
        const padded = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encrypted);
        const separator = padded.indexOf(0, 1);
        expect(hexOf(padded.subarray(0, 2))).toBe("0002");
        expect(separator).toBe(127 - message.length);
        expect(separator).toBeGreaterThanOrEqual(10);
        expect(hexOf(padded.subarray(separator + 1))).toBe(hexOf(message));
      }),
      runs(50),
    );
  });

  test("pads with what it draws, and never with 0, whatever that is", () => {
    for (const byte of [0x00, 0x01, 0xfe, 0xff]) {
      const random = vi.fn((length: number) => new Uint8Array(length).fill(byte));
      const padded = privateDecrypt(
        { key: privateKey, padding: constants.RSA_NO_PADDING },
        encryptPkcs1(hex("1234"), OURS, random),
      );
      expect(padded.indexOf(0, 1)).toBe(125);
      expect(random.mock.calls).toStrictEqual([[2 * 123]]);
    }
    const twice = [1, 2].map(() => hexOf(encryptPkcs1(hex("1234"), OURS, webRandom)));
    expect(twice[0]).not.toBe(twice[1]);
  });

  test("has no room for a message of more than the key's length less 11", () => {
    expect(() => encryptPkcs1(new Uint8Array(118), OURS, webRandom)).toThrow(RangeError);
  });

  test("is decrypted with a blind that changes nothing, whatever is drawn for it", () => {
    const encrypted = encryptRaw(block());
    for (const byte of [0x00, 0x01, 0x80, 0xff]) {
      const random = (length: number) => new Uint8Array(length).fill(byte);
      expect(hexOf(decryptPkcs1(encrypted, OURS, 16, random))).toBe("77".repeat(16));
    }
  });

  test("makes random bytes of whatever is wrong, and says nothing", () => {
    expect(decrypted(block())).toBe("77".repeat(16));
    const wrong = {
      "another type of block": block({ head: "0001" }),
      "a first byte that is not 0": block({ head: "0102" }),
      "no separator": block({ separator: "5b" }),
      "a message that is longer": block({ padding: 108, message: 17 }),
      "a message that is shorter": block({ padding: 110, message: 15 }),
      "no message": block({ padding: 125, message: 0 }),
      "nothing but 0": new Uint8Array(128),
    };
    for (const [what, padded] of Object.entries(wrong)) expect(decrypted(padded), what).toBe(hexOf(SUBSTITUTE));
    for (let at = 2; at < 111; at++) {
      const holed = block();
      holed[at] = 0;
      expect(decrypted(holed), `a separator at ${at}`).toBe(hexOf(SUBSTITUTE));
    }
  });

  test("draws as much whether it is right or wrong", () => {
    const drawnFor = (padded: Uint8Array) => {
      const random = vi.fn(webRandom);
      decryptPkcs1(encryptRaw(padded), OURS, 16, random);
      return random.mock.calls;
    };
    expect(drawnFor(block())).toStrictEqual([[128], [16]]);
    expect(drawnFor(block({ head: "0001" }))).toStrictEqual([[128], [16]]);
  });

  test("takes any bytes at all for encrypted ones", () => {
    fc.assert(
      fc.property(bytes(128, 128), (encrypted) => {
        expect(decryptPkcs1(encrypted, OURS, 16, webRandom)).toHaveLength(16);
      }),
      runs(50),
    );
    for (const byte of [0x00, 0xff]) {
      expect(decryptPkcs1(new Uint8Array(128).fill(byte), OURS, 16, webRandom)).toHaveLength(16);
    }
  });
});

describe("A peer's RSA key", () => {
  const modulus = join([hex("80"), new Uint8Array(126), hex("01")]);
  const exponent = (spelt: string) => join([new Uint8Array(128 - spelt.length / 2), hex(spelt)]);

  test.each(["03", "010001", "ffffffffffffffff"])("may have the exponent %s", (spelt) => {
    expect(rsaPublicKey(modulus, exponent(spelt))).toStrictEqual({
      length: 128,
      modulus: 2n ** 1023n + 1n,
      publicExponent: BigInt(`0x${spelt}`),
    });
  });

  test.each([
    ["00", "malformed", "its exponent is not an odd number from 3"],
    ["01", "malformed", "its exponent is not an odd number from 3"],
    ["02", "malformed", "its exponent is not an odd number from 3"],
    ["010000", "malformed", "its exponent is not an odd number from 3"],
    ["010000000000000001", "insecure", "its exponent is above 64 bits"],
    ["ff".repeat(128), "insecure", "its exponent is above 64 bits"],
  ] as const)("may not have the exponent %s", (spelt, code, reason) => {
    expect(errorOf(() => rsaPublicKey(modulus, exponent(spelt)))).toMatchObject({
      code,
      message: `Cannot accept an RSA key: ${reason}`,
    });
  });

  test("has an odd modulus, as long as it says", () => {
    const even = modulus.slice();
    even[127] = 2;
    expect(errorOf(() => rsaPublicKey(even, exponent("03"))).reason).toBe("its modulus is even");
    const short = modulus.slice();
    short[0] = 0;
    expect(errorOf(() => rsaPublicKey(short, exponent("03"))).reason).toBe("its modulus is shorter than it says");
    expect(errorOf(() => rsaPublicKey(new Uint8Array(128), exponent("03"))).code).toBe("malformed");
  });
});

describe("A server's RSA key", () => {
  test.each(["pkcs8", "pkcs1"] as const)("may be PEM, %s, with text around it", async (type) => {
    const pem = privateKey.export({ format: "pem", type }) as string;
    expect(await rsaPrivateKey(pem)).toStrictEqual(OURS);
    expect(await rsaPrivateKey(`a key\r\n${pem.replaceAll("\n", "\r\n")}rest`)).toStrictEqual(OURS);
  });

  test("is made as a JWK, for OpenSSL as well as for us", async () => {
    const key = await generateRsaKey();
    expect(createPublicKey({ key, format: "jwk" } as never).asymmetricKeyDetails).toMatchObject({
      modulusLength: 2048,
      publicExponent: 65537n,
    });
    expect((await rsaPrivateKey(key)).keyLength).toBe(2048);
    expect((await rsaPrivateKey(await generateRsaKey(1024))).length).toBe(128);
  });

  test.each([
    ["nothing", ""],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
    ["broken DER", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"],
    ["broken DER of PKCS#1", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"],
    ["Base64 that is none", "-----BEGIN PRIVATE KEY-----\nA=A=A\n-----END PRIVATE KEY-----\n"],
    ["a key for another algorithm", generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" })],
    [
      "an encrypted key",
      privateKey.export({ format: "pem", type: "pkcs8", cipher: "aes-128-cbc", passphrase: "x" }) as string,
    ],
    ["numbers that do not belong together", { ...JWK, p: JWK.q }],
    ["a JWK without primes", { n: JWK.n, e: JWK.e, d: JWK.d }],
    ["a JWK that is not Base64url", { ...JWK, p: "?" }],
    ["no numbers", { n: "", e: "", d: "", p: "", q: "" }],
    ["512 bits", generateKeyPairSync("rsa", { modulusLength: 512 }).privateKey.export({ format: "jwk" })],
  ])("may not be %s", async (_what, given) => {
    const error = await rsaPrivateKey(given as RsaJwk | string).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toMatch(/^Cannot use an RSA private key: /);
  });
});
