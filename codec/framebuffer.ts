/**
 * A picture that a server's events draw on.
 *
 * @module
 */

import { type Area, createDamage } from "./areas.ts";
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
import { type Surface, scaledTo255 } from "./pixels.ts";
import type { Rectangle } from "./server/rectangle.ts";
import type { ColourMapEntry } from "./server/set_colour_map_entries.ts";
import type { Session } from "./session.ts";
import { createSurface, cutOut, paste } from "./surfaces.ts";

/** What a server shows. Its pixels are RGBA; where a colour map was in force, A is 0 and R the index. */
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
}

/** A black picture, 0 × 0 until it sees a session's size. */
export function createFramebuffer(options: DecoderOptions = {}): Framebuffer {
  const decoder = createDecoder({ onPicture: (picture, { x, y }) => draw(x, y, picture), ...options });
  const collect = createPayloadCollector();
  const damage = createDamage();
  let surface = createSurface(0, 0);
  let colourMap: ColourMapEntry[] = [];
  let rectangle: Rectangle | undefined;
  let drawn = 0; // pixels of the present Raw rectangle
  let cursor: Cursor | undefined;
  let pointer: Framebuffer["pointer"];
  const tail = new Uint8Array(4); // of a pixel that has not all come yet
  let tailLength = 0;

  return {
    get width() {
      return surface.width;
    },
    get height() {
      return surface.height;
    },
    get pixels() {
      return surface.pixels;
    },
    get cursor() {
      return cursor;
    },
    get pointer() {
      return pointer;
    },
    apply(event, session) {
      const { framebufferWidth, framebufferHeight } = session;
      if (framebufferWidth !== surface.width || framebufferHeight !== surface.height) {
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
          for (const [i, colour] of event.colours.entries()) colourMap[event.firstColour + i] = colour;
          damage.add({ x: 0, y: 0, width: surface.width, height: surface.height });
          return;
        default:
          return;
      }
    },
    draw,
    takeDamage: () => damage.take(),
    toRgba: () => rgbaOf(surface.pixels, colourMap),
  };

  function draw(x: number, y: number, picture: Surface): void {
    const width = Math.min(picture.width, surface.width - x);
    const height = Math.min(picture.height, surface.height - y);
    if (width <= 0 || height <= 0) return;
    paste(surface, x, y, cutOut(picture, 0, 0, width, height));
    damage.add({ x, y, width, height });
  }

  function resize(width: number, height: number): void {
    const resized = createSurface(width, height);
    const kept = cutOut(surface, 0, 0, Math.min(width, surface.width), Math.min(height, surface.height));
    paste(resized, 0, 0, kept);
    surface = resized;
    damage.add({ x: 0, y: 0, width, height });
  }

  function applyPayload(event: RectanglePayload, into: Rectangle, session: Session): void {
    if (into.encodingType === Encoding.Raw) {
      drawRaw(event.bytes, into, session);
      if (event.last) damage.add(into);
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
        colourMap = [];
        return;
    }
    // An encoding that draws nothing is somebody else's affair; one that does and is unknown is a fault.
    if (!DECODERS.has(into.encodingType) && framingOf(into.encodingType)?.drawsPixels === false) return;
    decoder.decode(payload, into, session, surface);
    // An UltraZip's head does not say what it draws on, nor does an ATEN's.
    const isPlace = framingOf(into.encodingType)?.drawsPixels === true;
    damage.add(isPlace ? into : { x: 0, y: 0, width: surface.width, height: surface.height });
  }

  // As it comes: a Raw rectangle can be as large as the picture. Pieces end anywhere, in the middle of a pixel too.
  function drawRaw(bytes: Uint8Array, into: Rectangle, session: Session): void {
    const context = decoder.contextOf(session);
    const { size } = context.pixels.pixel;
    let at = 0;
    if (tailLength > 0) {
      at = Math.min(size - tailLength, bytes.length);
      tail.set(bytes.subarray(0, at), tailLength);
      tailLength += at;
      if (tailLength < size) return;
      drawn += decodeRawPiece(tail.subarray(0, size), drawn, into, context, surface);
      tailLength = 0;
    }
    const count = decodeRawPiece(at === 0 ? bytes : bytes.subarray(at), drawn, into, context, surface);
    drawn += count;
    const rest = bytes.subarray(at + count * size);
    tail.set(rest);
    tailLength = rest.length;
  }
}

function rgbaOf(pixels: Uint32Array, colourMap: readonly ColourMapEntry[]): Uint8Array {
  const rgba = new Uint32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i]!;
    rgba[i] = pixel > 0xffffff ? pixel : colourOf(colourMap[pixel]);
  }
  return new Uint8Array(rgba.buffer);
}

function colourOf({ red, green, blue }: ColourMapEntry = BLACK): number {
  return 0xff000000 | (scaledTo255(blue, 65535) << 16) | (scaledTo255(green, 65535) << 8) | scaledTo255(red, 65535);
}

const BLACK: ColourMapEntry = { red: 0, green: 0, blue: 0 };
