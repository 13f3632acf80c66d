import type { Area } from "../codec/areas.ts";

/** Which pixels of a picture have come. By place: a server may send some of them twice. */
export interface Coverage {
  /** Pixels still to come. */
  readonly missing: number;
  /** These have come. They are inside. */
  add(area: Area): void;
  /** Pixels were moved here from another place: they have come where those had. Both places are inside. */
  copy(area: Area, srcX: number, srcY: number): void;
}

/** Nothing has come yet. */
export function createCoverage(width: number, height: number): Coverage {
  const came = new Uint8Array(width * height);
  let missing = width * height;
  return {
    get missing() {
      return missing;
    },
    add(area) {
      for (let row = area.y; row < area.y + area.height; row++) {
        for (let i = row * width + area.x, end = i + area.width; i < end; i++) {
          missing -= 1 - came[i]!;
          came[i] = 1;
        }
      }
    },
    copy({ x, y, width: columns, height: rows }, srcX, srcY) {
      const moved = new Uint8Array(columns * rows);
      for (let row = 0; row < rows; row++) {
        const from = (srcY + row) * width + srcX;
        moved.set(came.subarray(from, from + columns), row * columns);
      }
      for (let row = 0, at = 0; row < rows; row++) {
        for (let i = (y + row) * width + x, end = i + columns; i < end; i++, at++) {
          missing += came[i]! - moved[at]!;
          came[i] = moved[at]!;
        }
      }
    },
  };
}
