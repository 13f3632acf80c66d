import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  advanceZywrle,
  createWalk,
  type DecodeContext,
  decodeZywrle,
  type EncodeContext,
  encodeZywrle,
} from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import type { PixelFormat } from "../../../codec/pixel_format.ts";
import type { Surface } from "../../../codec/pixels.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { createSurface } from "../../../codec/surfaces.ts";
import { be32, hex, hexOf, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { NORMAL } from "../streams.ts";
import {
  decodeContext,
  drawn,
  encodeContext,
  FORMATS,
  isSame,
  pictures,
  rgba,
  sketch,
  squeezed,
  testLossless,
} from "./rectangles.ts";
import { stored } from "./stored.ts";

// Without a quality nothing may be lost.
testLossless(Encoding.ZYWRLE);

/** The client has asked for this quality. */
function decoding(format: PixelFormat, quality?: number, output?: "values"): DecodeContext {
  const context = decodeContext(format, output);
  const encodingTypes = quality === undefined ? [17] : [17, -256, -32 + quality];
  return { ...context, session: { ...context.session, encodingTypes } };
}

function encoding(format: PixelFormat, qualityLevel: number): EncodeContext {
  return { ...encodeContext(format), qualityLevel };
}

function read(tiles: string, width: number, height: number, context: DecodeContext): Surface {
  return drawn(Encoding.ZYWRLE, stored(hex(tiles)), width, height, context);
}

/** Rows of 0xRRGGBB. */
function colours({ width, height, pixels }: Surface): string[][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from(pixels.subarray(y * width, (y + 1) * width), (pixel) => {
      const channels = [pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff];
      return channels.map((channel) => channel.toString(16).padStart(2, "0")).join("");
    }),
  );
}

const sha256 = ({ pixels }: Surface) => createHash("sha256").update(new Uint8Array(pixels.buffer)).digest("hex");

describe("a tile of coefficients, worked out by hand,", () => {
  // 2 × 2, level 1: those high both ways, along columns, along rows, and the low one; U, Y, V each in blue, green, red.
  test("gives one colour where all is low", () => {
    // Y 10, U 5, V -7: G = 138 - (10 - 14 >> 2) = 139, B = 10 + 139, R = -14 + 139.
    expect(colours(read("00 00 000000 000000 000000 050af9", 2, 2, decoding(FORMATS.bgrx)))).toStrictEqual([
      ["7d8b95", "7d8b95"],
      ["7d8b95", "7d8b95"],
    ]);
  });

  test("goes along columns and then along rows", () => {
    // Y: low 10 and high -3 along columns give 7 and 10; 4 along rows gives 7 - 4 = 3 and 10 - 4 = 6.
    expect(colours(read("00 00 000000 00fd00 000400 000a00", 2, 2, decoding(FORMATS.bgrx)))).toStrictEqual([
      ["878787", "838383"],
      ["8a8a8a", "868686"],
    ]);
  });

  test("is cut to what a channel holds", () => {
    expect(colours(read("00 00 000000 000000 000000 7f7f81", 2, 2, decoding(FORMATS.bgrx)))[0]![0]).toBe("01ffff");
    expect(colours(read("00 00 000000 000000 000000 808080", 2, 2, decoding(FORMATS.bgrx)))[0]![0]).toBe("008000");
  });

  test("has red and blue the other way round where the format has", () => {
    expect(colours(read("00 00 000000 000000 000000 f90a05", 2, 2, decoding(FORMATS.rgbx)))[1]![1]).toBe("7d8b95");
    expect(colours(read("00 00 000000 000000 000000 f90a05", 2, 2, decoding(FORMATS.bigBgrx)))[1]![1]).toBe("7d8b95");
  });

  test("has upper bits only in 16 bits a pixel", () => {
    // Y 12, U 8, V -8 of 6 and 5 bits: G = 140 - 0, B = 156, R = 124; what is left of them is 35 of 63, 19 and 15 of 31.
    const lowOnly = "00 00 0000 0000 0000 61f8";
    expect(colours(read(lowOnly, 2, 2, decoding(FORMATS.rgb565)))[0]![0]).toBe("7b8e9c");
    expect(colours(read("00 00 0000 0000 0000 f861", 2, 2, decoding(FORMATS.bigRgb565)))[0]![0]).toBe("7b8e9c");
    const { pixels } = read(lowOnly, 2, 2, decoding(FORMATS.rgb565, undefined, "values"));
    expect([...pixels]).toStrictEqual(Array(4).fill((15 << 11) | (35 << 5) | 19));
  });

  test("has pixels behind the coefficients: those to the right, those below, the corner", () => {
    const untouched = "010101 020202 030303 040404 050505";
    expect(colours(read(`00 00 000000 000000 000000 000a00 ${untouched}`, 3, 3, decoding(FORMATS.bgrx)))).toStrictEqual(
      [
        ["8a8a8a", "8a8a8a", "010101"],
        ["8a8a8a", "8a8a8a", "020202"],
        ["030303", "040404", "050505"],
      ],
    );
  });

  test("has nothing but pixels where a side is too short", () => {
    const pixels = ["010101", "020202", "030303", "040404", "050505", "060606"];
    for (const [width, height] of [
      [6, 1],
      [1, 6],
    ] as const) {
      const picture = read(`00 00 ${pixels.join(" ")}`, width, height, decoding(FORMATS.bgrx));
      expect(colours(picture).flat()).toStrictEqual(pixels);
    }
    // Level 2: 3 is too short as well, in rows as they are.
    expect(colours(read(`00 00 ${pixels.join(" ")}`, 2, 3, decoding(FORMATS.bgrx, 4))).flat()).toStrictEqual(pixels);
  });

  test.each([
    [undefined, 1],
    [0, 3],
    [2, 3],
    [3, 2],
    [5, 2],
    [6, 1],
    [9, 1],
  ])("is of a level that the quality tells: %s, level %d", (quality, level) => {
    // The last of 64 coefficients is low, all others are 0: it colours a square of 2^level.
    const picture = read("00 82 000000 000a00 803e 01", 8, 8, decoding(FORMATS.bgrx, quality));
    const side = 2 ** level;
    const rows = Array.from({ length: 8 }, (_, y) => ".".repeat(8 - side) + (y < 8 - side ? "." : "a").repeat(side));
    expect(sketch(picture, rgba(0x808080), rgba(0x8a8a8a))).toBe(rows.join(" "));
  });

  test("may be of any subencoding", () => {
    // Y 10 everywhere: high takes away from low, along columns and then along rows.
    expect(colours(read("00 01 000a00", 2, 2, decoding(FORMATS.bgrx)))).toStrictEqual([
      ["8a8a8a", "808080"],
      ["808080", "808080"],
    ]);
  });
});

describe("a tile is read as x11vnc sends it:", () => {
  // What was drawn is still there in the recording's last picture, which libvncclient made.
  test("level 3, 32 bits", () => {
    // x11vnc-zywrle-q1-rgb888le/server.bin@1426, inflated: the tile at 448,0
    const tile = hex(
      "0080000000ffffffffffffffe6eec57500eec57300f1c47500efc17400f0c07500edc87300eccb7100f1c67500f0be6a00f1be6d00efc97000ee" +
        "c870000dbc7300f3b76200edb96400f0c56b00fac17200f1bb7000f0b95c00f0c06c00f0c97000ebc67200ecc45c00eec36400f3cb7200f5cf" +
        "7100ecc86e00ebc96e00eacf6e00f0ca700002cc7200f2cc7100",
    );
    const picture = drawn(Encoding.ZYWRLE, stored(tile), 32, 64, decoding(FORMATS.bgrx, 1));
    expect(sha256(picture)).toBe("6590751dae72eb9a71fe713af0838589343bac052d9eb206960d27d1f01a5dce");
  });

  test("level 2, 16 bits, a row too many", () => {
    // x11vnc-zywrle-q3-rgb565le/server.bin@42494, inflated: the tile at 128,0
    const tile = hex(
      "00a70000400520145f17a21f631f84274217221fe32ed063cf6bf06b2d6ccc732f8b2d938f9bf1a3319cef93b09390a36fa312abb1aaef920f8b" +
        "5193efa2ae926e8b0c83cd92ce82ef826c7a4c82ef81803f01800e01801e0180060203040506070809000a0b0c0d0d0e0f1011121314151617" +
        "18191a1b1c1d1e1e1f20212223242526",
    );
    const picture = drawn(Encoding.ZYWRLE, stored(tile), 32, 5, decoding(FORMATS.rgb565, 3));
    expect(sha256(picture)).toBe("5b55a2e200cd0d729fc214b39c149720ae7e56be76f5152571c338a7855f5586");
  });
});

test("with 8 bits a pixel there is no wavelet: 0 are pixels", () => {
  const picture = read("00 00ffe003", 2, 2, decoding(FORMATS.rgb332, 1));
  expect(sketch(picture, rgba(0), rgba(0xffffff), rgba(0xff0000), rgba(0x0000ff))).toBe(".a bc");
});

test("the stream is that of ZRLE", () => {
  const context = decoding(FORMATS.bgrx);
  expect(colours(drawn(Encoding.ZRLE, stored(hex("01336699")), 1, 1, context))).toStrictEqual([["996633"]]);
  expect(colours(drawn(Encoding.ZYWRLE, stored(hex("01010203"), false), 1, 1, context))).toStrictEqual([["030201"]]);
});

test("what is kept from one rectangle to the next is not kept for another pixel format", () => {
  const kept = decoding(FORMATS.bgrx);
  const draw = (tiles: string, format: PixelFormat, isFirst: boolean) =>
    colours(
      drawn(Encoding.ZYWRLE, stored(hex(tiles), isFirst), 2, 2, { ...decoding(format), memory: kept.memory }),
    )[0]![0];
  expect(draw("00 00 000000 000000 000000 050af9", FORMATS.bgrx, true)).toBe("7d8b95");
  expect(draw("00 00 0000 0000 0000 61f8", FORMATS.rgb565, false)).toBe("7b8e9c");
  expect(draw("00 00 000000 000000 000000 f90a05", FORMATS.rgbx, false)).toBe("7d8b95");
});

const rectangle: Rectangle = { type: "rectangle", x: 0, y: 0, width: 4, height: 1, encodingType: Encoding.ZYWRLE };

describe("ZYWRLE refuses", () => {
  test.each([
    ["00 11 00", "malformed: Cannot read a ZYWRLE tile at 1: subencoding 17"],
    ["00 00 000000", "truncated: Cannot read a ZYWRLE tile at 2: 3 bytes of 12"],
    ["00", "truncated: Cannot read a ZYWRLE tile at 1: 0 bytes of 1"],
    ["00 01 00000000", "trailing: Cannot read a ZYWRLE tile at 5: 1 bytes after the last"],
    ["00 80 00000004", "malformed: Cannot read a ZYWRLE tile at 5: a run of 5 where 4 pixels are left"],
    ["", "truncated: Cannot read a ZYWRLE tile at 0: 0 bytes of 1"],
  ])("tiles that do not hold: %s", (tiles, message) => {
    const act = () => decodeZywrle(stored(hex(tiles)), rectangle, decoding(FORMATS.bgrx), createSurface(4, 1));
    const { code, message: text } = errorOf(act);
    expect(`${code}: ${text}`).toBe(message);
  });

  test("a payload of another length, and data that inflates to more than any tiles take", () => {
    const act = (payload: Uint8Array) =>
      errorOf(() => decodeZywrle(payload, { ...rectangle, width: 1 }, decoding(FORMATS.bgrx), createSurface(4, 1)));
    expect(act(join([stored(hex("01000000")), hex("00")]))).toMatchObject({
      code: "trailing",
      message: "Cannot read a ZYWRLE rectangle: 21 bytes of 20",
    });
    // 127 colours, and a run for one pixel, nested.
    const most = join([hex("00ff"), new Uint8Array(127 * 3), hex("8000")]);
    expect(colours(drawn(Encoding.ZYWRLE, stored(most), 1, 1, decoding(FORMATS.bgrx)))).toStrictEqual([["000000"]]);
    expect(act(stored(new Uint8Array(387))).code).toBe("trailing");
    expect(act(stored(new Uint8Array(388)))).toMatchObject({ code: "limit" });
  });

  test("a length that no encoder needs, and one above the limit", () => {
    const walk = (limits = DEFAULT_LIMITS) => createWalk(rectangle, NORMAL, 4, limits);
    for (let end = 0; end < 4; end++) expect(advanceZywrle(walk(), be32(5), 0, end)).toBe(0);
    expect(advanceZywrle(walk(), be32(65_568), 0, 4)).toBe(65_572);
    expect(errorOf(() => advanceZywrle(walk(), be32(65_569), 0, 4))).toMatchObject({
      code: "limit",
      message: "Cannot read a ZYWRLE rectangle: 65569 bytes for 4x1 pixels: at most 65568",
    });
  });
});

describe("encodeZywrle, where a quality was asked for,", () => {
  const smooth = (width: number, height: number): Surface => {
    const surface = createSurface(width, height);
    for (let i = 0; i < surface.pixels.length; i++) {
      const x = i % width;
      const y = Math.floor(i / width);
      surface.pixels[i] = rgba(((60 + x) << 16) | ((40 + 2 * y) << 8) | (100 + ((x + y) >> 1)));
    }
    return surface;
  };
  /** The greatest difference of a channel, and the mean of all. */
  function differences(one: Surface, other: Surface): { most: number; mean: number } {
    const a = new Uint8Array(one.pixels.buffer);
    const b = new Uint8Array(other.pixels.buffer);
    const all = Array.from(a, (value, i) => Math.abs(value - b[i]!));
    return { most: Math.max(...all), mean: all.reduce((sum, value) => sum + value) / (0.75 * all.length) };
  }
  const COMMON = ["rgbx", "bgrx", "bigRgbx", "bigBgrx", "rgb565", "bigRgb565", "rgb555", "bigRgb555"] as const;

  test.each(COMMON)("loses little of a smooth picture, and less the better the quality: %s", (name) => {
    const format = FORMATS[name];
    const picture = squeezed(smooth(64, 64), format);
    const means = [0, 4, 8].map((quality) => {
      const payload = encodeZywrle(picture, encoding(format, quality));
      const back = drawn(Encoding.ZYWRLE, payload, 64, 64, decoding(format, quality));
      const { most, mean } = differences(picture, back);
      expect(most).toBeLessThan(40);
      return mean;
    });
    expect(means[0]).toBeLessThan(12);
    expect(means[2]).toBeLessThan(means[1]! + 0.01);
    expect(means[1]).toBeLessThan(means[0]!);
  });

  test("is shorter than ZRLE where ZRLE can do nothing, and the shorter the worse the quality", () => {
    const { photo } = pictures(128, 128);
    const lengths = [0, 4, 8].map((quality) => encodeZywrle(photo!, encoding(FORMATS.rgbx, quality)).length);
    expect(lengths[0]).toBeLessThan(lengths[1]!);
    expect(lengths[1]).toBeLessThan(lengths[2]!);
    expect(lengths[2]).toBeLessThan(encodeZywrle(photo!, encodeContext(FORMATS.rgbx)).length / 2);
  });

  test("loses nothing of what is short without a wavelet", () => {
    for (const name of ["solid", "windows"]) {
      const picture = pictures(130, 66)[name]!;
      const payload = encodeZywrle(picture, encoding(FORMATS.bgrx, 8));
      expect(isSame(drawn(Encoding.ZYWRLE, payload, 130, 66, decoding(FORMATS.bgrx, 8)), picture), name).toBe(true);
    }
  });

  test.each(["xbgr", "bigXbgr", "rgb101010", "rgb444", "rgb332", "colourMap"] as const)(
    "loses nothing in %s, whose channels are not where every wavelet looks",
    (name) => {
      const format = FORMATS[name];
      for (const [kind, picture] of Object.entries(pictures(70, 67))) {
        const payload = encodeZywrle(picture, encoding(format, 0));
        const back = drawn(Encoding.ZYWRLE, payload, 70, 67, decoding(format, 0));
        expect(isSame(back, squeezed(picture, format)), kind).toBe(true);
      }
    },
  );

  test("is read to its end, whatever the size: what is not transformed comes back", () => {
    for (const quality of [0, 4, 8]) {
      const level = [3, 2, 1][[0, 4, 8].indexOf(quality)]!;
      for (let width = 1; width <= 17; width++) {
        for (const height of [1, 2, 7, 8, 9, 65]) {
          const picture = pictures(width, height).photo!;
          const payload = encodeZywrle(picture, encoding(FORMATS.bgrx, quality));
          const back = drawn(Encoding.ZYWRLE, payload, width, height, decoding(FORMATS.bgrx, quality));
          const columns = width & -(1 << level);
          for (let i = 0; i < back.pixels.length; i++) {
            const rows = Math.min(64, height - 64 * Math.floor(i / width / 64)) & -(1 << level);
            if (columns > 0 && rows > 0 && i % width < columns && Math.floor(i / width) % 64 < rows) continue;
            if (back.pixels[i] !== picture.pixels[i]) throw new Error(`${width}x${height}: pixel ${i}`);
          }
        }
      }
    }
  });

  test("loses nothing with quality 9, and is read alike by those who take it for no wavelet at all", () => {
    for (const [name, picture] of Object.entries(pictures(70, 67))) {
      const payload = encodeZywrle(picture, encoding(FORMATS.bgrx, 9));
      for (const type of [Encoding.ZYWRLE, Encoding.ZRLE]) {
        expect(isSame(drawn(type, payload, 70, 67, decoding(FORMATS.bgrx, 9)), picture), name).toBe(true);
      }
    }
  });

  test("writes coefficients that a reader can work out", () => {
    // Y is 60 at the left and 0 at the right: low 60, high 60 along rows, of which libvncserver's table makes 64.
    const surface = createSurface(2, 2);
    surface.pixels.set([0xbcbcbc, 0x808080, 0xbcbcbc, 0x808080].map(rgba));
    const context = { ...encoding(FORMATS.bgrx, 8), compressionLevel: 0 };
    const payload = encodeZywrle(surface, context);
    // Stored, behind the heads of stream and block: 0, and in it a palette of three.
    expect(hexOf(payload.subarray(11, -5))).toBe("0003000000004000003c000060");
    expect(colours(drawn(Encoding.ZYWRLE, payload, 2, 2, decoding(FORMATS.bgrx, 8)))).toStrictEqual([
      ["c0c0c0", "7c7c7c"],
      ["c0c0c0", "7c7c7c"],
    ]);
  });
});
