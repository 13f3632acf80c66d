import type { PixelReader } from "./pixels.ts";

/**
 * Draws on the one surface that it belongs to, with what loops over its pixels do not have, such as vector instructions. It
 * draws the same, up to a fault, behind which other pixels may have been drawn already; and it is asked to where that makes up for a
 * call: mostly of areas of 64 pixels or more.
 *
 * Whoever calls has made sure that the area is inside, and, but for what answers false, that it has a pixel and its bytes are there.
 */
export interface Painter {
  /** Fills an area. */
  fill(x: number, y: number, width: number, height: number, pixel: number): void;
  /**
   * Fills parts of an area: all that is in `bytes` from `from` to `end`, each a pixel, and its place and size in the area, two numbers
   * each, which take `place` bytes together: RRE's or CoRRE's.
   *
   * @param reader one that is `isVector`
   * @returns the offset of a part that leaves the area, or with which they have more than `paintable` pixels; or -1, once all are drawn
   */
  fillParts(
    reader: PixelReader,
    bytes: Uint8Array,
    from: number,
    end: number,
    place: 4 | 8,
    x: number,
    y: number,
    width: number,
    height: number,
    paintable: number,
  ): number;
  /**
   * Draws Hextile's tiles, which have all of `bytes`.
   *
   * @param reader one that is `isVector`
   * @returns false: something is wrong with them
   */
  fillTiles(reader: PixelReader, bytes: Uint8Array, x: number, y: number, width: number, height: number): boolean;
  /** Moves an area from a place that is inside too; the two may overlap. */
  copy(x: number, y: number, width: number, height: number, srcX: number, srcY: number): void;
  /** Draws from a bit a pixel, the leftmost one highest; rows begin on bytes. */
  fillBits(
    x: number,
    y: number,
    width: number,
    height: number,
    bytes: Uint8Array,
    from: number,
    zero: number,
    one: number,
  ): void;
  /**
   * Draws from an index of `size` bits a pixel, 2, 4 or 8, the leftmost one highest; rows begin on bytes, and have sixteen
   * pixels or more.
   *
   * @returns the offset of a byte that has an index of `colours` or above; or -1, once all is drawn
   */
  fillIndices(
    x: number,
    y: number,
    width: number,
    height: number,
    bytes: Uint8Array,
    from: number,
    size: number,
    palette: Int32Array,
    colours: number,
  ): number;
  /**
   * Draws runs of palette indices, as RFC 6143 §7.7.5 has them, that cover an area of at most {@link MOST_OF_RUNS} pixels.
   *
   * @returns the offset behind them; or -1, and nothing is drawn: an index of `colours` or above, a run that leaves the area, too few
   *   bytes
   */
  fillRuns(
    x: number,
    y: number,
    width: number,
    height: number,
    bytes: Uint8Array,
    from: number,
    palette: Int32Array,
    colours: number,
  ): number;
  /** For {@link synthesise}: a tile's coefficients, of 8 bits a channel, as they travel. Whatever else is drawn spoils them. */
  readonly coefficients: Uint32Array;
  /** Draws what wavelet.ts makes of `coefficients`. The sides are multiples of 2^level. */
  synthesise(x: number, y: number, width: number, height: number, level: number): void;
  /** Draws pixels as they come over the wire. @param reader one that is `isVector` */
  read(reader: PixelReader, bytes: Uint8Array, at: number, x: number, y: number, width: number, height: number): void;
  /**
   * Draws pixels as they come over the wire, once decompressed: the LZO1X data that `bytes` has from `at` on, which has a byte.
   *
   * @param reader one that is `isVector`
   * @returns whether it has: if not, there is a fault, for `decompressLzo1x` to tell, or something that only that one does
   */
  readLzo1x(
    reader: PixelReader,
    bytes: Uint8Array,
    at: number,
    x: number,
    y: number,
    width: number,
    height: number,
  ): boolean;
}

/** Pixels of an area that a painter is asked for: it costs a call, and a copy of the bytes. */
export const MANY = 64;

/** Pixels of an area that it draws runs on: a tile of ZRLE. */
export const MOST_OF_RUNS = 4096;

/** Whether it is asked for an area of indices, which it draws sixteen at a time. */
export function isWide(width: number, height: number): boolean {
  return width >= 16 && width * height >= MANY;
}
