import type { Area } from "../areas.ts";
import type { Surface } from "../pixels.ts";
import { isPlain } from "../surfaces.ts";

/** A part of an area. */
export interface Piece {
  readonly area: Area;
  /** It is known to be of one colour. */
  readonly isPlain: boolean;
}

/**
 * Cuts an area of a picture into large areas of one colour and what lies between them. Their edges are those of blocks of
 * {@link SIDE} × {@link SIDE} pixels, counted from the area's corner: what is smaller is left where it is.
 *
 * @throws {RangeError} an area that leaves the picture
 */
export function cutAtPlainAreas({ pixels, width: stride, height }: Surface, area: Area): Piece[] {
  if (area.x < 0 || area.y < 0 || area.x + area.width > stride || area.y + area.height > height) {
    const place = `${area.width}x${area.height} at ${area.x},${area.y}`;
    throw new RangeError(`Cannot cut up ${place}: the picture is ${stride}x${height}`);
  }
  const across = Math.ceil(area.width / SIDE);
  const down = Math.ceil(area.height / SIDE);
  // Each block's colour, or NONE.
  const blocks = new Float64Array(across * down);
  for (let row = 0, block = 0; row < down; row++) {
    const y = row * SIDE;
    const rows = Math.min(SIDE, area.height - y);
    for (let column = 0; column < across; column++, block++) {
      const x = column * SIDE;
      const at = (area.y + y) * stride + area.x + x;
      const isOne = isPlain(pixels, at, stride, Math.min(SIDE, area.width - x), rows);
      blocks[block] = isOne ? pixels[at]! : NONE;
    }
  }
  const cut: Piece[] = [];
  divide(0, 0, across, down);
  return cut;

  /** What lies above the first large area is not cut; what is to its left, to its right and below it may be. */
  function divide(left: number, top: number, right: number, bottom: number): void {
    let from = top;
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        if (blocks[row * across + column] === NONE) continue;
        const found = largestAt(column, row, right, bottom);
        const end = found % 65536;
        const rowsEnd = (found - end) / 65536;
        if ((end - column) * (rowsEnd - row) < LEAST) continue;
        add(left, from, right, row);
        divide(left, row, column, rowsEnd);
        add(column, row, end, rowsEnd, true);
        divide(end, row, right, rowsEnd);
        from = rowsEnd;
        row = rowsEnd - 1;
        break;
      }
    }
    add(left, from, right, bottom);
  }

  /** Where the largest area of one colour from a block on ends: its rows 65536 times. */
  function largestAt(column: number, row: number, right: number, bottom: number): number {
    const colour = blocks[row * across + column];
    let most = 0;
    let largest = 0;
    let end = right;
    for (let y = row; y < bottom; y++) {
      let x = column;
      while (x < end && blocks[y * across + x] === colour) x++;
      if (x === column) break;
      end = x;
      const size = (end - column) * (y + 1 - row);
      if (size > most) {
        most = size;
        largest = (y + 1) * 65536 + end;
      }
    }
    return largest;
  }

  function add(left: number, top: number, right: number, bottom: number, isPlain = false): void {
    const x = left * SIDE;
    const y = top * SIDE;
    const width = Math.min(right * SIDE, area.width) - x;
    const height = Math.min(bottom * SIDE, area.height) - y;
    if (width > 0 && height > 0) cut.push({ area: { x: area.x + x, y: area.y + y, width, height }, isPlain });
  }
}

/** Pixels of a block's sides. */
const SIDE = 16;
/** No pixel. */
const NONE = -1;
/** Blocks: a smaller area is not worth a rectangle of its own, and the others that it then takes. */
const LEAST = 8;
