import { describe, expect, test } from "vitest";
import { advanceRaw, decodeRaw, encodeRaw, extentOfRaw } from "../../../codec/encodings/mod.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { hexOf } from "../bytes.ts";
import { errorOf } from "../errors.ts";

function rectangle(x: number, y: number, width: number, height: number): Rectangle {
  return { type: "rectangle", x, y, width, height, encodingType: 0 };
}

test("a Raw payload is as long as its pixels, past 4 GB too", () => {
  expect(extentOfRaw(rectangle(9, 9, 3, 5), 2)).toBe(30);
  expect(extentOfRaw(rectangle(9, 9, 0, 5), 4)).toBe(0);
  expect(extentOfRaw(rectangle(9, 9, 5, 0), 4)).toBe(0);
  expect(extentOfRaw(rectangle(0, 0, 65535, 65535), 4)).toBe(17_179_344_900);
});

test("a Raw payload may pass at once, and nothing of it is looked at", () => {
  const walk = { rectangle: rectangle(0, 0, 3, 5), bytesPerPixel: 4, done: false };
  expect(advanceRaw(walk)).toBe(60);
  expect(walk.done).toBe(true);
});

test("decodeRaw hands out the pixels as they came, and refuses any other length", () => {
  const payload = Uint8Array.from({ length: 12 }, (_, i) => i);
  expect(decodeRaw(payload, rectangle(0, 0, 3, 2), 2)).toBe(payload);
  expect(errorOf(() => decodeRaw(payload, rectangle(0, 0, 3, 1), 2))).toMatchObject({
    code: "trailing",
    reason: "12 bytes of 6",
  });
  expect(errorOf(() => decodeRaw(payload, rectangle(0, 0, 4, 2), 2))).toMatchObject({
    code: "truncated",
    reason: "12 bytes of 16",
  });
});

describe("encodeRaw", () => {
  // 4 × 3 pixels of 2 bytes, rows of 10 bytes: 2 bytes at the end of a row are no pixels.
  const stride = 10;
  const pixels = Uint8Array.from({ length: 30 }, (_, i) => i);

  test("takes its rows out of a framebuffer, RFC 6143 §7.7.1", () => {
    expect(hexOf(encodeRaw(pixels, stride, rectangle(1, 1, 2, 2), 2))).toBe("0c0d0e0f16171819");
    expect(encodeRaw(pixels, stride, rectangle(1, 1, 0, 2), 2)).toHaveLength(0);
    expect(encodeRaw(pixels, stride, rectangle(1, 3, 2, 0), 2)).toHaveLength(0);
  });

  test("may take the last row and column", () => {
    expect(hexOf(encodeRaw(pixels, stride, rectangle(4, 2, 1, 1), 2))).toBe("1c1d");
  });

  test("refuses one byte past a row", () => {
    expect(encodeRaw(pixels, stride, rectangle(9, 2, 1, 1), 1)).toStrictEqual(Uint8Array.of(29));
    expect(() => encodeRaw(pixels, stride, rectangle(9, 1, 2, 1), 1)).toThrow(RangeError);
  });

  test("makes a copy", () => {
    const bytes = encodeRaw(pixels, stride, rectangle(0, 0, 1, 1), 2);
    bytes[0] = 99;
    expect(pixels[0]).toBe(0);
  });

  test.each([
    [4, 0, 2, 1],
    [0, 2, 1, 2],
    [6, 0, 0, 1],
    [0, 4, 1, 0],
  ])("refuses a rectangle that leaves the framebuffer: at %d,%d, %d × %d", (x, y, width, height) => {
    expect(() => encodeRaw(pixels, stride, rectangle(x, y, width, height), 2)).toThrow(RangeError);
  });
});
