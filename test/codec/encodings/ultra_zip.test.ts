import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeUltraZip } from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { compressLzo1x } from "../../../codec/lzo1x.ts";
import type { Surface } from "../../../codec/pixels.ts";
import { createSurface } from "../../../codec/surfaces.ts";
import { be32, hex, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { raw, rectangleHead } from "../streams.ts";
import { framed, headOf, isSound, sessionIn } from "./framed.ts";
import { decodeContext, FORMATS, sketch } from "./rectangles.ts";

const ULTRA_ZIP = 0xffff0009 - 2 ** 32;
const RED = 0xff0000ff;
const GREEN = 0xff00ff00;

/** `count` rectangles in `length` bytes: the head says both in its own way. */
function head(count: number, length: number): Uint8Array {
  return rectangleHead(count, length % 65535, Math.floor(length / 65535), 0, ULTRA_ZIP);
}

function counted(data: Uint8Array): Uint8Array {
  return join([be32(data.length), data]);
}

function draw(data: Uint8Array, count: number, length = data.length): Surface {
  const into = createSurface(5, 3);
  into.pixels.fill(1);
  const rectangle = headOf(ULTRA_ZIP, count, length % 65535, Math.floor(length / 65535), 0);
  decodeUltraZip(counted(compressLzo1x(data)), rectangle, decodeContext(FORMATS.rgb332), into);
  return into;
}

test("UltraZip draws each of its rectangles, in order", () => {
  const data = join([raw(1, 0, 2, 2, hex("e0e0e0e0")), raw(4, 2, 1, 1, hex("1c")), raw(2, 1, 1, 1, hex("1c"))]);
  expect(sketch(draw(data, 3), 1, RED, GREEN)).toBe(".aa.. .ab.. ....b");
  expect(sketch(draw(new Uint8Array(0), 0), 1)).toBe("..... ..... .....");
});

test("it is read from data made by hand", () => {
  // 15 literals: the head and 3 pixels; and the end.
  const payload = hex("00000013 20 0001 0002 0003 0001 00000000 e01ce0 110000");
  const into = createSurface(5, 3);
  decodeUltraZip(payload, headOf(ULTRA_ZIP, 1, 15, 0, 0), decodeContext(FORMATS.rgb332), into);
  expect(sketch(into, 0, RED, GREEN)).toBe("..... ..... .aba.");
});

test("a length past 65535 is told by the width", () => {
  const pixels = new Uint8Array(300 * 250).fill(0x1c);
  const data = raw(0, 0, 300, 250, pixels);
  expect(data.length).toBeGreaterThan(65535);
  const into = createSurface(300, 250);
  const { rectangle, payload } = framed(
    join([head(1, data.length), counted(compressLzo1x(data))]),
    sessionIn(FORMATS.rgb332),
  );
  expect(rectangle).toMatchObject({ x: 1, width: 1, height: 0 });
  decodeUltraZip(payload, rectangle, decodeContext(FORMATS.rgb332), into);
  expect(new Set(into.pixels)).toStrictEqual(new Set([GREEN]));
});

test("its head is never held against the framebuffer, in whatever pieces it comes", () => {
  const whole = join([rectangleHead(65535, 65535, 65535, 65535, ULTRA_ZIP), be32(3), hex("110000")]);
  expect(framed(whole, sessionIn(FORMATS.rgb565)).payload).toHaveLength(7);
});

test("a length of 0 draws nothing", () => {
  const into = createSurface(2, 2);
  decodeUltraZip(be32(0), headOf(ULTRA_ZIP, 9, 9, 9, 0), decodeContext(FORMATS.rgb332), into);
  expect(sketch(into, 0)).toBe(".. ..");
});

describe("limits and faults", () => {
  const one = raw(1, 0, 2, 2, hex("e0e0e0e0"));

  test.each([
    [
      "a rectangle that leaves the right side",
      raw(4, 0, 2, 1, hex("e0e0")),
      1,
      "malformed",
      "2x1 at 4,0 leaves the framebuffer of 5x3",
    ],
    [
      "a rectangle that leaves the lower side",
      raw(0, 2, 1, 2, hex("e0e0")),
      1,
      "malformed",
      "1x2 at 0,2 leaves the framebuffer of 5x3",
    ],
    [
      "a rectangle far outside",
      raw(65535, 65535, 1, 1, hex("e0")),
      1,
      "malformed",
      "1x1 at 65535,65535 leaves the framebuffer of 5x3",
    ],
    [
      "another encoding than Raw",
      join([rectangleHead(0, 0, 1, 1, 1), be32(0)]),
      1,
      "unknownType",
      "inner encoding CopyRect (1)",
    ],
    [
      "another UltraZip",
      join([rectangleHead(0, 0, 1, 1, ULTRA_ZIP), be32(0)]),
      1,
      "unknownType",
      "inner encoding UltraZip (-65527)",
    ],
    ["pixels that are missing", one.subarray(0, 15), 1, "truncated", "3 bytes of 4"],
    ["a head that is missing", one, 2, "truncated", "0 bytes of 12"],
    ["half a head", join([one, one.subarray(0, 11)]), 2, "truncated", "11 bytes of 12"],
    ["bytes behind the last rectangle", join([one, hex("00")]), 1, "trailing", "17 bytes of 16"],
  ])("%s", (_name, data, count, code, reason) => {
    expect(errorOf(() => draw(data, count))).toMatchObject({ code, act: "Cannot read an UltraZip rectangle", reason });
  });

  test("data of another length than the head says is refused", () => {
    expect(errorOf(() => draw(one, 1, 15)).reason).toBe("more than 15 bytes");
    expect(errorOf(() => draw(one, 1, 17)).reason).toBe("16 bytes of 17");
  });

  test("4 GB are not allocated for 3 bytes", () => {
    const payload = counted(hex("110000"));
    const context = decodeContext(FORMATS.rgb332);
    const into = createSurface(1, 1);
    expect(errorOf(() => decodeUltraZip(payload, headOf(ULTRA_ZIP, 1, 65535, 65535, 0), context, into)).reason).toBe(
      "limit maxRectangleLength is 67108864, got 4294901760",
    );
    expect(errorOf(() => decodeUltraZip(payload, headOf(ULTRA_ZIP, 1, 0, 1000, 0), context, into)).reason).toBe(
      "65535000 bytes of 3, which have 765 at most",
    );
  });

  test("the length in front may be as the limit says, and no longer", () => {
    const session = sessionIn(FORMATS.rgb332);
    const limits = { ...DEFAULT_LIMITS, maxRectangleLength: 10 };
    const claimed = (length: number): Uint8Array => join([head(1, 1), be32(length), new Uint8Array(length)]);
    expect(framed(claimed(10), session, limits).payload).toHaveLength(14);
    expect(errorOf(() => framed(claimed(11), session, limits)).reason).toBe("limit maxRectangleLength is 10, got 11");
  });

  test("a payload of another length than it says is refused", () => {
    const context = decodeContext(FORMATS.rgb332);
    const rectangle = headOf(ULTRA_ZIP, 0, 0, 0, 0);
    const into = createSurface(1, 1);
    expect(errorOf(() => decodeUltraZip(hex("000000"), rectangle, context, into)).code).toBe("truncated");
    expect(errorOf(() => decodeUltraZip(hex("00000003 1100"), rectangle, context, into)).reason).toBe("6 bytes of 7");
    expect(errorOf(() => decodeUltraZip(hex("00000003 11000000"), rectangle, context, into)).code).toBe("trailing");
  });

  test("any data draws inside or is a fault", () => {
    const numbers = fc.oneof(fc.nat({ max: 6 }), fc.constantFrom(255, 65535));
    const parts = fc.array(
      fc.record({ x: numbers, y: numbers, width: numbers, height: numbers, pixels: fc.uint8Array({ maxLength: 20 }) }),
      { maxLength: 4 },
    );
    const seen = { drawn: 0, faults: 0 };
    fc.assert(
      fc.property(parts, fc.nat({ max: 5 }), fc.boolean(), (rectangles, count, isFitting) => {
        const data = join(
          rectangles.map(({ x, y, width, height, pixels }) =>
            raw(x, y, width, height, isFitting && width * height <= 36 ? new Uint8Array(width * height) : pixels),
          ),
        );
        if (isSound(() => draw(data, isFitting ? rectangles.length : count))) seen.drawn += 1;
        else seen.faults += 1;
      }),
      { numRuns: 500 },
    );
    expect(seen.drawn).toBeGreaterThan(0);
    expect(seen.faults).toBeGreaterThan(0);
  });
});
