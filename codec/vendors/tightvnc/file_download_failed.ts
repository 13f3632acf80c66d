import type { Limits } from "../../limits.ts";
import { decodeText, encodeText, extentOfText } from "./text.ts";

/** The server cannot send the file. */
export interface FileDownloadFailed {
  /** Tells it from other messages. */
  readonly type: "fileDownloadFailed";
  /** For people; its encoding was never settled. */
  readonly reason: Uint8Array;
}

/**
 * FileDownloadFailed: TightVNC 1.3's rfbproto.h. libvncserver sends a NUL behind it that the length does
 * not count: what follows then cannot be read.
 *
 *     0  U8   message-type 133
 *     1       padding
 *     2  U16  length
 *     4       reason
 */
export function decodeFileDownloadFailed(bytes: Uint8Array, at = 0): FileDownloadFailed {
  return { type: "fileDownloadFailed", reason: decodeText(bytes, at) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfFileDownloadFailed(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return extentOfText(bytes, at, end, limits);
}

/** The message's bytes. @throws {RangeError} more than 65535 */
export function encodeFileDownloadFailed({ reason }: FileDownloadFailed): Uint8Array {
  return encodeText(133, reason);
}
