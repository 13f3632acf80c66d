import { describe, expect, test } from "vitest";
import {
  advanceAten,
  advanceAtenHermon,
  createWalk,
  decodeAtenHermon,
  framingOf,
} from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { observe } from "../../../codec/session.ts";
import { createSurface } from "../../../codec/surfaces.ts";
import { be16, be32, hex, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { NORMAL } from "../streams.ts";
import { decodeContext, drawn, FORMATS, rgba, sketch } from "./rectangles.ts";

// No recording of such a board is at hand: what is here is written by hand.

const { AtenHermon } = Encoding;
const RED = rgba(0xff0000);
const BLUE = rgba(0x0000ff);

function headOf(width: number, height: number, encodingType: number = AtenHermon): Rectangle {
  return { type: "rectangle", x: 0, y: 0, width, height, encodingType };
}

function hermon(type: number, count: number, body: Uint8Array): Uint8Array {
  const length = 10 + body.length;
  return join([be32(1), be32(length), Uint8Array.of(type, 0), be32(count), be32(length), body]);
}

/** A tile of one colour, 5 bits a channel, least significant byte first. */
function tile(row: number, column: number, colour: number): Uint8Array {
  const pixels = Array<Uint8Array>(256).fill(Uint8Array.of(colour & 0xff, colour >> 8));
  return join([hex("11223344"), Uint8Array.of(row, column), ...pixels]);
}

describe("decodeAtenHermon", () => {
  test("draws tiles, those at the edges as far as they are inside", () => {
    const payload = hermon(0, 2, join([tile(0, 1, 0x7c00), tile(1, 0, 0x001f)]));
    const picture = drawn(AtenHermon, payload, 20, 18, decodeContext(FORMATS.bgrx));
    const rows = sketch(picture, 0xdeadbeef, RED, BLUE).split(" ");
    expect(rows.slice(0, 16)).toStrictEqual(Array(16).fill("................aaaa"));
    expect(rows.slice(16)).toStrictEqual(Array(2).fill("bbbbbbbbbbbbbbbb...."));
  });

  test("draws all pixels at once, and through the format in force", () => {
    const payload = hermon(1, 0, hex("007c 1f00 e003"));
    const picture = drawn(AtenHermon, payload, 3, 1, decodeContext(FORMATS.bgrx));
    expect(sketch(picture, RED, BLUE, rgba(0x00ff00))).toBe(".ab");
    const values = drawn(AtenHermon, payload, 3, 1, decodeContext(FORMATS.rgb565, "values"));
    expect([...values.pixels]).toStrictEqual([0xf800, 0x001f, 0x07e0]);
  });

  test("draws no further than the framebuffer, whatever the rectangle says", () => {
    const into = createSurface(2, 1);
    decodeAtenHermon(hermon(1, 0, new Uint8Array(2 * 12)), headOf(4, 3), decodeContext(FORMATS.bgrx), into);
    expect(sketch(into, rgba(0))).toBe("..");
  });

  test("draws nothing where the screen is off", () => {
    const into = createSurface(2, 1);
    const off = headOf(0xfd80, 0xfe20);
    decodeAtenHermon(hex("00000000 00000000"), off, decodeContext(FORMATS.bgrx), into);
    decodeAtenHermon(hermon(1, 0, hex("")), off, decodeContext(FORMATS.bgrx), into);
    expect(sketch(into, 0)).toBe("..");
  });

  test.each([
    ["a head that is not all there", hex("00000001 000000"), "truncated", "Cannot read a field at 4: 3 bytes of 4"],
    ["too few bytes", hex("00000001 00000002 00"), "truncated", "Cannot read a Hermon rectangle: 9 bytes of 10"],
    ["too many", hex("00000001 00000000 00"), "trailing", "Cannot read a Hermon rectangle: 9 bytes of 8"],
    ["a body without its head", hex("00000001 00000002 0000"), "truncated", "Cannot read a field at 14: 0 bytes of 4"],
    [
      "two lengths",
      hex("00000001 0000000a 0000 00000000 0000000b"),
      "malformed",
      "Cannot read a Hermon rectangle: a body of 11 bytes in 10",
    ],
    ["a type nobody has seen", hermon(2, 0, hex("")), "malformed", "Cannot read a Hermon rectangle at 8: type 2"],
    [
      "fewer tiles than it counts",
      hermon(0, 2, tile(0, 0, 0)),
      "truncated",
      "Cannot read a Hermon rectangle: 518 bytes of 1036",
    ],
    ["more", hermon(0, 0, tile(0, 0, 0)), "trailing", "Cannot read a Hermon rectangle: 518 bytes of 0"],
    [
      "a count past 4 GB",
      hermon(0, 0xffffffff, hex("")),
      "truncated",
      "Cannot read a Hermon rectangle: 0 bytes of 2224793058810",
    ],
    ["too few pixels", hermon(1, 0, new Uint8Array(23)), "truncated", "Cannot read a Hermon rectangle: 23 bytes of 24"],
    [
      "a tile outside",
      hermon(0, 1, tile(1, 0, 0)),
      "malformed",
      "Cannot read a Hermon rectangle at 0: a tile at 0,16 of 4x3",
    ],
    [
      "one beside",
      hermon(0, 1, tile(0, 255, 0)),
      "malformed",
      "Cannot read a Hermon rectangle at 0: a tile at 4080,0 of 4x3",
    ],
  ])("refuses %s", (_name, payload, code, message) => {
    const error = errorOf(() =>
      decodeAtenHermon(payload, headOf(4, 3), decodeContext(FORMATS.bgrx), createSurface(4, 3)),
    );
    expect(error).toMatchObject({ code, message });
  });
});

test.each([0x57, 0x58, 0x59, 0x60, 0x61])("the head of encoding %d says how much follows, up to a limit", (type) => {
  const { advance, drawsPixels } = framingOf(type)!;
  expect(drawsPixels).toBe(false);
  const limits = { ...DEFAULT_LIMITS, maxVendorLength: 500, maxRectangleLength: 500 };
  const walk = () => createWalk(headOf(16, 16, type), NORMAL, 2, limits);
  const bytes = join([hex("77"), be32(0), be32(500)]);
  for (let length = 0; length < 8; length++) expect(advance(walk(), bytes, 1, 1 + length)).toBe(0);
  const walked = walk();
  expect(advance(walked, bytes, 1, 9)).toBe(508);
  expect(walked.done).toBe(true);
  for (const length of [501, 0xffffffff]) {
    expect(errorOf(() => advance(walk(), join([be32(0), be32(length)]), 0, 8))).toMatchObject({ code: "limit" });
  }
});

test("Hermon may be as long as its pixels make sense, past what else vendors may send", () => {
  const bytes = join([be32(0), be32(2 * 1280 * 1024)]);
  const walk = () => createWalk(headOf(1280, 1024), NORMAL, 2, DEFAULT_LIMITS);
  expect(advanceAtenHermon(walk(), bytes, 0, 8)).toBe(8 + 2 * 1280 * 1024);
  expect(errorOf(() => advanceAten(walk(), bytes, 0, 8))).toMatchObject({ code: "limit" });
});

test("the framebuffer takes the size of what is drawn, unless the screen is off", () => {
  const rectangle = headOf(800, 600, Encoding.AtenAST2100);
  expect(observe(NORMAL, "server", rectangle)).toMatchObject({ framebufferWidth: 800, framebufferHeight: 600 });
  expect(observe(NORMAL, "server", headOf(0xfd80, 0xfe20))).toBe(NORMAL);
  expect(hex("fd80fe20")).toStrictEqual(join([be16(0xfd80), be16(0xfe20)]));
});
