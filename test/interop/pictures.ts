/**
 * Pictures that bring an encoder into all its ways, and what a pixel format leaves of them.
 *
 * @module
 */

import { type Area, type Cursor, type PixelFormat, pixelReadersOf, type Surface, valuesOf } from "../../codec/mod.ts";
import { createSurface } from "../../codec/surfaces.ts";
import { drawText } from "../../examples/demo/canvas.ts";
import type { Picture } from "../peers/picture.ts";

/** Text, a photograph, flat areas, two, few and many colours, and long runs, side by side in no order of tiles. */
export function mixedPicture(width: number, height: number, kinds: readonly Draw[] = KINDS): Surface {
  const picture = createSurface(width, height);
  redraw(picture, { x: 0, y: 0, width, height }, 1, kinds);
  return picture;
}

/** A photograph alone. */
export function photograph(width: number, height: number): Surface {
  const picture = createSurface(width, height);
  drawPhotograph(picture, { x: 0, y: 0, width, height }, randomFrom(1));
  return picture;
}

/** Draws other things there, each kind in a part of the area. */
export function redraw(picture: Surface, area: Area, seed: number, kinds: readonly Draw[] = KINDS): void {
  const { x, y, width, height } = area;
  const random = randomFrom(seed);
  const columns = Math.ceil(width / 3);
  const rows = Math.ceil(height / 3);
  for (let i = 0; i < 9; i++) {
    const left = columns * (i % 3);
    const top = rows * Math.floor(i / 3);
    const part = {
      x: x + left,
      y: y + top,
      width: Math.min(columns, width - left),
      height: Math.min(rows, height - top),
    };
    if (part.width > 0 && part.height > 0) kinds[i % kinds.length]!(picture, part, random);
  }
}

/** A pointer of several colours, or of two: each pixel is opaque or is not there. Its sides are odd, and no line is like another. */
export function arrow(isTwoColoured = false): Cursor {
  const { width, height, pixels } = createSurface(11, 17);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < Math.min(width, y + 1); x++) {
      const isEdge = x === 0 || x === y;
      const inside = isTwoColoured ? colour(250, 240, 90) : colour(20 * x, 14 * y, 255 - 9 * (x + y));
      pixels[y * width + x] = isEdge ? colour(16, 32, 48) : inside;
    }
  }
  return { hotspotX: 2, hotspotY: 5, width, height, pixels };
}

/** The picture in bytes R, G, B. */
export function rgbOf({ width, height, pixels }: Surface): Picture {
  const rgb = new Uint8Array(3 * width * height);
  for (let i = 0; i < pixels.length; i++) {
    rgb[3 * i] = pixels[i]!;
    rgb[3 * i + 1] = pixels[i]! >>> 8;
    rgb[3 * i + 2] = pixels[i]! >>> 16;
  }
  return { width, height, rgb };
}

/** What is left of the picture after it went through the format. */
export function squeezed({ width, height, pixels }: Surface, format: PixelFormat): Picture {
  const { ofValue } = pixelReadersOf(format);
  return rgbOf({ width, height, pixels: Uint32Array.from(valuesOf(pixels, format), ofValue) });
}

/** How far the samples of two pictures of one size are apart, on average; 255 for pictures of different sizes. */
export function distanceOf(a: Picture, b: Picture): number {
  if (a.width !== b.width || a.height !== b.height) return 255;
  let sum = 0;
  for (let i = 0; i < a.rgb.length; i++) sum += Math.abs(a.rgb[i]! - b.rgb[i]!);
  return sum / a.rgb.length;
}

/** One kind of picture. */
export type Draw = (picture: Surface, area: Area, random: () => number) => void;

/** Soft gradients and noise. */
function drawPhotograph(picture: Surface, area: Area, random: () => number): void {
  each(picture, area, (x, y) => {
    const noise = random() * 12;
    const wave = 60 * Math.sin(x / 17) * Math.cos(y / 23);
    return colour((x * 255) / area.width - noise, 120 + wave + noise, (y * 255) / area.height - noise);
  });
}

/** All kinds. */
export const KINDS: readonly Draw[] = [
  // Text on a plain ground.
  (picture, area, random) => {
    const page = createSurface(area.width, area.height);
    page.pixels.fill(colour(250, 250, 245));
    for (let top = 3; top < area.height; top += 11) {
      const text = Array.from({ length: 60 }, () => String.fromCharCode(33 + Math.floor(random() * 90))).join("");
      drawText(page, 3, top, text, 1, top % 3 === 0 ? 0x802010 : 0x101010);
    }
    each(picture, area, (x, y) => page.pixels[y * page.width + x]!);
  },
  drawPhotograph,
  (picture, area, random) => {
    const one = any(random);
    each(picture, area, () => one);
  },
  // Two colours, in no order.
  (picture, area, random) => {
    const [one, other] = [any(random), any(random)];
    each(picture, area, () => (random() < 0.5 ? one : other));
  },
  // A few colours in blocks: palettes.
  (picture, area, random) => {
    const few = Array.from({ length: 13 }, () => any(random));
    each(picture, area, (x, y) => few[((x >> 2) * 7 + (y >> 2) * 5) % few.length]!);
  },
  // Each row a run, and some longer than a length of one byte.
  (picture, area, random) => {
    const most = Array.from({ length: area.height }, () => any(random));
    each(picture, area, (x, y) => most[x % 97 === 5 ? y : y - (y % 9)]!);
  },
  // A smooth gradient without noise.
  (picture, area) => each(picture, area, (x, y) => colour((x * 200) / area.width, (y * 200) / area.height, x + y)),
  // Noise.
  (picture, area, random) => each(picture, area, () => any(random)),
  // More colours than fit into most palettes.
  (picture, area, random) => {
    const many = Array.from({ length: 150 }, () => any(random));
    each(picture, area, (x, y) => many[((x >> 1) + y * 3) % many.length]!);
  },
];

/** The kinds that RRE makes short: where it is longer than the pixels, these are sent. */
export const DRAWINGS: readonly Draw[] = [0, 2, 4, 5].map((kind) => KINDS[kind]!);

function each(
  picture: Surface,
  { x: left, y: top, width, height }: Area,
  pixel: (x: number, y: number) => number,
): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) picture.pixels[(top + y) * picture.width + left + x] = pixel(x, y);
  }
}

function any(random: () => number): number {
  return colour(random() * 256, random() * 256, random() * 256);
}

function colour(red: number, green: number, blue: number): number {
  const byte = (sample: number): number => Math.max(0, Math.min(255, Math.floor(sample)));
  return (byte(red) | (byte(green) << 8) | (byte(blue) << 16) | (255 << 24)) >>> 0;
}

/** Lehmer's generator: the same picture in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
