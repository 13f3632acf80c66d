import { Encoding } from "../names.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { wholeRectangle } from "./payload.ts";

/** How the pointer is to be moved from here on. */
export interface QemuPointerMotionChange {
  /** 0: PointerEvents carry 32767 plus how far it has moved; anything else: where it is. */
  readonly absoluteFlag: number;
}

/** QEMU Pointer Motion Change, rfbproto: the rectangle's x is the flag; there is no payload. */
export function decodeQemuPointerMotionChange({ x }: Rectangle): QemuPointerMotionChange {
  return { absoluteFlag: x };
}

/** The whole rectangle: 12 bytes, no payload. @throws {RangeError} a flag that does not fit */
export function encodeQemuPointerMotionChange({ absoluteFlag }: QemuPointerMotionChange): Uint8Array {
  return wholeRectangle(Encoding.QEMUPointerMotionChange, absoluteFlag, 0, 0, 0);
}
