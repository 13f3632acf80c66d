import type { Limits } from "../limits.ts";
import { decodeNtp, encodeNtp, extentOfNtp, type Ntp } from "../ntp.ts";
import type { Session } from "../session.ts";

/** The client's part of comparing clocks: neatvnc, experimental. */
export interface ClientNtp extends Ntp {
  /** Tells it from other messages. */
  readonly type: "clientNtp";
}

/**
 * NTP, as neatvnc lays it out; no specification has it.
 *
 *     0  U8   message-type 160
 *     1       padding
 *     4  U32  t0, t1, t2, t3
 */
export function decodeClientNtp(bytes: Uint8Array, at = 0): ClientNtp {
  return { type: "clientNtp", ...decodeNtp(bytes, at) };
}

/** Always 20. @throws {RfbError} `unknownType`, where the client has not listed NeatvncNTP */
export function extentOfClientNtp(
  _bytes: Uint8Array,
  at: number,
  _end: number,
  _limits: Limits,
  session: Session,
): number {
  return extentOfNtp(at, session, "Cannot read a client message");
}

/** The message's bytes. @throws {RangeError} a time that does not fit */
export function encodeClientNtp(message: ClientNtp): Uint8Array {
  return encodeNtp(message);
}
