import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeCorre } from "../../codec/encodings/corre.ts";
import { decodeHextile, HextileMask } from "../../codec/encodings/hextile.ts";
import { createTileReader, readTile } from "../../codec/encodings/rle_tiles.ts";
import { decodeRre } from "../../codec/encodings/rre.ts";
import { drawIndices } from "../../codec/encodings/tight_filters.ts";
import { decodeUltra } from "../../codec/encodings/ultra.ts";
import { decodeZywrle } from "../../codec/encodings/zywrle.ts";
import { DEFAULT_LIMITS } from "../../codec/limits.ts";
import { compressLzo1x, decompressLzo1x } from "../../codec/lzo1x.ts";
import type { PixelFormat } from "../../codec/pixel_format.ts";
import { pixelReadersOf, readArea, type Surface } from "../../codec/pixels.ts";
import { copyArea, createSurface, fillArea, fillBits } from "../../codec/surfaces.ts";
import { createPainted } from "../../simd/painted.ts";
import { be32, join } from "../codec/bytes.ts";
import { decodeContext } from "../codec/encodings/rectangles.ts";
import { stored } from "../codec/encodings/stored.ts";
import { errorOf } from "../codec/errors.ts";
import { runs } from "../codec/runs.ts";

const UNTOUCHED = 0xdeadbeef;
const SURFACE = { width: 94, height: 54 };

/** Areas of more pixels than a painter is asked for, of fewer, and just as many; up to the surface's edges. */
const AREA = fc
  .record({ width: fc.constantFrom(1, 3, 8, 16, 21, 32, 63, 64, 70, 94), height: fc.integer({ min: 1, max: 30 }) })
  .chain(({ width, height }) =>
    fc.record({
      area: fc.record({
        x: edges(SURFACE.width - width),
        y: edges(SURFACE.height - height),
        width: fc.constant(width),
        height: fc.constant(height),
      }),
      seed: fc.integer(),
    }),
  );

/** Hextile's, with subrectangles, many of a pixel, whose bytes are the halves of numbers. */
const TILES = fc.array(
  fc.record({
    mask: fc.constantFrom(0, 1, 2, 6, 8, 10, 12, 14, 16, 24, 26, 30),
    parts: fc.array(
      fc.oneof(
        fc.nat(0xffff),
        fc.nat(0xff).map((place) => place << 8),
      ),
      { maxLength: 60, size: "max" },
    ),
  }),
  { minLength: 1, maxLength: 5 },
);

function edges(most: number): fc.Arbitrary<number> {
  return fc.oneof(fc.constantFrom(0, most), fc.nat(most));
}

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
  "RGB666 of 16 bits, which have no room for it": formatOf(16, 0, [63, 63, 63], [12, 6, 0]),
  "RGB111 of 16 bits": formatOf(16, 0, [1, 1, 1], [15, 7, 0]),
  "RGB373 of 16 bits": formatOf(16, 0, [7, 127, 7], [10, 3, 0]),
  RGB332: formatOf(8, 0, [7, 7, 3], [0, 3, 6]),
};

describe("A painter draws what loops draw", () => {
  test.skipIf(!canCompile())("there is one (not on workerd: it compiles nothing at run time)", () => {
    expect(createPainted(3, 2).painter).toBeDefined();
  });

  test("fills", () => {
    fc.assert(
      fc.property(AREA, ({ area: { x, y, width, height }, seed }) => {
        same((into) => fillArea(into, x, y, width, height, seed));
      }),
      runs(300),
    );
  });

  test("moves, onto themselves too, in all directions", () => {
    fc.assert(
      fc.property(AREA, fc.nat(), fc.nat(), ({ area: { x, y, width, height }, seed }, right, down) => {
        const near = (at: number, by: number, most: number) => Math.max(0, Math.min(most, at - 3 + (by % 7)));
        const srcX = near(x, right, SURFACE.width - width);
        const srcY = near(y, down, SURFACE.height - height);
        same((into) => {
          for (const i of into.pixels.keys()) into.pixels[i] = Math.imul(i, seed | 1);
          copyArea(into, x, y, width, height, srcX, srcY);
        });
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

  test("tiles of 2 and of 4 bits a pixel, whose faults are told in the same words", () => {
    const pixel = pixelReadersOf(FORMATS.RGB332!).cpixel;
    fc.assert(
      fc.property(AREA, fc.integer({ min: 3, max: 16 }), fc.boolean(), ({ area, seed }, colours, isSound) => {
        const { x, y, width, height } = area;
        const bits = colours > 4 ? 4 : 2;
        const indices = noise(((width * bits + 7) >> 3) * height, seed);
        if (isSound) for (const i of indices.keys()) indices[i]! &= bits === 2 ? 0xaa : 0x22;
        const tile = Uint8Array.of(colours, ...noise(colours, seed), ...indices);
        same((into) => readTile(createTileReader(tile, pixel, "Cannot read it"), into, x, y, width, height));
      }),
      runs(300),
    );
  });

  test("tiles of runs, whose faults are told in the same words behind the same pixels", () => {
    const pixel = pixelReadersOf(FORMATS.RGB332!).cpixel;
    fc.assert(
      fc.property(
        AREA,
        fc.integer({ min: 2, max: 127 }),
        fc.constantFrom(1, 2, 20, 300, 3000),
        fc.constantFrom("", "", "short", "index", "run", "behind"),
        ({ area, seed }, colours, most, fault) => {
          const { x, y, width, height } = area;
          const tile = Uint8Array.of(
            128 + colours,
            ...noise(colours, seed),
            ...runsOf(area, colours, most, seed, fault),
          );
          const ends: number[] = [];
          const faults = expectSameFaults((into) => {
            const reader = createTileReader(tile, pixel, "Cannot read it");
            readTile(reader, into, x, y, width, height);
            ends.push(reader.at);
          });
          expect(faults).toHaveLength(fault === "" || fault === "behind" ? 0 : 2);
          const end = tile.length - (fault === "behind" ? 3 : 0);
          expect(ends).toEqual(faults.length > 0 ? [] : [end, end]);
        },
      ),
      runs(500),
    );
  });

  test.skipIf(!canCompile())(
    "runs on a tile of the largest size it draws itself (not on workerd: it compiles nothing at run time)",
    () => {
      const area = { x: 0, y: 0, width: 64, height: 64 };
      for (const most of [1, 20, 5000]) {
        const bytes = Uint8Array.from(runsOf(area, 127, most, 7, ""));
        const { painter } = createPainted(64, 64);
        expect(painter!.fillRuns(0, 0, 64, 64, bytes, 0, new Int32Array(128), 127)).toBe(bytes.length);
      }
    },
  );

  test.each(Object.entries(FORMATS))("ZYWRLE's coefficients, of each level: %s", (_, format) => {
    const context = decodeContext(format);
    const { size } = context.pixels.cpixel;
    fc.assert(
      fc.property(AREA, fc.constantFrom(-31, -28, -25), fc.nat(3), ({ area, seed }, quality, sparse) => {
        const session = { ...context.session, encodingTypes: [quality] };
        const widths = [Math.min(64, area.width), Math.max(0, area.width - 64)].filter((width) => width > 0);
        const tiles = widths.flatMap((width) => {
          const coefficients = noise(width * area.height * size, seed);
          if (sparse > 0) for (const i of coefficients.keys()) if (i % (7 * sparse) > 3) coefficients[i] = 0;
          return [0, ...(size > 1 ? [0] : []), ...coefficients];
        });
        const payload = stored(Uint8Array.from(tiles));
        const faults = expectSameFaults((into) => {
          const memory = { tight: [] };
          decodeZywrle(payload, rectangle(area), { ...context, session, memory }, into);
        });
        expect(faults).toEqual([]);
      }),
      runs(100),
    );
  });

  test.each(Object.entries(FORMATS))(
    "Hextile's subrectangles, whose faults are told in the same words: %s",
    (_, format) => {
      const context = decodeContext(format);
      const side = fc.oneof(fc.constant(16), fc.integer({ min: 1, max: 16 }));
      fc.assert(
        fc.property(TILES, side, side, fc.integer({ min: -60, max: 60 }), (tiles, columns, rows, wrong) => {
          // Behind the first tile backgrounds are filled ahead, or not: pixels of a fault are none of the next ones.
          const drawn = wrong < 0 ? tiles : tiles.slice(0, 1);
          const last = drawn.length - 1;
          const size = format.bitsPerPixel >> 3;
          const payload = drawn.flatMap((tile, i) => tileOf(tile, size, i < last ? 16 : columns, rows, wrong));
          const area = rectangle({ x: 5, y: 7, width: 16 * last + columns, height: rows });
          const faults = expectSameFaults((into) => decodeHextile(Uint8Array.from(payload), area, context, into));
          if (wrong < 0) expect(faults).toEqual([]);
        }),
        runs(200),
      );
    },
  );

  test.each(["RGB888 big", "RGB565 little"])(
    "more of Hextile's tiles than it holds at a time, and too few bytes: %s",
    (name) => {
      const context = decodeContext(FORMATS[name]!);
      const bytesPerPixel = FORMATS[name]!.bitsPerPixel >> 3;
      const parts = Array.from({ length: 99 }, (_, i) => (i * 7919) & 0xffff);
      for (const across of [3, 250]) {
        const tiles = Array.from({ length: across }, (_, i) =>
          tileOf({ mask: [1, 14, 26, 6][i & 3]!, parts }, bytesPerPixel, 16, 16, -1),
        );
        const payload = Uint8Array.from(tiles.flat());
        const area = rectangle({ x: 1, y: 2, width: 16 * across, height: 16 });
        const size = { width: 4002, height: 20 };
        expect(expectSameFaults((into) => decodeHextile(payload, area, context, into), size)).toEqual([]);
        for (let end = payload.length - 1, i = 0; i < 30; end -= i++) {
          same((into) => decodeHextile(payload.subarray(0, end), area, context, into), size);
        }
      }
    },
  );

  test.skipIf(!canCompile()).each(["RGB888 little", "RGB565 big"])(
    "Hextile's tiles, cut anywhere by the end of what it holds at a time: %s (not on workerd: it compiles nothing at run time)",
    (name) => {
      const context = decodeContext(FORMATS[name]!);
      const area = rectangle({ x: 2, y: 1, width: 16 * 4 + 1, height: 16 * 500 });
      const size = { width: area.width + 3, height: area.height + 2 };
      const [painted, plain] = [createPainted(size.width, size.height), createSurface(size.width, size.height)];
      const { length } = rowOfTiles(FORMATS[name]!);
      for (let phase = 0; phase < length; phase++) {
        const payload = manyTiles(FORMATS[name]!, phase);
        expect(payload.length).toBeGreaterThan(65536);
        const { x, y, width, height } = area;
        expect(painted.painter!.fillTiles(context.pixels.pixel, payload, x, y, width, height)).toBe(true);
        decodeHextile(payload, area, context, plain);
        expect(painted.pixels.findIndex((pixel, i) => pixel !== plain.pixels[i])).toBe(-1);
      }
    },
  );

  test.each(["RGB888 little", "RGB565 big"])(
    "faults of Hextile behind what it holds at a time, and what is drawn next: %s",
    (name) => {
      const context = decodeContext(FORMATS[name]!);
      const bytesPerPixel = FORMATS[name]!.bitsPerPixel >> 3;
      const area = rectangle({ x: 2, y: 1, width: 16 * 4 + 1, height: 16 * 500 });
      const size = { width: area.width + 3, height: area.height + 2 };
      for (const phase of [0, 1, 50, 77]) {
        const sound = manyTiles(FORMATS[name]!, phase);
        const { length } = rowOfTiles(FORMATS[name]!);
        const last = sound.length - length;
        const outside = last + 1 + 2 * bytesPerPixel + 1 + 2 * 9;
        const wrongs = [
          ...[1, 2, 70, length - 1, length].map((missing) => sound.subarray(0, sound.length - missing)),
          join([sound, Uint8Array.of(0)]),
          join([sound, new Uint8Array(70_000)]),
          sound.with(last, 32),
          sound.with(last - length, 0xff),
          sound.with(outside, 0xff).with(outside + 1, 0x10),
          sound.with(outside, 0xff).with(outside + 1, 0x01),
        ];
        for (const wrong of wrongs) {
          const faults = expectSameFaults((into) => decodeHextile(wrong, area, context, into), size);
          expect(faults).toHaveLength(2);
          same((into) => {
            errorOf(() => decodeHextile(wrong, area, context, into));
            decodeHextile(sound, area, context, into);
          }, size);
        }
      }
    },
  );

  test("megabytes of Hextile's tiles", () => {
    const context = decodeContext(FORMATS["BGR888 big"]!);
    const raw = tileOf({ mask: HextileMask.Raw, parts: [] }, 4, 16, 16, -1);
    const row = [...Array<readonly number[]>(60).fill(raw), [0], [0], [2, 1, 2, 3, 4], [0]].flat();
    const payload = join(Array<Uint8Array>(64).fill(Uint8Array.from(row)));
    const size = { width: 1024, height: 1024 };
    expect(payload.length).toBeGreaterThan(3_900_000);
    const faults = expectSameFaults(
      (into) => decodeHextile(payload, rectangle({ x: 0, y: 0, ...size }), context, into),
      size,
    );
    expect(faults).toEqual([]);
  });

  test.each([
    [0, 33],
    [33, 0],
    [0, 0],
  ])("Hextile's tiles of an area of %d × %d", (width, height) => {
    const context = decodeContext(FORMATS["RGB888 little"]!);
    for (const payload of [Uint8Array.of(), Uint8Array.of(2, 1, 2, 3, 4), Uint8Array.of(0)]) {
      const area = rectangle({ x: 1, y: 1, width, height });
      const faults = expectSameFaults((into) => decodeHextile(payload, area, context, into));
      expect(faults).toHaveLength(payload.length === 0 ? 0 : 2);
    }
  });

  test("Hextile's subrectangles of a pixel, one of which is at each place of a tile, and past its edges", () => {
    const context = decodeContext(FORMATS["RGB565 little"]!);
    const area = rectangle({ x: 5, y: 7, width: 13, height: 11 });
    for (let place = 0; place < 256; place++) {
      const places = Array.from({ length: 64 }, (_, i) => (i === 61 ? place : ((i % 13) << 4) | (i % 11)));
      const payload = Uint8Array.of(24, 64, ...places.flatMap((at, i) => [i, place, at, 0]));
      const faults = expectSameFaults((into) => decodeHextile(payload, area, context, into));
      expect(faults).toHaveLength(place >> 4 < 13 && (place & 15) < 11 ? 0 : 2);
    }
  });

  test.each([
    ["RRE", decodeRre, 8],
    ["CoRRE", decodeCorre, 4],
  ] as const)("%s, whose faults are told in the same words behind the same pixels", (_, decode, place) => {
    fc.assert(
      fc.property(
        AREA,
        fc.constantFrom(...Object.values(FORMATS)),
        fc.nat(300),
        fc.constantFrom(1, 64),
        fc.boolean(),
        ({ area, seed }, format, most, maxOverdraw, isSound) => {
          const context = { ...decodeContext(format), limits: { ...DEFAULT_LIMITS, maxOverdraw } };
          const count = Math.min(most, area.width * area.height);
          const payload = partsOf(area, format.bitsPerPixel >> 3, place, count, seed, isSound ? -1 : count - 1);
          expectSameFaults((into) => decode(payload, rectangle(area), context, into));
        },
      ),
      runs(300),
    );
  });

  test("more of RRE's parts than it holds at a time, and the last one is wrong", () => {
    const size = { width: 600, height: 900 };
    const context = { ...decodeContext(FORMATS["RGB888 big"]!), limits: { ...DEFAULT_LIMITS, maxOverdraw: 10_000 } };
    for (const wrong of [-1, 9_999]) {
      const payload = partsOf(WHOLE, 4, 8, 10_000, 5, wrong);
      const faults = expectSameFaults((into) => decodeRre(payload, WHOLE, context, into), size);
      expect(faults).toHaveLength(wrong < 0 ? 0 : 2);
    }
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

  test.each(Object.entries(FORMATS))("Ultra, whose faults are told in the same words: %s", (_, format) => {
    const context = decodeContext(format);
    /** Bytes that are taken out, and put in. */
    const faults = fc.constantFrom([0, 0], [0, 0], [1, 0], [0, 1], [1, 1], [300, 0], [0, 3]);
    fc.assert(
      fc.property(
        AREA,
        fc.constantFrom(5, 40, 3000, 70_000),
        faults,
        fc.nat(),
        ({ area, seed }, most, [taken, put], at) => {
          const sound = lzo1xOf(area.width * area.height * (format.bitsPerPixel >> 3), most, seed);
          const place = at % sound.length;
          const data = join([sound.subarray(0, place), noise(put, seed), sound.subarray(place + taken)]);
          const payload = join([be32(data.length), data]);
          same((into) => decodeUltra(payload, rectangle(area), context, into));
        },
      ),
      runs(100),
    );
  });

  test("Ultra's data, cut anywhere where all of it was held before, and with a byte behind it", () => {
    const data = lzo1xOf(4 * 16 * 8, 30, 11);
    const context = decodeContext(FORMATS["RGB888 little"]!);
    const cuts = Array.from({ length: data.length - 1 }, (_, i) => data.subarray(0, i + 1));
    const draw = (part: Uint8Array, into: Surface) =>
      decodeUltra(join([be32(part.length), part]), rectangle({ x: 0, y: 0, width: 16, height: 8 }), context, into);
    const [painted, plain] = [createPainted(16, 8), createSurface(16, 8)].map((into) =>
      [...cuts, join([data, Uint8Array.of(0)])].map((wrong) => {
        draw(data, into);
        return errorOf(() => draw(wrong, into)).message;
      }),
    );
    expect(painted).toEqual(plain);
  });

  test("Ultra's data, which end where what is held at a time ends, and bytes behind them", () => {
    const run = 65536 - 3 - 257; // behind its instruction: 0, and of its length 255 bytes that are 0 and one more
    const data = join([
      new Uint8Array(256),
      Uint8Array.of(run - 18 - 255 * 255),
      noise(run, 8),
      Uint8Array.of(17, 0, 0),
    ]);
    expect(data).toHaveLength(65536);
    const context = decodeContext(FORMATS["RGB888 little"]!);
    const area = rectangle({ x: 0, y: 0, width: 1, height: run / 4 });
    const draw = (part: Uint8Array, into: Surface) => decodeUltra(join([be32(part.length), part]), area, context, into);
    same((into) => draw(data, into), area);
    const longer = join([data, new Uint8Array(40)]);
    const { painter } = createPainted(area.width, area.height);
    const { pixel } = context.pixels;
    expect(painter?.readLzo1x(pixel, longer, 0, 0, 0, area.width, area.height) ?? false).toBe(false);
    expect(errorOf(() => draw(longer, createPainted(area.width, area.height))).code).toBe("trailing");
  });

  test.each([
    ["of few bytes", 600, 900, 3],
    ["of up to all that is kept, and more", 600, 900, 200_000],
    ["in rows of more bytes than it holds at a time", 40_000, 12, 100_000],
  ])("Ultra's copies and runs, %s", (_, width, height, most) => {
    for (const format of [FORMATS["RGB888 little"]!, FORMATS["RGB565 little"]!]) {
      const data = lzo1xOf(width * height * (format.bitsPerPixel >> 3), most, 3);
      const payload = join([be32(data.length), data]);
      const area = rectangle({ x: 0, y: 0, width, height });
      same((into) => decodeUltra(payload, area, decodeContext(format), into), { width, height });
      const { painter } = createPainted(width, height);
      if (painter === undefined) expect(canCompile()).toBe(false);
      else expect(painter.readLzo1x(pixelReadersOf(format).pixel, payload, 4, 0, 0, width, height)).toBe(true);
    }
  });

  test.skipIf(!canCompile())(
    "Ultra's instructions, cut anywhere by the end of what it holds at a time (not on workerd: it compiles nothing at run time)",
    () => {
      const { pixel } = pixelReadersOf(FORMATS["RGB888 little"]!);
      const copy = Uint8Array.of(0x21, 4, 0); // 3 bytes
      const two = join([Uint8Array.of(0, 1), noise(19, 5), copy]);
      for (let first = 4; first < 4 + two.length; first++) {
        const last = 4 * 256 * 100 - first - 3 - 22 * 4640;
        const begin = [Uint8Array.of(17 + first), noise(first, 6), copy];
        const end = [Uint8Array.of(0, 0, last - 273), noise(last, 7), Uint8Array.of(17, 0, 0)];
        const data = join([...begin, ...new Array<Uint8Array>(4640).fill(two), ...end]);
        const into = createPainted(256, 100);
        expect(into.painter!.readLzo1x(pixel, data, 0, 0, 0, 256, 100)).toBe(true);
        const plain = createSurface(256, 100);
        readArea(pixel, decompressLzo1x(data, 0, 4 * 256 * 100), 0, plain, 0, 0, 256, 100);
        expect(into.pixels).toEqual(plain.pixels);
      }
    },
  );

  test("a copy of Ultra's whose length alone is more bytes than it holds at a time", () => {
    const size = { width: 2100, height: 2100 };
    const data = compressLzo1x(new Uint8Array(4 * size.width * size.height));
    const area = rectangle({ x: 0, y: 0, ...size });
    const payload = join([be32(data.length), data]);
    same((into) => decodeUltra(payload, area, decodeContext(FORMATS["RGB888 little"]!), into), size);
  });

  test("every value of two bytes", () => {
    const bytes = new Uint8Array(2 * 65536).map((_, i) => (i % 2 === 0 ? i >> 1 : i >> 9));
    for (const format of Object.values(FORMATS).filter(({ bitsPerPixel }) => bitsPerPixel === 16)) {
      const [painted, plain] = [createPainted(256, 256), createSurface(256, 256)];
      for (const into of [painted, plain]) readArea(pixelReadersOf(format).pixel, bytes, 0, into, 0, 0, 256, 256);
      expect(painted.pixels).toEqual(plain.pixels);
    }
  });

  test.each([
    [
      "pixels",
      (into: Surface) => readArea(pixelReadersOf(FORMATS["BGR888 little"]!).pixel, MUCH, 0, into, 0, 0, 600, 900),
    ],
    ["bits", (into: Surface) => fillBits(into, 0, 0, 600, 900, MUCH, 1, 7, 8)],
    ["indices", (into: Surface) => drawIndices(MUCH, WHOLE, new Int32Array(256).fill(9), 256, into)],
    ["indices, one of which is wrong", (into: Surface) => drawIndices(FEW, WHOLE, new Int32Array(256), 200, into)],
  ])("areas of more bytes than it holds at a time: %s", (_, draw) => same(draw, { width: 600, height: 900 }));

  test("a row of more bytes than that", () => {
    const bytes = MUCH.subarray(0, 160_000);
    const wide = createPainted(40_000, 2);
    readArea(pixelReadersOf(FORMATS["RGB888 little"]!).pixel, bytes, 0, wide, 0, 1, 40_000, 1);
    expect(wide.pixels.subarray(0, 40_000).every((pixel) => pixel === 0)).toBe(true);
    expect(new Uint8Array(wide.pixels.slice(40_000).buffer).filter((_, i) => i % 4 < 3)).toEqual(
      bytes.filter((_, i) => i % 4 < 3),
    );
  });

  test.skipIf(!canCompile())(
    "what was held before is never drawn (not on workerd: it compiles nothing at run time)",
    () => {
      const into = createPainted(100, 100);
      const { pixel } = pixelReadersOf(FORMATS["RGB888 little"]!);
      readArea(pixel, MUCH, 0, into, 0, 0, 100, 100);
      expect(() => readArea(pixel, MUCH.subarray(0, 399), 0, into, 0, 0, 100, 1)).toThrow("399 bytes of 400");
    },
  );
});

/** A tile's bytes; its subrectangles are made smaller until they are inside, but for the one that is `wrong`. */
function tileOf(
  { mask, parts }: { mask: number; parts: readonly number[] },
  size: number,
  columns: number,
  rows: number,
  wrong: number,
): readonly number[] {
  const bytes = [mask];
  if ((mask & HextileMask.Raw) !== 0) return [mask, ...noise(columns * rows * size, columns)];
  if ((mask & HextileMask.BackgroundSpecified) !== 0) bytes.push(...noise(size, mask));
  if ((mask & HextileMask.ForegroundSpecified) !== 0) bytes.push(...noise(size, mask + 100));
  if ((mask & HextileMask.AnySubrects) === 0) return bytes;
  bytes.push(parts.length);
  for (const [i, part] of parts.entries()) {
    if ((mask & HextileMask.SubrectsColoured) !== 0) bytes.push(...noise(size, part + i));
    if (i === wrong) {
      bytes.push(part >> 8, part & 255);
      continue;
    }
    const [left, top] = [(part >> 12) % columns, ((part >> 8) & 15) % rows];
    const right = Math.min((part >> 4) & 15, columns - 1 - left);
    const down = Math.min(part & 15, rows - 1 - top);
    bytes.push((left << 4) | top, (right << 4) | down);
  }
  return bytes;
}

/** A row of five tiles, the last of which is a column wide: of each kind. */
function rowOfTiles({ bitsPerPixel }: PixelFormat): Uint8Array {
  const size = bitsPerPixel >> 3;
  const parts = Array.from({ length: 20 }, (_, i) => (i * 7919) & 0xffff);
  const tiles = [14, 26, 8, 0].map((mask) => tileOf({ mask, parts }, size, 16, 16, -1));
  return Uint8Array.from([...tiles, tileOf({ mask: HextileMask.Raw, parts }, size, 1, 16, -1)].flat());
}

/** Five hundred such rows, all but the first of which begin so many bytes later. */
function manyTiles(format: PixelFormat, phase: number): Uint8Array {
  const parts = new Array<number>(phase >> 1).fill(0x3300);
  const few = tileOf({ mask: HextileMask.AnySubrects, parts }, 0, 16, 16, -1);
  const first = Uint8Array.from([
    ...few,
    ...(phase % 2 > 0 ? [8, 0] : [0]),
    0,
    12,
    ...noise(format.bitsPerPixel >> 3, 9),
    0,
    0,
  ]);
  return join([first, ...new Array<Uint8Array>(499).fill(rowOfTiles(format))]);
}

/** Runs of up to `most` pixels that cover the area, or have one fault near their end. */
function runsOf(
  { width, height }: { width: number; height: number },
  colours: number,
  most: number,
  seed: number,
  fault: string,
): readonly number[] {
  const random = noise(3 * width * height, seed + 1);
  const bytes: number[] = [];
  for (let left = width * height, i = 0; left > 0; i += 3) {
    const length = Math.min(left, 1 + ((random[i]! * 256 + random[i + 1]!) % most));
    left -= length;
    const isLast = left === 0;
    const index = isLast && fault === "index" ? colours : random[i + 2]! % colours;
    const more = isLast && fault === "run" ? length : length - 1;
    // A run of one pixel has a length now and then.
    if (more === 0 && random[i]! % 8 > 0) bytes.push(index);
    else bytes.push(128 + index, ...new Array<number>(Math.floor(more / 255)).fill(255), more % 255);
  }
  if (fault === "behind") bytes.push(1, 2, 3);
  return fault === "short" ? bytes.slice(0, -1) : bytes;
}

/** A payload of RRE or CoRRE, whose parts are inside, but for one that is too wide or too high by a pixel. */
function partsOf(
  { width, height }: { width: number; height: number },
  size: number,
  place: 4 | 8,
  count: number,
  seed: number,
  wrong: number,
): Uint8Array {
  const random = noise(4 * count, seed);
  const payload = Uint8Array.from([0, 0, count >> 8, count & 255, ...noise(size, seed + 1)]);
  const parts = Array.from({ length: count }, (_, i) => {
    const [across = 0, down = 0, columns = 0, rows = 0] = random.subarray(4 * i, 4 * i + 4);
    const [left, top] = [across % width, down % height];
    const most = [Math.min(columns % 20, width - left), Math.min(rows % 20, height - top)] as const;
    const [right, bottom] = i !== wrong ? most : columns & 1 ? [width - left + 1, 1] : [1, height - top + 1];
    const numbers = [left, top, right, bottom];
    return [
      ...noise(size, seed + i),
      ...numbers.flatMap((number) => (place === 8 ? [number >> 8, number & 255] : [number])),
    ];
  });
  return Uint8Array.from([...payload, ...parts.flat()]);
}

/** LZO1X data of so many bytes, in which every kind of instruction is, with lengths of up to `most`. */
function lzo1xOf(length: number, most: number, seed: number): Uint8Array {
  let state = seed;
  const below = (end: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * end);
  };
  const putLength = (instruction: number, count: number, mask: number): void => {
    if (count <= mask) {
      parts.push(Uint8Array.of(instruction | count));
      return;
    }
    const zeros = Math.ceil((count - mask) / 255) - 1;
    parts.push(Uint8Array.of(instruction), new Uint8Array(zeros), Uint8Array.of(count - mask - 255 * zeros));
  };
  const first = below(2) === 0 && length >= 20 ? 0 : Math.min(length, 1 + below(238));
  const parts = first === 0 ? [] : [Uint8Array.of(17 + first), noise(first, state)];
  let literals = Math.min(first, 4);
  for (let left = length - first; left > 0; ) {
    // What is left can always be said by one more instruction.
    const some = (least: number) => (left < 20 ? left : Math.min(left - 10, least + below(below(2) === 0 ? 10 : most)));
    const to = length - left;
    if (literals === 0 && (to === 0 || (left >= 4 && below(3) === 0))) {
      const run = some(4);
      putLength(0, run - 3, 15);
      parts.push(noise(run, state));
      literals = 4;
      left -= run;
      continue;
    }
    const reach = [20, 1000, 3072, 49_151][below(4)]!;
    const distance = 1 + below(Math.min(to, reach));
    const isSmall =
      literals > 0 && left >= 20 && (literals === 4 ? distance > 2048 && distance <= 3072 : distance <= 1024);
    const copied = isSmall ? (literals === 4 ? 3 : 2) : some(3);
    left -= copied;
    const more = left >= 20 ? below(4) : 0;
    left -= more;
    if (isSmall) {
      const back = distance - (literals === 4 ? 2049 : 1);
      parts.push(Uint8Array.of(((back & 3) << 2) | more, back >> 2));
    } else if (distance <= 2048 && copied <= 8) {
      parts.push(Uint8Array.of(((copied - 1) << 5) | (((distance - 1) & 7) << 2) | more, (distance - 1) >> 3));
    } else {
      const isNear = distance <= 16384;
      const back = distance - (isNear ? 1 : 16384);
      if (isNear) putLength(32, copied - 2, 31);
      else putLength(16 | ((back >> 14) << 3), copied - 2, 7);
      parts.push(Uint8Array.of(((back & 63) << 2) | more, (back >> 6) & 255));
    }
    parts.push(noise(more, state));
    literals = more;
  }
  return join([...parts, Uint8Array.of(17, 0, 0)]);
}

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

/** Draws on both kinds of surface: all pixels are the same, and what is around them in memory; or the fault is. */
function same(draw: (into: Surface) => void, { width, height } = SURFACE): void {
  const [painted, plain] = [createPainted, createSurface].map((create) => {
    const surface = create(width, height);
    surface.pixels.fill(UNTOUCHED);
    let fault: unknown;
    try {
      draw(surface);
    } catch (error) {
      fault = error;
    }
    const { buffer, byteOffset, byteLength } = surface.pixels;
    const around = [new Uint8Array(buffer, Math.max(0, byteOffset - 16), Math.min(16, byteOffset))];
    around.push(new Uint8Array(buffer, byteOffset + byteLength));
    expect(around.every((bytes) => bytes.every((byte) => byte === 0))).toBe(true);
    return { pixels: fault === undefined ? surface.pixels : undefined, fault: String(fault) };
  });
  expect(painted!.fault).toBe(plain!.fault);
  expect(painted!.pixels?.findIndex((pixel, i) => pixel !== plain!.pixels![i]) ?? -1).toBe(-1);
}

/** As {@link same}, and what was drawn before a fault is too. @returns what it is, twice */
function expectSameFaults(draw: (into: Surface) => void, size = SURFACE): readonly string[] {
  const faults: string[] = [];
  same((into) => {
    try {
      draw(into);
    } catch (error) {
      faults.push(String(error));
    }
  }, size);
  expect(faults[0]).toBe(faults[1]);
  return faults;
}

const MUCH = noise(4 * 600 * 900, 1);
const FEW = MUCH.map((byte, i) => (i === 400_001 ? 201 : byte % 200));
const WHOLE = rectangle({ x: 0, y: 0, width: 600, height: 900 });
