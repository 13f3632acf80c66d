/**
 * zlib, JPEG and PNG for the codec, the same in every runtime: pako, libjpeg-turbo in WebAssembly and fast-png. Under
 * Node, `rfb-codec/compression/node` is faster.
 *
 * ```ts
 * import { createDeflater, createInflater, portableCompression } from "rfb-codec/compression";
 *
 * const { encodeJpeg, decodeJpeg } = await portableCompression();
 * const white = { width: 8, height: 8, data: new Uint8Array(8 * 8 * 4).fill(255) };
 * const jpeg = encodeJpeg(white, 80);
 * console.log(decodeJpeg(jpeg, 8, 8).data[0]); // 255
 *
 * const deflater = createDeflater(6);
 * const inflater = createInflater();
 * for (const piece of [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)]) {
 *   console.log(inflater.inflate(deflater.deflate(piece), 3)); // at most three bytes come out
 * }
 * ```
 *
 * JPEG's WebAssembly is a file of the package `@cornerstonejs/codec-libjpeg-turbo-8bit`. Node, Deno and Bun find it in
 * node_modules, and webpack and Vite put it where a browser finds it; elsewhere it is handed in. The package has code for
 * Node too: for a browser or a Worker esbuild wants `--external:fs --external:path`. A Cloudflare Worker may not compile, so
 * it imports the module:
 *
 *     import jpegModule from "../node_modules/@cornerstonejs/codec-libjpeg-turbo-8bit/dist/libjpegturbowasm.wasm";
 *
 *     const compression = await portableCompression({ jpegModule });
 *
 * @module
 */

import type { Compression } from "../codec/compression.ts";
import { createJpeg, type Jpeg } from "./jpeg.ts";
import { type JpegModule, loadJpegModule } from "./jpeg_module.ts";
import { createPngEncoder, decodePng } from "./png.ts";
import { createDeflater, createInflater } from "./zlib.ts";

export type {
  Compression,
  Deflater,
  H264Decoder,
  H264DecoderFactory,
  Image,
  ImageDecoder,
  ImageEncoder,
  Inflater,
  Subsampling,
} from "../codec/compression.ts";
export type { Jpeg } from "./jpeg.ts";
export type { JpegModule } from "./jpeg_module.ts";
export { createPngEncoder, decodePng } from "./png.ts";
export { createDeflater, createInflater } from "./zlib.ts";

/** What a default can be told. */
export interface CompressionOptions {
  /** JPEG's WebAssembly, where it cannot be found. `false`: no JPEG. */
  readonly jpegModule?: JpegModule | false;
  /** Of the PNG encoder, 0 to 9: 6 if absent. */
  readonly pngLevel?: number;
}

/** A {@link Compression} with all pictures; no video. */
export type WholeCompression = Required<Omit<Compression, "createH264Decoder">>;

/**
 * What any runtime can do: all of it synchronous, once JPEG's WebAssembly is compiled.
 *
 * @throws {Error} if that cannot be found
 * @throws {TypeError} if it is another
 */
export function portableCompression(
  options: CompressionOptions & { readonly jpegModule: false },
): Promise<Omit<WholeCompression, keyof Jpeg>>;
/** What any runtime can do, JPEG included. */
export function portableCompression(options?: CompressionOptions): Promise<WholeCompression>;
export async function portableCompression(options: CompressionOptions = {}): Promise<Compression> {
  const { jpegModule, pngLevel = 6 } = options;
  const rest = { createInflater, createDeflater, decodePng, encodePng: createPngEncoder(pngLevel) };
  if (jpegModule === false) return rest;
  return { ...rest, ...createJpeg(await loadJpegModule(jpegModule)) };
}
