import { type Area, differenceOf, intersectionOf } from "../codec/areas.ts";
import { piecesOf } from "../codec/encoder.ts";
import type { Surface } from "../codec/pixels.ts";
import { createSurface } from "../codec/surfaces.ts";

/** One rectangle's pixels, and where they are taken from. */
export interface Piece {
  readonly picture: Surface;
  readonly area: Area;
}

/**
 * Cuts areas of a client's screen into rectangles that are encoded one at a time. Where the screen is larger than the
 * picture it is black.
 */
export function cutIntoPieces(
  areas: readonly Area[],
  picture: Surface,
  screen: { readonly width: number; readonly height: number },
  encodingType: number,
): Piece[] {
  const drawn = { x: 0, y: 0, width: picture.width, height: picture.height };
  let black: Surface | undefined;
  const pieces: Piece[] = [];
  for (const area of areas) {
    const inside = intersectionOf(area, drawn);
    if (inside !== undefined) add(picture, inside);
    for (const outside of differenceOf(area, drawn)) {
      black ??= createSurface(screen.width, screen.height);
      add(black, outside);
    }
  }
  return pieces;

  function add(from: Surface, area: Area): void {
    for (const band of bandsOf(area)) {
      for (const piece of piecesOf(band, encodingType, from)) pieces.push({ picture: from, area: piece });
    }
  }
}

/** What is encoded at once: it takes milliseconds, and no more than some MiB. */
const BAND_AREA = 2 ** 17;

/** Full width, and as high as whole tiles of ZRLE make it. */
function bandsOf({ x, y, width, height }: Area): Area[] {
  const rows = Math.max(64, Math.floor(BAND_AREA / width / 64) * 64);
  const bands: Area[] = [];
  for (let row = 0; row < height; row += rows) {
    bands.push({ x, y: y + row, width, height: Math.min(rows, height - row) });
  }
  return bands;
}
