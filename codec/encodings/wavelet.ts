/**
 * The wavelet of ZYWRLE: a tile of pixels to a tile of coefficients and back.
 *
 * No specification has it; these are the facts that libvncserver, QEMU and libvncclient agree on. Each pixel becomes a
 * luma Y = (R + 2G + B) / 4 - 128 and two chromas U = (B - G) / 2, V = (R - G) / 2, each a byte with a sign. On each of
 * them works the piecewise-linear Haar transform (Senecal et al., "An Improved N-Bit to N-Bit Reversible Haar-Like
 * Transform", 2004), along rows first and then along columns. Of a pair, the low frequency takes the place of the first
 * and the high one that of the second. The next level does the same to the lows, which then are twice as far apart.
 *
 * Coefficients travel as pixels: V in the place of red, Y of green, U of blue, of which a channel with fewer than 8 bits
 * takes the upper ones. For each level come those high both ways, those high along columns, those high along rows, and
 * after the last level the lows. Sides are rounded down to a multiple of 2^level. The pixels beyond travel untouched,
 * behind the coefficients: first those to the right, then those below, then the corner. A tile with nothing left is
 * untouched.
 *
 * The three coefficients of a pixel are one word here: V in its lowest byte, then Y, then U.
 *
 * @module
 */

import { scaledTo255 } from "../channels.ts";
import type { Painter } from "../painter.ts";
import type { PixelFormat } from "../pixel_format.ts";
import type { PixelOutput, Surface } from "../pixels.ts";

/** What transforming tiles of one kind of pixel takes. It serves for one tile after the other. */
export interface Wavelet {
  /** Of the pixels. */
  readonly format: PixelFormat;
  /** A tile as it travels, and in the same memory the words of its coefficients. */
  readonly pixels: Uint32Array;
  readonly words: Int32Array;
  /** What is low, row by row, of one level and of the next. */
  readonly lows: readonly [Int32Array, Int32Array];
  /** Two pixels in two rows: arguments and results that no call could hand over without an object. */
  readonly square: Int32Array;
  readonly red: Channel;
  readonly green: Channel;
  readonly blue: Channel;
  readonly opaque: number;
  /** A pixel's word: these bits of RGBA. Of values, undefined: they have their channels elsewhere. */
  readonly mask: number | undefined;
}

/** Where a channel is in a pixel's number. It is read as 8 bits, with zeros below those that it has. */
interface Channel {
  readonly shift: number;
  readonly max: number;
  readonly missing: number;
  /** A number from -{@link BELOW} on, cut to 8 bits, to its part of the pixel's. */
  readonly parts: Int32Array;
}

/** @param most pixels of the largest tile */
export function createWavelet(format: PixelFormat, output: PixelOutput, most: number): Wavelet {
  const isRgba = output === "rgba";
  const red = channelOf(format.redMax, isRgba ? undefined : format.redShift, 0);
  const green = channelOf(format.greenMax, isRgba ? undefined : format.greenShift, 8);
  const blue = channelOf(format.blueMax, isRgba ? undefined : format.blueShift, 16);
  const pixels = new Uint32Array(most);
  return {
    format,
    pixels,
    words: new Int32Array(pixels.buffer),
    lows: [new Int32Array(most >> 2), new Int32Array(most >> 2)],
    square: new Int32Array(4),
    red,
    green,
    blue,
    opaque: isRgba ? 0xff000000 | 0 : 0,
    mask: isRgba ? (red.max << red.shift) | (green.max << green.shift) | (blue.max << blue.shift) : undefined,
  };
}

/**
 * Draws the tile that `wavelet.pixels` has.
 *
 * @param level 1 to 3
 */
export function synthesise(
  wavelet: Wavelet,
  level: number,
  into: Surface,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const { pixels, words, lows, square } = wavelet;
  const parts = partsOf(width, height, level);
  const { columns, rows, count } = parts;
  const corner = y * into.width + x;
  drawRest(pixels, parts, into, corner);
  const mask = wavelet.mask;
  if (mask === undefined) for (let i = 0; i < count; i++) words[i] = wordOf(wavelet, words[i]!);
  else for (let i = 0; i < count; i++) words[i]! &= mask;
  // Each level, with all below it, is the last quarter of the one above.
  let from = words;
  let at = count - (count >> (2 * level));
  for (let i = level - 1; i > 0; i--) {
    unite(square, words, count - (count >> (2 * i)), from, at, lows[i & 1]!, columns >> (i + 1), rows >> (i + 1));
    from = lows[i & 1]!;
    at = 0;
  }
  drawUnited(wavelet, from, at, into, corner, columns >> 1, rows >> 1);
}

/** The same from a painter's coefficients, of RGBA with 8 bits a channel. */
export function synthesiseBy(
  painter: Painter,
  level: number,
  into: Surface,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const parts = partsOf(width, height, level);
  drawRest(painter.coefficients, parts, into, y * into.width + x);
  if (parts.count > 0) painter.synthesise(x, y, parts.columns, parts.rows, level);
}

/**
 * Replaces a tile's pixels by its coefficients, in the order in which they travel, with the losses that make them short.
 *
 * @param level 1 to 3
 */
export function analyse(wavelet: Wavelet, values: Int32Array, level: number, width: number, height: number): void {
  const { pixels, words, lows, square, red, green, blue } = wavelet;
  const { columns, rows, count, rest } = partsOf(width, height, level);
  let at = count;
  for (const [left, top, right, bottom] of rest) {
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) pixels[at++] = values[row * width + column]!;
    }
  }
  for (let row = 0; row < rows; row++) {
    for (let i = row * width, end = i + columns; i < end; i++) {
      const word = wordOf(wavelet, values[i]!);
      const r = word & 255;
      const g = (word >> 8) & 255;
      const b = word >> 16;
      const v = reduced((r - g) >> 1, red.missing);
      const luma = reduced(((r + 2 * g + b) >> 2) - 128, green.missing);
      const u = reduced((b - g) >> 1, blue.missing);
      values[i] = (v & 255) | ((luma & 255) << 8) | ((u & 255) << 16);
    }
  }
  let from = values;
  let stride = width;
  for (let i = 0; i < level; i++) {
    const highs = count - (count >> (2 * i));
    divide(square, from, stride, words, highs, lows[i & 1]!, columns >> (i + 1), rows >> (i + 1));
    from = lows[i & 1]!;
    stride = columns >> (i + 1);
    // The highest frequencies are seen in luma alone.
    const quantiser = QUANTISERS[level]![i]!;
    quantise(words, highs, count - (count >> (2 * i + 2)), quantiser, i === 0 ? NOTHING : quantiser);
  }
  const lowest = count - (count >> (2 * level));
  for (let i = 0; i < count; i++) {
    const word = i < lowest ? words[i]! : from[i - lowest]!;
    values[i] =
      red.parts[BELOW + (word & 255)]! | green.parts[BELOW + ((word >> 8) & 255)]! | blue.parts[BELOW + (word >> 16)]!;
  }
  for (let i = count; i < width * height; i++) values[i] = pixels[i]!;
}

/** What of a tile is transformed, and the rest, in the order in which it travels: left, top, right, bottom. */
interface Parts {
  readonly columns: number;
  readonly rows: number;
  readonly count: number;
  readonly rest: readonly (readonly [number, number, number, number])[];
}

function partsOf(width: number, height: number, level: number): Parts {
  const columns = width & -(1 << level);
  const rows = height & -(1 << level);
  const count = columns * rows;
  if (count === 0) return { columns: 0, rows: 0, count, rest: [[0, 0, width, height]] };
  return {
    columns,
    rows,
    count,
    rest: [
      [columns, 0, width, rows],
      [0, rows, columns, height],
      [columns, rows, width, height],
    ],
  };
}

/** Draws what is not transformed. */
function drawRest(pixels: Uint32Array, { count, rest }: Parts, into: Surface, corner: number): void {
  let at = count;
  for (const [left, top, right, bottom] of rest) {
    for (let row = top; row < bottom; row++) {
      const to = corner + row * into.width;
      for (let column = left; column < right; column++) into.pixels[to + column] = pixels[at++]!;
    }
  }
}

/** A level's lows, from `low` on, and its highs make what is low of the level above: a square of four from each. */
function unite(
  square: Int32Array,
  words: Int32Array,
  highs: number,
  from: Int32Array,
  low: number,
  to: Int32Array,
  width: number,
  height: number,
): void {
  const count = width * height;
  for (let row = 0, i = 0; row < height; row++) {
    for (let at = 4 * i, end = i + width; i < end; i++, at += 2) {
      uniteOne(square, from[low + i]!, words[highs + i]!, words[highs + count + i]!, words[highs + 2 * count + i]!);
      to[at] = square[0]!;
      to[at + 1] = square[1]!;
      to[at + 2 * width] = square[2]!;
      to[at + 2 * width + 1] = square[3]!;
    }
  }
}

/** The same for the highest level, and what comes of it are pixels. */
function drawUnited(
  wavelet: Wavelet,
  from: Int32Array,
  low: number,
  { pixels, width: stride }: Surface,
  corner: number,
  width: number,
  height: number,
): void {
  const { words, square } = wavelet;
  const count = width * height;
  for (let row = 0, i = 0; row < height; row++) {
    for (let at = corner + 2 * row * stride, end = i + width; i < end; i++, at += 2) {
      const both = words[i]!;
      const alongColumns = words[count + i]!;
      const alongRows = words[2 * count + i]!;
      if ((both | alongColumns | alongRows) === 0) {
        const pixel = pixelOf(wavelet, from[low + i]!);
        pixels[at] = pixel;
        pixels[at + 1] = pixel;
        pixels[at + stride] = pixel;
        pixels[at + stride + 1] = pixel;
      } else {
        uniteOne(square, from[low + i]!, both, alongColumns, alongRows);
        pixels[at] = pixelOf(wavelet, square[0]!);
        pixels[at + 1] = pixelOf(wavelet, square[1]!);
        pixels[at + stride] = pixelOf(wavelet, square[2]!);
        pixels[at + stride + 1] = pixelOf(wavelet, square[3]!);
      }
    }
  }
}

/** To `square`. */
function uniteOne(square: Int32Array, low: number, both: number, alongColumns: number, alongRows: number): void {
  square[0] = low;
  square[1] = alongRows;
  square[2] = alongColumns;
  square[3] = both;
  transform(square, 0, 2);
  transform(square, 1, 3);
  transform(square, 0, 1);
  transform(square, 2, 3);
}

/** The opposite of {@link unite}. */
function divide(
  square: Int32Array,
  from: Int32Array,
  stride: number,
  words: Int32Array,
  highs: number,
  to: Int32Array,
  width: number,
  height: number,
): void {
  const count = width * height;
  for (let row = 0, i = 0; row < height; row++) {
    for (let at = 2 * row * stride, end = i + width; i < end; i++, at += 2) {
      square[0] = from[at]!;
      square[1] = from[at + 1]!;
      square[2] = from[at + stride]!;
      square[3] = from[at + stride + 1]!;
      transform(square, 0, 1);
      transform(square, 2, 3);
      transform(square, 0, 2);
      transform(square, 1, 3);
      to[i] = square[0]!;
      words[highs + i] = square[3]!;
      words[highs + count + i] = square[2]!;
      words[highs + 2 * count + i] = square[1]!;
    }
  }
}

/**
 * A pair to low and high, or back: the transform is its own inverse. With one sign, low is what is farther from 0, and
 * high a - b; with two, low is a + b, and high what is farther from 0, with the sign of a. Neither needs a ninth bit.
 * All three bytes go the same way at once.
 */
function transform(square: Int32Array, first: number, second: number): void {
  const a = square[first]!;
  const b = square[second]!;
  if (b === 0) {
    square[second] = a;
    return;
  }
  const differ = (a ^ b) & SIGNS;
  const isOther = (differ << 1) - (differ >>> 7); // 255 where signs differ
  // b, or -b there.
  const inverse = b ^ isOther;
  const c = ((inverse & REST) + (differ >>> 7)) ^ (inverse & SIGNS);
  const difference = ((a | SIGNS) - (c & REST)) ^ ((a ^ c ^ SIGNS) & SIGNS);
  const turned = (difference ^ a) & SIGNS;
  const farther = a ^ ((a ^ c) & ((turned << 1) - (turned >>> 7)));
  const swap = (difference ^ farther) & isOther;
  square[first] = farther ^ swap;
  square[second] = difference ^ swap;
}

/** Of each byte, the highest bit, and the others. */
const SIGNS = 0x808080;
const REST = 0x7f7f7f;

function quantise(words: Int32Array, from: number, to: number, ofLuma: Int8Array, ofChroma: Int8Array): void {
  for (let i = from; i < to; i++) {
    const word = words[i]!;
    words[i] =
      (ofChroma[word & 255]! & 255) | ((ofLuma[(word >> 8) & 255]! & 255) << 8) | ((ofChroma[word >> 16]! & 255) << 16);
  }
}

/** Without the bits that a channel cannot carry, and never the one number that has no opposite. */
function reduced(value: number, missing: number): number {
  const kept = value & -(1 << missing);
  return kept === -128 ? kept + (1 << missing) : kept;
}

/** The channels of a pixel, red lowest. */
function wordOf({ red, green, blue }: Wavelet, pixel: number): number {
  return (
    (((pixel >>> red.shift) & red.max) << red.missing) |
    (((pixel >>> green.shift) & green.max) << (green.missing + 8)) |
    (((pixel >>> blue.shift) & blue.max) << (blue.missing + 16))
  );
}

function pixelOf({ red, green, blue, opaque }: Wavelet, word: number): number {
  const u = (word << 8) >> 24;
  const v = (word << 24) >> 24;
  const g = BELOW + 128 + ((word << 16) >> 24) - ((u + v) >> 1);
  return red.parts[2 * v + g]! | green.parts[g]! | blue.parts[2 * u + g]! | opaque;
}

/** Before a channel's parts of 0: no pixel that words can have is as far below. */
const BELOW = 384;

/** @param shift the channel's in the format, or undefined: a byte of RGBA from bit `rgbaShift` on */
function channelOf(max: number, shift: number | undefined, rgbaShift: number): Channel {
  const bits = 32 - Math.clz32(max);
  const missing = Math.max(0, 8 - bits);
  // Of more than 8 bits, the upper ones.
  const surplus = Math.max(0, bits - 8);
  const kept = max >> surplus;
  const parts = new Int32Array(1024);
  for (let i = 0; i < 1024; i++) {
    const value = Math.max(0, Math.min(i - BELOW, 255)) >> missing;
    parts[i] = shift === undefined ? scaledTo255(value, kept) << rgbaShift : value << (shift + surplus);
  }
  return { shift: shift === undefined ? rgbaShift + missing : shift + surplus, max: kept, missing, parts };
}

/**
 * A table that leaves a coefficient only some of its values: squared, rounded to so many bits with the sign, and its
 * root rounded to 5. So large ones are told apart and small ones vanish. Any table would do: who synthesises need not
 * know it.
 */
function quantiserOf(bits: number): Int8Array {
  const most = 2 ** (bits - 1);
  return Int8Array.from({ length: 256 }, (_, byte) => {
    const value = (byte << 24) >> 24;
    const square = Math.round((value / 128) ** 2 * most);
    return Math.sign(value) * Math.min(120, 8 * Math.round(16 * Math.sqrt(square / most)));
  });
}

const NOTHING = new Int8Array(256);
const COARSE = quantiserOf(2);
const MEDIUM = quantiserOf(4);
const FINE = quantiserOf(5);

/** By level, from the highest frequencies on: libvncserver's choice. */
const QUANTISERS: readonly (readonly Int8Array[])[] = [[], [MEDIUM], [COARSE, FINE], [COARSE, MEDIUM, FINE]];
