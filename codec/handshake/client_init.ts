import { putU8, u8 } from "../wire.ts";

/** The client's last word before the session. */
export interface ClientInit {
  /** Tells it from other messages. */
  readonly type: "clientInit";
  /** 0: put the other clients off. Anything else: share with them. */
  readonly sharedFlag: number;
}

/**
 * ClientInit, RFC 6143 §7.3.1.
 *
 *     0  U8   shared-flag
 */
export function decodeClientInit(bytes: Uint8Array, at = 0): ClientInit {
  return { type: "clientInit", sharedFlag: u8(bytes, at) };
}

/** Always 1. */
export function extentOfClientInit(): number {
  return 1;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeClientInit({ sharedFlag }: ClientInit): Uint8Array {
  const bytes = new Uint8Array(1);
  putU8(bytes, 0, sharedFlag);
  return bytes;
}
