/**
 * Pictures in the memory of WebAssembly, which its vector instructions draw on: fills, palettes and pixels of other formats
 * take a fraction of the time that loops take.
 *
 * ```ts
 * import { createFramebuffer } from "rfb-codec";
 * import { createSimdSurface } from "rfb-codec/simd";
 *
 * const framebuffer = createFramebuffer({ createSurface: createSimdSurface });
 * ```
 *
 * @module
 */

import type { Surface } from "../codec/pixels.ts";
import { createSurface } from "../codec/surfaces.ts";
import { KERNELS } from "./kernels.ts";
import { createPainter, type Kernels, planOf } from "./painter.ts";

/**
 * A black, transparent picture that is drawn on with vector instructions. Its pixels cannot be transferred to another thread,
 * only copied. Where the host has no such instructions, lets nobody compile (as Cloudflare Workers do not), or has no room for
 * another memory, it is a plain surface, which draws the same.
 */
export function createSimdSurface(width: number, height: number): Surface {
  compiled ??= { module: compile() };
  if (compiled.module === undefined || width * height === 0) return createSurface(width, height);
  const plan = planOf(width, height);
  const pages = Math.ceil(plan.length / PAGE);
  try {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { exports } = new WebAssembly.Instance(compiled.module, { env: { memory } });
    const pixels = new Uint32Array(memory.buffer, plan.pixels, width * height);
    const painter = createPainter(exports as unknown as Kernels, memory.buffer, plan, width);
    return { width, height, pixels, painter };
  } catch {
    return createSurface(width, height);
  }
}

const PAGE = 65536;
/** Once somebody has asked: undefined where it cannot be had. */
let compiled: { readonly module: WebAssembly.Module | undefined } | undefined;

function compile(): WebAssembly.Module | undefined {
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(KERNELS), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
