/**
 * No update comes unasked any more. The first one, in answer to a SetEncodings that lists ContinuousUpdates, says only
 * that the server knows them; each further one follows an EnableContinuousUpdates whose flag is 0 (rfbproto says "not
 * 0", which no server does).
 */
export interface EndOfContinuousUpdates {
  /** Tells it from other messages. */
  readonly type: "endOfContinuousUpdates";
}

/**
 * EndOfContinuousUpdates, rfbproto.
 *
 *     0  U8   message-type 150
 */
export function decodeEndOfContinuousUpdates(): EndOfContinuousUpdates {
  return { type: "endOfContinuousUpdates" };
}

/** Always 1. */
export function extentOfEndOfContinuousUpdates(): number {
  return 1;
}

/** The one byte. */
export function encodeEndOfContinuousUpdates(_message: EndOfContinuousUpdates): Uint8Array {
  return Uint8Array.of(150);
}
