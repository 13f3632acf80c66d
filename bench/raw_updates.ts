import { frameServer } from "./framing.ts";
import type { Contest } from "./measure.ts";
import { CHUNKS, cut, rawRectangles, rawScreens } from "./streams.ts";

/** Pixels pass a framer as views: it has to be quicker than whoever copies them once. */
export async function* rawUpdates(): AsyncGenerator<Contest> {
  const streams = [
    { stream: "Raw 1920x1080", bytes: rawScreens(1) },
    // Half a megabyte: what has just been received lies in the processor's cache, and so does this.
    { stream: "Raw small rectangles", bytes: rawRectangles(4) },
  ];
  for (const { stream, bytes } of streams) {
    const copied = new Uint8Array(bytes.length);
    for (const { chunk, length } of CHUNKS) {
      const chunks = cut(bytes, length);
      yield {
        what: "raw updates",
        stream,
        chunk,
        peer: "memory copy",
        goal: 2,
        unit: "MB/s",
        amount: bytes.length,
        expected: bytes.length,
        ours: () => frameServer(chunks),
        theirs: () => copy(chunks, copied),
      };
    }
  }
}

function copy(chunks: readonly Uint8Array[], to: Uint8Array): number {
  let at = 0;
  for (const chunk of chunks) {
    to.set(chunk, at);
    at += chunk.length;
  }
  return at;
}
