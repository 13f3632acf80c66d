import { checkFramebufferSize, type Limits } from "../../limits.ts";
import { putU8, putU16, u16 } from "../../wire.ts";

/** The framebuffer has another size from here on: {@link SetScale}'s answer. */
export interface ResizeFrameBuffer {
  /** Tells it from other messages. */
  readonly type: "resizeFrameBuffer";
  /** Pixels. */
  readonly framebufferWidth: number;
  /** Pixels. */
  readonly framebufferHeight: number;
}

/**
 * ResizeFrameBuffer: libvncserver's and UltraVNC's rfbproto.h.
 *
 *     0  U8   message-type 4
 *     1       padding
 *     2  U16  framebuffer-width, framebuffer-height
 */
export function decodeResizeFrameBuffer(bytes: Uint8Array, at = 0): ResizeFrameBuffer {
  return {
    type: "resizeFrameBuffer",
    framebufferWidth: u16(bytes, at + 2),
    framebufferHeight: u16(bytes, at + 4),
  };
}

/** Always 6. @throws {RfbError} `limit`: the framebuffer's size */
export function extentOfResizeFrameBuffer(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at >= 6) checkFramebufferSize(u16(bytes, at + 2), u16(bytes, at + 4), limits);
  return 6;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeResizeFrameBuffer(message: ResizeFrameBuffer): Uint8Array {
  const bytes = new Uint8Array(6);
  putU8(bytes, 0, 4);
  putU16(bytes, 2, message.framebufferWidth);
  putU16(bytes, 4, message.framebufferHeight);
  return bytes;
}
