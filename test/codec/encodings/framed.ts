import { expect } from "vitest";
import { RfbError } from "../../../codec/errors.ts";
import { createServerFramer, type ServerEvent } from "../../../codec/framer.ts";
import { DEFAULT_LIMITS, type Limits } from "../../../codec/limits.ts";
import type { PixelFormat } from "../../../codec/pixel_format.ts";
import { decodeRectangle, RECTANGLE_LENGTH, type Rectangle } from "../../../codec/server/rectangle.ts";
import { observe, type Session } from "../../../codec/session.ts";
import { bytewise, join } from "../bytes.ts";
import { NORMAL, update } from "../streams.ts";

/** A session between two messages, 100 × 100 pixels. */
export function sessionIn(pixelFormat: PixelFormat): Session {
  return { ...NORMAL, framebufferWidth: 100, framebufferHeight: 100, pixelFormat };
}

export function headOf(encodingType: number, x: number, y: number, width: number, height: number): Rectangle {
  return { type: "rectangle", x, y, width, height, encodingType };
}

/** What a framer makes of an update of one rectangle. */
export interface Framed {
  readonly rectangle: Rectangle;
  readonly payload: Uint8Array;
  /** As it is behind the update. */
  readonly session: Session;
}

/** A whole rectangle's end is found where it is, in whatever pieces it comes. A fault is thrown. */
export function framed(whole: Uint8Array, session: Session, limits: Limits = DEFAULT_LIMITS): Framed {
  const stream = join([update(1, whole), BELL]);
  const atOnce = run([stream], session, limits);
  expect(run(bytewise(stream), session, limits)).toStrictEqual(atOnce);
  // At every place where they are few, at some where they are many.
  const step = Math.max(1, Math.floor(whole.length / 64));
  for (let at = 0; at <= stream.length; at += step) {
    expect(run([stream.slice(0, at), stream.slice(at)], session, limits)).toStrictEqual(atOnce);
  }
  return atOnce;
}

/** A whole rectangle in its two parts, without a framer. */
export function parted(whole: Uint8Array): Pick<Framed, "rectangle" | "payload"> {
  return { rectangle: decodeRectangle(whole), payload: whole.subarray(RECTANGLE_LENGTH) };
}

/** Whether `act` answers; where it throws anything but an RfbError, that is a failure. */
export function isSound(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof RfbError) return false;
    throw error;
  }
}

const BELL = Uint8Array.of(2);

function run(chunks: readonly Uint8Array[], start: Session, limits: Limits): Framed {
  const framer = createServerFramer(limits);
  const events: ServerEvent[] = [];
  const pieces: Uint8Array[] = [];
  let session = start;
  let rectangle: Rectangle | undefined;
  for (const chunk of chunks) {
    framer.push(chunk.slice());
    for (let event = framer.next(session); event !== undefined; event = framer.next(session)) {
      session = observe(session, "server", event);
      events.push(event);
      if (event.type === "rectangle") rectangle = event;
      if (event.type === "rectanglePayload") pieces.push(event.bytes.slice());
    }
  }
  const types = [...new Set(events.map(({ type }) => type))];
  expect(types).toStrictEqual(["framebufferUpdate", "rectangle", "rectanglePayload", "framebufferUpdateEnd", "bell"]);
  expect(events.filter((event) => event.type === "rectanglePayload" && event.last)).toHaveLength(1);
  return { rectangle: rectangle!, payload: join(pieces), session };
}
