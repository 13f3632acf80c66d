import { putU8, putU32, u8, u32 } from "../../wire.ts";

/** A key goes down or up, at an ATEN board. */
export interface AtenKeyEvent {
  /** Tells it from other messages. */
  readonly type: "atenKeyEvent";
  /** 0: released. Anything else: pressed. */
  readonly downFlag: number;
  /** A usage of USB's keyboard page, and no keysym. */
  readonly key: number;
}

/**
 * KeyEvent of ATEN's boards, from captures. Byte 1 is not 0 where the rest is encrypted, which nobody can read yet:
 * the fields then say nothing.
 *
 *     0  U8   message-type 4
 *     1       padding
 *     2  U8   down-flag
 *     3       padding
 *     5  U32  key
 *     9       padding, 9 bytes
 */
export function decodeAtenKeyEvent(bytes: Uint8Array, at = 0): AtenKeyEvent {
  return { type: "atenKeyEvent", downFlag: u8(bytes, at + 2), key: u32(bytes, at + 5) };
}

/** Always 18. */
export function extentOfAtenKeyEvent(): number {
  return 18;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeAtenKeyEvent({ downFlag, key }: AtenKeyEvent): Uint8Array {
  const bytes = new Uint8Array(18);
  putU8(bytes, 0, 4);
  putU8(bytes, 2, downFlag);
  putU32(bytes, 5, key);
  return bytes;
}
