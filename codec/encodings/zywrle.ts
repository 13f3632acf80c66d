import { isEightBits } from "../channels.ts";
import { extend, writtenOf } from "../output.ts";
import { bytesPerPixelOf, type PixelFormat } from "../pixel_format.ts";
import type { Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import type { DecodeContext, DecoderMemory, EncodeContext } from "./context.ts";
import { qualityLevelOf } from "./levels.ts";
import { createTileWriter, loadTile, writeRaw, writeShorter } from "./rle_tile_writer.ts";
import { createTileReader, expectEnd, readTile, Subencoding } from "./rle_tiles.ts";
import { type Advance, advanceCounted } from "./walk.ts";
import { analyse, createWavelet, synthesise, synthesiseBy, type Wavelet } from "./wavelet.ts";
import { deflateTiles, inflateTiles, ZRLE_SIDE } from "./zrle.ts";

const ACT = "Cannot read a ZYWRLE rectangle";

/** The length comes first. @throws {RfbError} `limit` */
export const advanceZywrle: Advance = advanceCounted(ACT);

/**
 * ZYWRLE, by Hitachi, in no specification: ZRLE's payload and ZRLE's stream, but with 16 or 32 bits a pixel a tile of
 * subencoding 0 goes on with a tile of its own, whose pixels are the coefficients of a wavelet (see wavelet.ts). Its
 * level follows from the quality that the client has asked for.
 *
 * @throws {RfbError} as {@link decodeZrle}
 */
export function decodeZywrle(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface): void {
  const { pixels, session } = context;
  const tiles = inflateTiles(payload, rectangle, context, ACT);
  const reader = createTileReader(tiles, pixels.cpixel, "Cannot read a ZYWRLE tile");
  const level = levelFor(pixels.format, qualityLevelOf(session.encodingTypes));
  const painter = pixels.output === "rgba" && isEightBits(pixels.format) ? into.painter : undefined;
  const { x, y, width, height } = rectangle;
  for (let top = 0; top < height; top += ZRLE_SIDE) {
    const rows = Math.min(ZRLE_SIDE, height - top);
    for (let left = 0; left < width; left += ZRLE_SIDE) {
      const columns = Math.min(ZRLE_SIDE, width - left);
      if (level === 0 || tiles[reader.at] !== Subencoding.Raw) {
        readTile(reader, into, x + left, y + top, columns, rows);
        continue;
      }
      reader.at++;
      const pixels = painter?.coefficients ?? waveletOf(context).pixels;
      readTile(reader, { width: columns, height: rows, pixels }, 0, 0, columns, rows);
      if (painter !== undefined) synthesiseBy(painter, level, into, x + left, y + top, columns, rows);
      else synthesise(waveletOf(context), level, into, x + left, y + top, columns, rows);
    }
  }
  expectEnd(reader);
}

/**
 * As ZRLE, but pixels that nothing else makes short go through the wavelet. Where nothing may be lost (no quality was
 * asked for, or 9), and where the format does not have its channels where everyone's wavelet looks for them, runs take
 * the place of pixels.
 */
export function encodeZywrle(area: Surface, context: EncodeContext): Uint8Array {
  const { width, height } = area;
  const { format, cpixel } = context.pixels;
  const { qualityLevel } = context;
  const level = levelFor(format, qualityLevel);
  const isLossy = qualityLevel !== undefined && qualityLevel < 9 && isCommon(format);
  const writer = createTileWriter(cpixel, Math.min(ZRLE_SIDE, width) * Math.min(ZRLE_SIDE, height));
  let wavelet: Wavelet | undefined;
  for (let top = 0; top < height; top += ZRLE_SIDE) {
    const rows = Math.min(ZRLE_SIDE, height - top);
    for (let left = 0; left < width; left += ZRLE_SIDE) {
      const columns = Math.min(ZRLE_SIDE, width - left);
      const rawLength = columns * rows * cpixel.size;
      loadTile(writer, area.pixels, format, top * width + left, width, columns, rows);
      const mostLength = isLossy || level === 0 ? rawLength >> level : Number.POSITIVE_INFINITY;
      if (writeShorter(writer, columns, rows, mostLength)) continue;
      if (level > 0) {
        wavelet ??= createWavelet(format, "values", TILE);
        analyse(wavelet, writer.values, level, columns, rows);
        writer.output.bytes[extend(writer.output, 1)] = Subencoding.Raw;
        if (writeShorter(writer, columns, rows, rawLength)) continue;
      }
      writeRaw(writer, columns * rows);
    }
  }
  return deflateTiles(writtenOf(writer.output), context);
}

/**
 * How often the wavelet is applied, 0 to 3. libvncserver and QEMU count like this. libvncclient takes 9 for not at all,
 * and so misreads libvncserver; QEMU sends it no ZYWRLE.
 */
function levelFor(format: PixelFormat, qualityLevel: number | undefined): number {
  if (bytesPerPixelOf(format) === 1) return 0;
  if (qualityLevel === undefined || qualityLevel > 5) return 1;
  return qualityLevel > 2 ? 2 : 3;
}

/** Kept from tile to tile, up to another format. */
function waveletOf({ memory, pixels: { format, output } }: DecodeContext): Wavelet {
  let wavelet = WAVELETS.get(memory);
  if (wavelet?.format !== format) {
    wavelet = createWavelet(format, output, TILE);
    WAVELETS.set(memory, wavelet);
  }
  return wavelet;
}

/** A connection's, here and not in its memory: that is public, and so would their type be. */
const WAVELETS = /* @__PURE__ */ new WeakMap<DecoderMemory, Wavelet>();

/** Green in the middle of the lower 24, 16 or 15 bits. Which of red and blue is where makes no difference. */
function isCommon(format: PixelFormat): boolean {
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format;
  const side = format.bitsPerPixel === 32 ? 255 : 31;
  const bits = format.bitsPerPixel === 32 ? 8 : 5;
  const high = bits + (greenMax === 63 ? 6 : bits);
  return (
    redMax === side &&
    blueMax === side &&
    (greenMax === side || (greenMax === 63 && side === 31)) &&
    greenShift === bits &&
    Math.min(redShift, blueShift) === 0 &&
    Math.max(redShift, blueShift) === high
  );
}

const TILE = ZRLE_SIDE * ZRLE_SIDE;
