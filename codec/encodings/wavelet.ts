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
 * @module
 */

import { scaledTo255 } from "../channels.ts";
import type { PixelFormat } from "../pixel_format.ts";
import type { PixelOutput, Surface } from "../pixels.ts";

/** What transforming tiles of one kind of pixel takes. It serves for one tile after the other. */
export interface Wavelet {
  readonly red: Channel;
  readonly green: Channel;
  readonly blue: Channel;
  readonly opaque: number;
  /** Y, U and V of all pixels, row by row. */
  readonly planes: readonly [Int8Array, Int8Array, Int8Array];
  /** Where in the tile each travelling pixel belongs, for tiles of the size and level that were the last. */
  readonly order: Uint16Array;
  /** How many of them are coefficients. */
  coefficients: number;
  width: number;
  height: number;
  level: number;
  /** Pixels on their way from one place in a tile to another. */
  readonly untouched: Int32Array;
}

/** Where a channel is in a pixel's number. It is read as 8 bits, with zeros below those that it has. */
interface Channel {
  readonly shift: number;
  readonly max: number;
  readonly missing: number;
  /** 8 bits to their part of the number. */
  readonly parts: Int32Array;
}

/** @param most pixels of the largest tile */
export function createWavelet(format: PixelFormat, output: PixelOutput, most: number): Wavelet {
  const isRgba = output === "rgba";
  return {
    red: channelOf(format.redMax, isRgba ? undefined : format.redShift, 0),
    green: channelOf(format.greenMax, isRgba ? undefined : format.greenShift, 8),
    blue: channelOf(format.blueMax, isRgba ? undefined : format.blueShift, 16),
    opaque: isRgba ? 0xff000000 | 0 : 0,
    planes: [new Int8Array(most), new Int8Array(most), new Int8Array(most)],
    order: new Uint16Array(most),
    coefficients: 0,
    width: 0,
    height: 0,
    level: 0,
    untouched: new Int32Array(most),
  };
}

/**
 * Draws the tile whose coefficients are in `from`, in the order in which they travel.
 *
 * @param level 1 to 3
 */
export function synthesise(
  wavelet: Wavelet,
  from: Uint32Array,
  level: number,
  into: Surface,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  arrange(wavelet, width, height, level);
  const { red, green, blue, opaque, order, coefficients, planes } = wavelet;
  const [lumas, us, vs] = planes;
  const columns = width & -(1 << level);
  const rows = height & -(1 << level);
  const corner = y * into.width + x;
  for (let i = 0; i < coefficients; i++) {
    const pixel = from[i]!;
    const at = order[i]!;
    vs[at] = ((pixel >>> red.shift) & red.max) << red.missing;
    lumas[at] = ((pixel >>> green.shift) & green.max) << green.missing;
    us[at] = ((pixel >>> blue.shift) & blue.max) << blue.missing;
  }
  for (let i = coefficients; i < width * height; i++) {
    const at = order[i]!;
    const column = at % width;
    into.pixels[corner + ((at - column) / width) * into.width + column] = from[i]!;
  }
  for (let step = 1 << (level - 1); step > 0; step >>= 1) {
    for (const plane of planes) {
      transformColumns(plane, width, columns, rows, step);
      transformRows(plane, width, columns, rows, step);
    }
  }
  for (let row = 0; row < rows; row++) {
    for (let at = row * width, to = corner + row * into.width, end = at + columns; at < end; at++, to++) {
      const u = 2 * us[at]!;
      const v = 2 * vs[at]!;
      const g = lumas[at]! + 128 - ((u + v) >> 2);
      into.pixels[to] = red.parts[clamped(v + g)]! | green.parts[clamped(g)]! | blue.parts[clamped(u + g)]! | opaque;
    }
  }
}

/**
 * Replaces a tile's pixels by its coefficients, in the order in which they travel, with the losses that make them short.
 *
 * @param level 1 to 3
 */
export function analyse(wavelet: Wavelet, values: Int32Array, level: number, width: number, height: number): void {
  arrange(wavelet, width, height, level);
  const { red, green, blue, order, coefficients, untouched, planes } = wavelet;
  const [lumas, us, vs] = planes;
  const columns = width & -(1 << level);
  const rows = height & -(1 << level);
  for (let row = 0; row < rows; row++) {
    for (let at = row * width, end = at + columns; at < end; at++) {
      const value = values[at]!;
      const r = ((value >>> red.shift) & red.max) << red.missing;
      const g = ((value >>> green.shift) & green.max) << green.missing;
      const b = ((value >>> blue.shift) & blue.max) << blue.missing;
      lumas[at] = reduced(((r + 2 * g + b) >> 2) - 128, green.missing);
      us[at] = reduced((b - g) >> 1, blue.missing);
      vs[at] = reduced((r - g) >> 1, red.missing);
    }
  }
  for (let i = 0; i < level; i++) {
    for (const plane of planes) {
      transformRows(plane, width, columns, rows, 1 << i);
      transformColumns(plane, width, columns, rows, 1 << i);
    }
    quantise(lumas, width, columns, rows, 1 << i, QUANTISERS[level]![i]!);
    // The highest frequencies are seen in luma alone.
    const ofChroma = i === 0 ? NOTHING : QUANTISERS[level]![i]!;
    quantise(us, width, columns, rows, 1 << i, ofChroma);
    quantise(vs, width, columns, rows, 1 << i, ofChroma);
  }
  for (let i = coefficients; i < width * height; i++) untouched[i] = values[order[i]!]!;
  for (let i = 0; i < coefficients; i++) {
    const at = order[i]!;
    values[i] = red.parts[vs[at]! & 255]! | green.parts[lumas[at]! & 255]! | blue.parts[us[at]! & 255]!;
  }
  for (let i = coefficients; i < width * height; i++) values[i] = untouched[i]!;
}

/** Finds the order in which the pixels of such a tile travel. */
function arrange(wavelet: Wavelet, width: number, height: number, level: number): void {
  if (width === wavelet.width && height === wavelet.height && level === wavelet.level) return;
  const { order } = wavelet;
  const columns = width & -(1 << level);
  const rows = height & -(1 << level);
  let count = 0;
  const take = (left: number, top: number, right: number, bottom: number, step: number): void => {
    for (let row = top; row < bottom; row += step) {
      for (let column = left; column < right; column += step) order[count++] = row * width + column;
    }
  };
  if (columns > 0 && rows > 0) {
    for (let step = 1; step < 1 << level; step *= 2) {
      take(step, step, columns, rows, 2 * step);
      take(0, step, columns, rows, 2 * step);
      take(step, 0, columns, rows, 2 * step);
    }
    take(0, 0, columns, rows, 1 << level);
    wavelet.coefficients = count;
    take(columns, 0, width, rows, 1);
    take(0, rows, columns, height, 1);
    take(columns, rows, width, height, 1);
  } else {
    wavelet.coefficients = 0;
    take(0, 0, width, height, 1);
  }
  wavelet.width = width;
  wavelet.height = height;
  wavelet.level = level;
}

function transformRows(plane: Int8Array, width: number, columns: number, rows: number, step: number): void {
  for (let row = 0; row < rows; row += step) {
    const end = row * width + columns;
    for (let at = row * width; at < end; at += 2 * step) transform(plane, at, at + step);
  }
}

function transformColumns(plane: Int8Array, width: number, columns: number, rows: number, step: number): void {
  for (let row = 0; row < rows; row += 2 * step) {
    const end = row * width + columns;
    for (let at = row * width; at < end; at += step) transform(plane, at, at + step * width);
  }
}

/**
 * A pair to low and high, or back: the transform is its own inverse. With one sign, low is what is farther from 0, and
 * high a - b; with two, low is a + b, and high what is farther from 0, with the sign of a. Neither needs a ninth bit.
 */
function transform(plane: Int8Array, first: number, second: number): void {
  const a = plane[first]!;
  const b = plane[second]!;
  if ((a ^ b) < 0) {
    const sum = a + b;
    plane[first] = sum;
    plane[second] = (sum ^ b) < 0 ? a : -b;
  } else {
    const difference = a - b;
    plane[first] = (difference ^ a) < 0 ? b : a;
    plane[second] = difference;
  }
}

function quantise(
  plane: Int8Array,
  width: number,
  columns: number,
  rows: number,
  step: number,
  quantiser: Int8Array,
): void {
  for (let row = 0; row < rows; row += step) {
    // In every second row, every second one is low both ways, and belongs to the next level.
    const hasLows = row % (2 * step) === 0;
    const end = row * width + columns;
    for (let at = row * width + (hasLows ? step : 0); at < end; at += hasLows ? 2 * step : step) {
      plane[at] = quantiser[plane[at]! & 255]!;
    }
  }
}

/** Without the bits that a channel cannot carry, and never the one number that has no opposite. */
function reduced(value: number, missing: number): number {
  const kept = value & -(1 << missing);
  return kept === -128 ? kept + (1 << missing) : kept;
}

function clamped(value: number): number {
  return Math.max(0, Math.min(value, 255));
}

/** @param shift the channel's in the format, or undefined: a byte of RGBA from bit `rgbaShift` on */
function channelOf(max: number, shift: number | undefined, rgbaShift: number): Channel {
  const bits = 32 - Math.clz32(max);
  const missing = Math.max(0, 8 - bits);
  // Of more than 8 bits, the upper ones.
  const surplus = Math.max(0, bits - 8);
  const kept = max >> surplus;
  if (shift === undefined) {
    const parts = Int32Array.from({ length: 256 }, (_, value) => scaledTo255(value >> missing, kept) << rgbaShift);
    return { shift: rgbaShift + missing, max: kept, missing, parts };
  }
  const parts = Int32Array.from({ length: 256 }, (_, value) => (value >> missing) << (shift + surplus));
  return { shift: shift + surplus, max: kept, missing, parts };
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
