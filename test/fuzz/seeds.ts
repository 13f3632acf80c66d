import { readFileSync } from "node:fs";
import { join as joinPath } from "node:path";
import { fileURLToPath } from "node:url";
import { readRecording } from "../../cli/replay.ts";
import { ENCODERS } from "../../codec/encodings/encoders.ts";
import { createFramebuffer } from "../../codec/framebuffer.ts";
import { createClientFramer, createServerFramer } from "../../codec/framer.ts";
import { DEFAULT_LIMITS } from "../../codec/limits.ts";
import { Encoding } from "../../codec/names.ts";
import type { PixelFormat } from "../../codec/pixel_format.ts";
import type { Rectangle } from "../../codec/server/rectangle.ts";
import { NEW_SESSION, observe, type Session } from "../../codec/session.ts";
import { append, createInput, drain } from "../../codec/wire.ts";
import type { Recording } from "../../endpoints/mod.ts";
import { createRecordedHandshake } from "../../endpoints/recorded_handshake.ts";
import { be32, join } from "../codec/bytes.ts";
import { recordingsIn } from "../corpus/check.ts";
import { encodeContextOf, formatOf, pictureOf, REAL, STORED } from "./pictures.ts";
import type { Random } from "./random.ts";

/** A message, or a whole update, that somebody has sent; and the session that it came in. */
export interface MessageSeed {
  readonly from: "client" | "server";
  readonly session: Session;
  readonly bytes: Uint8Array;
}

/** A rectangle that somebody has sent. */
export interface RectangleSeed {
  readonly rectangle: Rectangle;
  readonly format: PixelFormat;
  readonly encodingTypes: readonly number[];
  readonly payload: Uint8Array;
  /** The payload, with what was deflated in it as it is; undefined where nothing was. */
  readonly plain: Uint8Array | undefined;
  /** It can be inflated by itself: it is its stream's first. */
  readonly isFirst: boolean;
}

/** What the recordings are made of. */
export interface Seeds {
  readonly recordings: readonly (Recording & { readonly name: string })[];
  readonly messages: readonly MessageSeed[];
  readonly rectangles: ReadonlyMap<number, readonly RectangleSeed[]>;
}

let seeds: Seeds | undefined;

/** Of the recorded connections: cut out once, and only what is small. */
export function seedsOf(): Seeds {
  seeds ??= cutOut();
  return seeds;
}

const FOLDER = fileURLToPath(new URL("../fixtures/recordings", import.meta.url));
const MOST_BYTES = 3000;
const MOST_PIXELS = 8192;

function cutOut(): Seeds {
  const recordings: (Recording & { readonly name: string })[] = [];
  const messages: MessageSeed[] = [];
  const rectangles = new Map<number, RectangleSeed[]>();
  for (const name of recordingsIn(FOLDER)) {
    const recording = readRecording(joinPath(FOLDER, name));
    recordings.push({ ...recording, name });
    const { kind } = JSON.parse(readFileSync(joinPath(FOLDER, name, "meta.json"), "utf8")) as { readonly kind: string };
    if (kind === "pixels" || kind === "messages") cutRecording(recording, messages, rectangles);
  }
  return { recordings, messages, rectangles };
}

function cutRecording(recording: Recording, messages: MessageSeed[], rectangles: Map<number, RectangleSeed[]>): void {
  const inputs = { server: createInput(), client: createInput() };
  append(inputs.server, recording.server);
  append(inputs.client, recording.client);
  const handshake = createRecordedHandshake(NEW_SESSION, inputs.server, inputs.client, DEFAULT_LIMITS);
  handshake.read();
  let { session } = handshake;
  const framers = { server: createServerFramer(), client: createClientFramer() };
  let inflated: Uint8Array[] = [];
  let deflatedLength = 0;
  let fresh = false;
  const framebuffer = createFramebuffer({
    compression: {
      ...REAL,
      createInflater() {
        const inflater = REAL.createInflater();
        fresh = true;
        return {
          inflate(deflated, maximum) {
            const bytes = inflater.inflate(deflated, maximum);
            inflated.push(bytes.slice());
            deflatedLength = deflated.length;
            return bytes;
          },
        };
      },
    },
  });
  let whole: Uint8Array[] = [];
  let payload: Uint8Array[] = [];
  let before = session;
  let rectangle: Rectangle | undefined;

  function pull(from: "client" | "server"): void {
    const framer = framers[from];
    for (let event = framer.next(session); event !== undefined; event = framer.next(session)) {
      const bytes = framer.raw().slice();
      if (from === "client" || whole.length === 0) before = session;
      session = observe(session, from, event);
      if (from === "client") {
        messages.push({ from, session: before, bytes });
        continue;
      }
      whole.push(bytes);
      if (event.type === "rectangle") {
        rectangle = event;
        payload = [];
      }
      if (event.type === "rectanglePayload") payload.push(bytes);
      framebuffer.apply(event as never, session);
      if (event.type === "rectanglePayload" && event.last) keep(rectangle!, join(payload));
      if (event.type === "framebufferUpdate" || event.type === "rectangle" || event.type === "rectanglePayload")
        continue;
      const message = join(whole);
      whole = [];
      if (message.length <= MOST_BYTES) messages.push({ from, session: before, bytes: message });
    }
  }

  function keep(of: Rectangle, bytes: Uint8Array): void {
    const plain = plainOf(of, bytes, inflated, deflatedLength);
    if (of.width * of.height <= MOST_PIXELS && Math.min(bytes.length, plain?.length ?? bytes.length) <= MOST_BYTES) {
      const { pixelFormat, encodingTypes } = session;
      const isFirst = fresh || inflated.length === 0;
      const seed = { rectangle: of, format: pixelFormat!, encodingTypes, payload: bytes, plain, isFirst };
      const list = rectangles.get(of.encodingType) ?? [];
      rectangles.set(of.encodingType, list);
      // The first of each recording, so that none crowds out the others.
      if (list.filter(({ format }) => format === pixelFormat).length < 24) list.push(seed);
    }
    inflated = [];
    fresh = false;
  }

  const rests = { server: drain(inputs.server), client: drain(inputs.client) };
  const passed = {
    server: rests.server.length - recording.server.length,
    client: rests.client.length - recording.client.length,
  };
  for (const { from, length } of recording.chunks!) {
    const at = Math.max(0, passed[from]);
    passed[from] += length;
    if (passed[from] <= at) continue; // of the handshake
    framers[from].push(rests[from].subarray(at, passed[from]));
    pull(from);
  }
}

/** What was deflated put in the place of what it was deflated to. */
function plainOf(
  { encodingType }: Rectangle,
  payload: Uint8Array,
  [inflated]: readonly Uint8Array[],
  deflatedLength: number,
): Uint8Array | undefined {
  if (inflated === undefined) return undefined;
  switch (encodingType) {
    case Encoding.Zlib:
    case Encoding.ZRLE:
    case Encoding.ZYWRLE:
      return join([be32(inflated.length), inflated]);
    case Encoding.Tight:
    case Encoding.TightPNG: {
      const head = payload.length - deflatedLength - compact(deflatedLength).length;
      return join([payload.subarray(0, head), compact(inflated.length), inflated]);
    }
    default:
      return undefined;
  }
}

/** A length as Tight has it. */
function compact(length: number): Uint8Array {
  if (length < 128) return Uint8Array.of(length);
  if (length < 16384) return Uint8Array.of((length & 127) | 128, length >> 7);
  return Uint8Array.of((length & 127) | 128, ((length >> 7) & 127) | 128, length >> 14);
}

/** A rectangle of our own encoder's, of a picture that was made up; undefined where there is no encoder. */
export function ownRectangle(
  random: Random,
  encodingType: number,
  format = formatOf(random),
): RectangleSeed | undefined {
  const encode = ENCODERS.get(encodingType);
  if (encode === undefined) return undefined;
  const { width, height, pixels } = pictureOf(random);
  const qualityLevel = random.oneIn(3) ? random.below(10) : undefined;
  const encodingTypes = [
    ...(qualityLevel === undefined ? [] : [Encoding.JPEGQualityLevel0 + qualityLevel]),
    ...(random.oneIn(4) ? [Encoding.TightWithoutZlib] : []),
  ];
  const plain = encode(
    { width, height, pixels },
    encodeContextOf(format, STORED, random.below(10), qualityLevel, encodingTypes),
  );
  const rectangle: Rectangle = { type: "rectangle", x: 0, y: 0, width, height, encodingType };
  return { rectangle, format, encodingTypes, payload: plain, plain, isFirst: true };
}
