import { describe, expect, test } from "vitest";
import {
  advanceTightPng,
  createWalk,
  decodeTightPng,
  type EncodeContext,
  encodeTightPng,
} from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { createSurface } from "../../../codec/surfaces.ts";
import { hex, hexOf } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { NORMAL } from "../streams.ts";
import { decodeContext, drawn, encodeContext, FORMATS, pictures, rgba, sketch, testLossless } from "./rectangles.ts";

testLossless(Encoding.TightPNG, [
  [1, 1],
  [17, 65],
  [65, 17],
  [2048, 1],
  [1, 4096],
]);

const { TightPNG, TightWithoutZlib } = Encoding;

// qemu-tightpng-rgb565le/server.bin@202540: 144 × 1 pixels, a palette of two colours, a byte a pixel.
const RECORDED = hex(`a0 58 89504e470d0a1a0a 0000000d 49484452 00000090 00000001 0803000000 06a2d76c
  00000006 504c5445 100010 001000 bc6afe9a
  0000000d 49444154 085b6360601c5c100014d10049 8128d5bf 00000000 49454e44 ae426082`);

function headOf(width: number, height: number): Rectangle {
  return { type: "rectangle", x: 0, y: 0, width, height, encodingType: TightPNG };
}

function fault(payload: Uint8Array, width: number, height: number, context = decodeContext(FORMATS.rgb565)): unknown {
  return errorOf(() => decodeTightPng(payload, headOf(width, height), context, createSurface(width, height)));
}

describe("decodeTightPng, rfbproto", () => {
  test("reads a PNG picture as QEMU sends it, its colours as the format has them", () => {
    const picture = drawn(TightPNG, RECORDED, 144, 1, decodeContext(FORMATS.rgb565));
    const colours = [...new Set(picture.pixels)];
    expect(colours.map((colour) => colour.toString(16)).sort()).toStrictEqual(["ff001000", "ff100010"]);
    const values = drawn(TightPNG, RECORDED, 144, 1, decodeContext(FORMATS.rgb565, "values"));
    expect(new Set(values.pixels)).toStrictEqual(new Set([0x1002, 0x0080]));
  });

  test("fills as Tight does", () => {
    // qemu-tightpng-graphics-rgb888le/server.bin@12462
    const picture = drawn(TightPNG, hex("80 00a8a8"), 2, 1, decodeContext(FORMATS.bgrx));
    expect(sketch(picture, rgba(0x00a8a8))).toBe("..");
  });

  test("reads deflated pixels, in the streams that Tight's rectangles have", () => {
    const context = decodeContext(FORMATS.bgrx);
    const first = drawn(Encoding.Tight, hex("00 12 78da6258c1c080897081150c00000000ffff"), 16, 1, context);
    const second = drawn(TightPNG, hex("00 0a 220d313000000000ffff"), 16, 1, context);
    expect(sketch(first, rgba(0x00a800), rgba(0))).toBe(".......aaaaaaaa.");
    expect(sketch(second, rgba(0x00a800), rgba(0))).toBe("...............a");
  });

  test("10 is a PNG picture, whatever the client has listed, and 14 is nothing", () => {
    const context = decodeContext(FORMATS.rgb565);
    const listed = { ...context, session: { ...context.session, encodingTypes: [TightPNG, TightWithoutZlib] } };
    expect(drawn(TightPNG, RECORDED, 144, 1, listed)).toStrictEqual(drawn(TightPNG, RECORDED, 144, 1, context));
    expect(fault(hex("e0 00"), 144, 1, listed)).toMatchObject({ code: "malformed", reason: "control byte 0xe0" });
  });

  test("refuses a picture of another size, bytes that are no picture, and all without a decoder", () => {
    expect(fault(RECORDED, 145, 1)).toMatchObject({ code: "malformed" });
    expect(fault(RECORDED, 144, 2)).toMatchObject({ code: "malformed" });
    expect(fault(hex("a0 02 8950"), 144, 1)).toMatchObject({ code: "malformed" });
    expect(fault(RECORDED.subarray(0, 60), 144, 1)).toMatchObject({ code: "truncated", reason: "60 bytes of 90" });
    const { compression, ...context } = decodeContext(FORMATS.rgb565);
    const { createInflater, createDeflater } = compression;
    expect(fault(RECORDED, 144, 1, { ...context, compression: { createInflater, createDeflater } })).toMatchObject({
      code: "unknownType",
      message: "Cannot read a Tight rectangle: no decoder for PNG was given",
    });
  });
});

test("advanceTightPng goes by the length of the picture, which has a limit", () => {
  const walk = () => createWalk(headOf(144, 1), NORMAL, 2, DEFAULT_LIMITS);
  const walked = walk();
  expect(advanceTightPng(walked, RECORDED, 0, 1)).toBe(1);
  expect(advanceTightPng(walked, RECORDED, 1, 1)).toBe(0);
  expect(advanceTightPng(walked, RECORDED, 1, 2)).toBe(89);
  expect(walked.done).toBe(true);
  expect(errorOf(() => advanceTightPng(walk(), hex("e0"), 0, 1))).toMatchObject({ code: "malformed" });
  const large = walk();
  advanceTightPng(large, RECORDED, 0, 1);
  // 2 × 144 × 2 + 65536 bytes at most.
  expect(errorOf(() => advanceTightPng(large, hex("c18404"), 0, 3))).toMatchObject({ code: "limit" });
});

describe("encodeTightPng", () => {
  test("sends one colour as such, a JPEG picture where the client has named a quality, or a PNG picture", () => {
    const { solid, photo, text } = pictures(32, 32);
    const context = encodeContext(FORMATS.bgrx);
    expect(hexOf(encodeTightPng(solid!, context))).toBe("80336699");
    for (const area of [photo!, text!]) {
      const payload = encodeTightPng(area, context);
      expect(hexOf(payload.subarray(0, 1))).toBe("a0");
      expect(hexOf(payload)).toMatch(/^a0.{2,6}89504e470d0a1a0a/);
    }
    const compression = { ...context.compression, encodeJpeg: () => hex("ffd8ffd9") };
    const lossy: EncodeContext = { ...context, qualityLevel: 6, compression };
    expect(hexOf(encodeTightPng(photo!, lossy))).toBe("9004ffd8ffd9");
    expect(hexOf(encodeTightPng(text!, lossy)).slice(0, 2)).toBe("a0");
  });

  test("refuses without an encoder, and what is too wide", () => {
    const { photo } = pictures(2, 2);
    const { compression, ...context } = encodeContext(FORMATS.bgrx);
    const { createInflater, createDeflater } = compression;
    const without = { ...context, compression: { createInflater, createDeflater } };
    expect(() => encodeTightPng(photo!, without)).toThrow(TypeError);
    expect(() => encodeTightPng(pictures(2049, 1).photo!, encodeContext(FORMATS.bgrx))).toThrow(RangeError);
  });
});
