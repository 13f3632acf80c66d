import { putU8, putU16, u8, u16 } from "../../wire.ts";

/** Where the pointer is, and which buttons are down, at an ATEN board. */
export interface AtenPointerEvent {
  /** Tells it from other messages. */
  readonly type: "atenPointerEvent";
  /** Bit 0 left, 1 middle, 2 right, 3 wheel up, 4 wheel down. */
  readonly buttonMask: number;
  /** Pixels. */
  readonly x: number;
  /** Pixels from the top. */
  readonly y: number;
}

/**
 * PointerEvent of ATEN's boards, from captures. Byte 1 as in {@link decodeAtenKeyEvent}.
 *
 *     0  U8   message-type 5
 *     1       padding
 *     2  U8   button-mask
 *     3  U16  x, y
 *     7       padding, 11 bytes
 */
export function decodeAtenPointerEvent(bytes: Uint8Array, at = 0): AtenPointerEvent {
  return { type: "atenPointerEvent", buttonMask: u8(bytes, at + 2), x: u16(bytes, at + 3), y: u16(bytes, at + 5) };
}

/** Always 18. */
export function extentOfAtenPointerEvent(): number {
  return 18;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeAtenPointerEvent({ buttonMask, x, y }: AtenPointerEvent): Uint8Array {
  const bytes = new Uint8Array(18);
  putU8(bytes, 0, 5);
  putU8(bytes, 2, buttonMask);
  putU16(bytes, 3, x);
  putU16(bytes, 5, y);
  return bytes;
}
