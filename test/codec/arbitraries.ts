import * as fc from "fast-check";
import type { PixelFormat } from "../../codec/pixel_format.ts";

export const u8s: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xff });
export const u16s: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xffff });
export const u32s: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xffffffff });
export const s32s: fc.Arbitrary<number> = fc.integer({ min: -0x80000000, max: 0x7fffffff });

export function bytes(maxLength: number, minLength = 0): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength, maxLength });
}

/** A record that is a plain object, as decoders make them: `toStrictEqual` looks at prototypes. */
export function recordOf<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

/** Channels side by side in any order, with gaps, none empty, none past the pixel. */
const trueColourFormats: fc.Arbitrary<PixelFormat> = recordOf({
  bitsPerPixel: fc.constantFrom(8, 16, 32),
  depth: fc.nat(),
  bigEndianFlag: u8s,
  trueColourFlag: fc.integer({ min: 1, max: 255 }),
  order: fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
  widths: fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 3, maxLength: 3 }),
  gaps: fc.array(fc.nat({ max: 3 }), { minLength: 3, maxLength: 3 }),
}).map(({ bitsPerPixel, depth, bigEndianFlag, trueColourFlag, order, widths, gaps }) => {
  const maxes = [0, 0, 0];
  const shifts = [0, 0, 0];
  let from = 0;
  for (const [i, channel] of order.entries()) {
    const left = bitsPerPixel - from - (2 - i); // the channels after this one need a bit each
    const gap = Math.min(gaps[i]!, left - 1);
    const width = Math.min(widths[i]!, left - gap);
    maxes[channel] = 2 ** width - 1;
    shifts[channel] = from + gap;
    from += gap + width;
  }
  return {
    bitsPerPixel,
    depth: 1 + (depth % bitsPerPixel),
    bigEndianFlag,
    trueColourFlag,
    redMax: maxes[0]!,
    greenMax: maxes[1]!,
    blueMax: maxes[2]!,
    redShift: shifts[0]!,
    greenShift: shifts[1]!,
    blueShift: shifts[2]!,
  };
});

/** With a colour map the channel fields say nothing, so they may hold anything. */
const colourMapFormats: fc.Arbitrary<PixelFormat> = recordOf({
  bitsPerPixel: fc.constant(8),
  depth: fc.integer({ min: 1, max: 8 }),
  bigEndianFlag: u8s,
  trueColourFlag: fc.constant(0),
  redMax: u16s,
  greenMax: u16s,
  blueMax: u16s,
  redShift: u8s,
  greenShift: u8s,
  blueShift: u8s,
});

export const pixelFormats: fc.Arbitrary<PixelFormat> = fc.oneof(
  { weight: 4, arbitrary: trueColourFormats },
  { weight: 1, arbitrary: colourMapFormats },
);
