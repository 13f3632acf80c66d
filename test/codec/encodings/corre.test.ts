import { expect, test } from "vitest";
import { advanceCorre, createWalk, decodeCorre, encodeCorre } from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { createSurface } from "../../../codec/surfaces.ts";
import { be32, hex, hexOf, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { NORMAL } from "../streams.ts";
import { decodeContext, drawn, encodeContext, FORMATS, rgba, sketch, testLossless } from "./rectangles.ts";

testLossless(Encoding.CoRRE, [
  [1, 1],
  [17, 65],
  [65, 17],
  [255, 1],
  [1, 255],
  [255, 255],
]);

const BLACK = rgba(0);
const WHITE = rgba(0xffffff);

test("CoRRE is a background and rectangles on it, rfbproto", () => {
  const payload = hex("00000002 03 e0 00000302 ff 02010103");
  const picture = drawn(Encoding.CoRRE, payload, 4, 4, decodeContext(FORMATS.rgb332));
  expect(sketch(picture, rgba(0x0000ff), rgba(0xff0000), WHITE)).toBe("aaa. aab. ..b. ..b.");
});

test("CoRRE is read as x11vnc sends it", () => {
  // x11vnc-corre-rgb888le/server.bin@522414
  const payload = hex("00000002 ffffff00 5e449f00 00010101 a296d500 01010101");
  const picture = drawn(Encoding.CoRRE, payload, 16, 2, decodeContext(FORMATS.bgrx));
  expect(sketch(picture, WHITE, rgba(0x9f445e), rgba(0xd596a2))).toBe(`${".".repeat(16)} ab${".".repeat(14)}`);
});

test("CoRRE is written with as few rectangles as they overlap", () => {
  const surface = createSurface(5, 3);
  surface.pixels.set(Array.from(".aaa. aaaaa .....".replaceAll(" ", ""), (c) => (c === "a" ? WHITE : BLACK)));
  expect(hexOf(encodeCorre(surface, encodeContext(FORMATS.rgb332)))).toBe(
    "00000003" + "ff" + "0000000101" + "0004000101" + "0000020501",
  );
});

test("CoRRE is not written for more than 255 × 255 pixels", () => {
  const context = encodeContext(FORMATS.rgb332);
  expect(() => encodeCorre(createSurface(256, 1), context)).toThrow(
    new RangeError("Cannot encode a CoRRE rectangle of 256x1: at most 255x255"),
  );
  expect(() => encodeCorre(createSurface(1, 256), context)).toThrow(RangeError);
});

test("CoRRE of more than 255 × 255 pixels is read as far as a byte reaches", () => {
  const payload = hex("00000001 03 e0 ffff02ff");
  const picture = drawn(Encoding.CoRRE, payload, 300, 600, decodeContext(FORMATS.rgb332));
  expect(picture.pixels.filter((pixel) => pixel === rgba(0xff0000))).toHaveLength(2 * 255);
  expect(picture.pixels[255 * 300 + 255]).toBe(rgba(0xff0000));
});

const rectangle: Rectangle = { type: "rectangle", x: 1, y: 2, width: 4, height: 3, encodingType: Encoding.CoRRE };

function fault(payload: Uint8Array): unknown {
  return errorOf(() => decodeCorre(payload, rectangle, decodeContext(FORMATS.rgb332), createSurface(8, 8)));
}

test("a CoRRE payload of another length is truncated or trailing", () => {
  const sound = hex("00000001 03 e0 00000302");
  for (let length = 0; length < sound.length; length++) {
    expect(fault(sound.subarray(0, length)), String(length)).toMatchObject({ code: "truncated" });
  }
  expect(fault(join([sound, hex("00")]))).toMatchObject({
    code: "trailing",
    message: "Cannot read a CoRRE rectangle: 11 bytes of 10",
  });
});

test.each([
  ["01000401", "4x1 at 1,0"],
  ["00010103", "1x3 at 0,1"],
  ["05000000", "0x0 at 5,0"],
])("CoRRE refuses the subrectangle %s", (place, name) => {
  expect(fault(hex(`00000001 03 e0 ${place}`))).toMatchObject({
    code: "malformed",
    message: `Cannot read a CoRRE rectangle at 5: a subrectangle of ${name} leaves 4x3`,
  });
});

test("CoRRE refuses more subrectangles than pixels, and a length that no encoder needs", () => {
  const walk = (width: number, height: number) =>
    createWalk({ ...rectangle, width, height }, NORMAL, 1, DEFAULT_LIMITS);
  expect(advanceCorre(walk(4, 3), be32(12), 0, 4)).toBe(5 + 12 * 5);
  for (const count of [13, 0xffffffff]) {
    const expected = { code: "malformed", reason: `${count} subrectangles of 4x3 pixels` };
    expect(errorOf(() => advanceCorre(walk(4, 3), be32(count), 0, 4))).toMatchObject(expected);
    expect(fault(join([be32(count), hex("03")]))).toMatchObject(expected);
  }
  // 2 × 65025 + 65536 bytes at most; a subrectangle takes 5.
  expect(advanceCorre(walk(255, 255), be32(39_116), 0, 4)).toBe(195_585);
  expect(errorOf(() => advanceCorre(walk(255, 255), be32(39_117), 0, 4))).toMatchObject({
    code: "limit",
    message: "Cannot read a CoRRE rectangle: 195590 bytes for 255x255 pixels: at most 195586",
  });
});
