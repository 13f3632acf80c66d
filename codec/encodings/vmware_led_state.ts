import { Encoding } from "../names.ts";
import { putU32, u32 } from "../wire.ts";
import { bareRectangle, expectLength } from "./payload.ts";
import { type Advance, advanceWhole } from "./walk.ts";

/** Which lamps of the keyboard are lit. */
export interface VmwareLedState {
  /** Bit 0 scroll lock, bit 1 num lock, bit 2 caps lock. */
  readonly ledFlags: number;
}

/** Always 4 bytes. */
export const advanceVmwareLedState: Advance = advanceWhole(4);

/**
 * VMware LED State, rfbproto.
 *
 *     0  U32  led-flags
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length
 */
export function decodeVmwareLedState(payload: Uint8Array): VmwareLedState {
  expectLength(payload, 4, "Cannot read a VMwareLEDState");
  return { ledFlags: u32(payload, 0) };
}

/** The whole rectangle. @throws {RangeError} flags that does not fit */
export function encodeVmwareLedState({ ledFlags }: VmwareLedState): Uint8Array {
  const payload = new Uint8Array(4);
  putU32(payload, 0, ledFlags);
  return bareRectangle(Encoding.VMwareLEDState, payload);
}
