import { putU8, u8 } from "../../wire.ts";

/** How many monitors the server has. */
export interface MonitorInfo {
  /** Tells it from other messages. */
  readonly type: "monitorInfo";
  /** How many the server has. */
  readonly numberOfMonitors: number;
}

/**
 * MonitorInfo, UltraVNC's rfbproto.h. Its number is registered for TightVNC.
 *
 *     0  U8   message-type 252
 *     1  U8   number-of-monitors
 *     2       padding
 */
export function decodeMonitorInfo(bytes: Uint8Array, at = 0): MonitorInfo {
  return { type: "monitorInfo", numberOfMonitors: u8(bytes, at + 1) };
}

/** Always 4. */
export function extentOfMonitorInfo(): number {
  return 4;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeMonitorInfo({ numberOfMonitors }: MonitorInfo): Uint8Array {
  const bytes = new Uint8Array(4);
  putU8(bytes, 0, 252);
  putU8(bytes, 1, numberOfMonitors);
  return bytes;
}
