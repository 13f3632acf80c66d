import type { Limits } from "../../limits.ts";
import { decodeFileData, encodeFileData, extentOfFileData, type FileData } from "./file_data.ts";

/** The next piece of the file that the server sends. */
export interface FileDownloadData extends FileData {
  /** Tells it from other messages. */
  readonly type: "fileDownloadData";
}

/**
 * FileDownloadData: TightVNC 1.3's rfbproto.h.
 *
 *     0  U8   message-type 131
 *     1  U8   compression-level
 *     2  U16  real-size
 *     4  U16  compressed-size
 *     6       data; with both sizes 0: U32 modification-time
 */
export function decodeFileDownloadData(bytes: Uint8Array, at = 0): FileDownloadData {
  return decodeFileData("fileDownloadData", bytes, at);
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfFileDownloadData(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return extentOfFileData(bytes, at, end, limits);
}

/** The message's bytes. @throws {RangeError} a field that does not fit, a modification time with or without data */
export function encodeFileDownloadData(message: FileDownloadData): Uint8Array {
  return encodeFileData(131, message);
}
