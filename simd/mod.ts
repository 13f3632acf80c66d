/**
 * Pictures in the memory of WebAssembly, which its vector instructions draw on: fills, palettes and pixels of other formats
 * take a fraction of the time that loops take.
 *
 * ```ts
 * import { createFramebuffer } from "rfb-codec/codec";
 * import { createSimdSurface } from "rfb-codec/simd";
 *
 * const framebuffer = createFramebuffer({ createSurface: createSimdSurface });
 * ```
 *
 * @module
 */

import type { Surface } from "../codec/pixels.ts";
import { createSurface } from "../codec/surfaces.ts";
import { createPainted } from "./painted.ts";

/**
 * A black, transparent picture that is drawn on with vector instructions. It cannot be handed to another thread, nor can its pixels'
 * buffer: they can be copied.
 *
 * It is a plain surface, which draws the same, where it is small, where the host has no such instructions or lets nobody compile
 * (as Cloudflare Workers do not), and where there is no room. V8 sets addresses aside for each, far beyond its pixels, though
 * no memory: who keeps very many at once is better off with plain ones.
 *
 * @param replaced a surface that nobody draws on or looks at any more. The new one is in its memory where it fits into that, and
 *   not black then: touching memory for the first time costs more than drawing does.
 */
export function createSimdSurface(width: number, height: number, replaced?: Surface): Surface {
  return width * height < SMALL ? createSurface(width, height) : createPainted(width, height, replaced);
}

/** Pixels. A server may change the size again and again, for some bytes each time: a small picture is to cost no more than that. */
const SMALL = 128 * 128;
