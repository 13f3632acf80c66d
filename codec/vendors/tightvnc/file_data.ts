import { type Limits, within } from "../../limits.ts";
import { putU8, putU16, putU32, u8, u16, u32, view } from "../../wire.ts";

// FileUploadData and FileDownloadData: U8 message-type, U8 level, U16 real size, U16 compressed size, data;
// with both sizes 0, U32 modification time in place of data.

/** What both have. */
export interface FileData {
  /** Of compression, 0 to 9; 0: none. */
  readonly compressionLevel: number;
  /** Bytes of `data` once inflated. */
  readonly realSize: number;
  /** Deflated, if there is a level. */
  readonly data: Uint8Array;
  /**
   * The file is whole: seconds since 1970, when it was last changed. Undefined in all messages but the last.
   * libvncserver writes it in its host's byte order, and so mostly little-endian; what is told here is the U32.
   */
  readonly modificationTime: number | undefined;
}

export function decodeFileData<Type extends string>(
  type: Type,
  bytes: Uint8Array,
  at: number,
): FileData & { readonly type: Type } {
  const realSize = u16(bytes, at + 2);
  const compressedSize = u16(bytes, at + 4);
  return {
    type,
    compressionLevel: u8(bytes, at + 1),
    realSize,
    data: view(bytes, at + 6, compressedSize),
    modificationTime: realSize === 0 && compressedSize === 0 ? u32(bytes, at + 6) : undefined,
  };
}

export function extentOfFileData(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 6) return 6;
  const compressedSize = u16(bytes, at + 4);
  if (u16(bytes, at + 2) === 0 && compressedSize === 0) return 10;
  return 6 + within("maxFileTransferLength", compressedSize, limits);
}

export function encodeFileData(
  messageType: number,
  { compressionLevel, realSize, data, modificationTime }: FileData,
): Uint8Array {
  const isLast = realSize === 0 && data.length === 0;
  if (isLast !== (modificationTime !== undefined)) {
    const sizes = `${data.length} bytes of realSize ${realSize}`;
    throw new RangeError(`Cannot write modificationTime ${modificationTime} with ${sizes}`);
  }
  const bytes = new Uint8Array(6 + data.length + (isLast ? 4 : 0));
  putU8(bytes, 0, messageType);
  putU8(bytes, 1, compressionLevel);
  putU16(bytes, 2, realSize);
  putU16(bytes, 4, data.length);
  bytes.set(data, 6);
  if (modificationTime !== undefined) putU32(bytes, 6, modificationTime);
  return bytes;
}
