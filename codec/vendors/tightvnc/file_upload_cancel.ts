import type { Limits } from "../../limits.ts";
import { decodeText, encodeText, extentOfText } from "./text.ts";

/** The server wants no more of the file. */
export interface FileUploadCancel {
  /** Tells it from other messages. */
  readonly type: "fileUploadCancel";
  /** For people; its encoding was never settled. */
  readonly reason: Uint8Array;
}

/**
 * FileUploadCancel: TightVNC 1.3's rfbproto.h.
 *
 *     0  U8   message-type 132
 *     1       padding
 *     2  U16  length
 *     4       reason
 */
export function decodeFileUploadCancel(bytes: Uint8Array, at = 0): FileUploadCancel {
  return { type: "fileUploadCancel", reason: decodeText(bytes, at) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfFileUploadCancel(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return extentOfText(bytes, at, end, limits);
}

/** The message's bytes. @throws {RangeError} more than 65535 */
export function encodeFileUploadCancel({ reason }: FileUploadCancel): Uint8Array {
  return encodeText(132, reason);
}
