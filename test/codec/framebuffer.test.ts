import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFramebuffer, type Framebuffer } from "../../codec/framebuffer.ts";
import { type PixelFormat, RGBX8888 } from "../../codec/pixel_format.ts";
import { cut, hex, hexOf, splitsInThree } from "./bytes.ts";
import { errorOf } from "./errors.ts";
import { COLOUR_MAP, RGB332, RGB565BE, RGB888LE } from "./messages.ts";
import { runs } from "./runs.ts";

function draw(
  into: Framebuffer,
  [x, y, width, height]: readonly [number, number, number, number],
  encodingType: number,
  ...pieces: readonly Uint8Array[]
): void {
  into.apply({ type: "rectangle", x, y, width, height, encodingType });
  for (const [i, bytes] of pieces.entries()) {
    into.apply({ type: "rectanglePayload", bytes, last: i === pieces.length - 1 });
  }
}

const source = (x: number, y: number) => Uint8Array.of(x >> 8, x, y >> 8, y);

/** A picture whose bytes all tell where they are. */
function counted(width: number, height: number, format: PixelFormat): Framebuffer {
  const framebuffer = createFramebuffer(width, height, format);
  const pixels = Uint8Array.from({ length: framebuffer.pixels.length }, (_, i) => i + 1);
  draw(framebuffer, [0, 0, width, height], 0, pixels);
  return framebuffer;
}

test("a new picture is black", () => {
  const framebuffer = createFramebuffer(2, 1, RGB565BE);
  expect(framebuffer).toMatchObject({ width: 2, height: 1, pixelFormat: RGB565BE });
  expect(framebuffer.pixels).toStrictEqual(new Uint8Array(4));
  expect(hexOf(framebuffer.toRgba())).toBe("000000ff000000ff");
});

describe("Raw", () => {
  test.each([
    ["8", RGB332, 1],
    ["16", RGB565BE, 2],
    ["32", RGB888LE, 4],
  ] as const)("of %s bits is drawn in its place, in whatever pieces", (_bits, format, bytesPerPixel) => {
    const pixels = Uint8Array.from({ length: 3 * 2 * bytesPerPixel }, (_, i) => i + 1);
    const copy = pixels.slice();
    const expected = new Uint8Array(5 * 4 * bytesPerPixel);
    for (let row = 0; row < 2; row++) {
      expected.set(
        pixels.subarray(row * 3 * bytesPerPixel, (row + 1) * 3 * bytesPerPixel),
        (11 + 5 * row) * bytesPerPixel,
      );
    }
    for (const [i, j] of splitsInThree(pixels.length)) {
      const framebuffer = createFramebuffer(5, 4, format);
      draw(framebuffer, [1, 2, 3, 2], 0, ...cut(pixels, i, j));
      expect(framebuffer.pixels, `split at ${i} and ${j}`).toStrictEqual(expected);
    }
    expect(pixels).toStrictEqual(copy);
  });

  test("begins anew with each rectangle", () => {
    const framebuffer = createFramebuffer(2, 2, RGB332);
    draw(framebuffer, [0, 0, 2, 1], 0, hex("0102"));
    draw(framebuffer, [0, 1, 2, 1], 0, hex("0304"));
    draw(framebuffer, [1, 0, 1, 2], 0, hex("05"), hex("06"));
    expect(hexOf(framebuffer.pixels)).toBe("01050306");
  });

  test("of no area draws nothing", () => {
    const framebuffer = counted(3, 3, RGB332);
    const before = framebuffer.pixels.slice();
    draw(framebuffer, [3, 3, 0, 0], 0, hex(""));
    draw(framebuffer, [0, 0, 0, 3], 0, hex(""));
    draw(framebuffer, [0, 0, 3, 0], 0, hex(""));
    expect(framebuffer.pixels).toStrictEqual(before);
  });
});

describe("CopyRect", () => {
  /** Reads all before it writes any. */
  function copiedNaively(
    framebuffer: Framebuffer,
    bytesPerPixel: number,
    [x, y, width, height, srcX, srcY]: readonly [number, number, number, number, number, number],
  ): Uint8Array {
    const before = framebuffer.pixels.slice();
    const after = framebuffer.pixels.slice();
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let i = 0; i < bytesPerPixel; i++) {
          const to = ((y + row) * framebuffer.width + x + column) * bytesPerPixel + i;
          after[to] = before[((srcY + row) * framebuffer.width + srcX + column) * bytesPerPixel + i]!;
        }
      }
    }
    return after;
  }

  test.each([
    ["up", 0, -1],
    ["down", 0, 1],
    ["left", -1, 0],
    ["right", 1, 0],
    ["up and left", -1, -1],
    ["up and right", 1, -1],
    ["down and left", -1, 1],
    ["down and right", 1, 1],
    ["nowhere", 0, 0],
  ])("moves an overlapping area %s", (_where, dx, dy) => {
    for (const [format, bytesPerPixel] of [
      [RGB332, 1],
      [RGB565BE, 2],
      [RGB888LE, 4],
    ] as const) {
      for (const step of [1, 2]) {
        const framebuffer = counted(9, 8, format);
        const [srcX, srcY] = [2, 2];
        const [x, y] = [srcX + step * dx, srcY + step * dy];
        const expected = copiedNaively(framebuffer, bytesPerPixel, [x, y, 5, 4, srcX, srcY]);
        draw(framebuffer, [x, y, 5, 4], 1, source(srcX, srcY));
        expect(framebuffer.pixels).toStrictEqual(expected);
      }
    }
  });

  test("does as the naive copy does, anywhere", () => {
    const places = fc
      .record({ width: fc.integer({ min: 0, max: 7 }), height: fc.integer({ min: 0, max: 6 }) })
      .chain(({ width, height }) =>
        fc.tuple(
          fc.nat({ max: 7 - width }),
          fc.nat({ max: 6 - height }),
          fc.constant(width),
          fc.constant(height),
          fc.nat({ max: 7 - width }),
          fc.nat({ max: 6 - height }),
        ),
      );
    fc.assert(
      fc.property(places, ([x, y, width, height, srcX, srcY]) => {
        const framebuffer = counted(7, 6, RGB565BE);
        const expected = copiedNaively(framebuffer, 2, [x, y, width, height, srcX, srcY]);
        draw(framebuffer, [x, y, width, height], 1, source(srcX, srcY));
        expect(framebuffer.pixels).toStrictEqual(expected);
      }),
      runs(200),
    );
  });

  test("takes the pixels as earlier rectangles have left them", () => {
    const framebuffer = createFramebuffer(3, 1, RGB332);
    draw(framebuffer, [0, 0, 1, 1], 0, hex("07"));
    draw(framebuffer, [1, 0, 1, 1], 1, source(0, 0));
    draw(framebuffer, [2, 0, 1, 1], 1, source(1, 0));
    expect(hexOf(framebuffer.pixels)).toBe("070707");
  });

  test.each([
    [4, 0],
    [0, 3],
    [65535, 0],
    [0, 65535],
    [65535, 65535],
  ])("from %d,%d leaves the framebuffer, and nothing is drawn", (srcX, srcY) => {
    const framebuffer = counted(5, 4, RGB332);
    const before = framebuffer.pixels.slice();
    const error = errorOf(() => draw(framebuffer, [0, 0, 2, 2], 1, source(srcX, srcY)));
    expect(error).toMatchObject({
      code: "malformed",
      reason: `2x2 at ${srcX},${srcY} leaves the framebuffer of 5x4`,
    });
    expect(framebuffer.pixels).toStrictEqual(before);
  });

  test("from the last corner stays inside", () => {
    const framebuffer = counted(5, 4, RGB332);
    draw(framebuffer, [0, 0, 2, 2], 1, source(3, 2));
    expect(hexOf(framebuffer.pixels.subarray(0, 7))).toBe("0e0f0304051314");
  });
});

describe("DesktopSize", () => {
  test.each([
    ["wider", 4, 2, "0102030004050600"],
    ["narrower", 2, 2, "01020405"],
    ["higher", 3, 3, "010203040506000000"],
    ["lower", 3, 1, "010203"],
    ["wider and lower", 4, 1, "01020300"],
    ["narrower and higher", 1, 3, "010400"],
    ["nothing", 0, 0, ""],
    ["as it was", 3, 2, "010203040506"],
  ])("keeps what it can when the picture becomes %s", (_name, width, height, expected) => {
    const framebuffer = counted(3, 2, RGB332);
    draw(framebuffer, [9, 9, width, height], -223, hex(""));
    expect(framebuffer).toMatchObject({ width, height });
    expect(hexOf(framebuffer.pixels)).toBe(expected);
  });

  test("is in force for what is drawn next", () => {
    const framebuffer = counted(2, 1, RGB565BE);
    draw(framebuffer, [0, 0, 3, 2], -223, hex(""));
    draw(framebuffer, [2, 1, 1, 1], 0, hex("aabb"));
    expect(hexOf(framebuffer.pixels)).toBe("010203040000" + "00000000aabb");
  });
});

test("events that bring no pixels are welcome", () => {
  const framebuffer = counted(2, 2, RGB332);
  const before = framebuffer.pixels.slice();
  framebuffer.apply({ type: "bell" });
  framebuffer.apply({ type: "framebufferUpdate", numberOfRectangles: 1 });
  draw(framebuffer, [0, 0, 0, 0], -224, hex(""));
  framebuffer.apply({ type: "framebufferUpdateEnd" });
  framebuffer.apply({ type: "serverCutText", text: hex("41") });
  expect(framebuffer.pixels).toStrictEqual(before);
});

test("an encoding that is not drawn is named", () => {
  const framebuffer = createFramebuffer(2, 2, RGB332);
  expect(errorOf(() => draw(framebuffer, [0, 0, 1, 1], 16, hex("00")))).toMatchObject({
    code: "unknownType",
    act: "Cannot draw a rectangle",
  });
});

describe("toRgba", () => {
  // Red, green, blue, white, and something of each.
  const colours = "ff0000ff00ff00ff0000ffffffffffff";

  function rgbaOf(format: PixelFormat, pixels: string): string {
    const bytes = hex(pixels);
    const framebuffer = createFramebuffer(bytes.length / (format.bitsPerPixel / 8), 1, format);
    draw(framebuffer, [0, 0, framebuffer.width, 1], 0, bytes);
    return hexOf(framebuffer.toRgba());
  }

  test.each([
    ["8 bits", RGB332, "e01c03ff"],
    ["16 bits, big-endian", RGB565BE, "f80007e0001fffff"],
    ["16 bits, little-endian", { ...RGB565BE, bigEndianFlag: 0 }, "00f8e0071f00ffff"],
    ["32 bits, little-endian", RGB888LE, "0000ff0000ff0000ff000000ffffff00"],
    ["32 bits, big-endian", { ...RGB888LE, bigEndianFlag: 255 }, "00ff00000000ff00000000ff00ffffff"],
    [
      "32 bits, red up to the sign bit",
      { ...RGB888LE, redShift: 24, greenShift: 16, blueShift: 8 },
      "000000ff0000ff0000ff000000ffffff",
    ],
    ["the spare byte set", RGBX8888, "ff0000ee00ff00ee0000ffeeffffffee"],
  ] as const)("reads %s", (_name, format, pixels) => {
    expect(rgbaOf(format, pixels)).toBe(colours);
  });

  test("reads 10 bits a channel", () => {
    const format = {
      ...RGB888LE,
      depth: 30,
      redMax: 1023,
      greenMax: 1023,
      blueMax: 1023,
      redShift: 20,
      greenShift: 10,
    };
    // 1023, 512, 1: 255, then 512 * 255 / 1023 = 127.6, then 0.2.
    expect(rgbaOf(format, "0100f83f")).toBe("ff8000ff");
  });

  test("rounds half up, floor((v × 510 + max) / (2 × max))", () => {
    for (const bits of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const max = 2 ** bits - 1;
      const format = {
        ...RGB565BE,
        redMax: max,
        greenMax: 1,
        blueMax: 1,
        redShift: 2,
        greenShift: 1,
        blueShift: 0,
      };
      const framebuffer = createFramebuffer(max + 1, 1, format);
      const pixels = new Uint8Array(2 * (max + 1));
      for (let value = 0; value <= max; value++) pixels.set([(value << 2) >> 8, value << 2], 2 * value);
      draw(framebuffer, [0, 0, max + 1, 1], 0, pixels);
      const reds = Array.from(framebuffer.toRgba()).filter((_, i) => i % 4 === 0);
      // Half up in whole numbers: the nearest n to v × 255 / max, the greater of two.
      expect(reds).toStrictEqual(
        Array.from({ length: max + 1 }, (_, value) => {
          let nearest = 0;
          while (2 * value * 255 - 2 * nearest * max >= max) nearest += 1;
          return nearest;
        }),
      );
    }
  });

  test("rounds 5 and 6 bits to the nearest level", () => {
    // 15 × 255 / 31 = 123.4, 31 × 255 / 63 = 125.48, 16 × 255 / 31 = 131.6.
    expect(rgbaOf(RGB565BE, "7bf0")).toBe("7b7d84ff");
  });

  test("reads a colour map, black where it was never set", () => {
    const framebuffer = createFramebuffer(4, 1, COLOUR_MAP);
    draw(framebuffer, [0, 0, 4, 1], 0, hex("00 01 fe ff"));
    framebuffer.apply({
      type: "setColourMapEntries",
      firstColour: 254,
      colours: [
        { red: 65535, green: 32768, blue: 128 },
        { red: 129, green: 129, blue: 129 },
      ],
    });
    framebuffer.apply({ type: "setColourMapEntries", firstColour: 1, colours: [{ red: 0, green: 0, blue: 65535 }] });
    // 32768 × 255 / 65535 = 127.5, rounded up; 128 and 129 stand on either side of half a level.
    expect(hexOf(framebuffer.toRgba())).toBe("000000ff" + "0000ffff" + "ff8000ff" + "010101ff");
    framebuffer.apply({ type: "setColourMapEntries", firstColour: 1, colours: [{ red: 65535, green: 0, blue: 0 }] });
    expect(hexOf(framebuffer.toRgba().subarray(4, 8))).toBe("ff0000ff");
  });

  test("is a picture of its own", () => {
    const framebuffer = counted(1, 1, RGBX8888);
    const rgba = framebuffer.toRgba();
    rgba.fill(0);
    expect(hexOf(framebuffer.pixels)).toBe("01020304");
  });
});
