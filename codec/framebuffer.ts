/**
 * A picture that a server's events draw on.
 *
 * @module
 */

import { type Area, createDamage, intersectionOf } from "./areas.ts";
import { scaledTo255 } from "./channels.ts";
import { createDecoder, type DecoderOptions } from "./decoder.ts";
import { type Cursor, decodeCursor } from "./encodings/cursor.ts";
import { decodeCursorWithAlpha } from "./encodings/cursor_with_alpha.ts";
import { DECODERS } from "./encodings/decoders.ts";
import { framingOf } from "./encodings/framing.ts";
import { decodeRawPiece } from "./encodings/raw.ts";
import { decodeVmwareCursor } from "./encodings/vmware_cursor.ts";
import { decodeXCursor } from "./encodings/x_cursor.ts";
import type { RectanglePayload, ServerEvent } from "./framer.ts";
import { Encoding } from "./names.ts";
import { createPayloadCollector } from "./payload.ts";
import type { Surface } from "./pixels.ts";
import type { Rectangle } from "./server/rectangle.ts";
import type { ColourMapEntry } from "./server/set_colour_map_entries.ts";
import type { Session, Size } from "./session.ts";
import { type CreateSurface, createSurface, cutOut, paste, takeOver } from "./surfaces.ts";

/**
 * What a server shows. Its pixels are RGBA; where a colour map was in force, A is 0 and R the index. They take memory from
 * the first one on that is drawn or looked at: a size alone takes none. Look for `pixels` again behind each change of the size:
 * an array from before it is no longer drawn on, and may be spoilt; the new one may be in the same buffer.
 */
export interface Framebuffer extends Surface {
  /** The shape of the pointer, which is never drawn into the picture; undefined until the server has sent one. */
  readonly cursor: Cursor | undefined;
  /** Where the server has put the pointer, if it ever did. */
  readonly pointer: { readonly x: number; readonly y: number } | undefined;
  /**
   * Draws what the event brings; events that bring no pixels are welcome too.
   *
   * @param session as it is once it has observed the event: the picture takes its size
   * @throws {RfbError} what the server did wrong; `unknownType`: an encoding that we cannot draw
   */
  apply(event: ServerEvent, session: Session): void;
  /** Draws a picture, such as a video's, as far as it fits. */
  draw(x: number, y: number, picture: Surface): void;
  /** The areas that were drawn on since the last call, in few rectangles that may overlap. */
  takeDamage(): readonly Area[];
  /** R, G, B, A bytes, row by row; A is 255. Each channel is scaled to 0–255 and rounded half up. */
  toRgba(): Uint8Array;
  /**
   * Nothing more will come: lets go of zlib's streams and of the decoders of videos. The picture stays; rectangles that come
   * afterwards and have to be decoded are a `TypeError`.
   */
  close(): void;
}

/** How a picture is to be drawn, and on what. */
export interface FramebufferOptions extends DecoderOptions {
  /** Makes what is drawn on; {@link createSurface} when absent. `createSimdSurface` of `simd` makes what is drawn on faster. */
  readonly createSurface?: CreateSurface;
}

/** A black picture, 0 × 0 until it sees a session's size. */
export function createFramebuffer(options: FramebufferOptions = {}): Framebuffer {
  const { createSurface: create = createSurface } = options;
  const decoder = createDecoder({ onPicture: (picture, { x, y }) => draw(x, y, picture), ...options });
  const collect = createPayloadCollector();
  const damage = createDamage();
  let size: Size = NOTHING;
  let surface = NOTHING; // as large as it was when it was last drawn on
  let kept: Size = NOTHING; // what of it has been inside ever since
  const colourMap = new Uint32Array(COLOURS).fill(BLACK); // RGBA
  let rectangle: Rectangle | undefined;
  let drawn = 0; // pixels of the present Raw rectangle
  let cursor: Cursor | undefined;
  let pointer: Framebuffer["pointer"];
  const tail = new Uint8Array(4); // of a pixel that has not all come yet
  let tailLength = 0;

  return {
    get width() {
      return size.width;
    },
    get height() {
      return size.height;
    },
    get pixels() {
      return drawable().pixels;
    },
    get cursor() {
      return cursor;
    },
    get pointer() {
      return pointer;
    },
    apply(event, session) {
      const { framebufferWidth, framebufferHeight } = session;
      if (framebufferWidth !== size.width || framebufferHeight !== size.height) {
        resize(framebufferWidth, framebufferHeight);
      }
      switch (event.type) {
        case "rectangle":
          rectangle = event;
          drawn = 0;
          tailLength = 0;
          return;
        case "rectanglePayload":
          if (rectangle !== undefined) applyPayload(event, rectangle, session);
          return;
        case "setColourMapEntries":
          // A pixel with a colour map has 8 bits: what lies beyond is nobody's colour.
          for (let i = 0; i < event.colours.length && event.firstColour + i < COLOURS; i++) {
            colourMap[event.firstColour + i] = colourOf(event.colours[i]!);
          }
          damage.add({ x: 0, y: 0, ...size });
          return;
        default:
          return;
      }
    },
    draw,
    takeDamage: () => damage.take(),
    toRgba: () => rgbaOf(drawable().pixels, colourMap),
    close: decoder.close,
  };

  function draw(x: number, y: number, picture: Surface): void {
    const place = { x, y, width: picture.width, height: picture.height };
    const shown = intersectionOf(place, { x: 0, y: 0, ...size });
    if (shown === undefined) return;
    paste(drawable(), shown.x, shown.y, cutOut(picture, shown.x - x, shown.y - y, shown.width, shown.height));
    damage.add(shown);
  }

  function resize(width: number, height: number): void {
    size = { width, height };
    kept = { width: Math.min(width, kept.width), height: Math.min(height, kept.height) };
    if (kept.width * kept.height === 0) surface = NOTHING;
    damage.take(); // of the old size, which may leave the new one
    damage.add({ x: 0, y: 0, ...size });
  }

  // A new size costs a server 12 bytes: only pixels that are drawn in it are worth 4 for each of its own.
  function drawable(): Surface {
    if (isSame(kept, size) && isSame(surface, size)) return surface;
    // In memory that is there all of the new size is touched: only where that is little more than what is kept.
    const isLike = 4 * kept.width * kept.height >= size.width * size.height;
    const resized = create(size.width, size.height, isLike ? surface : undefined);
    takeOver(resized, surface, kept.width, kept.height);
    surface = resized;
    kept = size;
    return surface;
  }

  function applyPayload(event: RectanglePayload, into: Rectangle, session: Session): void {
    if (into.encodingType === Encoding.Raw) {
      drawRaw(event.bytes, into, session);
      if (event.last) damage.add(areaOf(into));
      return;
    }
    const payload = collect(event);
    if (payload === undefined) return;
    switch (into.encodingType) {
      case Encoding.Cursor:
        cursor = decodeCursor(payload, into, decoder.contextOf(session));
        return;
      case Encoding.XCursor:
        cursor = decodeXCursor(payload, into);
        return;
      case Encoding.CursorWithAlpha:
        cursor = decodeCursorWithAlpha(payload, into, decoder.contextOf(session));
        return;
      case Encoding.VMwareCursor:
        cursor = decodeVmwareCursor(payload, into, decoder.contextOf(session));
        return;
      case Encoding.PointerPos:
      case Encoding.VMwareCursorPosition:
        pointer = { x: into.x, y: into.y };
        return;
      case Encoding.VMwareDisplayModeChange:
        colourMap.fill(BLACK);
        return;
    }
    // An encoding that draws nothing is somebody else's affair; one that does and is unknown is a fault.
    if (!DECODERS.has(into.encodingType) && framingOf(into.encodingType)?.drawsPixels === false) return;
    decoder.decode(payload, into, session, drawable());
    // An UltraZip's head does not say what it draws on, nor does an ATEN's.
    const isPlace = framingOf(into.encodingType)?.drawsPixels === true;
    damage.add(isPlace ? areaOf(into) : { x: 0, y: 0, ...size });
  }

  // As it comes: a Raw rectangle can be as large as the picture. Pieces end anywhere, in the middle of a pixel too.
  function drawRaw(bytes: Uint8Array, into: Rectangle, session: Session): void {
    const context = decoder.contextOf(session);
    const pixelSize = context.pixels.pixel.size;
    let at = 0;
    if (tailLength > 0) {
      at = Math.min(pixelSize - tailLength, bytes.length);
      tail.set(bytes.subarray(0, at), tailLength);
      tailLength += at;
      if (tailLength < pixelSize) return;
      drawn += decodeRawPiece(tail.subarray(0, pixelSize), drawn, into, context, drawable());
      tailLength = 0;
    }
    const count = decodeRawPiece(at === 0 ? bytes : bytes.subarray(at), drawn, into, context, drawable());
    drawn += count;
    const rest = bytes.subarray(at + count * pixelSize);
    tail.set(rest);
    tailLength = rest.length;
  }
}

const NOTHING = createSurface(0, 0);

function areaOf({ x, y, width, height }: Rectangle): Area {
  return { x, y, width, height };
}

function isSame(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height;
}

function rgbaOf(pixels: Uint32Array, colourMap: Uint32Array): Uint8Array {
  const rgba = new Uint32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i]!;
    rgba[i] = pixel > 0xffffff ? pixel : (colourMap[pixel] ?? BLACK);
  }
  return new Uint8Array(rgba.buffer);
}

function colourOf({ red, green, blue }: ColourMapEntry): number {
  return 0xff000000 | (scaledTo255(blue, 65535) << 16) | (scaledTo255(green, 65535) << 8) | scaledTo255(red, 65535);
}

const COLOURS = 256;
const BLACK = 0xff000000;
