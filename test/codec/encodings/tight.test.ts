import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Compression, Image } from "../../../codec/compression.ts";
import { createDecoder } from "../../../codec/decoder.ts";
import {
  advanceTight,
  createWalk,
  type DecodeContext,
  decodeTight,
  type EncodeContext,
  encodeTight,
} from "../../../codec/encodings/mod.ts";
import { createServerFramer } from "../../../codec/framer.ts";
import { DEFAULT_LIMITS, type Limits } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import { createPayloadCollector } from "../../../codec/payload.ts";
import type { PixelFormat } from "../../../codec/pixel_format.ts";
import type { Surface } from "../../../codec/pixels.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { observe, type Session } from "../../../codec/session.ts";
import { createSurface, cutOut } from "../../../codec/surfaces.ts";
import { hex, hexOf, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { NORMAL } from "../streams.ts";
import { decodeContext, drawn, encodeContext, FORMATS, pictures, rgba, sketch, testLossless } from "./rectangles.ts";

testLossless(Encoding.Tight, [
  [1, 1],
  [17, 65],
  [65, 17],
  [2048, 1],
  [1, 4096],
]);

const { Tight, TightWithoutZlib } = Encoding;
const BLACK = rgba(0);
const GREY = rgba(0xa8a8a8);

function headOf(width: number, height: number): Rectangle {
  return { type: "rectangle", x: 0, y: 0, width, height, encodingType: Tight };
}

function fault(payload: Uint8Array, width: number, height: number, context: DecodeContext): unknown {
  return errorOf(() => decodeTight(payload, headOf(width, height), context, createSurface(width, height)));
}

/** Of a client that has listed TightWithoutZlib. */
function withoutZlib<Context extends DecodeContext>(context: Context): Context {
  return { ...context, session: { ...context.session, encodingTypes: [Tight, TightWithoutZlib] } };
}

describe("decodeTight, rfbproto", () => {
  test("fills, in R, G, B whatever the format's order", () => {
    for (const name of ["rgbx", "bgrx", "xbgr", "bigRgbx", "bigBgrx", "bigXbgr"] as const) {
      const picture = drawn(Tight, hex("80 112233"), 2, 2, decodeContext(FORMATS[name]));
      expect([...picture.pixels], name).toStrictEqual(Array(4).fill(rgba(0x112233)));
    }
    // x11vnc-tight-q9-rgb565le/server.bin@49074, xtigervnc-tight-c2-rgb565be/server.bin@76
    expect(drawn(Tight, hex("80 0000"), 1, 1, decodeContext(FORMATS.rgb565)).pixels[0]).toBe(BLACK);
    expect(drawn(Tight, hex("80 ffff"), 1, 1, decodeContext(FORMATS.bigRgb565)).pixels[0]).toBe(rgba(0xffffff));
  });

  test("fills what is wider than 2048, as TigerVNC did before 1.16", () => {
    expect(drawn(Tight, hex("80 a8"), 4096, 1, decodeContext(FORMATS.rgb332)).pixels).toHaveLength(4096);
  });

  test("fills in all of the format's bytes, where depth or channels are not 24 and 8 bits", () => {
    const depth32: PixelFormat = { ...FORMATS.bgrx, depth: 32 };
    const picture = drawn(Tight, hex("80 332211ff"), 1, 1, decodeContext(depth32));
    expect([...picture.pixels]).toStrictEqual([rgba(0x112233)]);
  });

  test("reads pixels as QEMU sends them, the second rectangle by what the first one was", () => {
    // qemu-tight-c9-rgb888le/server.bin@27503 and @45144: its stream 0 from the start.
    const context = decodeContext(FORMATS.bgrx);
    const first = drawn(Tight, hex("00 12 78da6258c1c080897081150c00000000ffff"), 16, 1, context);
    const second = drawn(Tight, hex("00 0a 220d313000000000ffff"), 16, 1, context);
    const green = rgba(0x00a800);
    expect(sketch(first, green, BLACK)).toBe(".......aaaaaaaa.");
    expect(sketch(second, green, BLACK)).toBe("...............a");
  });

  test("reads bits as QEMU sends them: two colours, the leftmost bit first", () => {
    // qemu-tight-c9-rgb888le/server.bin@27551: 16 × 2, four bytes that are not deflated.
    const picture = drawn(Tight, hex("50 01 01 00a800 000000 00060007"), 16, 2, decodeContext(FORMATS.bgrx));
    expect(sketch(picture, rgba(0x00a800), BLACK)).toBe(".............aa. .............aaa");
    // xtigervnc-tight-c4-bgr888le/server.bin@282809: 6 × 9, two bits of each byte are padding.
    const letter = hex("50 01 01 e5e5e5 000000 f0e4cc84f0f0308400").subarray(0, 18);
    expect(sketch(drawn(Tight, letter, 6, 9, decodeContext(FORMATS.rgbx)), rgba(0xe5e5e5), BLACK)).toBe(
      "aaaa.. aaa..a aa..aa a....a aaaa.. aaaa.. ..aa.. a....a ......",
    );
  });

  test("reads bits in formats of one byte and of two", () => {
    // xtigervnc-tight-c2-rgb332/server.bin@51591, xtigervnc-tight-c2-rgb565be/server.bin@172988
    const row = drawn(Tight, hex("50 01 01 00ff c000"), 15, 1, decodeContext(FORMATS.rgb332));
    expect(sketch(row, BLACK, rgba(0xffffff))).toBe("aa.............");
    const block = drawn(Tight, hex("50 01 01 0000e73c 210021002100"), 14, 3, decodeContext(FORMATS.bigRgb565));
    expect(sketch(block, BLACK, rgba(0xe6e7e6))).toBe(Array(3).fill("..a....a......").join(" "));
  });

  test("reads a palette of one colour, with a bit a pixel", () => {
    const picture = drawn(Tight, hex("40 01 00 a8a8a8 00 00"), 3, 2, decodeContext(FORMATS.rgbx));
    expect(sketch(picture, GREY)).toBe("... ...");
  });

  test("reads indices, a byte each", () => {
    const palette = hex("000000 ff0000 00ff00 0000ff");
    const payload = join([hex("60 01 03"), palette, hex("00010203 03020100")]);
    const picture = drawn(Tight, payload, 4, 2, decodeContext(FORMATS.rgbx));
    expect(sketch(picture, BLACK, rgba(0xff0000), rgba(0x00ff00), rgba(0x0000ff))).toBe(".abc cba.");
  });

  test("reads a palette of 256 colours, and every index", () => {
    const palette = Uint8Array.from({ length: 256 }, (_, i) => i);
    const payload = join([hex("40 01 ff"), palette, hex("00ffe0")]);
    const picture = drawn(Tight, payload, 3, 1, decodeContext(FORMATS.rgb332));
    expect(sketch(picture, BLACK, rgba(0xffffff), rgba(0xff0000))).toBe(".ab");
  });

  test("undoes the gradient filter in R, G, B", () => {
    const picture = drawn(Tight, hex("70 02 0a1420 05ff01 00f0e0"), 3, 1, decodeContext(FORMATS.bgrx));
    expect([...picture.pixels]).toStrictEqual([rgba(0x0a1420), rgba(0x0f1321), rgba(0x0f0301)]);
    const column = drawn(Tight, hex("70 02 0a1420 05ff01 00f0e0"), 1, 3, decodeContext(FORMATS.bgrx));
    expect([...column.pixels]).toStrictEqual([...picture.pixels]);
  });

  test("the guess stays within the channel: above it and below 0, and what is added goes round", () => {
    // Red 10, 31, 31 and guess 52; green 63, 0, 0 and guess -63; blue 1, 2, 4 and guess 5.
    const values = [0x57e1, 0xf802, 0xf804, 0x00a5];
    const little = drawn(Tight, hex("70 02 e157 21a8 23a8 a008"), 2, 2, decodeContext(FORMATS.rgb565, "values"));
    expect([...little.pixels]).toStrictEqual(values);
    const big = drawn(Tight, hex("70 02 57e1 a821 a823 08a0"), 2, 2, decodeContext(FORMATS.bigRgb565, "values"));
    expect([...big.pixels]).toStrictEqual(values);
    const red = drawn(Tight, hex("70 02 0a0000 f50000 f50000"), 3, 1, decodeContext(FORMATS.rgbx, "values"));
    expect([...red.pixels]).toStrictEqual([0x0a, 0xff, 0xf4]);
  });

  test("undoes the gradient filter with channels that are no bytes", () => {
    // Red 1023 and 1 more, green 1 and 1023 more, blue 512 and 511 more.
    const payload = hex("70 02 0006f03f fffd1f00");
    const picture = drawn(Tight, payload, 2, 1, decodeContext(FORMATS.rgb101010, "values"));
    expect([...picture.pixels]).toStrictEqual([0x3ff00600, 0x000003ff]);
  });

  test("reads pixels without zlib, with and without a filter, if the client has listed that", () => {
    const context = withoutZlib(decodeContext(FORMATS.rgb332));
    const row = Uint8Array.from({ length: 12 }, (_, i) => 17 * i);
    const expected = drawn(Tight, hex("00 00112233 445566"), 7, 1, decodeContext(FORMATS.rgb332));
    expect([...drawn(Tight, join([hex("a0 0c"), row]), 12, 1, context).pixels.subarray(0, 7)]).toStrictEqual([
      ...expected.pixels,
    ]);
    expect(sketch(drawn(Tight, hex("e0 01 01 00ff 80"), 2, 1, context), BLACK, rgba(0xffffff))).toBe("a.");
    expect(fault(join([hex("a0 0b"), row.subarray(1)]), 12, 1, context)).toMatchObject({
      code: "truncated",
      message: "Cannot read a Tight rectangle: 11 bytes of 12",
    });
    for (const control of ["a0 0c", "e0 00 0c"]) {
      expect(fault(join([hex(control), row]), 12, 1, decodeContext(FORMATS.rgb332))).toMatchObject({
        code: "malformed",
        message: `Cannot read a Tight rectangle at 0: control byte 0x${control.slice(0, 2)}`,
      });
    }
  });

  test("bits 0 to 3 begin streams anew, of a fill too; a stream that has not begun does not mind", () => {
    const deflated = hex("12 78da6258c1c080897081150c00000000ffff");
    const context = decodeContext(FORMATS.bgrx);
    drawn(Tight, join([hex("00"), deflated]), 16, 1, context);
    expect(fault(join([hex("00"), deflated]), 16, 1, context)).toMatchObject({ code: "malformed" });
    const again = decodeContext(FORMATS.bgrx);
    const first = drawn(Tight, join([hex("0f"), deflated]), 16, 1, again);
    expect(drawn(Tight, join([hex("01"), deflated]), 16, 1, again)).toStrictEqual(first);
    drawn(Tight, hex("81 000000"), 1, 1, again);
    expect(drawn(Tight, join([hex("00"), deflated]), 16, 1, again)).toStrictEqual(first);
    // Stream 1 is another one.
    expect(drawn(Tight, join([hex("10"), deflated]), 16, 1, again)).toStrictEqual(first);
  });

  test("hands a JPEG picture to its decoder, and its colours through the format", () => {
    const given: unknown[] = [];
    const decodeJpeg = (bytes: Uint8Array, width: number, height: number): Image => {
      given.push([hexOf(bytes), width, height]);
      return { width, height, data: Uint8Array.of(1, 2, 3, 4, 200, 100, 50, 0) };
    };
    const draw = (format: PixelFormat) => {
      const context = decodeContext(format);
      return drawn(Tight, hex("90 03 ffd8ff"), 2, 1, {
        ...context,
        compression: { ...context.compression, decodeJpeg },
      });
    };
    expect([...draw(FORMATS.bgrx).pixels]).toStrictEqual([rgba(0x010203), rgba(0xc86432)]);
    // 200, 100, 50 of 255 are 24, 25, 6 of 31, 63, 31.
    expect([...draw(FORMATS.rgb565).pixels]).toStrictEqual([BLACK, rgba(0xc56531)]);
    expect(given).toStrictEqual(Array(2).fill(["ffd8ff", 2, 1]));
    expect(fault(hex("90 01 00"), 2, 1, decodeContext(FORMATS.rgbx))).toMatchObject({
      code: "unknownType",
      message: "Cannot read a Tight rectangle: no decoder for JPEG was given",
    });
  });

  test.each([
    ["no byte at all", "", "truncated", "Cannot read a field at 0: 0 bytes of 1"],
    ["a control byte that nobody has defined", "b0 00", "malformed", "at 0: control byte 0xb0"],
    ["another one", "f0 00", "malformed", "at 0: control byte 0xf0"],
    ["a filter that nobody has defined", "40 03 00", "malformed", "at 1: filter 3"],
    ["a fill of too few bytes", "80", "truncated", ": 1 bytes of 2"],
    ["a fill of too many", "80 0000", "trailing", ": 3 bytes of 2"],
    ["a palette that ends early", "40 01 02 0000", "truncated", "at 3: 2 bytes of 3"],
    ["too few pixels", "00 000000", "truncated", ": 4 bytes of 5"],
    ["too many", "00 0000000000", "trailing", ": 6 bytes of 5"],
    ["an index above the palette", "40 01 02 000102 00010203", "malformed", ": palette index 3 of 3"],
    ["the gradient filter in one byte", "40 02 00000000", "malformed", ": the gradient filter in 8 bits a pixel"],
  ])("refuses %s", (_name, payload, code, message) => {
    const error = fault(hex(payload), 2, 2, decodeContext(FORMATS.rgb332));
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toBe(
      message.startsWith("Cannot")
        ? message
        : `Cannot read a Tight rectangle${message.startsWith("at") ? " " : ""}${message}`,
    );
  });

  test.each([
    ["no length", "00", "truncated", "Cannot read a Tight rectangle at 1: no length"],
    ["half a length", "00 ff", "truncated", "Cannot read a Tight rectangle at 1: no length"],
    ["less than its length", "00 03 0000", "truncated", "Cannot read a Tight rectangle: 4 bytes of 5"],
    ["more than its length", "00 01 0000", "trailing", "Cannot read a Tight rectangle: 4 bytes of 3"],
  ])("refuses data with %s", (_name, payload, code, message) => {
    expect(fault(hex(payload), 16, 1, decodeContext(FORMATS.rgb332))).toMatchObject({ code, message });
  });

  test("refuses data that inflate to less or to more than the pixels, and no zlib data", () => {
    const deflated = hex("00 12 78da6258c1c080897081150c00000000ffff"); // 16 pixels of 3 bytes
    expect(fault(deflated, 17, 1, decodeContext(FORMATS.rgbx))).toMatchObject({
      code: "truncated",
      reason: "48 bytes of 51",
    });
    expect(fault(deflated, 15, 1, decodeContext(FORMATS.rgbx))).toMatchObject({ code: "limit" });
    expect(fault(hex("00 02 ffff"), 16, 1, decodeContext(FORMATS.rgbx))).toMatchObject({ code: "malformed" });
    expect(fault(hex("00 00"), 16, 1, decodeContext(FORMATS.rgbx))).toMatchObject({ code: "truncated" });
  });

  test("refuses pixels and JPEG pictures that are wider than 2048, before anything is inflated", () => {
    for (const payload of ["00 01 00", "50 01 01 0000 01 00", "90 01 00"]) {
      expect(fault(hex(payload), 2049, 1, decodeContext(FORMATS.rgb332))).toMatchObject({
        code: "malformed",
        message: "Cannot read a Tight rectangle at 0: 2049 pixels wide, at most 2048",
      });
    }
  });

  test("a rectangle without pixels has no data, and a palette all the same", () => {
    expect(drawn(Tight, hex("00"), 0, 5, decodeContext(FORMATS.rgbx)).pixels).toHaveLength(0);
    expect(drawn(Tight, hex("40 01 01 000000 000000"), 5, 0, decodeContext(FORMATS.rgbx)).pixels).toHaveLength(0);
    expect(fault(hex("00 00"), 0, 5, decodeContext(FORMATS.rgbx))).toMatchObject({ code: "trailing" });
  });
});

describe("advanceTight", () => {
  const format = FORMATS.rgbx;

  function walked(
    payload: string,
    width: number,
    height: number,
    { session = { ...NORMAL, pixelFormat: format } as Session, limits = DEFAULT_LIMITS as Limits } = {},
  ): number[] {
    const bytes = hex(payload);
    const walk = createWalk(headOf(width, height), session, 4, limits);
    const steps: number[] = [];
    let at = 0;
    while (!walk.done) {
      const step = advanceTight(walk, bytes, at, bytes.length);
      if (step === 0 && !walk.done) throw new Error(`Starved at ${at}`);
      steps.push(step);
      at += step;
    }
    return steps;
  }

  test("goes from field to field, and needs no byte that may not come", () => {
    expect(walked("80", 100, 100)).toStrictEqual([4]);
    expect(walked("00", 3, 1)).toStrictEqual([10]);
    expect(walked("00 05", 4, 1)).toStrictEqual([1, 6]);
    expect(walked("00 8501", 4, 1)).toStrictEqual([1, 2 + 133]);
    expect(walked("00 ffff03", 200, 200)).toStrictEqual([1, 3 + 0xffff]);
    expect(walked("90 ff7f", 9, 9)).toStrictEqual([1, 2 + 0x3fff]);
    expect(walked("40 00 7f", 4, 1)).toStrictEqual([1, 1, 128]);
    expect(walked("40 02", 3, 1)).toStrictEqual([1, 10]);
    expect(walked("50 01 01", 16, 2)).toStrictEqual([1, 2 + 6 + 4]);
    expect(walked("50 01 01 000000000000 0c", 17, 4)).toStrictEqual([1, 2 + 6, 13]);
    expect(walked("60 01 02", 11, 1)).toStrictEqual([1, 2 + 9 + 11]);
    expect(walked("60 01 ff", 0, 1)).toStrictEqual([1, 2 + 768]);
    expect(walked("00", 0, 1)).toStrictEqual([1]);
  });

  test("takes lengths that are longer than they need be", () => {
    expect(walked("00 858000", 4, 1)).toStrictEqual([1, 3 + 5]);
  });

  test("waits where a field is not all there", () => {
    const walk = createWalk(headOf(17, 4), { ...NORMAL, pixelFormat: format }, 4, DEFAULT_LIMITS);
    const bytes = hex("50 01 01 000000000000 8c 80 00");
    const at = (from: number, end: number) => advanceTight(walk, bytes, from, end);
    expect([at(0, 0), at(0, 1), at(1, 1), at(1, 2), at(1, 3), at(9, 9), at(9, 10), at(9, 11), at(9, 12)]).toStrictEqual(
      [0, 1, 0, 0, 8, 0, 0, 0, 15],
    );
    expect(walk.done).toBe(true);
  });

  test("knows pixels without zlib by the client's list", () => {
    const session = { ...NORMAL, pixelFormat: format, encodingTypes: [TightWithoutZlib] };
    expect(walked("a0 0c", 4, 1, { session })).toStrictEqual([1, 13]);
    expect(walked("e0 02 0c", 4, 1, { session })).toStrictEqual([1, 1, 13]);
    expect(errorOf(() => walked("a0 0c", 4, 1))).toMatchObject({ code: "malformed", reason: "control byte 0xa0" });
    expect(errorOf(() => walked("e0 02 0c", 4, 1))).toMatchObject({ code: "malformed", reason: "control byte 0xe0" });
  });

  test("refuses what cannot be read, where it is", () => {
    expect(errorOf(() => walked("c0", 4, 1))).toMatchObject({ code: "malformed", offset: 0 });
    expect(errorOf(() => walked("70 ff", 4, 1))).toMatchObject({ code: "malformed", offset: 1, reason: "filter 255" });
    expect(errorOf(() => walked("00", 2049, 1))).toMatchObject({ code: "malformed" });
    expect(walked("00 00", 2048, 1)).toStrictEqual([1, 1]);
    expect(walked("80", 2049, 1)).toStrictEqual([4]);
  });

  test("refuses a length that no encoder needs, and one above the limit", () => {
    // 2 × 4 × 4 + 65536 bytes at most.
    expect(walked("00 a08004", 4, 1)).toStrictEqual([1, 3 + 65568]);
    expect(errorOf(() => walked("00 a18004", 4, 1))).toMatchObject({
      code: "limit",
      message: "Cannot read a Tight rectangle: 65569 bytes for 4x1 pixels: at most 65568",
    });
    const limits = { ...DEFAULT_LIMITS, maxRectangleLength: 12 };
    expect(walked("90 0c", 4, 1, { limits })).toStrictEqual([1, 13]);
    expect(errorOf(() => walked("90 0d", 4, 1, { limits }))).toMatchObject({ code: "limit" });
  });
});

describe("encodeTight", () => {
  const surfaceOf = (width: number, ...colours: readonly number[]): Surface => ({
    width,
    height: colours.length / width,
    pixels: Uint32Array.from(colours, rgba),
  });
  /** The upper half of the control byte, and the filter. */
  const kindOf = (payload: Uint8Array): string => {
    const kind = payload[0]! >> 4;
    return (kind < 8 || kind > 10) && (kind & 4) !== 0 ? `${kind} with filter ${payload[1]}` : String(kind);
  };
  const gradual = (width: number, height: number): Surface => {
    const surface = createSurface(width, height);
    for (let i = 0; i < surface.pixels.length; i++) {
      const [x, y] = [i % width, Math.floor(i / width)];
      surface.pixels[i] = rgba(((x * 3) & 255) | (((y * 5 + x) & 255) << 8) | (((x * y) & 255) << 16));
    }
    return surface;
  };

  test("writes what rfbproto says, byte for byte, where nothing is deflated", () => {
    const context = encodeContext(FORMATS.bgrx);
    expect(hexOf(encodeTight(surfaceOf(2, 0x112233, 0x112233), context))).toBe("80112233");
    // The commonest colour is the first one.
    const bits = surfaceOf(3, 0xff0000, 0x0000ff, 0x0000ff, 0x0000ff, 0xff0000, 0x0000ff);
    expect(hexOf(encodeTight(bits, context))).toBe("500101" + "0000ff" + "ff0000" + "8040");
    expect(hexOf(encodeTight(surfaceOf(3, 0x010203, 0x040506, 0x070809), context))).toBe("00010203040506070809");
    expect(hexOf(encodeTight(surfaceOf(3, 0xff0000, 0, 0x00ff00), encodeContext(FORMATS.rgb332)))).toBe("00e0001c");
  });

  test("chooses by what there is", () => {
    const { solid, text, windows, photo } = pictures(64, 64);
    const kinds = (format: PixelFormat, level: number) => {
      const context = encodeContext(format, level);
      return [solid!, text!, windows!, photo!, gradual(64, 64)].map((area) => kindOf(encodeTight(area, context)));
    };
    const bits = "5 with filter 1";
    const indices = "6 with filter 1";
    const gradient = "7 with filter 2";
    expect(kinds(FORMATS.bgrx, 6)).toStrictEqual(["8", bits, indices, "0", gradient]);
    expect(kinds(FORMATS.rgb565, 9)).toStrictEqual(["8", bits, indices, "0", gradient]);
    // Not below level 5, and never in a byte, where a palette gains nothing either.
    expect(kinds(FORMATS.bgrx, 4)).toStrictEqual(["8", bits, indices, "0", "0"]);
    expect(kinds(FORMATS.rgb332, 9)).toStrictEqual(["8", bits, "0", "0", "0"]);
  });

  test("a palette has up to 256 colours, four pixels for each", () => {
    const colours = (count: number, width: number) =>
      encodeTight(
        surfaceOf(width, ...Array.from({ length: 4 * 256 }, (_, i) => (i % count) * 7)),
        encodeContext(FORMATS.bgrx, 3),
      );
    expect(kindOf(colours(256, 32))).toBe("6 with filter 1");
    expect(colours(256, 32)[2]).toBe(255);
    expect(kindOf(colours(257, 32))).toBe("0");
    const few = (count: number) => surfaceOf(count, ...Array.from({ length: count }, (_, i) => (i % 5) * 7));
    expect(kindOf(encodeTight(few(19), encodeContext(FORMATS.bgrx)))).toBe("0");
    expect(kindOf(encodeTight(few(20), encodeContext(FORMATS.bgrx)))).toBe("6 with filter 1");
  });

  test("each stream begins once, and all of them anew with another level", () => {
    const { text, windows, photo } = pictures(40, 40);
    const decoding = decodeContext(FORMATS.bgrx);
    let context: EncodeContext = encodeContext(FORMATS.bgrx, 6);
    const resets = (area: Surface): number => {
      const payload = encodeTight(area, context);
      expect(drawn(Tight, payload, 40, 40, decoding).pixels).toStrictEqual(area.pixels);
      return payload[0]! & 15;
    };
    const areas = [photo!, text!, windows!, gradual(40, 40)];
    expect(areas.map(resets)).toStrictEqual([1, 2, 4, 8]);
    expect(areas.map(resets)).toStrictEqual([0, 0, 0, 0]);
    context = { ...context, compressionLevel: 9 };
    expect(areas.map(resets)).toStrictEqual([1, 2, 4, 8]);
    expect(areas.map(resets)).toStrictEqual([0, 0, 0, 0]);
  });

  test("leaves zlib away at level 0 for those who have listed that", () => {
    const { text, photo } = pictures(40, 40);
    const listed = (level: number) => ({
      ...encodeContext(FORMATS.bgrx, level),
      encodingTypes: [Tight, TightWithoutZlib],
    });
    const decoding = withoutZlib(decodeContext(FORMATS.bgrx));
    for (const area of [text!, photo!]) {
      const payload = encodeTight(area, listed(0));
      expect(kindOf(payload)).toBe(area === text ? "14 with filter 1" : "10");
      expect(drawn(Tight, payload, 40, 40, decoding).pixels).toStrictEqual(area.pixels);
    }
    expect(kindOf(encodeTight(photo!, listed(1)))).toBe("0");
    expect(kindOf(encodeTight(photo!, encodeContext(FORMATS.bgrx, 0)))).toBe("0");
  });

  describe("where the client has named a quality", () => {
    const given: unknown[] = [];
    const encodeJpeg: Compression["encodeJpeg"] = (image, quality, subsampling) => {
      given.push([image.width, image.height, hexOf(Uint8Array.from(image.data.subarray(0, 3))), quality, subsampling]);
      return hex("ffd8ffd9");
    };
    const lossy = (format: PixelFormat, level: number, qualityLevel: number): EncodeContext => {
      const context = encodeContext(format, level);
      return { ...context, qualityLevel, compression: { ...context.compression, encodeJpeg } };
    };

    test("many colours become a JPEG picture, of the quality and subsampling that TigerVNC has for the level", () => {
      const { photo } = pictures(20, 20);
      photo!.pixels[0] = rgba(0x123456);
      for (let level = 0; level < 10; level++) {
        expect(hexOf(encodeTight(photo!, lossy(FORMATS.rgb565, 2, level)))).toBe("9004ffd8ffd9");
      }
      expect(given.splice(0)).toStrictEqual(
        [15, 29, 41, 42, 62, 77, 79, 86, 92, 100].map((quality, level) => [
          20,
          20,
          "123456",
          quality,
          level < 3 ? "4:2:0" : level < 6 ? "4:2:2" : "4:4:4",
        ]),
      );
    });

    test("few colours, few pixels and pixels of a byte do not, and nothing does without an encoder", () => {
      const of = (count: number) => surfaceOf(20, ...Array.from({ length: 400 }, (_, i) => (i % count) * 321));
      expect(kindOf(encodeTight(of(96), lossy(FORMATS.bgrx, 2, 6)))).toBe("6 with filter 1");
      expect(kindOf(encodeTight(of(97), lossy(FORMATS.bgrx, 2, 6)))).toBe("9");
      expect(kindOf(encodeTight(of(24), lossy(FORMATS.bgrx, 1, 6)))).toBe("6 with filter 1");
      expect(kindOf(encodeTight(of(25), lossy(FORMATS.bgrx, 1, 6)))).toBe("9");
      const { photo } = pictures(19, 21);
      expect(kindOf(encodeTight(photo!, lossy(FORMATS.bgrx, 2, 6)))).toBe("0");
      expect(kindOf(encodeTight(of(200), lossy(FORMATS.rgb332, 2, 6)))).toBe("0");
      expect(kindOf(encodeTight(of(200), { ...encodeContext(FORMATS.bgrx, 2), qualityLevel: 6 }))).toBe("0");
    });
  });

  test("refuses what Tight cannot hold", () => {
    const wide = surfaceOf(2049, ...Array.from({ length: 2049 }, (_, i) => i & 1));
    expect(() => encodeTight(wide, encodeContext(FORMATS.rgbx))).toThrow(
      new RangeError("Cannot encode a Tight rectangle: 2049 pixels wide, at most 2048"),
    );
    const large = createSurface(2048, 1000);
    for (let i = 0; i < large.pixels.length; i++) large.pixels[i] = rgba(i & 0xffffff);
    expect(() => encodeTight(large, encodeContext(FORMATS.rgbx))).toThrow(
      new RangeError("Cannot encode a Tight rectangle: 6144000 bytes of data, at most 4190207"),
    );
    expect(kindOf(encodeTight(createSurface(4096, 4096), encodeContext(FORMATS.rgbx)))).toBe("8");
  });
});

describe("a connection's rectangles, decoded and encoded again at its level, are not larger than the server's", () => {
  const { createDeflater, createInflater } = encodeContext(FORMATS.rgbx).compression;

  test.each([
    ["xtigervnc-tight-c2-rgb332", 2],
    ["xtigervnc-big-tight-rgb888le", 2],
    ["xtightvnc-messages", 1],
    ["qemu-tight-rgb888be", 3],
  ])("%s", (name, level) => {
    const path = new URL(`../../fixtures/recordings/${name}/`, import.meta.url);
    const meta = JSON.parse(readFileSync(new URL("meta.json", path), "utf8"));
    const server = new Uint8Array(readFileSync(new URL("server.bin", path)));
    const { bigEndian, trueColour, ...channels } = meta.pixel_format;
    const pixelFormat: PixelFormat = { ...channels, bigEndianFlag: bigEndian, trueColourFlag: trueColour };
    const [framebufferWidth, framebufferHeight] = meta.first_size;
    let session: Session = { ...NORMAL, pixelFormat, framebufferWidth, framebufferHeight };
    const framer = createServerFramer();
    const collect = createPayloadCollector();
    const decoder = createDecoder({ compression: { createInflater, createDeflater } });
    const encoding = encodeContext(pixelFormat, level);
    const decoding = decodeContext(pixelFormat);
    let surface = createSurface(framebufferWidth, framebufferHeight);
    let rectangle: Rectangle | undefined;
    let theirs = 0;
    let ours = 0;
    framer.push(server.subarray(meta.server_init_end));
    for (let event = framer.next(session); event !== undefined; event = framer.next(session)) {
      session = observe(session, "server", event);
      if (session.framebufferWidth !== surface.width || session.framebufferHeight !== surface.height) {
        surface = createSurface(session.framebufferWidth, session.framebufferHeight);
      }
      if (event.type === "rectangle") rectangle = event;
      if (event.type !== "rectanglePayload") continue;
      const payload = collect(event);
      if (payload === undefined || rectangle === undefined || rectangle.encodingType < 0) continue;
      decoder.decode(payload, rectangle, session, surface);
      if (rectangle.encodingType !== Tight) continue;
      const { x, y, width, height } = rectangle;
      const area = cutOut(surface, x, y, width, height);
      const again = encodeTight(area, encoding);
      expect(drawn(Tight, again, width, height, decoding).pixels).toStrictEqual(area.pixels);
      theirs += payload.length;
      ours += again.length;
    }
    expect(theirs).toBeGreaterThan(0);
    expect(ours / theirs).toBeLessThan(1.05);
  });
});
