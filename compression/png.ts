/**
 * PNG by fast-png, which is handed only what has been found harmless.
 *
 * @module
 */

import { decode, encode } from "fast-png";
import type { Image } from "../codec/compression.ts";
import { RfbError } from "../codec/errors.ts";
import { type Png, type PngHeader, readPng } from "./png_chunks.ts";
import { checkLevel, createInflater } from "./zlib.ts";

/**
 * Every kind of PNG but interlaced ones of fewer than eight bits. Sixteen bits are rounded to eight; colour profiles
 * and gamma are not applied.
 *
 * @throws {RfbError} `malformed`: another size, data of more or fewer bytes than the pixels are, or no PNG
 */
export function decodePng(bytes: Uint8Array, width: number, height: number): Image {
  const png = readPng(bytes, width, height);
  checkData(png.data, png.header);
  const samples = unfiltered(png.file);
  const data = new Uint8Array(4 * width * height);
  const { depth, channels } = png.header;
  if (channels > 1 || depth === 16) {
    const toByte = depth === 16 ? (sample: number): number => Math.round(sample / 257) : (sample: number) => sample;
    fill(samples, channels, colourOf(png.transparency), toByte, data);
  } else {
    const table = png.header.isIndexed ? colours(png) : greys(depth, colourOf(png.transparency)[0]);
    spread(samples, width, height, depth, table, data);
  }
  return { width, height, data };
}

function unfiltered(file: Uint8Array): ArrayLike<number> {
  try {
    return decode(file, { checkCrc: true }).data;
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** An encoder of PNGs: of a palette where 256 colours are enough, else of RGB; no filters. @param level 0 to 9 */
export function createPngEncoder(level: number): (image: Image) => Uint8Array {
  checkLevel(level);
  const options = { zlib: { level: level as 0 } };
  return (image) => {
    const { width, height, data } = image;
    if (!(width > 0 && height > 0) || data.length !== 4 * width * height) {
      throw new RangeError(`Cannot encode a PNG: ${data.length} bytes of ${width} × ${height} pixels`);
    }
    return encode(paletted(image) ?? { width, height, channels: 3, data: rgbOf(data) }, options);
  };
}

/** The image data, inflated once with a bound before fast-png inflates it without one. */
function checkData(data: readonly Uint8Array[], header: PngHeader): void {
  const inflater = createInflater();
  const expected = sizeOfData(header);
  let size = 0;
  try {
    for (const piece of data) size += inflater.inflate(piece, expected - size).length;
  } catch (cause) {
    if (!(cause instanceof RfbError)) throw cause;
    throw malformed(cause.code === "limit" ? `more than the ${expected} bytes of its pixels` : cause.reason, cause);
  }
  if (size !== expected) throw malformed(`${size} bytes of the ${expected} of its pixels`);
}

/** Bytes of all rows, each with its filter, of the one picture or of the seven passes of an interlaced one. */
function sizeOfData({ width, height, channels, depth, isInterlaced }: PngHeader): number {
  const passes = isInterlaced ? ADAM7 : WHOLE;
  let size = 0;
  for (const [x, y, dx, dy] of passes) {
    const columns = Math.ceil((width - x) / dx);
    const rows = Math.ceil((height - y) / dy);
    if (columns > 0 && rows > 0) size += rows * (1 + Math.ceil((columns * channels * depth) / 8));
  }
  return size;
}

/** R, G, B, A of each sample's value. */
type Table = readonly (readonly number[] | undefined)[];

function greys(depth: number, transparent: number | undefined): Table {
  const top = 2 ** depth - 1;
  return Array.from({ length: top + 1 }, (_, value) => {
    const grey = (255 * value) / top;
    return [grey, grey, grey, value === transparent ? 0 : 255];
  });
}

function colours({ palette, transparency }: Png): Table {
  return Array.from({ length: palette.length / 3 }, (_, i) => [
    ...palette.subarray(3 * i, 3 * i + 3),
    transparency[i] ?? 255,
  ]);
}

/** Samples of 16 bits, most significant first. */
function colourOf(transparency: Uint8Array): number[] {
  return Array.from(
    { length: transparency.length >> 1 },
    (_, i) => 256 * transparency[2 * i]! + transparency[2 * i + 1]!,
  );
}

/** Samples of 1 to 8 bits, rows in whole bytes. */
function spread(
  samples: ArrayLike<number>,
  width: number,
  height: number,
  depth: number,
  table: Table,
  into: Uint8Array,
): void {
  const stride = Math.ceil((width * depth) / 8);
  const mask = 2 ** depth - 1;
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 4) {
      const bit = x * depth;
      const value = (samples[y * stride + (bit >> 3)]! >> (8 - depth - (bit & 7))) & mask;
      const colour = table[value];
      if (colour === undefined) throw malformed(`palette index ${value} of ${table.length}`);
      into[to] = colour[0]!;
      into[to + 1] = colour[1]!;
      into[to + 2] = colour[2]!;
      into[to + 3] = colour[3]!;
    }
  }
}

/** Grey, RGB, or either with alpha. */
function fill(
  samples: ArrayLike<number>,
  channels: number,
  transparent: readonly number[],
  toByte: (sample: number) => number,
  into: Uint8Array,
): void {
  const isGrey = channels < 3;
  const hasAlpha = channels % 2 === 0;
  for (let from = 0, to = 0; to < into.length; from += channels, to += 4) {
    const red = samples[from]!;
    const green = isGrey ? red : samples[from + 1]!;
    const blue = isGrey ? red : samples[from + 2]!;
    into[to] = toByte(red);
    into[to + 1] = toByte(green);
    into[to + 2] = toByte(blue);
    if (hasAlpha) into[to + 3] = toByte(samples[from + channels - 1]!);
    else into[to + 3] = transparent.length > 0 && transparent.every((v, i) => v === samples[from + i]) ? 0 : 255;
  }
}

type Encodable = Parameters<typeof encode>[0];

/** Undefined if it has more than 256 colours. */
function paletted({ width, height, data }: Image): Encodable | undefined {
  const indices = new Map<number, number>();
  const pixels = new Uint8Array(width * height);
  let last = -1;
  let index = 0;
  for (let i = 0, from = 0; i < pixels.length; i++, from += 4) {
    const colour = (data[from]! << 16) | (data[from + 1]! << 8) | data[from + 2]!;
    if (colour !== last) {
      index = indices.get(colour) ?? indices.size;
      if (index === 256) return undefined;
      indices.set(colour, index);
      last = colour;
    }
    pixels[i] = index;
  }
  const depth = indices.size <= 2 ? 1 : indices.size <= 4 ? 2 : indices.size <= 16 ? 4 : 8;
  const palette = [...indices.keys()].map((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]);
  return { width, height, channels: 1, depth, palette, data: packed(pixels, width, height, depth) };
}

/** 8 / depth samples a byte, the first in the highest bits. */
function packed(samples: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  if (depth === 8) return samples;
  const stride = Math.ceil((width * depth) / 8);
  const bytes = new Uint8Array(stride * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const bit = x * depth;
      const at = y * stride + (bit >> 3);
      bytes[at] = bytes[at]! | (samples[i]! << (8 - depth - (bit & 7)));
    }
  }
  return bytes;
}

function rgbOf(rgba: Uint8Array | Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from]!;
    rgb[to + 1] = rgba[from + 1]!;
    rgb[to + 2] = rgba[from + 2]!;
  }
  return rgb;
}

function malformed(reason: string, cause?: unknown): RfbError {
  return new RfbError("malformed", "Cannot decode a PNG", reason, { cause });
}

const WHOLE = [[0, 0, 1, 1]] as const;

/** First column and row of each pass, and the steps between. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
