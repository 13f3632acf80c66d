/**
 * What costs are followed along.
 *
 * @module
 */

import type { Compression } from "../codec/compression.ts";
import { Encoding } from "../codec/names.ts";
import { RGBX8888 } from "../codec/pixel_format.ts";
import { encodeFramebufferUpdate } from "../codec/server/framebuffer_update.ts";
import { encodeRectangle } from "../codec/server/rectangle.ts";
import type { Session } from "../codec/session.ts";
import { sessionBehindInit, streamOf } from "./decoder_stream.ts";
import { drawings } from "./drawn_streams.ts";
import { frameClient } from "./framing.ts";
import type { Curve, Point } from "./growth.ts";
import type { Once } from "./measure.ts";
import { connectionOf, playing } from "./own_decoder.ts";
import { PALETTE_PIXELS, PALETTE_SIDE, tightPalette, zrlePackedPalette, zrlePaletteRle } from "./palette_streams.ts";
import type { ProxyBench } from "./proxy_parent.ts";
import { clientMix, cut, cutTexts } from "./streams.ts";

/** Curves, by the name that they are filtered by. */
export interface NamedCurves {
  readonly name: string;
  curves(): Promise<readonly Curve[]>;
}

/** All of them. */
export function namedCurves(
  quick: boolean,
  compression: () => Promise<Compression>,
  bench: () => Promise<ProxyBench>,
): readonly NamedCurves[] {
  return [
    { name: "rectangles in an update", curves: async () => [rectangles(await compression())] },
    { name: "framebuffer size", curves: async () => framebufferSizes(await compression()) },
    { name: "chunk size", curves: async () => chunkSizes(quick, await compression()) },
    { name: "message length", curves: async () => [messageLengths()] },
    { name: "palette size", curves: async () => palettes(await compression()) },
    { name: "connections", curves: async () => [await connections(await bench(), quick)] },
  ];
}

function rectangles(compression: Compression): Curve {
  const session = sessionBehindInit(1920, 1080, RGBX8888, [Encoding.Raw]);
  const [width, height] = [8, 8];
  return {
    what: "Raw, 8x8 pixels each",
    along: "rectangles in an update",
    unit: "ns a rectangle",
    points: [1, 16, 256, 4096, 65_535].map((count) => {
      const bytes = updateOf(
        Array.from({ length: count }, (_, i) => rawRectangle((i * width) % 1920, (i >> 3) % 1000, width, height)),
      );
      return {
        at: String(count),
        amount: count,
        expected: count * width * height,
        side: playerOf(session, compression, cut(bytes, 65536)),
      };
    }),
  };
}

const SIZES: readonly (readonly [name: string, width: number, height: number])[] = [
  ["VGA", 640, 480],
  ["HD", 1280, 720],
  ["full HD", 1920, 1080],
  ["4K", 3840, 2160],
  ["8K", 7680, 4320],
];

/** Whole screens on a framebuffer that is there, and small updates of one, which are not to depend on its size. */
function framebufferSizes(compression: Compression): readonly Curve[] {
  const pointsOf = (chunksOf: (width: number, height: number) => readonly Uint8Array[], area?: number): Point[] =>
    SIZES.map(([at, width, height]) => ({
      at,
      amount: area === undefined ? width * height : 1,
      expected: area ?? width * height,
      side: playerOf(sessionBehindInit(width, height, RGBX8888, [Encoding.Raw]), compression, chunksOf(width, height)),
    }));
  const along = "framebuffer";
  return [
    { what: "Raw, the whole screen", along, unit: "ns a pixel", points: pointsOf(wholeScreen) },
    {
      what: "Raw, 64x64 in a corner",
      along,
      unit: "ns an update",
      points: pointsOf((width, height) => [updateOf([rawRectangle(width - 64, height - 64, 64, 64)])], 64 * 64),
    },
  ];
}

const CHUNK_SIZES: readonly (readonly [name: string, length: number])[] = [
  ["1 B", 1],
  ["16 B", 16],
  ["256 B", 256],
  ["4 KiB", 4096],
  ["64 KiB", 65536],
  ["1 MiB", 2 ** 20],
];

function chunkSizes(quick: boolean, compression: Compression): readonly Curve[] {
  const messages = quick ? 5000 : 100_000;
  const mix = clientMix(messages);
  const drawn = quick ? drawings(256, 192) : drawings(1280, 720);
  const { bytes, pixels, ...stream } = drawn.find(({ encoding }) => encoding === "TRLE")!.stream();
  const along = "chunk";
  const unit = "ns a byte" as const;
  return [
    {
      ...{ what: "framing client messages", along, unit },
      points: CHUNK_SIZES.map(([at, length]) => {
        const chunks = cut(mix, length);
        return { at, amount: mix.length, expected: messages, side: () => frameClient(chunks) };
      }),
    },
    {
      ...{ what: "drawing TRLE", along, unit },
      points: CHUNK_SIZES.map(([at, length]) => {
        const chunks = cut(bytes, length);
        return {
          ...{ at, amount: bytes.length, expected: pixels },
          side: playing({ ...stream, bytes, pixels }, chunks, compression),
        };
      }),
    },
  ];
}

/** That a byte costs no more the longer its message is, is that single bytes cost linear time. */
function messageLengths(): Curve {
  return {
    what: "cut texts in single bytes",
    along: "message",
    unit: "ns a byte",
    points: [2 ** 10, 2 ** 12, 2 ** 14, 2 ** 16, 2 ** 18, 2 ** 20].map((length) => {
      const bytes = cut(cutTexts(1, length), 1);
      return { at: `${length / 1024} KiB`, amount: length, expected: 1, side: () => frameClient(bytes) };
    }),
  };
}

function palettes(compression: Compression): readonly Curve[] {
  const kinds = [
    { what: "ZRLE, packed palettes", sizes: [2, 3, 4, 8, 16], encoding: Encoding.ZRLE, bytesOf: zrlePackedPalette },
    {
      what: "ZRLE, palettes with runs of 4",
      sizes: [2, 4, 16, 64, 127],
      encoding: Encoding.ZRLE,
      bytesOf: zrlePaletteRle,
    },
    { what: "Tight, palettes", sizes: [2, 4, 16, 64, 127, 256], encoding: Encoding.Tight, bytesOf: tightPalette },
  ];
  return kinds.map(({ what, sizes, encoding, bytesOf }) => ({
    ...{ what, along: "colours", unit: "ns a pixel" as const },
    points: sizes.map((size) => {
      const session = sessionBehindInit(PALETTE_SIDE, PALETTE_SIDE, RGBX8888, [encoding]);
      const bytes = updateOf([rectangle(0, 0, PALETTE_SIDE, PALETTE_SIDE, encoding), bytesOf(size)], 1);
      const stream = streamOf({ name: what, format: RGBX8888, session, bytes, fault: () => undefined });
      const chunks = cut(bytes, 65536);
      return {
        ...{ at: String(size), amount: PALETTE_PIXELS, expected: PALETTE_PIXELS },
        side: playing(stream, chunks, compression),
      };
    }),
  }));
}

const CONNECTIONS = [1, 10, 100, 500];

/** Of the proxy: as many bytes in all, over all of them at once. */
async function connections(bench: ProxyBench, quick: boolean): Promise<Curve> {
  const relay = await bench.proxy("none", "tcp");
  const way = { server: "none", relay } as const;
  const bytes = (quick ? 2 : 64) * 2 ** 20;
  const along = "connections";
  return {
    ...{ what: "proxy, None, to the client, at once", along, unit: "ns a byte" as const },
    points: CONNECTIONS.map((count) => {
      const each = Math.floor(bytes / count);
      return {
        ...{ at: String(count), amount: each * count, expected: each * count },
        side: () =>
          bench.ask({
            ...{ task: "transfer", ...way, to: "client", bytes: each, connections: count, hashed: false },
          }),
      };
    }),
  };
}

/** Draws the same chunks again and again, on a framebuffer that stays. */
function playerOf(session: Session, compression: Compression, chunks: readonly Uint8Array[]): Once {
  return connectionOf({ session }, chunks, compression).play;
}

function updateOf(rectangles: readonly Uint8Array[], numberOfRectangles = rectangles.length): Uint8Array {
  const head = encodeFramebufferUpdate({ type: "framebufferUpdate", numberOfRectangles });
  return new Uint8Array(Buffer.concat([head, ...rectangles]));
}

function rectangle(x: number, y: number, width: number, height: number, encodingType: number): Uint8Array {
  return encodeRectangle({ type: "rectangle", x, y, width, height, encodingType });
}

function rawRectangle(x: number, y: number, width: number, height: number): Uint8Array {
  const payload = new Uint8Array(4 * width * height).fill(0x7f);
  return Buffer.concat([rectangle(x, y, width, height, Encoding.Raw), payload]);
}

/** The same 64 KiB again and again: 8K would be 133 MB. */
function wholeScreen(width: number, height: number): readonly Uint8Array[] {
  const head = updateOf([rectangle(0, 0, width, height, Encoding.Raw)]);
  const piece = new Uint8Array(65536).fill(0x7f);
  const chunks = [head];
  for (let left = 4 * width * height; left > 0; left -= piece.length) chunks.push(piece.subarray(0, left));
  return chunks;
}
