/** Nothing, to keep the connection busy. */
export interface AppleNop {
  /** Tells it from other messages. */
  readonly type: "appleNop";
}

/**
 * AppleNop, from captures of Apple's server; no second source.
 *
 *     0  U8   message-type 7
 */
export function decodeAppleNop(): AppleNop {
  return { type: "appleNop" };
}

/** Always 1. */
export function extentOfAppleNop(): number {
  return 1;
}

/** The one byte. */
export function encodeAppleNop(_message: AppleNop): Uint8Array {
  return Uint8Array.of(7);
}
