/**
 * RFB messages as pure functions: `decode…`, `extentOf…` and `encode…` for each, framers and handshakes without I/O; and
 * pixels, with decoders, encoders and a framebuffer. Nothing here opens a socket, reads a clock or draws a random number.
 *
 * @module
 */

export * from "./areas.ts";
export { scaledTo255 } from "./channels.ts";
export * from "./decoder.ts";
export * from "./encoder.ts";
export * from "./encodings/mod.ts";
export * from "./framebuffer.ts";
export type { Painter } from "./painter.ts";
export { COLOUR_CUBE, valuesOf } from "./pixel_values.ts";
export {
  cpixelSizeOf,
  createPixelWriters,
  type PixelWriter,
  type PixelWriters,
  tpixelSizeOf,
  writePixel,
  writePixels,
} from "./pixel_writers.ts";
export {
  type PixelOutput,
  type PixelReader,
  type PixelReaders,
  pixelReadersOf,
  readPixel,
  readPixels,
  type Surface,
  valueAt,
  type WordChannels,
} from "./pixels.ts";
export * from "./protocol.ts";
export { type CreateSurface, copyArea, createSurface, cutOut, fillArea, paste } from "./surfaces.ts";
