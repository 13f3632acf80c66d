import { describe, expect, test } from "vitest";
import { advanceUltra, createWalk, decodeUltra, encodeUltra } from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { createSurface, cutOut } from "../../../codec/surfaces.ts";
import { be32, hex, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { hasCorpus, withCorpus } from "../recordings.ts";
import { rectangleHead } from "../streams.ts";
import { framed, headOf, sessionIn } from "./framed.ts";
import { rectanglesOf } from "./recorded.ts";
import { decodeContext, drawn, encodeContext, FORMATS, testLossless } from "./rectangles.ts";

const ULTRA = 9;

// x11vnc-ultra-rgb888le/server.bin@451488: 128 × 2 pixels.
const RECORDED = hex(`
  00000078
  000e 25126e0023186b0025136b0027126e001b167500191867002113650019197c00 20dc0000
  01 cdcd0000 209b0c00 2002f006
  000d 27117800251978002b1966002518630026156b0018196b001e1767001a1c84 20020401 20ba8800 209bec07 6c17 326806
  0c 000000000000000000000000000000
  110000
`);

test("Ultra is read as libvncserver sends it", () => {
  const { pixels } = drawn(ULTRA, RECORDED, 128, 2, decodeContext(FORMATS.bgrx));
  const row = (...first: readonly number[]): readonly number[] => [
    ...first.map((colour) => (0xff000000 | ((colour & 0xff) << 16) | (colour & 0xff00) | (colour >> 16)) >>> 0),
    ...new Array<number>(63).fill(0xff000000),
    ...new Array<number>(48).fill(0xff00cdcd),
    ...new Array<number>(9).fill(0xff000000),
  ];
  expect([...pixels.subarray(0, 128)]).toStrictEqual(
    row(0x6e1225, 0x6b1823, 0x6b1325, 0x6e1227, 0x75161b, 0x671819, 0x651321, 0x7c1919),
  );
  expect([...pixels.subarray(128)]).toStrictEqual(
    row(0x781127, 0x781925, 0x66192b, 0x631825, 0x6b1526, 0x6b1918, 0x67171e, 0x841c1a),
  );
});

testLossless(ULTRA);

test("a length of 0 draws nothing, and is all that a rectangle without pixels has", () => {
  const into = createSurface(4, 4);
  decodeUltra(be32(0), headOf(ULTRA, 0, 0, 4, 4), decodeContext(FORMATS.rgbx), into);
  expect([...new Set(into.pixels)]).toStrictEqual([0]);
  expect(encodeUltra(createSurface(0, 7), encodeContext(FORMATS.rgbx))).toStrictEqual(be32(0));
});

describe("limits and faults", () => {
  const context = decodeContext(FORMATS.rgb332);

  test.each([
    ["000000", "truncated", "Cannot read an Ultra rectangle at 0: 3 bytes of 4"],
    ["00000005 13aabb11", "truncated", "Cannot read an Ultra rectangle: 8 bytes of 9"],
    ["00000005 13aabb110000", "trailing", "Cannot read an Ultra rectangle: 10 bytes of 9"],
    ["00000006 13aabb110000", "malformed", "Cannot read LZO1X data at 10: 2 bytes of 4"],
    ["00000009 16aabbccddee110000", "malformed", "Cannot read LZO1X data at 5: more than 4 bytes"],
    ["00000009 15aabbccdd11000000", "trailing", "Cannot read LZO1X data at 12: 1 bytes after the end"],
  ])("%s is refused", (payload, code, message) => {
    const error = errorOf(() => drawn(ULTRA, hex(payload), 2, 2, context));
    expect(error).toMatchObject({ code, message });
  });

  test("a length may be twice the pixels and 64 KiB, and no longer", () => {
    const session = sessionIn(FORMATS.rgb332);
    const claimed = (length: number): Uint8Array => join([rectangleHead(0, 0, 2, 2, ULTRA), be32(length)]);
    const walk = createWalk(headOf(ULTRA, 0, 0, 2, 2), session, 1, DEFAULT_LIMITS);
    expect(advanceUltra(walk, be32(8 + 65536), 0, 4)).toBe(4 + 8 + 65536);
    expect(walk.done).toBe(true);
    expect(errorOf(() => framed(claimed(9 + 65536), session))).toMatchObject({
      code: "limit",
      message: "Cannot read an Ultra rectangle at 16: 65545 bytes for 2x2 pixels: at most 65544",
    });
    expect(errorOf(() => framed(claimed(0xffffffff), session)).code).toBe("limit");
    expect(errorOf(() => framed(claimed(11), session, { ...DEFAULT_LIMITS, maxRectangleLength: 10 })).reason).toBe(
      "limit maxRectangleLength is 10, got 11",
    );
  });
});

describe.skipIf(!hasCorpus)(`x11vnc-ultra-rgb888le${withCorpus}`, () => {
  test("is written in fewer bytes than libvncserver takes, and comes back", () => {
    let theirs = 0;
    let ours = 0;
    const recorded = rectanglesOf("x11vnc-ultra-rgb888le", ULTRA);
    expect(recorded).toHaveLength(34);
    for (const { rectangle, payload, session } of recorded) {
      const { width, height } = rectangle;
      const picture = drawn(ULTRA, payload, width, height, decodeContext(session.pixelFormat!));
      const written = encodeUltra(cutOut(picture, 0, 0, width, height), encodeContext(session.pixelFormat!));
      const again = drawn(ULTRA, written, width, height, decodeContext(session.pixelFormat!));
      expect(again.pixels).toStrictEqual(picture.pixels);
      theirs += payload.length;
      ours += written.length;
    }
    expect(theirs).toBe(657_136);
    expect(ours / theirs).toBeLessThan(1);
  });
});
