import { putU8, u8 } from "../../wire.ts";

/** Chooses the monitor that the server is to show. */
export interface SetMonitor {
  /** Tells it from other messages. */
  readonly type: "setMonitor";
  /** Which one. */
  readonly number: number;
}

/**
 * SetMonitor, UltraVNC's rfbproto.h. Its number is registered for VMware.
 *
 *     0  U8   message-type 254
 *     1  U8   number
 *     2       padding
 */
export function decodeSetMonitor(bytes: Uint8Array, at = 0): SetMonitor {
  return { type: "setMonitor", number: u8(bytes, at + 1) };
}

/** Always 4. */
export function extentOfSetMonitor(): number {
  return 4;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeSetMonitor({ number }: SetMonitor): Uint8Array {
  const bytes = new Uint8Array(4);
  putU8(bytes, 0, 254);
  putU8(bytes, 1, number);
  return bytes;
}
