import type { Compression, Image } from "../../codec/compression.ts";
import type { EncodeContext } from "../../codec/encodings/context.ts";
import { RfbError } from "../../codec/errors.ts";
import { type PixelFormat, RGBX8888 } from "../../codec/pixel_format.ts";
import { createPixelWriters } from "../../codec/pixel_writers.ts";
import type { Surface } from "../../codec/pixels.ts";
import { nodeCompression } from "../../compression/node.ts";
import { loadZlib } from "../../compression/wasm_zlib.ts";
import { createDeflater, createInflater } from "../../compression/zlib.ts";
import type { Random } from "./random.ts";

/** Formats that peers ask for, byte orders aside. */
const COMMON: readonly PixelFormat[] = [
  RGBX8888,
  { ...RGBX8888, redShift: 16, blueShift: 0 },
  { ...RGBX8888, redShift: 24, greenShift: 16, blueShift: 8 },
  { ...RGBX8888, depth: 32 },
  channels(32, 30, [1023, 1023, 1023], [20, 10, 0]),
  channels(16, 16, [31, 63, 31], [11, 5, 0]),
  channels(16, 15, [31, 31, 31], [10, 5, 0]),
  channels(16, 12, [15, 15, 15], [8, 4, 0]),
  channels(8, 8, [7, 7, 3], [5, 2, 0]),
  channels(8, 6, [3, 3, 3], [4, 2, 0]),
  { ...channels(8, 8, [0, 0, 0], [0, 0, 0]), trueColourFlag: 0 },
].flatMap((format) => (format.bitsPerPixel === 8 ? [format] : [format, { ...format, bigEndianFlag: 1 }]));

/** A format that a peer may ask for: one of the common ones, whose tables are made once, or any. */
export function formatOf(random: Random, oneInAny = 200): PixelFormat {
  if (!random.oneIn(oneInAny)) return random.pick(COMMON);
  const bitsPerPixel = random.pick([8, 16, 32]);
  const order = random.pick([
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]);
  const maxes = [0, 0, 0];
  const shifts = [0, 0, 0];
  let from = 0;
  for (const [i, channel] of order.entries()) {
    const left = bitsPerPixel - from - (2 - i); // the channels after this one need a bit each
    const gap = random.below(Math.min(4, left));
    const bits = random.between(1, Math.min(16, left - gap));
    maxes[channel] = 2 ** bits - 1;
    shifts[channel] = from + gap;
    from += gap + bits;
  }
  const depth = random.between(1, bitsPerPixel);
  return { ...channels(bitsPerPixel, depth, maxes, shifts), bigEndianFlag: random.below(2) };
}

/** A small picture of few colours or of many. */
export function pictureOf(random: Random, most = 40): Surface {
  const [width, height] = random.oneIn(8)
    ? [random.between(0, 4 * most), random.between(0, 3)]
    : [random.between(1, most), random.between(1, most)];
  return filled(random, width, height);
}

export function filled(random: Random, width: number, height: number): Surface {
  const pixels = new Uint32Array(width * height);
  const colours = random.pick([1, 2, 2, 3, 4, 8, 16, 17, 100, 300]);
  const isGrey = random.oneIn(3);
  const palette = Array.from({ length: colours }, () => {
    const grey = random.below(256) * 0x010101;
    return (0xff000000 | (isGrey ? grey : random.u32() >>> 8)) >>> 0;
  });
  const kind = random.below(4);
  const longest = random.pick([1, 3, 12, 80, 400]);
  let run = 0;
  let pixel = palette[0]!;
  for (let i = 0; i < pixels.length; i++) {
    // A slope, which gradients and wavelets like; noise; and runs.
    if (kind === 0) pixel = (0xff000000 | (((i % width) * 3 + Math.floor(i / width) * 5) * 0x010203)) >>> 0;
    else if (kind === 1) pixel = palette[random.below(colours)]!;
    else if (run-- === 0) {
      run = random.below(longest);
      pixel = palette[random.below(colours)]!;
    }
    pixels[i] = pixel;
  }
  return { width, height, pixels };
}

/** At the start of a connection. */
export function encodeContextOf(
  format: PixelFormat,
  compression: Compression,
  compressionLevel: number,
  qualityLevel?: number,
  encodingTypes: readonly number[] = [],
): EncodeContext {
  const pixels = createPixelWriters(format);
  return { pixels, compression, memory: { tight: [] }, compressionLevel, qualityLevel, encodingTypes };
}

/** What libraries do. */
export const REAL: Compression = await nodeCompression();

/** The same zlib in another way. */
export const PORTABLE: Compression = { ...REAL, createInflater, createDeflater };

/** As a browser has it. */
export const COMPILED: Compression = { ...REAL, ...(await loadZlib())! };

/**
 * Nothing is compressed: what an encoding deflates stands in its payload as it is, so that changes reach what is behind
 * zlib, and thousands of cases a second do. A JPEG is its size and a colour.
 */
export const STORED: Compression = {
  createInflater: () => ({
    inflate(bytes, maximum) {
      if (bytes.length > maximum) throw new RfbError("limit", "Cannot inflate", `more than ${maximum} bytes`);
      return bytes;
    },
  }),
  createDeflater: () => ({ deflate: (bytes) => bytes.slice() }),
  decodeJpeg: decodeMadeUp,
  decodePng: decodeMadeUp,
  encodeJpeg: encodeMadeUp,
  encodePng: encodeMadeUp,
  createH264Decoder: (width, height, show) => ({
    decode([first = 0, more = 0]) {
      if (first === 255) throw new RfbError("malformed", "Cannot decode a video", "it begins with 255");
      // Blocks of 16, and now and then fewer pixels than asked for, and several pictures at once.
      for (let i = 0; i <= (more & 1); i++)
        show(madeUp(Math.max(1, width + (first & 15) - 4), height + (more & 15), first));
    },
    close() {},
  }),
};

/** What else inflates, by name. */
export const COMPRESSIONS = { real: REAL, portable: PORTABLE, stored: STORED } as const;

function decodeMadeUp(bytes: Uint8Array, width: number, height: number): Image {
  const claimed = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  if (claimed !== ((width * 31 + height) & 0xffff)) throw new RfbError("malformed", "Cannot decode", `size ${claimed}`);
  return madeUp(width, height, bytes[2] ?? 0);
}

function encodeMadeUp({ width, height, data }: Image): Uint8Array {
  const claimed = (width * 31 + height) & 0xffff;
  return Uint8Array.of(claimed >> 8, claimed, data[0] ?? 0);
}

function madeUp(width: number, height: number, grey: number): Image {
  return { width, height, data: new Uint8Array(4 * width * height).fill(grey) };
}

function channels(
  bitsPerPixel: number,
  depth: number,
  maxes: readonly number[],
  shifts: readonly number[],
): PixelFormat {
  const [redMax, greenMax, blueMax] = maxes as [number, number, number];
  const [redShift, greenShift, blueShift] = shifts as [number, number, number];
  return {
    bitsPerPixel,
    depth,
    bigEndianFlag: 0,
    trueColourFlag: 1,
    redMax,
    greenMax,
    blueMax,
    redShift,
    greenShift,
    blueShift,
  };
}
