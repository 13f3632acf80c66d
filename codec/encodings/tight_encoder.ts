import type { Compression, Deflater, Image, Subsampling } from "../compression.ts";
import { Encoding } from "../names.ts";
import { valuesOf } from "../pixel_values.ts";
import { pixelBytesOf, writePixel, writePixels } from "../pixel_writers.ts";
import type { Surface } from "../pixels.ts";
import { isPlain } from "../surfaces.ts";
import type { EncodeContext } from "./context.ts";
import { FILL, FILTERED, JPEG, MAXIMUM_TIGHT_WIDTH, MINIMUM_TO_DEFLATE, PLAIN } from "./tight.ts";
import { bitsOf, GRADIENT, gradientOf, PALETTE } from "./tight_filters.ts";
import { type Palette, paletteOf } from "./tight_palette.ts";

/**
 * The pixels as Tight has them shortest: one colour, a palette, differences from a gradient, a JPEG picture where the client
 * has named a quality, or as they are.
 *
 * @throws {RangeError} other than one colour: wider than 2048 pixels, or more than about 4 MiB of data
 * @throws {TypeError} no compression was given
 */
export function encodeTight(area: Surface, context: EncodeContext): Uint8Array {
  return encodeWith(area, context, pixelsOf);
}

/** Encodes an area; `encodePixels` is asked where it is neither of one colour nor worth a JPEG picture. */
export function encodeWith(
  area: Surface,
  context: EncodeContext,
  encodePixels: (area: Surface, palette: Palette | undefined, context: EncodeContext) => Uint8Array,
): Uint8Array {
  const { width, height, pixels } = area;
  const { format, tpixel } = context.pixels;
  // Of one colour a pixel says it all.
  const isOne = pixels.length > 0 && isPlain(pixels, 0, width, width, height);
  const palette = paletteOf(isOne ? pixels.subarray(0, 1) : pixels, format, tpixel.size === 1 ? 2 : 256);
  if (palette !== undefined && palette.values.length <= 1) {
    const payload = new Uint8Array(1 + tpixel.size);
    payload[0] = FILL << 4;
    writePixel(tpixel, payload, 1, palette.values[0] ?? 0);
    return payload;
  }
  if (width > MAXIMUM_TIGHT_WIDTH) {
    throw new RangeError(`Cannot encode a Tight rectangle: ${width} pixels wide, at most ${MAXIMUM_TIGHT_WIDTH}`);
  }
  return photographOf(area, palette, context) ?? encodePixels(area, palette, context);
}

/** `control`, and data behind their length. */
export function measured(control: number, data: Uint8Array): Uint8Array {
  return withLength(Uint8Array.of(control), data);
}

/** An area's R, G, B, A bytes. */
export function imageOf({ width, height, pixels }: Surface): Image {
  return { width, height, data: new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength) };
}

/** JPEG's qualities for levels 0 to 9, as TigerVNC and TurboVNC have them. */
const QUALITIES: readonly (readonly [number, Subsampling])[] = [
  [15, "4:2:0"],
  [29, "4:2:0"],
  [41, "4:2:0"],
  [42, "4:2:2"],
  [62, "4:2:2"],
  [77, "4:2:2"],
  [79, "4:4:4"],
  [86, "4:4:4"],
  [92, "4:4:4"],
  [100, "4:4:4"],
];

/** Pixels: a JPEG picture of fewer is mostly head. */
const LEAST_PHOTOGRAPH = 400;

/** Pixels a colour, on average: a palette of more colours costs more than its indices save. */
const LEAST_USES = 4;

/** TightVNC uses the gradient filter from this level on, and noVNC, which asks for 2, could not read it before 2024. */
const LEAST_GRADIENT_LEVEL = 5;

/** Pixels that are deflated both ways; with fewer there is too little to gain. */
const TRIED = 1024;

/** Zlib streams: what is alike shares one. */
const PIXEL_STREAM = 0;
const BIT_STREAM = 1;
const INDEX_STREAM = 2;
const GRADIENT_STREAM = 3;

/**
 * Zlib's levels for levels 0 to 9. Indices are a third of the bytes or fewer, and gain more: they are worth more work. Zlib's 2
 * is hardly better than its 1, and from 4 on it looks for better matches a byte later.
 */
const INDEX_LEVELS = [0, 1, 3, 5, 6, 7, 7, 8, 9, 9] as const;
const PIXEL_LEVELS = [0, 1, 3, 4, 5, 6, 6, 7, 8, 9] as const;

/** Bytes: the longest that a length can tell, less what deflating adds to data that cannot be made shorter. */
const MOST_DATA = 0x3fffff - 4096;

const NO_FILTER = new Uint8Array(0);

/** A JPEG picture, where there may be losses and the colours are too many for a drawing. */
function photographOf(area: Surface, palette: Palette | undefined, context: EncodeContext): Uint8Array | undefined {
  const { compression, compressionLevel, qualityLevel, pixels } = context;
  if (qualityLevel === undefined || compression.encodeJpeg === undefined) return undefined;
  if (pixels.format.bitsPerPixel === 8 || area.width * area.height < LEAST_PHOTOGRAPH) return undefined;
  const drawing = compressionLevel < 2 ? 24 : 96;
  if (palette !== undefined && palette.values.length <= drawing) return undefined;
  const [quality, subsampling] = QUALITIES[qualityLevel]!;
  const jpeg = compression.encodeJpeg(imageOf(area), quality, subsampling);
  return jpeg.length > MOST_DATA ? undefined : measured(JPEG << 4, jpeg);
}

/** A palette, differences, or pixels: whatever there is least of. */
function pixelsOf(
  { width, height, pixels }: Surface,
  palette: Palette | undefined,
  context: EncodeContext,
): Uint8Array {
  const { format, tpixel } = context.pixels;
  if (palette !== undefined && isWorthIt(palette, pixels.length)) {
    const { values: colours, indices } = palette;
    const filter = new Uint8Array(2 + colours.length * tpixel.size);
    filter[0] = PALETTE;
    filter[1] = colours.length - 1;
    writePixels(tpixel, filter, 2, colours, 0, colours.length);
    if (colours.length > 2) return deflated(INDEX_STREAM, filter, indices, context);
    return deflated(BIT_STREAM, filter, bitsOf(indices, width), context);
  }
  const values = valuesOf(pixels, format);
  if (isSmooth(values, width, height, context)) {
    const differences = pixelBytesOf(tpixel, gradientOf(values, width, 0, height, format));
    return deflated(GRADIENT_STREAM, Uint8Array.of(GRADIENT), differences, context);
  }
  return deflated(PIXEL_STREAM, NO_FILTER, pixelBytesOf(tpixel, values), context);
}

function isWorthIt({ values }: Palette, pixels: number): boolean {
  return values.length <= 2 || values.length * LEAST_USES <= pixels;
}

/**
 * Whether the differences from a gradient deflate to less than the pixels. No measure of smoothness that we tried tells
 * that as well as deflating some rows both ways. It knows nothing of earlier rectangles, so that the same pixels always
 * end up in the same stream, which remembers them.
 */
function isSmooth(
  values: Uint32Array,
  width: number,
  height: number,
  { compression, compressionLevel, pixels: { format, tpixel } }: EncodeContext,
): boolean {
  if (tpixel.size === 1 || compressionLevel < LEAST_GRADIENT_LEVEL || values.length < TRIED) return false;
  const rows = Math.min(height, Math.ceil(TRIED / width));
  const first = (height - rows) >> 1;
  const some = pixelBytesOf(tpixel, values.subarray(first * width, (first + rows) * width));
  const differences = pixelBytesOf(tpixel, gradientOf(values, width, first, first + rows, format));
  return deflatedLength(differences, compression) < deflatedLength(some, compression);
}

function deflatedLength(bytes: Uint8Array, compression: Compression): number {
  const deflater = compression.createDeflater(1);
  const { length } = deflater.deflate(bytes);
  deflater.close?.();
  return length;
}

/** Control byte, filter and data; an empty `filter` needs no byte. */
function deflated(stream: number, filter: Uint8Array, data: Uint8Array, context: EncodeContext): Uint8Array {
  const { compressionLevel, encodingTypes } = context;
  const head = new Uint8Array(1 + filter.length);
  const filtered = filter.length > 0 ? FILTERED : 0;
  head.set(filter, 1);
  if (data.length > MOST_DATA) {
    throw new RangeError(`Cannot encode a Tight rectangle: ${data.length} bytes of data, at most ${MOST_DATA}`);
  }
  if (data.length < MINIMUM_TO_DEFLATE) {
    head[0] = filtered | (stream << 4);
    const payload = new Uint8Array(head.length + data.length);
    payload.set(head);
    payload.set(data, head.length);
    return payload;
  }
  if (compressionLevel === 0 && encodingTypes.includes(Encoding.TightWithoutZlib)) {
    head[0] = filtered | (PLAIN << 4);
    return withLength(head, data);
  }
  const [deflater, resets] = deflaterOf(stream, context);
  head[0] = filtered | (stream << 4) | resets;
  return withLength(head, deflater.deflate(data));
}

/** The stream, and the bits that reset it for the client, where it begins. */
function deflaterOf(stream: number, { compression, compressionLevel, memory }: EncodeContext): [Deflater, number] {
  if (memory.tightLevel !== compressionLevel) {
    for (const deflater of memory.tight.splice(0)) deflater?.close?.();
    memory.tightLevel = compressionLevel;
  }
  const known = memory.tight[stream];
  if (known !== undefined) return [known, 0];
  const made = compression.createDeflater(
    (stream === BIT_STREAM || stream === INDEX_STREAM ? INDEX_LEVELS : PIXEL_LEVELS)[compressionLevel]!,
  );
  memory.tight[stream] = made;
  return [made, 1 << stream];
}

function withLength(head: Uint8Array, data: Uint8Array): Uint8Array {
  const { length } = data;
  const size = length < 0x80 ? 1 : length < 0x4000 ? 2 : 3;
  const payload = new Uint8Array(head.length + size + length);
  payload.set(head);
  const at = head.length;
  payload[at] = (length & 0x7f) | (size > 1 ? 0x80 : 0);
  if (size > 1) payload[at + 1] = ((length >> 7) & 0x7f) | (size > 2 ? 0x80 : 0);
  if (size > 2) payload[at + 2] = length >> 14;
  payload.set(data, at + size);
  return payload;
}
