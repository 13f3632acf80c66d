/**
 * Screens: the parts of a framebuffer that each stand for a monitor.
 *
 * @module
 */

import { putU16, putU32, u16, u32 } from "./wire.ts";

/** One screen of ExtendedDesktopSize and SetDesktopSize. */
export interface Screen {
  /** Stays the same for as long as the screen is there. */
  readonly id: number;
  /** Pixels of the framebuffer. */
  readonly x: number;
  /** Pixels from the top. */
  readonly y: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** None is defined; unknown ones are to be kept. */
  readonly flags: number;
}

/** Bytes of a screen. */
export const SCREEN_LENGTH = 16;

/**
 * `count` screens, rfbproto "SetDesktopSize".
 *
 *     0  U32  id
 *     4  U16  x-position, y-position, width, height
 *    12  U32  flags
 *
 * @throws {RfbError} `truncated`
 */
export function decodeScreens(bytes: Uint8Array, at: number, count: number): readonly Screen[] {
  const screens: Screen[] = [];
  for (let i = at, end = at + SCREEN_LENGTH * count; i < end; i += SCREEN_LENGTH) {
    screens.push({
      id: u32(bytes, i),
      x: u16(bytes, i + 4),
      y: u16(bytes, i + 6),
      width: u16(bytes, i + 8),
      height: u16(bytes, i + 10),
      flags: u32(bytes, i + 12),
    });
  }
  return screens;
}

/** Writes screens one after the other. @throws {RangeError} a field that does not fit */
export function putScreens(bytes: Uint8Array, at: number, screens: readonly Screen[]): void {
  for (const [i, screen] of screens.entries()) {
    const to = at + SCREEN_LENGTH * i;
    putU32(bytes, to, screen.id);
    putU16(bytes, to + 4, screen.x);
    putU16(bytes, to + 6, screen.y);
    putU16(bytes, to + 8, screen.width);
    putU16(bytes, to + 10, screen.height);
    putU32(bytes, to + 12, screen.flags);
  }
}
