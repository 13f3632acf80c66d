import type { Limits } from "../../limits.ts";
import { decodeFileData, encodeFileData, extentOfFileData, type FileData } from "./file_data.ts";

/** The next piece of the file that the client sends. */
export interface FileUploadData extends FileData {
  /** Tells it from other messages. */
  readonly type: "fileUploadData";
}

/**
 * FileUploadData: TightVNC 1.3's rfbproto.h.
 *
 *     0  U8   message-type 133
 *     1  U8   compression-level
 *     2  U16  real-size
 *     4  U16  compressed-size
 *     6       data; with both sizes 0: U32 modification-time
 */
export function decodeFileUploadData(bytes: Uint8Array, at = 0): FileUploadData {
  return decodeFileData("fileUploadData", bytes, at);
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfFileUploadData(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return extentOfFileData(bytes, at, end, limits);
}

/** The message's bytes. @throws {RangeError} a field that does not fit, a modification time with or without data */
export function encodeFileUploadData(message: FileUploadData): Uint8Array {
  return encodeFileData(133, message);
}
