import { putU8, putU16, u8, u16 } from "../../wire.ts";

/** Asks for a single window in place of the whole desktop. */
export interface SetSW {
  /** Tells it from other messages. */
  readonly type: "setSW";
  /** What it means is told nowhere. */
  readonly status: number;
  /** Pixels: a place in the window. Below 5 each: the whole desktop again. */
  readonly x: number;
  /** Pixels from the top. */
  readonly y: number;
}

/**
 * SetSW: libvncserver's and UltraVNC's rfbproto.h.
 *
 *     0  U8   message-type 10
 *     1  U8   status
 *     2  U16  x, y
 */
export function decodeSetSW(bytes: Uint8Array, at = 0): SetSW {
  return { type: "setSW", status: u8(bytes, at + 1), x: u16(bytes, at + 2), y: u16(bytes, at + 4) };
}

/** Always 6. */
export function extentOfSetSW(): number {
  return 6;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeSetSW({ status, x, y }: SetSW): Uint8Array {
  const bytes = new Uint8Array(6);
  putU8(bytes, 0, 10);
  putU8(bytes, 1, status);
  putU16(bytes, 2, x);
  putU16(bytes, 4, y);
  return bytes;
}
