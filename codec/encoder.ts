/**
 * Pixels to rectangles.
 *
 * @module
 */

import type { Area } from "./areas.ts";
import { type Compression, NO_COMPRESSION } from "./compression.ts";
import { closeStreams, type Encode, type EncodeContext, type EncoderMemory } from "./encodings/context.ts";
import { ENCODERS } from "./encodings/encoders.ts";
import { compressionLevelOf, qualityLevelOf } from "./encodings/levels.ts";
import { wholeRectangle } from "./encodings/payload.ts";
import { cutAtPlainAreas, type Piece } from "./encodings/plain_areas.ts";
import { encodeRaw } from "./encodings/raw.ts";
import { Encoding } from "./names.ts";
import { createPixelWriters, type PixelWriters } from "./pixel_writers.ts";
import type { Surface } from "./pixels.ts";
import type { Session } from "./session.ts";
import { cutOut } from "./surfaces.ts";

export { compressionLevelOf, qualityLevelOf };

/** Encodes for one client, as it has asked. */
export interface Encoder {
  /**
   * The rectangles that draw an area, heads included. All of them are to be sent, in order: most encodings build on
   * what they sent before.
   *
   * @param encodingType the client's favourite among those we have, when absent
   * @throws {RangeError} an area that leaves the picture
   * @throws {TypeError} an encoding that we have no encoder for
   */
  encode(picture: Surface, area: Area, session: Session, encodingType?: number): Uint8Array[];
  /** Nothing more will be sent: lets go of zlib's streams. To encode afterwards is a `TypeError`. */
  close(): void;
}

/** An encoder at the start of a connection. */
export function createEncoder(compression: Compression = NO_COMPRESSION): Encoder {
  let memory: EncoderMemory | undefined = { tight: [] }; // until it is closed
  let pixels: PixelWriters | undefined;
  return {
    encode(picture, area, session, encodingType = encodingFor(session, compression)) {
      const encode = ENCODERS.get(encodingType);
      if (encode === undefined) throw new TypeError(`Cannot encode a rectangle: no encoder for ${encodingType}`);
      if (memory === undefined) throw new TypeError("Cannot encode a rectangle: the encoder is closed");
      const format = session.pixelFormat;
      if (format === undefined) throw new TypeError("Cannot encode a rectangle: the session has no pixelFormat");
      if (pixels?.format !== format) pixels = createPixelWriters(format);
      const { encodingTypes } = session;
      const context: EncodeContext = {
        pixels,
        compression,
        memory,
        compressionLevel: compressionLevelOf(encodingTypes) ?? DEFAULT_LEVEL,
        qualityLevel: qualityLevelOf(encodingTypes),
        encodingTypes,
      };
      const pieces = cutUp(area, encodingType, picture);
      return pieces.map((piece) => rectangleOf(picture, piece, encodingType, encode, context));
    },
    close() {
      if (memory !== undefined) closeStreams(memory);
      memory = undefined;
    },
  };
}

/** The first encoding of the client's list that we have an encoder and what that needs for, or Raw. */
export function encodingFor({ encodingTypes }: Session, compression: Compression): number {
  return encodingTypes.find((type) => ENCODERS.has(type) && suffices(compression, type)) ?? Encoding.Raw;
}

/** As TigerVNC: more costs much time for few bytes. */
const DEFAULT_LEVEL = 2;

const WITHOUT_COMPRESSION: ReadonlySet<number> = new Set([
  Encoding.Raw,
  Encoding.RRE,
  Encoding.CoRRE,
  Encoding.Hextile,
  Encoding.TRLE,
  Encoding.Ultra,
]);

/** Encodings that stand for themselves: where one is longer than the pixels, the pixels are sent. */
const STATELESS: ReadonlySet<number> = new Set([Encoding.RRE, Encoding.CoRRE, Encoding.Ultra]);

/**
 * The greatest width, height and area that an encoding can hold. Tight's width is 2048, and TightVNC's own
 * area 65 536 pixels: libvncclient draws a JPEG of more than 102 400 over the end of its buffer, with 16 bits a pixel.
 */
const MOST: ReadonlyMap<number, readonly [number, number, number]> = new Map([
  [Encoding.CoRRE, [255, 255, 255 * 255]],
  [Encoding.Tight, [2048, 65535, 2 ** 16]],
  [Encoding.TightPNG, [2048, 65535, 2 ** 16]],
]);

function suffices(compression: Compression, encodingType: number): boolean {
  if (compression === NO_COMPRESSION) return WITHOUT_COMPRESSION.has(encodingType);
  return encodingType !== Encoding.TightPNG || compression.encodePng !== undefined;
}

/**
 * The areas of the rectangles that {@link Encoder.encode} makes of an area: one each. What one rectangle can hold is always
 * one. Of more Tight cuts out what is of one colour, if it is told the picture.
 */
export function piecesOf(area: Area, encodingType: number, picture?: Surface): readonly Area[] {
  return cutUp(area, encodingType, picture).map(({ area }) => area);
}

function cutUp(area: Area, encodingType: number, picture: Surface | undefined): readonly Piece[] {
  const pieces = withinLimits(area, encodingType);
  if (pieces.length <= 1 || encodingType !== Encoding.Tight || picture === undefined) {
    return pieces.map((area) => ({ area, isPlain: false }));
  }
  return cutAtPlainAreas(picture, area).flatMap(({ area, isPlain }) =>
    withinLimits(area, encodingType).map((area) => ({ area, isPlain })),
  );
}

function withinLimits(area: Area, encodingType: number): readonly Area[] {
  const limits = MOST.get(encodingType);
  if (limits === undefined) return [area];
  const [columns, mostRows, mostPixels] = limits;
  const rows = Math.min(mostRows, Math.floor(mostPixels / Math.min(columns, area.width)));
  const pieces: Area[] = [];
  for (let y = 0; y < area.height; y += rows) {
    for (let x = 0; x < area.width; x += columns) {
      pieces.push({
        x: area.x + x,
        y: area.y + y,
        width: Math.min(columns, area.width - x),
        height: Math.min(rows, area.height - y),
      });
    }
  }
  return pieces;
}

function rectangleOf(
  picture: Surface,
  { area, isPlain }: Piece,
  encodingType: number,
  encode: Encode,
  context: EncodeContext,
): Uint8Array {
  const { x, y, width, height } = area;
  // Tight says only once which colour it is.
  const pixels = isPlain ? pixelsOf(picture, x, y, 1, 1) : pixelsOf(picture, x, y, width, height);
  let payload = encode(pixels, context);
  const isLonger = payload.length > width * height * context.pixels.pixel.size;
  const sent = isLonger && STATELESS.has(encodingType) ? Encoding.Raw : encodingType;
  if (sent !== encodingType) payload = encodeRaw(pixels, context);
  return wholeRectangle(sent, x, y, width, height, payload);
}

/** As {@link cutOut}, but whole rows are not copied: encoders only look at them. */
function pixelsOf(picture: Surface, x: number, y: number, width: number, height: number): Surface {
  if (x !== 0 || width !== picture.width || y < 0 || y + height > picture.height) {
    return cutOut(picture, x, y, width, height);
  }
  return { width, height, pixels: picture.pixels.subarray(y * width, (y + height) * width) };
}
