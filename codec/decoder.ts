/**
 * Rectangles to pixels.
 *
 * @module
 */

import { type Compression, NO_COMPRESSION } from "./compression.ts";
import { closeStreams, type DecodeContext, type DecoderMemory } from "./encodings/context.ts";
import { DECODERS } from "./encodings/decoders.ts";
import { dropH264Contexts } from "./encodings/open_h264.ts";
import { RfbError } from "./errors.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { nameOfEncoding } from "./names.ts";
import { type PixelOutput, type PixelReaders, pixelReadersOf, type Surface } from "./pixels.ts";
import type { Rectangle } from "./server/rectangle.ts";
import type { Session } from "./session.ts";

/** How rectangles are to be drawn. */
export interface DecoderOptions {
  /** Needed by all encodings that compress; Raw, CopyRect, RRE, CoRRE, Hextile and TRLE do without. */
  readonly compression?: Compression;
  /** What the peer may ask for; {@link DEFAULT_LIMITS} when absent. */
  readonly limits?: Limits;
  /** `rgba` when absent. */
  readonly output?: PixelOutput;
  /**
   * Called with each picture of a video, which may come long after its rectangle was decoded, for the caller to draw as far
   * as it fits. When absent, it is drawn on the surface of the rectangle that it came with.
   */
  readonly onPicture?: (picture: Surface, rectangle: Rectangle) => void;
}

/** Draws one connection's rectangles. Feed it all of them, in order: most encodings build on what they sent before. */
export interface Decoder {
  /**
   * Draws a rectangle whose framer has made sure that it is inside.
   *
   * @throws {RfbError} what the server did wrong; `unknownType`: an encoding that draws nothing we know
   */
  decode(payload: Uint8Array, rectangle: Rectangle, session: Session, into: Surface): void;
  /** What else reading a rectangle takes, up to the decoder's end: for cursors, which are no part of the picture. */
  contextOf(session: Session): DecodeContext;
  /**
   * Nothing more will come: lets go of zlib's streams, and of the decoders of videos, whose pictures are not drawn any more. To
   * decode afterwards is a `TypeError`.
   */
  close(): void;
}

/** A decoder at the start of a connection. */
export function createDecoder(options: DecoderOptions = {}): Decoder {
  const { compression = NO_COMPRESSION, limits = DEFAULT_LIMITS, output = "rgba", onPicture } = options;
  let memory: DecoderMemory | undefined = { tight: [] }; // until it is closed
  let pixels: PixelReaders | undefined;
  let context: DecodeContext | undefined;

  return {
    contextOf,
    decode(payload, rectangle, session, into) {
      const decode = DECODERS.get(rectangle.encodingType);
      if (decode === undefined) {
        const reason = `encoding ${nameOfEncoding(rectangle.encodingType)}`;
        throw new RfbError("unknownType", "Cannot draw a rectangle", reason);
      }
      decode(payload, rectangle, contextOf(session), into);
    },
    close() {
      if (memory === undefined) return;
      closeStreams(memory);
      if (memory.h264 !== undefined) dropH264Contexts(memory.h264);
      memory = context = undefined;
    },
  };

  function contextOf(session: Session): DecodeContext {
    if (context?.session === session) return context;
    if (memory === undefined) throw new TypeError("Cannot draw a rectangle: the decoder is closed");
    const { pixelFormat } = session;
    if (pixelFormat === undefined) throw new TypeError("Cannot draw a rectangle: the session has no pixelFormat");
    if (pixels?.format !== pixelFormat) pixels = pixelReadersOf(pixelFormat, output);
    context = { session, pixels, limits, compression, memory, onPicture };
    return context;
  }
}
