/**
 * zlib, JPEG and PNG for the codec, with the zlib of Node, which inflates several times faster than pako. Deno's and Bun's
 * do too; where a host has none that fits, pako takes its place by itself.
 *
 * ```ts
 * import { nodeCompression } from "rfb-codec/compression/node";
 *
 * const { createInflater, createDeflater } = await nodeCompression({ jpegModule: false });
 * const inflater = createInflater();
 * const piece = createDeflater(1).deflate(new Uint8Array(1000));
 * console.log(inflater.inflate(piece, 1000).length); // 1000
 * ```
 *
 * @module
 */

import type { Compression } from "../codec/compression.ts";
import type { Jpeg } from "./jpeg.ts";
import type { WholeCompression } from "./mod.ts";
import { createDeflater, createInflater } from "./node_zlib.ts";
import { type CompressionOptions, loadPictures } from "./pictures.ts";

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
export type { CompressionOptions, Jpeg, JpegModule, WholeCompression } from "./mod.ts";
export { createPngEncoder, decodePng } from "./mod.ts";
export { createDeflater, createInflater } from "./node_zlib.ts";

/** What Node can do: all of it synchronous, once JPEG's WebAssembly is compiled. */
export function nodeCompression(
  options: CompressionOptions & { readonly jpegModule: false },
): Promise<Omit<WholeCompression, keyof Jpeg>>;
/** What Node can do, JPEG included. */
export function nodeCompression(options?: CompressionOptions): Promise<WholeCompression>;
export async function nodeCompression(options?: CompressionOptions): Promise<Compression> {
  return { createInflater, createDeflater, ...(await loadPictures(options)) };
}
