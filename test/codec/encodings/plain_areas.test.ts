import { expect, test } from "vitest";
import type { Area } from "../../../codec/areas.ts";
import { createDecoder } from "../../../codec/decoder.ts";
import { createEncoder, piecesOf } from "../../../codec/encoder.ts";
import { cutAtPlainAreas } from "../../../codec/encodings/plain_areas.ts";
import { Encoding } from "../../../codec/names.ts";
import { RGBX8888 } from "../../../codec/pixel_format.ts";
import type { Surface } from "../../../codec/pixels.ts";
import { decodeRectangle, RECTANGLE_LENGTH } from "../../../codec/server/mod.ts";
import { NEW_SESSION } from "../../../codec/session.ts";
import { createSurface, cutOut, fillArea, isPlain } from "../../../codec/surfaces.ts";
import { nodeCompression } from "../../../compression/node.ts";
import { randomOf } from "../../fuzz/random.ts";

const SESSION = { ...NEW_SESSION, pixelFormat: RGBX8888, encodingTypes: [Encoding.Tight] };
const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

/** Windows of one colour each, some over others, and some noise. */
function desktop(seed: number, width: number, height: number): Surface {
  const random = randomOf(seed, "desktop", 0);
  const picture = createSurface(width, height);
  picture.pixels.fill(0xff804020);
  for (let i = 0; i < seed; i++) {
    const [x, y] = [random.below(width), random.below(height)];
    const colour = (0xff000000 | random.below(2 ** 24)) >>> 0;
    fillArea(picture, x, y, random.between(1, width - x), random.between(1, height - y), colour);
  }
  for (let i = 0; i < 10 * seed; i++) picture.pixels[random.below(width * height)] = 0xff000000 + i;
  return picture;
}

function isOfOneColour({ pixels, width: stride }: Surface, { x, y, width, height }: Area): boolean {
  return isPlain(pixels, y * stride + x, stride, width, height);
}

test.each(SEEDS)("what an area is cut into covers it, and no pixel twice: desktop %d", (seed) => {
  const picture = desktop(seed, 331, 277);
  const area = { x: 3, y: 5, width: 300 + (seed % 7), height: 250 + (seed % 3) };
  const covered = createSurface(331, 277);
  for (const { area: part, isPlain } of cutAtPlainAreas(picture, area)) {
    if (isPlain) expect(isOfOneColour(picture, part)).toBe(true);
    for (const pixel of cutOut(covered, part.x, part.y, part.width, part.height).pixels) expect(pixel).toBe(0);
    fillArea(covered, part.x, part.y, part.width, part.height, 1);
  }
  const whole = createSurface(331, 277);
  fillArea(whole, area.x, area.y, area.width, area.height, 1);
  expect(covered.pixels).toStrictEqual(whole.pixels);
});

test("large areas of one colour are parts of their own, small ones are not", () => {
  const picture = createSurface(200, 100);
  for (let i = 0; i < picture.pixels.length; i++) picture.pixels[i] = i;
  fillArea(picture, 32, 16, 96, 48, 7);
  fillArea(picture, 144, 80, 32, 16, 8);
  expect(cutAtPlainAreas(picture, { x: 0, y: 0, width: 200, height: 100 })).toStrictEqual([
    { area: { x: 0, y: 0, width: 200, height: 16 }, isPlain: false },
    { area: { x: 0, y: 16, width: 32, height: 48 }, isPlain: false },
    { area: { x: 32, y: 16, width: 96, height: 48 }, isPlain: true },
    { area: { x: 128, y: 16, width: 72, height: 48 }, isPlain: false },
    { area: { x: 0, y: 64, width: 200, height: 36 }, isPlain: false },
  ]);
});

test.each(SEEDS)("Tight's rectangles of a large area draw it, each piece one: desktop %d", async (seed) => {
  const compression = await nodeCompression();
  const picture = desktop(seed, 330, 280);
  const area = { x: 1, y: 2, width: 328, height: 277 };
  const pieces = piecesOf(area, Encoding.Tight, picture);
  for (const piece of pieces) expect(piecesOf(piece, Encoding.Tight, picture)).toStrictEqual([piece]);
  const into = createSurface(330, 280);
  const decoder = createDecoder({ compression });
  const places: Area[] = [];
  for (const bytes of createEncoder(compression).encode(picture, area, SESSION)) {
    const rectangle = decodeRectangle(bytes);
    const { x, y, width, height } = rectangle;
    places.push({ x, y, width, height });
    decoder.decode(bytes.subarray(RECTANGLE_LENGTH), rectangle, SESSION, into);
  }
  expect(places).toStrictEqual(pieces);
  const { x, y, width, height } = area;
  expect(cutOut(into, x, y, width, height)).toStrictEqual(cutOut(picture, x, y, width, height));
});

test("an area that one rectangle can hold is one, whatever is in it", () => {
  const area = { x: 0, y: 0, width: 256, height: 256 };
  expect(piecesOf(area, Encoding.Tight, createSurface(256, 256))).toStrictEqual([area]);
});

test.each([
  [1, 0],
  [0, 1],
  [-1, 0],
])("an area that leaves the picture is refused, by %d to the right and %d down", async (x, y) => {
  const picture = createSurface(300, 300);
  const encoder = createEncoder(await nodeCompression());
  for (const [width, height] of [
    [300, 300],
    [300, 10],
    [10, 300],
  ] as const) {
    const left = x > 0 ? 301 - width : x;
    const top = y > 0 ? 301 - height : y;
    const area = { x: left, y: top, width, height };
    expect(() => encoder.encode(picture, area, SESSION)).toThrow(RangeError);
  }
});
