import { RfbError } from "../errors.ts";
import { type Limits, within } from "../limits.ts";
import type { Rectangle } from "../server/rectangle.ts";
import type { Session } from "../session.ts";
import { u32 } from "../wire.ts";

/**
 * How far the framer has come in a rectangle's payload. The encoding's `advance…` reads and moves it; it decodes no pixel and
 * remembers no byte. For the next rectangle of the same session and encoding it is the same object, at the start again.
 */
export interface Walk {
  /** Whose payload it is. */
  rectangle: Rectangle;
  /** As it was when the rectangle began; its `pixelFormat` is there. */
  readonly session: Session;
  /** What the peer may ask for. */
  readonly limits: Limits;
  /** Of the format in force. */
  readonly bytesPerPixel: number;
  /** What `advance…` has answered so far is the whole payload. */
  done: boolean;
  /** The encoding's own place in its payload: what the numbers mean is its affair. 0 at the start. */
  stage: number;
  /** The encoding's own, as `stage` is. */
  tile: number;
  /** The encoding's own, as `stage` is. */
  left: number;
  /** The encoding's own, as `stage` is. */
  size: number;
  /** Bytes so far, where no length tells how many come. */
  length: number;
  /** The rectangle inside this one, where there is one. */
  inner: Walk | undefined;
  /** The encoding's own, as it left it in the rectangle before, as long as session and encoding stay. 0 at the start. */
  kept: number;
}

/**
 * Bytes from `at` on that may pass now, arrived or not; 0 when the next header is not all in
 * `bytes[at, end)`, or when the payload is empty and the walk done.
 *
 * @throws {RfbError} `malformed`, `limit`, `unknownType`
 */
export type Advance = (walk: Walk, bytes: Uint8Array, at: number, end: number) => number;

/** A walk at the start of the rectangle's payload. */
export function createWalk(rectangle: Rectangle, session: Session, bytesPerPixel: number, limits: Limits): Walk {
  return {
    rectangle,
    session,
    limits,
    bytesPerPixel,
    done: false,
    stage: 0,
    tile: 0,
    left: 0,
    size: 0,
    length: 0,
    inner: undefined,
    kept: 0,
  };
}

/** The walk at the start of another rectangle's payload, of the same session and encoding. */
export function restartWalk(walk: Walk, rectangle: Rectangle): void {
  walk.rectangle = rectangle;
  walk.done = false;
  walk.stage = walk.tile = walk.left = walk.size = walk.length = 0;
  walk.inner = undefined;
}

/**
 * `length`, where a payload that draws the rectangle may claim so many bytes: no sound encoder needs more than
 * twice the pixels and a little.
 *
 * @throws {RfbError} `limit`
 */
export function withinRectangle(walk: Walk, length: number, act: string): number {
  const { width, height } = walk.rectangle;
  // Only a fault is looked up by the limit's name: that costs as much as all else here.
  if (length > walk.limits.maxRectangleLength) within("maxRectangleLength", length, walk.limits);
  const most = 2 * width * height * walk.bytesPerPixel + 65536;
  if (length > most) {
    throw new RfbError("limit", act, `${length} bytes for ${width}x${height} pixels: at most ${most}`);
  }
  return length;
}

/**
 * `length`, of bytes that no length in front of them tells: added to those of the payload so far.
 *
 * @throws {RfbError} `limit`
 */
export function counted(walk: Walk, length: number, limit: "maxRectangleLength" | "maxJpegLength"): number {
  walk.length += length;
  const { maxRectangleLength, maxJpegLength } = walk.limits;
  const most = limit === "maxRectangleLength" ? maxRectangleLength : maxJpegLength;
  if (walk.length > most) within(limit, walk.length, walk.limits);
  return length;
}

/** There is no payload. */
export function advanceNothing(walk: Walk): number {
  walk.done = true;
  return 0;
}

/** An `advance…` for payloads of always the same length, which is never split: they are worth reading only whole. */
export function advanceWhole(length: number): Advance {
  return (walk, _bytes, at, end) => {
    if (end - at < length) return 0;
    walk.done = true;
    return length;
  };
}

/**
 * An `advance…` for payloads that draw the rectangle and begin with the length of the rest, U32.
 *
 * @param act "Cannot read a Zlib rectangle"
 */
export function advanceCounted(act: string): Advance {
  return (walk, bytes, at, end) => {
    if (end - at < 4) return 0;
    walk.done = true;
    return 4 + withinRectangle(walk, u32(bytes, at), act);
  };
}

/** The payload has as many bytes as the rectangle claims to be wide. @throws {RfbError} `limit` */
export function advanceAsWide(walk: Walk): number {
  walk.done = true;
  return within("maxVendorLength", walk.rectangle.width, walk.limits);
}
