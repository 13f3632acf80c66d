import { RfbError } from "../errors.ts";
import { Encoding } from "../names.ts";
import type { PixelFormat } from "../pixel_format.ts";
import { createPixelWriters, writePixel } from "../pixel_writers.ts";
import { readPixel } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { u8 } from "../wire.ts";
import type { DecodeContext } from "./context.ts";
import { type Cursor, checkCursorSize, rgbaReaderOf } from "./cursor.ts";
import { expectBytes, expectLength, wholeRectangle } from "./payload.ts";
import type { Walk } from "./walk.ts";

/** The length follows from the head and the cursor's type. @throws {RfbError} `limit`: a side; `unknownType`: the type */
export function advanceVmwareCursor(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  checkCursorSize(walk.rectangle, walk.limits);
  if (end - at < 2) return 0;
  walk.done = true;
  return extentOfVmwareCursor(u8(bytes, at), walk.rectangle, walk.bytesPerPixel);
}

/**
 * VMware Cursor, rfbproto. The rectangle's place is the hotspot, its size the cursor's.
 *
 *     0  U8     cursor-type: 0 classic, 1 alpha
 *     1         padding
 *     2  PIXEL  and-mask  × width × height   (classic)
 *        PIXEL  xor-mask  × width × height   (classic)
 *     2  U8     r, g, b, a  × width × height (alpha; not premultiplied, as TigerVNC has it)
 *
 * A classic cursor's pixel is opaque where the and-mask is 0, and transparent where that is all ones and the xor-mask 0.
 * Any other changes what is below it, which no picture can: it becomes opaque black, as in noVNC.
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length; `limit`: a side; `unknownType`: the type
 */
export function decodeVmwareCursor(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext): Cursor {
  checkCursorSize(rectangle, context.limits);
  expectBytes(payload, 0, 2, ACT);
  const type = u8(payload, 0);
  const reader = rgbaReaderOf(context);
  expectLength(payload, extentOfVmwareCursor(type, rectangle, reader.size), ACT);
  const { x, y, width, height } = rectangle;
  const pixels = new Uint32Array(width * height);
  if (type === ALPHA) {
    for (let i = 0, at = 2; i < pixels.length; i++, at += 4) {
      pixels[i] = payload[at]! | (payload[at + 1]! << 8) | (payload[at + 2]! << 16) | (payload[at + 3]! << 24);
    }
  } else {
    const { size } = reader;
    const used = bitsOf(context.pixels.format);
    for (let i = 0, and = 2, xor = 2 + pixels.length * size; i < pixels.length; i++, and += size, xor += size) {
      if (hasNoBit(payload, and, used)) pixels[i] = readPixel(reader, payload, xor) | OPAQUE;
      else if (!hasAllBits(payload, and, used) || !hasNoBit(payload, xor, used)) pixels[i] = OPAQUE;
    }
  }
  return { hotspotX: x, hotspotY: y, width, height, pixels };
}

/** The whole rectangle, of the alpha type. @throws {RangeError} a hotspot or a size that does not fit */
export function encodeVmwareCursor({ hotspotX, hotspotY, width, height, pixels }: Cursor): Uint8Array {
  const payload = new Uint8Array(2 + 4 * pixels.length);
  payload[0] = ALPHA;
  for (let i = 0, at = 2; i < pixels.length; i++, at += 4) {
    const pixel = pixels[i]!;
    payload[at] = pixel;
    payload[at + 1] = pixel >> 8;
    payload[at + 2] = pixel >> 16;
    payload[at + 3] = pixel >> 24;
  }
  return wholeRectangle(Encoding.VMwareCursor, hotspotX, hotspotY, width, height, payload);
}

const ACT = "Cannot read a VMwareCursor";
const CLASSIC = 0;
const ALPHA = 1;
const OPAQUE = 0xff000000;

function extentOfVmwareCursor(type: number, { width, height }: Rectangle, bytesPerPixel: number): number {
  if (type === CLASSIC) return 2 + 2 * width * height * bytesPerPixel;
  if (type === ALPHA) return 2 + 4 * width * height;
  throw new RfbError("unknownType", ACT, `cursor type ${type}`);
}

/** The bytes of a pixel with all the bits set that say something. */
function bitsOf(format: PixelFormat): Uint8Array {
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format;
  const value = (redMax << redShift) | (greenMax << greenShift) | (blueMax << blueShift);
  const writer = createPixelWriters(format).pixel;
  const bits = new Uint8Array(writer.size);
  writePixel(writer, bits, 0, format.trueColourFlag === 0 ? 255 : value);
  return bits;
}

function hasNoBit(bytes: Uint8Array, at: number, of: Uint8Array): boolean {
  for (let i = 0; i < of.length; i++) if ((bytes[at + i]! & of[i]!) !== 0) return false;
  return true;
}

function hasAllBits(bytes: Uint8Array, at: number, of: Uint8Array): boolean {
  for (let i = 0; i < of.length; i++) if ((bytes[at + i]! & of[i]!) !== of[i]) return false;
  return true;
}
