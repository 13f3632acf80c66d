/**
 * JPEG by libjpeg-turbo in WebAssembly: exactly the pixels that viewers in C see, since servers' own tests and
 * recordings are made with it.
 *
 * @module
 */

import type { ImageDecoder, ImageEncoder, Subsampling } from "../codec/compression.ts";
import { RfbError } from "../codec/errors.ts";
import { withoutCopies, withoutFiles } from "./emscripten.ts";
import { checkJpeg } from "./jpeg_header.ts";
import { createLibrary, type Decoder, type Encoder, type Library } from "./libjpegturbo.ts";

/** A decoder and an encoder that share one instance of libjpeg-turbo. */
export interface Jpeg {
  /** Baseline or progressive, grey or of three components. */
  readonly decodeJpeg: ImageDecoder;
  /** Baseline. */
  readonly encodeJpeg: ImageEncoder;
}

/**
 * JPEG, by the package's compiled WebAssembly. Without a subsampling the encoder takes what TigerVNC does: 4:4:4 from
 * quality 79, 4:2:2 from 42, 4:2:0 below.
 */
export function createJpeg(module: WebAssembly.Module): Jpeg {
  let instance: Instance | undefined = instantiate(module);

  /**
   * A C++ exception, a number in JavaScript, leaves an instance in order and costs it some bytes. After anything else,
   * after many of them, and after a picture that made its memory large, for it never shrinks, comes another.
   */
  function run<Result>(use: (instance: Instance) => Result): Result {
    const current = instance ?? instantiate(module);
    instance = undefined;
    let isInOrder = true;
    try {
      return use(current);
    } catch (error) {
      isInOrder = typeof error === "number" && ++current.faults < MAX_FAULTS;
      throw error;
    } finally {
      if (isInOrder && current.library.HEAPU8.length <= MAX_HELD) instance = current;
    }
  }

  return {
    decodeJpeg(bytes, width, height, isDrawnAtOnce = false) {
      checkJpeg(bytes, width, height);
      try {
        return run(({ decoder }) => {
          decoder.getEncodedBuffer(bytes.length).set(bytes);
          decoder.decode();
          const samples = decoder.getDecodedBuffer();
          const isRgb = samples.length === 3 * width * height;
          return { width, height, data: isRgb && isDrawnAtOnce ? samples : rgbaOf(samples, width * height) };
        });
      } catch (cause) {
        throw new RfbError("malformed", "Cannot decode a JPEG", "libjpeg-turbo finds fault with it", { cause });
      }
    },

    encodeJpeg({ width, height, data }, quality, subsampling) {
      const pixels = width * height;
      if (!isSize(width) || !isSize(height) || data.length !== 4 * pixels) {
        throw new RangeError(`Cannot encode a JPEG: ${data.length} bytes of ${width} × ${height} pixels`);
      }
      if (!(quality >= 1 && quality <= 100)) {
        throw new RangeError(`Cannot encode a JPEG: the quality must be 1 to 100, got ${quality}`);
      }
      const chroma = subsampling ?? (quality >= 79 ? "4:4:4" : quality >= 42 ? "4:2:2" : "4:2:0");
      return run(({ encoder }) => {
        // The package gives the file as many bytes as it is told that the picture has, and libjpeg-turbo takes for
        // granted six a pixel (of whole blocks of 16) and 2048 more: samples and components are claimed to match, of
        // which it looks at none but the first three.
        const wanted = 6 * ceil16(width) * ceil16(height) + 2048;
        const componentCount = Math.max(3, Math.min(255, Math.ceil(wanted / pixels)));
        const bitsPerSample = Math.min(255, 8 * Math.ceil(wanted / (pixels * componentCount)));
        const frame = { width, height, bitsPerSample, componentCount, isSigned: false };
        fillRgb(encoder.getDecodedBuffer(frame), data, pixels);
        encoder.setQuality(Math.round(quality));
        encoder.setProgressive(0);
        encoder.setSubSampling(SUBSAMPLINGS.indexOf(chroma));
        encoder.encode();
        return new Uint8Array(encoder.getEncodedBuffer());
      });
    },
  };
}

interface Instance {
  readonly library: Library;
  readonly decoder: Decoder;
  readonly encoder: Encoder;
  faults: number;
}

/** The factory answers with a promise, but does all of its work before that where instantiation waits for nothing. */
function instantiate(module: WebAssembly.Module): Instance {
  const library: Parameters<typeof createLibrary>[0] = {
    instantiateWasm(imports, done) {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
    print: () => {},
    printErr: () => {},
  };
  withoutFiles(() => createLibrary(library)).catch(() => {});
  if (!isWhole(library)) throw new TypeError("Cannot load JPEG: this is not the module of libjpeg-turbo");
  const decoder = new library.JPEGDecoder();
  withoutCopies(() => decoder.getDecodedBuffer());
  return { library, decoder, encoder: new library.JPEGEncoder(), faults: 0 };
}

function isWhole(library: Partial<Library>): library is Library {
  return library.JPEGDecoder !== undefined && library.JPEGEncoder !== undefined && library.HEAPU8 !== undefined;
}

/** Of R, G, B, or of grey. */
function rgbaOf(samples: Uint8Array, pixels: number): Uint8Array {
  const rgba = new Int32Array(pixels);
  const isGrey = samples.length === pixels;
  const [size, green, blue] = isGrey ? [1, 0, 0] : [3, 1, 2];
  for (let to = 0, from = 0; to < pixels; to++, from += size) {
    rgba[to] = samples[from]! | (samples[from + green]! << 8) | (samples[from + blue]! << 16) | 0xff000000;
  }
  return new Uint8Array(rgba.buffer);
}

function fillRgb(rgb: Uint8Array, rgba: Uint8Array | Uint8ClampedArray, pixels: number): void {
  for (let pixel = 0, from = 0, to = 0; pixel < pixels; pixel++, from += 4, to += 3) {
    rgb[to] = rgba[from]!;
    rgb[to + 1] = rgba[from + 1]!;
    rgb[to + 2] = rgba[from + 2]!;
  }
}

function isSize(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= 65500; // libjpeg's JPEG_MAX_DIMENSION
}

function ceil16(value: number): number {
  return Math.ceil(value / 16) * 16;
}

/** By libjpeg-turbo's numbers. */
const SUBSAMPLINGS: readonly Subsampling[] = ["4:4:4", "4:2:2", "4:2:0"];

/** An instance starts with 50 MiB, of which the host commits what is touched. */
const MAX_HELD = 128 << 20;
const MAX_FAULTS = 256;
