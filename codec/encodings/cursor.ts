import { type Limits, within } from "../limits.ts";
import { Encoding } from "../names.ts";
import { bytesPerPixelOf, type PixelFormat } from "../pixel_format.ts";
import { valuesOf } from "../pixel_values.ts";
import { createPixelWriters, writePixels } from "../pixel_writers.ts";
import { type PixelReader, pixelReadersOf, readPixels, type Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import type { DecodeContext } from "./context.ts";
import { expectLength, wholeRectangle } from "./payload.ts";
import type { Walk } from "./walk.ts";

/**
 * The shape of the pointer, which the client is to draw itself. No pixels: it is hidden.
 *
 * The pixels are RGBA, not premultiplied. Where the format has a colour map, R is the index, and A as everywhere else.
 */
export interface Cursor extends Surface {
  /** The pixel of the cursor that points, from its upper left corner. Nothing keeps it inside. */
  readonly hotspotX: number;
  /** From the top. */
  readonly hotspotY: number;
}

/** The length follows from the head. @throws {RfbError} `limit`: a side */
export function advanceCursor(walk: Walk): number {
  checkCursorSize(walk.rectangle, walk.limits);
  walk.done = true;
  return extentOfCursor(walk.rectangle, walk.bytesPerPixel);
}

/**
 * Cursor, RFC 6143 §7.8.1. The rectangle's place is the hotspot, its size the cursor's.
 *
 *     PIXEL  pixels   × width × height
 *     U8     bitmask  × ⌈width / 8⌉ × height, the leftmost pixel in the highest bit, 1: opaque
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length; `limit`: a side
 */
export function decodeCursor(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext): Cursor {
  checkCursorSize(rectangle, context.limits);
  const reader = rgbaReaderOf(context);
  expectLength(payload, extentOfCursor(rectangle, reader.size), "Cannot read a Cursor");
  const { x, y, width, height } = rectangle;
  const pixels = new Uint32Array(width * height);
  readPixels(reader, payload, 0, pixels, 0, pixels.length);
  maskPixels(pixels, width, payload, pixels.length * reader.size);
  return { hotspotX: x, hotspotY: y, width, height, pixels };
}

/**
 * The whole rectangle. A pixel is opaque where A is 128 or more.
 *
 * @param format the client's; pixels are put into it as {@link valuesOf} does
 * @throws {RangeError} a hotspot or a size that does not fit
 */
export function encodeCursor({ hotspotX, hotspotY, width, height, pixels }: Cursor, format: PixelFormat): Uint8Array {
  const size = bytesPerPixelOf(format);
  const payload = new Uint8Array(pixels.length * size + bitmapLength(width, height));
  writePixels(createPixelWriters(format).pixel, payload, 0, valuesOf(pixels, format), 0, pixels.length);
  putBits(payload, pixels.length * size, pixels, width, isOpaque);
  return wholeRectangle(Encoding.Cursor, hotspotX, hotspotY, width, height, payload);
}

/** @throws {RfbError} `limit`: a side. To be called before the two are multiplied, and anything is allocated. */
export function checkCursorSize({ width, height }: Rectangle, limits: Limits): void {
  within("maxCursorSide", Math.max(width, height), limits);
}

/** How the format's pixels become RGBA, whatever the picture is drawn in. */
export function rgbaReaderOf({ pixels }: DecodeContext): PixelReader {
  return pixels.output === "rgba" ? pixels.pixel : pixelReadersOf(pixels.format).pixel;
}

/** Bytes of a picture with one bit a pixel, rows padded. */
export function bitmapLength(width: number, height: number): number {
  return Math.ceil(width / 8) * height;
}

/** Makes pixels opaque where the bitmap from `at` on has a 1, and wipes the others out. */
export function maskPixels(pixels: Uint32Array, width: number, bitmap: Uint8Array, at: number): void {
  const stride = Math.ceil(width / 8);
  for (let i = 0, row = at; i < pixels.length; row += stride) {
    for (let column = 0; column < width; column++, i++) {
      const isSet = (bitmap[row + (column >> 3)]! << (column & 7)) & 0x80;
      pixels[i] = isSet ? pixels[i]! | OPAQUE : 0;
    }
  }
}

/** Sets a bit of the bitmap at `at` for each pixel that `is` says. */
export function putBits(
  bytes: Uint8Array,
  at: number,
  pixels: Uint32Array,
  width: number,
  is: (pixel: number) => boolean,
): void {
  const stride = Math.ceil(width / 8);
  for (let i = 0, row = at; i < pixels.length; row += stride) {
    for (let column = 0; column < width; column++, i++) {
      if (is(pixels[i]!)) bytes[row + (column >> 3)]! |= 0x80 >> (column & 7);
    }
  }
}

/** Whether a mask of one bit has the pixel. */
export function isOpaque(pixel: number): boolean {
  return pixel >>> 31 === 1;
}

const OPAQUE = 0xff000000;

function extentOfCursor({ width, height }: Rectangle, bytesPerPixel: number): number {
  return width * height * bytesPerPixel + bitmapLength(width, height);
}
