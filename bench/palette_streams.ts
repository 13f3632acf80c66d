/**
 * Rectangles in which each tile has a palette of so many colours, all of them in use.
 *
 * @module
 */

import { constants, deflateSync } from "node:zlib";

/** Pixels a side. */
export const PALETTE_SIDE = 512;
export const PALETTE_PIXELS: number = PALETTE_SIDE * PALETTE_SIDE;

const TILE = 64;
const TILES = PALETTE_PIXELS / (TILE * TILE);
const RUN = 4;

/** ZRLE's payload: indices of 1, 2 or 4 bits. */
export function zrlePackedPalette(colours: number): Uint8Array {
  const bits = colours === 2 ? 1 : colours <= 4 ? 2 : 4;
  return zrle([colours, ...palette(colours)], packed(colours, bits, TILE * TILE));
}

/** ZRLE's payload: an index and a length for each run of four pixels. */
export function zrlePaletteRle(colours: number): Uint8Array {
  const runs = Uint8Array.from({ length: (2 * TILE * TILE) / RUN }, (_, i) =>
    i % 2 === 0 ? 0x80 | indexAt(i >> 1, colours) : RUN - 1,
  );
  return zrle([0x80 | colours, ...palette(colours)], runs);
}

/** Tight's payload: the palette filter on its first zlib stream, with indices of 1 bit or of 8. */
export function tightPalette(colours: number): Uint8Array {
  const deflated = deflatedOf(packed(colours, colours === 2 ? 1 : 8, PALETTE_PIXELS));
  const { length } = deflated;
  // A length in 7, 7 and 8 bits, each of the first two with a bit that tells of more.
  const compact = [(length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14];
  return Buffer.concat([Uint8Array.of(0x40, 1, colours - 1, ...palette(colours), ...compact), deflated]);
}

function zrle(head: readonly number[], data: Uint8Array): Uint8Array {
  const tile = Buffer.concat([Uint8Array.from(head), data]);
  const deflated = deflatedOf(Buffer.concat(Array.from({ length: TILES }, () => tile)));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, deflated.length);
  return Buffer.concat([length, deflated]);
}

/** Three bytes a colour. */
function palette(colours: number): number[] {
  return Array.from({ length: 3 * colours }, (_, i) => (i * 37) & 0xff);
}

/** Rows are whole bytes at every width that is used here. */
function packed(colours: number, bits: number, pixels: number): Uint8Array {
  const bytes = new Uint8Array((pixels * bits) / 8);
  for (let i = 0; i < pixels; i++) {
    const bit = i * bits;
    bytes[bit >> 3]! |= indexAt(i, colours) << (8 - bits - (bit & 7));
  }
  return bytes;
}

/** In no order, and the same in every run. */
function indexAt(i: number, colours: number): number {
  return (Math.imul(i + 1, 0x9e3779b1) >>> 8) % colours;
}

function deflatedOf(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
}
