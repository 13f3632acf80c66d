import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  advanceCopyRect,
  COPY_RECT_LENGTH,
  createWalk,
  decodeCopyRect,
  drawCopyRect,
  encodeCopyRect,
} from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { createSurface, cutOut, paste } from "../../../codec/surfaces.ts";
import { u16s } from "../arbitraries.ts";
import { hex } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { runs } from "../runs.ts";
import { NORMAL } from "../streams.ts";
import { decodeContext, FORMATS } from "./rectangles.ts";

// xtigervnc-messages/server.bin@2093
const RECORDED = hex("000b 003f");

test("CopyRect is read and written as TigerVNC sends it", () => {
  expect(decodeCopyRect(RECORDED)).toStrictEqual({ srcX: 11, srcY: 63 });
  expect(encodeCopyRect({ srcX: 11, srcY: 63 })).toStrictEqual(RECORDED);
});

test("CopyRect comes back from its bytes as it was", () => {
  fc.assert(
    fc.property(u16s, u16s, (srcX, srcY) => {
      expect(decodeCopyRect(encodeCopyRect({ srcX, srcY }))).toStrictEqual({ srcX, srcY });
    }),
    runs(100),
  );
});

test("a CopyRect payload of another length is truncated or trailing", () => {
  for (const length of [0, 1, 2, 3]) {
    expect(errorOf(() => decodeCopyRect(RECORDED.slice(0, length))).code).toBe("truncated");
  }
  expect(errorOf(() => decodeCopyRect(hex("000b003f00")))).toMatchObject({ code: "trailing", reason: "5 bytes of 4" });
});

test.each([-1, 65536, 0.5])("CopyRect refuses to be written from %d", (value) => {
  expect(() => encodeCopyRect({ srcX: value, srcY: 0 })).toThrow(RangeError);
  expect(() => encodeCopyRect({ srcX: 0, srcY: value })).toThrow(RangeError);
});

const rectangle: Rectangle = { type: "rectangle", x: 1, y: 1, width: 3, height: 2, encodingType: Encoding.CopyRect };

test("a CopyRect passes only whole", () => {
  const bytes = new Uint8Array(9);
  for (let length = 0; length < 6; length++) {
    const walk = createWalk(rectangle, NORMAL, 4, DEFAULT_LIMITS);
    expect(advanceCopyRect(walk, bytes, 3, 3 + length)).toBe(length < COPY_RECT_LENGTH ? 0 : 4);
    expect(walk.done).toBe(length >= COPY_RECT_LENGTH);
  }
});

describe("drawCopyRect", () => {
  const numbered = () => {
    const surface = createSurface(5, 4);
    surface.pixels.forEach((_, i) => {
      surface.pixels[i] = i;
    });
    return surface;
  };
  const context = decodeContext(FORMATS.rgb332);

  test("moves pixels in every direction, over themselves too", () => {
    for (let srcY = 0; srcY <= 2; srcY++) {
      for (let srcX = 0; srcX <= 2; srcX++) {
        const before = numbered();
        const into = numbered();
        drawCopyRect(encodeCopyRect({ srcX, srcY }), rectangle, context, into);
        const expected = numbered();
        paste(expected, 1, 1, cutOut(before, srcX, srcY, 3, 2));
        expect(into.pixels, `from ${srcX},${srcY}`).toStrictEqual(expected.pixels);
      }
    }
  });

  test.each([
    [3, 0],
    [0, 3],
    [65535, 65535],
  ])("refuses a source at %d,%d, outside the framebuffer", (srcX, srcY) => {
    const into = numbered();
    expect(errorOf(() => drawCopyRect(encodeCopyRect({ srcX, srcY }), rectangle, context, into))).toMatchObject({
      code: "malformed",
      message: `Cannot draw a CopyRect: 3x2 at ${srcX},${srcY} leaves the framebuffer of 5x4`,
    });
    expect(into.pixels).toStrictEqual(numbered().pixels);
  });

  test("refuses a payload of another length", () => {
    const fault = errorOf(() => drawCopyRect(hex("0000"), rectangle, context, numbered()));
    expect(fault).toMatchObject({ code: "truncated", message: "Cannot read a CopyRect: 2 bytes of 4" });
  });
});
