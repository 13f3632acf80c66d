/**
 * RGBA pixels to the values that they have in a format.
 *
 * @module
 */

import { isEightBits, scaledTo } from "./channels.ts";
import type { PixelFormat } from "./pixel_format.ts";

/**
 * The values of RGBA pixels in a format. Where the format has a colour map, they are indices into {@link COLOUR_CUBE}.
 */
export function valuesOf(rgba: Uint32Array, format: PixelFormat): Uint32Array {
  const values = new Uint32Array(rgba.length);
  loadValues(format, rgba, 0, rgba.length, rgba.length, 1, values);
  return values;
}

/** The same of an area whose first pixel is at `at`, into the beginning of `into`, row by row. */
export function loadValues(
  format: PixelFormat,
  rgba: Uint32Array,
  at: number,
  stride: number,
  width: number,
  height: number,
  into: Uint32Array,
): void {
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = channelsOf(format);
  const isBytes = isEightBits(format);
  const isAlike = isBytes && redShift === 0 && greenShift === 8 && blueShift === 16;
  const redScale = redMax * PART;
  const greenScale = greenMax * PART;
  const blueScale = blueMax * PART;
  // Three look-ups take half as long again as arithmetic, which is right up to eight bits.
  const squeezers = (redMax | greenMax | blueMax) < 256 ? undefined : squeezersOf(format);
  for (let row = 0, from = at, to = 0; row < height; row++, from += stride) {
    const end = from + width;
    if (isAlike) {
      let i = from;
      // Four pixels a turn: a turn costs as much as a pixel.
      for (; i + 4 <= end; i += 4, to += 4) {
        into[to] = rgba[i]! & 0xffffff;
        into[to + 1] = rgba[i + 1]! & 0xffffff;
        into[to + 2] = rgba[i + 2]! & 0xffffff;
        into[to + 3] = rgba[i + 3]! & 0xffffff;
      }
      for (; i < end; i++, to++) into[to] = rgba[i]! & 0xffffff;
    } else if (isBytes) {
      for (let i = from; i < end; i++, to++) {
        const colour = rgba[i]!;
        into[to] =
          ((colour & 0xff) << redShift) |
          (((colour >>> 8) & 0xff) << greenShift) |
          (((colour >>> 16) & 0xff) << blueShift);
      }
    } else if (squeezers === undefined) {
      for (let i = from; i < end; i++, to++) {
        const colour = rgba[i]!;
        into[to] =
          (((Math.imul(colour & 0xff, redScale) + HALF) >>> 23) << redShift) |
          (((Math.imul((colour >>> 8) & 0xff, greenScale) + HALF) >>> 23) << greenShift) |
          (((Math.imul((colour >>> 16) & 0xff, blueScale) + HALF) >>> 23) << blueShift);
      }
    } else {
      const { red, green, blue } = squeezers;
      for (let i = from; i < end; i++, to++) {
        const colour = rgba[i]!;
        into[to] = red[colour & 0xff]! | green[(colour >>> 8) & 0xff]! | blue[(colour >>> 16) & 0xff]!;
      }
    }
  }
}

/** The colour map that {@link valuesOf} takes for granted: 8 reds, 8 greens, 4 blues; 65535 is full intensity. */
export const COLOUR_CUBE: readonly { readonly red: number; readonly green: number; readonly blue: number }[] =
  /* @__PURE__ */ Array.from({ length: 256 }, (_, i) => ({
    red: scaledTo(i >> 5, 7, 65535),
    green: scaledTo((i >> 2) & 7, 7, 65535),
    blue: scaledTo(i & 3, 3, 65535),
  }));

interface Squeezers {
  readonly red: Int32Array;
  readonly green: Int32Array;
  readonly blue: Int32Array;
}

/** 8-bit channels to their part of a value. Made once a format: small rectangles are many. */
export function squeezersOf(format: PixelFormat): Squeezers {
  let squeezers = SQUEEZERS.get(format);
  if (squeezers !== undefined) return squeezers;
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = channelsOf(format);
  const squeezer = (max: number, shift: number): Int32Array =>
    Int32Array.from({ length: 256 }, (_, channel) => Math.floor((channel * max + 127) / 255) << shift);
  squeezers = {
    red: squeezer(redMax, redShift),
    green: squeezer(greenMax, greenShift),
    blue: squeezer(blueMax, blueShift),
  };
  SQUEEZERS.set(format, squeezers);
  return squeezers;
}

/** A 255th of 2²³, rounded up: the product with a number below 2¹⁶, over 2²³, is that number over 255, rounded down. */
const PART = 0x8081;
/** What makes it rounded to the nearest. */
const HALF = 127 * PART;

type Channels = Pick<PixelFormat, "redMax" | "greenMax" | "blueMax" | "redShift" | "greenShift" | "blueShift">;

function channelsOf(format: PixelFormat): Channels {
  return format.trueColourFlag === 0 ? CUBE : format;
}

const SQUEEZERS: WeakMap<PixelFormat, Squeezers> = new WeakMap();
const CUBE = { redMax: 7, greenMax: 7, blueMax: 3, redShift: 5, greenShift: 2, blueShift: 0 } as const;
