import { RfbError } from "../errors.ts";
import { within } from "../limits.ts";
import { decompressLzo1x } from "../lzo1x.ts";
import { Encoding, nameOfEncoding } from "../names.ts";
import type { Surface } from "../pixels.ts";
import { decodeRectangle, RECTANGLE_LENGTH, type Rectangle } from "../server/rectangle.ts";
import { u32 } from "../wire.ts";
import type { DecodeContext } from "./context.ts";
import { expectBytes, expectLength } from "./payload.ts";
import { decodeRaw, extentOfRaw } from "./raw.ts";
import type { Walk } from "./walk.ts";

/** The length is in front. The head tells no size that it could be held against. @throws {RfbError} `limit` */
export function advanceUltraZip(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 4) return 0;
  walk.done = true;
  return 4 + within("maxRectangleLength", u32(bytes, at), walk.limits);
}

/**
 * UltraZip, UltraVNC: many rectangles, compressed together. The head means something else than usual: x is the number of
 * rectangles, y + 65535 × width the length of the data once decompressed. A length of 0 draws nothing.
 *
 *     0  U32  length
 *     4  U8   LZO1X data × length; in it, for each rectangle:
 *             its head, as every rectangle has it; its encoding is always Raw
 *             its pixels
 *
 * @throws {RfbError} `truncated`, `trailing`; `limit`; `malformed`: no LZO1X data, or a rectangle that leaves the
 *   framebuffer; `unknownType`: another encoding than Raw
 */
export function decodeUltraZip(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface): void {
  expectBytes(payload, 0, 4, ACT);
  expectLength(payload, 4 + u32(payload, 0), ACT);
  if (payload.length === 4) return;
  const { x: count, y, width } = rectangle;
  const length = within("maxRectangleLength", y + 65535 * width, context.limits);
  const data = decompressLzo1x(payload, 4, length, context.memory);
  let at = 0;
  for (let i = 0; i < count; i++) {
    expectBytes(data, at, RECTANGLE_LENGTH, ACT);
    const part = decodeRectangle(data, at);
    if (part.encodingType !== Encoding.Raw) {
      throw new RfbError("unknownType", ACT, `inner encoding ${nameOfEncoding(part.encodingType)}`, { offset: at });
    }
    if (part.x + part.width > into.width || part.y + part.height > into.height) {
      const reason = `${part.width}x${part.height} at ${part.x},${part.y} leaves the framebuffer of ${into.width}x${into.height}`;
      throw new RfbError("malformed", ACT, reason, { offset: at });
    }
    at += RECTANGLE_LENGTH;
    const length = extentOfRaw(part, context.pixels.pixel.size);
    expectBytes(data, at, length, ACT);
    decodeRaw(data.subarray(at, at + length), part, context, into);
    at += length;
  }
  expectLength(data, at, ACT);
}

const ACT = "Cannot read an UltraZip rectangle";
