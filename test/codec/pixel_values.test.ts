import { expect, test } from "vitest";
import { RGBX8888 } from "../../codec/pixel_format.ts";
import { valuesOf } from "../../codec/pixel_values.ts";

const EACH = Uint32Array.from({ length: 256 }, (_, i) => (0xff000000 | (i << 16) | ((255 - i) << 8) | (i ^ 85)) >>> 0);
const MAXIMA = [...Array(256).keys(), 511, 1023];

test.each(MAXIMA)("channels are as near to 8 bits as they can be where the greatest is %d", (max) => {
  const format = { ...RGBX8888, redMax: max, greenMax: max, blueMax: max, redShift: 0, greenShift: 10, blueShift: 20 };
  const nearest = (channel: number): number => Math.round((channel * max) / 255);
  const expected = EACH.map(
    (pixel) => nearest(pixel & 255) | (nearest((pixel >> 8) & 255) << 10) | (nearest((pixel >> 16) & 255) << 20),
  );
  expect(valuesOf(EACH, format)).toStrictEqual(expected);
});
