/**
 * JPEG and PNG, the same in every runtime.
 *
 * @module
 */

import type { Compression } from "../codec/compression.ts";
import { createJpeg } from "./jpeg.ts";
import { type JpegModule, loadJpegModule } from "./jpeg_module.ts";
import { createPngEncoder, decodePng } from "./png.ts";

/** What a default can be told. */
export interface CompressionOptions {
  /** JPEG's WebAssembly, where it cannot be found. `false`: no JPEG. */
  readonly jpegModule?: JpegModule | false;
  /** Of the PNG encoder, 0 to 9: 6 if absent. */
  readonly pngLevel?: number;
}

/** What reads and writes pictures: all of it synchronous, once JPEG's WebAssembly is compiled. */
export async function loadPictures({
  jpegModule,
  pngLevel = 6,
}: CompressionOptions = {}): Promise<Omit<Compression, "createInflater" | "createDeflater">> {
  const png = { decodePng, encodePng: createPngEncoder(pngLevel) };
  return jpegModule === false ? png : { ...png, ...createJpeg(await loadJpegModule(jpegModule)) };
}
