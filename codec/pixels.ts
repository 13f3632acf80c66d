/**
 * Pixels from the wire into memory, where every pixel is one 32-bit number: most often R, G, B, A bytes
 * in this order, as a canvas has them. Hosts are little-endian, as all that run JavaScript here are.
 *
 * @module
 */

import { isEightBits, scaledTo255 } from "./channels.ts";
import { MANY, type Painter } from "./painter.ts";
import type { PixelFormat } from "./pixel_format.ts";
import { squeezersOf } from "./pixel_values.ts";
import { createPixelWriters, type PixelWriter } from "./pixel_writers.ts";

/** A picture, or an area of one: a number a pixel, row by row, no padding. */
export interface Surface {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** RGBA: the bytes of each number are R, G, B, A. In an indexed picture A is 0 and R the index. A part of their buffer, maybe. */
  readonly pixels: Uint32Array;
  /** What draws on it faster than loops do, if anything does. */
  readonly painter?: Painter | undefined;
}

/**
 * What a pixel becomes in memory. `rgba`: R, G, B, A bytes with A 255, or the index with A 0 where the format has a
 * colour map. `values`: the pixel's own value, byte order undone.
 */
export type PixelOutput = "rgba" | "values";

/** How one kind of pixel is read: see {@link readPixel}. */
export interface PixelReader {
  /** Bytes of a pixel on the wire. */
  readonly size: number;
  /** Which of the ways below leads from bytes to a pixel. */
  readonly layout: number;
  /** Layout BYTES: offsets of the three bytes, and what is or-ed in. */
  readonly first: number;
  /** Likewise. */
  readonly second: number;
  /** Likewise. */
  readonly third: number;
  /** What is or-ed in. */
  readonly opaque: number;
  /** A pixel and its neighbour's first byte can be read as one number: layout TABLE16, and BYTES with green in the middle. */
  readonly hasWords: boolean;
  /** A {@link Painter} can read such pixels: layout BYTES, and TABLE16 with `channels`. */
  readonly isVector: boolean;
  /** Layout TABLE16: the same by arithmetic, where six bits of scale are enough. */
  readonly channels: WordChannels | undefined;
  /** Layouts TABLE8 and TABLE16: the answer by the bytes, the first one lowest. */
  readonly table: Int32Array;
  /** Layout VALUE: how far each byte is shifted to the left, and what then becomes of the value. */
  readonly shifts: readonly [number, number, number, number];
  /** Layout VALUE: what becomes of the value. */
  readonly ofValue: (value: number) => number;
}

/**
 * Where a pixel of two bytes has its channels: four bits of `shift`, six of `max`, six of `add`, and `scale`. What is shown is
 * (value >> shift & max) × scale + add >> 6.
 */
export interface WordChannels {
  /** The high byte comes first. */
  readonly isBigEndian: boolean;
  /** As said above. */
  readonly red: number;
  /** Likewise. */
  readonly green: number;
  /** Likewise. */
  readonly blue: number;
}

/** All that decoders need to know of a format; tables are in it. */
export interface PixelReaders {
  /** What is on the wire. */
  readonly format: PixelFormat;
  /** What the pixels are read as. */
  readonly output: PixelOutput;
  /** PIXEL: as Raw, RRE and Hextile have it. */
  readonly pixel: PixelReader;
  /** CPIXEL: as TRLE and ZRLE have it. */
  readonly cpixel: PixelReader;
  /** TPIXEL: as Tight has it. */
  readonly tpixel: PixelReader;
  /** What a pixel of this value becomes. */
  ofValue(value: number): number;
  /** What a colour of 8 bits a channel becomes, once it is squeezed through the format. */
  ofRgb(red: number, green: number, blue: number): number;
}

const BYTES = 0;
const TABLE8 = 1;
const TABLE16 = 2;
const VALUE = 3;

/** The pixel at `at`, as an int32. The caller has checked that its bytes are there. */
export function readPixel(reader: PixelReader, bytes: Uint8Array, at: number): number {
  switch (reader.layout) {
    case BYTES:
      return (
        bytes[at + reader.first]! |
        (bytes[at + reader.second]! << 8) |
        (bytes[at + reader.third]! << 16) |
        reader.opaque
      );
    case TABLE8:
      return reader.table[bytes[at]!]!;
    case TABLE16:
      return reader.table[bytes[at]! | (bytes[at + 1]! << 8)]!;
    default:
      return reader.ofValue(valueAt(reader, bytes, at));
  }
}

/** `count` pixels from `at` on into `into[to…]`. The caller has checked that the bytes are there, and the room. */
export function readPixels(
  reader: PixelReader,
  bytes: Uint8Array,
  at: number,
  into: Uint32Array,
  to: number,
  count: number,
): void {
  if (count < LONG || !reader.hasWords) readRow(reader, bytes, at, into, to, count);
  else readWords(reader, wordsOf(reader, bytes, at, count), bytes, at, 0, into, to, count);
}

/** An area's pixels, row by row without padding. The caller has checked that the bytes are there, and the room. */
export function readArea(
  reader: PixelReader,
  bytes: Uint8Array,
  at: number,
  { pixels, width: stride, painter }: Surface,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  if (painter !== undefined && reader.isVector && width * height >= MANY) {
    painter.read(reader, bytes, at, x, y, width, height);
    return;
  }
  let to = y * stride + x;
  if (width === stride) {
    readPixels(reader, bytes, at, pixels, to, width * height);
    return;
  }
  const length = width * reader.size;
  if (width * height < LONG || !reader.hasWords) {
    for (let row = 0, from = at; row < height; row++, from += length, to += stride) {
      readRow(reader, bytes, from, pixels, to, width);
    }
    return;
  }
  const words = wordsOf(reader, bytes, at, width * height);
  for (let row = 0, from = 0; row < height; row++, from += length, to += stride) {
    readWords(reader, words, bytes, at, from, pixels, to, width);
  }
}

/** From so many pixels on, reading them as words makes up for the view that it takes. */
const LONG = 64;

function wordsOf({ size }: PixelReader, bytes: Uint8Array, at: number, count: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + at, size * count);
}

function readRow(
  reader: PixelReader,
  bytes: Uint8Array,
  at: number,
  into: Uint32Array,
  to: number,
  count: number,
): void {
  const end = to + count;
  switch (reader.layout) {
    case BYTES: {
      const { size, first, second, third, opaque } = reader;
      for (let i = to, from = at; i < end; i++, from += size) {
        into[i] = bytes[from + first]! | (bytes[from + second]! << 8) | (bytes[from + third]! << 16) | opaque;
      }
      return;
    }
    case TABLE8: {
      const { table } = reader;
      for (let i = to, from = at; i < end; i++, from++) into[i] = table[bytes[from]!]!;
      return;
    }
    case TABLE16: {
      const { table } = reader;
      for (let i = to, from = at; i < end; i++, from += 2) into[i] = table[bytes[from]! | (bytes[from + 1]! << 8)]!;
      return;
    }
    default:
      for (let i = to, from = at; i < end; i++, from += reader.size) into[i] = readPixel(reader, bytes, from);
  }
}

/** The same from words that begin at `at`, where the reader has some; the row begins `start` bytes behind that. */
function readWords(
  reader: PixelReader,
  words: DataView,
  bytes: Uint8Array,
  at: number,
  start: number,
  into: Uint32Array,
  to: number,
  count: number,
): void {
  const { size, first, third, table } = reader;
  const end = to + count;
  let i = to;
  let from = start;
  // Four pixels a turn: a turn costs as much as a pixel.
  if (reader.layout === TABLE16) {
    for (; i + 4 <= end; i += 4, from += 8) {
      into[i] = table[words.getUint16(from, true)]!;
      into[i + 1] = table[words.getUint16(from + 2, true)]!;
      into[i + 2] = table[words.getUint16(from + 4, true)]!;
      into[i + 3] = table[words.getUint16(from + 6, true)]!;
    }
  } else if (size === 4 && first === 0 && count >= LONG) {
    copyOpaque(bytes, at + start, into, to, count);
    return;
  } else if (first < third) {
    // Of three bytes the last pixel's word may end behind the others: hence not up to the end.
    const shift = 8 * first;
    for (; i + 4 < end; i += 4, from += 4 * size) {
      into[i] = (words.getInt32(from, true) >>> shift) | OPAQUE;
      into[i + 1] = (words.getInt32(from + size, true) >>> shift) | OPAQUE;
      into[i + 2] = (words.getInt32(from + 2 * size, true) >>> shift) | OPAQUE;
      into[i + 3] = (words.getInt32(from + 3 * size, true) >>> shift) | OPAQUE;
    }
  } else if (size === 4 && third === 0) {
    // What most servers have of themselves: blue, green, red, and a byte of nothing.
    for (; i + 4 <= end; i += 4, from += 16) {
      into[i] = reversed(words.getInt32(from, true));
      into[i + 1] = reversed(words.getInt32(from + 4, true));
      into[i + 2] = reversed(words.getInt32(from + 8, true));
      into[i + 3] = reversed(words.getInt32(from + 12, true));
    }
  } else {
    const shift = 8 * third;
    for (; i + 4 < end; i += 4, from += 4 * size) {
      into[i] = reversed(words.getInt32(from, true) >>> shift);
      into[i + 1] = reversed(words.getInt32(from + size, true) >>> shift);
      into[i + 2] = reversed(words.getInt32(from + 2 * size, true) >>> shift);
      into[i + 3] = reversed(words.getInt32(from + 3 * size, true) >>> shift);
    }
  }
  for (; i < end; i++, from += size) into[i] = readPixel(reader, bytes, at + from);
}

/** Blue, green, red to RGBA: the outer two change places at once, for processors can rotate. */
function reversed(pixel: number): number {
  const outer = pixel & 0xff00ff;
  return (outer << 16) | (outer >>> 16) | (pixel & 0xff00) | OPAQUE;
}

/** Pixels where all is in its place but A. */
function copyOpaque(bytes: Uint8Array, at: number, into: Uint32Array, to: number, count: number): void {
  const rgba = new Uint8Array(into.buffer, into.byteOffset + 4 * to, 4 * count);
  rgba.set(bytes.subarray(at, at + 4 * count));
  let i = 3;
  for (const most = rgba.length - 28; i < most; i += 32) {
    rgba[i] = 255;
    rgba[i + 4] = 255;
    rgba[i + 8] = 255;
    rgba[i + 12] = 255;
    rgba[i + 16] = 255;
    rgba[i + 20] = 255;
    rgba[i + 24] = 255;
    rgba[i + 28] = 255;
  }
  for (; i < rgba.length; i += 4) rgba[i] = 255;
}

/** The value of the pixel at `at`, as an int32, whatever it becomes. The caller has checked that its bytes are there. */
export function valueAt({ size, shifts }: PixelReader, bytes: Uint8Array, at: number): number {
  let value = bytes[at]! << shifts[0];
  if (size > 1) value |= bytes[at + 1]! << shifts[1];
  if (size > 2) value |= bytes[at + 2]! << shifts[2];
  if (size > 3) value |= bytes[at + 3]! << shifts[3];
  return value;
}

/** How pixels of this format are read: made once for a format's object, whose connections share the tables. */
export function pixelReadersOf(format: PixelFormat, output: PixelOutput = "rgba"): PixelReaders {
  let readers = READERS[output].get(format);
  if (readers === undefined) {
    readers = createPixelReaders(format, output);
    READERS[output].set(format, readers);
  }
  return readers;
}

const READERS: Readonly<Record<PixelOutput, WeakMap<PixelFormat, PixelReaders>>> = {
  rgba: new WeakMap(),
  values: new WeakMap(),
};

function createPixelReaders(format: PixelFormat, output: PixelOutput): PixelReaders {
  const ofValue = output === "rgba" ? rgbaOfValue(format) : identity;
  const { pixel, cpixel, tpixel } = createPixelWriters(format);
  const plain = readerOf(pixel, format, output, ofValue);
  const make = (writer: PixelWriter): PixelReader =>
    writer === pixel ? plain : readerOf(writer, format, output, ofValue);
  const squeezed = squeezersOf(format);
  return {
    format,
    output,
    pixel: plain,
    cpixel: make(cpixel),
    tpixel: make(tpixel),
    ofValue,
    ofRgb: (red, green, blue) => ofValue(squeezed.red[red]! | squeezed.green[green]! | squeezed.blue[blue]!),
  };
}

const NO_TABLE = new Int32Array(0);
const OPAQUE = 0xff000000 | 0;

function identity(value: number): number {
  return value | 0;
}

function readerOf(
  { size, shifts }: PixelWriter,
  format: PixelFormat,
  output: PixelOutput,
  ofValue: (value: number) => number,
): PixelReader {
  const reader = {
    size,
    layout: VALUE,
    first: 0,
    second: 0,
    third: 0,
    opaque: 0,
    hasWords: false,
    isVector: false,
    channels: undefined,
    table: NO_TABLE,
    shifts,
    ofValue,
  };
  if (size === 1)
    return { ...reader, layout: TABLE8, table: Int32Array.from({ length: 256 }, (_, byte) => ofValue(byte)) };
  if (size === 2) {
    const channels = output === "rgba" ? channelsOf(format, shifts) : undefined;
    const table = tableOf(format, output, shifts);
    return { ...reader, layout: TABLE16, table, hasWords: true, isVector: channels !== undefined, channels };
  }
  if (output !== "rgba" || !isEightBits(format)) return reader;
  // Each channel is a byte of its own: no arithmetic at all.
  const byteOf = (shift: number): number => shifts.slice(0, size).indexOf(shift);
  const [first, second, third] = [byteOf(format.redShift), byteOf(format.greenShift), byteOf(format.blueShift)];
  if (first < 0 || second < 0 || third < 0) return reader;
  const hasWords = 2 * second === first + third;
  return { ...reader, layout: BYTES, first, second, third, opaque: OPAQUE, hasWords, isVector: true };
}

function rgbaOfValue(format: PixelFormat): (value: number) => number {
  if (format.trueColourFlag === 0) return (value) => value & 0xff;
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format;
  const reds = scaleOf(redMax);
  const greens = scaleOf(greenMax);
  const blues = scaleOf(blueMax);
  return (value) =>
    reds[(value >>> redShift) & redMax]! |
    (greens[(value >>> greenShift) & greenMax]! << 8) |
    (blues[(value >>> blueShift) & blueMax]! << 16) |
    OPAQUE;
}

// A server may change the format again and again, for some bytes each time: what is made for one is made by plain loops.

/** What each pixel of two bytes becomes, by these as a little-endian number. */
function tableOf(format: PixelFormat, output: PixelOutput, [low, high]: PixelWriter["shifts"]): Int32Array {
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format;
  const isRgba = output === "rgba";
  const reds = scaleOf(redMax);
  const greens = scaleOf(greenMax);
  const blues = scaleOf(blueMax);
  const table = new Int32Array(65536);
  for (let i = 0; i < 65536; i++) {
    const value = ((i & 0xff) << low) | ((i >> 8) << high);
    table[i] = isRgba
      ? reds[(value >> redShift) & redMax]! |
        (greens[(value >> greenShift) & greenMax]! << 8) |
        (blues[(value >> blueShift) & blueMax]! << 16) |
        OPAQUE
      : value;
  }
  return table;
}

function channelsOf(format: PixelFormat, shifts: PixelWriter["shifts"]): WordChannels | undefined {
  const { trueColourFlag, redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format;
  if (trueColourFlag === 0) return undefined;
  const red = channelOf(redMax, redShift);
  const green = channelOf(greenMax, greenShift);
  const blue = channelOf(blueMax, blueShift);
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  return { isBigEndian: shifts[0] > 0, red, green, blue };
}

/** See {@link WordChannels}; undefined where no numbers scale each value as the table does. */
function channelOf(max: number, shift: number): number | undefined {
  if (max < 1 || max > 63 || shift > 15) return undefined;
  const scaled = scaleOf(max);
  const exact = (64 * 255) / max;
  for (const scale of [Math.floor(exact), Math.ceil(exact)]) {
    for (let add = 0; add < 64; add++) {
      if (scaled.every((right, value) => (value * scale + add) >> 6 === right)) {
        return shift | (max << 4) | (add << 10) | (scale << 16);
      }
    }
  }
  return undefined;
}

function scaleOf(max: number): Uint8Array {
  const scale = new Uint8Array(max + 1);
  for (let value = 0; value <= max; value++) scale[value] = scaledTo255(value, max);
  return scale;
}
