/**
 * The chunks of a PNG file, gone through before a decoder allocates or works for them.
 *
 * @module
 */

import { concat } from "@std/bytes";
import { RfbError } from "../codec/errors.ts";

/** What IHDR says. */
export interface PngHeader {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Bits a sample. */
  readonly depth: number;
  readonly isInterlaced: boolean;
  readonly isIndexed: boolean;
}

/** A file that is whole, and what is in it. */
export interface Png {
  readonly header: PngHeader;
  /** The zlib stream of the pixels, as it is cut into chunks. */
  readonly data: readonly Uint8Array[];
  /** R, G, B of each colour of an indexed picture. */
  readonly palette: Uint8Array;
  /** Alphas of the palette's first colours; or the one grey or R, G, B, of 16 bits each, that is not to be seen. */
  readonly transparency: Uint8Array;
  /** The critical chunks as a file: a colour profile is a zlib stream too, and one that nobody bounds. */
  readonly file: Uint8Array;
}

/**
 * Goes through the chunks (PNG, clause 5) to IEND.
 *
 * @throws {RfbError} `malformed`: another size, a chunk out of place, or no end
 */
export function readPng(bytes: Uint8Array, width: number, height: number): Png {
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) throw malformed("it does not begin with the signature", 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts = [bytes.subarray(0, SIGNATURE.length)];
  const data: Uint8Array[] = [];
  let header: PngHeader | undefined;
  let palette: Uint8Array = NONE;
  let transparency: Uint8Array = NONE;
  for (let at = SIGNATURE.length; ; ) {
    if (bytes.length - at < 12) throw malformed("it is cut off", bytes.length);
    const size = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 12 + size;
    if (end > bytes.length) throw malformed("it is cut off", bytes.length);
    if ((type === "IHDR") !== (header === undefined)) throw malformed(`a chunk ${type} out of place`, at);
    switch (type) {
      case "IHDR":
        if (size !== 13) throw malformed(`a header of ${size} bytes`, at);
        header = headerOf(view, at + 8, width, height);
        break;
      case "PLTE":
        if (palette.length > 0 || data.length > 0) throw malformed("a palette out of place", at);
        if (size === 0 || size > 768 || size % 3 !== 0) throw malformed(`a palette of ${size} bytes`, at);
        palette = bytes.subarray(at + 8, end - 4);
        break;
      case "IDAT":
        if (header!.isIndexed && palette.length === 0) throw malformed("no palette before the pixels", at);
        data.push(bytes.subarray(at + 8, end - 4));
        break;
      case "tRNS":
        if (transparency.length > 0 || data.length > 0) throw malformed("transparency out of place", at);
        if (!fits(size, header!, palette)) throw malformed(`transparency of ${size} bytes`, at);
        transparency = bytes.subarray(at + 8, end - 4);
        break;
      case "IEND":
        break;
      default:
        if ((bytes[at + 4]! & 0x20) === 0) throw malformed(`a critical chunk of type ${JSON.stringify(type)}`, at);
    }
    if ((bytes[at + 4]! & 0x20) === 0) parts.push(bytes.subarray(at, end));
    if (type === "IEND") break;
    at = end;
  }
  return { header: header!, data, palette, transparency, file: concat(parts) };
}

function headerOf(view: DataView, at: number, width: number, height: number): PngHeader {
  const [columns, rows] = [view.getUint32(at), view.getUint32(at + 4)];
  if (columns !== width || rows !== height || width === 0 || height === 0) {
    throw malformed(`its size is ${columns} × ${rows}, not ${width} × ${height}`, at);
  }
  const [depth, kind] = [view.getUint8(at + 8), view.getUint8(at + 9)];
  const { channels, depths } = KINDS[kind] ?? { channels: 0, depths: [] };
  if (!depths.includes(depth)) throw malformed(`${depth} bits of colour type ${kind}`, at + 8);
  const interlace = view.getUint8(at + 12);
  if (view.getUint16(at + 10) !== 0 || interlace > 1) throw malformed("a method that is not known", at + 10);
  if (interlace === 1 && depth < 8) throw malformed(`interlaced pixels of ${depth} bits are not supported`, at + 12);
  return { width, height, channels, depth, isInterlaced: interlace === 1, isIndexed: kind === INDEXED };
}

/** Whether transparency may be so long: not at all beside an alpha channel. */
function fits(size: number, { channels, isIndexed }: PngHeader, palette: Uint8Array): boolean {
  if (isIndexed) return size <= palette.length / 3;
  return channels % 2 === 1 && size === 2 * channels;
}

function malformed(reason: string, offset: number): RfbError {
  return new RfbError("malformed", "Cannot decode a PNG", reason, { offset });
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const INDEXED = 3;
const NONE = new Uint8Array(0);

/** By colour type: samples a pixel, and the bits that each may have. */
const KINDS: readonly ({ readonly channels: number; readonly depths: readonly number[] } | undefined)[] = [
  { channels: 1, depths: [1, 2, 4, 8, 16] },
  undefined,
  { channels: 3, depths: [8, 16] },
  { channels: 1, depths: [1, 2, 4, 8] },
  { channels: 2, depths: [8, 16] },
  undefined,
  { channels: 4, depths: [8, 16] },
];
