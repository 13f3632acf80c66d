import { decodeScreens, putScreens, SCREEN_LENGTH, type Screen } from "../screens.ts";
import { putU8, putU16, u8, u16 } from "../wire.ts";

/** Give the desktop this size and these screens. The server answers with an ExtendedDesktopSize. */
export interface SetDesktopSize {
  /** Tells it from other messages. */
  readonly type: "setDesktopSize";
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** At most 255. */
  readonly screens: readonly Screen[];
}

/**
 * SetDesktopSize, rfbproto. Only to a server that has sent an ExtendedDesktopSize.
 *
 *     0  U8      message-type 251
 *     1          padding
 *     2  U16     width, height
 *     6  U8      number-of-screens
 *     7          padding
 *     8  SCREEN  × number-of-screens
 */
export function decodeSetDesktopSize(bytes: Uint8Array, at = 0): SetDesktopSize {
  return {
    type: "setDesktopSize",
    width: u16(bytes, at + 2),
    height: u16(bytes, at + 4),
    screens: decodeScreens(bytes, at + 8, u8(bytes, at + 6)),
  };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. */
export function extentOfSetDesktopSize(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 8) return 8;
  return 8 + SCREEN_LENGTH * u8(bytes, at + 6);
}

/** The message's bytes. @throws {RangeError} a field that does not fit, more than 255 screens */
export function encodeSetDesktopSize({ width, height, screens }: SetDesktopSize): Uint8Array {
  const bytes = new Uint8Array(8 + SCREEN_LENGTH * screens.length);
  putU8(bytes, 0, 251);
  putU16(bytes, 2, width);
  putU16(bytes, 4, height);
  putU8(bytes, 6, screens.length);
  putScreens(bytes, 8, screens);
  return bytes;
}
