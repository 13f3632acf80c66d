import { type Limits, within } from "../../limits.ts";
import { putU8, putU16, u16, view } from "../../wire.ts";

/** Which displays the Mac has. */
export interface AppleDisplayInfo2 {
  /** Tells it from other messages. */
  readonly type: "appleDisplayInfo2";
  /** Not told apart here. */
  readonly body: Uint8Array;
}

/**
 * DisplayInfo2, from captures of Apple's server; no second source.
 *
 *     0  U8   message-type 81
 *     1  U16  length
 *     3       body
 */
export function decodeAppleDisplayInfo2(bytes: Uint8Array, at = 0): AppleDisplayInfo2 {
  return { type: "appleDisplayInfo2", body: view(bytes, at + 3, u16(bytes, at + 1)) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfAppleDisplayInfo2(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 3) return 3;
  return 3 + within("maxVendorLength", u16(bytes, at + 1), limits);
}

/** The message's bytes. @throws {RangeError} more than 65535 */
export function encodeAppleDisplayInfo2({ body }: AppleDisplayInfo2): Uint8Array {
  const bytes = new Uint8Array(3 + body.length);
  putU8(bytes, 0, 81);
  putU16(bytes, 1, body.length);
  bytes.set(body, 3);
  return bytes;
}
