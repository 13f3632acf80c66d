import type { Image } from "../compression.ts";
import { RfbError } from "../errors.ts";
import { type PixelFormat, RGBX8888 } from "../pixel_format.ts";
import { type PixelReaders, pixelReadersOf, readArea, type Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";

/**
 * Draws a decoded picture, of four bytes a pixel or of three, in its rectangle: what does not fit on the right and below is
 * left out.
 */
export function drawImage(image: Image, rectangle: Rectangle, pixels: PixelReaders, into: Surface): void {
  const { x, y } = rectangle;
  const columns = Math.min(image.width, rectangle.width);
  const rows = Math.min(image.height, rectangle.height);
  const data = bytesOf(image);
  const { tpixel: rgb, pixel: rgba } = pixelReadersOf(RGBX8888);
  const count = image.width * image.height;
  const reader = data.length === 3 * count ? rgb : rgba;
  if (data.length < reader.size * count) {
    throw new TypeError(
      `Cannot draw a picture of ${image.width}x${image.height}: its decoder gave ${data.length} bytes`,
    );
  }
  if (columns === image.width) readArea(reader, data, 0, into, x, y, columns, rows);
  else {
    const length = image.width * reader.size;
    for (let row = 0; row < rows; row++) readArea(reader, data, row * length, into, x, y + row, columns, 1);
  }
  if (pixels.output !== "rgba" || !hasEightBits(pixels.format)) squeeze(into, x, y, columns, rows, pixels);
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

/** By one type of array, for speed. */
function bytesOf({ data }: Image): Uint8Array {
  return data instanceof Uint8Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.length);
}

function hasEightBits({ trueColourFlag, redMax, greenMax, blueMax }: PixelFormat): boolean {
  return trueColourFlag !== 0 && redMax === 255 && greenMax === 255 && blueMax === 255;
}

/** Puts RGBA pixels through a format. */
function squeeze(into: Surface, x: number, y: number, columns: number, rows: number, format: PixelReaders): void {
  const channels = channelsOf(format);
  const { pixels, width } = into;
  for (let row = y; row < y + rows; row++) {
    const from = row * width + x;
    for (let i = from; i < from + columns; i++) {
      const colour = pixels[i]!;
      pixels[i] =
        channels[colour & 0xff]! | channels[256 | ((colour >> 8) & 0xff)]! | channels[512 | ((colour >> 16) & 0xff)]!;
    }
  }
}

/** What each red, then each green, then each blue brings into a pixel: no two channels share a bit. */
function channelsOf(pixels: PixelReaders): Int32Array {
  let channels = CHANNELS.get(pixels);
  if (channels === undefined) {
    channels = new Int32Array(768);
    for (let i = 0; i < 256; i++) {
      channels[i] = pixels.ofRgb(i, 0, 0);
      channels[256 | i] = pixels.ofRgb(0, i, 0);
      channels[512 | i] = pixels.ofRgb(0, 0, i);
    }
    CHANNELS.set(pixels, channels);
  }
  return channels;
}

const CHANNELS: WeakMap<PixelReaders, Int32Array> = new WeakMap();
