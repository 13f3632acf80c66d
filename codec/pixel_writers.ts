/**
 * Pixels' values to the wire: as most encodings have them, and in the shorter forms of TRLE, ZRLE and Tight.
 *
 * @module
 */

import { isEightBits } from "./channels.ts";
import { bytesPerPixelOf, type PixelFormat } from "./pixel_format.ts";

/** How one kind of pixel is written: byte `i` is the value shifted to the right by `shifts[i]`. */
export interface PixelWriter {
  /** Bytes of a pixel on the wire. */
  readonly size: number;
  /** Of each byte, in the order in which they are written. */
  readonly shifts: readonly [number, number, number, number];
}

/** All that encoders need to know of a format. */
export interface PixelWriters {
  /** What goes on the wire. */
  readonly format: PixelFormat;
  /** For pixels as most encodings have them. */
  readonly pixel: PixelWriter;
  /** For the CPIXELs of ZRLE and TRLE. */
  readonly cpixel: PixelWriter;
  /** For the TPIXELs of Tight. */
  readonly tpixel: PixelWriter;
}

/** Writes a pixel of this value. The caller has made the room. */
export function writePixel(writer: PixelWriter, bytes: Uint8Array, at: number, value: number): void {
  const { size, shifts } = writer;
  bytes[at] = value >>> shifts[0];
  if (size === 1) return;
  bytes[at + 1] = value >>> shifts[1];
  if (size === 2) return;
  bytes[at + 2] = value >>> shifts[2];
  if (size === 4) bytes[at + 3] = value >>> shifts[3];
}

/** Writes `count` pixels of the values from `from` on. The caller has made the room. */
export function writePixels(
  writer: PixelWriter,
  bytes: Uint8Array,
  at: number,
  values: Uint32Array,
  from: number,
  count: number,
): void {
  const { size, shifts } = writer;
  const [s0, s1, s2, s3] = shifts;
  const end = from + count;
  if (size === 1) {
    for (let i = from, to = at; i < end; i++, to++) bytes[to] = values[i]! >>> s0;
  } else if (size === 2) {
    for (let i = from, to = at; i < end; i++, to += 2) {
      const value = values[i]!;
      bytes[to] = value >>> s0;
      bytes[to + 1] = value >>> s1;
    }
  } else {
    for (let i = from, to = at; i < end; i++, to += size) {
      const value = values[i]!;
      bytes[to] = value >>> s0;
      bytes[to + 1] = value >>> s1;
      bytes[to + 2] = value >>> s2;
      if (size === 4) bytes[to + 3] = value >>> s3;
    }
  }
}

/** The bytes of pixels of these values: a view where the host has the same. */
export function pixelBytesOf(writer: PixelWriter, values: Uint32Array): Uint8Array {
  const { size, shifts } = writer;
  // The host's own numbers, which are little-endian: it makes them of others faster than any loop of ours.
  if (size === 1) return new Uint8Array(values);
  if (size === 2 && shifts[0] === 0) return new Uint8Array(new Uint16Array(values).buffer);
  if (size === 4 && shifts[0] === 0) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const bytes = new Uint8Array(values.length * size);
  writePixels(writer, bytes, 0, values, 0, values.length);
  return bytes;
}

/** How pixels of this format are written. */
export function createPixelWriters(format: PixelFormat): PixelWriters {
  const size = bytesPerPixelOf(format);
  const little = format.bigEndianFlag === 0;
  const pixel: PixelWriter = { size, shifts: little ? [0, 8, 16, 24] : bigEndian(size) };
  return { format, pixel, cpixel: cpixelOf(format) ?? pixel, tpixel: tpixelOf(format) ?? pixel };
}

/** Bytes of a CPIXEL, for those who only frame: 3 of 4 where these say it all. */
export function cpixelSizeOf(format: PixelFormat): number {
  return cpixelOf(format)?.size ?? bytesPerPixelOf(format);
}

/** Bytes of a TPIXEL, for those who only frame: 3 of 4 where each channel has 8 bits of 24. */
export function tpixelSizeOf(format: PixelFormat): number {
  return hasShortTpixel(format) ? 3 : bytesPerPixelOf(format);
}

const LOW_BYTES: PixelWriter = { size: 3, shifts: [0, 8, 16, 0] };
const LOW_BYTES_REVERSED: PixelWriter = { size: 3, shifts: [16, 8, 0, 0] };
const HIGH_BYTES: PixelWriter = { size: 3, shifts: [8, 16, 24, 0] };
const HIGH_BYTES_REVERSED: PixelWriter = { size: 3, shifts: [24, 16, 8, 0] };

/** CPIXEL is one byte shorter where 24 bits at either end of 32 say it all, RFC 6143 §7.7.5. */
function cpixelOf(format: PixelFormat): PixelWriter | undefined {
  if (format.bitsPerPixel !== 32 || format.trueColourFlag === 0 || format.depth > 24) return undefined;
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format;
  const used = ((redMax << redShift) | (greenMax << greenShift) | (blueMax << blueShift)) >>> 0;
  const little = format.bigEndianFlag === 0;
  if (used < 2 ** 24) return little ? LOW_BYTES : LOW_BYTES_REVERSED;
  if ((used & 0xff) === 0) return little ? HIGH_BYTES : HIGH_BYTES_REVERSED;
  return undefined;
}

/** TPIXEL is R, G, B whatever the format's shifts and byte order, where each has 8 bits of 24, rfbproto "Tight". */
function tpixelOf(format: PixelFormat): PixelWriter | undefined {
  if (!hasShortTpixel(format)) return undefined;
  return { size: 3, shifts: [format.redShift, format.greenShift, format.blueShift, 0] };
}

function hasShortTpixel(format: PixelFormat): boolean {
  return format.bitsPerPixel === 32 && format.depth === 24 && isEightBits(format);
}

function bigEndian(size: number): readonly [number, number, number, number] {
  if (size === 4) return [24, 16, 8, 0];
  return size === 2 ? [8, 0, 0, 0] : [0, 0, 0, 0];
}
