/**
 * How far the value at `at` goes to the right, and then all of that down, no further than `columns` and `rows`:
 * 65536 times the height, and the width. Rows first suits text, and takes fewer parts than the largest ones would.
 */
export function partAt(values: Uint32Array, at: number, stride: number, columns: number, rows: number): number {
  const value = values[at]!;
  let width = 1;
  while (width < columns && values[at + width] === value) width++;
  let height = 1;
  for (let row = at + stride; height < rows; height++, row += stride) {
    let i = 0;
    while (i < width && values[row + i] === value) i++;
    if (i < width) break;
  }
  return height * 65536 + width;
}

/** Notes that a part is done. Others of its value may overlap it, and are the larger for that. */
export function markDone(done: Uint8Array, at: number, stride: number, width: number, height: number): void {
  for (let row = at; row < at + height * stride; row += stride) {
    for (let i = row; i < row + width; i++) done[i] = 1;
  }
}

/** The value that occurs most often; of more than 4096, only the first ones are counted. */
export function commonestOf(values: Uint32Array): number {
  const counts = new Map<number, number>();
  let commonest = 0;
  let most = 0;
  for (let from = 0; from < values.length; ) {
    const value = values[from]!;
    let to = from + 1;
    while (to < values.length && values[to] === value) to++;
    const before = counts.get(value);
    if (before !== undefined || counts.size < MOST_COUNTED) {
      const count = (before ?? 0) + to - from;
      counts.set(value, count);
      if (count > most) {
        most = count;
        commonest = value;
      }
    }
    from = to;
  }
  return commonest;
}

/** A tile of up to 16 × 16 pixels as rectangles of one colour each, which cover it together. Used again and again. */
export interface Mosaic {
  /** The values of `palette[0, colours)`, each once. */
  readonly palette: Uint32Array;
  colours: number;
  /** How many parts each colour of the palette has. */
  readonly counts: Uint16Array;
  /** Of each of `parts` parts: its colour's index, its place and its size, as Hextile writes these. */
  readonly indices: Uint8Array;
  readonly places: Uint8Array;
  readonly sizes: Uint8Array;
  parts: number;
  /** For {@link cutTile}: the pixels' indices, those in a part, and a hash table of the palette. */
  readonly cells: Uint32Array;
  readonly done: Uint8Array;
  readonly slots: Uint16Array;
}

export function createMosaic(): Mosaic {
  return {
    palette: new Uint32Array(256),
    colours: 0,
    counts: new Uint16Array(256),
    indices: new Uint8Array(256),
    places: new Uint8Array(256),
    sizes: new Uint8Array(256),
    parts: 0,
    cells: new Uint32Array(256),
    done: new Uint8Array(256),
    slots: new Uint16Array(512),
  };
}

/**
 * Cuts the tile whose first pixel is `values[from]` into parts.
 *
 * @returns false: there are more than `mostColours` colours, and the mosaic is not made
 */
export function cutTile(
  mosaic: Mosaic,
  values: Uint32Array,
  from: number,
  stride: number,
  columns: number,
  rows: number,
  mostColours: number,
): boolean {
  if (!indexTile(mosaic, values, from, stride, columns, rows, mostColours)) return false;
  const { cells, done, colours, counts, indices, places, sizes } = mosaic;
  if (colours === 1) {
    // One part, which nobody asks for.
    counts[0] = mosaic.parts = 1;
    return true;
  }
  done.fill(0);
  counts.fill(0, 0, colours);
  let parts = 0;
  for (let y = 0, at = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, at++) {
      if (done[at] !== 0) continue;
      const part = partAt(cells, at, columns, columns - x, rows - y);
      const width = part & 0xffff;
      const height = part >>> 16;
      markDone(done, at, columns, width, height);
      const index = cells[at]!;
      counts[index]! += 1;
      indices[parts] = index;
      places[parts] = (x << 4) | y;
      sizes[parts] = ((width - 1) << 4) | (height - 1);
      parts += 1;
    }
  }
  mosaic.parts = parts;
  return true;
}

/** Makes the palette, and cells of its indices. */
function indexTile(
  mosaic: Mosaic,
  values: Uint32Array,
  from: number,
  stride: number,
  columns: number,
  rows: number,
  mostColours: number,
): boolean {
  const { palette, cells, slots } = mosaic;
  slots.fill(0);
  let colours = 0;
  let last = 0;
  let index = -1;
  for (let row = 0, to = 0, at = from; row < rows; row++, at += stride) {
    for (let i = at; i < at + columns; i++) {
      const value = values[i]!;
      if (value !== last || index < 0) {
        let slot = Math.imul(value, GOLDEN) >>> 23;
        // A slot holds the index and 1.
        while (slots[slot] !== 0 && palette[slots[slot]! - 1] !== value) slot = (slot + 1) & 511;
        if (slots[slot] === 0) {
          if (colours === mostColours) return false;
          palette[colours] = value;
          colours += 1;
          slots[slot] = colours;
        }
        index = slots[slot]! - 1;
        last = value;
      }
      cells[to++] = index;
    }
  }
  mosaic.colours = colours;
  return true;
}

const MOST_COUNTED = 4096;

// 2 ** 32 over the golden ratio: it scatters neighbours.
const GOLDEN = 0x9e3779b1;
