import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Cursor, decodeCursor, encodeCursor } from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import type { PixelFormat } from "../../../codec/pixel_format.ts";
import { valuesOf } from "../../../codec/pixel_values.ts";
import { pixelReadersOf } from "../../../codec/pixels.ts";
import { hex, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { artOf, cursors, hidden } from "./cursors.ts";
import { framed, headOf, isSound, parted, sessionIn } from "./framed.ts";
import { decodeContext, FORMATS } from "./rectangles.ts";
import { CURSOR_565, CURSOR_888, TEXT_CURSOR } from "./text_cursor.ts";

const CURSOR = -239;

function read(whole: Uint8Array, format: PixelFormat): Cursor {
  const { rectangle, payload } = framed(whole, sessionIn(format));
  return decodeCursor(payload, rectangle, decodeContext(format));
}

test.each([
  ["TigerVNC", CURSOR_888, FORMATS.bgrx],
  ["TightVNC", CURSOR_565, FORMATS.rgb565],
] as const)("Cursor is read as %s sends it, its place the hotspot", (_name, whole, format) => {
  const cursor = read(whole, format);
  expect(cursor).toMatchObject({ hotspotX: 4, hotspotY: 8, width: 9, height: 16 });
  expect(artOf(cursor)).toStrictEqual(TEXT_CURSOR);
});

test("colours come out as the format has them, and nothing of what the mask leaves out", () => {
  const { pixels } = read(CURSOR_888, FORMATS.bgrx);
  expect([...new Set(pixels)].map((pixel) => pixel.toString(16)).sort()).toStrictEqual(["0", "ff000000", "ffe5e5e5"]);
  const mixed = decodeCursor(hex("0102 0304 a0"), headOf(CURSOR, 0, 0, 2, 1), decodeContext(FORMATS.bigRgb565));
  // 0x0102: blue 2, green 8; 0x0304 is masked out.
  expect([...mixed.pixels]).toStrictEqual([0xff102000, 0]);
});

test("the mask's first bit is the leftmost pixel, and its rows are padded to bytes", () => {
  const bitmask = hex("8040 0180");
  const payload = join([new Uint8Array(18).fill(255), bitmask]);
  const { pixels } = decodeCursor(payload, headOf(CURSOR, 0, 0, 9, 2), decodeContext(FORMATS.rgb332));
  expect([...pixels.keys()].filter((i) => pixels[i] !== 0)).toStrictEqual([0, 9 + 7, 9 + 8]);
});

test("a cursor without pixels is hidden, as TigerVNC and libvncserver say it", () => {
  // xtigervnc-messages/server.bin@52 and @10980
  for (const whole of [hex("0000 0000 0000 0000 ffffff11"), hex("0000 0000 0001 0000 ffffff11")]) {
    expect(read(whole, FORMATS.bgrx).pixels).toHaveLength(0);
  }
  expect(encodeCursor(hidden, FORMATS.bgrx)).toStrictEqual(hex("0000 0000 0000 0000 ffffff11"));
});

test("where the format has a colour map, R is the index and A is as everywhere else", () => {
  const { pixels } = decodeCursor(hex("07 09 00 80"), headOf(CURSOR, 0, 0, 3, 1), decodeContext(FORMATS.colourMap));
  expect([...pixels]).toStrictEqual([0xff000007, 0, 0]);
});

test("a cursor is RGBA, whatever the picture is drawn in", () => {
  const { rectangle, payload } = framed(CURSOR_565, sessionIn(FORMATS.rgb565));
  const cursor = decodeCursor(payload, rectangle, decodeContext(FORMATS.rgb565, "values"));
  expect(cursor).toStrictEqual(read(CURSOR_565, FORMATS.rgb565));
});

test("what TigerVNC has sent is written as it came", () => {
  expect(encodeCursor(read(CURSOR_888, FORMATS.bgrx), FORMATS.bgrx)).toStrictEqual(CURSOR_888);
});

describe("written and read again", () => {
  test.each(Object.entries(FORMATS))("a cursor keeps its shape and loses only what %s has no room for", (_, format) => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        const { rectangle, payload } = parted(encodeCursor(cursor, format));
        const again = decodeCursor(payload, rectangle, decodeContext(format));
        const { ofValue } = pixelReadersOf(format);
        const expected = valuesOf(cursor.pixels, format).map((value, i) =>
          cursor.pixels[i]! >>> 24 >= 128 ? ofValue(value) | 0xff000000 : 0,
        );
        expect(again).toStrictEqual({ ...cursor, pixels: expected });
      }),
      { numRuns: 25 },
    );
  });

  test.each(Object.entries(FORMATS))("its end is found in %s", (_, format) => {
    const cursor = { hotspotX: 3, hotspotY: 2, width: 9, height: 3, pixels: new Uint32Array(27).fill(0xff336699) };
    const whole = encodeCursor(cursor, format);
    expect(framed(whole, sessionIn(format))).toMatchObject(parted(whole));
  });

  test("a place or a size past 65535 does not fit", () => {
    expect(() => encodeCursor({ ...hidden, hotspotX: 65536 }, FORMATS.rgb332)).toThrow(RangeError);
    expect(() => encodeCursor({ ...hidden, width: 65536 }, FORMATS.rgb332)).toThrow(RangeError);
  });
});

describe("limits and faults", () => {
  const limits = { ...DEFAULT_LIMITS, maxCursorSide: 9 };

  test("a side may be as long as the limit says, and no longer", () => {
    const session = sessionIn(FORMATS.rgb332);
    const whole = (width: number, height: number): Uint8Array =>
      encodeCursor({ ...hidden, width, height, pixels: new Uint32Array(width * height) }, FORMATS.rgb332);
    expect(framed(whole(9, 9), session, limits).payload).toHaveLength(81 + 18);
    for (const [width, height] of [
      [10, 1],
      [1, 10],
    ] as const) {
      expect(errorOf(() => framed(whole(width, height), session, limits))).toMatchObject({
        code: "limit",
        reason: "limit maxCursorSide is 9, got 10",
        offset: 16,
      });
      const context = { ...decodeContext(FORMATS.rgb332), limits };
      expect(errorOf(() => decodeCursor(hex(""), headOf(CURSOR, 0, 0, width, height), context)).code).toBe("limit");
    }
  });

  test("4 GB of pixels are refused before anything waits or is allocated for them", () => {
    expect(errorOf(() => framed(hex("0000 0000 ffff ffff ffffff11"), sessionIn(FORMATS.bgrx))).reason).toBe(
      "limit maxCursorSide is 1024, got 65535",
    );
  });

  test("a payload of another length is refused", () => {
    const context = decodeContext(FORMATS.rgb332);
    const rectangle = headOf(CURSOR, 0, 0, 3, 1);
    expect(errorOf(() => decodeCursor(hex("010203"), rectangle, context)).message).toBe(
      "Cannot read a Cursor: 3 bytes of 4",
    );
    expect(errorOf(() => decodeCursor(hex("0102030405"), rectangle, context)).code).toBe("trailing");
  });

  test("any bytes are a cursor or a fault", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<PixelFormat>(...Object.values(FORMATS)),
        fc.nat({ max: 12 }),
        fc.nat({ max: 12 }),
        fc.uint8Array({ maxLength: 700 }),
        (format, width, height, payload) => {
          isSound(() => decodeCursor(payload, headOf(CURSOR, 1, 2, width, height), decodeContext(format)));
        },
      ),
      { numRuns: 100 },
    );
  });
});
