/** A frame that needs no other comes next. */
export interface KeyFrameUpdate {
  /** Tells it from other messages. */
  readonly type: "keyFrameUpdate";
}

/**
 * KeyFrameUpdate, of UltraVNC's video builds; no second source.
 *
 *     0  U8   message-type 5
 */
export function decodeKeyFrameUpdate(): KeyFrameUpdate {
  return { type: "keyFrameUpdate" };
}

/** Always 1. */
export function extentOfKeyFrameUpdate(): number {
  return 1;
}

/** The one byte. */
export function encodeKeyFrameUpdate(_message: KeyFrameUpdate): Uint8Array {
  return Uint8Array.of(5);
}
