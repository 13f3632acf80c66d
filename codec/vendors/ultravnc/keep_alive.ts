/** The peer is still there. Either way, once the client has listed UltraEnableKeepAlive. */
export interface KeepAlive {
  /** Tells it from other messages. */
  readonly type: "keepAlive";
}

/**
 * KeepAlive, either way: UltraVNC's rfbproto.h.
 *
 *     0  U8   message-type 13
 */
export function decodeKeepAlive(): KeepAlive {
  return { type: "keepAlive" };
}

/** Always 1. */
export function extentOfKeepAlive(): number {
  return 1;
}

/** The one byte. */
export function encodeKeepAlive(_message: KeepAlive): Uint8Array {
  return Uint8Array.of(13);
}
