/**
 * Cuts a stream of bytes into messages, once security is done. Push what arrives, in any pieces,
 * and pull events until there is none; pass each to {@link observe} before pulling the next.
 *
 * @module
 */

import { type ClientMessage, decodeClientMessage, extentOfClientMessage } from "./client/mod.ts";
import { encodingEntryOf } from "./encodings/mod.ts";
import type { Advance, Walk } from "./encodings/walk.ts";
import { RfbError } from "./errors.ts";
import { checkFramebufferSize, DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { Encoding, nameOfEncoding } from "./names.ts";
import { bytesPerPixelOf } from "./pixel_format.ts";
import { failingForEver } from "./pull.ts";
import { decodeServerMessage, extentOfServerMessage, type ServerMessage } from "./server/mod.ts";
import { decodeRectangle, RECTANGLE_LENGTH, type Rectangle } from "./server/rectangle.ts";
import type { Session } from "./session.ts";
import { append, createInput, type Input } from "./wire.ts";

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
  /** The last event's bytes as received, until the next push. */
  raw(): Uint8Array;
  /** Bytes of all events so far: the stream's offset of the next one. */
  consumed(): number;
}

/** Some bytes of a rectangle's payload, as they came. */
export interface RectanglePayload {
  readonly type: "rectanglePayload";
  /** A view, valid until the next push. */
  readonly bytes: Uint8Array;
  /** The payload ends here. */
  readonly last: boolean;
}

/** The update is over: all its rectangles came, or a LastRect did. */
export interface FramebufferUpdateEnd {
  readonly type: "framebufferUpdateEnd";
}

/**
 * What a server's stream is made of. An update comes as `framebufferUpdate`; then for each
 * rectangle `rectangle` and one or more `rectanglePayload`; then `framebufferUpdateEnd`.
 */
export type ServerEvent = ServerMessage | Rectangle | RectanglePayload | FramebufferUpdateEnd;

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
export function createClientFramer(limits: Limits = DEFAULT_LIMITS): Framer<ClientMessage> {
  let need = 1; // never look again before this many bytes are here
  return framerOver((input, session) => {
    const { bytes, start, end } = input;
    if (end - start < need) return undefined;
    need = extentOfClientMessage(session, bytes, start, end, limits);
    if (end - start < need) return undefined;
    const message = decodeClientMessage(session, bytes, start);
    input.start = start + need;
    need = 1;
    return message;
  });
}

/** Cuts what a server sends, from ServerInit on. */
export function createServerFramer(limits: Limits = DEFAULT_LIMITS): Framer<ServerEvent> {
  let need = 1; // never look again before this many bytes are here
  let rectangles = -1; // still to come in the present update; -1 outside of one
  let walk: Walk | undefined;
  let advance: Advance;
  let passing = 0; // bytes of the payload already judged, arrived or not

  return framerOver((input, session) => {
    if (walk !== undefined) return nextPayload(input, walk);
    if (rectangles === 0) {
      rectangles = -1;
      return { type: "framebufferUpdateEnd" };
    }
    return rectangles > 0 ? nextRectangle(input, session) : nextMessage(input, session);
  });

  function nextMessage(input: Input, session: Session): ServerMessage | undefined {
    const { bytes, start, end } = input;
    if (end - start < need) return undefined;
    need = extentOfServerMessage(session, bytes, start, end, limits);
    if (end - start < need) return undefined;
    const message = decodeServerMessage(session, bytes, start);
    if (message.type === "framebufferUpdate") rectangles = message.numberOfRectangles;
    input.start = start + need;
    need = 1;
    return message;
  }

  function nextRectangle(input: Input, session: Session): Rectangle | undefined {
    const { bytes, start, end } = input;
    if (end - start < RECTANGLE_LENGTH) return undefined;
    const rectangle = decodeRectangle(bytes, start);
    const entry = encodingEntryOf(rectangle.encodingType);
    if (session.pixelFormat === undefined)
      throw new TypeError("Cannot read a rectangle: the session has no pixelFormat");
    if (entry === undefined) {
      const reason = `no end is known for encoding ${nameOfEncoding(rectangle.encodingType)}`;
      throw new RfbError("unknownType", "Cannot read a rectangle", reason, { offset: start });
    }
    if (entry.drawsPixels) checkInside(rectangle, session, start);
    if (rectangle.encodingType === Encoding.DesktopSize) {
      checkFramebufferSize(rectangle.width, rectangle.height, limits);
    }
    rectangles = rectangle.encodingType === Encoding.LastRect ? 0 : rectangles - 1;
    walk = { rectangle, bytesPerPixel: bytesPerPixelOf(session.pixelFormat), done: false };
    advance = entry.advance;
    input.start = start + RECTANGLE_LENGTH;
    return rectangle;
  }

  function nextPayload(input: Input, current: Walk): RectanglePayload | undefined {
    const from = input.start;
    while (!current.done || passing > 0) {
      if (passing === 0) passing = advance(current, input.bytes, input.start, input.end);
      const step = Math.min(passing, input.end - input.start);
      if (step === 0) break; // starved, or an empty payload
      input.start += step;
      passing -= step;
    }
    const last = current.done && passing === 0;
    if (input.start === from && !last) return undefined;
    if (last) walk = undefined;
    return { type: "rectanglePayload", bytes: input.bytes.subarray(from, input.start), last };
  }
}

/** What both framers share: the input, and what the last event spanned. */
function framerOver<Event>(pull: (input: Input, session: Session) => Event | undefined): Framer<Event> {
  const input = createInput();
  let from = 0;
  return {
    push(chunk) {
      append(input, chunk);
      from = input.start;
    },
    next: failingForEver(input, (session: Session) => {
      from = input.start;
      return pull(input, session);
    }),
    raw: () => input.bytes.subarray(from, input.start),
    consumed: () => input.base + input.start,
  };
}

function checkInside({ x, y, width, height }: Rectangle, session: Session, at: number): void {
  const { framebufferWidth, framebufferHeight } = session;
  if (x + width <= framebufferWidth && y + height <= framebufferHeight) return;
  const reason = `${width}x${height} at ${x},${y} leaves the framebuffer of ${framebufferWidth}x${framebufferHeight}`;
  throw new RfbError("malformed", "Cannot read a rectangle", reason, { offset: at });
}
