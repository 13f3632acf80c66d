/**
 * Reading the tiles of TRLE, ZRLE and ZYWRLE, RFC 6143 §7.7.5 and §7.7.6.
 *
 *     0  U8  subencoding
 *            0         pixels, row by row
 *            1         one pixel for all of the tile
 *            2…16      a palette of so many, then indices of 1, 2 or 4 bits, rows padded to a byte
 *            127       the same with the palette of the tile before (TRLE only)
 *            128       runs: a pixel and a length
 *            129       as below with the palette of the tile before (TRLE only)
 *            130…255   a palette of 2…127, then runs: an index; or an index and 128, and a length
 *
 * A pixel is a CPIXEL. A length is 1 and all bytes up to the first that is not 255. Runs go on over the end of a row.
 *
 * @module
 */

import { RfbError } from "../errors.ts";
import { isWide, MANY } from "../painter.ts";
import { type PixelReader, readArea, readPixel, type Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { fillArea, fillBits } from "../surfaces.ts";
import { expectBytes } from "./payload.ts";

/** How a tile is coded: the subencodings that have a number of their own, and where a palette's size begins. */
export const Subencoding = {
  Raw: 0,
  Solid: 1,
  MostPacked: 16,
  PackedAgain: 127,
  Runs: 128,
  PaletteRunsAgain: 129,
} as const;

/** The tiles of one rectangle, and how far they were read. */
export interface TileReader {
  /** "Cannot read a ZRLE tile" */
  readonly act: string;
  readonly bytes: Uint8Array;
  at: number;
  readonly pixel: PixelReader;
  readonly palette: Int32Array;
  /** Of the last tile that had one; 0: none yet. */
  paletteSize: number;
  /** 127 and 129 are allowed. */
  readonly isPaletteKept: boolean;
}

/** Reads tiles from the beginning of `bytes`. */
export function createTileReader(
  bytes: Uint8Array,
  pixel: PixelReader,
  act: string,
  isPaletteKept = false,
): TileReader {
  return { act, bytes, at: 0, pixel, palette: PALETTE, paletteSize: 0, isPaletteKept };
}

/**
 * Draws all tiles of a rectangle, `side` × `side` pixels or what is left at its right and bottom.
 *
 * @throws {RfbError} as {@link readTile}; `trailing`
 */
export function readTiles(reader: TileReader, { x, y, width, height }: Rectangle, side: number, into: Surface): void {
  for (let top = 0; top < height; top += side) {
    const rows = Math.min(side, height - top);
    for (let left = 0; left < width; left += side) {
      readTile(reader, into, x + left, y + top, Math.min(side, width - left), rows);
    }
  }
  expectEnd(reader);
}

/** @throws {RfbError} `trailing`: bytes after the last tile */
export function expectEnd({ bytes, at, act }: TileReader): void {
  if (at < bytes.length)
    throw new RfbError("trailing", act, `${bytes.length - at} bytes after the last`, { offset: at });
}

/**
 * Draws one tile.
 *
 * @throws {RfbError} `truncated`; `malformed`: a subencoding that is none, an index that is not in the palette, a run
 *   that leaves the tile, a palette to be used again that there is not
 */
export function readTile(reader: TileReader, into: Surface, x: number, y: number, width: number, height: number): void {
  const { bytes, act, pixel, at } = reader;
  expectBytes(bytes, at, 1, act);
  const subencoding = bytes[at]!;
  reader.at = at + 1;
  if (subencoding === Subencoding.Raw) {
    expectBytes(bytes, reader.at, width * height * pixel.size, act);
    readArea(pixel, bytes, reader.at, into, x, y, width, height);
    reader.at += width * height * pixel.size;
  } else if (subencoding === Subencoding.Solid) {
    readPalette(reader, 1);
    fillArea(into, x, y, width, height, reader.palette[0]!);
  } else if (subencoding <= Subencoding.MostPacked) {
    readPalette(reader, subencoding);
    readPacked(reader, into, x, y, width, height);
  } else if (subencoding === Subencoding.Runs) {
    readRuns(reader, into, x, y, width, height);
  } else if (subencoding > Subencoding.PaletteRunsAgain) {
    readPalette(reader, subencoding - Subencoding.Runs);
    readPaletteRuns(reader, into, x, y, width, height);
  } else if (subencoding < Subencoding.PackedAgain || !reader.isPaletteKept) {
    throw unknownSubencoding(subencoding, act, at);
  } else {
    checkPaletteKept(subencoding, reader.paletteSize, act, at);
    if (subencoding === Subencoding.PaletteRunsAgain) readPaletteRuns(reader, into, x, y, width, height);
    else if (reader.paletteSize > 1) readPacked(reader, into, x, y, width, height);
    else fillArea(into, x, y, width, height, reader.palette[0]!);
  }
}

/** TigerVNC and libvncclient take 17 to 127 for indices of 8 bits. The RFC has no such tiles, and nobody sends them. */
export function unknownSubencoding(subencoding: number, act: string, at: number): RfbError {
  return new RfbError("malformed", act, `subencoding ${subencoding}`, { offset: at });
}

/** @throws {RfbError} `malformed`: no palette to be used again, or one too large for 127 */
export function checkPaletteKept(subencoding: number, paletteSize: number, act: string, at: number): void {
  if (paletteSize === 0) {
    throw new RfbError("malformed", act, `subencoding ${subencoding} before any palette`, { offset: at });
  }
  if (subencoding === Subencoding.PackedAgain && paletteSize > Subencoding.MostPacked) {
    throw new RfbError("malformed", act, `subencoding 127 after a palette of ${paletteSize}`, { offset: at });
  }
}

/** Bits of an index into a palette of 1 to 16 colours. */
export function packedBitsOf(paletteSize: number): number {
  if (paletteSize > 4) return 4;
  return paletteSize > 2 ? 2 : paletteSize - 1;
}

/** Bytes of indices of so many bits each, every row padded. */
export function packedLengthOf(bits: number, width: number, height: number): number {
  return ((width * bits + 7) >> 3) * height;
}

function readPalette(reader: TileReader, size: number): void {
  const { bytes, palette, pixel, at } = reader;
  expectBytes(bytes, at, size * pixel.size, reader.act);
  for (let i = 0, from = at; i < size; i++, from += pixel.size) palette[i] = readPixel(pixel, bytes, from);
  reader.at = at + size * pixel.size;
  reader.paletteSize = size;
}

function readPacked(reader: TileReader, into: Surface, x: number, y: number, width: number, height: number): void {
  const { bytes, palette, paletteSize, at } = reader;
  const bits = packedBitsOf(paletteSize);
  const length = packedLengthOf(bits, width, height);
  expectBytes(bytes, at, length, reader.act);
  if (bits === 1) fillBits(into, x, y, width, height, bytes, at, palette[0]!, palette[1]!);
  else if (into.painter === undefined || !isWide(width, height)) fillIndices(reader, bits, into, x, y, width, height);
  else {
    const wrong = into.painter.fillIndices(x, y, width, height, bytes, at, bits, palette, paletteSize);
    if (wrong >= 0) fillIndices(reader, bits, into, x, y, width, height); // which says what is wrong
  }
  reader.at = at + length;
}

/** Indices of 2 or 4 bits. */
function fillIndices(
  reader: TileReader,
  bits: number,
  { pixels, width: stride }: Surface,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const { bytes, palette, paletteSize } = reader;
  const mask = (1 << bits) - 1;
  let at = reader.at;
  for (let row = y * stride + x, end = row + height * stride; row < end; row += stride) {
    const rowEnd = row + width;
    let to = row;
    // Whole bytes, unless there is an index in one that is too large.
    if (bits === 4) {
      for (; to + 2 <= rowEnd; to += 2, at++) {
        const byte = bytes[at]!;
        const one = byte >> 4;
        const two = byte & 15;
        if (one >= paletteSize || two >= paletteSize) break;
        pixels[to] = palette[one]!;
        pixels[to + 1] = palette[two]!;
      }
    } else {
      const isWhole = paletteSize === 4;
      for (; to + 4 <= rowEnd; to += 4, at++) {
        const byte = bytes[at]!;
        if (!isWhole && (byte & (byte >> 1) & 0x55) !== 0) break; // a 3
        pixels[to] = palette[byte >> 6]!;
        pixels[to + 1] = palette[(byte >> 4) & 3]!;
        pixels[to + 2] = palette[(byte >> 2) & 3]!;
        pixels[to + 3] = palette[byte & 3]!;
      }
    }
    for (; to < rowEnd; at++) {
      const byte = bytes[at]!;
      for (let shift = 8 - bits; shift >= 0 && to < rowEnd; shift -= bits, to++) {
        const index = (byte >> shift) & mask;
        if (index >= paletteSize) throw notInPalette(reader, index, at);
        pixels[to] = palette[index]!;
      }
    }
  }
}

function readRuns(
  reader: TileReader,
  { pixels, width: stride }: Surface,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const { bytes, pixel } = reader;
  const { size } = pixel;
  const end = bytes.length;
  let at = reader.at;
  let to = y * stride + x;
  let rowEnd = to + width;
  for (let left = width * height; left > 0; ) {
    if (at + size >= end) expectBytes(bytes, at, size + 1, reader.act);
    const colour = readPixel(pixel, bytes, at);
    at += size;
    let length = 1;
    let more = 0;
    do {
      if (at >= end) expectBytes(bytes, at, 1, reader.act);
      more = bytes[at++]!;
      length += more;
    } while (more === 255);
    if (length > left) throw runTooLong(reader, length, left, at);
    left -= length;
    while (length > rowEnd - to) {
      length -= rowEnd - to;
      fill(pixels, to, rowEnd, colour);
      to = rowEnd + stride - width;
      rowEnd += stride;
    }
    fill(pixels, to, to + length, colour);
    to += length;
  }
  reader.at = at;
}

function readPaletteRuns(
  reader: TileReader,
  { pixels, width: stride, painter }: Surface,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const { bytes, palette, paletteSize } = reader;
  if (painter !== undefined && width * height >= MANY) {
    const behind = painter.fillRuns(x, y, width, height, bytes, reader.at, palette, paletteSize);
    if (behind >= 0) {
      reader.at = behind;
      return;
    }
    // Nothing is drawn. The loop says what is wrong.
  }
  const end = bytes.length;
  let at = reader.at;
  let to = y * stride + x;
  let rowEnd = to + width;
  for (let left = width * height; left > 0; ) {
    if (at >= end) expectBytes(bytes, at, 1, reader.act);
    const byte = bytes[at++]!;
    const index = byte & 127;
    if (index >= paletteSize) throw notInPalette(reader, index, at - 1);
    const colour = palette[index]!;
    if (to === rowEnd) {
      to += stride - width;
      rowEnd += stride;
    }
    if (byte < 128) {
      pixels[to++] = colour;
      left -= 1;
      continue;
    }
    let length = 1;
    let more = 0;
    do {
      if (at >= end) expectBytes(bytes, at, 1, reader.act);
      more = bytes[at++]!;
      length += more;
    } while (more === 255);
    if (length > left) throw runTooLong(reader, length, left, at);
    left -= length;
    while (length > rowEnd - to) {
      length -= rowEnd - to;
      fill(pixels, to, rowEnd, colour);
      to = rowEnd + stride - width;
      rowEnd += stride;
    }
    fill(pixels, to, to + length, colour);
    to += length;
  }
  reader.at = at;
}

/** Most runs are a few pixels, which cost less than a call of the native fill. */
function fill(pixels: Uint32Array, from: number, to: number, colour: number): void {
  if (to - from >= 16) pixels.fill(colour, from, to);
  else for (let i = from; i < to; i++) pixels[i] = colour;
}

/**
 * The palette of whoever is reading: nobody reads two rectangles at a time. Int32, not Uint32: most RGBA pixels are above
 * 2^31, where V8 would make each a heap number.
 */
const PALETTE = new Int32Array(128);

function notInPalette({ act, paletteSize }: TileReader, index: number, at: number): RfbError {
  return new RfbError("malformed", act, `palette index ${index} of ${paletteSize}`, { offset: at });
}

function runTooLong({ act }: TileReader, length: number, left: number, end: number): RfbError {
  return new RfbError("malformed", act, `a run of ${length} where ${left} pixels are left`, { offset: end - 1 });
}
