import type { Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { putU32, u32 } from "../wire.ts";
import type { DecodeContext, EncodeContext } from "./context.ts";
import { expectBytes, expectLength } from "./payload.ts";
import { decodeRawPiece, encodeRaw, extentOfRaw } from "./raw.ts";
import { type Advance, advanceCounted } from "./walk.ts";

const ACT = "Cannot read a Zlib rectangle";

/** The length comes first. @throws {RfbError} `limit` */
export const advanceZlib: Advance = advanceCounted(ACT);

/**
 * Zlib, rfbproto "zlib Encoding": a Raw payload, deflated. All rectangles of a connection are one stream.
 *
 *     0  U32  length
 *     4  U8   zlib-data × length
 *
 * A rectangle without pixels may have no data.
 *
 * @throws {RfbError} `truncated` or `trailing`, inflated or not; `malformed`: no zlib data; `limit`: it inflates to
 * more than the pixels
 */
export function decodeZlib(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface): void {
  expectBytes(payload, 0, 4, ACT);
  expectLength(payload, 4 + u32(payload, 0), ACT);
  const { memory, compression } = context;
  memory.zlib ??= compression.createInflater();
  const extent = extentOfRaw(rectangle, context.pixels.pixel.size);
  const pixels = memory.zlib.inflate(payload.subarray(4), extent);
  expectLength(pixels, extent, "Cannot read a Zlib rectangle's pixels");
  decodeRawPiece(pixels, 0, rectangle, context, into);
}

/** The payload, of the connection's stream. */
export function encodeZlib(area: Surface, context: EncodeContext): Uint8Array {
  const { memory, compression, compressionLevel } = context;
  const pixels = encodeRaw(area, context);
  if (pixels.length === 0) return new Uint8Array(4);
  memory.zlib ??= compression.createDeflater(compressionLevel);
  const deflated = memory.zlib.deflate(pixels);
  const payload = new Uint8Array(4 + deflated.length);
  putU32(payload, 0, deflated.length);
  payload.set(deflated, 4);
  return payload;
}
