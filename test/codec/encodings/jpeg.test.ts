import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { advanceJpeg, createWalk, type DecodeContext, decodeJpeg } from "../../../codec/encodings/mod.ts";
import { RfbError } from "../../../codec/errors.ts";
import { DEFAULT_LIMITS, type Limits } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { createSurface } from "../../../codec/surfaces.ts";
import { createJpeg } from "../../../compression/jpeg.ts";
import { loadJpegModule } from "../../../compression/jpeg_module.ts";
import { bytes as anyBytes } from "../arbitraries.ts";
import { hex, hexOf, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { runs } from "../runs.ts";
import { NORMAL } from "../streams.ts";
import { decodeContext, drawn, FORMATS, rgba, squeezed } from "./rectangles.ts";

const RECORDINGS = new URL("../../fixtures/recordings/", import.meta.url);

/** x11vnc-tight-q2-bgr888le/server.bin@54319: a JPEG picture of libjpeg-turbo's, 128 × 8. It is in a Tight rectangle there. */
const RECORDED = new Uint8Array(readFileSync(new URL("x11vnc-tight-q2-bgr888le/server.bin", RECORDINGS))).slice(
  54319,
  54319 + 709,
);

const head: Rectangle = { type: "rectangle", x: 0, y: 0, width: 128, height: 8, encodingType: Encoding.JPEG };

/** The steps of a walk whose bytes come in pieces of `length`, up to the end of the picture; fewer where it starves. */
function walked(bytes: Uint8Array, length = bytes.length, limits: Limits = DEFAULT_LIMITS): number[] {
  const walk = createWalk(head, NORMAL, 4, limits);
  const steps: number[] = [];
  let at = 0;
  for (let end = Math.min(length, bytes.length); ; end = Math.min(end + length, bytes.length)) {
    while (!walk.done) {
      const step = Math.min(advanceJpeg(walk, bytes, at, end), bytes.length - at);
      if (step === 0) break;
      steps.push(step);
      at += step;
      if (at > end) end = at;
    }
    if (walk.done || end === bytes.length) return steps;
  }
}

const total = (steps: readonly number[]): number => steps.reduce((sum, step) => sum + step, 0);

describe("advanceJpeg", () => {
  test("finds the end of a picture that a server sent, in whatever pieces it comes", () => {
    expect(hexOf(RECORDED.subarray(-2))).toBe("ffd9");
    const behind = join([RECORDED, hex("ffd8 ffd9 0000")]);
    for (let length = 1; length <= RECORDED.length + 6; length += length < 40 ? 1 : 37) {
      expect(total(walked(behind, length)), String(length)).toBe(RECORDED.length);
    }
  });

  test("skips segments by their lengths, with a whole picture in one", () => {
    const thumbnail = hex("ffd8 ffe1 0006 ffd8ffd9 ffda 0002 00ff00ffd3ff00 ffd9");
    expect(walked(thumbnail)).toStrictEqual([2, 8, 4, 7, 2]);
  });

  test("goes from scan to scan, past stuffed bytes, restart markers and fill bytes", () => {
    const progressive = hex("ffd8 ffffffc0 0003aa ff01 ffda 0004 0102 11ff0022ffd733ffffff ffc4 0002 ffda 0002 ffd9");
    expect(total(walked(progressive))).toBe(progressive.length);
    for (let length = 1; length < progressive.length; length++) {
      expect(total(walked(progressive, length)), String(length)).toBe(progressive.length);
    }
  });

  test("looks at each byte of a scan once", () => {
    const walk = createWalk(head, NORMAL, 4, DEFAULT_LIMITS);
    const bytes = join([hex("ffd8 ffda 0002"), new Uint8Array(1000), hex("ff")]);
    expect(advanceJpeg(walk, bytes, 0, 1007)).toBe(2);
    expect(advanceJpeg(walk, bytes, 2, 1007)).toBe(4);
    expect(advanceJpeg(walk, bytes, 6, 500)).toBe(494);
    expect(advanceJpeg(walk, bytes, 500, 1007)).toBe(506);
    expect(advanceJpeg(walk, bytes, 1006, 1007)).toBe(0);
  });

  test("refuses what is no JPEG picture, where it is", () => {
    expect(errorOf(() => walked(hex("ffd9")))).toMatchObject({
      code: "malformed",
      message: "Cannot read a JPEG rectangle at 0: it begins with marker 217",
    });
    expect(errorOf(() => walked(hex("8950")))).toMatchObject({
      code: "malformed",
      reason: "137 where a marker should be",
    });
    expect(errorOf(() => walked(hex("ffd8 ffe00002 00ff")))).toMatchObject({ code: "malformed", offset: 6 });
    expect(errorOf(() => walked(hex("ffd8 ffe00001")))).toMatchObject({
      code: "malformed",
      reason: "a segment of 1 bytes",
    });
  });

  test("refuses more than the limit, however it is made up", () => {
    const limits = { ...DEFAULT_LIMITS, maxJpegLength: RECORDED.length };
    expect(total(walked(RECORDED, 100, limits))).toBe(RECORDED.length);
    const fewer = { ...limits, maxJpegLength: RECORDED.length - 1 };
    expect(errorOf(() => walked(RECORDED, 100, fewer))).toMatchObject({
      code: "limit",
      reason: `limit maxJpegLength is ${RECORDED.length - 1}, got ${RECORDED.length}`,
    });
    const endless = join([hex("ffd8 ffda 0002"), new Uint8Array(800)]);
    expect(errorOf(() => walked(endless, 10, fewer))).toMatchObject({ code: "limit" });
  });

  test("of any bytes, it ends", () => {
    fc.assert(
      fc.property(anyBytes(200), fc.integer({ min: 1, max: 9 }), (some, length) => {
        const stream = join([hex("ffd8"), some]);
        try {
          expect(total(walked(stream, length))).toBeLessThanOrEqual(stream.length);
        } catch (error) {
          if (!(error instanceof RfbError)) throw error;
        }
      }),
      runs(300),
    );
  });
});

describe("decodeJpeg", () => {
  /** What the decoder is given, and a grey picture for it. */
  function recording(): { context: DecodeContext; given: string[] } {
    const given: string[] = [];
    const context = decodeContext(FORMATS.bgrx);
    const decode = (bytes: Uint8Array, width: number, height: number) => {
      given.push(hexOf(bytes));
      return { width, height, data: new Uint8Array(4 * width * height).fill(0x80) };
    };
    return { context: { ...context, compression: { ...context.compression, decodeJpeg: decode } }, given };
  }
  const draw = (context: DecodeContext, payload: string) => drawn(Encoding.JPEG, hex(payload), 2, 2, context);

  test("draws a picture that a server sent", async () => {
    const jpeg = createJpeg(await loadJpegModule());
    const context = decodeContext(FORMATS.bgrx);
    const compression = { ...context.compression, ...jpeg };
    const picture = drawn(Encoding.JPEG, RECORDED, 128, 8, { ...context, compression });
    const { data } = jpeg.decodeJpeg(RECORDED, 128, 8);
    expect(new Uint8Array(picture.pixels.buffer)).toStrictEqual(Uint8Array.from(data));
    for (const format of [FORMATS.rgb565, FORMATS.rgb332]) {
      const few = drawn(Encoding.JPEG, RECORDED, 128, 8, { ...decodeContext(format), compression });
      expect(few).toStrictEqual(squeezed(picture, format));
    }
    expect(() => drawn(Encoding.JPEG, RECORDED, 128, 9, { ...context, compression })).toThrow(RfbError);
  });

  test("puts the tables of earlier pictures into those that have none, as RealVNC sends them", () => {
    const { context, given } = recording();
    const tables = "ffdb000401aa ffc4000402bb ffdb000403cc";
    expect(draw(context, `ffd8 ${tables} ffda0002 00 ffd9`).pixels[0]).toBe(rgba(0x808080));
    draw(context, "ffd8 ffda0002 11 ffd9");
    draw(context, "ffd8 ffc4000402dd ffda0002 22 ffd9");
    draw(context, "ffd8 ffda0002 33 ffd9");
    draw(context, "ffd8 ffdb000401ee ffda0002 44 ffd9");
    draw(context, "ffd8 ffe00002 ffda0002 55 ffd9");
    const quantisation = "ffdb000401aa" + "ffdb000403cc";
    expect(given).toStrictEqual([
      `ffd8${tables.replaceAll(" ", "")}ffda000200ffd9`,
      `ffd8${quantisation}ffc4000402bbffda000211ffd9`,
      `ffd8${quantisation}ffc4000402ddffda000222ffd9`,
      `ffd8${quantisation}ffc4000402ddffda000233ffd9`,
      "ffd8" + "ffc4000402dd" + "ffdb000401ee" + "ffda000244ffd9",
      "ffd8" + "ffdb000401ee" + "ffc4000402dd" + "ffe00002" + "ffda000255ffd9",
    ]);
  });

  test("the first picture may come without: that is its decoder's affair", () => {
    const { context, given } = recording();
    draw(context, "ffd8 ffda0002 00 ffd9");
    expect(given).toStrictEqual(["ffd8ffda000200ffd9"]);
  });

  test.each([
    ["", "truncated", "Cannot read a field at 0: 0 bytes of 1"],
    ["ffd8", "truncated", "Cannot read a field at 2: 0 bytes of 1"],
    ["ffd8 ffdb 0004 00", "truncated", "Cannot read a field at 2: 5 bytes of 6"],
    ["ffd8 ffdb 0001", "malformed", "Cannot read a JPEG rectangle at 2: a segment of 1 bytes"],
    ["ffd8 00", "malformed", "Cannot read a JPEG rectangle at 2: 0 where a marker should be"],
    ["ffda 0002", "malformed", "Cannot read a JPEG rectangle at 0: it begins with marker 218"],
  ])("refuses %s", (payload, code, message) => {
    expect(errorOf(() => draw(recording().context, payload))).toMatchObject({ code, message });
  });

  test("without a decoder it is an encoding that we cannot draw", () => {
    expect(errorOf(() => decodeJpeg(RECORDED, head, decodeContext(FORMATS.bgrx), createSurface(128, 8)))).toMatchObject(
      {
        code: "unknownType",
        message: "Cannot read a JPEG rectangle: no decoder for JPEG was given",
      },
    );
  });

  test("any changed byte is a picture, or an RfbError", async () => {
    const jpeg = createJpeg(await loadJpegModule());
    const seen = { pictures: 0, errors: 0 };
    fc.assert(
      fc.property(fc.nat({ max: RECORDED.length - 1 }), fc.nat({ max: 255 }), (at, value) => {
        const context = decodeContext(FORMATS.rgb565);
        const changed = RECORDED.slice();
        changed[at] = value;
        try {
          drawn(Encoding.JPEG, changed, 128, 8, { ...context, compression: { ...context.compression, ...jpeg } });
          seen.pictures += 1;
        } catch (error) {
          if (!(error instanceof RfbError)) throw error;
          seen.errors += 1;
        }
      }),
      runs(200),
    );
    expect(seen.pictures).toBeGreaterThan(0);
    expect(seen.errors).toBeGreaterThan(0);
  });
});
