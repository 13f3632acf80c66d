/** Ring, if there is a bell. */
export interface Bell {
  /** Tells it from other messages. */
  readonly type: "bell";
}

/**
 * Bell, RFC 6143 §7.6.3.
 *
 *     0  U8   message-type 2
 */
export function decodeBell(): Bell {
  return { type: "bell" };
}

/** Always 1. */
export function extentOfBell(): number {
  return 1;
}

/** The one byte. */
export function encodeBell(_message: Bell): Uint8Array {
  return Uint8Array.of(2);
}
