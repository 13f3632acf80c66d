import { type Limits, within } from "../../limits.ts";
import { putU8, putU16, putU32, u8, u16, u32, view } from "../../wire.ts";

/** A file of a list; its name is the one of its rank in the list's names. */
export interface FileListEntry {
  /** Bytes; 0xFFFFFFFF: a directory. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly modificationTime: number;
}

/** What a directory of the server holds. */
export interface FileListData {
  /** Tells it from other messages. */
  readonly type: "fileListData";
  /** As in {@link FileListRequest}; bit 7: the directory cannot be read. */
  readonly flags: number;
  /** Of the directory. */
  readonly entries: readonly FileListEntry[];
  /** Bytes of `names` once inflated. */
  readonly namesSize: number;
  /** Each with a NUL at its end; deflated where `flags` say so. */
  readonly names: Uint8Array;
}

/**
 * FileListData: TightVNC 1.3's rfbproto.h.
 *
 *     0  U8   message-type 130
 *     1  U8   flags
 *     2  U16  number-of-files
 *     4  U16  data-size
 *     6  U16  compressed-size
 *     8  U32  size, modification-time × number-of-files
 *             names, compressed-size bytes
 */
export function decodeFileListData(bytes: Uint8Array, at = 0): FileListData {
  const end = at + 8 + 8 * u16(bytes, at + 2);
  const names = view(bytes, end, u16(bytes, at + 6));
  const entries: FileListEntry[] = [];
  for (let i = at + 8; i < end; i += 8) entries.push({ size: u32(bytes, i), modificationTime: u32(bytes, i + 4) });
  return { type: "fileListData", flags: u8(bytes, at + 1), entries, namesSize: u16(bytes, at + 4), names };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: entries and names */
export function extentOfFileListData(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 8) return 8;
  return 8 + within("maxFileTransferLength", 8 * u16(bytes, at + 2) + u16(bytes, at + 6), limits);
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeFileListData({ flags, entries, namesSize, names }: FileListData): Uint8Array {
  const bytes = new Uint8Array(8 + 8 * entries.length + names.length);
  putU8(bytes, 0, 130);
  putU8(bytes, 1, flags);
  putU16(bytes, 2, entries.length);
  putU16(bytes, 4, namesSize);
  putU16(bytes, 6, names.length);
  for (let i = 0; i < entries.length; i++) {
    putU32(bytes, 8 + 8 * i, entries[i]!.size);
    putU32(bytes, 12 + 8 * i, entries[i]!.modificationTime);
  }
  bytes.set(names, 8 + 8 * entries.length);
  return bytes;
}
