import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Cursor,
  decodeCursorWithAlpha,
  decodeVmwareCursor,
  encodeCursorWithAlpha,
} from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import type { PixelFormat } from "../../../codec/pixel_format.ts";
import { createDeflater, createInflater } from "../../../compression/zlib.ts";
import { be32, hex, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { hasCorpus, withCorpus } from "../recordings.ts";
import { rectangleHead } from "../streams.ts";
import { artOf, cursors, hidden } from "./cursors.ts";
import { framed, headOf, isSound, parted, sessionIn } from "./framed.ts";
import { rectanglesOf } from "./recorded.ts";
import { decodeContext, drawn, FORMATS } from "./rectangles.ts";
import { CURSOR_WITH_ALPHA, TEXT_CURSOR } from "./text_cursor.ts";

const ALPHA = -314;
const ZRLE = 16;

function whole(width: number, height: number, encodingType: number, payload: Uint8Array): Uint8Array {
  return join([rectangleHead(0, 0, width, height, ALPHA), be32(encodingType), payload]);
}

function read(bytes: Uint8Array, format: PixelFormat): Cursor {
  const { rectangle, payload } = framed(bytes, sessionIn(format));
  return decodeCursorWithAlpha(payload, rectangle, decodeContext(format));
}

test.each(Object.entries(FORMATS))(
  "CursorWithAlpha is read as TigerVNC sends it, in %s as in any other",
  (_, format) => {
    const cursor = read(CURSOR_WITH_ALPHA, format);
    expect(cursor).toMatchObject({ hotspotX: 4, hotspotY: 8, width: 9, height: 16 });
    expect(artOf(cursor)).toStrictEqual(TEXT_CURSOR);
    expect([...new Set(cursor.pixels)].map((pixel) => pixel.toString(16)).sort()).toStrictEqual([
      "0",
      "ff000000",
      "ffe5e5e5",
    ]);
  },
);

test("a cursor without pixels has an encoding all the same, and is hidden", () => {
  // xtigervnc-alphacursor/server.bin@52
  const bytes = hex("0000 0000 0000 0000 fffffec6 00000000");
  expect(read(bytes, FORMATS.rgb332).pixels).toHaveLength(0);
  expect(encodeCursorWithAlpha(hidden)).toStrictEqual(bytes);
});

describe("colours that are premultiplied", () => {
  const context = decodeContext(FORMATS.rgb332);

  function straightened(payload: string): number {
    return decodeCursorWithAlpha(hex(`00000000 ${payload}`), headOf(ALPHA, 0, 0, 1, 1), context).pixels[0]!;
  }

  test("are divided by A, and rounded", () => {
    expect(straightened("80402080")).toBe(0x804080ff);
    expect(straightened("01000003")).toBe(0x03000055);
    expect(straightened("102030ff")).toBe(0xff302010);
  });

  test("end at 255 where they are more than A allows, and are nothing where A is", () => {
    expect(straightened("ff408080")).toBe(0x80ff80ff);
    expect(straightened("ffffff00")).toBe(0);
  });

  test("come back exactly, each of each A", () => {
    for (let alpha = 1; alpha < 256; alpha++) {
      const payload = new Uint8Array(4 + 4 * (alpha + 1));
      for (let i = 0; i <= alpha; i++) payload.set([i, alpha - i, alpha, alpha], 4 + 4 * i);
      const cursor = decodeCursorWithAlpha(payload, headOf(ALPHA, 0, 0, alpha + 1, 1), context);
      expect(parted(encodeCursorWithAlpha(cursor)).payload).toStrictEqual(payload);
    }
  });

  test("lose no more than half a level of what their A leaves room for", () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        const { rectangle, payload } = parted(encodeCursorWithAlpha(cursor));
        const again = decodeCursorWithAlpha(payload, rectangle, context);
        for (const [i, pixel] of cursor.pixels.entries()) {
          const alpha = pixel >>> 24;
          expect(again.pixels[i]! >>> 24).toBe(alpha);
          if (alpha === 0) continue;
          for (const shift of [0, 8, 16]) {
            const lost = Math.abs(((again.pixels[i]! >>> shift) & 0xff) - ((pixel >>> shift) & 0xff));
            expect(lost * alpha).toBeLessThanOrEqual(255 / 2 + alpha / 2);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

test("what TigerVNC has sent is written as it came", () => {
  const { rectangle, payload } = parted(CURSOR_WITH_ALPHA);
  const cursor = decodeCursorWithAlpha(payload, rectangle, decodeContext(FORMATS.rgbx));
  expect(encodeCursorWithAlpha(cursor)).toStrictEqual(CURSOR_WITH_ALPHA);
});

describe("an inner encoding", () => {
  test.each([
    ["RRE", 2, "00000001 80402080 000000ff 0001 0000 0001 0001"],
    ["CoRRE", 4, "00000001 80402080 000000ff 01 00 01 01"],
    ["Hextile", 5, "0e 80402080 000000ff 01 10 00"],
    ["Tight", 7, "40 01 01 80402080 000000ff 40"],
    ["TRLE", 15, "02 80402080 000000ff 40"],
  ])("may be %s, with pixels of four bytes", (_, encodingType, payload) => {
    const cursor = read(whole(2, 1, encodingType, hex(payload)), FORMATS.rgb565);
    expect([...cursor.pixels]).toStrictEqual([0x804080ff, 0xff000000]);
  });

  test("shares its zlib stream with all rectangles", () => {
    const deflater = createDeflater(6);
    const zrle = (tile: string): Uint8Array => {
      const deflated = deflater.deflate(hex(tile));
      return join([be32(deflated.length), deflated]);
    };
    const context = decodeContext(FORMATS.rgbx);
    const before = zrle("01 112233");
    const bytes = whole(1, 1, ZRLE, zrle("01 80402080"));
    const after = zrle("01 445566");
    expect([...drawn(ZRLE, before, 1, 1, context).pixels]).toStrictEqual([0xff332211]);
    const { rectangle, payload } = framed(bytes, sessionIn(FORMATS.rgbx));
    expect([...decodeCursorWithAlpha(payload, rectangle, context).pixels]).toStrictEqual([0x804080ff]);
    expect([...drawn(ZRLE, after, 1, 1, context).pixels]).toStrictEqual([0xff665544]);
    // Alone, the second piece is no zlib stream.
    expect(errorOf(() => decodeCursorWithAlpha(payload, rectangle, decodeContext(FORMATS.rgbx))).code).toBe(
      "malformed",
    );
  });

  test("that has no A is opaque", () => {
    const compression = {
      createInflater,
      createDeflater,
      decodeJpeg: () => ({ width: 1, height: 1, data: hex("11223300") }),
    };
    const context = { ...decodeContext(FORMATS.rgb332), compression };
    const payload = hex("00000015 ffd8 ffd9");
    const { pixels } = decodeCursorWithAlpha(payload, headOf(ALPHA, 0, 0, 1, 1), context);
    expect([...pixels]).toStrictEqual([0xff332211]);
  });

  test.each([
    [-314, "CursorWithAlpha (-314)"],
    [-239, "Cursor (-239)"],
    [-65527, "UltraZip (-65527)"],
    [20, "H264 (20)"],
    [12345, "12345"],
  ])("may not be %d: it draws no pixels, or has no known end", (encodingType, name) => {
    const bytes = whole(1, 1, encodingType, be32(0));
    const expected = { code: "unknownType", act: "Cannot read a CursorWithAlpha", reason: `inner encoding ${name}` };
    expect(errorOf(() => framed(bytes, sessionIn(FORMATS.rgbx)))).toMatchObject(expected);
    const { rectangle, payload } = parted(bytes);
    expect(errorOf(() => decodeCursorWithAlpha(payload, rectangle, decodeContext(FORMATS.rgbx)))).toMatchObject(
      expected,
    );
  });

  test("that can be framed but not drawn passes a proxy", () => {
    const bytes = whole(1, 1, 25, join([be32(3), hex("010203")]));
    const { rectangle, payload } = framed(bytes, sessionIn(FORMATS.rgbx));
    expect(payload).toHaveLength(11);
    expect(errorOf(() => decodeCursorWithAlpha(payload, rectangle, decodeContext(FORMATS.rgbx))).code).toBe(
      "unknownType",
    );
  });
});

describe("limits and faults", () => {
  test("a side may be as long as the limit says, and no longer", () => {
    const session = sessionIn(FORMATS.rgb332);
    const limits = { ...DEFAULT_LIMITS, maxCursorSide: 16 };
    expect(framed(CURSOR_WITH_ALPHA, session, limits).payload).toHaveLength(580);
    const strict = { ...limits, maxCursorSide: 15 };
    expect(errorOf(() => framed(CURSOR_WITH_ALPHA, session, strict)).reason).toBe("limit maxCursorSide is 15, got 16");
    // Before anything is allocated: 16 GB, out of one solid tile.
    const tiny = join([be32(ZRLE), be32(1), hex("00")]);
    expect(
      errorOf(() => decodeCursorWithAlpha(tiny, headOf(ALPHA, 0, 0, 65535, 65535), decodeContext(FORMATS.rgb332))).code,
    ).toBe("limit");
  });

  test("a payload that is too short, or too long for its encoding, is refused", () => {
    const head = headOf(ALPHA, 0, 0, 1, 1);
    const context = decodeContext(FORMATS.rgb332);
    expect(errorOf(() => decodeCursorWithAlpha(hex("000000"), head, context)).message).toBe(
      "Cannot read a CursorWithAlpha at 0: 3 bytes of 4",
    );
    expect(errorOf(() => decodeCursorWithAlpha(hex("00000000 010203"), head, context)).code).toBe("truncated");
    expect(errorOf(() => decodeCursorWithAlpha(hex("00000000 0102030405"), head, context)).code).toBe("trailing");
  });

  test("any bytes are a cursor or a fault", () => {
    const encodings = fc.constantFrom(0, 1, 2, 4, 5, 6, 7, 8, 9, 15, 16, 17, -260);
    const lengths = fc.nat({ max: 6 });
    fc.assert(
      fc.property(
        encodings,
        lengths,
        lengths,
        fc.uint8Array({ maxLength: 150 }),
        (encodingType, width, height, rest) => {
          const payload = join([be32(encodingType), rest]);
          const head = headOf(ALPHA, 0, 0, width, height);
          isSound(() => decodeCursorWithAlpha(payload, head, decodeContext(FORMATS.rgbx)));
        },
      ),
      { numRuns: 400 },
    );
  });
});

test.skipIf(!hasCorpus)(`both encodings with A show the same cursors of one X server${withCorpus}`, () => {
  const premultiplied = rectanglesOf("xtigervnc-alphacursor", ALPHA);
  const straight = rectanglesOf("xtigervnc-vmwarecursor", 0x574d5664);
  expect(premultiplied).toHaveLength(9);
  expect(straight).toHaveLength(9);
  const context = decodeContext(FORMATS.bgrx);
  for (const [i, { rectangle, payload }] of premultiplied.entries()) {
    const one = decodeCursorWithAlpha(payload, rectangle, context);
    const other = decodeVmwareCursor(straight[i]!.payload, straight[i]!.rectangle, context);
    expect(one).toMatchObject({ hotspotX: other.hotspotX, hotspotY: other.hotspotY, width: other.width });
    for (const [at, pixel] of one.pixels.entries()) {
      const alpha = pixel >>> 24;
      expect(other.pixels[at]! >>> 24).toBe(alpha);
      if (alpha === 0) continue;
      // TigerVNC rounds down when it multiplies.
      for (const shift of [0, 8, 16]) {
        const apart = Math.abs(((other.pixels[at]! >>> shift) & 0xff) - ((pixel >>> shift) & 0xff));
        expect(apart * alpha).toBeLessThanOrEqual(255 + alpha / 2);
      }
    }
  }
});
