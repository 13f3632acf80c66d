import { putU8, u8 } from "../wire.ts";

/** Show the desktop so many times smaller: PalmVNC. */
export interface SetScaleFactor {
  /** Tells it from other messages. */
  readonly type: "setScaleFactor";
  /** 1: in full size. */
  readonly scaleFactor: number;
}

/**
 * SetScaleFactor of PalmVNC, which libvncserver and UltraVNC read too. The answer is a PalmResizeFrameBuffer.
 *
 *     0  U8   message-type 15
 *     1  U8   scale-factor
 *     2       padding
 */
export function decodeSetScaleFactor(bytes: Uint8Array, at = 0): SetScaleFactor {
  return { type: "setScaleFactor", scaleFactor: u8(bytes, at + 1) };
}

/** Always 4. */
export function extentOfSetScaleFactor(): number {
  return 4;
}

/** The message's bytes. @throws {RangeError} a factor that does not fit */
export function encodeSetScaleFactor({ scaleFactor }: SetScaleFactor): Uint8Array {
  const bytes = new Uint8Array(4);
  putU8(bytes, 0, 15);
  putU8(bytes, 1, scaleFactor);
  return bytes;
}
