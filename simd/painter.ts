import { MOST_DISTANCE } from "../codec/lzo1x.ts";
import { MOST_OF_RUNS, type Painter } from "../codec/painter.ts";
import type { PixelReader } from "../codec/pixels.ts";

/** What kernels.as exports. */
export interface Kernels {
  fill(to: number, stride: number, width: number, height: number, pixel: number): void;
  parts(
    to: number,
    stride: number,
    width: number,
    height: number,
    from: number,
    end: number,
    size: number,
    place: number,
    isBigEndian: boolean,
    red: number,
    green: number,
    blue: number,
    paintable: number,
  ): number;
  tiles(
    to: number,
    stride: number,
    width: number,
    height: number,
    state: number,
    end: number,
    size: number,
    isBigEndian: boolean,
    red: number,
    green: number,
    blue: number,
  ): number;
  copy(to: number, stride: number, length: number, height: number, from: number): void;
  bits(to: number, stride: number, width: number, height: number, from: number, zero: number, one: number): void;
  indices(
    to: number,
    stride: number,
    width: number,
    height: number,
    from: number,
    size: number,
    palette: number,
    colours: number,
  ): number;
  runs(
    to: number,
    stride: number,
    width: number,
    height: number,
    from: number,
    end: number,
    palette: number,
    colours: number,
    tile: number,
  ): number;
  bytes(
    to: number,
    stride: number,
    width: number,
    height: number,
    from: number,
    size: number,
    red: number,
    green: number,
    blue: number,
  ): void;
  words(
    to: number,
    stride: number,
    width: number,
    height: number,
    from: number,
    isBigEndian: boolean,
    red: number,
    green: number,
    blue: number,
  ): void;
  lzo1x(state: number, end: number, start: number, stop: number): number;
  synthesise(
    to: number,
    stride: number,
    width: number,
    height: number,
    from: number,
    level: number,
    square: number,
  ): void;
}

/**
 * How a surface's memory is divided, in bytes: the state of Hextile, the palette, a tile, the state of decompression, what was
 * decompressed last, as many as sixteen bytes that are written and not used, what is drawn from, as many that are read and not used, and
 * the pixels. A row of any kind of pixel fits into what is drawn from, and so do the runs of a tile; and twice that into what was
 * decompressed.
 */
export interface Plan {
  readonly hextile: number;
  readonly palette: number;
  readonly tile: number;
  readonly lzo1x: number;
  readonly window: number;
  readonly from: number;
  readonly room: number;
  readonly pixels: number;
  readonly length: number;
}

/** The plan for a surface of this size. */
export function planOf(width: number, height: number): Plan {
  const room = Math.max(64 * 1024, 16 * Math.ceil(width / 4));
  const palette = HEXTILE_LENGTH;
  const tile = palette + PALETTE_LENGTH;
  const lzo1x = tile + 4 * MOST_OF_RUNS + 32;
  const window = lzo1x + LZO1X_LENGTH;
  const from = window + 2 * room + 16;
  const pixels = from + room + 16;
  return { hextile: 0, palette, tile, lzo1x, window, from, room, pixels, length: pixels + 4 * width * height };
}

const PALETTE_LENGTH = 4 * 256;
/** As kernels.as has them: numbers first, and behind so many bytes what goes with them. */
const STATE_LENGTH = 32;
/** Two bytes of bits for each row of a tile. */
const HEXTILE_LENGTH = STATE_LENGTH + 2 * 16;
/** Sixteen bytes for each distance that is near. */
const LZO1X_LENGTH = STATE_LENGTH + 16 * 16;
const BLACK = 0xff000000;

/** The painter of the surface that is in this memory. */
export function createPainter(
  { fill, parts, tiles, copy, bits, indices, runs, bytes: drawBytes, words, synthesise, lzo1x }: Kernels,
  memory: ArrayBufferLike,
  { hextile: hextileAt, palette: paletteAt, tile, lzo1x: lzo1xAt, window, from: source, room, pixels }: Plan,
  surfaceWidth: number,
): Painter {
  const colours = new Int32Array(memory, paletteAt, 256);
  const held = new Uint8Array(memory, source, room);
  const hextile = new Uint32Array(memory, hextileAt, 5);
  const state = new Uint32Array(memory, lzo1xAt, 6);
  const patterns = new Uint8Array(memory, lzo1xAt + STATE_LENGTH, 16 * 16);
  for (let i = 0; i < patterns.length; i++) patterns[i] = (i & 15) % ((i >> 4) + 1);
  const out = new Uint8Array(memory, window, 2 * room);
  const windowEnd = window + out.length;
  const stride = 4 * surfaceWidth;

  // The loops over bands are written out: a function for each band would cost what a small area does.
  return {
    fill(x, y, width, height, pixel) {
      fill(addressOf(x, y), stride, width, height, pixel);
    },
    fillParts(reader, bytes, from, end, place, x, y, width, height, paintable) {
      const { size, channels } = reader;
      const isBigEndian = channels?.isBigEndian ?? false;
      const { red, green, blue } = channels ?? { red: reader.first, green: reader.second, blue: reader.third };
      const to = addressOf(x, y);
      const most = room - (room % (size + place));
      let left = paintable;
      for (let at = from; at < end; at += most) {
        const length = Math.min(most, end - at);
        hold(bytes, at, length);
        const stop = source + length;
        left = parts(to, stride, width, height, source, stop, size, place, isBigEndian, red, green, blue, left);
        if (left < 0) return at - left - source;
      }
      return -1;
    },
    fillTiles(reader, bytes, x, y, width, height) {
      const { size, channels } = reader;
      const isBigEndian = channels?.isBigEndian ?? false;
      const { red, green, blue } = channels ?? { red: reader.first, green: reader.second, blue: reader.third };
      const to = addressOf(x, y);
      hextile[1] = hextile[2] = 0;
      hextile[3] = hextile[4] = BLACK;
      for (let at = 0; ; at += hextile[0] - source) {
        const length = Math.min(room, bytes.length - at);
        hold(bytes, at, length);
        hextile[0] = source;
        const end = source + length;
        const isOver = tiles(to, stride, width, height, hextileAt, end, size, isBigEndian, red, green, blue) !== 0;
        if (isOver) return at + hextile[0] - source === bytes.length;
        if (hextile[0] === source) return false; // there is room for any tile
      }
    },
    copy(x, y, width, height, srcX, srcY) {
      copy(addressOf(x, y), stride, 4 * width, height, addressOf(srcX, srcY));
    },
    fillBits(x, y, width, height, bytes, from, zero, one) {
      const length = (width + 7) >> 3;
      const most = rowsOf(length);
      for (let first = 0, at = from; first < height; first += most, at += most * length) {
        const rows = Math.min(most, height - first);
        hold(bytes, at, rows * length);
        bits(addressOf(x, y + first), stride, width, rows, source, zero, one);
      }
    },
    fillIndices(x, y, width, height, bytes, from, size, palette, count) {
      colours.set(palette);
      const length = (width * size + 7) >> 3;
      const most = rowsOf(length);
      for (let first = 0, at = from; first < height; first += most, at += most * length) {
        const rows = Math.min(most, height - first);
        hold(bytes, at, rows * length);
        const wrong = indices(addressOf(x, y + first), stride, width, rows, source, size, paletteAt, count);
        if (wrong >= 0) return at + wrong - source;
      }
      return -1;
    },
    fillRuns(x, y, width, height, bytes, from, palette, count) {
      colours.set(palette);
      // The most that they can take: each pixel a run of its own, with a length.
      const length = Math.min(bytes.length - from, 2 * width * height);
      hold(bytes, from, length);
      const end = runs(addressOf(x, y), stride, width, height, source, source + length, paletteAt, count, tile);
      return end < 0 ? -1 : from + end - source;
    },
    coefficients: new Uint32Array(memory, tile, MOST_OF_RUNS),
    synthesise(x, y, width, height, level) {
      synthesise(addressOf(x, y), stride, width, height, tile, level, source);
    },
    read(reader, bytes, from, x, y, width, height) {
      const length = width * reader.size;
      const most = rowsOf(length);
      for (let first = 0, at = from; first < height; first += most, at += most * length) {
        const rows = Math.min(most, height - first);
        hold(bytes, at, rows * length);
        draw(reader, source, x, y + first, width, rows);
      }
    },
    readLzo1x(reader, bytes, at, x, y, width, height) {
      const length = width * reader.size;
      const begun = Math.max(0, bytes[at]! - 17); // literals
      let next = at + Math.min(begun, 1); // in bytes, what is not held yet
      let [from, end, to, drawn] = [source, source, window, window];
      let row = 0;
      state.set([from, to, Math.min(begun, 4), begun, 0, 0]);
      for (;;) {
        // Half of it is more than an instruction has, but for some copy of megabytes.
        if (end - from < room / 2 && next < bytes.length) {
          next -= end - from;
          const count = Math.min(room, bytes.length - next);
          hold(bytes, next, count);
          next += count;
          [from, end] = [source, source + count];
        }
        if (to === windowEnd) {
          const by = Math.min(drawn, to - MOST_DISTANCE) - window;
          out.copyWithin(0, by);
          to -= by;
          drawn -= by;
        }
        state[0] = from;
        state[1] = to;
        const isOver = lzo1x(lzo1xAt, end, window, Math.min(windowEnd, drawn + (height - row) * length)) !== 0;
        const rows = Math.floor((state[1] - drawn) / length);
        draw(reader, drawn, x, y + row, width, rows);
        drawn += rows * length;
        row += rows;
        if (isOver) return row === height && next === bytes.length && state[0] === end;
        if (state[0] === from && state[1] === to) return false;
        [from, to] = [state[0], state[1]];
      }
    },
  };

  function draw(reader: PixelReader, from: number, x: number, y: number, width: number, height: number): void {
    const { size, first, second, third, channels } = reader;
    const to = addressOf(x, y);
    if (channels === undefined) drawBytes(to, stride, width, height, from, size, first, second, third);
    else words(to, stride, width, height, from, channels.isBigEndian, channels.red, channels.green, channels.blue);
  }

  function addressOf(x: number, y: number): number {
    return pixels + y * stride + 4 * x;
  }

  /** How many rows of so many bytes there is room for: one at least. */
  function rowsOf(length: number): number {
    return Math.max(1, Math.floor(room / length));
  }

  /** @throws {RangeError} fewer bytes, or no room for them: what was held before is never drawn */
  function hold(bytes: Uint8Array, at: number, length: number): void {
    if (at + length > bytes.length) throw new RangeError(`${bytes.length - at} bytes of ${length}`);
    held.set(bytes.subarray(at, at + length));
  }
}
