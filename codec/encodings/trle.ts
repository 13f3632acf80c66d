import { RfbError } from "../errors.ts";
import { cpixelSizeOf } from "../pixel_writers.ts";
import type { Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import type { DecodeContext, EncodeContext } from "./context.ts";
import { writeTiles } from "./rle_tile_writer.ts";
import {
  checkPaletteKept,
  createTileReader,
  packedBitsOf,
  packedLengthOf,
  readTiles,
  Subencoding,
  unknownSubencoding,
} from "./rle_tiles.ts";
import { counted, type Walk } from "./walk.ts";

/**
 * There is no length: the end is where the last run of the last tile is. In the walk `stage` is what comes next, `tile`
 * the number of tiles begun, `left` how many pixels of the tile no run has covered, `size` the last palette's colours.
 *
 * @throws {RfbError} `malformed`, as {@link decodeTrle}, but for indices; `limit`: the payload
 */
export function advanceTrle(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  const { width, height } = walk.rectangle;
  const tiles = Math.ceil(width / SIDE) * Math.ceil(height / SIDE);
  const pixelSize = cpixelSizeOf(walk.session.pixelFormat!);
  let to = at;
  for (;;) {
    if (walk.stage === TILE && walk.tile === tiles) {
      walk.done = true;
      return counted(walk, to - at, "maxRectangleLength");
    }
    if (to >= end) return counted(walk, to - at, "maxRectangleLength");
    if (walk.stage === TILE) to += beginTile(walk, bytes[to]!, pixelSize, to);
    else to = passRuns(walk, bytes, to, end, pixelSize);
  }
}

/**
 * TRLE, RFC 6143 §7.7.5: tiles of 16 × 16 pixels, see rle_tiles.ts, one after the other. The RFC lets 127 and 129 follow
 * a tile with a palette only. Here, as in libvncclient, the palette also outlives tiles without one, and that of a tile
 * in one colour is that colour. It never outlives the rectangle.
 *
 * @throws {RfbError} `truncated`, `trailing`; `malformed`: a subencoding that is none, an index that is not in the
 *   palette, a run that leaves its tile, a palette to be used again that there is not
 */
export function decodeTrle(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface): void {
  readTiles(createTileReader(payload, context.pixels.cpixel, ACT, true), rectangle, SIDE, into);
}

/** The tiles, each in the way that takes the fewest bytes. */
export function encodeTrle(area: Surface, context: EncodeContext): Uint8Array {
  return writeTiles(area, context.pixels, SIDE, false);
}

const ACT = "Cannot read a TRLE tile";
const SIDE = 16;

/** What comes next: a tile, a run with a pixel, a run with an index, or a byte of the length of one or the other. */
const TILE = 0;
const PIXEL = 1;
const INDEX = 2;
const PIXEL_LENGTH = 3;
const INDEX_LENGTH = 4;

/** Bytes of a tile up to its runs, or to its end where it has none. */
function beginTile(walk: Walk, subencoding: number, pixelSize: number, at: number): number {
  const { width, height } = walk.rectangle;
  const columns = Math.ceil(width / SIDE);
  const column = walk.tile % columns;
  const tileWidth = Math.min(SIDE, width - column * SIDE);
  const tileHeight = Math.min(SIDE, height - ((walk.tile - column) / columns) * SIDE);
  walk.tile++;
  if (subencoding === Subencoding.Raw) return 1 + tileWidth * tileHeight * pixelSize;
  if (subencoding > Subencoding.MostPacked && subencoding < Subencoding.PackedAgain) {
    throw unknownSubencoding(subencoding, ACT, at);
  }
  if (subencoding === Subencoding.Runs) {
    walk.left = tileWidth * tileHeight;
    walk.stage = PIXEL;
    return 1;
  }
  const isAgain = subencoding === Subencoding.PackedAgain || subencoding === Subencoding.PaletteRunsAgain;
  if (isAgain) checkPaletteKept(subencoding, walk.size, ACT, at);
  else walk.size = subencoding & 127;
  const paletteLength = isAgain ? 0 : walk.size * pixelSize;
  if (subencoding < Subencoding.Runs) {
    return 1 + paletteLength + packedLengthOf(packedBitsOf(walk.size), tileWidth, tileHeight);
  }
  walk.left = tileWidth * tileHeight;
  walk.stage = INDEX;
  return 1 + paletteLength;
}

/** @returns where the tile's runs end; or else `end`, or behind it, where a pixel is that has not all come */
function passRuns(walk: Walk, bytes: Uint8Array, at: number, end: number, pixelSize: number): number {
  let { stage, left } = walk;
  let to = at;
  while (to < end && stage !== TILE) {
    if (stage === PIXEL) {
      to += pixelSize;
      left--;
      stage = PIXEL_LENGTH;
      continue;
    }
    const byte = bytes[to++]!;
    if (stage === INDEX) {
      left--;
      if (byte > 127) {
        stage = INDEX_LENGTH;
        continue;
      }
    } else {
      left -= byte;
      if (left < 0) throw new RfbError("malformed", ACT, "a run that leaves the tile", { offset: to - 1 });
      if (byte === 255) continue;
      stage = stage === PIXEL_LENGTH ? PIXEL : INDEX;
    }
    if (left === 0) stage = TILE;
  }
  walk.stage = stage;
  walk.left = left;
  return to;
}
