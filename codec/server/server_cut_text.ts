import { decodeCutText, encodeCutText, extentOfCutText } from "../cut_text.ts";
import type { Limits } from "../limits.ts";

/** The server's clipboard changed. */
export interface ServerCutText {
  /** Tells it from other messages. */
  readonly type: "serverCutText";
  /** Latin-1 with LF line ends on paper, UTF-8 from many servers. */
  readonly text: Uint8Array;
}

/**
 * ServerCutText, RFC 6143 §7.6.4.
 *
 *     0  U8   message-type 3
 *     1       padding
 *     4  U32  length
 *     8       text
 */
export function decodeServerCutText(bytes: Uint8Array, at = 0): ServerCutText {
  return { type: "serverCutText", text: decodeCutText(bytes, at) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfServerCutText(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return extentOfCutText(bytes, at, end, limits);
}

/** The message's bytes. */
export function encodeServerCutText({ text }: ServerCutText): Uint8Array {
  return encodeCutText(3, text);
}
