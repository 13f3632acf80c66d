import { Encoding } from "../names.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { wholeRectangle } from "./payload.ts";

/** Which modifiers of the keyboard are on. */
export interface KeyboardLedState {
  /** 1 shift, 2 caps lock, 4 control, 8 alt, 16 meta, 32 super, 64 hyper, 128 num lock, 256 scroll lock, 512 AltGr. */
  readonly state: number;
}

/** KeyboardLedState, libvncserver: the rectangle's x is the state; there is no payload. */
export function decodeKeyboardLedState({ x }: Rectangle): KeyboardLedState {
  return { state: x };
}

/** The whole rectangle: 12 bytes, no payload. @throws {RangeError} a state that does not fit */
export function encodeKeyboardLedState({ state }: KeyboardLedState): Uint8Array {
  return wholeRectangle(Encoding.KeyboardLedState, state, 0, 0, 0);
}
