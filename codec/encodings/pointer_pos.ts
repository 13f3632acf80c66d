import { Encoding } from "../names.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { wholeRectangle } from "./payload.ts";

/** Where the server has put the pointer. */
export interface PointerPos {
  /** Pixels. */
  readonly x: number;
  /** Pixels from the top. */
  readonly y: number;
}

/** PointerPos, TightVNC: the rectangle's place is the pointer's; there is no payload. */
export function decodePointerPos({ x, y }: Rectangle): PointerPos {
  return { x, y };
}

/** The whole rectangle: 12 bytes, no payload. @throws {RangeError} a place that does not fit */
export function encodePointerPos({ x, y }: PointerPos): Uint8Array {
  return wholeRectangle(Encoding.PointerPos, x, y, 0, 0);
}
