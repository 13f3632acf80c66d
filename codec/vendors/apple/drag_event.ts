import { type Limits, within } from "../../limits.ts";
import { putU8, putU32, u32, view } from "../../wire.ts";

/** Something is being dragged out of the Mac. */
export interface AppleDragEvent {
  /** Tells it from other messages. */
  readonly type: "appleDragEvent";
  /** Which drag it belongs to. */
  readonly session: number;
  /** Not told apart here. */
  readonly data: Uint8Array;
}

/**
 * DragEvent, from captures of Apple's server. Unsettled: others send 3 bytes of padding before the session, and an
 * uncompressed size after it.
 *
 *     0  U8   message-type 32
 *     1  U32  session
 *     5  U32  length
 *     9       data
 */
export function decodeAppleDragEvent(bytes: Uint8Array, at = 0): AppleDragEvent {
  return { type: "appleDragEvent", session: u32(bytes, at + 1), data: view(bytes, at + 9, u32(bytes, at + 5)) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfAppleDragEvent(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 9) return 9;
  return 9 + within("maxVendorLength", u32(bytes, at + 5), limits);
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeAppleDragEvent({ session, data }: AppleDragEvent): Uint8Array {
  const bytes = new Uint8Array(9 + data.length);
  putU8(bytes, 0, 32);
  putU32(bytes, 1, session);
  putU32(bytes, 5, data.length);
  bytes.set(data, 9);
  return bytes;
}
