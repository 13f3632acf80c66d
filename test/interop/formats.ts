import type { PixelFormat } from "../../codec/mod.ts";

/** Pixel formats that clients ask for, named by channels from the highest bit down, and byte order. */
export const FORMATS = {
  rgb888le: format(32, 24, 0, [8, 8, 8], [16, 8, 0]),
  bgr888le: format(32, 24, 0, [8, 8, 8], [0, 8, 16]),
  rgbx888le: format(32, 24, 0, [8, 8, 8], [24, 16, 8]),
  bgrx888le: format(32, 24, 0, [8, 8, 8], [8, 16, 24]),
  rgb888be: format(32, 24, 1, [8, 8, 8], [16, 8, 0]),
  rgbx888be: format(32, 24, 1, [8, 8, 8], [24, 16, 8]),
  rgb101010le: format(32, 30, 0, [10, 10, 10], [20, 10, 0]),
  rgb666le: format(32, 18, 0, [6, 6, 6], [12, 6, 0]),
  rgb565le: format(16, 16, 0, [5, 6, 5], [11, 5, 0]),
  rgb565be: format(16, 16, 1, [5, 6, 5], [11, 5, 0]),
  bgr555le: format(16, 15, 0, [5, 5, 5], [0, 5, 10]),
  rgb332: format(8, 8, 0, [3, 3, 2], [5, 2, 0]),
  bgr233: format(8, 8, 0, [3, 3, 2], [0, 3, 6]),
  rgb222: format(8, 6, 0, [2, 2, 2], [4, 2, 0]),
  rgb111: format(8, 3, 0, [1, 1, 1], [2, 1, 0]),
} as const satisfies Readonly<Record<string, PixelFormat>>;

export type FormatName = keyof typeof FORMATS;

type Three = readonly [number, number, number];

function format(bitsPerPixel: number, depth: number, bigEndianFlag: number, bits: Three, shifts: Three): PixelFormat {
  const [redMax, greenMax, blueMax] = bits.map((count) => 2 ** count - 1) as unknown as Three;
  const [redShift, greenShift, blueShift] = shifts;
  return {
    ...{ bitsPerPixel, depth, bigEndianFlag, trueColourFlag: 1 },
    ...{ redMax, greenMax, blueMax, redShift, greenShift, blueShift },
  };
}
