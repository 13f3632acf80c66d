/** Asks a server that sends video for a frame that needs no other. */
export interface KeyFrameRequest {
  /** Tells it from other messages. */
  readonly type: "keyFrameRequest";
}

/**
 * KeyFrameRequest, of UltraVNC's video builds; no second source.
 *
 *     0  U8   message-type 12
 */
export function decodeKeyFrameRequest(): KeyFrameRequest {
  return { type: "keyFrameRequest" };
}

/** Always 1. */
export function extentOfKeyFrameRequest(): number {
  return 1;
}

/** The one byte. */
export function encodeKeyFrameRequest(_message: KeyFrameRequest): Uint8Array {
  return Uint8Array.of(12);
}
