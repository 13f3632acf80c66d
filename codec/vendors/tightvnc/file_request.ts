import { type Limits, within } from "../../limits.ts";
import { putU8, putU16, putU32, u8, u16, u32, view } from "../../wire.ts";

// FileDownloadRequest and FileUploadRequest: U8 message-type, U8 level, U16 length, U32 position, name.

/** What both have. */
export interface FileRequest {
  /** Of compression, 0 to 9; 0: none. */
  readonly compressionLevel: number;
  /** Bytes of the file to leave out: it goes on from there. */
  readonly position: number;
  /** The client's name for it: never take it for a path of your own. */
  readonly name: Uint8Array;
}

export function decodeFileRequest<Type extends string>(
  type: Type,
  bytes: Uint8Array,
  at: number,
): FileRequest & { readonly type: Type } {
  return {
    type,
    compressionLevel: u8(bytes, at + 1),
    position: u32(bytes, at + 4),
    name: view(bytes, at + 8, u16(bytes, at + 2)),
  };
}

export function extentOfFileRequest(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 8) return 8;
  return 8 + within("maxFileTransferLength", u16(bytes, at + 2), limits);
}

export function encodeFileRequest(messageType: number, { compressionLevel, position, name }: FileRequest): Uint8Array {
  const bytes = new Uint8Array(8 + name.length);
  putU8(bytes, 0, messageType);
  putU8(bytes, 1, compressionLevel);
  putU16(bytes, 2, name.length);
  putU32(bytes, 4, position);
  bytes.set(name, 8);
  return bytes;
}
