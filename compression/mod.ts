/**
 * zlib, JPEG and PNG for the codec, the same in every runtime: zlib and libjpeg-turbo in WebAssembly, and fast-png. Under
 * Node, `rfb-codec/compression/node` is faster still. Where nobody may compile, as in Cloudflare Workers, and
 * beyond 256 streams at once, pako stands in for zlib; `createInflater` and `createDeflater` of this module are pako's everywhere.
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
import type { Jpeg } from "./jpeg.ts";
import { type CompressionOptions, loadPictures } from "./pictures.ts";
import { loadZlib } from "./wasm_zlib.ts";
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
export type { CompressionOptions } from "./pictures.ts";
export { createPngEncoder, decodePng } from "./png.ts";
export { createDeflater, createInflater } from "./zlib.ts";

/** A {@link Compression} with all pictures; no video. */
export type WholeCompression = Required<Omit<Compression, "createH264Decoder">>;

/** What any runtime can do, but for JPEG: all of it synchronous, once zlib's WebAssembly is compiled. */
export function portableCompression(
  options: CompressionOptions & { readonly jpegModule: false },
): Promise<Omit<WholeCompression, keyof Jpeg>>;
/**
 * What any runtime can do.
 *
 * @throws {Error} if JPEG's WebAssembly cannot be found
 * @throws {TypeError} if it is another
 */
export function portableCompression(options?: CompressionOptions): Promise<WholeCompression>;
export async function portableCompression(options?: CompressionOptions): Promise<Compression> {
  const [pictures, zlib] = await Promise.all([loadPictures(options), loadZlib()]);
  return { createInflater, createDeflater, ...zlib, ...pictures };
}
