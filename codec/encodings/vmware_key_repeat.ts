import { Encoding } from "../names.ts";
import { putU16, putU32, u16, u32 } from "../wire.ts";
import { bareRectangle, expectLength } from "./payload.ts";
import { type Advance, advanceWhole } from "./walk.ts";

/** How keys that are held down repeat. The units are nowhere specified. */
export interface VmwareKeyRepeat {
  /** 0: the server repeats them; anything else: the client. */
  readonly keyRepeatEnabled: number;
  /** From one repetition to the next. */
  readonly period: number;
  /** To the first repetition. */
  readonly delay: number;
}

/** Always 10 bytes. */
export const advanceVmwareKeyRepeat: Advance = advanceWhole(10);

/**
 * VMware Key Repeat, rfbproto.
 *
 *     0  U16  key-repeat-enabled
 *     2  U32  period
 *     6  U32  delay
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length
 */
export function decodeVmwareKeyRepeat(payload: Uint8Array): VmwareKeyRepeat {
  expectLength(payload, 10, "Cannot read a VMwareKeyRepeat");
  return { keyRepeatEnabled: u16(payload, 0), period: u32(payload, 2), delay: u32(payload, 6) };
}

/** The whole rectangle. @throws {RangeError} a field that does not fit */
export function encodeVmwareKeyRepeat({ keyRepeatEnabled, period, delay }: VmwareKeyRepeat): Uint8Array {
  const payload = new Uint8Array(10);
  putU16(payload, 0, keyRepeatEnabled);
  putU32(payload, 2, period);
  putU32(payload, 6, delay);
  return bareRectangle(Encoding.VMwareKeyRepeat, payload);
}
