import type { Limits } from "../../limits.ts";
import { decodeText, encodeText, extentOfText } from "./text.ts";

/** The client wants no more of the file. */
export interface FileDownloadCancel {
  /** Tells it from other messages. */
  readonly type: "fileDownloadCancel";
  /** For people; its encoding was never settled. */
  readonly reason: Uint8Array;
}

/**
 * FileDownloadCancel: TightVNC 1.3's rfbproto.h.
 *
 *     0  U8   message-type 134
 *     1       padding
 *     2  U16  length
 *     4       reason
 */
export function decodeFileDownloadCancel(bytes: Uint8Array, at = 0): FileDownloadCancel {
  return { type: "fileDownloadCancel", reason: decodeText(bytes, at) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfFileDownloadCancel(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return extentOfText(bytes, at, end, limits);
}

/** The message's bytes. @throws {RangeError} more than 65535 */
export function encodeFileDownloadCancel({ reason }: FileDownloadCancel): Uint8Array {
  return encodeText(134, reason);
}
