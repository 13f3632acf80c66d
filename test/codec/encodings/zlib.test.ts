import { constants, deflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { advanceZlib, createWalk, decodeZlib, encodeZlib } from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { createSurface } from "../../../codec/surfaces.ts";
import { be32, hex, hexOf, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { NORMAL } from "../streams.ts";
import { decodeContext, drawn, encodeContext, FORMATS, rgba, sketch, testLossless } from "./rectangles.ts";

testLossless(Encoding.Zlib);

const COLOURS = [rgba(0), rgba(0xffffff), rgba(0xff0000), rgba(0x0000ff)];

// By hand: blocks that are stored, each flushed; only the first has the stream's head.
const FIRST = hex("00000010 7801 00 0400 fbff 00ffe003 00 0000 ffff");
const SECOND = hex("0000000e 00 0400 fbff 03030000 00 0000 ffff");

test("Zlib is Raw, deflated: rfbproto; all of a connection's rectangles are one stream", () => {
  const context = decodeContext(FORMATS.rgb332);
  expect(sketch(drawn(Encoding.Zlib, FIRST, 2, 2, context), ...COLOURS)).toBe(".a bc");
  expect(sketch(drawn(Encoding.Zlib, SECOND, 4, 1, context), ...COLOURS)).toBe("cc..");
  const other = decodeContext(FORMATS.rgb332);
  expect(errorOf(() => drawn(Encoding.Zlib, SECOND, 4, 1, other)).code).toBe("malformed");
});

test("a rectangle may refer to the bytes of the one before, as zlib itself deflates them", () => {
  const pixels = Uint8Array.from({ length: 200 }, (_, i) => (i * 37 + (i >> 3)) & 0xff);
  const first = deflateSync(pixels, { finishFlush: constants.Z_SYNC_FLUSH });
  const second = hex("621826fe00000000ffff"); // by zlib 1.3, with the first as its dictionary
  const context = decodeContext(FORMATS.rgb332, "values");
  for (const deflated of [first, second]) {
    const payload = join([be32(deflated.length), deflated]);
    expect(Array.from(drawn(Encoding.Zlib, payload, 20, 10, context).pixels)).toStrictEqual(Array.from(pixels));
  }
});

test("what is encoded is one stream as well", () => {
  const surface = createSurface(64, 64);
  for (let i = 0; i < surface.pixels.length; i++) surface.pixels[i] = rgba(Math.imul(i, 0x9e3779b1) >>> 8);
  const context = encodeContext(FORMATS.rgbx);
  const [first, second] = [encodeZlib(surface, context), encodeZlib(surface, context)];
  expect(hexOf(first.subarray(4, 6))).toBe("789c");
  expect(second.length).toBeLessThan(first.length / 20);
});

test("the client's compression level is the stream's", () => {
  const surface = createSurface(10, 10);
  const headAt = (level: number) => hexOf(encodeZlib(surface, encodeContext(FORMATS.rgbx, level)).subarray(4, 6));
  expect([0, 1, 6, 9].map(headAt)).toStrictEqual(["7801", "7801", "789c", "78da"]);
});

test("a rectangle without pixels may have no data, and does not touch the stream", () => {
  const context = decodeContext(FORMATS.rgb332);
  drawn(Encoding.Zlib, hex("00000000"), 0, 4, context);
  expect(sketch(drawn(Encoding.Zlib, FIRST, 2, 2, context), ...COLOURS)).toBe(".a bc");
  drawn(Encoding.Zlib, hex("00000005 00 0000 ffff"), 4, 0, context);
  expect(sketch(drawn(Encoding.Zlib, SECOND, 4, 1, context), ...COLOURS)).toBe("cc..");
});

const rectangle: Rectangle = { type: "rectangle", x: 0, y: 0, width: 2, height: 2, encodingType: Encoding.Zlib };

function fault(payload: Uint8Array, width = 2): unknown {
  const context = decodeContext(FORMATS.rgb332);
  return errorOf(() => decodeZlib(payload, { ...rectangle, width }, context, createSurface(8, 8)));
}

test("a Zlib payload of another length is truncated or trailing", () => {
  for (let length = 0; length < FIRST.length; length++) {
    expect(fault(FIRST.subarray(0, length)), String(length)).toMatchObject({ code: "truncated" });
  }
  expect(fault(join([FIRST, hex("00")]))).toMatchObject({
    code: "trailing",
    message: "Cannot read a Zlib rectangle: 21 bytes of 20",
  });
});

test("Zlib refuses data that inflates to fewer pixels, or to more, or not at all", () => {
  expect(fault(FIRST, 3)).toMatchObject({
    code: "truncated",
    message: "Cannot read a Zlib rectangle's pixels: 4 bytes of 6",
  });
  expect(fault(hex("00000000"))).toMatchObject({ code: "truncated", reason: "0 bytes of 4" });
  expect(fault(FIRST, 1)).toMatchObject({ code: "limit" });
  expect(fault(hex("00000004 12345678"))).toMatchObject({ code: "malformed" });
});

test("Zlib refuses a length that no encoder needs, and one above the limit", () => {
  const walk = (limits = DEFAULT_LIMITS) => createWalk(rectangle, NORMAL, 4, limits);
  for (let end = 0; end < 4; end++) expect(advanceZlib(walk(), be32(5), 0, end)).toBe(0);
  expect(advanceZlib(walk(), be32(65_568), 0, 4)).toBe(65_572);
  expect(errorOf(() => advanceZlib(walk(), be32(65_569), 0, 4))).toMatchObject({
    code: "limit",
    message: "Cannot read a Zlib rectangle: 65569 bytes for 2x2 pixels: at most 65568",
  });
  expect(errorOf(() => advanceZlib(walk(), be32(0xffffffff), 0, 4)).code).toBe("limit");
  const tight = { ...DEFAULT_LIMITS, maxRectangleLength: 9 };
  expect(advanceZlib(walk(tight), be32(9), 0, 4)).toBe(13);
  expect(errorOf(() => advanceZlib(walk(tight), be32(10), 0, 4)).reason).toBe("limit maxRectangleLength is 9, got 10");
});
