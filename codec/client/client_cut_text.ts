import { decodeCutText, encodeCutText, extentOfCutText } from "../cut_text.ts";
import type { Limits } from "../limits.ts";

/** The client's clipboard changed. */
export interface ClientCutText {
  /** Tells it from other messages. */
  readonly type: "clientCutText";
  /** Latin-1 with LF line ends on paper, UTF-8 from many clients. */
  readonly text: Uint8Array;
}

/**
 * ClientCutText, RFC 6143 §7.5.6.
 *
 *     0  U8   message-type 6
 *     1       padding
 *     4  U32  length
 *     8       text
 */
export function decodeClientCutText(bytes: Uint8Array, at = 0): ClientCutText {
  return { type: "clientCutText", text: decodeCutText(bytes, at) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfClientCutText(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return extentOfCutText(bytes, at, end, limits);
}

/** The message's bytes. */
export function encodeClientCutText({ text }: ClientCutText): Uint8Array {
  return encodeCutText(6, text);
}
