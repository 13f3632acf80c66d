import { describe, expect, test } from "vitest";
import { advanceTrle, createWalk, decodeTrle, encodeTrle } from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import type { PixelFormat } from "../../../codec/pixel_format.ts";
import type { Surface } from "../../../codec/pixels.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { createSurface } from "../../../codec/surfaces.ts";
import { bytewise, hex, hexOf } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { NORMAL } from "../streams.ts";
import { decodeContext, drawn, encodeContext, FORMATS, rgba, sketch, testLossless } from "./rectangles.ts";

testLossless(Encoding.TRLE);

const COLOURS = [rgba(0), rgba(0xffffff), rgba(0xff0000), rgba(0x0000ff)];

/** As a sketch in black, white, red and blue: 00, ff, e0, 03. */
function read(payload: string, width: number, height: number): string {
  return sketch(drawn(Encoding.TRLE, hex(payload), width, height, decodeContext(FORMATS.rgb332)), ...COLOURS);
}

const row = (...pieces: readonly (readonly [string, number])[]) => pieces.map(([pixel, n]) => pixel.repeat(n)).join("");

describe("TRLE, RFC 6143 §7.7.5, written by hand", () => {
  test("0: pixels", () => {
    expect(read("00 00ffe0 03ff00", 3, 2)).toBe(".ab ca.");
  });

  test("1: one colour", () => {
    expect(read("01 e0", 3, 2)).toBe("bbb bbb");
  });

  test("2 to 16: a palette, and indices of 1, 2 or 4 bits, each row padded to a byte", () => {
    expect(read("02 00ff  a080 5f00", 9, 2)).toBe("a.a.....a .a.aaaaa.");
    expect(read("03 00ffe0  1840 8100", 5, 2)).toBe(".ab.a b..a.");
    expect(read("04 00ffe003  1b c0 e4 00", 5, 2)).toBe(".abcc cba..");
    expect(read("05 00ffe00300  0123 40 3210 10", 5, 2)).toBe(".abc. cba.a");
    expect(read(`10 00ffe003${"00".repeat(11)}ff  1f30`, 3, 1)).toBe("aac");
  });

  test("128: runs of pixels, over the ends of rows", () => {
    expect(read("80 0000 ff02 e000 0300", 3, 2)).toBe(".aa abc");
    expect(read("80 00fe 0300", 16, 16)).toBe([...Array(15).fill(row([".", 16])), row([".", 15], ["c", 1])].join(" "));
    // 256 pixels: 255 and no more.
    expect(read("80 e0ff00", 16, 16)).toBe(
      Array(16)
        .fill(row(["b", 16]))
        .join(" "),
    );
  });

  test("130 to 255: a palette, and runs of indices, the single ones without a length", () => {
    expect(read("82 00ff 00 01 8101 00 01", 3, 2)).toBe(".aa a.a");
    expect(read(`ff ${"00".repeat(124)}ffe003 7c fd00 fe01 00`, 5, 1)).toBe("abcc.");
  });

  test("127 and 129: the palette of the tile before", () => {
    const first = row(["a", 15], [".", 1]);
    expect(read("02 00ff fffe  7f 80", 17, 1)).toBe(`${first}a`);
    expect(read("02 00ff fffe  81 8101", 18, 1)).toBe(`${first}aa`);
    expect(read("82 00ff 810e 00  7f 8000  81 00", 33, 1)).toBe(`${first}${row(["a", 1], [".", 16])}`);
  });

  test("tiles are 16 × 16, from left to right and then down, the last ones smaller", () => {
    const rows = [...Array(16).fill(row([".", 16], ["a", 1])), row(["b", 16], ["c", 1])];
    expect(read("01 00  01 ff  01 e0  01 03", 17, 17)).toBe(rows.join(" "));
  });
});

describe("a CPIXEL, RFC 6143 §7.7.5,", () => {
  const at = (format: PixelFormat, payload: string) =>
    Array.from(drawn(Encoding.TRLE, hex(payload), 1, 1, decodeContext(format)).pixels, (pixel) => pixel.toString(16));

  test.each([
    ["rgbx", "01 336699"],
    ["bgrx", "01 996633"],
    ["xbgr", "01 996633"],
    ["bigRgbx", "01 996633"],
    ["bigBgrx", "01 336699"],
    ["bigXbgr", "01 336699"],
  ] as const)("has 3 bytes in %s", (name, payload) => {
    expect(at(FORMATS[name], payload)).toStrictEqual(["ff996633"]);
  });

  test("has all 4 where the depth is above 24, 2 of 16 bits and 1 of 8", () => {
    expect(at(FORMATS.rgb101010, "01 ff030000")).toStrictEqual(["ffff0000"]);
    expect(at({ ...FORMATS.rgbx, depth: 32 }, "01 33669900")).toStrictEqual(["ff996633"]);
    expect(at(FORMATS.rgb565, "01 00f8")).toStrictEqual(["ff0000ff"]);
    expect(at(FORMATS.bigRgb565, "01 f800")).toStrictEqual(["ff0000ff"]);
    expect(at(FORMATS.colourMap, "01 07")).toStrictEqual(["7"]);
  });
});

describe("decodeTrle is lenient, as libvncclient is", () => {
  test("a palette outlives tiles without one", () => {
    const first = row(["a", 15], [".", 1]);
    expect(read(`02 00ff fffe  00 ${"e0".repeat(16)}  7f 80`, 33, 1)).toBe(`${first}${row(["b", 16], ["a", 1])}`);
    expect(read("02 00ff fffe  80 e00f  81 01", 33, 1)).toBe(`${first}${row(["b", 16], ["a", 1])}`);
  });

  test("the palette of a tile in one colour is that colour", () => {
    expect(read("01 e0  7f", 17, 1)).toBe(row(["b", 17]));
    expect(read("01 e0  81 8001", 18, 1)).toBe(row(["b", 18]));
  });
});

/** The same fault twice: of the decoder, and of the framer if it looks there. */
function faults(payload: string, width: number, height: number): readonly [unknown, unknown] {
  const context = decodeContext(FORMATS.rgb332);
  const rectangle: Rectangle = { type: "rectangle", x: 0, y: 0, width, height, encodingType: Encoding.TRLE };
  const bytes = hex(payload);
  const of = (act: () => unknown) => {
    const { code, message } = errorOf(act);
    return `${code}: ${message}`;
  };
  const decoder = of(() => decodeTrle(bytes, rectangle, context, createSurface(width, height)));
  const walk = createWalk(rectangle, { ...NORMAL, pixelFormat: FORMATS.rgb332 }, 1, DEFAULT_LIMITS);
  try {
    const passed = advanceTrle(walk, bytes, 0, bytes.length);
    return [decoder, walk.done ? `done after ${passed}` : "not done"];
  } catch {
    return [decoder, of(() => advanceTrle(createWalk(rectangle, NORMAL, 1, DEFAULT_LIMITS), bytes, 0, bytes.length))];
  }
}

describe("TRLE refuses", () => {
  test.each([
    ["11 00", "malformed: Cannot read a TRLE tile at 0: subencoding 17"],
    ["7e 00", "malformed: Cannot read a TRLE tile at 0: subencoding 126"],
    ["7f 00", "malformed: Cannot read a TRLE tile at 0: subencoding 127 before any palette"],
    ["81 00", "malformed: Cannot read a TRLE tile at 0: subencoding 129 before any palette"],
  ])("a subencoding that is none: %s", (payload, message) => {
    expect(faults(payload, 4, 1)).toStrictEqual([message, message]);
  });

  test("a palette of more than 16 colours for packed indices", () => {
    const first = `${"00".repeat(16)} 800f`;
    expect(read(`90 ${first}  7f 00`, 17, 1)).toBe(row([".", 17]));
    const message = "malformed: Cannot read a TRLE tile at 20: subencoding 127 after a palette of 17";
    expect(faults(`91 00 ${first}  7f 00`, 17, 1)).toStrictEqual([message, message]);
  });

  test("runs of more pixels than are left", () => {
    expect(faults("80 0001 ff02", 4, 1)).toStrictEqual([
      "malformed: Cannot read a TRLE tile at 4: a run of 3 where 2 pixels are left",
      "malformed: Cannot read a TRLE tile at 4: a run that leaves the tile",
    ]);
    expect(faults("82 00ff 00 8103", 4, 1)).toStrictEqual([
      "malformed: Cannot read a TRLE tile at 5: a run of 4 where 3 pixels are left",
      "malformed: Cannot read a TRLE tile at 5: a run that leaves the tile",
    ]);
    expect(faults("80 00ffff00", 16, 16)[0]).toBe(
      "malformed: Cannot read a TRLE tile at 4: a run of 511 where 256 pixels are left",
    );
  });

  test("indices that are not in the palette, which the framer does not look at", () => {
    expect(faults("03 00ffe0 c0", 4, 1)).toStrictEqual([
      "malformed: Cannot read a TRLE tile at 4: palette index 3 of 3",
      "done after 5",
    ]);
    expect(faults("05 00ffe00300 50", 1, 1)[0]).toBe("malformed: Cannot read a TRLE tile at 6: palette index 5 of 5");
    expect(faults("82 00ff 00 02", 2, 1)).toStrictEqual([
      "malformed: Cannot read a TRLE tile at 4: palette index 2 of 2",
      "done after 5",
    ]);
    expect(faults("82 00ff 00 ff00", 2, 1)[0]).toBe("malformed: Cannot read a TRLE tile at 4: palette index 127 of 2");
  });

  test("bytes that end too soon, wherever that is, and bytes behind the end", () => {
    for (const [payload, width, height] of [
      ["00 00ffe003", 4, 1],
      ["01 e0", 2, 2],
      ["05 00ffe00300 0123 40", 5, 1],
      ["80 e0ff00", 16, 16],
      ["82 00ff 00 8101 00", 4, 1],
    ] as const) {
      const bytes = hex(payload);
      for (let length = 0; length < bytes.length; length++) {
        const [decoder, framer] = faults(hexOf(bytes.subarray(0, length)), width, height);
        expect(decoder).toMatch(/^truncated: Cannot read a TRLE tile at \d+: \d+ bytes of \d+$/);
        // What it has let pass may be more than has come.
        if (framer !== "not done") expect(framer).toBe(`done after ${bytes.length}`);
      }
      expect(faults(`${payload} 00`, width, height)).toStrictEqual([
        `trailing: Cannot read a TRLE tile at ${bytes.length}: 1 bytes after the last`,
        `done after ${bytes.length}`,
      ]);
    }
  });
});

describe("advanceTrle", () => {
  const rectangle: Rectangle = { type: "rectangle", x: 0, y: 0, width: 20, height: 17, encodingType: Encoding.TRLE };

  test("passes over pixels before they have come, and stops where it must look", () => {
    const walk = createWalk(rectangle, { ...NORMAL, pixelFormat: FORMATS.rgbx }, 4, DEFAULT_LIMITS);
    const step = (payload: string) => [advanceTrle(walk, hex(payload), 0, hex(payload).length), walk.done];
    expect(step("")).toStrictEqual([0, false]);
    expect(step("00")).toStrictEqual([1 + 3 * 16 * 16, false]);
    expect(step("05")).toStrictEqual([1 + 3 * 5 + 2 * 16, false]); // 4 × 16 pixels
    expect(step("80")).toStrictEqual([1, false]); // 16 × 1
    expect(step("11")).toStrictEqual([3, false]);
    expect(step("0e")).toStrictEqual([1, false]);
    expect(step("11")).toStrictEqual([3, false]);
    expect(step("00")).toStrictEqual([1, false]);
    expect(step("82")).toStrictEqual([7, false]); // 4 × 1
    expect(step("00 80 01")).toStrictEqual([3, false]);
    expect(step("01")).toStrictEqual([1, true]);
  });

  test("needs not a byte where there are no pixels", () => {
    for (const [width, height] of [
      [0, 5],
      [5, 0],
    ] as const) {
      const walk = createWalk({ ...rectangle, width, height }, NORMAL, 1, DEFAULT_LIMITS);
      expect(advanceTrle(walk, hex(""), 0, 0)).toBe(0);
      expect(walk.done).toBe(true);
    }
  });

  test("keeps its place between calls, and the arrays may be others", () => {
    const payload = hex("02 00ff fffe  81 8101 00");
    const walk = createWalk({ ...rectangle, width: 19, height: 1 }, NORMAL, 1, DEFAULT_LIMITS);
    let passing = 0;
    for (const byte of bytewise(payload)) {
      if (passing === 0) passing = advanceTrle(walk, byte, 0, 1);
      passing--;
    }
    expect([walk.done, passing]).toStrictEqual([true, 0]);
  });
});

describe("encodeTrle", () => {
  /** Letters to a tile of 16 × 16 each, side by side. */
  function tiles(...pixelsAt: readonly ((i: number) => number)[]): Surface {
    const surface = createSurface(16 * pixelsAt.length, 16);
    for (let i = 0; i < surface.pixels.length; i++) {
      const x = i % surface.width;
      surface.pixels[i] = pixelsAt[x >> 4]!((x & 15) + 16 * Math.floor(i / surface.width));
    }
    return surface;
  }
  const solid = () => rgba(0xff0000);
  const noise = (i: number) => rgba(Math.imul(i + 1, 0x9e3779b1) >>> 8);
  const checks = (i: number) => COLOURS[(i + (i >> 4)) & 1]!;
  const stripes = (i: number) => COLOURS[(i >> 5) & 3]!;
  const subencodings = (surface: Surface) => {
    const bytes = encodeTrle(surface, encodeContext(FORMATS.rgbx));
    const rectangle: Rectangle = { type: "rectangle", x: 0, y: 0, ...surface, encodingType: Encoding.TRLE };
    const found: number[] = [];
    const walk = createWalk(rectangle, { ...NORMAL, pixelFormat: FORMATS.rgbx }, 4, DEFAULT_LIMITS);
    for (let at = 0; at < bytes.length; ) {
      if (walk.stage === 0) found.push(bytes[at]!);
      at += advanceTrle(walk, bytes, at, at + 1);
    }
    return found;
  };

  test("takes for each tile what is shortest", () => {
    expect(subencodings(tiles(solid, noise, checks, stripes))).toStrictEqual([1, 0, 2, 132]);
    expect(subencodings(tiles((i) => noise(i >> 3)))).toStrictEqual([128]);
    expect(subencodings(tiles((i) => noise((i >> 1) % 40)))).toStrictEqual([128 + 40]);
  });

  test("has palettes of 16 colours for packed indices and of 127 for runs, and no larger ones", () => {
    expect(subencodings(tiles((i) => noise(i % 16)))).toStrictEqual([16]);
    expect(subencodings(tiles((i) => noise(i % 17)))).toStrictEqual([128 + 17]);
    expect(subencodings(tiles((i) => noise(i % 127)))).toStrictEqual([255]);
    expect(subencodings(tiles((i) => noise(i % 128)))).toStrictEqual([0]);
  });

  test("uses a palette again only where the tile before had one, as the RFC has it", () => {
    expect(subencodings(tiles(checks, checks, checks))).toStrictEqual([2, 127, 127]);
    expect(subencodings(tiles(stripes, (i) => stripes(255 - i)))).toStrictEqual([132, 129]);
    expect(subencodings(tiles(checks, solid, checks))).toStrictEqual([2, 1, 2]);
    expect(subencodings(tiles(checks, noise, checks))).toStrictEqual([2, 0, 2]);
    // The next row of tiles follows the row before.
    const rows = createSurface(16, 32);
    for (let i = 0; i < rows.pixels.length; i++) rows.pixels[i] = checks(i);
    expect(subencodings(rows)).toStrictEqual([2, 127]);
  });
});
