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

/** The value that occurs most often; of more than 4096, only the first ones are counted. */
export function commonestOf(values: Uint32Array): number {
  const room = Math.min(values.length, MOST_COUNTED);
  const colours = new Uint32Array(room);
  const counts = new Uint32Array(room);
  // Two to four times as many slots; each holds an index and 1.
  const shift = Math.clz32(room) - 1;
  const slots = new Uint16Array(2 ** (32 - shift));
  let known = 0;
  let commonest = 0;
  let most = 0;
  for (let from = 0; from < values.length; ) {
    const value = values[from]!;
    let to = from + 1;
    while (to < values.length && values[to] === value) to++;
    let slot = Math.imul(value, GOLDEN) >>> shift;
    while (slots[slot] !== 0 && colours[slots[slot]! - 1] !== value) slot = (slot + 1) & (slots.length - 1);
    if (slots[slot] === 0 && known < room) {
      colours[known++] = value;
      slots[slot] = known;
    }
    const index = slots[slot]! - 1;
    if (index >= 0) {
      counts[index]! += to - from;
      if (counts[index]! > most) {
        most = counts[index]!;
        commonest = value;
      }
    }
    from = to;
  }
  return commonest;
}

/** A tile of up to 16 × 16 pixels as rectangles of one colour each, which cover it together. Used again and again. */
export interface Mosaic {
  /** The tile's pixels, row by row. */
  readonly values: Uint32Array;
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
  /** For {@link cutTile}, a bit a pixel, the leftmost lowest: which are not as the one to the left, or the one above. */
  readonly across: Int32Array;
  readonly down: Int32Array;
  /** Those that are in a part. */
  readonly done: Int32Array;
  /** Parts that the rows from one on have at least, less those of any one colour. */
  readonly least: Int32Array;
  /** Colours by their hash: the tile's stamp and the index, so that no tile has to empty it. */
  readonly slots: Int32Array;
  stamp: number;
}

export function createMosaic(): Mosaic {
  return {
    values: new Uint32Array(256),
    palette: new Uint32Array(256),
    colours: 0,
    counts: new Uint16Array(256),
    indices: new Uint8Array(256),
    places: new Uint8Array(256),
    sizes: new Uint8Array(256),
    parts: 0,
    across: new Int32Array(16),
    down: new Int32Array(16),
    done: new Int32Array(16),
    least: new Int32Array(17),
    slots: new Int32Array(SLOTS),
    stamp: 0,
  };
}

/**
 * Cuts the tile in `values` into parts. Each goes as far as it can to the right, then down; it may overlap others of its
 * colour, and is the larger for that.
 *
 * @returns false: of three or more colours, and more than `most` parts besides those of any one; the mosaic is not made
 */
export function cutTile(mosaic: Mosaic, columns: number, rows: number, most: number): boolean {
  compareNeighbours(mosaic, columns, rows);
  const { values, across, down, done, least, palette, counts, indices, places, sizes, slots } = mosaic;
  mosaic.stamp += 256;
  const { stamp } = mosaic;
  const all = (1 << columns) - 1;
  let colours = 0;
  let parts = 0;
  let commonest = 0; // parts of one colour
  done.fill(0);
  for (let y = 0; y < rows; y++) {
    for (let open = all & ~done[y]!; open !== 0; ) {
      const x = 31 - Math.clz32(open & -open);
      const ends = across[y]! >>> (x + 1);
      const width = 32 - Math.clz32(ends & -ends);
      const part = ((1 << width) - 1) << x;
      open &= ~part;
      let bottom = y + 1;
      while (bottom < rows && (down[bottom]! & part) === 0) done[bottom++]! |= part;

      const value = values[y * columns + x]!;
      let slot = Math.imul(value, GOLDEN) >>> SHIFT;
      while (slots[slot]! >= stamp && palette[slots[slot]! & 255] !== value) slot = (slot + 1) & (SLOTS - 1);
      if (slots[slot]! < stamp) {
        palette[colours] = value;
        counts[colours] = 0;
        slots[slot] = stamp | colours;
        colours += 1;
      }
      const index = slots[slot]! & 255;
      counts[index]! += 1;
      commonest = Math.max(commonest, counts[index]!);
      indices[parts] = index;
      places[parts] = (x << 4) | y;
      sizes[parts] = ((width - 1) << 4) | (bottom - y - 1);
      parts += 1;
      if (parts - commonest + least[y + 1]! > most && colours > 2) return false;
    }
  }
  mosaic.colours = colours;
  mosaic.parts = parts;
  return true;
}

/** Fills `across`, where a bit behind each row ends its last part, `down` and `least`. */
function compareNeighbours({ values, across, down, least }: Mosaic, columns: number, rows: number): void {
  const end = 1 << columns;
  // Neighbours in a row that both begin a part are of two colours: one colour has no more than every other one.
  const half = (columns + 1) >> 1;
  least[rows] = 0;
  for (let y = rows - 1; y >= 0; y--) {
    let at = y * columns;
    const back = y === 0 ? 0 : columns;
    let before = ~values[at]!;
    let rowAcross = 0;
    let rowDown = y === 0 ? -1 : 0;
    for (let bit = 1; bit < end; bit <<= 1, at++) {
      const value = values[at]!;
      const one = value ^ before;
      const other = value ^ values[at - back]!;
      // The sign of a number or of its opposite: without a branch, which would be guessed wrong.
      rowAcross |= ((one | -one) >> 31) & bit;
      rowDown |= ((other | -other) >> 31) & bit;
      before = value;
    }
    across[y] = rowAcross | end;
    down[y] = rowDown;
    least[y] = least[y + 1]! + Math.max(0, bitsIn(rowAcross & rowDown) - half);
  }
}

/** How many of the lowest 16 bits are set. */
function bitsIn(bits: number): number {
  const pairs = bits - ((bits >> 1) & 0x5555);
  const fours = (pairs & 0x3333) + ((pairs >> 2) & 0x3333);
  const eights = (fours + (fours >> 4)) & 0x0f0f;
  return (eights + (eights >> 8)) & 31;
}

const MOST_COUNTED = 4096;

// Twice as many as colours.
const SLOTS = 512;
const SHIFT = 23;
// 2 ** 32 over the golden ratio: it scatters neighbours.
const GOLDEN = 0x9e3779b1;
