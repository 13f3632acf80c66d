import type { PixelFormat } from "../pixel_format.ts";
import { squeezersOf } from "../pixel_values.ts";

/** The few values that pixels have, and where. */
export interface Palette {
  /** The commonest first: what is alike in many rectangles then has the same indices, and deflates to less. */
  readonly values: Uint32Array;
  /** One a pixel, into `values`. */
  readonly indices: Uint8Array;
}

/** The values that RGBA pixels have in a format, or undefined where there are more than `most`, which is 256 or less. */
export function paletteOf(pixels: Uint32Array, format: PixelFormat, most: number): Palette | undefined {
  const { red, green, blue } = squeezersOf(format);
  const values = new Int32Array(most); // Int32: as what they are compared with
  const slots = new Int16Array(SLOTS).fill(-1);
  const indices = new Uint8Array(pixels.length);
  const counts = new Uint32Array(most);
  const { length } = pixels;
  let count = 0;
  for (let from = 0; from < length; ) {
    const pixel = pixels[from]!;
    const value = red[pixel & 0xff]! | green[(pixel >>> 8) & 0xff]! | blue[(pixel >>> 16) & 0xff]!;
    let slot = Math.imul(value, SPREAD) >>> SHIFT;
    let index = slots[slot]!;
    while (index >= 0 && values[index] !== value) {
      slot = (slot + 1) % SLOTS;
      index = slots[slot]!;
    }
    if (index < 0) {
      if (count === most) return undefined;
      index = count++;
      values[index] = value;
      slots[slot] = index;
    }
    // Neighbours are equal more often than not.
    let to = from;
    do indices[to++] = index;
    while (to < length && pixels[to] === pixel);
    counts[index]! += to - from;
    from = to;
  }
  return sorted(new Uint32Array(values.buffer, 0, count), counts, indices);
}

function sorted(values: Uint32Array, counts: Uint32Array, indices: Uint8Array): Palette {
  const order = Array.from(values.keys()).sort((a, b) => counts[b]! - counts[a]!);
  if (order.every((index, place) => index === place)) return { values, indices };
  const places = new Uint8Array(values.length);
  for (let place = 0; place < order.length; place++) places[order[place]!] = place;
  const { length } = indices;
  let i = 0;
  // Four a turn: a turn costs as much as an index.
  for (; i + 4 <= length; i += 4) {
    indices[i] = places[indices[i]!]!;
    indices[i + 1] = places[indices[i + 1]!]!;
    indices[i + 2] = places[indices[i + 2]!]!;
    indices[i + 3] = places[indices[i + 3]!]!;
  }
  for (; i < length; i++) indices[i] = places[indices[i]!]!;
  return { values: Uint32Array.from(order, (index) => values[index]!), indices };
}

// Four times as many slots as values: searches end at once.
const SLOTS = 1024;
const SHIFT = 22;
/** 2³² over the golden ratio: multiples of it are spread evenly. */
const SPREAD = 0x9e3779b1;
