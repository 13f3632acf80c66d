/**
 * Pictures as other programs write them, to be compared pixel for pixel.
 *
 * @module
 */

import { decode } from "fast-png";

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Three bytes a pixel, row after row. */
  readonly rgb: Uint8Array;
}

export interface Difference {
  /** Pixels that differ; every pixel of the larger picture where the sizes differ. */
  readonly pixels: number;
  /** Where and how they first differ, for people. */
  readonly first?: string;
}

/** How two pictures differ. */
export function comparePictures(a: Picture, b: Picture): Difference {
  if (a.width !== b.width || a.height !== b.height) {
    const pixels = Math.max(a.width * a.height, b.width * b.height);
    return { pixels, first: `${a.width}x${a.height} and ${b.width}x${b.height}` };
  }
  let pixels = 0;
  let first: string | undefined;
  for (let at = 0; at < a.rgb.length; at += 3) {
    if (a.rgb[at] === b.rgb[at] && a.rgb[at + 1] === b.rgb[at + 1] && a.rgb[at + 2] === b.rgb[at + 2]) continue;
    pixels++;
    const pixel = at / 3;
    first ??= `${a.rgb.subarray(at, at + 3)} and ${b.rgb.subarray(at, at + 3)} at ${pixel % a.width},${Math.floor(pixel / a.width)}`;
  }
  return first === undefined ? { pixels } : { pixels, first };
}

/** How many colours a picture has; 1 is blank. Stops counting at `enough`. */
export function countColours({ rgb }: Picture, enough = 1 << 24): number {
  const seen = new Set<number>();
  for (let at = 0; at < rgb.length && seen.size < enough; at += 3) {
    seen.add((rgb[at]! << 16) | (rgb[at + 1]! << 8) | rgb[at + 2]!);
  }
  return seen.size;
}

/**
 * A picture that tells mistakes apart: red grows to the right and green downwards, so that a swap or
 * a shift shows; with areas of one, few and many colours for the encodings to choose between.
 */
export function examplePicture(width: number, height: number): Picture {
  const rgb = new Uint8Array(width * height * 3);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const area = ((x >> 6) + (y >> 6)) % 4;
      const check = ((x >> 3) + (y >> 3)) & 1;
      rgb[at++] = area === 0 ? 0x20 : area === 1 ? check * 0xc8 : Math.floor((x * 255) / width);
      rgb[at++] = area === 0 ? 0x60 : area === 1 ? 0x96 : Math.floor((y * 255) / height);
      rgb[at++] = area === 0 ? 0xa0 : area === 3 ? (x * 7 + y * 13) & 0xff : 0x40;
    }
  }
  return { width, height, rgb };
}

/** Reads a binary PPM ("P6") of 8 bits a sample. */
export function parsePpm(bytes: Uint8Array): Picture {
  // Comments may stand between the numbers; one white space ends the last.
  const header = /^P6\s+(?:#.*\s+)*(\d+)\s+(?:#.*\s+)*(\d+)\s+(?:#.*\s+)*255\s/.exec(latin1(bytes.subarray(0, 1000)));
  if (header === null) throw new Error("Cannot read a PPM picture: its header is not that of P6 with 8 bits");
  const [width, height] = [Number(header[1]), Number(header[2])];
  const rgb = bytes.subarray(header[0].length, header[0].length + width * height * 3);
  if (rgb.length < width * height * 3) throw new Error(`Cannot read a PPM picture: ${rgb.length} bytes of pixels`);
  return { width, height, rgb };
}

/** Reads an X window dump (XWD version 7) of a true colour window, 32 bits a pixel. */
export function parseXwd(bytes: Uint8Array): Picture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const field = (index: number): number => view.getUint32(4 * index);
  const [headerSize, version, format] = [field(0), field(1), field(2)];
  const [width, height, bitsPerPixel, bytesPerLine] = [field(4), field(5), field(11), field(12)];
  if (version !== 7 || format !== 2 || bitsPerPixel !== 32) {
    throw new Error(`Cannot read a window dump: version ${version}, format ${format}, ${bitsPerPixel} bits a pixel`);
  }
  const littleEndian = field(7) === 0;
  const shifts = [field(14), field(15), field(16)].map((mask) => 31 - Math.clz32(mask & -mask));
  const pixels = headerSize + 12 * field(19); // after the colour map
  const rgb = new Uint8Array(width * height * 3);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = view.getUint32(pixels + y * bytesPerLine + 4 * x, littleEndian);
      for (const shift of shifts) rgb[to++] = (pixel >>> shift) & 0xff;
    }
  }
  return { width, height, rgb };
}

/** Reads a PNG of 8 bits a sample, grey or coloured; what alpha says is left out. */
export function parsePng(bytes: Uint8Array): Picture {
  const { width, height, channels, depth, data, palette } = decode(bytes);
  if (depth !== 8 || palette !== undefined) throw new Error(`Cannot read a PNG picture of ${depth} bits`);
  const rgb = new Uint8Array(width * height * 3);
  const colours = channels >= 3 ? 3 : 1;
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let i = 0; i < 3; i++) rgb[3 * pixel + i] = data[pixel * channels + (colours === 3 ? i : 0)]!;
  }
  return { width, height, rgb };
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
