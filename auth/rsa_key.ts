import { bytesToNumberBE, hexToBytes } from "@noble/ciphers/utils.js";
import { concat } from "@std/bytes";
import { MINIMUM_RSA_KEY_LENGTH } from "../codec/handshake/ra2/mod.ts";
import type { RsaPrivateKey } from "./rsa.ts";

/** An RSA private key as JWK, RFC 7518 §6.3: its numbers big-endian, in Base64url. Only those that are not optional are read. */
export interface RsaJwk {
  /** `RSA`, where it says so. */
  readonly kty?: string;
  /** The modulus. This and what follows is base64url. */
  readonly n: string;
  /** The public exponent. */
  readonly e: string;
  /** The private exponent. */
  readonly d: string;
  /** The first prime. */
  readonly p: string;
  /** The second prime. */
  readonly q: string;
  /** `d` modulo `p` - 1. */
  readonly dp?: string;
  /** `d` modulo `q` - 1. */
  readonly dq?: string;
  /** The inverse of `q` modulo `p`. */
  readonly qi?: string;
}

/**
 * A key for the server's side of RSA-AES. Clients know the server by it: make it once, keep it in a safe place.
 *
 * @param keyLength bits: clients take 1024 to 8192, and each client that comes costs about the cube of it
 */
export async function generateRsaKey(keyLength = 2048): Promise<RsaJwk> {
  const algorithm = { ...ALGORITHM, modulusLength: keyLength, publicExponent: Uint8Array.of(1, 0, 1) };
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ["encrypt", "decrypt"]);
  const { kty, n, e, d, p, q, dp, dq, qi } = (await crypto.subtle.exportKey("jwk", privateKey)) as Required<RsaJwk>;
  return { kty, n, e, d, p, q, dp, dq, qi };
}

/**
 * The numbers of a private key that is given as a JWK, or as PEM: `PRIVATE KEY` (PKCS#8) or `RSA PRIVATE KEY` (PKCS#1),
 * not encrypted.
 *
 * @throws {TypeError} it is none of these
 */
export async function rsaPrivateKey(given: RsaJwk | string): Promise<RsaPrivateKey> {
  const { n, e, d, p, q } = typeof given === "string" ? await jwkOf(given) : given;
  const [modulus, primeP, primeQ] = [numberOf(n), numberOf(p), numberOf(q)];
  if (modulus !== primeP * primeQ || modulus === 0n) throw unusable("its numbers are not those of an RSA private key");
  const keyLength = modulus.toString(2).length;
  if (keyLength < MINIMUM_RSA_KEY_LENGTH)
    throw unusable(`${keyLength} bits, and clients want ${MINIMUM_RSA_KEY_LENGTH}`);
  return {
    keyLength,
    length: Math.ceil(keyLength / 8),
    modulus,
    publicExponent: numberOf(e),
    privateExponent: numberOf(d),
    primes: [primeP, primeQ],
  };
}

// Only for Web Crypto to take the key: nothing is ever done with it there.
const ALGORITHM = { name: "RSA-OAEP", hash: "SHA-256" } as const;

/** Web Crypto reads the DER. */
async function jwkOf(pem: string): Promise<RsaJwk> {
  const [, label, base64] = /-----BEGIN ((?:RSA )?PRIVATE KEY)-----([A-Za-z0-9+/=\s]+)-----END \1-----/.exec(pem) ?? [];
  if (label === undefined) throw unusable("no PEM block of PRIVATE KEY or RSA PRIVATE KEY, not encrypted");
  try {
    const der = bytesOfBase64(base64!.replaceAll(/\s/g, ""));
    const pkcs8 = label === "PRIVATE KEY" ? der : pkcs8Of(der);
    const key = await crypto.subtle.importKey("pkcs8", pkcs8, ALGORITHM, true, ["decrypt"]);
    return (await crypto.subtle.exportKey("jwk", key)) as RsaJwk;
  } catch (cause) {
    throw unusable(`its ${label} is broken`, cause);
  }
}

/** PKCS#8 around PKCS#1, RFC 5208 §5: version 0, the algorithm rsaEncryption, and the key in an octet string. */
function pkcs8Of(pkcs1: Uint8Array): Uint8Array<ArrayBuffer> {
  const version = Uint8Array.of(0x02, 1, 0);
  const algorithm = hexToBytes("300d06092a864886f70d0101010500");
  return der(0x30, concat([version, algorithm, der(0x04, pkcs1)]));
}

/** Tag, length and content, with a length of 3 bytes whatever it is: no key is that small that it would be too long. */
function der(tag: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat([Uint8Array.of(tag, 0x82, content.length >> 8, content.length), content]);
}

function numberOf(base64url: string | undefined): bigint {
  if (base64url === undefined) throw unusable("one of n, e, d, p and q is missing");
  try {
    return bytesToNumberBE(bytesOfBase64(base64url.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    throw unusable("one of its numbers is not Base64url"); // whose own error may quote it
  }
}

function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function unusable(reason: string, cause?: unknown): TypeError {
  return new TypeError(`Cannot use an RSA private key: ${reason}`, { cause });
}
