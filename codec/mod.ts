/**
 * RFB messages as pure functions: `decode…`, `extentOf…` and `encode…` for each, framers and
 * handshakes without I/O. Nothing here opens a socket, reads a clock or draws a random number.
 *
 * @module
 */

export * from "./areas.ts";
export { scaledTo255 } from "./channels.ts";
export * from "./client/mod.ts";
export * from "./clipboard.ts";
export * from "./compression.ts";
export * from "./decoder.ts";
export * from "./encoder.ts";
export * from "./encodings/mod.ts";
export * from "./errors.ts";
export { type Fence, FenceFlag, MAX_FENCE_LENGTH } from "./fence.ts";
export * from "./framebuffer.ts";
export * from "./framer.ts";
export type { UnknownGii } from "./gii.ts";
export * from "./handshake/mod.ts";
export * from "./keyboard.ts";
export * from "./keysyms.ts";
export type { Dialect, DialectLayouts, Layout } from "./layout.ts";
export * from "./limits.ts";
export * from "./names.ts";
export type { Ntp } from "./ntp.ts";
export type { Painter } from "./painter.ts";
export * from "./payload.ts";
export * from "./pixel_format.ts";
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
export type { Screen } from "./screens.ts";
export * from "./server/mod.ts";
export * from "./session.ts";
export { type CreateSurface, copyArea, createSurface, cutOut, fillArea, paste } from "./surfaces.ts";
export * from "./text.ts";
export * from "./vendors/mod.ts";
export { append, available, createInput, drain, type Input } from "./wire.ts";
export { type Xvp, XvpMessageCode } from "./xvp.ts";
