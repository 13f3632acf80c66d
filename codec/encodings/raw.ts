import { valuesOf } from "../pixel_values.ts";
import { pixelBytesOf } from "../pixel_writers.ts";
import { readArea, type Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import type { DecodeContext, EncodeContext } from "./context.ts";
import { expectLength } from "./payload.ts";
import type { Walk } from "./walk.ts";

/** The whole payload is known from the rectangle's head. */
export function advanceRaw(walk: Walk): number {
  walk.done = true;
  return extentOfRaw(walk.rectangle, walk.bytesPerPixel);
}

/** Bytes of a Raw payload. A double holds the largest: 65535 × 65535 × 4. */
export function extentOfRaw({ width, height }: Rectangle, bytesPerPixel: number): number {
  return width * height * bytesPerPixel;
}

/**
 * Raw, RFC 6143 §7.7.1: the pixels, row by row, with no padding.
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length
 */
export function decodeRaw(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface): void {
  expectLength(payload, extentOfRaw(rectangle, context.pixels.pixel.size), "Cannot read a Raw rectangle");
  decodeRawPiece(payload, 0, rectangle, context, into);
}

/**
 * Raw as it comes: `piece` begins with pixel `from` of the rectangle. A pixel that is not all there is not drawn.
 *
 * @returns how many pixels the piece had
 */
export function decodeRawPiece(
  piece: Uint8Array,
  from: number,
  { x, y, width }: Rectangle,
  { pixels: { pixel } }: DecodeContext,
  into: Surface,
): number {
  const { size } = pixel;
  const count = Math.floor(piece.length / size);
  const column = from % width;
  const row = (from - column) / width;
  const begun = column === 0 ? 0 : Math.min(width - column, count);
  if (begun > 0) readArea(pixel, piece, 0, into, x + column, y + row, begun, 1);
  const first = y + row + (column === 0 ? 0 : 1);
  const rows = Math.floor((count - begun) / width);
  readArea(pixel, piece, begun * size, into, x, first, width, rows);
  const done = begun + rows * width;
  readArea(pixel, piece, done * size, into, x, first + rows, count - done, 1);
  return count;
}

/** The pixels, row by row. */
export function encodeRaw({ pixels }: Surface, { pixels: { format, pixel } }: EncodeContext): Uint8Array {
  return pixelBytesOf(pixel, valuesOf(pixels, format));
}
