import { constants, inflateSync } from "node:zlib";
import type { Compression } from "../codec/compression.ts";
import { CHUNK } from "./decoder.ts";
import type { Stream } from "./decoder_stream.ts";
import type { Once } from "./measure.ts";
import { connectionOf } from "./own_decoder.ts";
import { cut } from "./streams.ts";

/**
 * Inflating alone: each of the stream's zlib streams at one go, as if it had come whole. Nobody who decodes pixels can be
 * quicker. Undefined where there is none.
 */
export function plainInflate(stream: Stream, compression: Compression): Once | undefined {
  const streams = zlibStreamsOf(stream, compression);
  if (streams.length === 0) return undefined;
  return () => {
    for (const { deflated, length } of streams) {
      const options = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: Math.max(64, length + 1) };
      if (inflateSync(deflated, options).length !== length) return -1;
    }
    return stream.pixels;
  };
}

/** What is deflated in it, and how many bytes each comes to. */
function zlibStreamsOf(
  stream: Stream,
  compression: Compression,
): readonly { readonly deflated: Uint8Array; readonly length: number }[] {
  const streams: { pieces: Uint8Array[]; length: number }[] = [];
  const watching: Compression = {
    ...compression,
    createInflater() {
      const inflater = compression.createInflater();
      const seen = { pieces: [] as Uint8Array[], length: 0 };
      streams.push(seen);
      return {
        inflate(deflated, maximum) {
          const inflated = inflater.inflate(deflated, maximum);
          seen.pieces.push(deflated.slice());
          seen.length += inflated.length;
          return inflated;
        },
      };
    },
  };
  connectionOf(stream, cut(stream.bytes, CHUNK), watching).play();
  return streams.map(({ pieces, length }) => ({ deflated: Buffer.concat(pieces), length }));
}
