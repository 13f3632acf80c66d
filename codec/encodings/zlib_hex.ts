import { extend, type Output } from "../output.ts";
import type { Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { putU16 } from "../wire.ts";
import type { DecodeContext, EncodeContext } from "./context.ts";
import { advanceTiles, drawTiles, encodeTiles, HextileMask, type TileKind } from "./hextile.ts";
import type { Walk } from "./walk.ts";

/** Tile by tile: each says how long it is. @throws {RfbError} `malformed`, `limit` */
export function advanceZlibHex(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  return advanceTiles(walk, bytes, at, end, ZLIB_HEX);
}

/**
 * ZlibHex, as UltraVNC has it: {@link decodeHextile} with tiles that may be deflated, those of ZlibRaw in one stream of
 * the connection and those of ZlibHex in another.
 *
 *     U8   subencoding-mask; Raw comes before ZlibRaw, and ZlibRaw before ZlibHex, if there are several
 *     U16  length, if ZlibRaw or ZlibHex
 *     U8   zlib-data × length: the tile's pixels, or what follows the mask in Hextile
 *
 * @throws {RfbError} `truncated`, `trailing`, inflated or not; `malformed`: as in Hextile, or no zlib data; `limit`:
 * data that inflates to more than any tile has
 */
export function decodeZlibHex(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface): void {
  drawTiles(payload, rectangle, context, into, ZLIB_HEX);
}

/** The payload, of the connection's streams. Tiles of a few bytes are left as they are. */
export function encodeZlibHex(area: Surface, context: EncodeContext): Uint8Array {
  return encodeTiles(area, context, (output, start) => deflateTile(output, start, context));
}

const { Raw, ZlibRaw, ZlibHex } = HextileMask;
const ZLIB_HEX: TileKind = { act: "Cannot read a ZlibHex tile", masks: 127, inflate };

/** A flush takes five bytes, and the length two. UltraVNC's bound. */
const WORTH_DEFLATING = 64;

function inflate(isRaw: boolean, deflated: Uint8Array, maximum: number, context: DecodeContext): Uint8Array {
  const { memory, compression } = context;
  const stream = isRaw ? "zlibHexRaw" : "zlibHex";
  const inflater = memory[stream] ?? compression.createInflater();
  memory[stream] = inflater;
  return inflater.inflate(deflated, maximum);
}

/** Puts the deflated tile in the place of the one at `start`. */
function deflateTile(output: Output, start: number, { memory, compression, compressionLevel }: EncodeContext): void {
  if (output.length - start <= WORTH_DEFLATING) return;
  const mask = output.bytes[start]!;
  const isRaw = mask === Raw;
  const stream = isRaw ? "zlibHexRaw" : "zlibHex";
  const deflater = memory[stream] ?? compression.createDeflater(compressionLevel);
  memory[stream] = deflater;
  const deflated = deflater.deflate(output.bytes.subarray(start + 1, output.length));
  output.length = start;
  extend(output, 3 + deflated.length);
  output.bytes[start] = isRaw ? ZlibRaw : mask | ZlibHex;
  putU16(output.bytes, start + 1, deflated.length);
  output.bytes.set(deflated, start + 3);
}
