import { describe, expect, test } from "vitest";
import { advanceHextile, createWalk, decodeHextile, encodeHextile, HextileMask } from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { createSurface } from "../../../codec/surfaces.ts";
import { hex, hexOf, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { NORMAL } from "../streams.ts";
import { decodeContext, drawn, encodeContext, FORMATS, pictures, rgba, sketch, testLossless } from "./rectangles.ts";

testLossless(Encoding.Hextile);

const BLACK = rgba(0);
const WHITE = rgba(0xffffff);
const RED = rgba(0xff0000);
const BLUE = rgba(0x0000ff);

/** As a sketch in black, white, red and blue. */
function read(payload: string, width: number, height: number): string {
  return sketch(
    drawn(Encoding.Hextile, hex(payload), width, height, decodeContext(FORMATS.rgb332)),
    BLACK,
    WHITE,
    RED,
    BLUE,
  );
}

describe("Hextile, RFC 6143 §7.7.4", () => {
  test("has Raw tiles", () => {
    expect(read("01 00ffe003 ff00e0e0", 4, 2)).toBe(".abc a.bb");
  });

  test("has a background, and subrectangles of the foreground", () => {
    expect(read("0e 00 ff 02 0010 1121", 4, 3)).toBe("aa.. .aaa .aaa");
  });

  test("has subrectangles of their own colours, each above those before", () => {
    expect(read("1a 00 02 ff 0011 e0 1100", 3, 2)).toBe("aa. ab.");
  });

  test("has subrectangles as large as the tile, and up to 255 of them", () => {
    expect(read("0e 00 ff 01 00ff", 16, 16)).toBe(Array(16).fill("a".repeat(16)).join(" "));
    const rows = [...Array(7).fill(".".repeat(16)), `${".".repeat(15)}a`];
    expect(read(`0e 00 ff ff ${"f700".repeat(255)}`, 16, 8)).toBe(rows.join(" "));
  });

  test("keeps colours from tile to tile, to the right and then down; the last ones are smaller", () => {
    // 17 × 17: a red pixel in the corner of each tile but the last.
    const rows = [`b${"c".repeat(15)}b`, ...Array(15).fill("c".repeat(17)), `b${"c".repeat(16)}`];
    expect(read("0e 03 e0 01 0000  08 01 0000  08 01 0000  00", 17, 17)).toBe(rows.join(" "));
  });
});

test("Hextile is read as TigerVNC sends it", () => {
  // xtigervnc-desktopsize/server.bin@16908
  const payload = hex("0e00003ce7084010 8020c01231128111 03109330f300 0803201112100310");
  const picture = drawn(Encoding.Hextile, payload, 24, 4, decodeContext(FORMATS.rgb565));
  expect(sketch(picture, BLACK, rgba(0xe6e7e6)).split(" ")).toStrictEqual([
    "....aa..aaa.aa....aa....",
    "...aa...aa..aa....aa....",
    "...aa...aa..aa...aa.....",
    "aa.aa....aaaa..aaa......",
  ]);
});

test("Hextile is read as QEMU sends it", () => {
  // qemu-audio/server.bin@52991
  const picture = drawn(Encoding.Hextile, hex("0ea8a80000a8000000010150"), 16, 3, decodeContext(FORMATS.bgrx));
  expect(sketch(picture, rgba(0x00a8a8), rgba(0x0000a8))).toBe("................ aaaaaa.......... ................");
});

describe("decodeHextile is lenient", () => {
  test("colours outlive a Raw tile: servers count on it", () => {
    expect(read(`02 ff  01 ${"03".repeat(16)}  00`, 33, 1).slice(32)).toBe("a");
    expect(read(`06 ff e0  01 ${"03".repeat(16)}  08 01 0000`, 33, 1).slice(32)).toBe("b");
  });

  test("SubrectsColoured is nothing without AnySubrects", () => {
    expect(read("12 ff  00", 17, 1)).toBe("a".repeat(17));
  });

  test("ForegroundSpecified is read beside SubrectsColoured, whose colours count", () => {
    expect(read("1e 00 ff 01 e0 0000", 2, 1)).toBe("b.");
  });

  test("there may be no subrectangles", () => {
    expect(read("0e ff e0 00", 2, 1)).toBe("aa");
    expect(read("1a ff 00", 2, 1)).toBe("aa");
  });

  test("a Raw tile is nothing else, whatever its mask says", () => {
    expect(read("1f ffe0", 2, 1)).toBe("ab");
  });

  test("colours that nobody has specified are black, and no rectangle's before", () => {
    const context = decodeContext(FORMATS.rgb332);
    drawn(Encoding.Hextile, hex("06 ff ff"), 2, 1, context);
    const picture = drawn(Encoding.Hextile, hex("08 01 0000"), 2, 1, context);
    expect(sketch(picture, BLACK)).toBe("..");
  });
});

describe("encodeHextile", () => {
  const written = (rows: string, width = rows.indexOf(" ")) => {
    const letters = rows.replaceAll(" ", "");
    const surface = createSurface(width, letters.length / width);
    surface.pixels.set(Array.from(letters, (letter) => ({ ".": BLACK, a: WHITE, b: RED, c: BLUE })[letter] as number));
    return hexOf(encodeHextile(surface, encodeContext(FORMATS.rgb332)));
  };

  test("writes a background once, and not again until it changes", () => {
    expect(written("b".repeat(33), 33)).toBe("02e0" + "00" + "00");
    expect(written("b".repeat(16) + "c".repeat(16), 32)).toBe("02e0" + "0203");
  });

  test("takes for the background what spares most, and lets rectangles overlap", () => {
    // The cross is two rectangles, its corners are four.
    expect(written("..aa.. ..aa.. aaaaaa ..aa.. ..aa.. ")).toBe("0e" + "00" + "ff" + "02" + "2014" + "0250");
    expect(written("aa..aa aa..aa ...... aa..aa aa..aa ")).toBe("0e" + "ff" + "00" + "02" + "2014" + "0250");
  });

  test("writes a foreground once, until coloured subrectangles come", () => {
    const two = "bab".padEnd(16, "b");
    const three = "bac".padEnd(16, "b");
    const first = "0e" + "e0" + "ff" + "01" + "1000";
    const again = "08" + "01" + "1000";
    const coloured = "18" + "02" + "ff1000" + "032000";
    const last = "0c" + "ff" + "01" + "1000";
    expect(written(two + two, 32)).toBe(first + again);
    expect(written(two + three + two, 48)).toBe(first + coloured + last);
  });

  test("writes a Raw tile where that is shorter, and takes nothing over from before it", () => {
    const raw = "00ffe003".repeat(4);
    const solid = "b".repeat(16);
    expect(written(solid + ".abc".repeat(4) + solid, 48)).toBe(`02e0${"01"}${raw}02e0`);
  });

  test("writes no tile that is longer than a Raw one", () => {
    for (const format of [FORMATS.rgbx, FORMATS.rgb565, FORMATS.rgb332]) {
      for (const picture of Object.values(pictures(65, 17))) {
        const size = format.bitsPerPixel / 8;
        expect(encodeHextile(picture, encodeContext(format)).length).toBeLessThanOrEqual(65 * 17 * size + 5 * 2);
      }
    }
  });
});

const rectangle: Rectangle = { type: "rectangle", x: 1, y: 2, width: 17, height: 3, encodingType: Encoding.Hextile };

function fault(payload: Uint8Array): unknown {
  return errorOf(() => decodeHextile(payload, rectangle, decodeContext(FORMATS.rgb332), createSurface(20, 8)));
}

test("a Hextile payload of another length is truncated or trailing", () => {
  const sound = hex("0e 00 ff 01 0000  1a 00 01 ff 0000");
  for (let length = 0; length < sound.length; length++) {
    expect(fault(sound.subarray(0, length)), String(length)).toMatchObject({
      code: "truncated",
      offset: length < 6 ? 0 : 6,
    });
  }
  expect(fault(hex("01 00"))).toMatchObject({ message: "Cannot read a Hextile tile at 0: 2 bytes of 49" });
  expect(fault(hex("0e 00"))).toMatchObject({ message: "Cannot read a Hextile tile at 0: 2 bytes of its head" });
  expect(fault(join([sound, hex("00")]))).toMatchObject({
    code: "trailing",
    message: "Cannot read a Hextile tile at 12: 1 bytes after the last one",
  });
});

test.each([
  ["02 00  0e 00 ff 01 1000", "1x1 at 1,0", "1x3"],
  ["02 00  0e 00 ff 01 0010", "2x1 at 0,0", "1x3"],
  ["02 00  0e 00 ff 01 0300", "1x1 at 0,3", "1x3"],
  ["02 00  1a 00 01 ff 0003", "1x4 at 0,0", "1x3"],
])("Hextile refuses a subrectangle that leaves its tile: %s", (payload, name, tile) => {
  expect(fault(hex(payload))).toMatchObject({
    code: "malformed",
    message: `Cannot read a Hextile tile at 2: a subrectangle of ${name} leaves ${tile}`,
  });
});

test.each([32, 64, 128, 33])("Hextile refuses the mask %d, drawn or framed", (mask) => {
  const expected = { code: "malformed", message: `Cannot read a Hextile tile at 2: subencoding-mask ${mask}` };
  const payload = Uint8Array.of(HextileMask.BackgroundSpecified, 0, mask, 0, 0);
  expect(fault(payload)).toMatchObject(expected);
  const walk = createWalk(rectangle, NORMAL, 1, DEFAULT_LIMITS);
  expect(errorOf(() => advanceHextile(walk, payload, 0, 5))).toMatchObject(expected);
});

test("Hextile is framed by its heads alone, tile by tile", () => {
  const walk = createWalk(rectangle, NORMAL, 4, DEFAULT_LIMITS);
  const head = hex("0e ffffffff ffffffff 03");
  for (let end = 0; end < head.length; end++) expect(advanceHextile(walk, head, 0, end)).toBe(0);
  expect(advanceHextile(walk, head, 0, head.length)).toBe(10 + 3 * 2);
  expect(walk.done).toBe(false);
  expect(advanceHextile(walk, hex("01"), 0, 1)).toBe(1 + 3 * 4);
  expect(walk.done).toBe(true);
});

test("Hextile may take thrice its pixels, as QEMU does at 8 bits, and no more than the limit", () => {
  const large: Rectangle = { ...rectangle, width: 640, height: 480 };
  const tile = join([hex("1a00ff"), new Uint8Array(255 * 3)]);
  const payload = join(Array(1200).fill(tile));
  const walk = createWalk(large, NORMAL, 1, DEFAULT_LIMITS);
  expect(advanceHextile(walk, payload, 0, payload.length)).toBe(1200 * 768);
  expect(walk.done).toBe(true);
  const limited = (maxRectangleLength: number) =>
    createWalk(large, NORMAL, 1, { ...DEFAULT_LIMITS, maxRectangleLength });
  expect(advanceHextile(limited(1200 * 768), payload, 0, payload.length)).toBe(1200 * 768);
  expect(errorOf(() => advanceHextile(limited(1200 * 768 - 1), payload, 0, payload.length))).toMatchObject({
    code: "limit",
    reason: "limit maxRectangleLength is 921599, got 921600",
  });
});
