import { putU8, u8 } from "../../wire.ts";

/** Chooses the session that the server is to show. */
export interface SetSession {
  /** Tells it from other messages. */
  readonly type: "setSession";
  /** Which one. */
  readonly number: number;
}

/**
 * SetSession, UltraVNC's rfbproto.h.
 *
 *     0  U8   message-type 21
 *     1  U8   number
 */
export function decodeSetSession(bytes: Uint8Array, at = 0): SetSession {
  return { type: "setSession", number: u8(bytes, at + 1) };
}

/** Always 2. */
export function extentOfSetSession(): number {
  return 2;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeSetSession({ number }: SetSession): Uint8Array {
  const bytes = new Uint8Array(2);
  putU8(bytes, 0, 21);
  putU8(bytes, 1, number);
  return bytes;
}
