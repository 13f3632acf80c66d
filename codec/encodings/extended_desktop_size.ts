import { Encoding } from "../names.ts";
import { decodeScreens, putScreens, SCREEN_LENGTH, type Screen } from "../screens.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { putU8, u8 } from "../wire.ts";
import { expectBytes, expectLength, wholeRectangle } from "./payload.ts";
import type { Walk } from "./walk.ts";

/** The framebuffer's size and screens, or the answer to a SetDesktopSize. */
export interface ExtendedDesktopSize {
  /** Who wanted it: 0 the server, 1 this client, 2 another client; unknown ones are as 0. */
  readonly reason: number;
  /** 0 no error, 1 prohibited, 2 out of resources, 3 invalid layout, 4 forwarded. Where it is not 0, nothing has changed. */
  readonly status: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** All that the desktop consists of. */
  readonly screens: readonly Screen[];
}

/** The length follows from the number of screens. */
export function advanceExtendedDesktopSize(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 4) return 0;
  walk.done = true;
  return extentOfExtendedDesktopSize(u8(bytes, at));
}

/**
 * ExtendedDesktopSize, rfbproto. The rectangle's x is the reason, its y the status, its size the new one.
 *
 *     0  U8      number-of-screens
 *     1          padding
 *     4  SCREEN  screens × number-of-screens
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length
 */
export function decodeExtendedDesktopSize(payload: Uint8Array, rectangle: Rectangle): ExtendedDesktopSize {
  expectBytes(payload, 0, 4, ACT);
  const count = u8(payload, 0);
  expectLength(payload, extentOfExtendedDesktopSize(count), ACT);
  const { x, y, width, height } = rectangle;
  return { reason: x, status: y, width, height, screens: decodeScreens(payload, 4, count) };
}

/** The whole rectangle. @throws {RangeError} more than 255 screens, or a field that does not fit */
export function encodeExtendedDesktopSize(message: ExtendedDesktopSize): Uint8Array {
  const { reason, status, width, height, screens } = message;
  const payload = new Uint8Array(extentOfExtendedDesktopSize(screens.length));
  putU8(payload, 0, screens.length);
  putScreens(payload, 4, screens);
  return wholeRectangle(Encoding.ExtendedDesktopSize, reason, status, width, height, payload);
}

const ACT = "Cannot read an ExtendedDesktopSize";

function extentOfExtendedDesktopSize(count: number): number {
  return 4 + SCREEN_LENGTH * count;
}
