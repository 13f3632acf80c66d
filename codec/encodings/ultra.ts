import { compressLzo1x, decompressLzo1x } from "../lzo1x.ts";
import { MANY } from "../painter.ts";
import type { Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { putU32, u32 } from "../wire.ts";
import type { DecodeContext, EncodeContext } from "./context.ts";
import { expectBytes, expectLength } from "./payload.ts";
import { decodeRaw, encodeRaw, extentOfRaw } from "./raw.ts";
import { type Advance, advanceCounted } from "./walk.ts";

const ACT = "Cannot read an Ultra rectangle";

/** The length is in front. @throws {RfbError} `limit` */
export const advanceUltra: Advance = advanceCounted(ACT);

/**
 * Ultra, UltraVNC: the pixels as Raw has them, compressed. It builds on nothing that was sent before. A length of 0
 * draws nothing.
 *
 *     0  U32  length
 *     4  U8   LZO1X data × length
 *
 * @throws {RfbError} `truncated`, `trailing`; `malformed`: no LZO1X data, or not of so many pixels
 */
export function decodeUltra(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface): void {
  expectBytes(payload, 0, 4, ACT);
  expectLength(payload, 4 + u32(payload, 0), ACT);
  if (payload.length === 4) return;
  const { x, y, width, height } = rectangle;
  const { pixel } = context.pixels;
  if (into.painter !== undefined && pixel.isVector && width * height >= MANY) {
    if (into.painter.readLzo1x(pixel, payload, 4, x, y, width, height)) return;
  }
  const pixels = decompressLzo1x(payload, 4, extentOfRaw(rectangle, pixel.size), context.memory);
  decodeRaw(pixels, rectangle, context, into);
}

/** The pixels as Raw has them, compressed. */
export function encodeUltra(area: Surface, context: EncodeContext): Uint8Array {
  const data = area.pixels.length === 0 ? new Uint8Array(0) : compressLzo1x(encodeRaw(area, context));
  const payload = new Uint8Array(4 + data.length);
  putU32(payload, 0, data.length);
  payload.set(data, 4);
  return payload;
}
