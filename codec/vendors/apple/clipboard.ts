import { skipExtentOfCutText } from "../../cut_text.ts";
import { type Limits, within } from "../../limits.ts";
import { putU8, putU32, u8, u32, view } from "../../wire.ts";

/** The pasteboard's contents, or the promise of them. */
export interface AppleClipboard {
  /** Tells it from other messages. */
  readonly type: "appleClipboard";
  /** Bit 0: promises alone, and no data. */
  readonly format: number;
  /** Of the request that this answers. */
  readonly session: number;
  /** Bytes of `data` once inflated: a claim, and nothing that has been checked. */
  readonly uncompressedSize: number;
  /** A zlib stream. */
  readonly data: Uint8Array;
}

/**
 * Clipboard, either way: captures of Apple's server and clients.
 *
 *      0  U8   message-type 31
 *      1  U8   format
 *      2       padding
 *      4  U32  session
 *      8  U32  uncompressed-size
 *     12  U32  length
 *     16       data
 */
export function decodeAppleClipboard(bytes: Uint8Array, at = 0): AppleClipboard {
  return {
    type: "appleClipboard",
    format: u8(bytes, at + 1),
    session: u32(bytes, at + 4),
    uncompressedSize: u32(bytes, at + 8),
    data: view(bytes, at + 16, u32(bytes, at + 12)),
  };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfAppleClipboard(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 16) return 16;
  return 16 + within("maxCutTextLength", u32(bytes, at + 12), limits);
}

/** All bytes of this message, where they are more than the limits allow. */
export function skipExtentOfAppleClipboard(
  bytes: Uint8Array,
  at: number,
  end: number,
  limits: Limits,
): number | undefined {
  return end - at < 16 ? undefined : skipExtentOfCutText(16, u32(bytes, at + 12), limits);
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeAppleClipboard({ format, session, uncompressedSize, data }: AppleClipboard): Uint8Array {
  const bytes = new Uint8Array(16 + data.length);
  putU8(bytes, 0, 31);
  putU8(bytes, 1, format);
  putU32(bytes, 4, session);
  putU32(bytes, 8, uncompressedSize);
  putU32(bytes, 12, data.length);
  bytes.set(data, 16);
  return bytes;
}
