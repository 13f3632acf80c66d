import { type Limits, within } from "../../limits.ts";
import { putU8, putU16, u16, view } from "../../wire.ts";

/** Something happened at the Mac. */
export interface AppleStateChange {
  /** Tells it from other messages. */
  readonly type: "appleStateChange";
  /**
   * U16 flags, U16 status: 1 the local user has closed the session, 2 the pasteboard changed, 3 its data is needed,
   * 4 still there, 5 sleep, 6 wake, 11 the cursor is hidden, 12 it is shown.
   */
  readonly body: Uint8Array;
}

/**
 * StateChange, from captures of Apple's server.
 *
 *     0  U8   message-type 20
 *     1       padding
 *     2  U16  length
 *     4       body
 */
export function decodeAppleStateChange(bytes: Uint8Array, at = 0): AppleStateChange {
  return { type: "appleStateChange", body: view(bytes, at + 4, u16(bytes, at + 2)) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfAppleStateChange(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 4) return 4;
  return 4 + within("maxVendorLength", u16(bytes, at + 2), limits);
}

/** The message's bytes. @throws {RangeError} more than 65535 */
export function encodeAppleStateChange({ body }: AppleStateChange): Uint8Array {
  const bytes = new Uint8Array(4 + body.length);
  putU8(bytes, 0, 20);
  putU16(bytes, 2, body.length);
  bytes.set(body, 4);
  return bytes;
}
