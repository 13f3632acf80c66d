import { RfbError } from "../errors.ts";
import { createOutput, extend, writtenOf } from "../output.ts";
import { valuesOf } from "../pixel_values.ts";
import { writePixel } from "../pixel_writers.ts";
import { readPixel, type Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { fillArea } from "../surfaces.ts";
import { putU16, putU32, u32 } from "../wire.ts";
import type { DecodeContext, EncodeContext } from "./context.ts";
import { commonestOf, partAt } from "./parts.ts";
import { expectBytes, expectLength } from "./payload.ts";
import { type Walk, withinRectangle } from "./walk.ts";

/** The length follows from the number of subrectangles. @throws {RfbError} `malformed`, `limit` */
export function advanceRre(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  return advanceParts(walk, bytes, at, end, RRE);
}

/**
 * RRE, RFC 6143 §7.7.3: a background, and rectangles on it, later ones above earlier ones.
 *
 *     0  U32    number-of-subrectangles
 *     4  PIXEL  background-pixel-value
 *        PIXEL  subrectangle-pixel-value  × number-of-subrectangles
 *        U16    x-position, y-position, width, height
 *
 * @throws {RfbError} `truncated`, `trailing`; `malformed`: a subrectangle that leaves the rectangle, or more of them
 * than pixels; `limit`: they paint the rectangle more often than any server does
 */
export function decodeRre(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface): void {
  drawParts(payload, rectangle, context, into, RRE);
}

/**
 * The payload, which is longer than a Raw one for a picture of many colours: servers then send Raw, and so should the
 * caller. Most of the rectangle's pixels are background; the others are taken from the top, as large as they come.
 */
export function encodeRre(area: Surface, context: EncodeContext): Uint8Array {
  return encodeParts(area, context, RRE);
}

/** RRE or CoRRE. */
interface Kind {
  readonly act: string;
  /** Bytes of a subrectangle's place and size. */
  readonly place: 4 | 8;
}

const RRE: Kind = { act: "Cannot read an RRE rectangle", place: 8 };

/** Where an RRE or CoRRE payload ends. @throws {RfbError} `malformed`, `limit` */
export function advanceParts(walk: Walk, bytes: Uint8Array, at: number, end: number, { act, place }: Kind): number {
  if (end - at < 4) return 0;
  walk.done = true;
  const extent = extentOfParts(u32(bytes, at), walk.rectangle, walk.bytesPerPixel, act, place, at);
  return withinRectangle(walk, extent, act);
}

/** Draws what an RRE or CoRRE payload says. */
export function drawParts(
  payload: Uint8Array,
  rectangle: Rectangle,
  { pixels: { pixel }, limits }: DecodeContext,
  into: Surface,
  { act, place }: Kind,
): void {
  const { x, y, width, height } = rectangle;
  const { size } = pixel;
  let paintable = limits.maxOverdraw * width * height;
  expectBytes(payload, 0, 4 + size, act);
  expectLength(payload, extentOfParts(u32(payload, 0), rectangle, size, act, place, 0), act);
  fillArea(into, x, y, width, height, readPixel(pixel, payload, 4));
  let at = 4 + size;
  if (into.painter !== undefined && pixel.isVector) {
    const wrong = into.painter.fillParts(pixel, payload, at, payload.length, place, x, y, width, height, paintable);
    if (wrong < 0) return;
    // What is wrong with it, the loop says: there are too few pixels left, if not none at all.
    at = wrong;
    paintable = 0;
  }
  const words = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const isWide = place === 8;
  for (; at < payload.length; at += size + place) {
    const from = at + size;
    const left = isWide ? words.getUint16(from) : payload[from]!;
    const top = isWide ? words.getUint16(from + 2) : payload[from + 1]!;
    const columns = isWide ? words.getUint16(from + 4) : payload[from + 2]!;
    const rows = isWide ? words.getUint16(from + 6) : payload[from + 3]!;
    if (left + columns > width || top + rows > height) {
      const reason = `a subrectangle of ${columns}x${rows} at ${left},${top} leaves ${width}x${height}`;
      throw new RfbError("malformed", act, reason, { offset: at });
    }
    paintable -= columns * rows;
    if (paintable < 0) {
      const reason = `limit maxOverdraw is ${limits.maxOverdraw}, got more than so many times ${width}x${height} pixels`;
      throw new RfbError("limit", act, reason, { offset: at });
    }
    fillArea(into, x + left, y + top, columns, rows, readPixel(pixel, payload, at));
  }
}

/** An RRE or CoRRE payload that draws these pixels. */
export function encodeParts(area: Surface, { pixels: { format, pixel } }: EncodeContext, { place }: Kind): Uint8Array {
  const { width, height } = area;
  const values = valuesOf(area.pixels, format);
  const background = commonestOf(values);
  const left: Surface = { width, height, pixels: values };
  const output = createOutput();
  extend(output, 4 + pixel.size);
  writePixel(pixel, output.bytes, 4, background);
  let count = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const value = values[i]!;
      if (value === background) continue;
      const part = partAt(values, i, width, width - x, height - y);
      const columns = part % 65536;
      const rows = (part - columns) / 65536;
      const at = extend(output, pixel.size + place);
      const { bytes } = output;
      writePixel(pixel, bytes, at, value);
      const to = at + pixel.size;
      if (place === 8) {
        putU16(bytes, to, x);
        putU16(bytes, to + 2, y);
        putU16(bytes, to + 4, columns);
        putU16(bytes, to + 6, rows);
      } else {
        bytes[to] = x;
        bytes[to + 1] = y;
        bytes[to + 2] = columns;
        bytes[to + 3] = rows;
      }
      // A part that is written is background to those that follow: none overlaps another.
      fillArea(left, x, y, columns, rows, background);
      count += 1;
      x += columns - 1;
      i += columns - 1;
    }
  }
  putU32(output.bytes, 0, count);
  return writtenOf(output);
}

function extentOfParts(
  count: number,
  { width, height }: Rectangle,
  bytesPerPixel: number,
  act: string,
  place: number,
  at: number,
): number {
  if (count > width * height) {
    const reason = `${count} subrectangles of ${width}x${height} pixels`;
    throw new RfbError("malformed", act, reason, { offset: at });
  }
  return 4 + bytesPerPixel + count * (bytesPerPixel + place);
}
