import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Cursor, decodeXCursor, encodeXCursor } from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { hex, hexOf } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { artOf, cursors, hidden } from "./cursors.ts";
import { framed, headOf, isSound, parted, sessionIn } from "./framed.ts";
import { FORMATS } from "./rectangles.ts";
import { TEXT_CURSOR, X_CURSOR } from "./text_cursor.ts";

const X = -240;
const session = sessionIn(FORMATS.rgb332);

function read(whole: Uint8Array): Cursor {
  const { rectangle, payload } = parted(whole);
  return decodeXCursor(payload, rectangle);
}

test("XCursor is read as TigerVNC sends it", () => {
  const { rectangle, payload } = framed(X_CURSOR, session);
  const cursor = decodeXCursor(payload, rectangle);
  expect(cursor).toMatchObject({ hotspotX: 4, hotspotY: 8, width: 9, height: 16 });
  const dithered = TEXT_CURSOR.map((row, i) => ([2, 6, 12, 14].includes(i) ? artOf(cursor)[i]! : row));
  expect(artOf(cursor)).toStrictEqual(dithered);
  expect(dithered.filter((row, i) => row !== TEXT_CURSOR[i])).toHaveLength(4);
});

test("the first colour is where the bitmap has a 1, and the bitmask comes last", () => {
  const cursor = decodeXCursor(hex("112233 445566 a0 e0"), headOf(X, 0, 0, 4, 1));
  expect([...cursor.pixels]).toStrictEqual([0xff332211, 0xff665544, 0xff332211, 0]);
});

test("a cursor without pixels has no payload, and is hidden", () => {
  // xtigervnc-xcursor/server.bin@52
  const whole = hex("0000 0000 0000 0000 ffffff10");
  expect(framed(whole, session).payload).toHaveLength(0);
  for (const [width, height] of [
    [0, 0],
    [5, 0],
    [0, 5],
  ] as const) {
    expect(decodeXCursor(hex(""), headOf(X, 0, 0, width, height)).pixels).toHaveLength(0);
    expect(encodeXCursor({ ...hidden, width, height })).toHaveLength(12);
  }
  expect(encodeXCursor(hidden)).toStrictEqual(whole);
});

test("two colours come back as they were, in every shape", () => {
  const shapes = cursors.map((cursor) => ({
    ...cursor,
    pixels: cursor.pixels.map((pixel) => [0, 0xff204060, 0xffa0b0c0][pixel % 3]!),
  }));
  fc.assert(
    fc.property(shapes, (cursor) => {
      expect(read(encodeXCursor(cursor))).toStrictEqual(cursor);
    }),
    { numRuns: 100 },
  );
});

test("half-transparent pixels are opaque from 128 on, and their A makes no third colour", () => {
  const pixels = Uint32Array.of(0x80112233, 0xff112233, 0x7f112233, 0xff445566);
  expect([...read(encodeXCursor({ ...hidden, width: 4, height: 1, pixels })).pixels]).toStrictEqual([
    0xff112233, 0xff112233, 0, 0xff445566,
  ]);
});

test("of more colours than two, the lighter ones become white and the others black", () => {
  const pixels = Uint32Array.of(0xff00ff00, 0xff0000ff, 0xffff0000, 0xffffffff, 0xff000000, 0x00ffffff);
  const whole = encodeXCursor({ ...hidden, width: 6, height: 1, pixels });
  expect(hexOf(whole.subarray(12, 18))).toBe("ffffff000000");
  // Green is light, red and blue are not.
  expect(artOf(read(whole))).toStrictEqual(["#..#. "]);
});

test("its end is found in every format, for it knows nothing of them", () => {
  for (const format of Object.values(FORMATS))
    expect(framed(X_CURSOR, sessionIn(format))).toMatchObject(parted(X_CURSOR));
});

test("a side may be as long as the limit says, and no longer", () => {
  const limits = { ...DEFAULT_LIMITS, maxCursorSide: 16 };
  expect(framed(X_CURSOR, session, limits).payload).toHaveLength(70);
  expect(errorOf(() => framed(X_CURSOR, session, { ...limits, maxCursorSide: 15 })).reason).toBe(
    "limit maxCursorSide is 15, got 16",
  );
  expect(errorOf(() => framed(hex("0000 0000 ffff ffff ffffff10"), session)).code).toBe("limit");
});

test("a payload of another length is refused, and any other is a cursor", () => {
  expect(errorOf(() => decodeXCursor(new Uint8Array(7), headOf(X, 0, 0, 4, 1))).message).toBe(
    "Cannot read an XCursor: 7 bytes of 8",
  );
  expect(errorOf(() => decodeXCursor(new Uint8Array(1), headOf(X, 0, 0, 0, 1))).code).toBe("trailing");
  fc.assert(
    fc.property(
      fc.nat({ max: 20 }),
      fc.nat({ max: 20 }),
      fc.uint8Array({ maxLength: 140 }),
      (width, height, payload) => {
        const length = width * height === 0 ? 0 : 6 + 2 * Math.ceil(width / 8) * height;
        const padded = new Uint8Array(length);
        padded.set(payload.subarray(0, length));
        expect(decodeXCursor(padded, headOf(X, 0, 0, width, height)).pixels).toHaveLength(width * height);
        expect(isSound(() => decodeXCursor(payload, headOf(X, 0, 0, width, height)))).toBe(payload.length === length);
      },
    ),
  );
});
