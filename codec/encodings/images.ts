import type { Image } from "../compression.ts";
import { RfbError } from "../errors.ts";
import type { PixelFormat } from "../pixel_format.ts";
import type { PixelReaders, Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";

/** Draws a decoded picture in its rectangle: what does not fit on the right and below is left out. */
export function drawImage(image: Image, rectangle: Rectangle, pixels: PixelReaders, into: Surface): void {
  const columns = Math.min(image.width, rectangle.width);
  const rows = Math.min(image.height, rectangle.height);
  const colours = coloursOf(image);
  const { ofRgb } = pixels;
  const isExact = pixels.output === "rgba" && hasEightBits(pixels.format);
  for (let row = 0; row < rows; row++) {
    const from = row * image.width;
    const to = (rectangle.y + row) * into.width + rectangle.x;
    if (isExact) {
      for (let i = 0; i < columns; i++) into.pixels[to + i] = colours[from + i]! | 0xff000000;
    } else {
      for (let i = 0; i < columns; i++) {
        const colour = colours[from + i]!;
        into.pixels[to + i] = ofRgb(colour & 0xff, (colour >>> 8) & 0xff, (colour >>> 16) & 0xff);
      }
    }
  }
}

/**
 * `decoder`, if there is one. Without it an encoding is one that we cannot draw: who has no decoder does not ask for it.
 *
 * @throws {RfbError} `unknownType`
 */
export function decoderOf<Decoder>(name: string, decoder: Decoder | undefined, act: string): Decoder {
  if (decoder === undefined) throw new RfbError("unknownType", act, `no decoder for ${name} was given`);
  return decoder;
}

/** The picture as a number a pixel: a view where that can be. */
function coloursOf({ data }: Image): Uint32Array {
  // Not data.slice(): of a Buffer, that is a view as well.
  const bytes = data.byteOffset % 4 === 0 ? data : new Uint8Array(data);
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

function hasEightBits({ trueColourFlag, redMax, greenMax, blueMax }: PixelFormat): boolean {
  return trueColourFlag !== 0 && redMax === 255 && greenMax === 255 && blueMax === 255;
}
