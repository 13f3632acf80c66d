import type { Surface } from "../codec/pixels.ts";
import { createSurface } from "../codec/surfaces.ts";
import { KERNELS } from "./kernels.ts";
import { createPainter, type Kernels, type Plan, planOf } from "./painter.ts";

/**
 * A surface with a painter; a plain one where that is not to be had. It has a pixel. It is in the memory of `replaced` where it fits
 * into that, and has what was drawn there on it; else in one of its own.
 */
export function createPainted(width: number, height: number, replaced?: Surface): Surface {
  compiled ??= { module: compile() };
  if (compiled.module === undefined) return createSurface(width, height);
  const plan = planOf(width, height);
  try {
    const place = placeOf(plan, replaced) ?? createPlace(plan, compiled.module);
    const pixels = new Uint32Array(place.memory, plan.pixels, width * height);
    const surface = { width, height, pixels, painter: createPainter(place.kernels, place.memory, plan, width) };
    places.set(surface, place);
    return surface;
  } catch {
    return createSurface(width, height);
  }
}

/** A memory, and what draws in it. */
interface Place {
  readonly memory: ArrayBufferLike;
  readonly kernels: Kernels;
}

/** Where each surface is. */
const places = new WeakMap<Surface, Place>();

/** The place of a surface that is not needed any more, where it is large enough for the plan, and not far too large. */
function placeOf({ pixels, length }: Plan, replaced: Surface | undefined): Place | undefined {
  const place = replaced && places.get(replaced);
  if (place === undefined || replaced?.pixels.byteOffset !== pixels) return undefined;
  const { byteLength } = place.memory;
  return length <= byteLength && 4 * length > byteLength ? place : undefined;
}

function createPlace({ length }: Plan, module: WebAssembly.Module): Place {
  const memory = createMemory(length);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { memory: memory.buffer, kernels: exports as unknown as Kernels };
}

function createMemory(length: number): WebAssembly.Memory {
  try {
    // Half as much again for a larger picture to come: what is not drawn on is addresses, and no memory.
    return memoryOf(Math.min(MOST_PAGES, Math.ceil((1.5 * length) / PAGE)));
  } catch {
    return memoryOf(Math.ceil(length / PAGE));
  }
}

function memoryOf(pages: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: pages, maximum: pages });
}

const PAGE = 65536;
const MOST_PAGES = 65536;
/** Once somebody has asked: undefined where it cannot be had. */
let compiled: { readonly module: WebAssembly.Module | undefined } | undefined;

function compile(): WebAssembly.Module | undefined {
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(KERNELS), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
