import { RfbError } from "../../errors.ts";
import { type Limits, within } from "../../limits.ts";
import { putU32, u32, view } from "../../wire.ts";

/** The key of either side. */
export interface Ra2PublicKey {
  /** Tells it from other messages. */
  readonly type: "ra2PublicKey";
  /** Bits of the modulus. */
  readonly keyLength: number;
  /** Big-endian, as the exponent; each takes the bytes that `keyLength` bits need. */
  readonly modulus: Uint8Array;
  /** Big-endian. */
  readonly publicExponent: Uint8Array;
}

/**
 * A public key, rfbproto "RSA-AES Security Type".
 *
 *     0  U32  key-length, in bits: it makes k bytes
 *     4       modulus, k bytes
 *     4+k     public-exponent, k bytes
 */
export function decodeRa2PublicKey(bytes: Uint8Array, at = 0): Ra2PublicKey {
  const keyLength = u32(bytes, at);
  const length = Math.ceil(keyLength / 8);
  return {
    type: "ra2PublicKey",
    keyLength,
    modulus: view(bytes, at + 4, length),
    publicExponent: view(bytes, at + 4 + length, length),
  };
}

/**
 * Bytes this message needs, as far as `bytes[at, end)` tells.
 *
 * @throws {RfbError} `limit`: a key-length above it; `insecure`: one below 1024 bits, as TigerVNC and noVNC refuse it
 */
export function extentOfRa2PublicKey(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 4) return 4;
  const keyLength = within("maxRsaKeyLength", u32(bytes, at), limits);
  if (keyLength < MINIMUM_RSA_KEY_LENGTH) {
    const reason = `${keyLength} bits, and ${MINIMUM_RSA_KEY_LENGTH} are the least`;
    throw new RfbError("insecure", "Cannot accept an RSA key", reason, { offset: at });
  }
  return 4 + 2 * Math.ceil(keyLength / 8);
}

/** The message's bytes, which the hashes and the fingerprint are made over too. @throws {RangeError} a field that does not fit */
export function encodeRa2PublicKey({ keyLength, modulus, publicExponent }: Ra2PublicKey): Uint8Array {
  const length = Math.ceil(keyLength / 8);
  if (modulus.length !== length || publicExponent.length !== length) {
    const lengths = `${modulus.length} and ${publicExponent.length} bytes`;
    throw new RangeError(`Cannot write an RSA key of ${keyLength} bits: ${lengths} are not ${length} each`);
  }
  const bytes = new Uint8Array(4 + 2 * length);
  putU32(bytes, 0, keyLength);
  bytes.set(modulus, 4);
  bytes.set(publicExponent, 4 + length);
  return bytes;
}

/** Bits of the shortest RSA key that either side accepts. */
export const MINIMUM_RSA_KEY_LENGTH = 1024;
