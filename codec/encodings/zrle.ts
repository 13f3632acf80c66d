import type { Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { putU32, u32 } from "../wire.ts";
import type { DecodeContext, EncodeContext } from "./context.ts";
import { expectBytes, expectLength } from "./payload.ts";
import { writeTiles } from "./rle_tile_writer.ts";
import { createTileReader, readTiles } from "./rle_tiles.ts";
import { type Advance, advanceCounted } from "./walk.ts";

const ACT = "Cannot read a ZRLE rectangle";

/** The length comes first. @throws {RfbError} `limit` */
export const advanceZrle: Advance = advanceCounted(ACT);

/**
 * ZRLE, RFC 6143 §7.7.6: tiles of 64 × 64 pixels, deflated in one stream for the whole connection.
 *
 *     0  U32  length
 *     4       zlib data × length: tiles, see rle_tiles.ts
 *
 * A rectangle without pixels may have no data.
 *
 * @throws {RfbError} `truncated` or `trailing`, inflated or not; `malformed`: no zlib data, a subencoding that is none,
 *   an index that is not in the palette, a run that leaves its tile; `limit`: it inflates to more than any tiles take
 */
export function decodeZrle(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface): void {
  const tiles = inflateTiles(payload, rectangle, context, ACT);
  readTiles(createTileReader(tiles, context.pixels.cpixel, "Cannot read a ZRLE tile"), rectangle, ZRLE_SIDE, into);
}

/** The tiles, each in the way that takes the fewest bytes. */
export function encodeZrle(area: Surface, context: EncodeContext): Uint8Array {
  return deflateTiles(writeTiles(area, context.pixels, ZRLE_SIDE), context);
}

/** Pixels of a tile's width, and of its height. */
export const ZRLE_SIDE = 64;

/** The tiles in a payload of ZRLE or ZYWRLE, which share the stream. @throws {RfbError} */
export function inflateTiles(
  payload: Uint8Array,
  { width, height }: Rectangle,
  { pixels, compression, memory }: DecodeContext,
  act: string,
): Uint8Array {
  expectBytes(payload, 0, 4, act);
  expectLength(payload, 4 + u32(payload, 0), act);
  // The most that sound tiles can take: a palette in each, and each pixel a run of its own.
  const tiles = Math.ceil(width / ZRLE_SIDE) * Math.ceil(height / ZRLE_SIDE);
  const most = tiles * (2 + 127 * pixels.cpixel.size) + width * height * (pixels.cpixel.size + 1);
  memory.zrle ??= compression.createInflater();
  return memory.zrle.inflate(payload.subarray(4), most);
}

/** The payload of ZRLE or ZYWRLE that has these tiles. */
export function deflateTiles(tiles: Uint8Array, { compression, memory, compressionLevel }: EncodeContext): Uint8Array {
  if (tiles.length === 0) return new Uint8Array(4);
  memory.zrle ??= compression.createDeflater(compressionLevel);
  const deflated = memory.zrle.deflate(tiles);
  const payload = new Uint8Array(4 + deflated.length);
  putU32(payload, 0, deflated.length);
  payload.set(deflated, 4);
  return payload;
}
