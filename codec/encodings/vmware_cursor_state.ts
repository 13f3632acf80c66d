import { Encoding } from "../names.ts";
import { putU16, u16 } from "../wire.ts";
import { bareRectangle, expectLength } from "./payload.ts";
import { type Advance, advanceWhole } from "./walk.ts";

/** What the pointer is up to. */
export interface VmwareCursorState {
  /** Bit 0: it is visible; bit 1: it moves absolutely; bit 2: it is warped. */
  readonly cursorState: number;
}

/** Always 2 bytes. */
export const advanceVmwareCursorState: Advance = advanceWhole(2);

/**
 * VMware Cursor State, rfbproto.
 *
 *     0  U16  cursor-state
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length
 */
export function decodeVmwareCursorState(payload: Uint8Array): VmwareCursorState {
  expectLength(payload, 2, "Cannot read a VMwareCursorState");
  return { cursorState: u16(payload, 0) };
}

/** The whole rectangle. @throws {RangeError} a state that does not fit */
export function encodeVmwareCursorState({ cursorState }: VmwareCursorState): Uint8Array {
  const payload = new Uint8Array(2);
  putU16(payload, 0, cursorState);
  return bareRectangle(Encoding.VMwareCursorState, payload);
}
