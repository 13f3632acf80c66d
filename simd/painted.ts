import type { Surface } from "../codec/pixels.ts";
import { createSurface } from "../codec/surfaces.ts";
import { KERNELS } from "./kernels.ts";
import { createPainter, type Kernels, planOf } from "./painter.ts";

/** A surface with a painter, in a memory of its own; a plain one where that is not to be had. It has a pixel. */
export function createPainted(width: number, height: number): Surface {
  compiled ??= { module: compile() };
  if (compiled.module === undefined) return createSurface(width, height);
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
