// zlib streams for tests: by Node's zlib, which none of the tested code makes.

import { constants, createDeflate } from "node:zlib";

type Flush = "Z_SYNC_FLUSH" | "Z_FULL_FLUSH" | "Z_PARTIAL_FLUSH" | "Z_NO_FLUSH" | "Z_FINISH";

/** The pieces as one zlib stream, each ending in its flush. */
export async function deflated(
  pieces: readonly (readonly [bytes: Uint8Array, flush: Flush])[],
  options: { level?: number; strategy?: number } = {},
): Promise<Uint8Array[]> {
  const stream = createDeflate(options);
  const results: Uint8Array[] = [];
  let chunks: Uint8Array[] = [];
  stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  for (const [bytes, flush] of pieces) {
    if (flush === "Z_FINISH") {
      await new Promise<void>((resolve) => stream.once("end", resolve).end(bytes));
    } else {
      await new Promise<void>((resolve) => stream.write(bytes, () => resolve()));
      if (flush !== "Z_NO_FLUSH") await new Promise<void>((resolve) => stream.flush(constants[flush], resolve));
    }
    results.push(new Uint8Array(Buffer.concat(chunks)));
    chunks = [];
  }
  return results;
}

/** What screens hold: runs, repeats, and noise in between; the same for the same seed. */
export function screenful(size: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = seed >>> 0 || 1;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
  for (let i = 0; i < size; ) {
    const length = 1 + (random() % 200);
    const end = Math.min(size, i + length);
    const kind = random() % 3;
    if (kind === 0) bytes.fill(random(), i, end);
    else if (kind === 1 && i > 0) {
      const back = 1 + (random() % Math.min(i, 32768));
      for (let k = i; k < end; k++) bytes[k] = bytes[k - back]!;
    } else for (let k = i; k < end; k++) bytes[k] = random();
    i = end;
  }
  return bytes;
}
