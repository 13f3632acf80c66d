import type { Compression } from "../codec/compression.ts";
import { framingOf } from "../codec/encodings/framing.ts";
import { createFramebuffer, type Framebuffer } from "../codec/framebuffer.ts";
import { createServerFramer } from "../codec/framer.ts";
import type { Surface } from "../codec/pixels.ts";
import { observe } from "../codec/session.ts";
import type { CreateSurface } from "../codec/surfaces.ts";
import { createSimdSurface } from "../simd/mod.ts";
import { CHUNK, type Decoder, pictureOf } from "./decoder.ts";
import type { Stream } from "./decoder_stream.ts";
import type { Prepared } from "./measure.ts";
import { cut } from "./streams.ts";

/** Ours, as an endpoint puts it together. */
export function ownDecoder(name: string, compression: Compression): Decoder {
  return {
    name,
    objection: () => undefined,
    open(stream) {
      const chunks = cut(stream.bytes, CHUNK);
      return {
        pass: playing(stream, chunks, compression),
        picture() {
          const { framebuffer, play } = connectionOf(stream, chunks, compression);
          play();
          return pictureOf(framebuffer.width, framebuffer.height, framebuffer.toRgba());
        },
      };
    },
  };
}

/** Plays a stream, each time to a connection of its own, which is closed behind it; all draw on the same framebuffer. */
export function playing(stream: Stream, chunks: readonly Uint8Array[], compression: Compression): Prepared {
  let first: Surface | undefined;
  // As an endpoint's: the next size is drawn where the one before was, the first one included, which is drawn on anew in each pass.
  const createSurface = (width: number, height: number, replaced?: Surface): Surface => {
    if (width === first?.width && height === first.height) return first;
    const surface = createSimdSurface(width, height, replaced);
    first ??= surface;
    return surface;
  };
  return {
    prepare() {
      const { framebuffer, play } = connectionOf(stream, chunks, compression, createSurface);
      return () => {
        const pixels = play();
        framebuffer.close();
        return pixels;
      };
    },
  };
}

/** One that chunks can be played to. */
export interface Connection {
  readonly framebuffer: Framebuffer;
  /** Goes on with the same chunks each time, and answers with the number of pixels that were drawn. */
  play(): number;
}

/** A connection behind ServerInit, with a framebuffer whose memory has been touched. */
export function connectionOf(
  { session: initial }: Pick<Stream, "session">,
  chunks: readonly Uint8Array[],
  compression: Compression,
  createSurface: CreateSurface = createSimdSurface,
): Connection {
  const framer = createServerFramer();
  const framebuffer = createFramebuffer({ compression, createSurface });
  framebuffer.apply({ type: "bell" }, initial);
  framebuffer.pixels.fill(0);
  let session = initial;
  return {
    framebuffer,
    play() {
      let pixels = 0;
      for (const chunk of chunks) {
        framer.push(chunk);
        for (let event = framer.next(session); event !== undefined; event = framer.next(session)) {
          session = observe(session, "server", event);
          framebuffer.apply(event, session);
          if (event.type === "rectangle" && framingOf(event.encodingType)!.drawsPixels)
            pixels += event.width * event.height;
        }
      }
      return pixels;
    },
  };
}
