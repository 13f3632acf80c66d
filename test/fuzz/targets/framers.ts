import { CLIENT_LAYOUTS } from "../../../codec/client/mod.ts";
import { FRAMING } from "../../../codec/encodings/framing.ts";
import { RfbError } from "../../../codec/errors.ts";
import {
  type ClientEvent,
  createClientFramer,
  createServerFramer,
  type Framer,
  type ServerEvent,
} from "../../../codec/framer.ts";
import type { Dialect } from "../../../codec/layout.ts";
import { DEFAULT_LIMITS, type Limits } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import { NEW_SESSION, type Session } from "../../../codec/session.ts";
import { cut, join } from "../../codec/bytes.ts";
import { MESSAGES } from "../../codec/messages.ts";
import { AGREED, type Run, rectangleHead, runFramer, update } from "../../codec/streams.ts";
import { expectAllocations } from "../allocations.ts";
import { cutsOf, mutated } from "../mutations.ts";
import { formatOf } from "../pictures.ts";
import type { Random } from "../random.ts";
import { ownRectangle, seedsOf } from "../seeds.ts";
import { expect, isEqual, outcomeOf, type Target, target, untouched } from "../target.ts";

interface StreamCase {
  readonly session: Session;
  readonly bytes: Uint8Array;
  readonly cuts: readonly number[];
  /** Small ones, so that what is claimed is often within, and often beyond. */
  readonly tight: boolean;
}

const DIALECTS = Object.keys(CLIENT_LAYOUTS) as Dialect[];

/** So tight that random lengths are often beyond. */
export const TIGHT: Limits = Object.freeze({
  ...DEFAULT_LIMITS,
  maxCutTextLength: 40,
  maxEncodings: 8,
  maxNameLength: 40,
  maxReasonLength: 40,
  maxUpdateLength: 4000,
  maxFramebufferSide: 300,
  maxCursorSide: 32,
  maxVendorLength: 100,
  maxFileTransferLength: 60,
  maxTextChatLength: 40,
  maxColourMapEntries: 300,
});

const FRAMERS = { client: createClientFramer, server: createServerFramer } as const;

export const framerTargets: readonly Target[] = (["client", "server"] as const).map((from) =>
  target<StreamCase>({
    name: `${from}-framer`,
    make(random) {
      const session = sessionOf(random);
      const pieces = Array.from({ length: random.between(1, 5) }, () => pieceOf(random, from, session));
      let bytes = mutated(random, join(pieces), random.pick(messagesOf(from)));
      if (random.oneIn(30)) bytes = random.bytes(random.below(80));
      return { session, bytes, cuts: cutsOf(random, bytes.length), tight: random.oneIn(3) };
    },
    check({ session, bytes, cuts, tight }) {
      const limits = tight ? TIGHT : DEFAULT_LIMITS;
      const whole = checkedRun(FRAMERS[from](limits), from, session, [bytes.slice()]);
      expectAllocations(65536 + 16 * bytes.length);
      const pieces = checkedRun(FRAMERS[from](limits), from, session, cut(bytes, ...cuts));
      expectSame(whole, pieces);
      expectSound(whole, bytes);
      expectSound(pieces, bytes);
      return outcomeOf(whole.error);
    },
  }),
);

interface CheckedRun extends Run {
  /** The stream without what was skipped, as far as events came. */
  readonly kept: Uint8Array;
  /** What it says to a stream that ends here. */
  readonly end: RfbError | undefined;
  /** It is the session that finds the fault, in an event that the framer has no fault to find with. */
  readonly isObserved: boolean;
}

function checkedRun(
  framer: Framer<ClientEvent> | Framer<ServerEvent>,
  from: "client" | "server",
  session: Session,
  chunks: Uint8Array[],
): CheckedRun {
  let isObserved = false;
  let at = 0;
  const stream = join(chunks);
  const kept: Uint8Array[] = [];
  const saw = (event: ClientEvent | ServerEvent, current: Session): void => {
    if (event.type !== "skippedMessage") kept.push(stream.subarray(at, framer.consumed()));
    at = framer.consumed();
    isObserved = event.type === "rectanglePayload" && current.displayModeChanging;
  };
  return untouched(chunks, () => {
    const run = runFramer(framer, from, session, chunks, saw);
    return { ...run, isObserved, kept: join(kept), end: faultAtEnd(framer) };
  });
}

function faultAtEnd(framer: Framer<unknown>): RfbError | undefined {
  try {
    framer.end();
    return undefined;
  } catch (error) {
    if (error instanceof RfbError) return error;
    throw error;
  }
}

function expectSame(whole: CheckedRun, pieces: CheckedRun): void {
  expect(isEqual(whole.error, pieces.error), () => `In pieces it ends in ${pieces.error}, at once in ${whole.error}`);
  expect(isEqual(whole.events, pieces.events), "In pieces it comes to other events");
  expect(isEqual(whole.session, pieces.session), "In pieces it comes to another session");
  // Where among several tiles an update became too long is not told either.
  if (whole.error instanceof RfbError && /maxUpdateLength/.test(whole.error.message)) return;
  if (whole.error instanceof RfbError && pieces.error instanceof RfbError) {
    expect(
      whole.error.message === pieces.error.message && whole.error.offset === pieces.error.offset,
      () => `In pieces it says "${pieces.error}", at once "${whole.error}"`,
    );
  }
  // Tiles that come together are judged together: how many sound ones pass before a fault is up to the chunks.
  const isSame = whole.error !== undefined || whole.consumed === pieces.consumed;
  const isSameEnd = whole.error !== undefined || String(whole.end) === String(pieces.end);
  expect(isSameEnd, () => `In pieces it ends with "${pieces.end}", at once with "${whole.end}"`);
  expect(isSame, () => `In pieces it consumes ${pieces.consumed}, at once ${whole.consumed}`);
}

function expectSound({ error, consumed, raw, kept, end, isObserved }: CheckedRun, bytes: Uint8Array): void {
  if (error !== undefined && !(error instanceof RfbError)) throw error;
  expect(isEqual(raw, kept), "What it says that it consumed is not what came");
  const isOver = error === undefined && end === undefined;
  expect(!isOver || consumed === bytes.length, () => `It ends well after ${consumed} of ${bytes.length} bytes`);
  if (error === undefined || isObserved) return;
  const { offset = -1 } = error;
  expect(
    offset >= consumed && offset <= bytes.length,
    () => `The offset ${offset} is not within ${consumed} to ${bytes.length}`,
  );
}

function sessionOf(random: Random): Session {
  const recorded = random.pick(seedsOf().messages).session;
  const isRecorded = recorded.pixelFormat !== undefined && random.oneIn(3);
  return {
    ...(isRecorded ? recorded : NEW_SESSION),
    ...(!isRecorded && random.oneIn(2) ? AGREED : {}),
    ...(isRecorded
      ? {}
      : {
          framebufferWidth: random.between(0, 300),
          framebufferHeight: random.between(0, 300),
          pixelFormat: formatOf(random),
        }),
    phase: random.oneIn(10)
      ? random.pick(["serverInit", "clientInit", "normal", "refused", "securityResult"])
      : "normal",
    dialect: isRecorded && random.oneIn(2) ? "standard" : random.pick(DIALECTS),
    version: "3.8",
    ...(random.oneIn(10) ? { securityType: 16 } : {}),
  };
}

/** One message, or one update, that means something to somebody. */
function pieceOf(random: Random, from: "client" | "server", session: Session): Uint8Array {
  if (from === "client" || random.oneIn(3)) return random.pick(messagesOf(from));
  const count = random.below(4);
  const rectangles = Array.from({ length: count }, () => rectangleOf(random, session));
  return update(random.oneIn(8) ? 0xffff : count, ...rectangles);
}

function rectangleOf(random: Random, session: Session): Uint8Array {
  const encodingType = random.pick(ENCODINGS);
  const { framebufferWidth, framebufferHeight } = session;
  const own = random.oneIn(2) ? ownRectangle(random, encodingType, session.pixelFormat) : undefined;
  const seed = own ?? random.pick(seedsOf().rectangles.get(encodingType) ?? [undefined]);
  const width = seed?.rectangle.width ?? random.below(40);
  const height = seed?.rectangle.height ?? random.below(40);
  const x = random.below(Math.max(1, framebufferWidth - width));
  const y = random.below(Math.max(1, framebufferHeight - height));
  const payload =
    seed === undefined ? random.bytes(random.below(40)) : random.oneIn(2) ? seed.payload : (seed.plain ?? seed.payload);
  const isNothing = seed === undefined && random.oneIn(2);
  return join([
    rectangleHead(x, y, isNothing ? 0 : width, isNothing ? 0 : height, encodingType),
    isNothing ? new Uint8Array(random.below(12)) : payload,
  ]);
}

const ENCODINGS: readonly number[] = [...FRAMING.keys(), Encoding.LastRect, Encoding.JRLE];

const lists: { client?: Uint8Array[]; server?: Uint8Array[] } = {};

/** Golden vectors of all dialects, and what was recorded. */
function messagesOf(from: "client" | "server"): readonly Uint8Array[] {
  lists[from] ??= [
    ...MESSAGES.filter(({ framedFrom }) => framedFrom === from).flatMap(({ golden }) =>
      golden.map(({ bytes }) => bytes),
    ),
    ...seedsOf()
      .messages.filter((seed) => seed.from === from)
      .map(({ bytes }) => bytes),
  ].filter(({ length }) => length <= 1500);
  return lists[from];
}
