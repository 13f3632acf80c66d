import { expect, test } from "vitest";
import { advanceZlibHex, createWalk, decodeZlibHex, encodeZlibHex, HextileMask } from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { createSurface } from "../../../codec/surfaces.ts";
import { hex, hexOf, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { NORMAL } from "../streams.ts";
import { decodeContext, drawn, encodeContext, FORMATS, pictures, rgba, sketch, testLossless } from "./rectangles.ts";

testLossless(Encoding.ZlibHex);

const COLOURS = [rgba(0), rgba(0xffffff), rgba(0xff0000), rgba(0x0000ff)];

function read(payload: string, width: number, height: number, context = decodeContext(FORMATS.rgb332)): string {
  return sketch(drawn(Encoding.ZlibHex, hex(payload), width, height, context), ...COLOURS);
}

/** By hand: a block that is stored, and a flush. */
function stored(data: string): string {
  const bytes = hex(data);
  return `00 ${hexOf(Uint8Array.of(bytes.length, 0, ~bytes.length, 255))} ${data} 00 0000 ffff`;
}

/** With its length, as a tile has it. */
function deflated(data: string, head = ""): string {
  const bytes = hex(head + stored(data));
  return hexOf(join([Uint8Array.of(0, bytes.length), bytes]));
}

test("ZlibHex has tiles as Hextile has them", () => {
  expect(read("0e 00 ff 02 0010 1121", 4, 3)).toBe("aa.. .aaa .aaa");
  expect(read("01 00ffe003", 2, 2)).toBe(".a bc");
});

test("ZlibHex has Raw tiles, and what follows a mask, in a stream each, as UltraVNC reads them", () => {
  const context = decodeContext(FORMATS.rgb332);
  expect(read(`20 ${deflated("00ffe003", "7801")}`, 2, 2, context)).toBe(".a bc");
  expect(read(`4e ${deflated("00ff0200101121", "7801")}`, 4, 3, context)).toBe("aa.. .aaa .aaa");
  expect(read(`5a ${deflated("0002ff0011e01100")}`, 3, 2, context)).toBe("aa. ab.");
  expect(read(`20 ${deflated("e0e00303")}`, 2, 2, context)).toBe("bb cc");
});

test("ZlibHex keeps colours from a deflated tile to a plain one, and back", () => {
  const payload = `46 ${deflated("ffe0", "7801")}  08 01 0000  48 ${deflated("010000")}`;
  expect(read(payload, 33, 1)).toBe(`${"a".repeat(16)}b${"a".repeat(15)}b`);
});

test("Raw comes before ZlibRaw, and ZlibRaw before ZlibHex; other bits are nothing to them", () => {
  expect(read("7f 00ffe003", 2, 2)).toBe(".a bc");
  expect(read(`7e ${deflated("00ffe003", "7801")}`, 2, 2)).toBe(".a bc");
});

test("what is encoded is deflated where that is worth it: Raw tiles in one stream, others in another", () => {
  const context = encodeContext(FORMATS.rgbx);
  const { photo, solid } = pictures(16, 16);
  const checked = createSurface(16, 16);
  for (let i = 0; i < 256; i++) checked.pixels[i] = rgba((i ^ (i >> 4)) & 1 ? 0xffffff : 0x336699);
  const tiles = [photo!, checked, solid!].map((picture) => encodeZlibHex(picture, context));
  expect(tiles.map((tile) => hexOf(tile.subarray(0, 1)))).toStrictEqual(["20", "4e", "02"]);
  expect(tiles.slice(0, 2).map((tile) => hexOf(tile.subarray(3, 5)))).toStrictEqual(["789c", "789c"]);
  const again = [photo!, checked].map((picture) => encodeZlibHex(picture, context));
  for (const i of [0, 1]) expect(again[i]!.length).toBeLessThan(tiles[i]!.length / 4);
  const decoding = decodeContext(FORMATS.rgbx);
  for (const tile of [...tiles.slice(0, 2), ...again]) drawn(Encoding.ZlibHex, tile, 16, 16, decoding);
});

const rectangle: Rectangle = { type: "rectangle", x: 0, y: 0, width: 2, height: 2, encodingType: Encoding.ZlibHex };

function fault(payload: string): unknown {
  const context = decodeContext(FORMATS.rgb332);
  return errorOf(() => decodeZlibHex(hex(payload), rectangle, context, createSurface(8, 8)));
}

test.each([
  ["no tile", "", "truncated", "at 0: 0 bytes of its head"],
  ["no length", "20 00", "truncated", "at 0: 2 bytes of its head"],
  ["too little data", "40 0003 78", "truncated", "at 0: 4 bytes of 6"],
  ["too much data", `02 ff 00`, "trailing", "at 2: 1 bytes after the last one"],
  ["too few pixels", `20 ${deflated("00ffe0", "7801")}`, "truncated", "at 0: 3 bytes inflated of 4"],
  ["too little of a tile", "4e 0000", "truncated", "at 0: 0 bytes inflated of its head"],
  ["a subrectangle too few", `4e ${deflated("00ff020000", "7801")}`, "truncated", "at 0: 5 bytes inflated of 7"],
  ["a subrectangle too many", `4e ${deflated("00ff0100000000", "7801")}`, "trailing", "at 0: 7 bytes inflated of 5"],
  [
    "a subrectangle outside",
    `4e ${deflated("00ff010003", "7801")}`,
    "malformed",
    "at 0: a subrectangle of 1x4 at 0,0 leaves 2x2",
  ],
  ["an unknown mask", "80", "malformed", "at 0: subencoding-mask 128"],
])("ZlibHex refuses %s", (_name, payload, code, message) => {
  expect(fault(payload)).toMatchObject({ code, message: `Cannot read a ZlibHex tile ${message}` });
});

test("ZlibHex refuses more pixels than the tile has, more than any tile is, and what is no zlib data", () => {
  expect(fault(`20 ${deflated("00ffe00303", "7801")}`)).toMatchObject({ code: "limit" });
  const longest = 2 + 1 + 255 * 3;
  const tooLong = join([hex("7801 00"), Uint8Array.of(0, 3, 255, 252), new Uint8Array(longest)]);
  expect(longest).toBe(0x300);
  const bomb = hexOf(join([tooLong, hex("00 0100 feff 00 00 0000 ffff")]));
  expect(fault(`5e ${(bomb.length / 2).toString(16).padStart(4, "0")} ${bomb}`)).toMatchObject({ code: "limit" });
  expect(fault("40 0004 12345678")).toMatchObject({ code: "malformed" });
});

test("ZlibHex is framed by its heads alone, tile by tile", () => {
  const walk = createWalk({ ...rectangle, width: 49 }, NORMAL, 4, DEFAULT_LIMITS);
  const head = Uint8Array.of(HextileMask.ZlibHex, 1, 2);
  for (let end = 0; end < 3; end++) expect(advanceZlibHex(walk, head, 0, end)).toBe(0);
  expect(advanceZlibHex(walk, head, 0, 3)).toBe(3 + 0x0102);
  expect(advanceZlibHex(walk, hex("20ffff"), 0, 3)).toBe(3 + 0xffff);
  expect(advanceZlibHex(walk, hex("01"), 0, 1)).toBe(1 + 32 * 4);
  expect(walk.done).toBe(false);
  expect(advanceZlibHex(walk, hex("06"), 0, 1)).toBe(9);
  expect(walk.done).toBe(true);
});

test("ZlibHex may be no longer than the limit", () => {
  const limited = (maxRectangleLength: number) =>
    createWalk(rectangle, NORMAL, 4, { ...DEFAULT_LIMITS, maxRectangleLength });
  expect(advanceZlibHex(limited(259), hex("200100"), 0, 3)).toBe(259);
  expect(errorOf(() => advanceZlibHex(limited(258), hex("200100"), 0, 3))).toMatchObject({
    code: "limit",
    reason: "limit maxRectangleLength is 258, got 259",
  });
});
