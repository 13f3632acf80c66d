import {
  decodeExtendedCutText,
  type ExtendedCutText,
  encodeExtendedCutText,
  extentOfExtendedCutText,
} from "../extended_cut_text.ts";
import type { Limits } from "../limits.ts";

/** What the server's clipboard has, can take or wants, in several formats: a ServerCutText of negative length. */
export interface ExtendedServerCutText extends ExtendedCutText {
  /** Tells it from other messages. */
  readonly type: "extendedServerCutText";
}

/**
 * ServerCutText, rfbproto "Extended Clipboard Pseudo-Encoding", where the client has listed that.
 *
 *      0  U8   message-type 3
 *      1       padding
 *      4  S32  length, negative
 *      8  U32  flags
 *     12  U32  size × formats, in capabilities; a zlib stream, where something is provided
 *
 * @throws {RfbError} `malformed`: no action or several, fewer sizes than formats
 */
export function decodeExtendedServerCutText(bytes: Uint8Array, at = 0): ExtendedServerCutText {
  return { type: "extendedServerCutText", ...decodeExtendedCutText(bytes, at) };
}

/**
 * Bytes this message needs, as far as `bytes[at, end)` tells.
 *
 * @throws {RfbError} `malformed`: a body of less than 4 bytes, or of 2 GB; `limit`: the length
 */
export function extentOfExtendedServerCutText(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return extentOfExtendedCutText(bytes, at, end, limits);
}

/** The message's bytes. @throws {RangeError} not one action, or content that does not go with it */
export function encodeExtendedServerCutText(message: ExtendedServerCutText): Uint8Array {
  return encodeExtendedCutText(3, message);
}
