import type { Limits } from "../../limits.ts";
import { decodeText, encodeText, extentOfText } from "./text.ts";

/** The client cannot go on sending. */
export interface FileUploadFailed {
  /** Tells it from other messages. */
  readonly type: "fileUploadFailed";
  /** For people; its encoding was never settled. */
  readonly reason: Uint8Array;
}

/**
 * FileUploadFailed: TightVNC 1.3's rfbproto.h.
 *
 *     0  U8   message-type 135
 *     1       padding
 *     2  U16  length
 *     4       reason
 */
export function decodeFileUploadFailed(bytes: Uint8Array, at = 0): FileUploadFailed {
  return { type: "fileUploadFailed", reason: decodeText(bytes, at) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfFileUploadFailed(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return extentOfText(bytes, at, end, limits);
}

/** The message's bytes. @throws {RangeError} more than 65535 */
export function encodeFileUploadFailed({ reason }: FileUploadFailed): Uint8Array {
  return encodeText(135, reason);
}
