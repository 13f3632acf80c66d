/**
 * What Tight does to pixels before they are deflated, and how it is undone. The functions that draw trust their caller
 * to have checked how long the data are.
 *
 * @module
 */

import { RfbError } from "../errors.ts";
import { isWide } from "../painter.ts";
import type { PixelFormat } from "../pixel_format.ts";
import { type PixelReaders, readArea, type Surface, valueAt } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";

/** Filters, rfbproto "Tight": the number that goes over the wire. */
export const COPY = 0;
export const PALETTE = 1;
export const GRADIENT = 2;

/** The pixels themselves. */
export function drawPixels(data: Uint8Array, rectangle: Rectangle, { tpixel }: PixelReaders, into: Surface): void {
  const { x, y, width, height } = rectangle;
  readArea(tpixel, data, 0, into, x, y, width, height);
}

/** One byte a pixel. @throws {RfbError} `malformed`: an index of `colours` or above */
export function drawIndices(
  data: Uint8Array,
  rectangle: Rectangle,
  palette: Int32Array,
  colours: number,
  into: Surface,
): void {
  const { x, y, width, height } = rectangle;
  const { pixels, painter } = into;
  if (painter !== undefined && isWide(width, height)) {
    const wrong = painter.fillIndices(x, y, width, height, data, 0, 8, palette, colours);
    if (wrong >= 0) throw notInPalette(data[wrong]!, colours);
    return;
  }
  let from = 0;
  for (let row = 0; row < height; row++) {
    let to = (y + row) * into.width + x;
    const end = to + width;
    // Four pixels a turn: a turn costs as much as a pixel.
    for (; to + 4 <= end; to += 4, from += 4) {
      const one = data[from]!;
      const two = data[from + 1]!;
      const three = data[from + 2]!;
      const four = data[from + 3]!;
      if (one >= colours || two >= colours || three >= colours || four >= colours) break;
      pixels[to] = palette[one]!;
      pixels[to + 1] = palette[two]!;
      pixels[to + 2] = palette[three]!;
      pixels[to + 3] = palette[four]!;
    }
    for (; to < end; to++, from++) {
      const index = data[from]!;
      if (index >= colours) throw notInPalette(index, colours);
      pixels[to] = palette[index]!;
    }
  }
}

function notInPalette(index: number, colours: number): RfbError {
  return new RfbError("malformed", "Cannot read a Tight rectangle", `palette index ${index} of ${colours}`);
}

/**
 * Differences from a guess: what is to the left and what is above, less what is above to the left; as near to it as the
 * channel allows. What lies outside the rectangle is 0.
 *
 * @throws {RfbError} `malformed`: a format of fewer than 16 bits a pixel has no such filter
 */
export function drawGradient(data: Uint8Array, rectangle: Rectangle, readers: PixelReaders, into: Surface): void {
  if (readers.format.bitsPerPixel < 16) {
    const reason = `the gradient filter in ${readers.format.bitsPerPixel} bits a pixel`;
    throw new RfbError("malformed", "Cannot read a Tight rectangle", reason);
  }
  if (readers.tpixel.size === 3 && readers.output === "rgba") drawRgbGradient(data, rectangle, into);
  else drawAnyGradient(data, rectangle, readers, into);
}

/** R, G, B bytes to RGBA pixels. */
function drawRgbGradient(data: Uint8Array, { x, y, width, height }: Rectangle, into: Surface): void {
  const { pixels } = into;
  const above = new Uint8Array(3 * width);
  let from = 0;
  for (let row = 0; row < height; row++) {
    let to = (y + row) * into.width + x;
    let [red, green, blue] = [0, 0, 0];
    let [redBefore, greenBefore, blueBefore] = [0, 0, 0]; // above to the left
    for (let i = 0; i < above.length; i += 3, from += 3, to++) {
      const redAbove = above[i]!;
      const greenAbove = above[i + 1]!;
      const blueAbove = above[i + 2]!;
      red = (clamped(red + redAbove - redBefore, 255) + data[from]!) & 255;
      green = (clamped(green + greenAbove - greenBefore, 255) + data[from + 1]!) & 255;
      blue = (clamped(blue + blueAbove - blueBefore, 255) + data[from + 2]!) & 255;
      redBefore = redAbove;
      greenBefore = greenAbove;
      blueBefore = blueAbove;
      above[i] = red;
      above[i + 1] = green;
      above[i + 2] = blue;
      pixels[to] = red | (green << 8) | (blue << 16) | 0xff000000;
    }
  }
}

/** Channels wherever the format has them. */
function drawAnyGradient(
  data: Uint8Array,
  { x, y, width, height }: Rectangle,
  { format, tpixel, ofValue }: PixelReaders,
  into: Surface,
): void {
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format;
  const { pixels } = into;
  const above = new Uint16Array(3 * width);
  let from = 0;
  for (let row = 0; row < height; row++) {
    let to = (y + row) * into.width + x;
    let [red, green, blue] = [0, 0, 0];
    let [redBefore, greenBefore, blueBefore] = [0, 0, 0];
    for (let i = 0; i < above.length; i += 3, from += tpixel.size, to++) {
      const difference = valueAt(tpixel, data, from);
      const redAbove = above[i]!;
      const greenAbove = above[i + 1]!;
      const blueAbove = above[i + 2]!;
      red = (clamped(red + redAbove - redBefore, redMax) + (difference >>> redShift)) & redMax;
      green = (clamped(green + greenAbove - greenBefore, greenMax) + (difference >>> greenShift)) & greenMax;
      blue = (clamped(blue + blueAbove - blueBefore, blueMax) + (difference >>> blueShift)) & blueMax;
      redBefore = redAbove;
      greenBefore = greenAbove;
      blueBefore = blueAbove;
      above[i] = red;
      above[i + 1] = green;
      above[i + 2] = blue;
      pixels[to] = ofValue((red << redShift) | (green << greenShift) | (blue << blueShift));
    }
  }
}

/** A bit an index, as Tight and {@link fillBits} read them. */
export function bitsOf(indices: Uint8Array, width: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(width / 8) * (indices.length / width));
  for (let from = 0, to = 0; from < indices.length; ) {
    const end = from + width;
    for (; from + 8 <= end; from += 8) {
      bits[to++] =
        (indices[from]! << 7) |
        (indices[from + 1]! << 6) |
        (indices[from + 2]! << 5) |
        (indices[from + 3]! << 4) |
        (indices[from + 4]! << 3) |
        (indices[from + 5]! << 2) |
        (indices[from + 6]! << 1) |
        indices[from + 7]!;
    }
    if (from === end) continue;
    let byte = 0;
    for (let bit = 7; from < end; from++, bit--) byte |= indices[from]! << bit;
    bits[to++] = byte;
  }
  return bits;
}

/** Differences as {@link drawGradient} reads them, of the rows from `first` up to `end`. */
export function gradientOf(
  values: Uint32Array,
  width: number,
  first: number,
  end: number,
  { redMax, greenMax, blueMax, redShift, greenShift, blueShift }: PixelFormat,
): Uint32Array {
  const differences = new Uint32Array((end - first) * width);
  let to = 0;
  for (let row = first; row < end; row++) {
    let left = 0;
    let before = 0; // above to the left
    for (let from = row * width, stop = from + width; from < stop; from++, to++) {
      const value = values[from]!;
      const above = row === 0 ? 0 : values[from - width]!;
      differences[to] =
        (differenceOf(value >>> redShift, left >>> redShift, above >>> redShift, before >>> redShift, redMax) <<
          redShift) |
        (differenceOf(
          value >>> greenShift,
          left >>> greenShift,
          above >>> greenShift,
          before >>> greenShift,
          greenMax,
        ) <<
          greenShift) |
        (differenceOf(value >>> blueShift, left >>> blueShift, above >>> blueShift, before >>> blueShift, blueMax) <<
          blueShift);
      left = value;
      before = above;
    }
  }
  return differences;
}

function differenceOf(value: number, left: number, above: number, before: number, max: number): number {
  return (value - clamped((left & max) + (above & max) - (before & max), max)) & max;
}

/** The value of 0 to `max` that is nearest. */
function clamped(value: number, max: number): number {
  return value < 0 ? 0 : Math.min(value, max);
}
