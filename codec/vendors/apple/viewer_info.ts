import { type Limits, within } from "../../limits.ts";
import { putU8, putU16, u16, view } from "../../wire.ts";

/** What the viewer is and can do. */
export interface AppleViewerInfo {
  /** Tells it from other messages. */
  readonly type: "appleViewerInfo";
  /** Versions of the viewer and its system, then a bit for each message that it takes. Not told apart here. */
  readonly body: Uint8Array;
}

/**
 * ViewerInfo, from captures of Apple's viewer.
 *
 *     0  U8   message-type 33
 *     1       padding
 *     2  U16  length
 *     4       body
 */
export function decodeAppleViewerInfo(bytes: Uint8Array, at = 0): AppleViewerInfo {
  return { type: "appleViewerInfo", body: view(bytes, at + 4, u16(bytes, at + 2)) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfAppleViewerInfo(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 4) return 4;
  return 4 + within("maxVendorLength", u16(bytes, at + 2), limits);
}

/** The message's bytes. @throws {RangeError} more than 65535 */
export function encodeAppleViewerInfo({ body }: AppleViewerInfo): Uint8Array {
  const bytes = new Uint8Array(4 + body.length);
  putU8(bytes, 0, 33);
  putU16(bytes, 2, body.length);
  bytes.set(body, 4);
  return bytes;
}
