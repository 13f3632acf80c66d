import { RfbError } from "../errors.ts";
import { createOutput, extend, type Output, writtenOf } from "../output.ts";
import { loadValues } from "../pixel_values.ts";
import { type PixelWriter, writePixel, writePixels } from "../pixel_writers.ts";
import { readArea, readPixel, type Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { fillArea, isPlain } from "../surfaces.ts";
import { u16 } from "../wire.ts";
import type { DecodeContext, EncodeContext } from "./context.ts";
import { createMosaic, cutTile, type Mosaic } from "./parts.ts";
import { counted, type Walk } from "./walk.ts";

/** What a tile's first byte says, RFC 6143 §7.7.4. */
export const HextileMask = {
  Raw: 1,
  BackgroundSpecified: 2,
  ForegroundSpecified: 4,
  AnySubrects: 8,
  SubrectsColoured: 16,
  /** Of ZlibHex alone, as the next. */
  ZlibRaw: 32,
  ZlibHex: 64,
} as const;

/** Tile by tile: each says how long it is. @throws {RfbError} `malformed`, `limit` */
export function advanceHextile(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  return advanceTiles(walk, bytes, at, end, HEXTILE);
}

/**
 * Hextile, RFC 6143 §7.7.4: tiles of 16 × 16, from left to right and then down; the last of a row or column are smaller.
 *
 *     U8     subencoding-mask; with Raw, the tile's pixels follow and nothing else
 *     PIXEL  background-pixel-value, if BackgroundSpecified; else the previous one
 *     PIXEL  foreground-pixel-value, if ForegroundSpecified; else the previous one
 *     U8     number-of-subrectangles, if AnySubrects
 *     PIXEL  subrectangle-pixel-value, if SubrectsColoured  × number-of-subrectangles
 *     U8     16 × x-position + y-position
 *     U8     16 × (width - 1) + height - 1
 *
 * Colours are kept after a Raw tile and after coloured subrectangles: servers count on it, though they should not.
 * A colour that nobody has specified is black.
 *
 * @throws {RfbError} `truncated`, `trailing`; `malformed`: a subrectangle that leaves its tile, or an unknown mask
 */
export function decodeHextile(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface): void {
  const { x, y, width, height } = rectangle;
  const { pixel } = context.pixels;
  if (pixel.isVector && into.painter?.fillTiles(pixel, payload, x, y, width, height)) return;
  drawTiles(payload, rectangle, context, into, HEXTILE); // which says what is wrong, too
}

/** The payload; no tile is longer than a Raw one. */
export function encodeHextile(area: Surface, context: EncodeContext): Uint8Array {
  return encodeTiles(area, context);
}

/** Hextile, or an encoding that adds to it. */
export interface TileKind {
  readonly act: string;
  /** All that a mask may have. */
  readonly masks: number;
  /** Inflates what follows the mask of a tile, at most `maximum` bytes. */
  readonly inflate?: (isRaw: boolean, deflated: Uint8Array, maximum: number, context: DecodeContext) => Uint8Array;
}

const { Raw, BackgroundSpecified, ForegroundSpecified, AnySubrects, SubrectsColoured, ZlibRaw, ZlibHex } = HextileMask;
const PLAIN = 31;
const SIDE = 16;
const MOST_SUBRECTS = 255;
/** Pixels that a background is filled ahead, at most. */
const MOST_AHEAD = 1024;
const HEXTILE: TileKind = { act: "Cannot read a Hextile tile", masks: PLAIN };

/** As many tiles as have begun. @throws {RfbError} `malformed`, `limit` */
export function advanceTiles(walk: Walk, bytes: Uint8Array, at: number, end: number, kind: TileKind): number {
  const { width, height } = walk.rectangle;
  const across = Math.ceil(width / SIDE);
  const tiles = across * Math.ceil(height / SIDE);
  let { tile } = walk;
  let column = tile % across;
  let row = (tile - column) / across;
  let to = at;
  for (; tile < tiles && to < end; tile++) {
    const area = Math.min(SIDE, width - SIDE * column) * Math.min(SIDE, height - SIDE * row);
    const extent = extentOfTile(bytes, to, end, area, walk.bytesPerPixel, kind);
    if (extent === 0) break;
    to += extent;
    column += 1;
    if (column === across) {
      column = 0;
      row += 1;
    }
  }
  walk.tile = tile;
  walk.done = walk.tile === tiles;
  // QEMU needs thrice as many bytes as Raw at 8 bits a pixel: of a tile, the format itself bounds the length.
  return counted(walk, to - at, "maxRectangleLength");
}

/** Draws the tiles of a Hextile or ZlibHex payload. */
export function drawTiles(
  payload: Uint8Array,
  { x, y, width, height }: Rectangle,
  context: DecodeContext,
  into: Surface,
  kind: TileKind,
): void {
  const { pixel } = context.pixels;
  const { size } = pixel;
  const { pixels, width: stride } = into;
  let background = context.pixels.ofValue(0);
  let foreground = background;
  let next = 0; // where the next tile begins
  let ahead = SIDE;
  for (let top = 0; top < height; top += SIDE) {
    const rows = Math.min(SIDE, height - top);
    let filling = 0;
    let filledTo = 0; // of this row of tiles: up to there the background was filled in, unless a tile has drawn there
    for (let left = 0; left < width; left += SIDE) {
      const columns = Math.min(SIDE, width - left);
      const start = next;
      const extent = extentOfTile(payload, start, payload.length, columns * rows, size, kind);
      next += extent;
      if (extent === 0 || next > payload.length) {
        const reason = `${payload.length - start} bytes of ${extent === 0 ? "its head" : extent}`;
        throw new RfbError("truncated", kind.act, reason, { offset: start });
      }
      let mask = payload[start]!;
      let bytes = payload;
      let at = start + 1;
      if (isDeflated(mask)) {
        mask = (mask & ZlibRaw) !== 0 ? Raw : mask & PLAIN;
        const maximum = mask === Raw ? columns * rows * size : 2 * size + 1 + MOST_SUBRECTS * (size + 2);
        bytes = kind.inflate!(mask === Raw, payload.subarray(at + 2, next), maximum, context);
        at = 0;
        const needed = extentOfBody(mask, bytes, 0, bytes.length, columns * rows, size);
        if (needed !== bytes.length) {
          const code = needed < 0 || needed > bytes.length ? "truncated" : "trailing";
          const reason = `${bytes.length} bytes inflated of ${needed < 0 ? "its head" : needed}`;
          throw new RfbError(code, kind.act, reason, { offset: start });
        }
      }
      if ((mask & Raw) !== 0) {
        readArea(pixel, bytes, at, into, x + left, y + top, columns, rows);
        continue;
      }
      if ((mask & BackgroundSpecified) !== 0) {
        background = readPixel(pixel, bytes, at);
        at += size;
      }
      if ((mask & ForegroundSpecified) !== 0) {
        foreground = readPixel(pixel, bytes, at);
        at += size;
      }
      if (background !== filling || left >= filledTo) {
        // Most tiles have the background of the one before: it is filled ahead, the farther the more often it was right.
        ahead = left === filledTo ? Math.min(2 * ahead, MOST_AHEAD) : SIDE;
        filling = background;
        filledTo = left + Math.min(ahead, width - left);
        fillArea(into, x + left, y + top, filledTo - left, rows, background);
      }
      if ((mask & AnySubrects) === 0) continue;
      const isColoured = (mask & SubrectsColoured) !== 0;
      for (let count = bytes[at++]!; count > 0; count--, at += 2) {
        if (isColoured) {
          foreground = readPixel(pixel, bytes, at);
          at += size;
        }
        const place = bytes[at]!;
        const extents = bytes[at + 1]!;
        const subLeft = place >> 4;
        const subTop = place & 15;
        const subColumns = (extents >> 4) + 1;
        const subRows = (extents & 15) + 1;
        if (subLeft + subColumns > columns || subTop + subRows > rows) {
          const subrectangle = `${subColumns}x${subRows} at ${subLeft},${subTop}`;
          const reason = `a subrectangle of ${subrectangle} leaves ${columns}x${rows}`;
          throw new RfbError("malformed", kind.act, reason, { offset: start });
        }
        const first = (y + top + subTop) * stride + x + left + subLeft;
        for (let to = first, stop = first + subRows * stride; to < stop; to += stride) {
          pixels[to] = foreground;
          if (subColumns > 1) {
            pixels[to + 1] = foreground;
            for (let i = to + 2; i < to + subColumns; i++) pixels[i] = foreground;
          }
        }
      }
    }
  }
  if (next < payload.length) {
    throw new RfbError("trailing", kind.act, `${payload.length - next} bytes after the last one`, { offset: next });
  }
}

/** Writes tile by tile. `pack` may change what was written of each from `start` on. */
export function encodeTiles(
  { width, height, pixels }: Surface,
  { pixels: { format, pixel } }: EncodeContext,
  pack?: (output: Output, start: number) => void,
): Uint8Array {
  const { size } = pixel;
  const output = createOutput(1024 + ((pixels.length * size) >> 1));
  const previous: Colours = { background: UNKNOWN, foreground: UNKNOWN };
  const mosaic = createMosaic();
  for (let top = 0; top < height; top += SIDE) {
    const rows = Math.min(SIDE, height - top);
    for (let left = 0; left < width; left += SIDE) {
      const columns = Math.min(SIDE, width - left);
      const count = columns * rows;
      const start = output.length;
      const from = top * width + left;
      // A tile of one colour is as good as a pixel of it: its one part is never written.
      const isOne = isPlain(pixels, from, width, columns, rows);
      const partColumns = isOne ? 1 : columns;
      const partRows = isOne ? 1 : rows;
      loadValues(format, pixels, from, width, partColumns, partRows, mosaic.values);
      // Each part but those of one colour takes a subrectangle: with more of them, Raw is shorter.
      const most = Math.min(MOST_SUBRECTS, Math.floor((count * size) / (size + 2)));
      if (
        !cutTile(mosaic, partColumns, partRows, most) ||
        !writeMosaic(output, mosaic, pixel, count * size, previous)
      ) {
        const to = extend(output, 1 + count * size);
        output.bytes[to] = Raw;
        writePixels(pixel, output.bytes, to + 1, mosaic.values, 0, count);
        previous.background = previous.foreground = UNKNOWN;
      }
      pack?.(output, start);
    }
  }
  return writtenOf(output);
}

/** What a tile may take over from the one before. */
interface Colours {
  background: number;
  foreground: number;
}

/** No pixel's value. */
const UNKNOWN = -1;

/** Writes a tile that is not Raw. False: it would be longer than `most` and a mask. */
function writeMosaic(
  output: Output,
  { palette, colours, counts, indices, places, sizes, parts }: Mosaic,
  pixel: PixelWriter,
  most: number,
  previous: Colours,
): boolean {
  const { size } = pixel;
  const isColoured = colours > 2;
  const step = isColoured ? size + 2 : 2;
  // The background is the colour that spares most: its parts need not be written.
  let background = 0;
  let length = Number.POSITIVE_INFINITY;
  for (let i = 0; i < colours; i++) {
    let cost = (parts - counts[i]!) * step;
    if (palette[i] !== previous.background) cost += size;
    if (colours === 2 && palette[1 - i] !== previous.foreground) cost += size;
    if (cost < length && parts - counts[i]! <= MOST_SUBRECTS) {
      length = cost;
      background = i;
    }
  }
  if (colours > 1) length += 1;
  if (length > most) return false;

  let mask = 0;
  const start = extend(output, 1 + length);
  const { bytes } = output;
  let at = start + 1;
  if (palette[background] !== previous.background) {
    mask |= BackgroundSpecified;
    previous.background = palette[background]!;
    writePixel(pixel, bytes, at, previous.background);
    at += size;
  }
  if (colours === 2 && palette[1 - background] !== previous.foreground) {
    mask |= ForegroundSpecified;
    previous.foreground = palette[1 - background]!;
    writePixel(pixel, bytes, at, previous.foreground);
    at += size;
  }
  if (colours > 1) {
    mask |= AnySubrects;
    bytes[at++] = parts - counts[background]!;
    if (isColoured) {
      mask |= SubrectsColoured;
      previous.foreground = UNKNOWN;
    }
    for (let i = 0; i < parts; i++) {
      const index = indices[i]!;
      if (index === background) continue;
      if (isColoured) {
        writePixel(pixel, bytes, at, palette[index]!);
        at += size;
      }
      bytes[at] = places[i]!;
      bytes[at + 1] = sizes[i]!;
      at += 2;
    }
  }
  bytes[start] = mask;
  return true;
}

/** Bytes of the tile at `at`, mask included; 0: too few are here to tell. */
function extentOfTile(
  bytes: Uint8Array,
  at: number,
  end: number,
  area: number,
  size: number,
  { act, masks }: TileKind,
): number {
  if (at >= end) return 0;
  const mask = bytes[at]!;
  if ((mask & ~masks) !== 0) throw new RfbError("malformed", act, `subencoding-mask ${mask}`, { offset: at });
  if (isDeflated(mask)) return end - at < 3 ? 0 : 3 + u16(bytes, at + 1);
  return 1 + extentOfBody(mask, bytes, at + 1, end, area, size);
}

/** Bytes that follow a tile's mask, where it is not deflated; -1: too few are here to tell. */
function extentOfBody(mask: number, bytes: Uint8Array, at: number, end: number, area: number, size: number): number {
  if ((mask & Raw) !== 0) return area * size;
  let extent = 0;
  if ((mask & BackgroundSpecified) !== 0) extent += size;
  if ((mask & ForegroundSpecified) !== 0) extent += size;
  if ((mask & AnySubrects) === 0) return extent;
  if (at + extent >= end) return -1;
  return extent + 1 + bytes[at + extent]! * ((mask & SubrectsColoured) !== 0 ? size + 2 : 2);
}

/** A Raw tile is not deflated, whatever else its mask says. */
function isDeflated(mask: number): boolean {
  return (mask & Raw) === 0 && (mask & (ZlibRaw | ZlibHex)) !== 0;
}
