import { putU8, putU32, u32 } from "../../wire.ts";

/** One setting of the server, for a client that has listed UltraServerState. */
export interface ServerState {
  /** Tells it from other messages. */
  readonly type: "serverState";
  /** 1: whether input is taken; 2: seconds between KeepAlives; 3: seconds until an idle client is dropped; 4: chat in UTF-8. */
  readonly state: number;
  /** What it is now. */
  readonly value: number;
}

/**
 * ServerState, UltraVNC's rfbproto.h.
 *
 *     0  U8   message-type 173
 *     1       padding
 *     4  U32  state
 *     8  U32  value
 */
export function decodeServerState(bytes: Uint8Array, at = 0): ServerState {
  return { type: "serverState", state: u32(bytes, at + 4), value: u32(bytes, at + 8) };
}

/** Always 12. */
export function extentOfServerState(): number {
  return 12;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeServerState({ state, value }: ServerState): Uint8Array {
  const bytes = new Uint8Array(12);
  putU8(bytes, 0, 173);
  putU32(bytes, 4, state);
  putU32(bytes, 8, value);
  return bytes;
}
