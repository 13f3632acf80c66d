import { RfbError } from "./errors.ts";
import { Encoding } from "./names.ts";
import type { Session } from "./session.ts";
import { putU8, putU32, u32 } from "./wire.ts";

/** The four times of one exchange, in microseconds, modulo 2^32. What is not known yet is 0. */
export interface Ntp {
  /** When the client sent its message. */
  readonly t0: number;
  /** When the server received it. */
  readonly t1: number;
  /** When the server sent its answer. */
  readonly t2: number;
  /** When the client received that. */
  readonly t3: number;
}

export function decodeNtp(bytes: Uint8Array, at: number): Ntp {
  return { t0: u32(bytes, at + 4), t1: u32(bytes, at + 8), t2: u32(bytes, at + 12), t3: u32(bytes, at + 16) };
}

/** Nobody has registered 160: it means this only to those who have agreed on it. */
export function extentOfNtp(at: number, { encodingTypes }: Session, act: string): number {
  if (!encodingTypes.includes(Encoding.NeatvncNTP))
    throw new RfbError("unknownType", act, "type NTP of neatvnc (160)", { offset: at });
  return 20;
}

export function encodeNtp({ t0, t1, t2, t3 }: Ntp): Uint8Array {
  const bytes = new Uint8Array(20);
  putU8(bytes, 0, 160);
  putU32(bytes, 4, t0);
  putU32(bytes, 8, t1);
  putU32(bytes, 12, t2);
  putU32(bytes, 16, t3);
  return bytes;
}
