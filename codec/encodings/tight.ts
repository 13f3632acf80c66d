import type { Inflater } from "../compression.ts";
import { RfbError } from "../errors.ts";
import { Encoding } from "../names.ts";
import { tpixelSizeOf } from "../pixel_writers.ts";
import { readPixel, type Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import type { Session } from "../session.ts";
import { fillArea, fillBits } from "../surfaces.ts";
import { u8 } from "../wire.ts";
import type { DecodeContext } from "./context.ts";
import { decoderOf, drawImage } from "./images.ts";
import { expectBytes, expectLength } from "./payload.ts";
import { COPY, drawGradient, drawIndices, drawPixels, GRADIENT, PALETTE } from "./tight_filters.ts";
import { type Walk, withinRectangle } from "./walk.ts";

/** What the control byte's upper half says: below {@link FILL} the pixels are deflated, in stream 0 to 3. */
export const FILL = 8;
export const JPEG = 9;
/** The pixels as they are: only where the client has listed TightWithoutZlib. */
export const PLAIN = 10;
/** TightPNG's meaning of the number that is {@link PLAIN} in Tight. */
export const PNG = 16;
const BASIC = 0;

/** In the control byte of pixels: a filter's number follows. */
export const FILTERED = 0x40;

/** Pixels: no wider may Tight's rectangles be. TigerVNC before 1.16 fills wider ones, and filling takes no buffer. */
export const MAXIMUM_TIGHT_WIDTH = 2048;

/** Bytes: data shorter than this are sent as they are, without their length. */
export const MINIMUM_TO_DEFLATE = 12;

/** Goes through the header's fields: the control byte, the filter with its palette, the length of the data. */
export function advanceTight(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  return advance(walk, bytes, at, end, false);
}

/** As {@link advanceTight}, with PNG pictures. */
export function advanceTightPng(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  return advance(walk, bytes, at, end, true);
}

/**
 * Tight, rfbproto "Tight Encoding".
 *
 *     U8      control: bits 0 to 3 reset the zlib streams 0 to 3, before anything else; bits 4 to 7:
 *       0–7     pixels, in the stream of bits 4 and 5; with bit 6 a filter comes first
 *       8       TPIXEL  fill
 *       9       LENGTH, a JPEG picture
 *       10, 14  pixels, not deflated, if the client has listed TightWithoutZlib; with bit 6 a filter comes first
 *     U8      filter: 0 none, 1 palette, 2 gradient
 *     U8      number-of-colours - 1, and that many TPIXELs, after filter 1
 *     LENGTH  of what follows, where the data have 12 bytes or more before deflating; it is there without zlib too
 *     data    TPIXELs; with up to 2 colours 1 bit a pixel, with more 1 byte
 *
 * LENGTH has 7 bits, 7 bits and 8 bits, the lowest ones first; bit 7 of the first two bytes: there is one more.
 *
 * @throws {RfbError} `truncated`, `trailing`; `malformed`: a control byte, filter or palette index that nobody has
 *   defined, pixels wider than 2048, no zlib data; `limit`: more data than pixels; `unknownType`: a JPEG picture, and no
 *   decoder for it was given
 */
export function decodeTight(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface): void {
  drawTight(payload, rectangle, context, into, false);
}

/** Draws a rectangle of Tight or TightPNG. @throws as {@link decodeTight} */
export function drawTight(
  payload: Uint8Array,
  rectangle: Rectangle,
  context: DecodeContext,
  into: Surface,
  isPng: boolean,
): void {
  const { session, pixels, compression, memory } = context;
  const { x, y, width, height } = rectangle;
  const control = u8(payload, 0);
  for (let stream = 0; stream < 4; stream++) if ((control >> stream) & 1) reset(memory.tight, stream);
  switch (kindOf(control, rectangle, session, isPng, 0)) {
    case FILL:
      expectLength(payload, 1 + pixels.tpixel.size, ACT);
      fillArea(into, x, y, width, height, readPixel(pixels.tpixel, payload, 1));
      return;
    case JPEG: {
      const decodeJpeg = decoderOf("JPEG", compression.decodeJpeg, ACT);
      drawImage(decodeJpeg(measured(payload, 1), width, height, true), rectangle, pixels, into);
      return;
    }
    case PNG: {
      const decodePng = decoderOf("PNG", compression.decodePng, ACT);
      drawImage(decodePng(measured(payload, 1), width, height), rectangle, pixels, into);
      return;
    }
    default:
      drawFiltered(payload, control, rectangle, context, into);
  }
}

function reset(streams: (Inflater | undefined)[], stream: number): void {
  streams[stream]?.close?.();
  streams[stream] = undefined;
}

/** Bytes of a length, 1 to 3; 0 where they are not all in `bytes[at, end)`. */
export function sizeOfLength(bytes: Uint8Array, at: number, end: number): number {
  for (let size = 1; size <= 3 && at + size <= end; size++) {
    if (size === 3 || bytes[at + size - 1]! < 0x80) return size;
  }
  return 0;
}

const ACT = "Cannot read a Tight rectangle";
/** The palette of whoever is reading: nobody reads two rectangles at a time. Int32: see the tiles' palette. */
const COLOURS = new Int32Array(256);

// Stages of the walk: what comes next.
const CONTROL = 0;
const FILTER = 1;
const LENGTH = 2;

function advance(walk: Walk, bytes: Uint8Array, at: number, end: number, isPng: boolean): number {
  if (at === end) return 0;
  switch (walk.stage) {
    case CONTROL: {
      const control = u8(bytes, at);
      const kind = kindOf(control, walk.rectangle, walk.session, isPng, at);
      if (kind === FILL) {
        walk.done = true;
        return 1 + tpixelSizeIn(walk);
      }
      if (kind === JPEG || kind === PNG) {
        walk.stage = LENGTH;
        return 1;
      }
      if ((control & FILTERED) === 0) return 1 + advanceToData(walk, COPY, 0);
      walk.stage = FILTER;
      return 1;
    }
    case FILTER: {
      const filter = u8(bytes, at);
      checkFilter(filter, at);
      if (filter !== PALETTE) return 1 + advanceToData(walk, filter, 0);
      if (end - at < 2) return 0;
      const colours = u8(bytes, at + 1) + 1;
      return 2 + colours * tpixelSizeIn(walk) + advanceToData(walk, filter, colours);
    }
    default: {
      const size = sizeOfLength(bytes, at, end);
      if (size === 0) return 0;
      walk.done = true;
      return size + withinRectangle(walk, lengthAt(bytes, at, size), ACT);
    }
  }
}

/** Bytes of the data that come next, where they come without a length. */
function advanceToData(walk: Walk, filter: number, colours: number): number {
  const length = lengthOfData(filter, colours, walk.rectangle, tpixelSizeIn(walk));
  walk.stage = LENGTH;
  walk.done = length < MINIMUM_TO_DEFLATE;
  return walk.done ? length : 0;
}

function tpixelSizeIn(walk: Walk): number {
  const { session, bytesPerPixel } = walk;
  if (walk.kept === 0)
    walk.kept = session.pixelFormat === undefined ? bytesPerPixel : tpixelSizeOf(session.pixelFormat);
  return walk.kept;
}

function drawFiltered(
  payload: Uint8Array,
  control: number,
  rectangle: Rectangle,
  context: DecodeContext,
  into: Surface,
): void {
  const { x, y, width, height } = rectangle;
  const { tpixel } = context.pixels;
  let at = 1;
  let filter = COPY;
  let colours = 0;
  if ((control & FILTERED) !== 0) {
    filter = u8(payload, at);
    checkFilter(filter, at);
    at++;
  }
  if (filter === PALETTE) {
    colours = u8(payload, at) + 1;
    at++;
    expectBytes(payload, at, colours * tpixel.size, ACT);
    for (let i = 0; i < colours; i++, at += tpixel.size) COLOURS[i] = readPixel(tpixel, payload, at);
  }
  const length = lengthOfData(filter, colours, rectangle, tpixel.size);
  const data = dataOf(payload, at, length, control, context);
  if (filter === COPY) drawPixels(data, rectangle, context.pixels, into);
  else if (filter === GRADIENT) drawGradient(data, rectangle, context.pixels, into);
  else if (colours > 2) drawIndices(data, rectangle, COLOURS, colours, into);
  else fillBits(into, x, y, width, height, data, 0, COLOURS[0]!, COLOURS[colours - 1]!);
}

/** The data from `at` on, inflated where they are deflated: `length` bytes. */
function dataOf(
  payload: Uint8Array,
  at: number,
  length: number,
  control: number,
  { compression, memory }: DecodeContext,
): Uint8Array {
  if (length < MINIMUM_TO_DEFLATE) {
    expectLength(payload, at + length, ACT);
    return payload.subarray(at);
  }
  let data = measured(payload, at);
  if (control >> 4 < FILL) {
    const stream = (control >> 4) & 3;
    memory.tight[stream] ??= compression.createInflater();
    data = memory.tight[stream].inflate(data, length);
  }
  expectLength(data, length, ACT);
  return data;
}

/** The rest of the payload behind its length, which is at `at`. */
function measured(payload: Uint8Array, at: number): Uint8Array {
  const size = sizeOfLength(payload, at, payload.length);
  if (size === 0) throw new RfbError("truncated", ACT, "no length", { offset: at });
  expectLength(payload, at + size + lengthAt(payload, at, size), ACT);
  return payload.subarray(at + size);
}

function lengthAt(bytes: Uint8Array, at: number, size: number): number {
  let length = bytes[at]! & 0x7f;
  if (size > 1) length |= (bytes[at + 1]! & 0x7f) << 7;
  if (size > 2) length |= bytes[at + 2]! << 14;
  return length;
}

/** Bytes of a rectangle's data, before they are deflated. */
function lengthOfData(filter: number, colours: number, { width, height }: Rectangle, tpixelSize: number): number {
  if (filter !== PALETTE) return width * height * tpixelSize;
  // A palette of one colour is no use, but there are servers that send it: with bits, as for two.
  return colours > 2 ? width * height : Math.ceil(width / 8) * height;
}

/** What the rectangle is made of. @throws {RfbError} `malformed` */
function kindOf(control: number, { width }: Rectangle, session: Session, isPng: boolean, at: number): number {
  const kind = control >> 4;
  if (kind === FILL) return FILL;
  if (kind === PLAIN && isPng) return PNG;
  if (kind > JPEG && !isPlain(kind, isPng, session.encodingTypes)) {
    throw new RfbError("malformed", ACT, `control byte 0x${control.toString(16)}`, { offset: at });
  }
  if (width > MAXIMUM_TIGHT_WIDTH) {
    throw new RfbError("malformed", ACT, `${width} pixels wide, at most ${MAXIMUM_TIGHT_WIDTH}`, { offset: at });
  }
  if (kind === JPEG) return JPEG;
  return kind < FILL ? BASIC : PLAIN;
}

function isPlain(kind: number, isPng: boolean, encodingTypes: readonly number[]): boolean {
  return (kind === 10 || kind === 14) && !isPng && encodingTypes.includes(Encoding.TightWithoutZlib);
}

function checkFilter(filter: number, at: number): void {
  if (filter > GRADIENT) throw new RfbError("malformed", ACT, `filter ${filter}`, { offset: at });
}
