/**
 * libvncclient, by way of a small program in C.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type PixelFormat, pixelReadersOf, readPixels } from "../../codec/mod.ts";
import { createSurface } from "../../codec/surfaces.ts";
import type { Picture } from "../peers/picture.ts";
import { run, start, temporaryFolder, until } from "../peers/process.ts";
import type { Need } from "../peers/programs.ts";
import { rgbOf } from "./pictures.ts";

/** What tests with `compileLibvncclient` need. */
export const LIBVNCCLIENT: readonly Need[] = [
  "gcc",
  () => (existsSync("/usr/include/rfb/rfbclient.h") ? undefined : "libvncclient's header is not installed"),
];

export interface LibvncclientOptions {
  readonly port: number;
  /** Its own names, best first, with blanks between them. */
  readonly encodings: string;
  readonly format: PixelFormat;
  /** 0 to 9; it asks for no level when absent. */
  readonly compressionLevel?: number;
  /** 0 to 9; it asks for no JPEG when absent. */
  readonly qualityLevel?: number;
}

export interface Libvncclient {
  /** What it shows once every pixel has come: anew, but for the first time. */
  all(): Promise<Picture>;
  /** What it shows after one more update. */
  next(): Promise<Picture>;
  /** The first shape of the pointer. */
  cursor(): Promise<Shape>;
  stop(): Promise<void>;
}

/** A pointer's. */
export interface Shape {
  readonly picture: Picture;
  /** 1 or 0 a pixel. */
  readonly isOpaque: Uint8Array;
  /** X and Y. */
  readonly hotspot: readonly number[];
}

/** Compiles the program. Returns how to run it. */
export async function compileLibvncclient(): Promise<(options: LibvncclientOptions) => Libvncclient> {
  const folder = temporaryFolder();
  const program = join(folder, "libvncclient");
  const source = fileURLToPath(new URL("libvncclient.c", import.meta.url));
  await run("gcc", ["-O1", "-Wall", "-Wextra", "-Werror", "-o", program, source, "-lvncclient"], {
    milliseconds: 30_000,
  });
  let files = 0;

  return ({ port, encodings, format, compressionLevel = -1, qualityLevel = -1 }) => {
    const { bitsPerPixel, depth, bigEndianFlag, redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format;
    const channels = [redMax, greenMax, blueMax, redShift, greenShift, blueShift];
    const numbers = [compressionLevel, qualityLevel, bitsPerPixel, depth, bigEndianFlag, ...channels];
    const child = start(program, [`${port}`, encodings, ...numbers.map(String)], { input: { open: true } });
    let answers = 0;
    const ask = async (task: "all" | "next" | "cursor"): Promise<[bytes: Uint8Array, ...said: number[]]> => {
      const file = join(folder, `${files++}`);
      child.send(`${task} ${file}\n`);
      answers++;
      const said = await until(`libvncclient to have ${task}`, () => {
        if (child.ended() !== undefined) throw new Error(`libvncclient ended with ${child.ended()}: ${child.stderr()}`);
        const lines = child.stdoutText().split("\n");
        return lines.length > answers ? lines[answers - 1]!.split(" ").map(Number) : undefined;
      });
      return [readFileSync(file), ...said];
    };
    const frame = async (task: "all" | "next"): Promise<Picture> => {
      const [bytes, width, height] = await ask(task);
      return pictureOf(bytes, width!, height!, format);
    };
    return {
      all: () => frame("all"),
      next: () => frame("next"),
      async cursor() {
        const [bytes, width, height, ...hotspot] = await ask("cursor");
        const isOpaque = bytes.subarray((width! * height! * bitsPerPixel) / 8);
        return { picture: pictureOf(bytes, width!, height!, format), isOpaque, hotspot };
      },
      stop: () => child.stop(),
    };
  };
}

/** It keeps pixels as they were on the wire. */
function pictureOf(bytes: Uint8Array, width: number, height: number, format: PixelFormat): Picture {
  const surface = createSurface(width, height);
  readPixels(pixelReadersOf(format).pixel, bytes, 0, surface.pixels, 0, width * height);
  return rgbOf(surface);
}
