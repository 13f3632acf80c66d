import { RfbError } from "../errors.ts";
import { within } from "../limits.ts";
import type { PixelFormat } from "../pixel_format.ts";
import { type PixelReader, pixelReadersOf, readPixels, type Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { newSizeOf } from "../session.ts";
import { u8, u32 } from "../wire.ts";
import type { DecodeContext } from "./context.ts";
import { drawImage } from "./images.ts";
import { expectLength } from "./payload.ts";
import { type Walk, withinRectangle } from "./walk.ts";

/** Bytes before the body, of all of ATEN's encodings. */
const HEAD_LENGTH = 8;

/** Hermon's. */
const HERMON_HEAD_LENGTH = 10;
const TILE_HEAD_LENGTH = 6;
const TILE_SIDE = 16;
const TILE_LENGTH = TILE_HEAD_LENGTH + 2 * TILE_SIDE * TILE_SIDE;

/** What a Hermon body is made of. */
const TILES = 0;
const FRAME = 1;

/**
 * AST2100, ASTJPEG, Yarkon and Pilot3, of ATEN's boards in servers of Supermicro's: the head says how much follows.
 *
 *     0  U32  mode
 *     4  U32  length
 */
export function advanceAten(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  if (end - at < HEAD_LENGTH) return 0;
  walk.done = true;
  return HEAD_LENGTH + within("maxVendorLength", u32(bytes, at + 4), walk.limits);
}

/** As {@link advanceAten}; it draws pixels of 16 bits, so that the rectangle says how many bytes make sense. */
export function advanceAtenHermon(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  if (end - at < HEAD_LENGTH) return 0;
  walk.done = true;
  return HEAD_LENGTH + withinRectangle(walk, u32(bytes, at + 4), ACT);
}

/**
 * Hermon, ATEN: pixels of 5 bits a channel, red highest, in little-endian 16 bits, whatever the format in force.
 * Nobody has published a specification; this is what boards were seen to send.
 *
 *      0  U32  mode
 *      4  U32  length of what follows; with the screen off there may be nothing
 *      8  U8   type: 0 tiles of 16 × 16, 1 all pixels
 *      9       padding
 *     10  U32  number of tiles
 *     14  U32  length, once more
 *     18       4 bytes unknown, U8 row, column, 16 × 16 pixels  × number of tiles; or pixels
 *
 * Tiles at the right and lower edges reach beyond the screen: what is outside is not drawn.
 *
 * @throws {RfbError} `truncated`, `trailing`; `malformed`: lengths that differ, a type nobody has seen, a tile outside
 */
export function decodeAtenHermon(
  payload: Uint8Array,
  rectangle: Rectangle,
  context: DecodeContext,
  into: Surface,
): void {
  const length = u32(payload, 4);
  expectLength(payload, HEAD_LENGTH + length, ACT);
  if (length === 0 || newSizeOf(rectangle) === undefined) return; // the screen is off
  const type = u8(payload, HEAD_LENGTH);
  const total = u32(payload, HEAD_LENGTH + 6);
  if (total !== length) throw new RfbError("malformed", ACT, `a body of ${total} bytes in ${length}`);
  const body = payload.subarray(HEAD_LENGTH + HERMON_HEAD_LENGTH);
  switch (type) {
    case TILES:
      expectLength(body, u32(payload, HEAD_LENGTH + 2) * TILE_LENGTH, ACT);
      drawTiles(body, rectangle, context, into);
      return;
    case FRAME:
      expectLength(body, 2 * rectangle.width * rectangle.height, ACT);
      drawPart(body, 0, rectangle, rectangle, context, into);
      return;
    default:
      throw new RfbError("malformed", ACT, `type ${type}`, { offset: HEAD_LENGTH });
  }
}

const ACT = "Cannot read a Hermon rectangle";

function drawTiles(body: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface): void {
  for (let at = 0; at < body.length; at += TILE_LENGTH) {
    const x = TILE_SIDE * u8(body, at + 5);
    const y = TILE_SIDE * u8(body, at + 4);
    const width = Math.min(TILE_SIDE, rectangle.width - x);
    const height = Math.min(TILE_SIDE, rectangle.height - y);
    if (width <= 0 || height <= 0) {
      const reason = `a tile at ${x},${y} of ${rectangle.width}x${rectangle.height}`;
      throw new RfbError("malformed", ACT, reason, { offset: at });
    }
    const place = { ...rectangle, x: rectangle.x + x, y: rectangle.y + y, width, height };
    drawPart(body, at + TILE_HEAD_LENGTH, { width: TILE_SIDE, height: TILE_SIDE }, place, context, into);
  }
}

/** Draws a picture of RGB555 pixels as far as it is inside its place and the framebuffer, whose size may be another. */
function drawPart(
  body: Uint8Array,
  at: number,
  { width, height }: { readonly width: number; readonly height: number },
  place: Rectangle,
  { pixels }: DecodeContext,
  into: Surface,
): void {
  const columns = Math.min(place.width, into.width - place.x);
  const rows = Math.min(place.height, into.height - place.y);
  if (columns <= 0 || rows <= 0) return;
  const colours = new Uint32Array(width * height);
  reader ??= pixelReadersOf(RGB555).pixel;
  readPixels(reader, body, at, colours, 0, colours.length);
  const image = { width, height, data: new Uint8Array(colours.buffer) };
  drawImage(image, { ...place, width: columns, height: rows }, pixels, into);
}

/** Made on first use: it has a table of 65536 entries, and few meet such a board. */
let reader: PixelReader | undefined;

const RGB555: PixelFormat = {
  bitsPerPixel: 16,
  depth: 15,
  bigEndianFlag: 0,
  trueColourFlag: 1,
  redMax: 31,
  greenMax: 31,
  blueMax: 31,
  redShift: 10,
  greenShift: 5,
  blueShift: 0,
};
