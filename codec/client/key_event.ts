import { putU8, putU32, u8, u32 } from "../wire.ts";

/** A key goes down or up. */
export interface KeyEvent {
  /** Tells it from other messages. */
  readonly type: "keyEvent";
  /** 0: released. Anything else: pressed. */
  readonly downFlag: number;
  /** An X11 keysym: Latin-1 as itself, other characters as 0x01000000 + code point. */
  readonly key: number;
}

/**
 * KeyEvent, RFC 6143 §7.5.4.
 *
 *     0  U8   message-type 4
 *     1  U8   down-flag
 *     2       padding
 *     4  U32  key
 */
export function decodeKeyEvent(bytes: Uint8Array, at = 0): KeyEvent {
  return { type: "keyEvent", downFlag: u8(bytes, at + 1), key: u32(bytes, at + 4) };
}

/** Always 8. */
export function extentOfKeyEvent(): number {
  return 8;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeKeyEvent({ downFlag, key }: KeyEvent): Uint8Array {
  const bytes = new Uint8Array(8);
  putU8(bytes, 0, 4);
  putU8(bytes, 1, downFlag);
  putU32(bytes, 4, key);
  return bytes;
}
