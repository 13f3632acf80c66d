import { expect, test } from "vitest";
import { advanceRre, createWalk, decodeRre, ENCODERS, encodeRre } from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { createSurface } from "../../../codec/surfaces.ts";
import { be32, hex, hexOf, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { NORMAL } from "../streams.ts";
import { decodeContext, drawn, encodeContext, FORMATS, pictures, rgba, sketch, testLossless } from "./rectangles.ts";

testLossless(Encoding.RRE);

const BLACK = rgba(0);
const WHITE = rgba(0xffffff);
const BLUE = rgba(0x0000ff);

test("RRE is a background and rectangles on it, RFC 6143 §7.7.3", () => {
  // Two of them, of which the later one is above: 3 × 2 at 0,0 and 1 × 3 at 2,1.
  const payload = hex("00000002 03 e0 0000000000030002 ff 0002000100010003");
  const picture = drawn(Encoding.RRE, payload, 4, 4, decodeContext(FORMATS.rgb332));
  expect(sketch(picture, BLUE, rgba(0xff0000), WHITE)).toBe("aaa. aab. ..b. ..b.");
});

test("RRE is read as TigerVNC sends it", () => {
  // xtigervnc-rre-rgb888le/server.bin@701724
  const payload = hex("00000001ffffff00000000000000000000080002");
  const picture = drawn(Encoding.RRE, payload, 40, 2, decodeContext(FORMATS.bgrx));
  const row = "a".repeat(8) + ".".repeat(32);
  expect(sketch(picture, WHITE, BLACK)).toBe(`${row} ${row}`);
});

test("RRE is written with as few rectangles as they overlap", () => {
  const surface = createSurface(5, 3);
  surface.pixels.set(Array.from(".aaa. aaaaa .....".replaceAll(" ", ""), (c) => (c === "a" ? WHITE : BLUE)));
  // Blue and white are 7 and 8: the background is white, and the blue ones are two corners and a row.
  expect(hexOf(encodeRre(surface, encodeContext(FORMATS.rgb332)))).toBe(
    "00000003" + "ff" + "030000000000010001" + "030004000000010001" + "030000000200050001",
  );
});

test("an RRE payload is longer than a Raw one where there are many colours: the caller can tell", () => {
  const { photo, text } = pictures(65, 17);
  const context = encodeContext(FORMATS.rgbx);
  const raw = ENCODERS.get(Encoding.Raw)!;
  expect(encodeRre(photo!, context).length).toBeGreaterThan(raw(photo!, context).length);
  expect(encodeRre(text!, context).length).toBeLessThan(raw(text!, context).length);
});

const rectangle: Rectangle = { type: "rectangle", x: 1, y: 2, width: 4, height: 3, encodingType: Encoding.RRE };

function fault(payload: Uint8Array): unknown {
  return errorOf(() => decodeRre(payload, rectangle, decodeContext(FORMATS.rgb332), createSurface(8, 8)));
}

test("an RRE payload of another length is truncated or trailing", () => {
  const sound = hex("00000001 03 e0 0000000000030002");
  for (let length = 0; length < sound.length; length++) {
    expect(fault(sound.subarray(0, length)), String(length)).toMatchObject({ code: "truncated" });
  }
  expect(fault(join([sound, hex("00")]))).toMatchObject({
    code: "trailing",
    message: "Cannot read an RRE rectangle: 15 bytes of 14",
  });
});

test.each([
  ["0001000000040001", "4x1 at 1,0"],
  ["0000000100010003", "1x3 at 0,1"],
  ["0005000000000000", "0x0 at 5,0"],
  ["ffff0000ffff0001", "65535x1 at 65535,0"],
])("RRE refuses the subrectangle %s", (place, name) => {
  expect(fault(hex(`00000001 03 e0 ${place}`))).toMatchObject({
    code: "malformed",
    message: `Cannot read an RRE rectangle at 5: a subrectangle of ${name} leaves 4x3`,
  });
});

test("RRE takes a subrectangle that reaches the edge, and one of no size", () => {
  const payload = hex("00000002 03 e0 0003000200010001 e0 0004000300000000");
  const picture = drawn(Encoding.RRE, payload, 4, 3, decodeContext(FORMATS.rgb332));
  expect(sketch(picture, BLUE, rgba(0xff0000))).toBe(".... .... ...a");
});

test("RRE refuses more subrectangles than pixels, before anything waits for them", () => {
  for (const count of [13, 0xffffffff]) {
    const expected = {
      code: "malformed",
      message: `Cannot read an RRE rectangle at 0: ${count} subrectangles of 4x3 pixels`,
    };
    expect(fault(join([be32(count), hex("03")]))).toMatchObject(expected);
    const walk = createWalk(rectangle, NORMAL, 4, DEFAULT_LIMITS);
    expect(errorOf(() => advanceRre(walk, be32(count), 0, 4))).toMatchObject(expected);
  }
  const walk = createWalk(rectangle, NORMAL, 4, DEFAULT_LIMITS);
  expect(advanceRre(walk, be32(12), 0, 4)).toBe(4 + 4 + 12 * 12);
});

test("RRE refuses a length that no encoder needs, and one above the limit", () => {
  const large = { ...rectangle, width: 200, height: 100 };
  const walk = () => createWalk(large, NORMAL, 1, DEFAULT_LIMITS);
  // 2 × 20000 + 65536 bytes at most; a subrectangle takes 9.
  expect(advanceRre(walk(), be32(11_725), 0, 4)).toBe(105_530);
  expect(errorOf(() => advanceRre(walk(), be32(11_726), 0, 4))).toMatchObject({
    code: "limit",
    message: "Cannot read an RRE rectangle: 105539 bytes for 200x100 pixels: at most 105536",
  });
  const tight = createWalk(rectangle, NORMAL, 1, { ...DEFAULT_LIMITS, maxRectangleLength: 13 });
  expect(errorOf(() => advanceRre(tight, be32(1), 0, 4))).toMatchObject({
    code: "limit",
    reason: "limit maxRectangleLength is 13, got 14",
  });
});

test("no subrectangle of an encoded RRE paints what another has painted", () => {
  // Each row begins one pixel further left: parts that could overlap would each cover nearly all of those before.
  const side = 40;
  const pixels = Uint32Array.from({ length: side * side }, (_, i) =>
    (i % side) + Math.floor(i / side) >= side - 1 ? rgba(0xff0000) : rgba(0),
  );
  // The corner that is not background has fewer pixels.
  pixels[0] = rgba(0xff);
  const payload = encodeRre({ width: side, height: side, pixels }, encodeContext(FORMATS.rgb332));
  let painted = 0;
  for (let at = 5; at < payload.length; at += 9) painted += payload[at + 6]! * payload[at + 8]!;
  expect(painted).toBeLessThanOrEqual((side * (side + 1)) / 2);
});
