/**
 * Cuts a stream of bytes into messages, once security is done. Push what arrives, in any pieces,
 * and pull events until there is none; pass each to {@link observe} before pulling the next.
 *
 * @module
 */

import { FREQUENT_CLIENT_MESSAGES, type Frequent } from "./client/frequent.ts";
import { type ClientMessage, clientLayoutOf } from "./client/mod.ts";
import { type EncodingFraming, framingOf } from "./encodings/framing.ts";
import { type Advance, createWalk, restartWalk, type Walk } from "./encodings/walk.ts";
import { RfbError } from "./errors.ts";
import type { Layout } from "./layout.ts";
import { checkFramebufferSize, DEFAULT_LIMITS, type Limits, within } from "./limits.ts";
import { Encoding, nameOfClientMessage, nameOfEncoding, nameOfServerMessage } from "./names.ts";
import { bytesPerPixelOf } from "./pixel_format.ts";
import { failingForEver } from "./pull.ts";
import { type ServerMessage, serverLayoutOf } from "./server/mod.ts";
import { decodeRectangle, RECTANGLE_LENGTH, type Rectangle } from "./server/rectangle.ts";
import { newSizeOf, type Session } from "./session.ts";
import { append, available, become, createInput, type Input, readFrom, u8 } from "./wire.ts";

/** Bytes in, events out. */
export interface Framer<Event> {
  /** Adds a chunk; it is the framer's from here on. */
  push(chunk: Uint8Array): void;
  /**
   * The next event, or undefined: feed me.
   *
   * @throws {RfbError} what the peer did wrong, with the offset in its stream; from then on, always the same
   */
  next(session: Session): Event | undefined;
  /** The last event's bytes as received, until the next push; none of a {@link SkippedMessage}. */
  raw(): Uint8Array;
  /** Bytes of all events so far, and of what is being skipped: the stream's offset of the next one. */
  consumed(): number;
  /**
   * Nothing more will come: the peer has closed. Call it once there is no event left.
   *
   * @throws {RfbError} `truncated`: within a message, or before the last rectangle of an update; what came before, if it
   *   was at fault
   */
  end(): void;
}

/** Some bytes of a rectangle's payload, as they came. */
export interface RectanglePayload {
  /** Tells it from other events. */
  readonly type: "rectanglePayload";
  /** A view, or the very chunk that was pushed, valid until the next push. */
  readonly bytes: Uint8Array;
  /** The payload ends here. */
  readonly last: boolean;
}

/** The update is over: all its rectangles came, or a LastRect did. */
export interface FramebufferUpdateEnd {
  /** Tells it from other events. */
  readonly type: "framebufferUpdateEnd";
}

/** A message that we have no layout for, and the caller's {@link FramerExtensions} had a length. */
export interface UnknownMessage {
  /** Tells it from other events. */
  readonly type: "unknownMessage";
  /** Its number. */
  readonly messageType: number;
  /** All of it, the type included. */
  readonly bytes: Uint8Array;
}

/**
 * A cut text that is longer than the limits allow has passed by. Nothing of it was kept: whoever hands on what
 * {@link Framer.raw} gives hands on a stream without it.
 */
export interface SkippedMessage {
  /** Tells it from other events. */
  readonly type: "skippedMessage";
  /** Its number. */
  readonly messageType: number;
  /** Bytes of all of it, the type included. */
  readonly length: number;
}

/** What a client's stream is made of. */
export type ClientEvent = ClientMessage | UnknownMessage | SkippedMessage;

/**
 * What a server's stream is made of. An update comes as `framebufferUpdate`; then for each
 * rectangle `rectangle` and one or more `rectanglePayload`; then `framebufferUpdateEnd`.
 */
export type ServerEvent =
  | ServerMessage
  | UnknownMessage
  | SkippedMessage
  | Rectangle
  | RectanglePayload
  | FramebufferUpdateEnd;

/** What a caller knows of the protocol that we do not. Asked only for numbers that have no layout here. */
export interface FramerExtensions {
  /** Bytes that the message at `at` needs, as far as `bytes[at, end)` tells; undefined: it is unknown here too. */
  extentOf?(session: Session, bytes: Uint8Array, at: number, end: number): number | undefined;
  /** How the encoding's end is found; undefined: it is unknown here too. The answer may be kept, and a {@link Walk} is. */
  framingOf?(encodingType: number): EncodingFraming | undefined;
}

/**
 * Cuts what a client sends, from ClientInit on.
 *
 * ```ts
 * import { createClientFramer, NEW_SESSION } from "rfb-codec";
 *
 * const framer = createClientFramer();
 * framer.push(Uint8Array.of(5, 1, 0, 10, 0));
 * framer.next({ ...NEW_SESSION, phase: "normal" }); // undefined: a byte is missing
 * framer.push(Uint8Array.of(20));
 * framer.next({ ...NEW_SESSION, phase: "normal" }); // { type: "pointerEvent", buttonMask: 1, x: 10, y: 20 }
 * ```
 */
export function createClientFramer(
  limits: Limits = DEFAULT_LIMITS,
  extensions: FramerExtensions = {},
): Framer<ClientEvent> {
  const messages = messagePuller(
    clientLayoutOf,
    "Cannot read a client message",
    nameOfClientMessage,
    limits,
    extensions,
  );
  return framerOver(messages.next, messages.end, FREQUENT_CLIENT_MESSAGES);
}

/** Cuts what a server sends, from ServerInit on. */
export function createServerFramer(
  limits: Limits = DEFAULT_LIMITS,
  extensions: FramerExtensions = {},
): Framer<ServerEvent> {
  const messages = messagePuller(
    serverLayoutOf,
    "Cannot read a server message",
    nameOfServerMessage,
    limits,
    extensions,
  );
  let rectangles = -1; // still to come in the present update; -1 outside of one
  let budget = 0; // bytes that the present update may still take
  let isWalking = false; // in a payload
  let walk: Walk | undefined; // of the last rectangle: most have its session and encoding
  let framing: EncodingFraming | undefined; // of that encoding
  let framebufferWidth = 0; // of that session
  let framebufferHeight = 0;
  let passing = 0; // bytes of the payload already judged, arrived or not
  let fault: RfbError | undefined; // of the payload, behind what has been handed over; its offset is the stream's

  return framerOver(next, (input) => {
    if (isWalking) throw endsWithin("Cannot read a rectangle's payload", input);
    if (rectangles >= 0) throw endsWithin(`Cannot read an update: ${rectangles} rectangles are missing`, input);
    return messages.end(input);
  });

  function next(input: Input, session: Session): ServerEvent | undefined {
    if (isWalking) return nextPayload(input, walk!, framing!.advance);
    if (rectangles > 0) return nextRectangle(input, session);
    if (rectangles === 0) {
      rectangles = -1;
      return { type: "framebufferUpdateEnd" };
    }
    const message = messages.next(input, session);
    if (message?.type === "framebufferUpdate") {
      rectangles = message.numberOfRectangles;
      budget = limits.maxUpdateLength;
    }
    return message;
  }

  function nextRectangle(input: Input, session: Session): Rectangle | undefined {
    const { bytes, start, end } = input;
    if (end - start < RECTANGLE_LENGTH) return undefined;
    const rectangle = decodeRectangle(bytes, start);
    if (session === walk?.session && rectangle.encodingType === walk.rectangle.encodingType)
      restartWalk(walk, rectangle);
    else beginWalk(rectangle, session, start);
    if (framing!.drawsPixels) checkInside(rectangle, start);
    else checkNewSize(rectangle, limits);
    spend(RECTANGLE_LENGTH);
    rectangles = rectangle.encodingType === Encoding.LastRect ? 0 : rectangles - 1;
    isWalking = true;
    input.start = start + RECTANGLE_LENGTH;
    return rectangle;
  }

  /**
   * The walk of the first rectangle of a session and encoding, and what V8 would have to search for in each, where it has seen
   * many shapes of sessions and formats.
   *
   * @throws {RfbError} `unknownType`
   */
  function beginWalk(rectangle: Rectangle, session: Session, at: number): void {
    const { x, y, width, height, encodingType } = rectangle;
    const { pixelFormat } = session;
    if (pixelFormat === undefined) throw new TypeError("Cannot read a rectangle: the session has no pixelFormat");
    framing = framingOf(encodingType) ?? extensions.framingOf?.(encodingType);
    if (framing === undefined) {
      const reason = `no end is known for encoding ${nameOfEncoding(encodingType)}, ${width}x${height} at ${x},${y}`;
      throw new RfbError("unknownType", "Cannot read a rectangle", reason, { offset: at });
    }
    ({ framebufferWidth, framebufferHeight } = session);
    walk = createWalk(rectangle, session, bytesPerPixelOf(pixelFormat), limits);
  }

  function checkInside({ x, y, width, height }: Rectangle, at: number): void {
    if (x + width <= framebufferWidth && y + height <= framebufferHeight) return;
    const reason = `${width}x${height} at ${x},${y} leaves the framebuffer of ${framebufferWidth}x${framebufferHeight}`;
    throw new RfbError("malformed", "Cannot read a rectangle", reason, { offset: at });
  }

  function nextPayload(input: Input, current: Walk, advance: Advance): RectanglePayload | undefined {
    if (fault !== undefined) throw fault.rebased(-input.base, 0);
    const from = input.start;
    try {
      pass(input, current, advance);
    } catch (error) {
      // What passed before is handed over first. How much that is depends on where chunks end; the fault does not.
      if (input.start === from || !(error instanceof RfbError)) throw error;
      fault = error.rebased(input.base, input.start);
    }
    const last = current.done && passing === 0 && fault === undefined;
    if (input.start === from && !last) return undefined;
    if (last) isWalking = false;
    return { type: "rectanglePayload", bytes: readFrom(input, from), last };
  }

  /** Passes as many bytes of the payload as are here. */
  function pass(input: Input, current: Walk, advance: Advance): void {
    while (!current.done || passing > 0) {
      if (passing === 0) {
        // No farther than the budget: what comes behind it may be at fault too, and must not be found first.
        const visible = available(input) > budget ? input.start + budget : input.end;
        passing = advance(current, input.bytes, input.start, visible);
        spend(passing === 0 && !current.done && visible < input.end ? budget + 1 : passing);
      }
      // Math.min is slow where V8 cannot know that the numbers are small.
      let step = available(input);
      if (passing < step) step = passing;
      if (step === 0) return; // starved, or an empty payload
      input.start += step;
      passing -= step;
    }
  }

  function spend(bytes: number): void {
    budget -= bytes;
    if (budget < 0) within("maxUpdateLength", limits.maxUpdateLength - budget, limits);
  }
}

/** Pulls messages whose layout their number and the session tell. */
function messagePuller<Message>(
  layoutOf: (session: Session, bytes: Uint8Array, at: number) => Layout<Message> | undefined,
  act: string,
  nameOf: (messageType: number) => string,
  limits: Limits,
  extensions: FramerExtensions,
): Puller<Message | UnknownMessage | SkippedMessage> {
  let need = 1; // never look again before this many bytes are here
  let skipped: SkippedMessage | undefined;
  let toSkip = 0; // bytes of it that are still to come
  return { next, end };

  function next(input: Input, session: Session): Message | UnknownMessage | SkippedMessage | undefined {
    if (skipped !== undefined) return skip(input, skipped);
    const { bytes, start, end } = input;
    if (end - start < need) return undefined;
    const layout = layoutOf(session, bytes, start);
    toSkip = layout?.skipExtentOf?.(bytes, start, end, limits, session) ?? 0;
    if (toSkip > 0) {
      need = 1;
      return skip(input, { type: "skippedMessage", messageType: u8(bytes, start), length: toSkip });
    }
    const extent =
      layout?.extentOf(bytes, start, end, limits, session) ?? extensions.extentOf?.(session, bytes, start, end);
    if (extent === undefined)
      throw new RfbError("unknownType", act, `type ${nameOf(u8(bytes, start))}`, { offset: start });
    need = extent;
    if (end - start < need) return undefined;
    const message: Message | UnknownMessage =
      layout === undefined
        ? { type: "unknownMessage", messageType: u8(bytes, start), bytes: bytes.subarray(start, start + need) }
        : layout.decode(bytes, start, session);
    input.start += need;
    need = 1;
    return message;
  }

  function skip(input: Input, message: SkippedMessage): SkippedMessage | undefined {
    const step = Math.min(toSkip, available(input));
    input.start += step;
    input.from = input.start; // nothing of it is raw
    toSkip -= step;
    skipped = toSkip > 0 ? message : undefined;
    return toSkip > 0 ? undefined : message;
  }

  function end(input: Input): undefined {
    if (skipped !== undefined) throw endsWithin("Cannot skip a cut text", input, `${toSkip} bytes before it does`);
    if (available(input) > 0) throw endsWithin(act, input, `${available(input)} bytes into it`);
  }
}

interface Puller<Event> {
  next(input: Input, session: Session): Event | undefined;
  end(input: Input): undefined;
}

function endsWithin(act: string, input: Input, where = "too early"): RfbError {
  return new RfbError("truncated", act, `the stream ends ${where}`, { offset: input.start });
}

const NO_SESSION = {};

/** What both framers share: the input, and what the last event spanned. */
function framerOver<Event>(
  pull: (input: Input, session: Session) => Event | undefined,
  end: (input: Input) => undefined,
  frequent?: Frequent<Event>,
): Framer<Event> {
  const input = createInput();
  let rest: Uint8Array | undefined; // the last chunk, where only its first SEAM bytes are in the input yet
  let plain: object = NO_SESSION; // the session, where nothing is begun and there may be frequent messages
  const step = failingForEver(input, (session: Session | undefined) => {
    plain = NO_SESSION;
    if (session === undefined) {
      goOn();
      return end(input);
    }
    let event: Event | undefined;
    do {
      input.from = input.start;
      event = pull(input, session);
    } while (event === undefined && goOn());
    if (event !== undefined && frequent?.mayCome(session)) plain = session;
    return event;
  });
  return {
    push(chunk) {
      goOn(); // of a chunk that nobody has pulled the events of
      if (available(input) === 0 || chunk.length <= SEAM) append(input, chunk);
      else {
        append(input, chunk.subarray(0, SEAM));
        rest = chunk;
      }
      input.from = input.start;
    },
    next(session) {
      if (session !== plain) return step(session);
      input.from = input.start;
      return frequent?.take(input) ?? step(session);
    },
    raw: () => input.bytes.subarray(input.from, input.start),
    consumed: () => input.base + input.start,
    end() {
      step(undefined);
    },
  };

  /** Once all that was held is spent, the chunk itself becomes the input: most often nothing of it is copied. */
  function goOn(): boolean {
    if (rest === undefined) return false;
    const start = SEAM - available(input);
    if (start < 0) append(input, rest.subarray(SEAM));
    else {
      input.base += input.start - start;
      become(input, rest, start, rest.length);
    }
    rest = undefined;
    return true;
  }
}

/**
 * Bytes of a chunk that are put behind what is held of the one before: as many as most heads lack, and so few that wire.ts's
 * smallest carry has room for both, where no more than a head was begun.
 */
const SEAM = 20;

function checkNewSize(rectangle: Rectangle, limits: Limits): void {
  const size = newSizeOf(rectangle);
  if (size !== undefined) checkFramebufferSize(size.width, size.height, limits);
}
