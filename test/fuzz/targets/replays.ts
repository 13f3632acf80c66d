import { CLIENT_LAYOUTS } from "../../../codec/client/mod.ts";
import { ENCODERS } from "../../../codec/encodings/encoders.ts";
import { encodeServerInit } from "../../../codec/handshake/mod.ts";
import type { Dialect } from "../../../codec/layout.ts";
import { DEFAULT_LIMITS, type Limits } from "../../../codec/limits.ts";
import type { PixelFormat } from "../../../codec/pixel_format.ts";
import type { RecordedChunk } from "../../../endpoints/mod.ts";
import { type Replay, replay } from "../../../endpoints/mod.ts";
import { hex, join, latin1 } from "../../codec/bytes.ts";
import { CLIENT_STREAM, rectangleHead, update } from "../../codec/streams.ts";
import { expectAllocations } from "../allocations.ts";
import { mutated } from "../mutations.ts";
import { COMPRESSIONS, formatOf } from "../pictures.ts";
import type { Random } from "../random.ts";
import { ownRectangle, seedsOf } from "../seeds.ts";
import { expect, isEqual, outcomeOf, type Target, target, untouched } from "../target.ts";

interface ReplayCase {
  readonly server: Uint8Array;
  readonly client: Uint8Array;
  /** None: the client's first. */
  readonly chunks: readonly RecordedChunk[];
  readonly chunkLength: number;
  readonly compression: keyof typeof COMPRESSIONS;
  readonly dialect: Dialect;
}

const DIALECTS = Object.keys(CLIENT_LAYOUTS) as Dialect[];

/** Small, as what is drawn is. */
export const SMALL: Limits = Object.freeze({
  ...DEFAULT_LIMITS,
  maxFramebufferSide: 1024,
  maxFramebufferArea: 2 ** 19,
});

/** Both sides of a connection, from the first byte to the picture. */
export const replayTargets: readonly Target[] = [
  target<ReplayCase>({
    name: "replay",
    usual: 150,
    make(random) {
      const isRecorded = random.oneIn(12);
      const { server, client, chunks } = isRecorded ? random.pick(small()) : madeUp(random);
      return {
        server: random.oneIn(4) ? server : mutated(random, server, server, 6),
        client: random.oneIn(2) ? client : mutated(random, client),
        chunks: chunks !== undefined && random.oneIn(2) ? chunks : [],
        chunkLength: random.pick([1, 7, 100, 1460]),
        compression: isRecorded ? "real" : "stored",
        dialect: random.oneIn(3) ? random.pick(DIALECTS) : "standard",
      };
    },
    check({ server, client, chunks, chunkLength, compression, dialect }) {
      // Chunks are those of the streams as they were.
      const inOrder =
        chunks.length > 0 && sumOf(chunks, "server") <= server.length && sumOf(chunks, "client") <= client.length;
      const recording = { server, client, ...(inOrder ? { chunks } : {}) };
      const options = { compression: COMPRESSIONS[compression], limits: SMALL, dialect };
      const whole = untouched([server, client], () => replay(recording, options));
      expectAllocations(2 ** 22 + 64 * server.length);
      expectSame(
        whole,
        untouched([server, client], () => replay(recording, { ...options, chunkLength })),
      );
      const { framebuffer, session } = whole;
      expect(framebuffer.pixels.length === framebuffer.width * framebuffer.height, "The picture has not its size");
      const { offset = 0 } = whole.error ?? {};
      expect(offset >= 0 && offset <= Math.max(server.length, client.length), `The fault is at ${offset}`);
      expect(session.phase !== "normal" || framebuffer.width <= SMALL.maxFramebufferSide, "The picture is too large");
      return outcomeOf(whole.error ?? whole);
    },
  }),
];

function expectSame(whole: Replay, pieces: Replay): void {
  expect(isEqual(whole.error, pieces.error), () => `In pieces it ends in ${pieces.error}, at once in ${whole.error}`);
  expect(
    whole.error?.message === pieces.error?.message,
    () => `In pieces it says "${pieces.error?.message}", at once "${whole.error?.message}"`,
  );
  expect(isEqual(whole.session, pieces.session), "In pieces it comes to another session");
  expect(
    whole.outcome === pieces.outcome,
    () => `In pieces it leads to ${pieces.outcome}, at once to ${whole.outcome}`,
  );
  for (const key of ["serverBytesConsumed", "clientBytesConsumed"] as const) {
    if (whole.error === undefined)
      expect(whole[key] === pieces[key], () => `In pieces the ${key} is ${pieces[key]}, at once ${whole[key]}`);
  }
  // A Raw rectangle that is cut short is drawn as far as it came, and that may be in the middle of a pixel.
  if (whole.error === undefined) {
    expect(isEqual(whole.framebuffer.toRgba(), pieces.framebuffer.toRgba()), "In pieces it comes to another picture");
  }
}

function sumOf(chunks: readonly RecordedChunk[], of: "client" | "server"): number {
  return chunks.reduce((sum, { from, length }) => sum + (from === of ? length : 0), 0);
}

interface Streams {
  readonly server: Uint8Array;
  readonly client: Uint8Array;
  readonly chunks?: readonly RecordedChunk[] | undefined;
}

let recorded: readonly Streams[] | undefined;

function small(): readonly Streams[] {
  recorded ??= seedsOf().recordings.filter(({ server, client }) => server.length + client.length < 20_000);
  return recorded;
}

/** A connection whose handshake is short and whose picture is small. */
export function madeUp(random: Random): Streams {
  const width = random.between(1, 90);
  const height = random.between(1, 90);
  const format = formatOf(random);
  const init = encodeServerInit({
    type: "serverInit",
    framebufferWidth: width,
    framebufferHeight: height,
    serverPixelFormat: format,
    name: latin1("fuzz"),
  });
  const updates = Array.from({ length: random.below(4) }, () => updateOf(random, width, height, format));
  const news = random.oneIn(2) ? [random.pick(seedsOf().messages.filter(({ from }) => from === "server")).bytes] : [];
  return {
    server: join([latin1("RFB 003.008\n"), hex("0101 00000000"), init, ...news, ...updates]),
    client: join([
      latin1("RFB 003.008\n"),
      hex("01"),
      random.oneIn(3) ? CLIENT_STREAM : hex("01 03000000000000100010"),
    ]),
  };
}

function updateOf(random: Random, width: number, height: number, format: PixelFormat): Uint8Array {
  const rectangles: Uint8Array[] = [];
  for (let count = random.between(1, 4); count > 0; count--) {
    const own = ownRectangle(random, random.pick([...ENCODERS.keys()]), format)!;
    const { rectangle, payload } = own;
    if (rectangle.width > width || rectangle.height > height) continue;
    const x = random.below(width - rectangle.width + 1);
    const y = random.below(height - rectangle.height + 1);
    rectangles.push(rectangleHead(x, y, rectangle.width, rectangle.height, rectangle.encodingType), payload);
    if (random.oneIn(3)) rectangles.push(pseudoOf(random));
  }
  return update(0xffff, ...rectangles, rectangleHead(0, 0, 0, 0, -224));
}

/** A rectangle that somebody has sent, and that draws nothing. */
function pseudoOf(random: Random): Uint8Array {
  const [encodingType, seeds] = random.pick([...seedsOf().rectangles].filter(([number]) => number < 0));
  const { rectangle, payload } = random.pick(seeds);
  return join([rectangleHead(rectangle.x, rectangle.y, rectangle.width, rectangle.height, encodingType), payload]);
}
