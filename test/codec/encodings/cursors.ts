import * as fc from "fast-check";
import type { Cursor } from "../../../codec/encodings/mod.ts";

export const hidden: Cursor = { hotspotX: 0, hotspotY: 0, width: 0, height: 0, pixels: new Uint32Array(0) };

/** Cursors of any pixels, sides that are no multiples of 8 among them. */
export const cursors: fc.Arbitrary<Cursor> = fc
  .record({
    hotspotX: fc.nat({ max: 65535 }),
    hotspotY: fc.nat({ max: 65535 }),
    width: fc.nat({ max: 20 }),
    height: fc.nat({ max: 20 }),
  })
  .chain((place) => {
    const area = place.width * place.height;
    return fc.uint32Array({ minLength: area, maxLength: area }).map((pixels) => ({ ...place, pixels }));
  });

/** A line a row: `#` for light pixels, `.` for dark ones, nothing where it is not there. */
export function artOf({ width, height, pixels }: Cursor): readonly string[] {
  return Array.from({ length: height }, (_, row) =>
    Array.from(pixels.subarray(row * width, (row + 1) * width), (pixel) =>
      pixel >>> 24 < 128 ? " " : (pixel & 0xff) < 128 ? "." : "#",
    ).join(""),
  );
}
