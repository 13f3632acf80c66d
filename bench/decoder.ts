import type { Picture } from "../test/peers/picture.ts";
import type { Stream } from "./decoder_stream.ts";
import type { Side } from "./measure.ts";

/** Whoever makes pixels of a server's stream. */
export interface Decoder {
  readonly name: string;
  /** Why it cannot draw the stream, if that is so. */
  objection(stream: Stream): string | undefined;
  /** Gets ready to go through the stream again and again. */
  open(stream: Stream): OpenDecoder | Promise<OpenDecoder>;
}

/** A decoder before a stream. */
export interface OpenDecoder {
  /** Goes through all of the stream, as a connection of its own, and answers with the number of pixels drawn. */
  readonly pass: Side;
  /** Goes through it once more, and shows what came of it. */
  picture(): Picture | Promise<Picture>;
  close?(): Promise<void>;
}

/** Bytes that a stream comes in. */
export const CHUNK = 65536;

/** Pixels in bytes of which the first three are the channels, named in their order. */
export function pictureOf(width: number, height: number, bytes: Uint8Array, isBlueFirst = false): Picture {
  const rgb = new Uint8Array(3 * width * height);
  const [red, blue] = isBlueFirst ? [2, 0] : [0, 2];
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = bytes[from + red]!;
    rgb[to + 1] = bytes[from + 1]!;
    rgb[to + 2] = bytes[from + blue]!;
  }
  return { width, height, rgb };
}
