import { Encoding } from "../names.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { wholeRectangle } from "./payload.ts";

/** Where the server has put the pointer. */
export interface VmwareCursorPosition {
  /** Pixels. */
  readonly x: number;
  /** Pixels from the top. */
  readonly y: number;
}

/** VMware Cursor Position, rfbproto: the rectangle's place is the pointer's; there is no payload. */
export function decodeVmwareCursorPosition({ x, y }: Rectangle): VmwareCursorPosition {
  return { x, y };
}

/** The whole rectangle: 12 bytes, no payload. @throws {RangeError} a place that does not fit */
export function encodeVmwareCursorPosition({ x, y }: VmwareCursorPosition): Uint8Array {
  return wholeRectangle(Encoding.VMwareCursorPosition, x, y, 0, 0);
}
