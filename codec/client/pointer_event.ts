import type { Limits } from "../limits.ts";
import type { Session } from "../session.ts";
import { putU8, putU16, u8, u16 } from "../wire.ts";

/** Where the pointer is, and which buttons are down. */
export interface PointerEvent {
  /** Tells it from other messages. */
  readonly type: "pointerEvent";
  /**
   * Bit 0 left, 1 middle, 2 right, 3 wheel up, 4 wheel down, 5 wheel left, 6 wheel right, 7 back. Once both sides have
   * agreed on ExtendedMouseButtons, bit 7 is no button: it says that there is an `extendedButtonMask`.
   */
  readonly buttonMask: number;
  /** Pixels. */
  readonly x: number;
  /** Pixels from the top. */
  readonly y: number;
  /** Bit 0 back, 1 forward. */
  readonly extendedButtonMask?: number;
}

/**
 * PointerEvent, RFC 6143 §7.5.5 and rfbproto "ExtendedMouseButtons Pseudo-encoding".
 *
 *     0  U8   message-type 5
 *     1  U8   button-mask
 *     2  U16  x-position, y-position
 *     6  U8   extended-button-mask, where agreed on and bit 7 of button-mask is set
 */
export function decodePointerEvent(bytes: Uint8Array, at = 0, session?: Session): PointerEvent {
  const buttonMask = u8(bytes, at + 1);
  const x = u16(bytes, at + 2);
  const y = u16(bytes, at + 4);
  return isExtended(buttonMask, session)
    ? { type: "pointerEvent", buttonMask, x, y, extendedButtonMask: u8(bytes, at + 6) }
    : { type: "pointerEvent", buttonMask, x, y };
}

/** 6, or 7 where `bytes[at, end)` and the session tell of an extended mask. */
export function extentOfPointerEvent(
  bytes: Uint8Array,
  at: number,
  end: number,
  _limits: Limits,
  session?: Session,
): number {
  return end - at >= 2 && isExtended(u8(bytes, at + 1), session) ? 7 : 6;
}

/** The message's bytes. @throws {RangeError} a field that does not fit, an extended mask without bit 7 that tells it */
export function encodePointerEvent({ buttonMask, x, y, extendedButtonMask }: PointerEvent): Uint8Array {
  const bytes = new Uint8Array(extendedButtonMask === undefined ? 6 : 7);
  putU8(bytes, 0, 5);
  putU8(bytes, 1, buttonMask);
  putU16(bytes, 2, x);
  putU16(bytes, 4, y);
  if (extendedButtonMask !== undefined) {
    if (buttonMask < EXTENDED) {
      throw new RangeError(
        `Cannot write a PointerEvent: bit 7 of button mask ${buttonMask} has to tell the extended one`,
      );
    }
    putU8(bytes, 6, extendedButtonMask);
  }
  return bytes;
}

const EXTENDED = 0x80;

function isExtended(buttonMask: number, session: Session | undefined): boolean {
  return buttonMask >= EXTENDED && session?.extendedMouseButtons === true;
}
