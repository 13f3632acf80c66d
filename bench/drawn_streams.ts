/**
 * Streams that nobody has recorded: what our encoders make of one picture, always the same.
 *
 * @module
 */

import { NO_COMPRESSION } from "../codec/compression.ts";
import { createEncoder } from "../codec/encoder.ts";
import { Encoding } from "../codec/names.ts";
import { type PixelFormat, RGBX8888 } from "../codec/pixel_format.ts";
import type { Surface } from "../codec/pixels.ts";
import { encodeFramebufferUpdate } from "../codec/server/framebuffer_update.ts";
import { encodeRectangle } from "../codec/server/rectangle.ts";
import { createSurface, cutOut, fillArea, paste } from "../codec/surfaces.ts";
import { FORMATS } from "../test/interop/formats.ts";
import { DRAWINGS, KINDS, mixedPicture, redraw, squeezed } from "../test/interop/pictures.ts";
import { comparePictures } from "../test/peers/picture.ts";
import { type Bare, type Stream, sessionBehindInit, streamOf } from "./decoder_stream.ts";

/** A stream to be drawn when it is wanted. */
export interface Drawing {
  readonly name: string;
  readonly encoding: string;
  readonly format: PixelFormat;
  stream(): Stream;
}

/** In 888 as noVNC asks for it, and in 565. */
export function drawings(width: number, height: number): readonly Drawing[] {
  return [RGBX8888, FORMATS.rgb565le].flatMap((format) => {
    const name = `drawn ${width}x${height} ${format.bitsPerPixel === 32 ? "888" : "565"}`;
    return [
      ...DRAWN.map((encoding) => ({
        name,
        encoding,
        format,
        stream: () => drawnStream(name, encoding, format, width, height),
      })),
      { name, encoding: "CopyRect", format, stream: () => movedStream(name, format, width, height) },
    ];
  });
}

const DRAWN = ["Raw", "RRE", "CoRRE", "Ultra", "TRLE"] as const;

/** A whole picture, areas of it, and another whole one. */
function drawnStream(
  name: string,
  encoding: (typeof DRAWN)[number],
  format: PixelFormat,
  width: number,
  height: number,
): Stream {
  const kinds = encoding === "RRE" || encoding === "CoRRE" ? DRAWINGS : KINDS;
  const picture = mixedPicture(width, height, kinds);
  const encoder = createEncoder(NO_COMPRESSION);
  const type = Encoding[encoding];
  const session = sessionBehindInit(width, height, format, [type]);
  const whole = { x: 0, y: 0, width, height };
  const part = { x: width >> 2, y: height >> 3, width: width >> 1, height: height >> 1 };
  const parts: Uint8Array[] = [];
  for (const [area, seed] of [[whole], [part, 7], [whole, 9]] as const) {
    if (seed !== undefined) redraw(picture, area, seed, kinds);
    parts.push(...updateOf(encoder.encode(picture, area, session, type)));
  }
  return streamDrawing(picture, { name, format, session, bytes: Buffer.concat(parts) });
}

/** Stripes, and windows that are moved over them in all directions, most often onto themselves. */
function movedStream(name: string, format: PixelFormat, width: number, height: number): Stream {
  const picture = createSurface(width, height);
  const encoder = createEncoder(NO_COMPRESSION);
  const session = sessionBehindInit(width, height, format, [Encoding.CopyRect, Encoding.RRE]);
  const parts: Uint8Array[] = [];
  for (let y = 0; y < height; y += 8) {
    for (let half = 0; half < 2; half++) {
      const area = { x: half * (width >> 1), y, width: width >> 1, height: Math.min(8, height - y) };
      const pixel = (0xff000000 | (((y * 37 + half * 91) & 0xff) * 0x010205)) >>> 0;
      fillArea(picture, area.x, area.y, area.width, area.height, pixel);
      parts.push(...updateOf(encoder.encode(picture, area, session, Encoding.RRE)));
    }
  }
  const [windowWidth, windowHeight] = [width >> 1, height >> 1];
  for (let i = 0; i < 200; i++) {
    const [x, y] = [(i * 7) % (width - windowWidth), (i * 5) % (height - windowHeight)];
    const [dx, dy] = MOVES[i % MOVES.length]!;
    const to = {
      x: Math.max(0, Math.min(width - windowWidth, x + dx)),
      y: Math.max(0, Math.min(height - windowHeight, y + dy)),
    };
    paste(picture, to.x, to.y, cutOut(picture, x, y, windowWidth, windowHeight));
    parts.push(...updateOf([copyRect(to.x, to.y, windowWidth, windowHeight, x, y)]));
  }
  return streamDrawing(picture, { name, format, session, bytes: Buffer.concat(parts) });
}

/** Scrolling, dragging, and a leap. */
const MOVES = [
  [0, -16],
  [0, 16],
  [-9, 0],
  [13, 5],
  [-300, -200],
] as const;

function copyRect(x: number, y: number, width: number, height: number, srcX: number, srcY: number): Uint8Array {
  const head = encodeRectangle({ type: "rectangle", x, y, width, height, encodingType: Encoding.CopyRect });
  return Buffer.concat([head, Uint8Array.of(srcX >> 8, srcX & 0xff, srcY >> 8, srcY & 0xff)]);
}

function updateOf(rectangles: readonly Uint8Array[]): readonly Uint8Array[] {
  const { length } = rectangles;
  return [encodeFramebufferUpdate({ type: "framebufferUpdate", numberOfRectangles: length }), ...rectangles];
}

/** A stream that ends in the picture, as far as the format lets it. */
export function streamDrawing(picture: Surface, what: Omit<Bare, "fault">): Stream {
  const expected = squeezed(picture, what.format);
  return streamOf({
    ...what,
    bytes: new Uint8Array(what.bytes),
    fault(shown) {
      const { pixels, first } = comparePictures(shown, expected);
      return pixels === 0 ? undefined : `${pixels} pixels are wrong: ${first}`;
    },
  });
}
