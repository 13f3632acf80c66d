import { RfbError } from "../errors.ts";
import { Encoding, nameOfEncoding } from "../names.ts";
import type { PixelFormat } from "../pixel_format.ts";
import { type PixelReaders, pixelReadersOf } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import type { Session } from "../session.ts";
import { createSurface } from "../surfaces.ts";
import { putS32, s32 } from "../wire.ts";
import type { DecodeContext } from "./context.ts";
import { type Cursor, checkCursorSize } from "./cursor.ts";
import { DECODERS } from "./decoders.ts";
import { framingOf } from "./framing.ts";
import { expectBytes, wholeRectangle } from "./payload.ts";
import { createWalk, type Walk } from "./walk.ts";

/**
 * As far as the inner rectangle's own encoding says.
 *
 * @throws {RfbError} `limit`: a side; `unknownType`: an inner encoding without a known end, or that draws no pixels
 */
export function advanceCursorWithAlpha(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  if (walk.inner === undefined) {
    checkCursorSize(walk.rectangle, walk.limits);
    if (end - at < 4) return 0;
    const rectangle = innerRectangle(walk.rectangle, s32(bytes, at));
    advanceOf(rectangle.encodingType);
    walk.inner = createWalk(rectangle, innerSession(walk.session, rectangle), 4, walk.limits);
    return 4;
  }
  const passing = advanceOf(walk.inner.rectangle.encodingType)(walk.inner, bytes, at, end);
  walk.done = walk.inner.done;
  return passing;
}

/**
 * Cursor With Alpha, rfbproto: a cursor in an encoding of its own. The rectangle's place is the hotspot, its size the
 * cursor's. Whatever the format in force, the inner pixels are four bytes R, G, B, A, and premultiplied; the encoding's
 * zlib streams are those of all other rectangles.
 *
 *     0  S32  encoding
 *     4       what that encoding makes of a rectangle of this size
 *
 * @throws {RfbError} `truncated`; `limit`: a side; `unknownType`: an inner encoding that we cannot draw; what that throws
 */
export function decodeCursorWithAlpha(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext): Cursor {
  checkCursorSize(rectangle, context.limits);
  expectBytes(payload, 0, 4, ACT);
  const inner = innerRectangle(rectangle, s32(payload, 0));
  advanceOf(inner.encodingType);
  const decode = DECODERS.get(inner.encodingType);
  if (decode === undefined) throw unknown(inner.encodingType);
  const surface = createSurface(inner.width, inner.height);
  const session = innerSession(context.session, inner);
  decode(payload.subarray(4), inner, { ...context, session, pixels: ALPHA_READERS }, surface);
  for (let i = 0; i < surface.pixels.length; i++) surface.pixels[i] = straight(surface.pixels[i]!);
  return { hotspotX: rectangle.x, hotspotY: rectangle.y, ...surface };
}

/** The whole rectangle, its pixels Raw. @throws {RangeError} a hotspot or a size that does not fit */
export function encodeCursorWithAlpha({ hotspotX, hotspotY, width, height, pixels }: Cursor): Uint8Array {
  const payload = new Uint8Array(4 + 4 * pixels.length);
  putS32(payload, 0, Encoding.Raw);
  for (let i = 0, at = 4; i < pixels.length; i++, at += 4) {
    const pixel = pixels[i]!;
    const alpha = pixel >>> 24;
    payload[at] = premultiplied(pixel & 0xff, alpha);
    payload[at + 1] = premultiplied((pixel >> 8) & 0xff, alpha);
    payload[at + 2] = premultiplied((pixel >> 16) & 0xff, alpha);
    payload[at + 3] = alpha;
  }
  return wholeRectangle(Encoding.CursorWithAlpha, hotspotX, hotspotY, width, height, payload);
}

const ACT = "Cannot read a CursorWithAlpha";

/** A depth of 32 says that the fourth byte counts: nothing is left out of CPIXEL and TPIXEL. */
const ALPHA_FORMAT: PixelFormat = Object.freeze({
  bitsPerPixel: 32,
  depth: 32,
  bigEndianFlag: 0,
  trueColourFlag: 1,
  redMax: 255,
  greenMax: 255,
  blueMax: 255,
  redShift: 0,
  greenShift: 8,
  blueShift: 16,
});

/** A value of that format is RGBA already, A and all. Where there is no A, as in a JPEG, it is opaque. */
const ALPHA_READERS: PixelReaders = /* @__PURE__ */ (() => ({
  ...pixelReadersOf(ALPHA_FORMAT, "values"),
  ofRgb: (red: number, green: number, blue: number) => red | (green << 8) | (blue << 16) | 0xff000000,
}))();

function innerRectangle({ width, height }: Rectangle, encodingType: number): Rectangle {
  return { type: "rectangle", x: 0, y: 0, width, height, encodingType };
}

function innerSession(session: Session, { width, height }: Rectangle): Session {
  return { ...session, pixelFormat: ALPHA_FORMAT, framebufferWidth: width, framebufferHeight: height };
}

// No cursor draws pixels, so that none is inside another.
function advanceOf(encodingType: number): (walk: Walk, bytes: Uint8Array, at: number, end: number) => number {
  const framing = framingOf(encodingType);
  if (!framing?.drawsPixels) throw unknown(encodingType);
  return framing.advance;
}

function unknown(encodingType: number): RfbError {
  return new RfbError("unknownType", ACT, `inner encoding ${nameOfEncoding(encodingType)}`);
}

function premultiplied(channel: number, alpha: number): number {
  return Math.floor((channel * alpha + 127) / 255);
}

/** Undoes {@link premultiplied}, and is undone by it. */
function straight(pixel: number): number {
  const alpha = pixel >>> 24;
  if (alpha === 255) return pixel;
  if (alpha === 0) return 0;
  const half = alpha >> 1;
  const red = Math.min(255, Math.floor(((pixel & 0xff) * 255 + half) / alpha));
  const green = Math.min(255, Math.floor((((pixel >> 8) & 0xff) * 255 + half) / alpha));
  const blue = Math.min(255, Math.floor((((pixel >> 16) & 0xff) * 255 + half) / alpha));
  return (alpha << 24) | (blue << 16) | (green << 8) | red;
}
