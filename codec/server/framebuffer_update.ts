import { putU8, putU16, u16 } from "../wire.ts";

/** The start of an update; its rectangles follow as events of their own. */
export interface FramebufferUpdate {
  /** Tells it from other messages. */
  readonly type: "framebufferUpdate";
  /** 65535 may stand for "until a LastRect comes". 0 is legal. */
  readonly numberOfRectangles: number;
}

/**
 * The head of FramebufferUpdate, RFC 6143 §7.6.1.
 *
 *     0  U8   message-type 0
 *     1       padding
 *     2  U16  number-of-rectangles
 */
export function decodeFramebufferUpdate(bytes: Uint8Array, at = 0): FramebufferUpdate {
  return { type: "framebufferUpdate", numberOfRectangles: u16(bytes, at + 2) };
}

/** Always 4: the head alone. */
export function extentOfFramebufferUpdate(): number {
  return 4;
}

/** The head alone: send as many rectangles after it as it says. */
export function encodeFramebufferUpdate({ numberOfRectangles }: FramebufferUpdate): Uint8Array {
  const bytes = new Uint8Array(4);
  putU8(bytes, 0, 0);
  putU16(bytes, 2, numberOfRectangles);
  return bytes;
}
