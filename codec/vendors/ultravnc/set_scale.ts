import { putU8, u8 } from "../../wire.ts";

/** Asks for a framebuffer that is smaller by a factor; {@link ResizeFrameBuffer} answers. */
export interface SetScale {
  /** Tells it from other messages. */
  readonly type: "setScale";
  /** Divides width and height; from 1. */
  readonly scale: number;
}

/**
 * SetScale: libvncserver's and UltraVNC's rfbproto.h.
 *
 *     0  U8   message-type 8
 *     1  U8   scale
 *     2       padding
 */
export function decodeSetScale(bytes: Uint8Array, at = 0): SetScale {
  return { type: "setScale", scale: u8(bytes, at + 1) };
}

/** Always 4. */
export function extentOfSetScale(): number {
  return 4;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeSetScale({ scale }: SetScale): Uint8Array {
  const bytes = new Uint8Array(4);
  putU8(bytes, 0, 8);
  putU8(bytes, 1, scale);
  return bytes;
}
