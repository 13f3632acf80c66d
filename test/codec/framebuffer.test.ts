import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFramebuffer, type Framebuffer } from "../../codec/framebuffer.ts";
import type { ServerEvent } from "../../codec/framer.ts";
import { bytesPerPixelOf, type PixelFormat, RGBX8888 } from "../../codec/pixel_format.ts";
import type { PixelOutput } from "../../codec/pixels.ts";
import { NEW_SESSION, observe, type Session } from "../../codec/session.ts";
import { cut, hex, hexOf, splitsInThree } from "./bytes.ts";
import { errorOf } from "./errors.ts";
import { COLOUR_MAP, RGB332, RGB565BE, RGB888LE } from "./messages.ts";
import { runs } from "./runs.ts";

/** A picture, and the session that it belongs to. */
interface Stage {
  readonly framebuffer: Framebuffer;
  see(event: ServerEvent): void;
}

function stage(width: number, height: number, pixelFormat: PixelFormat, output: PixelOutput = "values"): Stage {
  const framebuffer = createFramebuffer({ output });
  let session: Session = {
    ...NEW_SESSION,
    phase: "normal",
    framebufferWidth: width,
    framebufferHeight: height,
    pixelFormat,
  };
  const see = (event: ServerEvent): void => {
    session = observe(session, "server", event);
    framebuffer.apply(event, session);
  };
  see({ type: "bell" });
  framebuffer.takeDamage();
  return { framebuffer, see };
}

function draw(
  { see }: Stage,
  [x, y, width, height]: readonly [number, number, number, number],
  encodingType: number,
  ...pieces: readonly Uint8Array[]
): void {
  see({ type: "rectangle", x, y, width, height, encodingType });
  for (const [i, bytes] of pieces.entries()) see({ type: "rectanglePayload", bytes, last: i === pieces.length - 1 });
}

const source = (x: number, y: number) => Uint8Array.of(x >> 8, x, y >> 8, y);

/** A picture whose pixels all tell where they are. */
function counted(width: number, height: number, format: PixelFormat): Stage {
  const staged = stage(width, height, format);
  const bytes = Uint8Array.from({ length: width * height * bytesPerPixelOf(format) }, (_, i) => i + 1);
  draw(staged, [0, 0, width, height], 0, bytes);
  return staged;
}

const values = ({ framebuffer }: Stage): number[] => [...framebuffer.pixels];

test("a new picture is black", () => {
  const { framebuffer } = stage(2, 1, RGB565BE);
  expect(framebuffer).toMatchObject({ width: 2, height: 1, cursor: undefined, pointer: undefined });
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
    const value = (i: number): number => {
      const bytes = [...pixels.subarray(i * bytesPerPixel, (i + 1) * bytesPerPixel)];
      if (format.bigEndianFlag === 0) bytes.reverse();
      return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    };
    const expected = new Array(5 * 4).fill(0);
    for (let i = 0; i < 6; i++) expected[11 + (i % 3) + 5 * Math.floor(i / 3)] = value(i);
    for (const [i, j] of splitsInThree(pixels.length)) {
      const staged = stage(5, 4, format);
      draw(staged, [1, 2, 3, 2], 0, ...cut(pixels, i, j));
      expect(values(staged), `split at ${i} and ${j}`).toStrictEqual(expected);
    }
    expect(pixels).toStrictEqual(copy);
  });

  test("begins anew with each rectangle", () => {
    const staged = stage(2, 2, RGB332);
    draw(staged, [0, 0, 2, 1], 0, hex("0102"));
    draw(staged, [0, 1, 2, 1], 0, hex("0304"));
    draw(staged, [1, 0, 1, 2], 0, hex("05"), hex("06"));
    expect(values(staged)).toStrictEqual([1, 5, 3, 6]);
  });

  test("of no area draws nothing", () => {
    const staged = counted(3, 3, RGB332);
    const before = values(staged);
    draw(staged, [3, 3, 0, 0], 0, hex(""));
    draw(staged, [0, 0, 0, 3], 0, hex(""));
    draw(staged, [0, 0, 3, 0], 0, hex(""));
    expect(values(staged)).toStrictEqual(before);
  });
});

describe("CopyRect", () => {
  /** Reads all before it writes any. */
  function copiedNaively(
    staged: Stage,
    [x, y, width, height, srcX, srcY]: readonly [number, number, number, number, number, number],
  ): number[] {
    const before = values(staged);
    const after = [...before];
    const stride = staged.framebuffer.width;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        after[(y + row) * stride + x + column] = before[(srcY + row) * stride + srcX + column]!;
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
    for (const format of [RGB332, RGB565BE, RGB888LE]) {
      for (const step of [1, 2]) {
        const staged = counted(9, 8, format);
        const [srcX, srcY] = [2, 2];
        const [x, y] = [srcX + step * dx, srcY + step * dy];
        const expected = copiedNaively(staged, [x, y, 5, 4, srcX, srcY]);
        draw(staged, [x, y, 5, 4], 1, source(srcX, srcY));
        expect(values(staged)).toStrictEqual(expected);
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
        const staged = counted(7, 6, RGB565BE);
        const expected = copiedNaively(staged, [x, y, width, height, srcX, srcY]);
        draw(staged, [x, y, width, height], 1, source(srcX, srcY));
        expect(values(staged)).toStrictEqual(expected);
      }),
      runs(200),
    );
  });

  test("takes the pixels as earlier rectangles have left them", () => {
    const staged = stage(3, 1, RGB332);
    draw(staged, [0, 0, 1, 1], 0, hex("07"));
    draw(staged, [1, 0, 1, 1], 1, source(0, 0));
    draw(staged, [2, 0, 1, 1], 1, source(1, 0));
    expect(values(staged)).toStrictEqual([7, 7, 7]);
  });

  test.each([
    [4, 0],
    [0, 3],
    [65535, 0],
    [0, 65535],
    [65535, 65535],
  ])("from %d,%d leaves the framebuffer, and nothing is drawn", (srcX, srcY) => {
    const staged = counted(5, 4, RGB332);
    const before = values(staged);
    const error = errorOf(() => draw(staged, [0, 0, 2, 2], 1, source(srcX, srcY)));
    expect(error).toMatchObject({
      code: "malformed",
      reason: `2x2 at ${srcX},${srcY} leaves the framebuffer of 5x4`,
    });
    expect(values(staged)).toStrictEqual(before);
  });

  test("from the last corner stays inside", () => {
    const staged = counted(5, 4, RGB332);
    draw(staged, [0, 0, 2, 2], 1, source(3, 2));
    expect(values(staged).slice(0, 7)).toStrictEqual([14, 15, 3, 4, 5, 19, 20]);
  });
});

describe("DesktopSize", () => {
  test.each([
    ["wider", 4, 2, [1, 2, 3, 0, 4, 5, 6, 0]],
    ["narrower", 2, 2, [1, 2, 4, 5]],
    ["higher", 3, 3, [1, 2, 3, 4, 5, 6, 0, 0, 0]],
    ["lower", 3, 1, [1, 2, 3]],
    ["wider and lower", 4, 1, [1, 2, 3, 0]],
    ["narrower and higher", 1, 3, [1, 4, 0]],
    ["nothing", 0, 0, []],
    ["as it was", 3, 2, [1, 2, 3, 4, 5, 6]],
  ])("keeps what it can when the picture becomes %s", (_name, width, height, expected) => {
    const staged = counted(3, 2, RGB332);
    draw(staged, [9, 9, width, height], -223, hex(""));
    expect(staged.framebuffer).toMatchObject({ width, height });
    expect(values(staged)).toStrictEqual(expected);
  });

  test("is in force for what is drawn next", () => {
    const staged = counted(2, 1, RGB565BE);
    draw(staged, [0, 0, 3, 2], -223, hex(""));
    draw(staged, [2, 1, 1, 1], 0, hex("aabb"));
    expect(values(staged)).toStrictEqual([0x0102, 0x0304, 0, 0, 0, 0xaabb]);
  });
});

test("events that bring no pixels are welcome", () => {
  const staged = counted(2, 2, RGB332);
  const before = values(staged);
  staged.see({ type: "bell" });
  staged.see({ type: "framebufferUpdate", numberOfRectangles: 1 });
  draw(staged, [0, 0, 0, 0], -224, hex(""));
  staged.see({ type: "framebufferUpdateEnd" });
  staged.see({ type: "serverCutText", text: hex("41") });
  expect(values(staged)).toStrictEqual(before);
});

test("an encoding that is not drawn is named", () => {
  const staged = stage(2, 2, RGB332);
  expect(errorOf(() => draw(staged, [0, 0, 1, 1], 22, hex("00")))).toMatchObject({
    code: "unknownType",
    act: "Cannot draw a rectangle",
  });
});

describe("toRgba", () => {
  // Red, green, blue, white, and something of each.
  const colours = "ff0000ff00ff00ff0000ffffffffffff";

  function rgbaOf(format: PixelFormat, pixels: string): string {
    const bytes = hex(pixels);
    const width = bytes.length / bytesPerPixelOf(format);
    const staged = stage(width, 1, format, "rgba");
    draw(staged, [0, 0, width, 1], 0, bytes);
    return hexOf(staged.framebuffer.toRgba());
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
      const staged = stage(max + 1, 1, format, "rgba");
      const pixels = new Uint8Array(2 * (max + 1));
      for (let value = 0; value <= max; value++) pixels.set([(value << 2) >> 8, value << 2], 2 * value);
      draw(staged, [0, 0, max + 1, 1], 0, pixels);
      const reds = Array.from(staged.framebuffer.toRgba()).filter((_, i) => i % 4 === 0);
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
    const staged = stage(4, 1, COLOUR_MAP, "rgba");
    draw(staged, [0, 0, 4, 1], 0, hex("00 01 fe ff"));
    staged.see({
      type: "setColourMapEntries",
      firstColour: 254,
      colours: [
        { red: 65535, green: 32768, blue: 128 },
        { red: 129, green: 129, blue: 129 },
      ],
    });
    staged.see({ type: "setColourMapEntries", firstColour: 1, colours: [{ red: 0, green: 0, blue: 65535 }] });
    // 32768 × 255 / 65535 = 127.5, rounded up; 128 and 129 stand on either side of half a level.
    expect(hexOf(staged.framebuffer.toRgba())).toBe("000000ff" + "0000ffff" + "ff8000ff" + "010101ff");
    staged.see({ type: "setColourMapEntries", firstColour: 1, colours: [{ red: 65535, green: 0, blue: 0 }] });
    expect(hexOf(staged.framebuffer.toRgba().subarray(4, 8))).toBe("ff0000ff");
  });

  test("is a picture of its own", () => {
    const staged = stage(1, 1, RGBX8888, "rgba");
    draw(staged, [0, 0, 1, 1], 0, hex("01020304"));
    staged.framebuffer.toRgba().fill(0);
    expect(hexOf(staged.framebuffer.toRgba())).toBe("010203ff");
  });
});

describe("the cursor", () => {
  test("is kept apart from the picture", () => {
    const staged = stage(2, 1, RGBX8888, "rgba");
    draw(staged, [0, 0, 2, 1], 0, hex("0a0b0c00 0d0e0f00"));
    draw(staged, [1, 0, 1, 1], -239, hex("11223300 80"));
    const { cursor } = staged.framebuffer;
    expect(cursor).toMatchObject({ hotspotX: 1, hotspotY: 0, width: 1, height: 1 });
    expect([...cursor!.pixels]).toStrictEqual([0xff332211]);
    expect(hexOf(staged.framebuffer.toRgba())).toBe("0a0b0cff0d0e0fff");
    draw(staged, [0, 0, 0, 0], -239, hex(""));
    expect(staged.framebuffer.cursor).toMatchObject({ width: 0, height: 0 });
  });

  test("has the place that the server puts it at", () => {
    const staged = stage(9, 9, RGBX8888);
    draw(staged, [7, 8, 0, 0], -232, hex(""));
    expect(staged.framebuffer.pointer).toStrictEqual({ x: 7, y: 8 });
  });
});

describe("damage", () => {
  test("is where something was drawn, once", () => {
    const staged = stage(9, 9, RGB332);
    draw(staged, [1, 2, 3, 1], 0, hex("0102"), hex("03"));
    draw(staged, [5, 5, 2, 2], 1, source(0, 0));
    expect(staged.framebuffer.takeDamage()).toMatchObject([
      { x: 1, y: 2, width: 3, height: 1 },
      { x: 5, y: 5, width: 2, height: 2 },
    ]);
    expect(staged.framebuffer.takeDamage()).toStrictEqual([]);
  });

  test("is everywhere after a new size, and after a new colour map", () => {
    const staged = stage(2, 2, COLOUR_MAP);
    draw(staged, [0, 0, 3, 3], -223, hex(""));
    expect(staged.framebuffer.takeDamage()).toMatchObject([{ x: 0, y: 0, width: 3, height: 3 }]);
    staged.see({ type: "setColourMapEntries", firstColour: 0, colours: [{ red: 1, green: 2, blue: 3 }] });
    expect(staged.framebuffer.takeDamage()).toMatchObject([{ x: 0, y: 0, width: 3, height: 3 }]);
  });

  test("stays inside of a smaller size, and is of places alone", () => {
    const staged = counted(4, 4, RGB332);
    draw(staged, [0, 0, 2, 2], -223, hex(""));
    expect(staged.framebuffer.takeDamage()).toStrictEqual([{ x: 0, y: 0, width: 2, height: 2 }]);
    draw(staged, [1, 1, 1, 1], 0, hex("01"));
    expect(staged.framebuffer.takeDamage()).toStrictEqual([{ x: 1, y: 1, width: 1, height: 1 }]);
  });

  test("stays a short list that covers all, however much is drawn", () => {
    const staged = stage(100, 100, RGB332);
    for (let i = 0; i < 100; i++) draw(staged, [i, (7 * i) % 100, 1, 1], 0, hex("01"));
    const areas = staged.framebuffer.takeDamage();
    expect(areas.length).toBeLessThanOrEqual(32);
    for (let i = 0; i < 100; i++) {
      const [x, y] = [i, (7 * i) % 100];
      expect(
        areas.some((area) => x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height),
      ).toBe(true);
    }
  });
});

describe("a new size", () => {
  const size = (staged: Stage, width: number, height: number): void =>
    staged.see({ type: "rectangle", x: 0, y: 0, width, height, encodingType: -223 });

  test("keeps what is inside, and only that, however often it comes before anything is drawn or looked at", () => {
    const staged = counted(3, 3, RGB332);
    size(staged, 2, 5);
    size(staged, 4, 1);
    size(staged, 3, 3);
    expect(staged.framebuffer).toMatchObject({ width: 3, height: 3 });
    expect(values(staged)).toStrictEqual([1, 2, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("of nothing keeps nothing", () => {
    const staged = counted(2, 2, RGB332);
    size(staged, 0, 2);
    size(staged, 2, 2);
    draw(staged, [1, 1, 1, 1], 0, hex("07"));
    expect(values(staged)).toStrictEqual([0, 0, 0, 7]);
  });

  test("takes effect for what is drawn next", () => {
    const staged = counted(2, 2, RGB332);
    size(staged, 3, 2);
    draw(staged, [2, 0, 1, 2], 0, hex("08"), hex("09"));
    expect(values(staged)).toStrictEqual([1, 2, 8, 3, 4, 9]);
    expect(staged.framebuffer.pixels).toBe(staged.framebuffer.pixels);
  });
});

describe("a picture of its own", () => {
  const picture = { width: 3, height: 2, pixels: Uint32Array.of(1, 2, 3, 4, 5, 6) };

  test.each([
    ["the upper left", -1, -1, [5, 6, 0, 0], { x: 0, y: 0, width: 2, height: 1 }],
    ["the lower right", 1, 1, [0, 0, 0, 1], { x: 1, y: 1, width: 1, height: 1 }],
    ["the left", -2, 0, [3, 0, 6, 0], { x: 0, y: 0, width: 1, height: 2 }],
  ])("is drawn as far as it fits, over %s", (_, x, y, expected, area) => {
    const staged = stage(2, 2, RGB332);
    draw(staged, [0, 0, 2, 2], 0, hex("00000000"));
    staged.framebuffer.takeDamage();
    staged.framebuffer.draw(x, y, picture);
    expect(values(staged)).toStrictEqual(expected);
    expect(staged.framebuffer.takeDamage()).toStrictEqual([area]);
  });

  test.each([
    [-3, 0],
    [0, -2],
    [2, 0],
    [0, 2],
  ])("draws nothing at %i,%i, which is outside", (x, y) => {
    const staged = counted(2, 2, RGB332);
    staged.framebuffer.takeDamage();
    staged.framebuffer.draw(x, y, picture);
    expect(values(staged)).toStrictEqual([1, 2, 3, 4]);
    expect(staged.framebuffer.takeDamage()).toStrictEqual([]);
  });
});
