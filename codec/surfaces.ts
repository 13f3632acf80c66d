/**
 * What decoders and encoders do to a picture again and again.
 *
 * @module
 */

import { RfbError } from "./errors.ts";
import { MANY } from "./painter.ts";
import type { Surface } from "./pixels.ts";

/**
 * Makes a black, transparent picture of just this size. A framebuffer asks for one when its first pixel is drawn or looked at, and
 * again behind each change of its size. What is on it already is shown.
 *
 * @param replaced the picture of the size before, where the framebuffer lets go of it. The new one may be in the same buffer, from the
 *   same byte on, whatever is there: only where nobody else holds the old one, which is spoilt then.
 */
export type CreateSurface = (width: number, height: number, replaced?: Surface) => Surface;

/** A black, transparent picture. */
export function createSurface(width: number, height: number): Surface {
  return { width, height, pixels: new Uint32Array(width * height) };
}

/** Fills an area that is inside: of any other, what is drawn is not defined. */
export function fillArea(
  { pixels, width: stride, painter }: Surface,
  x: number,
  y: number,
  width: number,
  height: number,
  pixel: number,
): void {
  if (painter !== undefined && width * height >= MANY) {
    painter.fill(x, y, width, height, pixel);
    return;
  }
  for (let row = y * stride + x, end = row + height * stride; row < end; row += stride) {
    // The native fill costs as much as some sixteen stores.
    if (width < 16) for (let i = row; i < row + width; i++) pixels[i] = pixel;
    else pixels.fill(pixel, row, row + width);
  }
}

/** Fills an area that is inside from one bit a pixel, the leftmost one highest; rows begin on bytes. */
export function fillBits(
  { pixels, width: stride, painter }: Surface,
  x: number,
  y: number,
  width: number,
  height: number,
  bits: Uint8Array,
  from: number,
  zero: number,
  one: number,
): void {
  if (painter !== undefined && width * height >= MANY) {
    painter.fillBits(x, y, width, height, bits, from, zero, one);
    return;
  }
  const flip = zero ^ one;
  let at = from;
  for (let row = y * stride + x, end = row + height * stride; row < end; row += stride) {
    const rowEnd = row + width;
    let to = row;
    for (; to + 8 <= rowEnd; to += 8) {
      const byte = bits[at++]!;
      pixels[to] = zero ^ (flip & -(byte >> 7));
      pixels[to + 1] = zero ^ (flip & -((byte >> 6) & 1));
      pixels[to + 2] = zero ^ (flip & -((byte >> 5) & 1));
      pixels[to + 3] = zero ^ (flip & -((byte >> 4) & 1));
      pixels[to + 4] = zero ^ (flip & -((byte >> 3) & 1));
      pixels[to + 5] = zero ^ (flip & -((byte >> 2) & 1));
      pixels[to + 6] = zero ^ (flip & -((byte >> 1) & 1));
      pixels[to + 7] = zero ^ (flip & -(byte & 1));
    }
    if (to < rowEnd) {
      const byte = bits[at++]!;
      for (let bit = 7; to < rowEnd; to++, bit--) pixels[to] = zero ^ (flip & -((byte >> bit) & 1));
    }
  }
}

/** The area's pixels as a picture of their own. @throws {RangeError} an area that is not inside */
export function cutOut(from: Surface, x: number, y: number, width: number, height: number): Surface {
  if (x < 0 || y < 0 || x + width > from.width || y + height > from.height) {
    throw new RangeError(`Cannot cut out ${width}x${height} at ${x},${y}: the picture is ${from.width}x${from.height}`);
  }
  const area = createSurface(width, height);
  for (let row = 0; row < height; row++) {
    const start = (y + row) * from.width + x;
    area.pixels.set(from.pixels.subarray(start, start + width), row * width);
  }
  return area;
}

/** Draws all of `picture` at a place that it fits in. */
export function paste(into: Surface, x: number, y: number, picture: Surface): void {
  for (let row = 0; row < picture.height; row++) {
    const start = row * picture.width;
    into.pixels.set(picture.pixels.subarray(start, start + picture.width), (y + row) * into.width + x);
  }
}

/** Takes over a picture's upper left corner. All else is black before, or else the two are in the same buffer, and it becomes so. */
export function takeOver(into: Surface, from: Surface, width: number, height: number): void {
  for (let i = 0; i < height; i++) {
    // In the same buffer, rows that move down go from the last one up.
    const row = into.width > from.width ? height - 1 - i : i;
    const start = row * from.width;
    into.pixels.set(from.pixels.subarray(start, start + width), row * into.width);
  }
  if (into.pixels.buffer !== from.pixels.buffer) return;
  for (let row = 0; row < height; row++) into.pixels.fill(0, row * into.width + width, (row + 1) * into.width);
  into.pixels.fill(0, height * into.width);
}

/**
 * Moves an area inside one picture to a place that it fits in; the two may overlap.
 *
 * @throws {RfbError} `malformed`: a source that is not inside
 */
export function copyArea(
  into: Surface,
  x: number,
  y: number,
  width: number,
  height: number,
  srcX: number,
  srcY: number,
): void {
  if (srcX + width > into.width || srcY + height > into.height) {
    const reason = `${width}x${height} at ${srcX},${srcY} leaves the framebuffer of ${into.width}x${into.height}`;
    throw new RfbError("malformed", "Cannot draw a CopyRect", reason);
  }
  if (width === into.width) {
    into.pixels.copyWithin(y * width, srcY * width, (srcY + height) * width);
    return;
  }
  if (into.painter !== undefined) {
    into.painter.copy(x, y, width, height, srcX, srcY);
    return;
  }
  // Downward moves go from the last row up. Within a row copyWithin sees to it.
  for (let i = 0; i < height; i++) {
    const row = y > srcY ? height - 1 - i : i;
    const from = (srcY + row) * into.width + srcX;
    into.pixels.copyWithin((y + row) * into.width + x, from, from + width);
  }
}

/** Whether all pixels of an area are equal. It has one at least, the first at `at`. */
export function isPlain(pixels: Uint32Array, at: number, stride: number, width: number, height: number): boolean {
  const first = pixels[at]!;
  for (let row = at, rowsEnd = at + height * stride; row < rowsEnd; row += stride) {
    const end = row + width;
    let i = row;
    for (; i + 8 <= end; i += 8) {
      const four =
        (pixels[i]! ^ first) | (pixels[i + 1]! ^ first) | (pixels[i + 2]! ^ first) | (pixels[i + 3]! ^ first);
      const more =
        (pixels[i + 4]! ^ first) | (pixels[i + 5]! ^ first) | (pixels[i + 6]! ^ first) | (pixels[i + 7]! ^ first);
      if ((four | more) !== 0) return false;
    }
    for (; i < end; i++) if (pixels[i] !== first) return false;
  }
  return true;
}
