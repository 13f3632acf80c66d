import { Encoding } from "../names.ts";
import { putU8, u8 } from "../wire.ts";
import { bareRectangle, expectLength } from "./payload.ts";
import { type Advance, advanceWhole } from "./walk.ts";

/** Which lamps of the keyboard are lit. */
export interface QemuLedState {
  /** Bit 0 scroll lock, bit 1 num lock, bit 2 caps lock. */
  readonly state: number;
}

/** Always 1 byte. */
export const advanceQemuLedState: Advance = advanceWhole(1);

/**
 * QEMU LED State, rfbproto.
 *
 *     0  U8  state
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length
 */
export function decodeQemuLedState(payload: Uint8Array): QemuLedState {
  expectLength(payload, 1, "Cannot read a QEMULEDState");
  return { state: u8(payload, 0) };
}

/** The whole rectangle. @throws {RangeError} a state that does not fit */
export function encodeQemuLedState({ state }: QemuLedState): Uint8Array {
  const payload = new Uint8Array(1);
  putU8(payload, 0, state);
  return bareRectangle(Encoding.QEMULEDState, payload);
}
