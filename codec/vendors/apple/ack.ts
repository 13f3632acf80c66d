/** An acknowledgement. */
export interface AppleAck {
  /** Tells it from other messages. */
  readonly type: "appleAck";
}

/**
 * AppleAck, from captures of Apple's server; no second source.
 *
 *     0  U8   message-type 4
 */
export function decodeAppleAck(): AppleAck {
  return { type: "appleAck" };
}

/** Always 1. */
export function extentOfAppleAck(): number {
  return 1;
}

/** The one byte. */
export function encodeAppleAck(_message: AppleAck): Uint8Array {
  return Uint8Array.of(4);
}
