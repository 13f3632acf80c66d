import { readPixel, type Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { fillArea } from "../surfaces.ts";
import type { DecodeContext } from "./context.ts";
import { expectLength } from "./payload.ts";
import { type Advance, advanceCounted, advanceWhole, type Walk } from "./walk.ts";

/** Cache, UltraVNC: the number of what the client is to have kept. It can be passed on, and not drawn. */
export const advanceUltraCache: Advance = advanceWhole(2);

/** XORZlib, XORMonoRectZlib and XORMultiColorZlib, UltraVNC: a length and so many bytes. They can be passed on. */
export const advanceUltraXor: Advance = advanceCounted("Cannot read a XORZlib rectangle");

/** One pixel. */
export function advanceSolidColor(walk: Walk): number {
  walk.done = true;
  return walk.bytesPerPixel;
}

/**
 * SolidColor, UltraVNC: one pixel for all of the rectangle.
 *
 *     0  PIXEL  colour
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length
 */
export function decodeSolidColor(
  payload: Uint8Array,
  rectangle: Rectangle,
  context: DecodeContext,
  into: Surface,
): void {
  const { pixel } = context.pixels;
  expectLength(payload, pixel.size, "Cannot read a SolidColor rectangle");
  const { x, y, width, height } = rectangle;
  fillArea(into, x, y, width, height, readPixel(pixel, payload, 0));
}
