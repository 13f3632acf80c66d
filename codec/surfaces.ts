/**
 * What decoders do to a picture again and again.
 *
 * @module
 */

import { RfbError } from "./errors.ts";
import type { Surface } from "./pixels.ts";

/** A black, transparent picture. */
export function createSurface(width: number, height: number): Surface {
  return { width, height, pixels: new Uint32Array(width * height) };
}

/** Fills an area that is inside. */
export function fillArea(
  { pixels, width: stride }: Surface,
  x: number,
  y: number,
  width: number,
  height: number,
  pixel: number,
): void {
  for (let row = y * stride + x, end = row + height * stride; row < end; row += stride) {
    // The native fill costs more than a few stores.
    if (width < 16) for (let i = row; i < row + width; i++) pixels[i] = pixel;
    else pixels.fill(pixel, row, row + width);
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

/**
 * Moves an area inside one picture; the two may overlap.
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
  // Downward moves go from the last row up. Within a row copyWithin sees to it.
  for (let i = 0; i < height; i++) {
    const row = y > srcY ? height - 1 - i : i;
    const from = (srcY + row) * into.width + srcX;
    into.pixels.copyWithin((y + row) * into.width + x, from, from + width);
  }
}
