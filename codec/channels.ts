/**
 * Red, green and blue, each by itself.
 *
 * @module
 */

import type { PixelFormat } from "./pixel_format.ts";

/** Whether each channel has eight bits. */
export function isEightBits({ trueColourFlag, redMax, greenMax, blueMax }: PixelFormat): boolean {
  return trueColourFlag !== 0 && redMax === 255 && greenMax === 255 && blueMax === 255;
}

/** `value` of `max`, as one of `full`: rounded half up. */
export function scaledTo(value: number, max: number, full: number): number {
  return Math.floor((value * full * 2 + max) / (2 * max));
}

/** `value` of `max`, as one of 255: rounded half up. */
export function scaledTo255(value: number, max: number): number {
  return scaledTo(value, max, 255);
}
