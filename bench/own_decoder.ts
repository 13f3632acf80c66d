import type { Compression } from "../codec/compression.ts";
import { framingOf } from "../codec/encodings/framing.ts";
import { createFramebuffer, type Framebuffer } from "../codec/framebuffer.ts";
import { createServerFramer } from "../codec/framer.ts";
import { observe } from "../codec/session.ts";
import { CHUNK, type Decoder, pictureOf } from "./decoder.ts";
import type { Stream } from "./decoder_stream.ts";
import { cut } from "./streams.ts";

/** Ours, as an endpoint puts it together. */
export function ownDecoder(name: string, compression: Compression): Decoder {
  return {
    name,
    objection: () => undefined,
    open(stream) {
      const chunks = cut(stream.bytes, CHUNK);
      return {
        pass: () => play(stream, chunks, compression).pixels,
        picture() {
          const { framebuffer } = play(stream, chunks, compression);
          return pictureOf(framebuffer.width, framebuffer.height, framebuffer.toRgba());
        },
      };
    },
  };
}

/** Plays a stream once. */
export function play(
  { session: initial }: Stream,
  chunks: readonly Uint8Array[],
  compression: Compression,
): { readonly framebuffer: Framebuffer; readonly pixels: number } {
  const framer = createServerFramer();
  const framebuffer = createFramebuffer({ compression });
  let session = initial;
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
  return { framebuffer, pixels };
}
