/**
 * libvncclient, by way of a small program in C.
 *
 * @module
 */

import { readFileSync, writeFileSync } from "node:fs";
import { qualityLevelOf } from "../codec/encoder.ts";
import { encodeServerInit } from "../codec/handshake/mod.ts";
import { Encoding } from "../codec/names.ts";
import { bytesPerPixelOf, type PixelFormat } from "../codec/pixel_format.ts";
import { pixelReadersOf, readPixels } from "../codec/pixels.ts";
import { createSurface } from "../codec/surfaces.ts";
import { type CProgram, compile } from "./c_program.ts";
import { type Decoder, type OpenDecoder, pictureOf } from "./decoder.ts";
import { nameOf, type Stream } from "./decoder_stream.ts";

export interface LibvncclientDecoders {
  /** It ends with finished pixels, as we do: where its framebuffer has 8 or 16 bits a pixel, they are turned into RGBA. */
  readonly finishing: Decoder;
  /** Its framebuffer of 8 or 16 bits a pixel is all that it makes. */
  readonly plain: Decoder;
}

/** Compiles the program. */
export async function libvncclientDecoders(): Promise<LibvncclientDecoders> {
  const program = await compile("libvncclient", "vncclient");
  return {
    finishing: {
      name: "libvncclient",
      objection,
      open: (stream) => open(program, stream, isNarrow(stream.format) ? "rgba" : "pass"),
    },
    plain: {
      name: "libvncclient, own pixels",
      objection: (stream) => (isNarrow(stream.format) ? objection(stream) : "its pixels are finished"),
      open: (stream) => open(program, stream, "pass"),
    },
  };
}

function open(program: CProgram, stream: Stream, task: "pass" | "rgba"): OpenDecoder {
  const { format, session, messages } = stream;
  const { bitsPerPixel, depth, bigEndianFlag, redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format;
  const input = program.file();
  writeFileSync(input, wholeStream(stream));
  const { ask, stop } = program.start([
    ...[input, messages, qualityLevelOf(session.encodingTypes) ?? -1, bitsPerPixel, depth, bigEndianFlag],
    ...[redMax, greenMax, blueMax, redShift, greenShift, blueShift],
  ]);
  return {
    pass: {
      async run(calls) {
        const [nanoseconds, answer] = await ask(`${task} ${calls}`);
        return { milliseconds: nanoseconds / 1e6, answer };
      },
    },
    async picture() {
      const output = program.file();
      await ask(`${task} 1`);
      const [width, height] = await ask(`picture ${output}`);
      const bytes = readFileSync(output);
      if (task === "rgba") return pictureOf(width, height, bytes);
      const surface = createSurface(width, height);
      readPixels(pixelReadersOf(format).pixel, bytes, 0, surface.pixels, 0, width * height);
      return pictureOf(width, height, new Uint8Array(surface.pixels.buffer));
    },
    close: stop,
  };
}

/** From the first byte on: version 3.8, no security, and a ServerInit that has the stream's own format. */
function wholeStream({ session, format, bytes }: Stream): Uint8Array {
  const { framebufferWidth, framebufferHeight } = session;
  const size = { framebufferWidth, framebufferHeight };
  const init = encodeServerInit({ type: "serverInit", ...size, serverPixelFormat: format, name: NAME });
  return Buffer.concat([Buffer.from("RFB 003.008\n\x01\x01\0\0\0\0", "latin1"), init, bytes]);
}

const NAME = Uint8Array.of(0x78);

function isNarrow(format: PixelFormat): boolean {
  return bytesPerPixelOf(format) < 4;
}

function objection({ format, encodings, hasImages, messageTypes }: Stream): string | undefined {
  const other = [...messageTypes].find((type) => !MESSAGES.has(type));
  if (other !== undefined) return `it knows no ${other}`;
  const unknown = [...encodings].find((type) => !ENCODINGS.has(type));
  if (unknown !== undefined) return `it has no decoder for ${nameOf(unknown)}`;
  const isWide = !isNarrow(format);
  if (format.bigEndianFlag === 0) return undefined;
  if (encodings.has(Encoding.Tight) && (isWide || hasImages)) return "it draws Tight's big-endian pixels wrong";
  const isLow = Math.max(format.redShift, format.greenShift, format.blueShift) === 16;
  if (isWide && isLow && (encodings.has(Encoding.TRLE) || encodings.has(Encoding.ZRLE))) {
    return "it draws the lower bytes of big-endian CPIXELs wrong";
  }
  return encodings.has(Encoding.ZYWRLE) ? "it draws ZYWRLE's big-endian pixels wrong" : undefined;
}

const MESSAGES: ReadonlySet<string> = new Set(["framebufferUpdate", "bell", "serverCutText"]);

const ENCODINGS: ReadonlySet<number> = new Set([
  Encoding.Raw,
  Encoding.CopyRect,
  Encoding.RRE,
  Encoding.CoRRE,
  Encoding.Hextile,
  Encoding.Zlib,
  Encoding.Tight,
  Encoding.Ultra,
  Encoding.TRLE,
  Encoding.ZRLE,
  Encoding.ZYWRLE,
  Encoding.LastRect,
  Encoding.Cursor,
  Encoding.XCursor,
  Encoding.PointerPos,
  Encoding.DesktopSize,
  Encoding.ExtendedDesktopSize,
  Encoding.QEMUExtendedKeyEvent,
]);
