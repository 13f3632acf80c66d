import type { Limits } from "../limits.ts";
import { decodeNtp, encodeNtp, extentOfNtp, type Ntp } from "../ntp.ts";
import type { Session } from "../session.ts";

/** The server's part of comparing clocks: neatvnc, experimental. */
export interface ServerNtp extends Ntp {
  /** Tells it from other messages. */
  readonly type: "serverNtp";
}

/**
 * NTP, as neatvnc lays it out; no specification has it.
 *
 *     0  U8   message-type 160
 *     1       padding
 *     4  U32  t0, t1, t2, t3
 */
export function decodeServerNtp(bytes: Uint8Array, at = 0): ServerNtp {
  return { type: "serverNtp", ...decodeNtp(bytes, at) };
}

/** Always 20. @throws {RfbError} `unknownType`, where the client has not listed NeatvncNTP */
export function extentOfServerNtp(
  _bytes: Uint8Array,
  at: number,
  _end: number,
  _limits: Limits,
  session: Session,
): number {
  return extentOfNtp(at, session, "Cannot read a server message");
}

/** The message's bytes. @throws {RangeError} a time that does not fit */
export function encodeServerNtp(message: ServerNtp): Uint8Array {
  return encodeNtp(message);
}
