import { describe, expect, test } from "vitest";
import { advanceZrle, createWalk, type DecodeContext, decodeZrle, encodeZrle } from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { createSurface } from "../../../codec/surfaces.ts";
import { be32, bytewise, hex, hexOf, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { NORMAL } from "../streams.ts";
import { decodeContext, drawn, encodeContext, FORMATS, pictures, rgba, sketch, testLossless } from "./rectangles.ts";
import { stored } from "./stored.ts";

testLossless(Encoding.ZRLE);

const COLOURS = [rgba(0), rgba(0xffffff), rgba(0xff0000), rgba(0x0000ff)];

/** As a sketch in black, white, red and blue: 00, ff, e0, 03. */
function read(tiles: string, width: number, height: number): string {
  const picture = drawn(Encoding.ZRLE, stored(hex(tiles)), width, height, decodeContext(FORMATS.rgb332));
  return sketch(picture, ...COLOURS);
}

const row = (...pieces: readonly (readonly [string, number])[]) => pieces.map(([pixel, n]) => pixel.repeat(n)).join("");

describe("ZRLE, RFC 6143 §7.7.6, written by hand", () => {
  test("has every subencoding of TRLE but those that use a palette again", () => {
    expect(read("00 00ffe0 03ff00", 3, 2)).toBe(".ab ca.");
    expect(read("01 e0", 3, 2)).toBe("bbb bbb");
    expect(read("02 00ff  a080 5f00", 9, 2)).toBe("a.a.....a .a.aaaaa.");
    expect(read("03 00ffe0  1840 8100", 5, 2)).toBe(".ab.a b..a.");
    expect(read("05 00ffe00300  0123 40 3210 10", 5, 2)).toBe(".abc. cba.a");
    expect(read("80 0000 ff02 e000 0300", 3, 2)).toBe(".aa abc");
    expect(read("82 00ff 00 01 8101 00 01", 3, 2)).toBe(".aa a.a");
  });

  test("tiles are 64 × 64, from left to right and then down, the last ones smaller", () => {
    const rows = [...Array(64).fill(row([".", 64], ["a", 1])), row(["b", 64], ["c", 1])];
    expect(read("01 00  01 ff  01 e0  01 03", 65, 65)).toBe(rows.join(" "));
  });

  test("a run may take all of a tile", () => {
    // 4096 = 1 + 16 × 255 + 15
    expect(read(`80 e0 ${"ff".repeat(16)} 0f`, 64, 64)).toBe(
      Array(64)
        .fill(row(["b", 64]))
        .join(" "),
    );
  });
});

describe("ZRLE is read as servers send it:", () => {
  const area = (context: DecodeContext, payload: string, width: number, height: number) => {
    const { pixels } = drawn(Encoding.ZRLE, hex(payload), width, height, context);
    return [...new Set(pixels)].map((pixel) => pixel.toString(16));
  };

  test("TigerVNC, three rectangles of one stream", () => {
    // xtigervnc-cursor/server.bin: 9 tiles of the root window, then 3, then 15.
    const context = decodeContext(FORMATS.bgrx);
    expect(area(context, "0000000f 789c629c9966cc480003000000ffff", 188, 142)).toStrictEqual(["ff996633"]);
    expect(area(context, "00000008 42c600000000ffff", 188, 16)).toStrictEqual(["ff996633"]);
    expect(area(context, "00000008 a20403000000ffff", 290, 142)).toStrictEqual(["ff996633"]);
  });

  test("TigerVNC, text in a palette of two", () => {
    // xtigervnc-xcursor/server.bin@5842, inflated
    const tile = hex("02000000e5e5e5 036cf3cf30 03fcf3cf30 00679e79e0 00630c30c0");
    const picture = drawn(Encoding.ZRLE, stored(tile), 40, 4, decodeContext(FORMATS.bgrx));
    expect(sketch(picture, rgba(0), rgba(0xe5e5e5)).split(" ")).toStrictEqual([
      "......aa.aa.aa..aaaa..aaaa..aaaa..aa....",
      "......aaaaaaaa..aaaa..aaaa..aaaa..aa....",
      ".........aa..aaaa..aaaa..aaaa..aaaa.....",
      ".........aa...aa....aa....aa....aa......",
    ]);
  });

  test("QEMU, runs of indices", () => {
    // qemu-zrle-rgb888le/server.bin@6051, inflated
    const tile = hex("82 0000a8 000000 801c 01 01 801d 8102");
    const picture = drawn(Encoding.ZRLE, stored(tile), 32, 2, decodeContext(FORMATS.rgbx));
    expect(sketch(picture, rgba(0x0000a8), rgba(0))).toBe(
      `${row([".", 29], ["a", 2], [".", 1])} ${row([".", 29], ["a", 3])}`,
    );
  });

  test("QEMU, three tiles in a row, of two colours, 16 bits, big-endian", () => {
    // qemu-zrle-rgb565be/server.bin@52224, inflated
    const tiles = hex("02 1002 0080 5555555555555555 02 1002 0080 5555555555555555 02 1002 0080 55555555");
    const picture = drawn(Encoding.ZRLE, stored(tiles), 160, 1, decodeContext(FORMATS.bigRgb565));
    expect(sketch(picture, rgba(0x100010), rgba(0x001000))).toBe(".a".repeat(80));
  });
});

test("a rectangle without pixels may have no data, and may have a flush", () => {
  const context = decodeContext(FORMATS.rgb332);
  drawn(Encoding.ZRLE, hex("00000000"), 0, 4, context);
  expect(sketch(drawn(Encoding.ZRLE, stored(hex("01e0")), 2, 1, context), ...COLOURS)).toBe("bb");
  drawn(Encoding.ZRLE, hex("00000005 00 0000 ffff"), 4, 0, context);
  expect(sketch(drawn(Encoding.ZRLE, stored(hex("01ff"), false), 2, 1, context), ...COLOURS)).toBe("aa");
});

const rectangle: Rectangle = { type: "rectangle", x: 0, y: 0, width: 4, height: 1, encodingType: Encoding.ZRLE };

function fault(payload: Uint8Array, size: Partial<Rectangle> = {}): string {
  const act = () =>
    decodeZrle(payload, { ...rectangle, ...size }, decodeContext(FORMATS.rgb332), createSurface(99, 99));
  const { code, message } = errorOf(act);
  return `${code}: ${message}`;
}

describe("ZRLE refuses", () => {
  test.each([17, 126, 127, 129])("subencoding %d", (subencoding) => {
    // TigerVNC and libvncclient would read indices of 8 bits after 17 to 127; the RFC has none.
    const tile = join([Uint8Array.of(1, 3, subencoding), new Uint8Array(200)]);
    expect(fault(stored(tile), { width: 68 })).toBe(
      `malformed: Cannot read a ZRLE tile at 2: subencoding ${subencoding}`,
    );
  });

  test.each([
    ["03 00ffe0 c0", "malformed: Cannot read a ZRLE tile at 4: palette index 3 of 3"],
    ["8c 00ffe003ff00ffe003ff00ff 0b 0b 0b 0c", "malformed: Cannot read a ZRLE tile at 16: palette index 12 of 12"],
    ["82 00ff 00 ff00", "malformed: Cannot read a ZRLE tile at 4: palette index 127 of 2"],
    ["80 0001 ff02", "malformed: Cannot read a ZRLE tile at 4: a run of 3 where 2 pixels are left"],
    ["82 00ff 00 8103", "malformed: Cannot read a ZRLE tile at 5: a run of 4 where 3 pixels are left"],
    ["00 00ffe0", "truncated: Cannot read a ZRLE tile at 1: 3 bytes of 4"],
    ["01", "truncated: Cannot read a ZRLE tile at 1: 0 bytes of 1"],
    ["02 00", "truncated: Cannot read a ZRLE tile at 1: 1 bytes of 2"],
    ["02 00ff", "truncated: Cannot read a ZRLE tile at 3: 0 bytes of 1"],
    ["80 00", "truncated: Cannot read a ZRLE tile at 1: 1 bytes of 2"],
    ["80 00ff", "truncated: Cannot read a ZRLE tile at 3: 0 bytes of 1"],
    ["82 00ff 00", "truncated: Cannot read a ZRLE tile at 4: 0 bytes of 1"],
    ["82 00ff 81", "truncated: Cannot read a ZRLE tile at 4: 0 bytes of 1"],
    ["01 00 01", "trailing: Cannot read a ZRLE tile at 2: 1 bytes after the last"],
  ])("tiles that do not hold: %s", (tiles, message) => {
    expect(fault(stored(hex(tiles)))).toBe(message);
  });

  test("a payload of another length, data that is none, and too few tiles", () => {
    const payload = stored(hex("01e0"));
    for (let length = 0; length < payload.length; length++) {
      expect(fault(payload.subarray(0, length))).toMatch(/^truncated: Cannot read a ZRLE rectangle/);
    }
    expect(fault(join([payload, hex("00")]))).toBe("trailing: Cannot read a ZRLE rectangle: 19 bytes of 18");
    expect(fault(hex("00000004 12345678"))).toMatch(/^malformed: /);
    expect(fault(hex("00000000"))).toBe("truncated: Cannot read a ZRLE tile at 0: 0 bytes of 1");
    expect(fault(payload, { width: 65 })).toBe("truncated: Cannot read a ZRLE tile at 2: 0 bytes of 1");
  });

  test("data that inflates to more than any tiles take", () => {
    // 127 colours, and a run for one pixel.
    const most = join([hex("ff"), new Uint8Array(127), hex("8000")]);
    const into = drawn(Encoding.ZRLE, stored(most), 1, 1, decodeContext(FORMATS.rgb332));
    expect(sketch(into, ...COLOURS)).toBe(".");
    expect(fault(stored(new Uint8Array(131)), { width: 1 })).toBe(
      "trailing: Cannot read a ZRLE tile at 2: 129 bytes after the last",
    );
    expect(fault(stored(new Uint8Array(132)), { width: 1 })).toMatch(/^limit: .*more than 131 bytes/);
  });

  test("a length that no encoder needs, and one above the limit", () => {
    const walk = (limits = DEFAULT_LIMITS) => createWalk(rectangle, NORMAL, 1, limits);
    for (let end = 0; end < 4; end++) expect(advanceZrle(walk(), be32(5), 0, end)).toBe(0);
    expect(advanceZrle(walk(), be32(65_544), 0, 4)).toBe(65_548);
    expect(errorOf(() => advanceZrle(walk(), be32(65_545), 0, 4))).toMatchObject({
      code: "limit",
      message: "Cannot read a ZRLE rectangle: 65545 bytes for 4x1 pixels: at most 65544",
    });
    expect(errorOf(() => advanceZrle(walk(), be32(0xffffffff), 0, 4)).code).toBe("limit");
    const tight = { ...DEFAULT_LIMITS, maxRectangleLength: 9 };
    expect(advanceZrle(walk(tight), be32(9), 0, 4)).toBe(13);
    expect(errorOf(() => advanceZrle(walk(tight), be32(10), 0, 4)).reason).toBe(
      "limit maxRectangleLength is 9, got 10",
    );
  });
});

test("nothing is drawn below a row that faults, nor beside the rectangle", () => {
  const into = createSurface(8, 3);
  const payload = stored(hex("82 00ff 01 8103 8107"));
  const act = () => decodeZrle(payload, { ...rectangle, x: 2, y: 1 }, decodeContext(FORMATS.rgb332), into);
  expect(errorOf(act).reason).toBe("a run of 4 where 3 pixels are left");
  expect([...into.pixels.keys()].filter((i) => into.pixels[i] !== 0)).toStrictEqual([8 + 2]);
});

describe("encodeZrle", () => {
  test("is one stream for all rectangles, of the client's level", () => {
    const { mixed } = pictures(100, 70);
    const context = encodeContext(FORMATS.rgbx, 9);
    const [first, second] = [encodeZrle(mixed!, context), encodeZrle(mixed!, context)];
    expect(hexOf(first.subarray(4, 6))).toBe("78da");
    expect(second.length).toBeLessThan(first.length / 4);
  });

  test("does not touch the stream where there are no pixels", () => {
    const context = encodeContext(FORMATS.rgbx);
    expect(hexOf(encodeZrle(createSurface(0, 9), context))).toBe("00000000");
    expect(hexOf(encodeZrle(createSurface(1, 1), context).subarray(4, 6))).toBe("789c");
  });

  /** Level 0 stores: what was deflated follows the heads of stream and block. */
  function tilesOf(colourAt: (i: number) => number, width: number, height: number): string {
    const surface = createSurface(width, height);
    for (let i = 0; i < surface.pixels.length; i++) surface.pixels[i] = rgba(colourAt(i));
    return hexOf(encodeZrle(surface, encodeContext(FORMATS.bgrx, 0)).subarray(11, -5));
  }

  test("writes tiles that a reader can work out", () => {
    expect(tilesOf(() => 0x336699, 65, 1)).toBe("01996633".repeat(2));
    expect(tilesOf((i) => (i < 3 ? 0 : 0xffffff), 5, 1)).toBe("02000000ffffff18");
    expect(tilesOf((i) => [0, 0xff, 0xff00][i % 3]!, 7, 2)).toBe("03000000ff000000ff0018606184");
    expect(tilesOf((i) => (i < 4000 ? 0xff : 0), 64, 64)).toBe(`82ff000000000080${"ff".repeat(15)}ae815f`);
    expect(tilesOf((i) => 0x010101 * i, 3, 1)).toBe("00000000010101020202");
  });

  test("never writes a palette again", () => {
    const tiles = tilesOf((i) => (i & 1 ? 0xffffff : 0), 192, 1);
    expect(tiles).toBe("02000000ffffff5555555555555555".repeat(3));
  });
});

test("nothing passes before the length has come, and then all of it may", () => {
  const payload = stored(hex("01e0"));
  const walk = createWalk(rectangle, NORMAL, 1, DEFAULT_LIMITS);
  expect(
    bytewise(payload)
      .slice(0, 3)
      .map((_, i) => advanceZrle(walk, payload, 0, i + 1)),
  ).toStrictEqual([0, 0, 0]);
  expect(walk.done).toBe(false);
  expect(advanceZrle(walk, payload, 0, 4)).toBe(payload.length);
  expect(walk.done).toBe(true);
});
