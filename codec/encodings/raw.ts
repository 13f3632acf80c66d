import { RfbError } from "../errors.ts";
import type { Rectangle } from "../server/rectangle.ts";
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
 * @returns a view of the pixels, in the format they came in
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length
 */
export function decodeRaw(payload: Uint8Array, rectangle: Rectangle, bytesPerPixel: number): Uint8Array {
  const expected = extentOfRaw(rectangle, bytesPerPixel);
  if (payload.length !== expected) {
    const code = payload.length < expected ? "truncated" : "trailing";
    throw new RfbError(code, "Cannot read a Raw rectangle", `${payload.length} bytes of ${expected}`);
  }
  return payload;
}

/**
 * The pixels of a rectangle out of a framebuffer whose rows are `stride` bytes apart.
 *
 * @throws {RangeError} a rectangle that leaves the framebuffer
 */
export function encodeRaw(pixels: Uint8Array, stride: number, rectangle: Rectangle, bytesPerPixel: number): Uint8Array {
  const { x, y, width, height } = rectangle;
  const row = width * bytesPerPixel;
  const left = x * bytesPerPixel;
  if (left + row > stride || (y + height) * stride > pixels.length) {
    throw new RangeError(`Cannot write a Raw rectangle: ${width}x${height} at ${x},${y} leaves the framebuffer`);
  }
  const bytes = new Uint8Array(row * height);
  for (let i = 0; i < height; i++) {
    const from = (y + i) * stride + left;
    bytes.set(pixels.subarray(from, from + row), i * row);
  }
  return bytes;
}
