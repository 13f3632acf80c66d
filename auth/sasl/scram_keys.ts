import { bytesOf } from "../../codec/text.ts";
import { type RandomSource, webRandom } from "../scheme.ts";
import { saslprep } from "./saslprep.ts";

/** The hash that a SCRAM mechanism is named after. */
export type ScramHash = "SHA-1" | "SHA-256";

/** What a server keeps of a password, RFC 5802 §3: enough to check who knows it, too little to pose as them. */
export interface ScramCredentials {
  /** The user's own. */
  readonly salt: Uint8Array;
  /** Rounds of PBKDF2. */
  readonly iterations: number;
  /** What the client's proof is checked with. */
  readonly storedKey: Uint8Array;
  /** What our own proof is made with. */
  readonly serverKey: Uint8Array;
}

/** How to derive what a server keeps. Users who differ in this from {@link scramCredentials} can be told from unknown ones. */
export interface ScramDerivation {
  /** 16 random bytes when absent. */
  readonly salt?: Uint8Array;
  /** 50000 when absent, below what Cyrus SASL (65536) and Cloudflare's Workers (100000) go along with; 4096 at least. */
  readonly iterations?: number;
  /** Web Crypto's where absent. */
  readonly random?: RandomSource;
}

/**
 * What a server keeps of this password, for a verifier's `scram`.
 *
 * ```ts
 * import { scramCredentials } from "rfb-codec/auth";
 *
 * const users = new Map([["ada", await scramCredentials("SHA-256", "engine no. 9")]]);
 * const verifier = { scram: (username: string, hash: string) => (hash === "SHA-256" ? users.get(username) : undefined) };
 * ```
 *
 * @throws {RangeError} a password that SASLprep does not allow, or too few iterations
 */
export async function scramCredentials(
  hash: ScramHash,
  password: string,
  derivation: ScramDerivation = {},
): Promise<ScramCredentials> {
  const { random = webRandom, salt = random(SCRAM_SALT_LENGTH), iterations = SCRAM_ITERATIONS } = derivation;
  if (iterations < MINIMUM_ITERATIONS) {
    throw new RangeError(
      `Cannot derive credentials: ${iterations} iterations, and ${MINIMUM_ITERATIONS} are the least`,
    );
  }
  const { clientKey, serverKey } = await scramKeys(hash, prepareText(password, "password"), salt, iterations);
  return { salt, iterations, storedKey: await digest(hash, clientKey), serverKey };
}

/** Bytes of salt and rounds of PBKDF2 of a user who was never asked for others. */
export const SCRAM_SALT_LENGTH = 16;
export const SCRAM_ITERATIONS = 50_000;

/** The least that RFC 7677 §4 allows. */
export const MINIMUM_ITERATIONS = 4096;

/** Both sides' keys, RFC 5802 §3; `password` is prepared. */
export async function scramKeys(
  hash: ScramHash,
  password: string,
  salt: Uint8Array,
  iterations: number,
): Promise<{ readonly clientKey: Uint8Array; readonly serverKey: Uint8Array }> {
  const key = await crypto.subtle.importKey("raw", view(bytesOf(password)), "PBKDF2", false, ["deriveBits"]);
  const bits = hash === "SHA-1" ? 160 : 256;
  const salted = new Uint8Array(
    await crypto.subtle.deriveBits({ name: "PBKDF2", hash, salt: view(salt), iterations }, key, bits),
  );
  return {
    clientKey: await hmac(hash, salted, bytesOf("Client Key")),
    serverKey: await hmac(hash, salted, bytesOf("Server Key")),
  };
}

/** The hash of some bytes. */
export async function digest(hash: ScramHash, bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(hash, view(bytes)));
}

/** HMAC of some bytes; the key is not empty. */
export async function hmac(hash: ScramHash, key: Uint8Array, bytes: Uint8Array): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey("raw", view(key), { name: "HMAC", hash }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, view(bytes)));
}

/** The bytes of two arrays of one length, combined. */
export function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ b[i]!);
}

/** @throws {RangeError} a text of ours that SASLprep does not allow */
export function prepareText(text: string, what: "user name" | "password"): string {
  const prepared = saslprep(text);
  if (prepared !== undefined) return prepared;
  throw new RangeError(`Cannot use SCRAM: the ${what} has a character that SASLprep does not allow`);
}

/** Web Crypto's types want to know that no memory is shared. */
function view(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
