/**
 * The messages of Apple's Diffie-Hellman, which its users call ARD: rfbproto "Diffie-Hellman Authentication",
 * security type 30. Numbers of the group are big-endian and as long as the server says, with zeros in front.
 *
 * @module
 */

import { type Limits, within } from "../limits.ts";
import { putU16, u16, view } from "../wire.ts";

/** From the server: a group, and its number in it. */
export interface AppleDhParameters {
  /** Tells it from other messages. */
  readonly type: "appleDhParameters";
  /** Of Diffie and Hellman's group. */
  readonly generator: number;
  /** The group's modulus, big-endian. */
  readonly prime: Uint8Array;
  /** As long as the prime. */
  readonly publicKey: Uint8Array;
}

/** From the client: user and password, and its number in the group. */
export interface AppleDhResponse {
  /** Tells it from other messages. */
  readonly type: "appleDhResponse";
  /** 128 bytes of AES-128-ECB: 64 for the user, 64 for the password, each a text, a NUL, and random bytes. */
  readonly credentials: Uint8Array;
  /** As long as the prime. */
  readonly publicKey: Uint8Array;
}

/**
 * The group.
 *
 *     0  U16  generator
 *     2  U16  key-size
 *     4       prime, public-key, of key-size each
 */
export function decodeAppleDhParameters(bytes: Uint8Array, at = 0): AppleDhParameters {
  const keySize = u16(bytes, at + 2);
  return {
    type: "appleDhParameters",
    generator: u16(bytes, at),
    prime: view(bytes, at + 4, keySize),
    publicKey: view(bytes, at + 4 + keySize, keySize),
  };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the key's size */
export function extentOfAppleDhParameters(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return end - at < 4 ? 4 : 4 + 2 * within("maxDhKeyLength", u16(bytes, at + 2), limits);
}

/** The message's bytes. @throws {RangeError} a number that does not fit, or a key that is not as long as the prime */
export function encodeAppleDhParameters({ generator, prime, publicKey }: AppleDhParameters): Uint8Array {
  if (publicKey.length !== prime.length) {
    throw new RangeError(`Cannot write a public key of ${publicKey.length} bytes: the prime has ${prime.length}`);
  }
  const bytes = new Uint8Array(4 + 2 * prime.length);
  putU16(bytes, 0, generator);
  putU16(bytes, 2, prime.length);
  bytes.set(prime, 4);
  bytes.set(publicKey, 4 + prime.length);
  return bytes;
}

/**
 * The client's answer to a prime of `keySize` bytes.
 *
 *       0       credentials, 128 bytes
 *     128       public-key, of key-size
 */
export function decodeAppleDhResponse(bytes: Uint8Array, at: number, keySize: number): AppleDhResponse {
  return {
    type: "appleDhResponse",
    credentials: view(bytes, at, CREDENTIALS_LENGTH),
    publicKey: view(bytes, at + CREDENTIALS_LENGTH, keySize),
  };
}

/** Always 128 and the key's size. */
export function extentOfAppleDhResponse(keySize: number): number {
  return CREDENTIALS_LENGTH + keySize;
}

/** The message's bytes. @throws {RangeError} credentials that are not 128 bytes */
export function encodeAppleDhResponse({ credentials, publicKey }: AppleDhResponse): Uint8Array {
  if (credentials.length !== CREDENTIALS_LENGTH) {
    throw new RangeError(`Cannot write credentials of ${credentials.length} bytes: not ${CREDENTIALS_LENGTH}`);
  }
  const bytes = new Uint8Array(CREDENTIALS_LENGTH + publicKey.length);
  bytes.set(credentials);
  bytes.set(publicKey, CREDENTIALS_LENGTH);
  return bytes;
}

const CREDENTIALS_LENGTH = 128;
