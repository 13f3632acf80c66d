import { putU8, u8 } from "../../wire.ts";

/** Takes keyboard and pointer from the person at the server, or gives them back. */
export interface SetServerInput {
  /** Tells it from other messages. */
  readonly type: "setServerInput";
  /** Not 0: input at the server is blocked. */
  readonly status: number;
}

/**
 * SetServerInput: libvncserver's and UltraVNC's rfbproto.h.
 *
 *     0  U8   message-type 9
 *     1  U8   status
 *     2       padding
 */
export function decodeSetServerInput(bytes: Uint8Array, at = 0): SetServerInput {
  return { type: "setServerInput", status: u8(bytes, at + 1) };
}

/** Always 4. */
export function extentOfSetServerInput(): number {
  return 4;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeSetServerInput({ status }: SetServerInput): Uint8Array {
  const bytes = new Uint8Array(4);
  putU8(bytes, 0, 9);
  putU8(bytes, 1, status);
  return bytes;
}
