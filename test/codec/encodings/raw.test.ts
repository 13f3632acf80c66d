import { expect, test } from "vitest";
import {
  advanceRaw,
  createWalk,
  decodeRaw,
  decodeRawPiece,
  encodeRaw,
  extentOfRaw,
} from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { createSurface } from "../../../codec/surfaces.ts";
import { cut, hex, hexOf } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { NORMAL } from "../streams.ts";
import { decodeContext, drawn, encodeContext, FORMATS, pictures, rgba, sketch, testLossless } from "./rectangles.ts";

testLossless(Encoding.Raw);

function rectangle(x: number, y: number, width: number, height: number): Rectangle {
  return { type: "rectangle", x, y, width, height, encodingType: Encoding.Raw };
}

test("a Raw payload is as long as its pixels, past 4 GB too", () => {
  expect(extentOfRaw(rectangle(9, 9, 3, 5), 2)).toBe(30);
  expect(extentOfRaw(rectangle(9, 9, 0, 5), 4)).toBe(0);
  expect(extentOfRaw(rectangle(9, 9, 5, 0), 4)).toBe(0);
  expect(extentOfRaw(rectangle(0, 0, 65535, 65535), 4)).toBe(17_179_344_900);
});

test("a Raw payload may pass at once, and nothing of it is looked at", () => {
  const walk = createWalk(rectangle(0, 0, 3, 5), NORMAL, 4, DEFAULT_LIMITS);
  expect(advanceRaw(walk)).toBe(60);
  expect(walk.done).toBe(true);
});

test("Raw is the pixels, row by row, RFC 6143 §7.7.1", () => {
  const payload = hex("00ff00e0 e0ff0003");
  const picture = drawn(Encoding.Raw, payload, 4, 2, decodeContext(FORMATS.rgb332));
  expect(sketch(picture, rgba(0), rgba(0xffffff), rgba(0xff0000), rgba(0x0000ff))).toBe(".a.b ba.c");
  expect(hexOf(encodeRaw(picture, encodeContext(FORMATS.rgb332)))).toBe(hexOf(payload));
});

test.each([
  ["rgbx", "112233ff", 0x112233],
  ["bgrx", "332211ff", 0x112233],
  ["xbgr", "ff332211", 0x112233],
  ["bigRgbx", "ff332211", 0x112233],
  ["bigBgrx", "ff112233", 0x112233],
  ["bigXbgr", "112233ff", 0x112233],
  // Of 1023 each: 1023, 512, 0.
  ["rgb101010", "0000f83f", 0xff8000],
  ["rgb565", "2108", 0x080408],
  ["bigRgb565", "0821", 0x080408],
  ["rgb555", "007c", 0xff0000],
  ["bigRgb555", "001f", 0x0000ff],
  ["rgb444", "230f", 0xff2233],
  ["bigRgb444", "0f23", 0xff2233],
  ["rgb332", "1f", 0x00ffff],
  ["rgb222", "39", 0xffaa55],
] as const)("a pixel in %s: %s", (format, bytes, colour) => {
  const picture = drawn(Encoding.Raw, hex(bytes), 1, 1, decodeContext(FORMATS[format]));
  expect(picture.pixels[0]).toBe(rgba(colour));
});

test("a pixel of a colour map is its index, without alpha", () => {
  expect(Array.from(drawn(Encoding.Raw, hex("00ff"), 2, 1, decodeContext(FORMATS.colourMap)).pixels)).toStrictEqual([
    0, 255,
  ]);
});

test("Raw pixels may come in pieces, which need not end at a row", () => {
  const { photo } = pictures(7, 5);
  const payload = encodeRaw(photo!, encodeContext(FORMATS.rgb565));
  const context = decodeContext(FORMATS.rgb565);
  const whole = createSurface(10, 9);
  decodeRaw(payload, rectangle(2, 3, 7, 5), context, whole);
  for (let first = 0; first <= 35; first++) {
    for (let second = first; second <= 35; second += 3) {
      const into = createSurface(10, 9);
      let from = 0;
      for (const piece of cut(payload, 2 * first, 2 * second)) {
        from += decodeRawPiece(piece, from, rectangle(2, 3, 7, 5), context, into);
      }
      expect(from).toBe(35);
      expect(into.pixels).toStrictEqual(whole.pixels);
    }
  }
});

test("a pixel that is not all there is not drawn", () => {
  const into = createSurface(2, 1);
  expect(decodeRawPiece(hex("ffffff"), 0, rectangle(0, 0, 2, 1), decodeContext(FORMATS.rgb565), into)).toBe(1);
  expect(Array.from(into.pixels)).toStrictEqual([rgba(0xffffff), 0]);
});

test("decodeRaw refuses any other length", () => {
  const fault = (width: number, height: number) =>
    errorOf(() =>
      decodeRaw(new Uint8Array(12), rectangle(0, 0, width, height), decodeContext(FORMATS.rgb565), createSurface(8, 8)),
    );
  expect(fault(3, 1)).toMatchObject({
    code: "trailing",
    message: "Cannot read a Raw rectangle: 12 bytes of 6",
  });
  expect(fault(4, 2)).toMatchObject({ code: "truncated", reason: "12 bytes of 16" });
});
