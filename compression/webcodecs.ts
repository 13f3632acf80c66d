/**
 * H.264 for the codec by the decoders of browsers, WebCodecs.
 *
 * ```ts
 * import { portableCompression } from "rfb-codec/compression";
 * import { webCodecsH264 } from "rfb-codec/compression/webcodecs";
 *
 * const createH264Decoder = await webCodecsH264(); // undefined where the host has none, such as Node
 * const compression = {
 *   ...(await portableCompression()),
 *   ...(createH264Decoder !== undefined && { createH264Decoder }),
 * };
 * console.log("createH264Decoder" in compression); // whether to ask a server for `Encoding.OpenH264`
 * ```
 *
 * @module
 */

import type { H264Decoder, H264DecoderFactory, Image } from "../codec/compression.ts";
import { RfbError } from "../codec/errors.ts";

export type { H264Decoder, H264DecoderFactory, Image } from "../codec/compression.ts";

/** The host's decoder of H.264, or undefined where it has none. */
export async function webCodecsH264(): Promise<H264DecoderFactory | undefined> {
  const host = globalThis as unknown as Partial<Host>;
  const { VideoDecoder, EncodedVideoChunk, OffscreenCanvas } = host;
  if (VideoDecoder === undefined || EncodedVideoChunk === undefined || OffscreenCanvas === undefined) return undefined;
  const { supported } = await VideoDecoder.isConfigSupported(configOf(BASELINE));
  if (supported !== true) return undefined;
  const found = { VideoDecoder, EncodedVideoChunk, OffscreenCanvas };
  return (width, height, show) => createDecoder(found, width, height, show);
}

/** What of a picture is outside `mostWidth` and `mostHeight` is not looked at: a stream may claim any size. */
function createDecoder(
  { VideoDecoder, EncodedVideoChunk, OffscreenCanvas }: Host,
  mostWidth: number,
  mostHeight: number,
  show: (picture: Image) => void,
): H264Decoder {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  const decoder = new VideoDecoder({
    output(frame) {
      const width = Math.min(frame.displayWidth, mostWidth);
      const height = Math.min(frame.displayHeight, mostHeight);
      try {
        if (canvas.width !== width || canvas.height !== height) {
          canvas.width = width;
          canvas.height = height;
        }
        context.drawImage(frame, 0, 0);
      } finally {
        frame.close(); // the decoder has only so many
      }
      if (width > 0 && height > 0) show(context.getImageData(0, 0, width, height));
    },
    error(error) {
      failure = malformed(error.message, error);
    },
  });
  let failure: RfbError | undefined;
  let codec: string | undefined;
  let count = 0;

  return {
    decode(accessUnits) {
      for (const unit of accessUnitsOf(accessUnits)) {
        if (failure !== undefined) throw failure;
        const next = unit.codec ?? codec;
        if (next === undefined) throw malformed("no parameter set comes first");
        const isNew = next !== codec;
        if (isNew && !unit.isKey) throw malformed("the first picture of a parameter set needs another one");
        if (decoder.decodeQueueSize >= MOST_WAITING) {
          throw new RfbError("limit", ACT, `${MOST_WAITING} pictures wait for the decoder`);
        }
        // Times only have to grow.
        const chunk = { type: unit.isKey ? "key" : "delta", timestamp: count++, data: unit.bytes } as const;
        try {
          if (isNew) decoder.configure(configOf(next));
          codec = next;
          decoder.decode(new EncodedVideoChunk(chunk));
        } catch (error) {
          failure = malformed((error as DOMException).message, error);
          throw failure;
        }
      }
    },
    close() {
      if (decoder.state !== "closed") decoder.close();
    },
  };
}

/** What makes one picture, and what belongs to it. */
interface AccessUnit {
  readonly bytes: Uint8Array;
  /** It needs no other picture. */
  readonly isKey: boolean;
  /** As WebCodecs calls what its parameter set says, if it has one. */
  readonly codec: string | undefined;
}

/** Cuts a stream into its pictures, which decoders want one by one: H.264 §7.4.1.2.3. @throws {RfbError} */
function accessUnitsOf(bytes: Uint8Array): AccessUnit[] {
  const units: AccessUnit[] = [];
  let start = -1;
  let hasPicture = false;
  let isKey = false;
  let codec: string | undefined;
  for (let at = 0; at + 4 < bytes.length; at++) {
    if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 1) continue;
    const type = bytes[at + 3]! & 0x1f;
    const isSlice = type === SLICE || type === IDR_SLICE;
    const isFirstSlice = isSlice && (bytes[at + 4]! & 0x80) !== 0; // first_mb_in_slice is 0
    if (start < 0) start = at;
    if (hasPicture && (isFirstSlice || (type >= SEI && type <= DELIMITER))) {
      units.push({ bytes: bytes.subarray(start, at), isKey, codec });
      start = at;
      hasPicture = isKey = false;
      codec = undefined;
    }
    hasPicture ||= isSlice;
    isKey ||= type === IDR_SLICE;
    if (type === PARAMETER_SET) codec = codecOf(bytes, at + 4);
  }
  if (start < 0) throw malformed("it has no start code");
  units.push({ bytes: bytes.subarray(start), isKey, codec });
  return units;
}

/** RFC 6381 §3.3: profile, constraints and level. */
function codecOf(bytes: Uint8Array, at: number): string {
  return `avc1.${Array.from(bytes.subarray(at, at + 3), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Without a `description` the stream is one with start codes. */
function configOf(codec: string): VideoConfig {
  return { codec, optimizeForLatency: true };
}

function malformed(reason: string, cause?: unknown): RfbError {
  return new RfbError("malformed", ACT, reason, { cause });
}

const ACT = "Cannot decode H.264";

/** What every encoder can produce. */
const BASELINE = "avc1.42e01f";

/** Kinds of units, H.264 table 7-1. */
const SLICE = 1;
const IDR_SLICE = 5;
const SEI = 6;
const PARAMETER_SET = 7;
const DELIMITER = 9;

/** The pictures that a decoder may lag behind, two seconds of them: who is slower never catches up. */
const MOST_WAITING = 120;

interface VideoConfig {
  readonly codec: string;
  readonly optimizeForLatency: boolean;
}

/** What we ask of WebCodecs, which not every host has types for. */
interface Host {
  readonly VideoDecoder: {
    new (init: {
      output(frame: Frame): void;
      error(error: Error): void;
    }): {
      readonly state: string;
      readonly decodeQueueSize: number;
      configure(config: VideoConfig): void;
      decode(chunk: object): void;
      close(): void;
    };
    isConfigSupported(config: VideoConfig): Promise<{ readonly supported?: boolean }>;
  };
  readonly EncodedVideoChunk: new (init: {
    readonly type: "key" | "delta";
    readonly timestamp: number;
    readonly data: Uint8Array;
  }) => object;
  readonly OffscreenCanvas: new (
    width: number,
    height: number,
  ) => {
    width: number;
    height: number;
    getContext(
      type: "2d",
      options: { readonly alpha: boolean; readonly willReadFrequently: boolean },
    ): {
      drawImage(image: Frame, x: number, y: number): void;
      getImageData(x: number, y: number, width: number, height: number): Image;
    };
  };
}

interface Frame {
  readonly displayWidth: number;
  readonly displayHeight: number;
  close(): void;
}
