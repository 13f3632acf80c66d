import { describe, expect, test } from "vitest";
import { decodeSolidColor, framingOf } from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { createSurface } from "../../../codec/surfaces.ts";
import { be32, hex, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { rectangleHead } from "../streams.ts";
import { framed, headOf, sessionIn } from "./framed.ts";
import { decodeContext, drawn, FORMATS, sketch } from "./rectangles.ts";

const SOLID_COLOR = 0xffff0005 - 2 ** 32;

/** By the numbers of UltraVNC's headers, which are unsigned. */
function signed(number: number): number {
  return number | 0;
}

describe("SolidColor", () => {
  test.each([
    ["rgb332", "e0", FORMATS.rgb332],
    ["rgb565", "00f8", FORMATS.rgb565],
    ["bigRgb565", "f800", FORMATS.bigRgb565],
    ["bgrx", "0000ff00", FORMATS.bgrx],
    ["bigRgbx", "000000ff", FORMATS.bigRgbx],
  ])("is one pixel of %s for all of the rectangle", (_, payload, format) => {
    const surface = drawn(SOLID_COLOR, hex(payload), 4, 2, decodeContext(format));
    expect(sketch(surface, 0, 0xff0000ff)).toBe("aaaa aaaa");
    const whole = join([rectangleHead(1, 2, 3, 4, SOLID_COLOR), hex(payload)]);
    expect(framed(whole, sessionIn(format)).payload).toStrictEqual(hex(payload));
  });

  test("of another length is refused", () => {
    const context = decodeContext(FORMATS.rgb565);
    const into = createSurface(1, 1);
    const rectangle = headOf(SOLID_COLOR, 0, 0, 1, 1);
    expect(errorOf(() => decodeSolidColor(hex("00"), rectangle, context, into)).message).toBe(
      "Cannot read a SolidColor rectangle: 1 bytes of 2",
    );
    expect(errorOf(() => decodeSolidColor(hex("000000"), rectangle, context, into)).code).toBe("trailing");
  });
});

describe("what can be passed on, though not drawn", () => {
  const session = sessionIn(FORMATS.rgb332);

  test("a Cache is 2 bytes", () => {
    const whole = join([rectangleHead(0, 0, 4, 4, signed(0xffff0000)), hex("0102")]);
    expect(framed(whole, session).payload).toStrictEqual(hex("0102"));
  });

  test.each([
    ["Ultra2", 10, true],
    ["XZ", 18, true],
    ["XZYW", 19, true],
    ["Zstd", 25, true],
    ["ZstdRLE", 28, true],
    ["ZstdYWRLE", 29, true],
    ["XORZlib", 0xffff0002, true],
    ["XORMonoRectZlib", 0xffff0003, true],
    ["XORMultiColorZlib", 0xffff0004, true],
    ["CacheZip", 0xffff0007, false],
    ["SolMonoZip", 0xffff0008, false],
    ["QueueZstd", 0xffff000a, false],
  ])("%s is a length and so many bytes", (_, number, drawsPixels) => {
    const encodingType = signed(number);
    expect(framingOf(encodingType)?.drawsPixels).toBe(drawsPixels);
    const whole = (length: number): Uint8Array =>
      join([rectangleHead(3, 3, 4, 4, encodingType), be32(length), new Uint8Array(length)]);
    expect(framed(whole(0), session).payload).toHaveLength(4);
    expect(framed(whole(7), session).payload).toHaveLength(11);
    const limits = { ...DEFAULT_LIMITS, maxRectangleLength: 7 };
    expect(framed(whole(7), session, limits).payload).toHaveLength(11);
    expect(errorOf(() => framed(whole(8), session, limits)).reason).toBe("limit maxRectangleLength is 7, got 8");
    // Held against the framebuffer only where the head means a place in it.
    const outside = join([rectangleHead(65535, 65535, 9, 9, encodingType), be32(0)]);
    if (drawsPixels) expect(errorOf(() => framed(outside, session)).code).toBe("malformed");
    else expect(framed(outside, session).payload).toHaveLength(4);
  });

  test("TightZstd and ZstdHex are walked as Tight and ZlibHex are", () => {
    expect(framed(join([rectangleHead(0, 0, 4, 4, 26), hex("80 e0")]), session).payload).toHaveLength(2);
    expect(framed(join([rectangleHead(0, 0, 17, 4, 27), hex("20 0003 010203 02 e0")]), session).payload).toHaveLength(
      8,
    );
  });
});
