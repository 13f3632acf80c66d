import { RfbError } from "../../errors.ts";
import { putU16, u16, view } from "../../wire.ts";

/** What one side drew for the session's keys, for the other alone to read. */
export interface Ra2Random {
  /** Tells it from other messages. */
  readonly type: "ra2Random";
  /** RSAES-PKCS1-v1_5 with the receiver's public key, and as long as that. */
  readonly encryptedRandom: Uint8Array;
}

/**
 * An encrypted random, rfbproto "RSA-AES Security Type".
 *
 *     0  U16  length
 *     2       encrypted-random
 */
export function decodeRa2Random(bytes: Uint8Array, at = 0): Ra2Random {
  return { type: "ra2Random", encryptedRandom: view(bytes, at + 2, u16(bytes, at)) };
}

/**
 * @param keyLength bytes of the receiver's modulus
 * @throws {RfbError} `malformed`: any other length
 */
/** Bytes this message needs, as far as `bytes[at, end)` tells. */
export function extentOfRa2Random(bytes: Uint8Array, at: number, end: number, keyLength: number): number {
  if (end - at < 2) return 2;
  const length = u16(bytes, at);
  if (length === keyLength) return 2 + length;
  const reason = `${length} bytes, for a key of ${keyLength}`;
  throw new RfbError("malformed", "Cannot read an RSA-AES random", reason, { offset: at });
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeRa2Random({ encryptedRandom }: Ra2Random): Uint8Array {
  const bytes = new Uint8Array(2 + encryptedRandom.length);
  putU16(bytes, 0, encryptedRandom.length);
  bytes.set(encryptedRandom, 2);
  return bytes;
}
