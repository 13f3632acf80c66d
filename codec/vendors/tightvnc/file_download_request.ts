import type { Limits } from "../../limits.ts";
import { decodeFileRequest, encodeFileRequest, extentOfFileRequest, type FileRequest } from "./file_request.ts";

/** Asks the server for a file. */
export interface FileDownloadRequest extends FileRequest {
  /** Tells it from other messages. */
  readonly type: "fileDownloadRequest";
}

/**
 * FileDownloadRequest: TightVNC 1.3's rfbproto.h.
 *
 *     0  U8   message-type 131
 *     1  U8   compression-level
 *     2  U16  length
 *     4  U32  position
 *     8       name
 */
export function decodeFileDownloadRequest(bytes: Uint8Array, at = 0): FileDownloadRequest {
  return decodeFileRequest("fileDownloadRequest", bytes, at);
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfFileDownloadRequest(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return extentOfFileRequest(bytes, at, end, limits);
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeFileDownloadRequest(message: FileDownloadRequest): Uint8Array {
  return encodeFileRequest(131, message);
}
