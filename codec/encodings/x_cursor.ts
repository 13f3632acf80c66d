import { Encoding } from "../names.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { bitmapLength, type Cursor, checkCursorSize, isOpaque, maskPixels, putBits } from "./cursor.ts";
import { expectLength, wholeRectangle } from "./payload.ts";
import type { Walk } from "./walk.ts";

/** The length follows from the head. @throws {RfbError} `limit`: a side */
export function advanceXCursor(walk: Walk): number {
  checkCursorSize(walk.rectangle, walk.limits);
  walk.done = true;
  return extentOfXCursor(walk.rectangle);
}

/**
 * XCursor, rfbproto: a cursor of two colours. The rectangle's place is the hotspot, its size the cursor's; where that is
 * nothing, there is no payload.
 *
 *     0  U8  primary-r, primary-g, primary-b
 *     3  U8  secondary-r, secondary-g, secondary-b
 *     6  U8  bitmap   × ⌈width / 8⌉ × height, 1: primary
 *        U8  bitmask  × ⌈width / 8⌉ × height, 1: opaque
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length
 */
export function decodeXCursor(payload: Uint8Array, rectangle: Rectangle): Cursor {
  expectLength(payload, extentOfXCursor(rectangle), "Cannot read an XCursor");
  const { x, y, width, height } = rectangle;
  const pixels = new Uint32Array(width * height);
  if (pixels.length > 0) {
    const primary = colourAt(payload, 0);
    const secondary = colourAt(payload, 3);
    // The bits that are set become opaque black, which tells them apart.
    const bitmap = new Uint32Array(pixels.length);
    maskPixels(bitmap, width, payload, 6);
    for (let i = 0; i < pixels.length; i++) pixels[i] = bitmap[i] === 0 ? secondary : primary;
    maskPixels(pixels, width, payload, 6 + bitmapLength(width, height));
  }
  return { hotspotX: x, hotspotY: y, width, height, pixels };
}

/**
 * The whole rectangle. A pixel is opaque where A is 128 or more. Two colours stay as they are; of more, the lighter ones
 * become white and the others black.
 *
 * @throws {RangeError} a hotspot or a size that does not fit
 */
export function encodeXCursor({ hotspotX, hotspotY, width, height, pixels }: Cursor): Uint8Array {
  if (pixels.length === 0) return wholeRectangle(Encoding.XCursor, hotspotX, hotspotY, width, height);
  const length = bitmapLength(width, height);
  const payload = new Uint8Array(6 + 2 * length);
  const [secondary = 0, primary = secondary, ...others] = new Set(pixels.filter(isOpaque).map(colourOf));
  if (others.length === 0) {
    putColour(payload, 0, primary);
    putColour(payload, 3, secondary);
    putBits(payload, 6, pixels, width, (pixel) => colourOf(pixel) === primary);
  } else {
    putColour(payload, 0, 0xffffffff);
    putBits(payload, 6, pixels, width, isLight);
  }
  putBits(payload, 6 + length, pixels, width, isOpaque);
  return wholeRectangle(Encoding.XCursor, hotspotX, hotspotY, width, height, payload);
}

function extentOfXCursor({ width, height }: Rectangle): number {
  return width * height === 0 ? 0 : 6 + 2 * bitmapLength(width, height);
}

function colourAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
}

function putColour(bytes: Uint8Array, at: number, colour: number): void {
  bytes[at] = colour;
  bytes[at + 1] = colour >> 8;
  bytes[at + 2] = colour >> 16;
}

function colourOf(pixel: number): number {
  return pixel & 0xffffff;
}

/** By the weights of ITU-R BT.601. */
function isLight(pixel: number): boolean {
  return 299 * (pixel & 0xff) + 587 * ((pixel >> 8) & 0xff) + 114 * ((pixel >> 16) & 0xff) >= 127_500;
}
