import { type Limits, within } from "../../limits.ts";
import { putU8, putU16, u8, u16, view } from "../../wire.ts";

/** Asks what a directory of the server holds. */
export interface FileListRequest {
  /** Tells it from other messages. */
  readonly type: "fileListRequest";
  /** Bits 0 to 3: the level of compression asked for; bit 4: directories alone. */
  readonly flags: number;
  /** The client's name for it: never take it for a path of your own. */
  readonly directory: Uint8Array;
}

/**
 * FileListRequest: TightVNC 1.3's rfbproto.h.
 *
 *     0  U8   message-type 130
 *     1  U8   flags
 *     2  U16  length
 *     4       directory
 */
export function decodeFileListRequest(bytes: Uint8Array, at = 0): FileListRequest {
  return {
    type: "fileListRequest",
    flags: u8(bytes, at + 1),
    directory: view(bytes, at + 4, u16(bytes, at + 2)),
  };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfFileListRequest(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 4) return 4;
  return 4 + within("maxFileTransferLength", u16(bytes, at + 2), limits);
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeFileListRequest({ flags, directory }: FileListRequest): Uint8Array {
  const bytes = new Uint8Array(4 + directory.length);
  putU8(bytes, 0, 130);
  putU8(bytes, 1, flags);
  putU16(bytes, 2, directory.length);
  bytes.set(directory, 4);
  return bytes;
}
