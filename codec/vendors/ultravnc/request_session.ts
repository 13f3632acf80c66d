/** Asks which sessions the server can show. */
export interface RequestSession {
  /** Tells it from other messages. */
  readonly type: "requestSession";
}

/**
 * RequestSession, UltraVNC's rfbproto.h.
 *
 *     0  U8   message-type 20
 */
export function decodeRequestSession(): RequestSession {
  return { type: "requestSession" };
}

/** Always 1. */
export function extentOfRequestSession(): number {
  return 1;
}

/** The one byte. */
export function encodeRequestSession(_message: RequestSession): Uint8Array {
  return Uint8Array.of(20);
}
