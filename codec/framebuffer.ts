/**
 * A picture that a server's events draw on.
 *
 * @module
 */

import { decodeCopyRect } from "./encodings/copy_rect.ts";
import { RfbError } from "./errors.ts";
import type { ServerEvent } from "./framer.ts";
import { Encoding, nameOfEncoding } from "./names.ts";
import { bytesPerPixelOf, type PixelFormat } from "./pixel_format.ts";
import type { Rectangle } from "./server/rectangle.ts";
import type { ColourMapEntry } from "./server/set_colour_map_entries.ts";

/** Pixels in the format that the server sends them in, turned into RGBA on request. */
export interface Framebuffer {
  readonly width: number;
  readonly height: number;
  readonly pixelFormat: PixelFormat;
  /** Row by row, no padding. */
  readonly pixels: Uint8Array;
  /**
   * Draws what the event brings; events that bring no pixels are welcome too.
   *
   * @throws {RfbError} `malformed`: a CopyRect from outside; `unknownType`: an encoding we do not draw
   */
  apply(event: ServerEvent): void;
  /** R, G, B, A bytes, row by row; A is 255. Each channel is scaled to 0–255 and rounded half up. */
  toRgba(): Uint8Array;
}

/** A black picture. Give it the format in force, as the session has it, before the first update. */
export function createFramebuffer(width: number, height: number, pixelFormat: PixelFormat): Framebuffer {
  const bytesPerPixel = bytesPerPixelOf(pixelFormat);
  const colourMap: ColourMapEntry[] = [];
  let pixels = new Uint8Array(width * height * bytesPerPixel);
  let rectangle: Rectangle | undefined;
  let drawn = 0; // bytes of the present rectangle's payload

  return {
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    get pixels() {
      return pixels;
    },
    pixelFormat,
    apply(event) {
      switch (event.type) {
        case "rectangle":
          rectangle = event;
          drawn = 0;
          if (event.encodingType === Encoding.DesktopSize) resize(event.width, event.height);
          return;
        case "rectanglePayload":
          if (rectangle !== undefined) draw(rectangle, event.bytes);
          return;
        case "setColourMapEntries":
          for (const [i, colour] of event.colours.entries()) colourMap[event.firstColour + i] = colour;
          return;
        default:
          return;
      }
    },
    toRgba: () => rgbaOf(pixels, pixelFormat, colourMap),
  };

  function resize(newWidth: number, newHeight: number): void {
    if (newWidth === width && newHeight === height) return;
    const resized = new Uint8Array(newWidth * newHeight * bytesPerPixel);
    const row = Math.min(width, newWidth) * bytesPerPixel;
    for (let y = 0; y < Math.min(height, newHeight); y++) {
      const from = y * width * bytesPerPixel;
      resized.set(pixels.subarray(from, from + row), y * newWidth * bytesPerPixel);
    }
    width = newWidth;
    height = newHeight;
    pixels = resized;
  }

  function draw(into: Rectangle, bytes: Uint8Array): void {
    switch (into.encodingType) {
      case Encoding.Raw:
        drawRaw(into, bytes);
        return;
      case Encoding.CopyRect:
        copy(into, bytes);
        return;
      case Encoding.DesktopSize:
      case Encoding.LastRect:
        return;
      default:
        throw new RfbError("unknownType", "Cannot draw a rectangle", `encoding ${nameOfEncoding(into.encodingType)}`);
    }
  }

  // Pieces end anywhere, in the middle of a pixel too.
  function drawRaw({ x, y, width: columns }: Rectangle, bytes: Uint8Array): void {
    const row = columns * bytesPerPixel;
    for (let at = 0; at < bytes.length; ) {
      const inRow = drawn % row;
      const step = Math.min(row - inRow, bytes.length - at);
      const line = y + (drawn - inRow) / row;
      pixels.set(bytes.subarray(at, at + step), (line * width + x) * bytesPerPixel + inRow);
      at += step;
      drawn += step;
    }
  }

  function copy({ x, y, width: columns, height: rows }: Rectangle, payload: Uint8Array): void {
    const { srcX, srcY } = decodeCopyRect(payload);
    if (srcX + columns > width || srcY + rows > height) {
      const reason = `${columns}x${rows} at ${srcX},${srcY} leaves the framebuffer of ${width}x${height}`;
      throw new RfbError("malformed", "Cannot draw a CopyRect", reason);
    }
    const row = columns * bytesPerPixel;
    // Source and destination may overlap: downward moves go from the last row up. Within a row copyWithin sees to it.
    for (let i = 0; i < rows; i++) {
      const line = y > srcY ? rows - 1 - i : i;
      const from = ((srcY + line) * width + srcX) * bytesPerPixel;
      pixels.copyWithin(((y + line) * width + x) * bytesPerPixel, from, from + row);
    }
  }
}

function rgbaOf(pixels: Uint8Array, format: PixelFormat, colourMap: readonly ColourMapEntry[]): Uint8Array {
  const bytesPerPixel = bytesPerPixelOf(format);
  const rgba = new Uint8Array((pixels.length / bytesPerPixel) * 4);
  if (format.trueColourFlag === 0) {
    for (let i = 0; i < pixels.length; i++) {
      const { red, green, blue } = colourMap[pixels[i]!] ?? BLACK;
      putRgba(rgba, 4 * i, scaled(red, 65535), scaled(green, 65535), scaled(blue, 65535));
    }
    return rgba;
  }
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format;
  const reds = scale(redMax);
  const greens = scale(greenMax);
  const blues = scale(blueMax);
  for (let at = 0, to = 0; at < pixels.length; at += bytesPerPixel, to += 4) {
    let value = 0;
    for (let i = 0; i < bytesPerPixel; i++) {
      value = (value << 8) | pixels[format.bigEndianFlag ? at + i : at + bytesPerPixel - 1 - i]!;
    }
    putRgba(
      rgba,
      to,
      reds[(value >>> redShift) & redMax]!,
      greens[(value >>> greenShift) & greenMax]!,
      blues[(value >>> blueShift) & blueMax]!,
    );
  }
  return rgba;
}

function putRgba(rgba: Uint8Array, at: number, red: number, green: number, blue: number): void {
  rgba[at] = red;
  rgba[at + 1] = green;
  rgba[at + 2] = blue;
  rgba[at + 3] = 255;
}

function scale(max: number): Uint8Array {
  return Uint8Array.from({ length: max + 1 }, (_, value) => scaled(value, max));
}

function scaled(value: number, max: number): number {
  return Math.floor((value * 510 + max) / (2 * max));
}

const BLACK: ColourMapEntry = { red: 0, green: 0, blue: 0 };
