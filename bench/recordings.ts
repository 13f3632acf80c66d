/**
 * Recorded connections, as streams for decoders.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decode } from "fast-png";
import type { PixelFormat } from "../codec/pixel_format.ts";
import { recordingsIn } from "../test/corpus/check.ts";
import type { Picture } from "../test/peers/picture.ts";
import { type Stream, sessionBehindInit, streamOf } from "./decoder_stream.ts";

/** What a recording's meta.json says of it, as far as it matters here. */
interface Meta {
  readonly kind: string;
  readonly pixel_format?: Readonly<Record<string, number>>;
  readonly encoding_numbers?: readonly number[];
  readonly width?: number;
  readonly height?: number;
  readonly first_size?: readonly [number, number];
  readonly server_init_end?: number;
  readonly rgb_sha256?: string | null;
  readonly lossy?: boolean;
}

/** A recording that ends in a picture. */
export interface Recorded {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  /** Reads and frames it: once, and only when it is asked for. */
  stream(): Stream;
}

/** The folder's recordings with pictures of true colours. */
export function recordedIn(folder: string): readonly Recorded[] {
  return recordingsIn(folder).flatMap((name) => {
    const path = join(folder, name);
    const meta = JSON.parse(readFileSync(join(path, "meta.json"), "utf8")) as Meta;
    const { kind, width = 0, height = 0, pixel_format: fields } = meta;
    if (kind !== "pixels" || fields?.trueColour !== 1 || typeof meta.rgb_sha256 !== "string") return [];
    const format = formatOf(fields);
    let read: Stream | undefined;
    const stream = (): Stream => {
      read ??= streamOf({
        name,
        format,
        session: sessionBehindInit(...(meta.first_size ?? [width, height]), format, meta.encoding_numbers ?? []),
        bytes: new Uint8Array(readFileSync(join(path, "server.bin"))).subarray(meta.server_init_end),
        fault: (picture) => faultOf(picture, path, meta),
      });
      return read;
    };
    return [{ name, width, height, format, stream }];
  });
}

/** What is wrong with the picture that a recording ends in. A lossy one may be off as far as decoders of JPEG differ. */
function faultOf(picture: Picture, path: string, { width, height, rgb_sha256, lossy }: Meta): string | undefined {
  if (picture.width !== width || picture.height !== height) {
    return `it is ${picture.width}x${picture.height}, not ${width}x${height}`;
  }
  const hash = createHash("sha256").update(picture.rgb).digest("hex");
  if (hash === rgb_sha256) return undefined;
  const frame = join(path, "frame.png");
  if (lossy !== true || !existsSync(frame)) return `its sha256 is ${hash}, not ${rgb_sha256}`;
  const { data, channels } = decode(readFileSync(frame));
  let furthest = 0;
  for (let i = 0; i < width * height; i++) {
    for (let channel = 0; channel < 3; channel++) {
      furthest = Math.max(furthest, Math.abs(picture.rgb[3 * i + channel]! - data[channels * i + channel]!));
    }
  }
  return furthest > MOST_OFF ? `a channel is ${furthest} off, at most ${MOST_OFF} are allowed` : undefined;
}

/** Of 255. */
const MOST_OFF = 3;

function formatOf(fields: Readonly<Record<string, number>>): PixelFormat {
  const { bitsPerPixel, depth, bigEndian, trueColour, redMax, greenMax, blueMax, redShift, greenShift, blueShift } =
    fields;
  return {
    ...{ bitsPerPixel: bitsPerPixel!, depth: depth!, bigEndianFlag: bigEndian!, trueColourFlag: trueColour! },
    ...{ redMax: redMax!, greenMax: greenMax!, blueMax: blueMax! },
    ...{ redShift: redShift!, greenShift: greenShift!, blueShift: blueShift! },
  };
}
