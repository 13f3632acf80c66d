import { putU8, putU16, u8, u16 } from "../wire.ts";

/** Where the pointer is, and which buttons are down. */
export interface PointerEvent {
  readonly type: "pointerEvent";
  /** Bit 0 left, 1 middle, 2 right, 3 wheel up, 4 wheel down, 5 wheel left, 6 wheel right, 7 back. */
  readonly buttonMask: number;
  /** Pixels. */
  readonly x: number;
  readonly y: number;
}

/**
 * PointerEvent, RFC 6143 §7.5.5.
 *
 *     0  U8   message-type 5
 *     1  U8   button-mask
 *     2  U16  x-position, y-position
 */
export function decodePointerEvent(bytes: Uint8Array, at = 0): PointerEvent {
  return { type: "pointerEvent", buttonMask: u8(bytes, at + 1), x: u16(bytes, at + 2), y: u16(bytes, at + 4) };
}

/** Always 6. */
export function extentOfPointerEvent(): number {
  return 6;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodePointerEvent({ buttonMask, x, y }: PointerEvent): Uint8Array {
  const bytes = new Uint8Array(6);
  putU8(bytes, 0, 5);
  putU8(bytes, 1, buttonMask);
  putU16(bytes, 2, x);
  putU16(bytes, 4, y);
  return bytes;
}
