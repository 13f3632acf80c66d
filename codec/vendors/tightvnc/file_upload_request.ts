import type { Limits } from "../../limits.ts";
import { decodeFileRequest, encodeFileRequest, extentOfFileRequest, type FileRequest } from "./file_request.ts";

/** Offers the server a file. */
export interface FileUploadRequest extends FileRequest {
  /** Tells it from other messages. */
  readonly type: "fileUploadRequest";
}

/**
 * FileUploadRequest: TightVNC 1.3's rfbproto.h.
 *
 *     0  U8   message-type 132
 *     1  U8   compression-level
 *     2  U16  length
 *     4  U32  position
 *     8       name
 */
export function decodeFileUploadRequest(bytes: Uint8Array, at = 0): FileUploadRequest {
  return decodeFileRequest("fileUploadRequest", bytes, at);
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfFileUploadRequest(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return extentOfFileRequest(bytes, at, end, limits);
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeFileUploadRequest(message: FileUploadRequest): Uint8Array {
  return encodeFileRequest(132, message);
}
