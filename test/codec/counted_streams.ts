import type { Compression } from "../../codec/mod.ts";
import { nodeCompression } from "../../compression/node.ts";
import { screenful } from "../endpoints/viewer.ts";

const real = await nodeCompression({ jpegModule: false });

/** Counts the streams that are open, and all that ever were. */
export function counting(): Compression & { open: number; made: number } {
  const compression = {
    ...real,
    open: 0,
    made: 0,
    createInflater: () => counted(real.createInflater()),
    createDeflater: (level: number) => counted(real.createDeflater(level)),
  };
  return compression;

  function counted<Stream extends { close?(): void }>(stream: Stream): Stream {
    compression.open++;
    compression.made++;
    return {
      ...stream,
      close() {
        compression.open--;
        stream.close!();
      },
    };
  }
}

export const NOISE = { x: 0, y: 0, width: 100, height: 100 };
export const DOTS = { x: 100, y: 0, width: 100, height: 100 };

/** Noise, and beside it dots of two colours. */
export const PICTURE = screenful(200, 100);
for (let i = 0; i < PICTURE.pixels.length; i++) {
  const noise = Math.imul(i + 1, 2654435761) >>> 8;
  PICTURE.pixels[i] = 0xff000000 + (i % 200 < 100 ? noise : i % 3 === 0 ? 0x336699 : 0);
}
