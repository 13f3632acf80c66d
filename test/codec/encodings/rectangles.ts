import { equals } from "@std/bytes";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DECODERS, type DecodeContext, ENCODERS, type EncodeContext } from "../../../codec/encodings/mod.ts";
import { RfbError } from "../../../codec/errors.ts";
import { createServerFramer } from "../../../codec/framer.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { type PixelFormat, RGBX8888 } from "../../../codec/pixel_format.ts";
import { createPixelWriters } from "../../../codec/pixel_writers.ts";
import { type PixelOutput, pixelReadersOf, type Surface } from "../../../codec/pixels.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import type { Session } from "../../../codec/session.ts";
import { createSurface, cutOut } from "../../../codec/surfaces.ts";
import { createPngEncoder, decodePng } from "../../../compression/png.ts";
import { createDeflater, createInflater } from "../../../compression/zlib.ts";
import { bytes } from "../arbitraries.ts";
import { bytewise, cut, hex, join } from "../bytes.ts";
import { runs } from "../runs.ts";
import { NORMAL, type Run, rectangleHead, runFramer, update } from "../streams.ts";

const big: PixelFormat = { ...RGBX8888, bigEndianFlag: 1 };
const rgb332: PixelFormat = NORMAL.pixelFormat!;
const rgb565: PixelFormat = {
  ...RGBX8888,
  bitsPerPixel: 16,
  depth: 16,
  redMax: 31,
  greenMax: 63,
  blueMax: 31,
  redShift: 11,
  greenShift: 5,
  blueShift: 0,
};
const rgb555: PixelFormat = { ...rgb565, depth: 15, greenMax: 31, redShift: 10 };
const rgb444: PixelFormat = { ...rgb565, depth: 12, redMax: 15, greenMax: 15, blueMax: 15, redShift: 8, greenShift: 4 };
const colourMap: PixelFormat = {
  ...RGBX8888,
  bitsPerPixel: 8,
  depth: 8,
  trueColourFlag: 0,
  redMax: 0,
  greenMax: 0,
  blueMax: 0,
  greenShift: 0,
  blueShift: 0,
};

/** One of each kind that servers are asked for. */
export const FORMATS = {
  rgbx: RGBX8888,
  bgrx: { ...RGBX8888, redShift: 16, blueShift: 0 },
  xbgr: { ...RGBX8888, redShift: 24, greenShift: 16, blueShift: 8 },
  bigRgbx: big,
  bigBgrx: { ...big, redShift: 16, blueShift: 0 },
  bigXbgr: { ...big, redShift: 24, greenShift: 16, blueShift: 8 },
  rgb101010: {
    ...RGBX8888,
    depth: 30,
    redMax: 1023,
    greenMax: 1023,
    blueMax: 1023,
    redShift: 20,
    greenShift: 10,
    blueShift: 0,
  },
  rgb565,
  bigRgb565: { ...rgb565, bigEndianFlag: 1 },
  rgb555,
  bigRgb555: { ...rgb555, bigEndianFlag: 1 },
  rgb444,
  bigRgb444: { ...rgb444, bigEndianFlag: 1 },
  rgb332,
  rgb222: { ...rgb332, depth: 6, redMax: 3, greenMax: 3, redShift: 4, greenShift: 2 },
  colourMap,
} as const satisfies Record<string, PixelFormat>;

const compression = { createInflater, createDeflater, decodePng, encodePng: createPngEncoder(6) };

/** At the start of a connection. */
export function decodeContext(pixelFormat: PixelFormat, output?: PixelOutput): DecodeContext {
  return {
    session: { ...NORMAL, pixelFormat },
    pixels: pixelReadersOf(pixelFormat, output),
    limits: DEFAULT_LIMITS,
    compression,
    memory: { tight: [] },
  };
}

/** At the start of a connection. */
export function encodeContext(pixelFormat: PixelFormat, compressionLevel = 6): EncodeContext {
  return {
    pixels: createPixelWriters(pixelFormat),
    compression,
    memory: { tight: [] },
    compressionLevel,
    qualityLevel: undefined,
    encodingTypes: [],
  };
}

const MARGIN = 3;
const UNTOUCHED = 0xdeadbeef;

/** What a payload draws, in the middle of a picture whose other pixels must stay as they were. */
export function drawn(
  encodingType: number,
  payload: Uint8Array,
  width: number,
  height: number,
  context: DecodeContext,
): Surface {
  const into = createSurface(width + 2 * MARGIN, height + 2 * MARGIN);
  into.pixels.fill(UNTOUCHED);
  const rectangle: Rectangle = { type: "rectangle", x: MARGIN, y: MARGIN, width, height, encodingType };
  let fault: unknown;
  try {
    DECODERS.get(encodingType)!(payload, rectangle, context, into);
  } catch (error) {
    fault = error;
  }
  for (let y = 0, i = 0; y < into.height; y++) {
    for (let x = 0; x < into.width; x++, i++) {
      const isInside = x >= MARGIN && x < MARGIN + width && y >= MARGIN && y < MARGIN + height;
      if (!isInside && into.pixels[i] !== UNTOUCHED) throw new Error(`Drawn outside: ${x - MARGIN},${y - MARGIN}`);
    }
  }
  if (fault !== undefined) throw fault;
  return cutOut(into, MARGIN, MARGIN, width, height);
}

/** The picture's rows, a character a pixel: `.` for the first colour, and then letters; spaces between rows. */
export function sketch({ width, pixels }: Surface, ...colours: readonly number[]): string {
  let text = "";
  for (let i = 0; i < pixels.length; i++) {
    if (i > 0 && i % width === 0) text += " ";
    text += ".abcdefgh"[colours.indexOf(pixels[i]!)] ?? "?";
  }
  return text;
}

/** 0xRRGGBB in memory. */
export function rgba(colour: number): number {
  return (0xff000000 | ((colour & 0xff) << 16) | (colour & 0xff00) | (colour >> 16)) >>> 0;
}

/** Pictures of each kind that encoders tell apart. */
export function pictures(width: number, height: number): Readonly<Record<string, Surface>> {
  const random = randomNumbers(width * 65536 + height);
  const of = (colourAt: (x: number, y: number) => number): Surface => {
    const surface = createSurface(width, height);
    for (let i = 0; i < surface.pixels.length; i++) {
      surface.pixels[i] = rgba(colourAt(i % width, Math.floor(i / width)));
    }
    return surface;
  };
  const text = (x: number, y: number) => (random() % 4 === 0 && x % 7 > 0 && y % 11 > 2 ? 0x102030 : 0xffffff);
  const windows = (x: number, y: number) => [0x336699, 0xe5e5e5, 0x000000, 0xffcc00][((x >> 3) + (y >> 2)) & 3]!;
  const photo = () => random() & 0xffffff;
  return {
    solid: of(() => 0x336699),
    text: of(text),
    windows: of(windows),
    photo: of(photo),
    // Tiles of all kinds in one rectangle, and colours that go from one to the next.
    mixed: of((x, y) => [windows, photo, text, text][((x >> 4) + (y >> 4)) & 3]!(x, y)),
  };
}

/** The picture as a format leaves it. */
export function squeezed({ width, height, pixels }: Surface, format: PixelFormat): Surface {
  const { ofRgb } = pixelReadersOf(format);
  return {
    width,
    height,
    pixels: pixels.map((pixel) => ofRgb(pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff)),
  };
}

/** Whether both are the same picture: quicker than `toStrictEqual` for thousands of pixels. */
export function isSame(one: Surface, other: Surface): boolean {
  return one.width === other.width && equals(new Uint8Array(one.pixels.buffer), new Uint8Array(other.pixels.buffer));
}

const SIZES: readonly (readonly [number, number])[] = [
  [1, 1],
  [17, 65],
  [65, 17],
  [4096, 1],
  [1, 4096],
];

/** What every encoding that loses nothing must do, whatever its bytes look like. */
export function testLossless(encodingType: number, sizes: readonly (readonly [number, number])[] = SIZES): void {
  const encode = ENCODERS.get(encodingType)!;

  describe.each(Object.entries(FORMATS))("in %s", (_name, format) => {
    test.each(sizes)("a picture of %d × %d comes back as the format leaves it", (width, height) => {
      const encoding = encodeContext(format);
      const decoding = decodeContext(format);
      for (const [name, picture] of Object.entries(pictures(width, height))) {
        const before: Surface = { ...picture, pixels: picture.pixels.slice() };
        const payload = encode(picture, encoding);
        const expected = squeezed(picture, format);
        expect(isSame(drawn(encodingType, payload, width, height, decoding), expected), name).toBe(true);
        expect(isSame(picture, before), name).toBe(true);
      }
    });

    test("any picture comes back", () => {
      fc.assert(
        fc.property(areas, (picture) => {
          const payload = encode(picture, encodeContext(format));
          const back = drawn(encodingType, payload, picture.width, picture.height, decodeContext(format));
          expect(back.pixels).toStrictEqual(squeezed(picture, format).pixels);
        }),
        runs(40),
      );
    });
  });

  describe.each([FORMATS.rgbx, FORMATS.rgb565, FORMATS.rgb332])("at $bitsPerPixel bits a pixel", (format) => {
    test("its payload ends at the same byte however it is split", () => {
      const { mixed } = pictures(34, 18);
      const payload = encode(mixed!, encodeContext(format));
      const whole = framed(encodingType, [payload], 34, 18, format);
      expect(whole.error).toBeUndefined();
      expect(whole.events.slice(2)).toStrictEqual([
        { type: "rectanglePayload", bytes: payload, last: true },
        { type: "framebufferUpdateEnd" },
        { type: "bell" },
      ]);
      for (let at = 0; at <= payload.length; at++) {
        if (!isDeepEqual(framed(encodingType, cut(payload, at), 34, 18, format), whole))
          throw new Error(`Cut at ${at}`);
      }
      expect(framed(encodingType, bytewise(payload), 34, 18, format)).toStrictEqual(whole);
    });
  });

  test("a picture without pixels has a payload, which draws nothing", () => {
    for (const [width, height] of [
      [0, 5],
      [5, 0],
    ] as const) {
      const payload = encode(createSurface(width, height), encodeContext(rgb565));
      expect(drawn(encodingType, payload, width, height, decodeContext(rgb565)).pixels).toHaveLength(0);
      const run = framed(encodingType, [payload], width, height, rgb565);
      expect(run.error).toBeUndefined();
      expect(run.events.at(-1)).toStrictEqual({ type: "bell" });
    }
  });

  test("pixels can be read as their values", () => {
    const { windows } = pictures(33, 20);
    const payload = encode(windows!, encodeContext(FORMATS.bigRgb565));
    const { pixels } = drawn(encodingType, payload, 33, 20, decodeContext(FORMATS.bigRgb565, "values"));
    // 6, 25, 19 of 31, 63, 31; 28, 57, 28; 0; 31, 50, 0.
    expect([...new Set(pixels)]).toStrictEqual([0x3333, 0xe73c, 0x0000, 0xfe40]);
  });

  describe("of any bytes", () => {
    const formats = fc.constantFrom<PixelFormat>(RGBX8888, rgb565, rgb332);
    const noise = fc.record({ format: formats, width: sides, height: sides, payload: bytes(120) });
    const nearlySound = fc.tuple(formats, areas, changes).map(([format, picture, changed]) => ({
      format,
      width: picture.width,
      height: picture.height,
      payload: mutated(encode(picture, encodeContext(format)), changed),
    }));
    const inputs = fc.oneof(noise, { arbitrary: nearlySound, weight: 3 });

    test("a picture comes, or an RfbError, and nothing outside is touched", () => {
      const seen = { pictures: 0, errors: 0 };
      fc.assert(
        fc.property(inputs, ({ format, width, height, payload }) => {
          const copy = payload.slice();
          try {
            drawn(encodingType, payload, width, height, decodeContext(format));
            seen.pictures += 1;
          } catch (error) {
            if (!(error instanceof RfbError)) throw error;
            seen.errors += 1;
          }
          expect(equals(payload, copy)).toBe(true);
        }),
        runs(300),
      );
      expect(seen.errors).toBeGreaterThan(0);
      expect(seen.pictures).toBeGreaterThan(0);
    });

    test("the end is found where it is in single bytes, or the same fault", () => {
      fc.assert(
        fc.property(inputs, ({ format, width, height, payload }) => {
          const whole = framed(encodingType, [payload], width, height, format);
          const single = framed(encodingType, bytewise(payload), width, height, format);
          if (whole.error !== undefined) {
            expect(whole.error).toBeInstanceOf(RfbError);
            expect(single.error).toStrictEqual(whole.error);
          } else if (single.error === undefined) {
            expect(single.consumed).toBe(whole.consumed);
          } else throw single.error;
        }),
        runs(200),
      );
    });
  });
}

/** Small ones, of few colours or of many. */
const areas: fc.Arbitrary<Surface> = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 300 }), fc.nat())
  .map(([width, height, colours, seed]) => {
    const random = randomNumbers(seed);
    const palette = Array.from({ length: colours }, () => rgba(random() & 0xffffff));
    const surface = createSurface(width, height);
    let run = 0;
    let pixel = palette[0]!;
    for (let i = 0; i < surface.pixels.length; i++) {
      if (run-- === 0) {
        run = random() % 12;
        pixel = palette[random() % colours]!;
      }
      surface.pixels[i] = pixel;
    }
    return surface;
  });

/** The rectangle and a Bell, after which the connection may end. */
function framed(
  encodingType: number,
  pieces: readonly Uint8Array[],
  width: number,
  height: number,
  pixelFormat: PixelFormat,
): Run {
  const session: Session = { ...NORMAL, framebufferWidth: 4096, framebufferHeight: 4096, pixelFormat };
  const head = update(1, rectangleHead(0, 0, width, height, encodingType));
  return runFramer(createServerFramer(), "server", session, [head, ...pieces, hex("02")]);
}

function isDeepEqual(one: Run, other: Run): boolean {
  const last = (run: Run) => run.events.find(({ type }) => type === "rectanglePayload") as { bytes: Uint8Array };
  return (
    one.error === other.error &&
    one.consumed === other.consumed &&
    one.events.length === other.events.length &&
    equals(last(one).bytes, last(other).bytes)
  );
}

type Change = readonly [at: number, remove: number, insert: Uint8Array];

const sides = fc.integer({ min: 0, max: 40 });

const changes: fc.Arbitrary<Change[]> = fc.array(fc.tuple(fc.nat({ max: 5000 }), fc.nat({ max: 3 }), bytes(4)), {
  maxLength: 3,
});

function mutated(payload: Uint8Array, changes: readonly Change[]): Uint8Array {
  let result = payload;
  for (const [at, remove, insert] of changes) {
    const from = at % (result.length + 1);
    result = join([result.subarray(0, from), insert, result.subarray(Math.min(result.length, from + remove))]);
  }
  return result;
}

/** Numbers of 31 bits, always the same for a seed. */
function randomNumbers(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state = Math.imul(state, 1103515245) + 12345;
    return (state >>> 8) ^ (state >>> 1);
  };
}
