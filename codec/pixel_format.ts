/**
 * PixelFormat: how a pixel is laid out on the wire.
 *
 * @module
 */

import { RfbError } from "./errors.ts";
import { putU8, putU16, u8, u16 } from "./wire.ts";

/** PIXEL_FORMAT, RFC 6143 §7.4. Flags are bytes: 0 is false, anything else true (RealVNC sends 255). */
export interface PixelFormat {
  /** 8, 16 or 32. */
  readonly bitsPerPixel: number;
  /** Bits that carry colour, at most bitsPerPixel. Ask for 24, never 32: peers disagree on what 32 means. */
  readonly depth: number;
  /** Any value but 0: a pixel's first byte is its highest. */
  readonly bigEndianFlag: number;
  /** 0: pixels are indices into the colour map, and the fields below say nothing. */
  readonly trueColourFlag: number;
  /** Greatest value of a channel: 2^n - 1. */
  readonly redMax: number;
  /** Likewise. */
  readonly greenMax: number;
  /** Likewise. */
  readonly blueMax: number;
  /** How far a channel is shifted to the left. */
  readonly redShift: number;
  /** Likewise. */
  readonly greenShift: number;
  /** Likewise. */
  readonly blueShift: number;
}

/** Bytes of a PixelFormat. */
export const PIXEL_FORMAT_LENGTH = 16;

/** Bytes R, G, B and one spare: the format that every server understands alike, one step from RGBA. */
export const RGBX8888: PixelFormat = Object.freeze({
  bitsPerPixel: 32,
  depth: 24,
  bigEndianFlag: 0,
  trueColourFlag: 1,
  redMax: 255,
  greenMax: 255,
  blueMax: 255,
  redShift: 0,
  greenShift: 8,
  blueShift: 16,
});

/**
 * PIXEL_FORMAT, RFC 6143 §7.4.
 *
 *      0  U8   bits-per-pixel
 *      1  U8   depth
 *      2  U8   big-endian-flag
 *      3  U8   true-colour-flag
 *      4  U16  red-max, green-max, blue-max
 *     10  U8   red-shift, green-shift, blue-shift
 *     13       padding
 *
 * @throws {RfbError} `malformed`: channels that are empty, overlap or leave the pixel (a maximum of 0
 *   and a shift past the pixel each brought servers down), or a depth that does not fit
 */
export function decodePixelFormat(bytes: Uint8Array, at = 0): PixelFormat {
  const format = {
    bitsPerPixel: u8(bytes, at),
    depth: u8(bytes, at + 1),
    bigEndianFlag: u8(bytes, at + 2),
    trueColourFlag: u8(bytes, at + 3),
    redMax: u16(bytes, at + 4),
    greenMax: u16(bytes, at + 6),
    blueMax: u16(bytes, at + 8),
    redShift: u8(bytes, at + 10),
    greenShift: u8(bytes, at + 11),
    blueShift: u8(bytes, at + 12),
  };
  const fault = faultOf(format);
  if (fault !== undefined) throw new RfbError("malformed", "Cannot read a PixelFormat", fault, { offset: at });
  return format;
}

/** Writes a PixelFormat's 16 bytes; the padding must be zero already. @throws {RangeError} a field too large */
export function putPixelFormat(bytes: Uint8Array, at: number, format: PixelFormat): void {
  putU8(bytes, at, format.bitsPerPixel);
  putU8(bytes, at + 1, format.depth);
  putU8(bytes, at + 2, format.bigEndianFlag);
  putU8(bytes, at + 3, format.trueColourFlag);
  putU16(bytes, at + 4, format.redMax);
  putU16(bytes, at + 6, format.greenMax);
  putU16(bytes, at + 8, format.blueMax);
  putU8(bytes, at + 10, format.redShift);
  putU8(bytes, at + 11, format.greenShift);
  putU8(bytes, at + 12, format.blueShift);
}

/** The format as its 16 bytes. @throws {RangeError} a field too large */
export function encodePixelFormat(format: PixelFormat): Uint8Array {
  const bytes = new Uint8Array(PIXEL_FORMAT_LENGTH);
  putPixelFormat(bytes, 0, format);
  return bytes;
}

/** Bytes of one pixel: 1, 2 or 4. */
export function bytesPerPixelOf(format: PixelFormat): number {
  return format.bitsPerPixel >> 3;
}

function faultOf(format: PixelFormat): string | undefined {
  const { bitsPerPixel, depth } = format;
  if (bitsPerPixel !== 8 && bitsPerPixel !== 16 && bitsPerPixel !== 32) return `${bitsPerPixel} bits a pixel`;
  if (depth < 1 || depth > bitsPerPixel) return `depth ${depth} in ${bitsPerPixel} bits`;
  if (format.trueColourFlag === 0) {
    return bitsPerPixel === 8 ? undefined : `a colour map with ${bitsPerPixel} bits a pixel`;
  }
  let taken = 0;
  for (const [name, max, shift] of [
    ["red", format.redMax, format.redShift],
    ["green", format.greenMax, format.greenShift],
    ["blue", format.blueMax, format.blueShift],
  ] as const) {
    if (max === 0 || (max & (max + 1)) !== 0) return `${name}-max ${max}`;
    // Multiplied, not shifted: 65535 << 31 does not fit a 32-bit integer.
    const bits = max * 2 ** shift;
    if (bits >= 2 ** bitsPerPixel) return `${name} of max ${max} shifted by ${shift} in ${bitsPerPixel} bits`;
    if ((taken & bits) !== 0) return `${name} overlaps another channel`;
    taken |= bits;
  }
  return undefined;
}
