import { describe, expect, test } from "vitest";
import {
  bytesPerPixelOf,
  decodePixelFormat,
  encodePixelFormat,
  PIXEL_FORMAT_LENGTH,
  putPixelFormat,
  RGBX8888,
} from "../../codec/pixel_format.ts";
import { hex, hexOf } from "./bytes.ts";
import { errorOf } from "./errors.ts";

test("RGBX8888 is bytes R, G, B and one spare", () => {
  expect(hexOf(encodePixelFormat(RGBX8888))).toBe("20180001 00ff00ff00ff 000810 000000".replaceAll(" ", ""));
  expect(Object.isFrozen(RGBX8888)).toBe(true);
  expect(PIXEL_FORMAT_LENGTH).toBe(16);
});

test("a pixel has 1, 2 or 4 bytes", () => {
  expect([8, 16, 32].map((bitsPerPixel) => bytesPerPixelOf({ ...RGBX8888, bitsPerPixel }))).toStrictEqual([1, 2, 4]);
});

test("a PixelFormat is put where it belongs, its padding untouched", () => {
  const bytes = new Uint8Array(20).fill(0xee);
  putPixelFormat(bytes, 2, RGBX8888);
  expect(hexOf(bytes)).toBe("eeee2018000100ff00ff00ff000810eeeeeeeeee");
});

describe("a PixelFormat is refused", () => {
  // Each differs from a sound one in one thing; the sound one is 20 18 00 01 00ff 00ff 00ff 10 08 00.
  test.each([
    ["with 0 bits a pixel", "00 18 00 01 00ff 00ff 00ff 10 08 00", "0 bits a pixel"],
    ["with 24 bits a pixel", "18 18 00 01 00ff 00ff 00ff 10 08 00", "24 bits a pixel"],
    ["with 64 bits a pixel", "40 18 00 01 00ff 00ff 00ff 10 08 00", "64 bits a pixel"],
    ["with no depth", "20 00 00 01 00ff 00ff 00ff 10 08 00", "depth 0 in 32 bits"],
    ["deeper than its pixel", "20 21 00 01 00ff 00ff 00ff 10 08 00", "depth 33 in 32 bits"],
    ["with an empty channel of red", "20 18 00 01 0000 00ff 00ff 10 08 00", "red-max 0"],
    ["with an empty channel of green", "20 18 00 01 00ff 0000 00ff 10 08 00", "green-max 0"],
    ["with an empty channel of blue", "20 18 00 01 00ff 00ff 0000 10 08 00", "blue-max 0"],
    ["with a maximum that is not 2^n - 1", "20 18 00 01 00fe 00ff 00ff 10 08 00", "red-max 254"],
    ["with a maximum past a power of two", "20 18 00 01 00ff 0100 00ff 10 08 00", "green-max 256"],
    ["with a shift past the pixel", "20 18 00 01 00ff 00ff 00ff 20 08 00", "red of max 255 shifted by 32 in 32 bits"],
    ["with a shift of 255", "20 18 00 01 00ff 00ff 00ff ff 08 00", "red of max 255 shifted by 255 in 32 bits"],
    ["with a channel half out", "20 18 00 01 00ff 00ff 00ff 19 08 00", "red of max 255 shifted by 25 in 32 bits"],
    ["with a channel out of 16 bits", "10 10 00 01 001f 003f 001f 0c 05 00", "red of max 31 shifted by 12 in 16 bits"],
    ["with a product past 2^32", "20 20 00 01 ffff 0001 0001 1f 08 00", "red of max 65535 shifted by 31 in 32 bits"],
    ["with overlapping channels", "20 18 00 01 00ff 00ff 00ff 10 0f 00", "green overlaps another channel"],
    ["with blue over red", "20 18 00 01 00ff 00ff 00ff 10 08 10", "blue overlaps another channel"],
    ["with overlap in the sign bit", "20 18 00 01 00ff 0001 00ff 18 1f 00", "green overlaps another channel"],
    ["with a colour map and 16 bits", "10 10 00 00 0000 0000 0000 00 00 00", "a colour map with 16 bits a pixel"],
    ["with a colour map and 32 bits", "20 18 00 00 00ff 00ff 00ff 10 08 00", "a colour map with 32 bits a pixel"],
  ])("%s", (_name, fields, reason) => {
    const error = errorOf(() => decodePixelFormat(hex(`eeee ${fields} 000000`), 2));
    expect(error).toMatchObject({ code: "malformed", act: "Cannot read a PixelFormat", reason, offset: 2 });
  });
});

describe("a PixelFormat is taken", () => {
  test.each([
    ["with depth 32, which some servers say for 888", "20 20 00 01 00ff 00ff 00ff 10 08 00"],
    ["with channels up to the sign bit", "20 18 01 01 00ff 00ff 00ff 18 10 08"],
    ["with one-bit channels", "08 03 00 01 0001 0001 0001 02 01 00"],
    ["with the widest channel", "20 12 00 01 ffff 0001 0001 10 01 00"],
    ["with channel fields of no meaning beside a colour map", "08 08 00 00 ffff 1234 0000 ff ff ff"],
  ])("%s", (_name, fields) => {
    const wire = hex(`${fields} 000000`);
    expect(encodePixelFormat(decodePixelFormat(wire))).toStrictEqual(wire);
  });
});
