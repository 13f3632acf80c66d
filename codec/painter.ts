import type { PixelReader } from "./pixels.ts";

/**
 * Draws on the one surface that it belongs to, with what loops over its pixels do not have, such as vector instructions. It
 * draws the same. Areas of a few pixels cost more here than loops over them do, from {@link MANY} on less.
 *
 * Whoever calls has made sure that the area is inside, that it has a pixel, and that its bytes are there.
 */
export interface Painter {
  /** See {@link fillArea}. */
  fill(x: number, y: number, width: number, height: number, pixel: number): void;
  /** See {@link fillBits}. */
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
   * Draws from an index of `size` bits a pixel, 2, 4 or 8, the leftmost one highest; rows begin on bytes.
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
  /** See {@link readArea}. @param reader one that is `isVector` */
  read(reader: PixelReader, bytes: Uint8Array, at: number, x: number, y: number, width: number, height: number): void;
}

/** Pixels of an area that a painter is asked for. */
export const MANY = 64;
