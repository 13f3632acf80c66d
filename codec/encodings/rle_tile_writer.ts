/**
 * Writing the tiles of TRLE, ZRLE and ZYWRLE; rle_tiles.ts has the layout.
 *
 * @module
 */

import { createOutput, extend, type Output, writtenOf } from "../output.ts";
import type { PixelFormat } from "../pixel_format.ts";
import { loadValues } from "../pixel_values.ts";
import { type PixelWriter, type PixelWriters, writePixel, writePixels } from "../pixel_writers.ts";
import type { Surface } from "../pixels.ts";
import { isPlain } from "../surfaces.ts";
import { packedBitsOf, packedLengthOf, Subencoding } from "./rle_tiles.ts";

/** The tiles of one rectangle so far, and what is known of the present one. All arrays serve for one after the other. */
export interface TileWriter {
  readonly output: Output;
  readonly pixel: PixelWriter;
  /** TRLE's tiles are not, and may use the palette of the tile before. */
  readonly isDeflated: boolean;
  /** The pixels' values in the format, row by row, and behind them one that ends the last run. */
  readonly values: Int32Array;
  /** The same numbers. */
  readonly unsigned: Uint32Array;
  /** They are all as the first one, which is the only one here. */
  isPlain: boolean;
  /** Where each run ends, and its colour's index so long as there is a palette. */
  readonly ends: Uint16Array;
  readonly indices: Uint8Array;
  runs: number;
  /** The first {@link MOST_COLOURS} colours; `colours` is one more where there are more. */
  readonly palette: Int32Array;
  colours: number;
  /** Colours by their hash: the tile's stamp and the index, so that no tile has to empty it. */
  readonly slots: Int32Array;
  stamp: number;
  /** Bytes of the runs with a pixel each, and with an index each. */
  pixelRunsLength: number;
  indexRunsLength: number;
  /** The palette of the tile before, where that may be used again. */
  readonly keptPalette: Int32Array;
  keptColours: number;
}

/** A writer of tiles of up to `most` pixels, with room for some bytes to begin with. */
export function createTileWriter(pixel: PixelWriter, most: number, isDeflated = true, room = 1024): TileWriter {
  const values = new Int32Array(most + 1);
  return {
    output: createOutput(room),
    pixel,
    isDeflated,
    values,
    unsigned: new Uint32Array(values.buffer),
    isPlain: false,
    ends: new Uint16Array(most),
    indices: new Uint8Array(most),
    runs: 0,
    palette: new Int32Array(MOST_COLOURS),
    colours: 0,
    slots: new Int32Array(SLOTS),
    stamp: 0,
    pixelRunsLength: 0,
    indexRunsLength: 0,
    keptPalette: new Int32Array(MOST_COLOURS),
    keptColours: 0,
  };
}

/** An area as tiles of `side` × `side` pixels or what is left at its right and bottom, each as short as can be. */
export function writeTiles(
  { width, height, pixels }: Surface,
  { format, cpixel }: PixelWriters,
  side: number,
  isDeflated = true,
): Uint8Array {
  const room = 1024;
  const writer = createTileWriter(cpixel, Math.min(side, width) * Math.min(side, height), isDeflated, room);
  for (let top = 0; top < height; top += side) {
    const rows = Math.min(side, height - top);
    for (let left = 0; left < width; left += side) {
      const columns = Math.min(side, width - left);
      loadTile(writer, pixels, format, top * width + left, width, columns, rows);
      if (!writeShorter(writer, columns, rows, columns * rows * cpixel.size)) writeRaw(writer, columns * rows);
    }
  }
  return writtenOf(writer.output);
}

/** Takes a tile out of a picture of RGBA pixels. */
export function loadTile(
  writer: TileWriter,
  from: Uint32Array,
  format: PixelFormat,
  at: number,
  stride: number,
  width: number,
  height: number,
): void {
  writer.isPlain = isPlain(from, at, stride, width, height);
  // Of a plain tile nobody looks at a second pixel.
  const columns = writer.isPlain ? 1 : width;
  loadValues(format, from, at, stride, columns, writer.isPlain ? 1 : height, writer.unsigned);
}

/**
 * Writes the tile in the shortest way, if that takes less than `rawLength` bytes. What is shortest once it is deflated,
 * nobody knows beforehand. But zlib finds repetition among pixels and packed indices by itself, and less in what runs
 * leave of them: recordings of three servers came out shortest where runs had to save so much more.
 *
 * @returns whether it was written
 */
export function writeShorter(writer: TileWriter, width: number, height: number, rawLength: number): boolean {
  const { pixel, keptColours, isDeflated } = writer;
  measure(writer, writer.isPlain ? 1 : width * height, isDeflated ? rawLength / 2 : rawLength);
  const { colours } = writer;
  if (colours === 1) {
    writePalette(writer, Subencoding.Solid, 1);
    writer.keptColours = 0;
    return true;
  }
  const pixelRuns = writer.pixelRunsLength * (isDeflated ? 2 : 1);
  const indexWeight = isDeflated ? 1.7 : 1;
  let way = -1;
  let least = rawLength;
  if (pixelRuns < least) {
    way = Subencoding.Runs;
    least = pixelRuns;
  }
  if (colours <= MOST_COLOURS) {
    const paletteLength = colours * pixel.size;
    const indexRuns = (paletteLength + writer.indexRunsLength) * indexWeight;
    if (indexRuns < least) {
      way = Subencoding.Runs + colours;
      least = indexRuns;
    }
    const packed = paletteLength + packedLengthWith(colours, width, height);
    if (packed < least) {
      way = colours;
      least = packed;
    }
  }
  if (colours <= keptColours && areKept(writer)) {
    if (writer.indexRunsLength < least) {
      way = Subencoding.PaletteRunsAgain;
      least = writer.indexRunsLength;
    }
    if (packedLengthWith(keptColours, width, height) < least) way = Subencoding.PackedAgain;
  }
  if (way >= 0) writeAs(writer, way, width, height);
  return way >= 0;
}

/** Writes the tile pixel by pixel. */
export function writeRaw(writer: TileWriter, count: number): void {
  const { output, pixel } = writer;
  const at = extend(output, 1 + count * pixel.size);
  output.bytes[at] = Subencoding.Raw;
  writePixels(pixel, output.bytes, at + 1, writer.unsigned, 0, count);
  writer.keptColours = 0;
}

/** A palette of runs has no room for more. */
const MOST_COLOURS = 127;
/** Four times as many, so that colours seldom meet. */
const SLOTS = 512;

/**
 * One pass over the tile: its runs and colours, and what they come to in bytes. It ends where runs take `most` bytes, and a
 * palette has no room.
 */
function measure(writer: TileWriter, count: number, most: number): void {
  const { values, ends, indices, palette, slots } = writer;
  const perRun = writer.pixel.size + 1;
  const stamp = ++writer.stamp << 7;
  let runs = 0;
  let colours = 0;
  let pixelRunsLength = 0;
  let indexRunsLength = 0;
  values[count] = ~values[count - 1]!;
  for (let from = 0; from < count; ) {
    const value = values[from]!;
    let to = from + 1;
    while (values[to] === value) to++;
    const further = ((to - from - 1) / 255) | 0; // bytes of its length, but for the first
    pixelRunsLength += perRun + further;
    if (colours > MOST_COLOURS) {
      if (pixelRunsLength >= most) break;
    } else {
      indexRunsLength += to - from < 3 ? to - from : 2 + further;
      let slot = Math.imul(value, 0x9e3779b1) >>> 23;
      while (slots[slot]! >= stamp && palette[slots[slot]! & 127] !== value) slot = (slot + 1) & (SLOTS - 1);
      if (slots[slot]! < stamp) {
        if (colours < MOST_COLOURS) {
          palette[colours] = value;
          slots[slot] = stamp | colours;
        }
        colours++;
      }
      indices[runs] = slots[slot]! & 127;
    }
    ends[runs++] = to;
    from = to;
  }
  writer.runs = runs;
  writer.colours = colours;
  writer.pixelRunsLength = pixelRunsLength;
  writer.indexRunsLength = indexRunsLength;
}

/** Bytes of the tile's indices, packed; infinitely many where a palette is too large for that. */
function packedLengthWith(colours: number, width: number, height: number): number {
  if (colours > Subencoding.MostPacked) return Number.POSITIVE_INFINITY;
  return packedLengthOf(packedBitsOf(colours), width, height);
}

/** Whether the palette of the tile before has all of this tile's colours. */
function areKept({ palette, colours, keptPalette, keptColours }: TileWriter): boolean {
  for (let i = 0; i < colours; i++) {
    const at = keptPalette.indexOf(palette[i]!);
    if (at < 0 || at >= keptColours) return false;
  }
  return true;
}

function writeAs(writer: TileWriter, way: number, width: number, height: number): void {
  const { colours, keptColours, palette, keptPalette, indices } = writer;
  const isAgain = way === Subencoding.PackedAgain || way === Subencoding.PaletteRunsAgain;
  if (isAgain) for (let run = 0; run < writer.runs; run++) indices[run] = keptPalette.indexOf(palette[indices[run]!]!);
  writePalette(writer, way, way === Subencoding.Runs || isAgain ? 0 : colours);
  if (way === Subencoding.Runs) writePixelRuns(writer);
  else if (way > Subencoding.Runs) writeIndexRuns(writer);
  else writePacked(writer, isAgain ? keptColours : colours, width, height);
  if (way === Subencoding.Runs) {
    writer.keptColours = 0;
  } else if (!isAgain && !writer.isDeflated) {
    keptPalette.set(palette);
    writer.keptColours = colours;
  }
}

function writePalette({ output, pixel, palette }: TileWriter, subencoding: number, colours: number): void {
  let at = extend(output, 1 + colours * pixel.size);
  output.bytes[at++] = subencoding;
  for (let i = 0; i < colours; i++, at += pixel.size) writePixel(pixel, output.bytes, at, palette[i]!);
}

function writePixelRuns({ output, pixel, values, ends, runs, pixelRunsLength }: TileWriter): void {
  let at = extend(output, pixelRunsLength);
  const { bytes } = output;
  for (let run = 0, from = 0; run < runs; run++) {
    const to = ends[run]!;
    writePixel(pixel, bytes, at, values[from]!);
    at = writeLength(bytes, at + pixel.size, to - from);
    from = to;
  }
}

function writeIndexRuns({ output, indices, ends, runs, indexRunsLength }: TileWriter): void {
  let at = extend(output, indexRunsLength);
  const { bytes } = output;
  for (let run = 0, from = 0; run < runs; run++) {
    const to = ends[run]!;
    const index = indices[run]!;
    if (to - from < 3) {
      bytes[at++] = index;
      if (to - from === 2) bytes[at++] = index;
    } else {
      bytes[at++] = index | 128;
      at = writeLength(bytes, at, to - from);
    }
    from = to;
  }
}

function writeLength(bytes: Uint8Array, at: number, length: number): number {
  let left = length - 1;
  let to = at;
  for (; left >= 255; left -= 255) bytes[to++] = 255;
  bytes[to++] = left;
  return to;
}

function writePacked({ output, indices, ends }: TileWriter, colours: number, width: number, height: number): void {
  const bits = packedBitsOf(colours);
  let at = extend(output, packedLengthOf(bits, width, height));
  const { bytes } = output;
  let run = 0;
  for (let row = 0; row < height; row++) {
    let byte = 0;
    let free = 8;
    for (let i = row * width, end = i + width; i < end; i++) {
      if (i === ends[run]) run++;
      free -= bits;
      byte |= indices[run]! << free;
      if (free === 0) {
        bytes[at++] = byte;
        byte = 0;
        free = 8;
      }
    }
    if (free < 8) bytes[at++] = byte;
  }
}
