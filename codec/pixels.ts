/**
 * Pixels between the wire and memory, where every pixel is one 32-bit number: most often R, G, B, A bytes
 * in this order, as a canvas has them. Hosts are little-endian, as all that run JavaScript here are.
 *
 * @module
 */

import { bytesPerPixelOf, type PixelFormat } from "./pixel_format.ts";

/** A picture, or an area of one: a number a pixel, row by row, no padding. */
export interface Surface {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** RGBA: the bytes of each number are R, G, B, A. In an indexed picture A is 0 and R the index. */
  readonly pixels: Uint32Array;
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
  /** Layouts TABLE8 and TABLE16: the answer by the bytes, the first one lowest. */
  readonly table: Int32Array;
  /** Layout VALUE: how far each byte is shifted to the left, and what then becomes of the value. */
  readonly shifts: readonly [number, number, number, number];
  /** Layout VALUE: what becomes of the value. */
  readonly ofValue: (value: number) => number;
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

/** How one kind of pixel is written: byte `i` is the value shifted to the right by `shifts[i]`. */
export interface PixelWriter {
  /** Bytes of a pixel on the wire. */
  readonly size: number;
  /** Of each byte, in the order in which they are written. */
  readonly shifts: readonly [number, number, number, number];
}

/** All that encoders need to know of a format. */
export interface PixelWriters {
  /** What goes on the wire. */
  readonly format: PixelFormat;
  /** For pixels as most encodings have them. */
  readonly pixel: PixelWriter;
  /** For the CPIXELs of ZRLE and TRLE. */
  readonly cpixel: PixelWriter;
  /** For the TPIXELs of Tight. */
  readonly tpixel: PixelWriter;
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
  { pixels, width: stride }: Surface,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
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

/** Writes a pixel of this value. The caller has made the room. */
export function writePixel(writer: PixelWriter, bytes: Uint8Array, at: number, value: number): void {
  const { size, shifts } = writer;
  bytes[at] = value >>> shifts[0];
  if (size === 1) return;
  bytes[at + 1] = value >>> shifts[1];
  if (size === 2) return;
  bytes[at + 2] = value >>> shifts[2];
  if (size === 4) bytes[at + 3] = value >>> shifts[3];
}

/** Writes `count` pixels of the values from `from` on. The caller has made the room. */
export function writePixels(
  writer: PixelWriter,
  bytes: Uint8Array,
  at: number,
  values: Uint32Array,
  from: number,
  count: number,
): void {
  const { size, shifts } = writer;
  const [s0, s1, s2, s3] = shifts;
  const end = from + count;
  if (size === 1) {
    for (let i = from, to = at; i < end; i++, to++) bytes[to] = values[i]! >>> s0;
  } else if (size === 2) {
    for (let i = from, to = at; i < end; i++, to += 2) {
      const value = values[i]!;
      bytes[to] = value >>> s0;
      bytes[to + 1] = value >>> s1;
    }
  } else {
    for (let i = from, to = at; i < end; i++, to += size) {
      const value = values[i]!;
      bytes[to] = value >>> s0;
      bytes[to + 1] = value >>> s1;
      bytes[to + 2] = value >>> s2;
      if (size === 4) bytes[to + 3] = value >>> s3;
    }
  }
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

/** The bytes of pixels of these values: a view where the host has the same. */
export function pixelBytesOf(writer: PixelWriter, values: Uint32Array): Uint8Array {
  const { size, shifts } = writer;
  // The host's own numbers, which are little-endian: it makes them of others faster than any loop of ours.
  if (size === 1) return new Uint8Array(values);
  if (size === 2 && shifts[0] === 0) return new Uint8Array(new Uint16Array(values).buffer);
  if (size === 4 && shifts[0] === 0) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const bytes = new Uint8Array(values.length * size);
  writePixels(writer, bytes, 0, values, 0, values.length);
  return bytes;
}

/** How pixels of this format are written. */
export function createPixelWriters(format: PixelFormat): PixelWriters {
  const size = bytesPerPixelOf(format);
  const little = format.bigEndianFlag === 0;
  const pixel: PixelWriter = { size, shifts: little ? [0, 8, 16, 24] : bigEndian(size) };
  return { format, pixel, cpixel: cpixelOf(format) ?? pixel, tpixel: tpixelOf(format) ?? pixel };
}

/** Bytes of a CPIXEL, for those who only frame: 3 of 4 where these say it all. */
export function cpixelSizeOf(format: PixelFormat): number {
  return cpixelOf(format)?.size ?? bytesPerPixelOf(format);
}

/** Bytes of a TPIXEL, for those who only frame: 3 of 4 where each channel has 8 bits of 24. */
export function tpixelSizeOf(format: PixelFormat): number {
  return hasShortTpixel(format) ? 3 : bytesPerPixelOf(format);
}

/**
 * The values of RGBA pixels in a format. Where the format has a colour map, they are indices into {@link COLOUR_CUBE}.
 */
export function valuesOf(rgba: Uint32Array, format: PixelFormat): Uint32Array {
  const values = new Uint32Array(rgba.length);
  loadValues(format, rgba, 0, rgba.length, rgba.length, 1, values);
  return values;
}

/** The same of an area whose first pixel is at `at`, into the beginning of `into`, row by row. */
export function loadValues(
  format: PixelFormat,
  rgba: Uint32Array,
  at: number,
  stride: number,
  width: number,
  height: number,
  into: Uint32Array,
): void {
  const { redShift, greenShift, blueShift } = format;
  const isBytes = isEightBits(format);
  const isAlike = isBytes && redShift === 0 && greenShift === 8 && blueShift === 16;
  const { red, green, blue } = squeezersOf(format);
  for (let row = 0, from = at, to = 0; row < height; row++, from += stride) {
    const end = from + width;
    if (isAlike) {
      for (let i = from; i < end; i++, to++) into[to] = rgba[i]! & 0xffffff;
    } else if (isBytes) {
      for (let i = from; i < end; i++, to++) {
        const colour = rgba[i]!;
        into[to] =
          ((colour & 0xff) << redShift) |
          (((colour >>> 8) & 0xff) << greenShift) |
          (((colour >>> 16) & 0xff) << blueShift);
      }
    } else {
      for (let i = from; i < end; i++, to++) {
        const colour = rgba[i]!;
        into[to] = red[colour & 0xff]! | green[(colour >>> 8) & 0xff]! | blue[(colour >>> 16) & 0xff]!;
      }
    }
  }
}

/** Whether all pixels of an area are equal. It has one at least, the first at `at`. */
export function isPlain(pixels: Uint32Array, at: number, stride: number, width: number, height: number): boolean {
  const first = pixels[at]!;
  for (let row = at, rowsEnd = at + height * stride; row < rowsEnd; row += stride) {
    const end = row + width;
    let i = row;
    for (; i + 4 <= end; i += 4) {
      const others = (pixels[i + 1]! ^ first) | (pixels[i + 2]! ^ first) | (pixels[i + 3]! ^ first);
      if (((pixels[i]! ^ first) | others) !== 0) return false;
    }
    for (; i < end; i++) if (pixels[i] !== first) return false;
  }
  return true;
}

/** The colour map that {@link valuesOf} takes for granted: 8 reds, 8 greens, 4 blues; 65535 is full intensity. */
export const COLOUR_CUBE: readonly { readonly red: number; readonly green: number; readonly blue: number }[] =
  /* @__PURE__ */ Array.from({ length: 256 }, (_, i) => ({
    red: scaledTo(i >> 5, 7, 65535),
    green: scaledTo((i >> 2) & 7, 7, 65535),
    blue: scaledTo(i & 3, 3, 65535),
  }));

/** `value` of `max`, as one of 255: rounded half up. */
export function scaledTo255(value: number, max: number): number {
  return scaledTo(value, max, 255);
}

const NO_TABLE = new Int32Array(0);
const OPAQUE = 0xff000000 | 0;

const LOW_BYTES: PixelWriter = { size: 3, shifts: [0, 8, 16, 0] };
const LOW_BYTES_REVERSED: PixelWriter = { size: 3, shifts: [16, 8, 0, 0] };
const HIGH_BYTES: PixelWriter = { size: 3, shifts: [8, 16, 24, 0] };
const HIGH_BYTES_REVERSED: PixelWriter = { size: 3, shifts: [24, 16, 8, 0] };

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
    table: NO_TABLE,
    shifts,
    ofValue,
  };
  if (size === 1)
    return { ...reader, layout: TABLE8, table: Int32Array.from({ length: 256 }, (_, byte) => ofValue(byte)) };
  if (size === 2) return { ...reader, layout: TABLE16, table: tableOf(format, output, shifts), hasWords: true };
  if (output !== "rgba" || !isEightBits(format)) return reader;
  // Each channel is a byte of its own: no arithmetic at all.
  const byteOf = (shift: number): number => shifts.slice(0, size).indexOf(shift);
  const [first, second, third] = [byteOf(format.redShift), byteOf(format.greenShift), byteOf(format.blueShift)];
  if (first < 0 || second < 0 || third < 0) return reader;
  const hasWords = 2 * second === first + third;
  return { ...reader, layout: BYTES, first, second, third, opaque: OPAQUE, hasWords };
}

/** CPIXEL is one byte shorter where 24 bits at either end of 32 say it all, RFC 6143 §7.7.5. */
function cpixelOf(format: PixelFormat): PixelWriter | undefined {
  if (format.bitsPerPixel !== 32 || format.trueColourFlag === 0 || format.depth > 24) return undefined;
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format;
  const used = ((redMax << redShift) | (greenMax << greenShift) | (blueMax << blueShift)) >>> 0;
  const little = format.bigEndianFlag === 0;
  if (used < 2 ** 24) return little ? LOW_BYTES : LOW_BYTES_REVERSED;
  if ((used & 0xff) === 0) return little ? HIGH_BYTES : HIGH_BYTES_REVERSED;
  return undefined;
}

/** TPIXEL is R, G, B whatever the format's shifts and byte order, where each has 8 bits of 24, rfbproto "Tight". */
function tpixelOf(format: PixelFormat): PixelWriter | undefined {
  if (!hasShortTpixel(format)) return undefined;
  return { size: 3, shifts: [format.redShift, format.greenShift, format.blueShift, 0] };
}

function hasShortTpixel(format: PixelFormat): boolean {
  return format.bitsPerPixel === 32 && format.depth === 24 && isEightBits(format);
}

function isEightBits({ trueColourFlag, redMax, greenMax, blueMax }: PixelFormat): boolean {
  return trueColourFlag !== 0 && redMax === 255 && greenMax === 255 && blueMax === 255;
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

function scaleOf(max: number): Uint8Array {
  const scale = new Uint8Array(max + 1);
  for (let value = 0; value <= max; value++) scale[value] = scaledTo255(value, max);
  return scale;
}

interface Squeezers {
  readonly red: Int32Array;
  readonly green: Int32Array;
  readonly blue: Int32Array;
}

/** 8-bit channels to their part of a value. Made once a format: small rectangles are many. */
function squeezersOf(format: PixelFormat): Squeezers {
  let squeezers = SQUEEZERS.get(format);
  if (squeezers !== undefined) return squeezers;
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format.trueColourFlag === 0 ? CUBE : format;
  const squeezer = (max: number, shift: number): Int32Array =>
    Int32Array.from({ length: 256 }, (_, channel) => Math.floor((channel * max + 127) / 255) << shift);
  squeezers = {
    red: squeezer(redMax, redShift),
    green: squeezer(greenMax, greenShift),
    blue: squeezer(blueMax, blueShift),
  };
  SQUEEZERS.set(format, squeezers);
  return squeezers;
}

const SQUEEZERS: WeakMap<PixelFormat, Squeezers> = new WeakMap();

function scaledTo(value: number, max: number, full: number): number {
  return Math.floor((value * full * 2 + max) / (2 * max));
}

const CUBE = { redMax: 7, greenMax: 7, blueMax: 3, redShift: 5, greenShift: 2, blueShift: 0 } as const;

function bigEndian(size: number): readonly [number, number, number, number] {
  if (size === 4) return [24, 16, 8, 0];
  return size === 2 ? [8, 0, 0, 0] : [0, 0, 0, 0];
}
