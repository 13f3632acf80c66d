import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawIndices } from "../../codec/encodings/tight_filters.ts";
import type { PixelFormat } from "../../codec/pixel_format.ts";
import { pixelReadersOf, readArea, type Surface } from "../../codec/pixels.ts";
import { createSurface, fillArea, fillBits } from "../../codec/surfaces.ts";
import { createSimdSurface } from "../../simd/mod.ts";
import { runs } from "../codec/runs.ts";

const UNTOUCHED = 0xdeadbeef;
const SURFACE = { width: 90, height: 50 };

/** An area of more pixels than a painter is asked for, and of fewer. */
const AREA = fc
  .record({
    x: fc.nat(20),
    y: fc.nat(20),
    width: fc.integer({ min: 1, max: 70 }),
    height: fc.integer({ min: 1, max: 30 }),
  })
  .chain((area) => fc.record({ area: fc.constant(area), seed: fc.integer() }));

const FORMATS: Readonly<Record<string, PixelFormat>> = {
  "RGB888 little": formatOf(32, 0, [255, 255, 255], [0, 8, 16]),
  "BGR888 little": formatOf(32, 0, [255, 255, 255], [16, 8, 0]),
  "RGB888 big": formatOf(32, 1, [255, 255, 255], [16, 8, 0]),
  "BGR888 big": formatOf(32, 1, [255, 255, 255], [8, 16, 24]),
  "GBR888 little": formatOf(32, 0, [255, 255, 255], [16, 0, 8]),
  "RGB565 little": formatOf(16, 0, [31, 63, 31], [11, 5, 0]),
  "RGB565 big": formatOf(16, 1, [31, 63, 31], [11, 5, 0]),
  "BGR565 little": formatOf(16, 0, [31, 63, 31], [0, 5, 11]),
  "RGB555 big": formatOf(16, 1, [31, 31, 31], [10, 5, 0]),
  "RGB444 little": formatOf(16, 0, [15, 15, 15], [8, 4, 0]),
  "RGB111 of 16 bits": formatOf(16, 0, [1, 1, 1], [15, 7, 0]),
  "RGB373 of 16 bits": formatOf(16, 0, [7, 127, 7], [10, 3, 0]),
  RGB332: formatOf(8, 0, [7, 7, 3], [0, 3, 6]),
};

describe("A painter draws what loops draw", () => {
  test.skipIf(!canCompile())("there is one (not on workerd: it compiles nothing at run time)", () => {
    expect(createSimdSurface(3, 2).painter).toBeDefined();
  });

  test("fills", () => {
    fc.assert(
      fc.property(AREA, ({ area: { x, y, width, height }, seed }) => {
        same((into) => fillArea(into, x, y, width, height, seed));
      }),
      runs(300),
    );
  });

  test("bits", () => {
    fc.assert(
      fc.property(AREA, ({ area: { x, y, width, height }, seed }) => {
        const bits = noise(3 + ((width + 7) >> 3) * height, seed);
        same((into) => fillBits(into, x, y, width, height, bits, 3, seed, ~seed));
      }),
      runs(300),
    );
  });

  test("palettes, whose faults are told in the same words", () => {
    fc.assert(
      fc.property(AREA, fc.integer({ min: 2, max: 256 }), fc.nat(3), ({ area, seed }, colours, wrong) => {
        const palette = Int32Array.from({ length: 256 }, (_, i) => Math.imul(i + 1, seed | 1));
        const most = wrong === 0 ? 256 : colours;
        const indices = noise(area.width * area.height, seed).map((byte) => byte % most);
        same((into) => drawIndices(indices, rectangle(area), palette, colours, into));
      }),
      runs(300),
    );
  });

  test.each(Object.entries(FORMATS))("%s", (_, format) => {
    const readers = pixelReadersOf(format);
    fc.assert(
      fc.property(
        AREA,
        fc.constantFrom("pixel", "cpixel", "tpixel" as const),
        ({ area: { x, y, width, height }, seed }, kind) => {
          const reader = readers[kind as "pixel"];
          const bytes = noise(5 + width * height * reader.size, seed);
          same((into) => readArea(reader, bytes, 5, into, x, y, width, height));
        },
      ),
      runs(100),
    );
  });

  test("every value of two bytes", () => {
    const bytes = new Uint8Array(2 * 65536).map((_, i) => (i % 2 === 0 ? i >> 1 : i >> 9));
    for (const format of Object.values(FORMATS).filter(({ bitsPerPixel }) => bitsPerPixel === 16)) {
      const [painted, plain] = [createSimdSurface(256, 256), createSurface(256, 256)];
      for (const into of [painted, plain]) readArea(pixelReadersOf(format).pixel, bytes, 0, into, 0, 0, 256, 256);
      expect(painted.pixels).toEqual(plain.pixels);
    }
  });

  test("areas of more bytes than it holds at a time", () => {
    const bytes = noise(4 * 600 * 400, 1);
    const [painted, plain] = [createSimdSurface(600, 400), createSurface(600, 400)];
    for (const into of [painted, plain]) {
      readArea(pixelReadersOf(FORMATS["BGR888 little"]!).pixel, bytes, 0, into, 0, 0, 600, 400);
    }
    expect(painted.pixels).toEqual(plain.pixels);
    const wide = createSimdSurface(40_000, 2);
    readArea(pixelReadersOf(FORMATS["RGB888 little"]!).pixel, bytes, 0, wide, 0, 1, 40_000, 1);
    expect(wide.pixels.subarray(0, 40_000).every((pixel) => pixel === 0)).toBe(true);
    expect(new Uint8Array(wide.pixels.slice(40_000).buffer).filter((_, i) => i % 4 < 3)).toEqual(
      bytes.slice(0, 160_000).filter((_, i) => i % 4 < 3),
    );
  });
});

function canCompile(): boolean {
  try {
    return new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)) !== undefined;
  } catch {
    return false;
  }
}

function formatOf(
  bitsPerPixel: number,
  bigEndianFlag: number,
  [redMax, greenMax, blueMax]: readonly [number, number, number],
  [redShift, greenShift, blueShift]: readonly [number, number, number],
): PixelFormat {
  const depth = bitsPerPixel === 32 ? 24 : bitsPerPixel;
  const [maxes, shifts] = [
    { redMax, greenMax, blueMax },
    { redShift, greenShift, blueShift },
  ];
  return { bitsPerPixel, depth, bigEndianFlag, trueColourFlag: 1, ...maxes, ...shifts };
}

function rectangle(area: { x: number; y: number; width: number; height: number }) {
  return { type: "rectangle", ...area, encodingType: 7 } as const;
}

/** Bytes in which each value occurs, and runs of one do too. */
function noise(length: number, seed: number): Uint8Array {
  let state = seed | 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >>> 24;
  });
}

/** Draws on both kinds of surface: all pixels are the same, those around the area as they were; or the fault is. */
function same(draw: (into: Surface) => void): void {
  const [painted, plain] = [createSimdSurface, createSurface].map((create) => {
    const surface = create(SURFACE.width + 4, SURFACE.height + 4);
    surface.pixels.fill(UNTOUCHED);
    let fault: unknown;
    try {
      draw(surface);
    } catch (error) {
      fault = error;
    }
    return { pixels: fault === undefined ? surface.pixels : undefined, fault: String(fault) };
  });
  expect(painted).toEqual(plain);
}
