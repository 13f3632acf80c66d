import { type Limits, within } from "../../limits.ts";
import { putU8, putU32, u8, u32, view } from "../../wire.ts";

/** What a {@link FileTransfer} is about. Numbers that are not here are kept as well. */
export const FileTransferContent = {
  DirContentRequest: 1,
  DirPacket: 2,
  FileTransferRequest: 3,
  FileHeader: 4,
  FilePacket: 5,
  EndOfFile: 6,
  Abort: 7,
  Offer: 8,
  AcceptHeader: 9,
  Command: 10,
  CommandReturn: 11,
  Checksums: 12,
  Access: 14,
  SessionStart: 15,
  SessionEnd: 16,
  ProtocolVersion: 17,
} as const;

/** One step of UltraVNC's file transfer, either way. Names in it are the peer's: never take one for a path of your own. */
export interface FileTransfer {
  /** Tells it from other messages. */
  readonly type: "fileTransfer";
  /** See {@link FileTransferContent}. */
  readonly contentType: number;
  /** Both bytes as they came: UltraVNC writes a little-endian U16, libvncserver one byte and padding. */
  readonly contentParam: Uint8Array;
  /** The low half of a file's size, 0xFFFFFFFF for an error, a packet's index, or 1 for "compressed": by `contentType`. */
  readonly size: number;
  /** What it holds, by its content type. */
  readonly data: Uint8Array;
  /** The high half of a file's size, where the message has one. */
  readonly sizeHigh: number | undefined;
}

/**
 * FileTransfer from a client: libvncserver's and UltraVNC's rfbproto.h, file transfer version 2 and later.
 *
 *      0  U8   message-type 7
 *      1  U8   content-type
 *      2       content-param, 2 bytes
 *      4  U32  size
 *      8  U32  length
 *     12       data
 *         U32  size-high, in an Offer alone; `length` does not count it
 */
export function decodeClientFileTransfer(bytes: Uint8Array, at = 0): FileTransfer {
  return decodeFileTransfer(bytes, at, u8(bytes, at + 1) === FileTransferContent.Offer);
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfClientFileTransfer(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < HEAD) return HEAD;
  const length = HEAD + within("maxFileTransferLength", u32(bytes, at + 8), limits);
  return u8(bytes, at + 1) === FileTransferContent.Offer ? length + 4 : length;
}

/** The message's bytes. @throws {RangeError} a field that does not fit, a `sizeHigh` too many or too few */
export function encodeClientFileTransfer(message: FileTransfer): Uint8Array {
  return encodeFileTransfer(message, message.contentType === FileTransferContent.Offer);
}

/**
 * FileTransfer from a server: as {@link decodeClientFileTransfer}, but that size-high follows a FileHeader.
 *
 * Of a FileHeader whose size is 0xFFFFFFFF, the file that cannot be sent, UltraVNC sends size-high as well, 0xFFFFFFFF;
 * libvncserver leaves it out. The byte behind tells: no message of either begins with 0xFF. It takes waiting for
 * that byte, and misreads one file: of 4 GiB less a byte, or a multiple of that size.
 */
export function decodeServerFileTransfer(bytes: Uint8Array, at = 0): FileTransfer {
  const headsFile = u8(bytes, at + 1) === FileTransferContent.FileHeader;
  const failed = headsFile && u32(bytes, at + 4) === FAILED;
  return decodeFileTransfer(bytes, at, failed ? bytes[at + HEAD + u32(bytes, at + 8)] === 0xff : headsFile);
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfServerFileTransfer(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < HEAD) return HEAD;
  const length = HEAD + within("maxFileTransferLength", u32(bytes, at + 8), limits);
  if (u8(bytes, at + 1) !== FileTransferContent.FileHeader) return length;
  if (u32(bytes, at + 4) !== FAILED) return length + 4;
  if (end - at <= length) return length + 1;
  return u8(bytes, at + length) === 0xff ? length + 4 : length;
}

/** The message's bytes. @throws {RangeError} a field that does not fit, a `sizeHigh` too many, too few or misread */
export function encodeServerFileTransfer(message: FileTransfer): Uint8Array {
  const { contentType, size, sizeHigh } = message;
  const headsFile = contentType === FileTransferContent.FileHeader;
  if (!headsFile || size !== FAILED) return encodeFileTransfer(message, headsFile);
  if (sizeHigh !== undefined && sizeHigh < 0xff000000) {
    throw new RangeError(`Cannot write a FileHeader of size ${size} with sizeHigh ${sizeHigh}: it would be misread`);
  }
  return encodeFileTransfer(message, sizeHigh !== undefined);
}

const HEAD = 12;
const FAILED = 0xffffffff;

function decodeFileTransfer(bytes: Uint8Array, at: number, hasSizeHigh: boolean): FileTransfer {
  const length = u32(bytes, at + 8);
  return {
    type: "fileTransfer",
    contentType: u8(bytes, at + 1),
    contentParam: view(bytes, at + 2, 2),
    size: u32(bytes, at + 4),
    data: view(bytes, at + HEAD, length),
    sizeHigh: hasSizeHigh ? u32(bytes, at + HEAD + length) : undefined,
  };
}

function encodeFileTransfer(message: FileTransfer, hasSizeHigh: boolean): Uint8Array {
  const { contentType, contentParam, size, data, sizeHigh } = message;
  if (contentParam.length !== 2) throw new RangeError(`Cannot write a contentParam of ${contentParam.length} bytes`);
  if (hasSizeHigh !== (sizeHigh !== undefined)) {
    throw new RangeError(`Cannot write sizeHigh ${sizeHigh} in a FileTransfer of contentType ${contentType}`);
  }
  const bytes = new Uint8Array(HEAD + data.length + (hasSizeHigh ? 4 : 0));
  putU8(bytes, 0, 7);
  putU8(bytes, 1, contentType);
  bytes.set(contentParam, 2);
  putU32(bytes, 4, size);
  putU32(bytes, 8, data.length);
  bytes.set(data, HEAD);
  if (sizeHigh !== undefined) putU32(bytes, HEAD + data.length, sizeHigh);
  return bytes;
}
