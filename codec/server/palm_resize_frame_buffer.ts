import { checkFramebufferSize, type Limits } from "../limits.ts";
import { putU8, putU16, u16 } from "../wire.ts";

/** The framebuffer's size from here on, which may be the desktop's made smaller: PalmVNC. */
export interface PalmResizeFrameBuffer {
  /** Tells it from other messages. */
  readonly type: "palmResizeFrameBuffer";
  /** Pixels of the desktop itself. */
  readonly desktopWidth: number;
  /** Pixels. */
  readonly desktopHeight: number;
  /** Pixels of the framebuffer. */
  readonly bufferWidth: number;
  /** Pixels. */
  readonly bufferHeight: number;
}

/**
 * ResizeFrameBuffer of PalmVNC, which libvncserver and UltraVNC send too, in answer to SetScaleFactor.
 *
 *      0  U8   message-type 15
 *      1       padding
 *      2  U16  desktop-width, desktop-height, buffer-width, buffer-height
 *     10       padding
 */
export function decodePalmResizeFrameBuffer(bytes: Uint8Array, at = 0): PalmResizeFrameBuffer {
  return {
    type: "palmResizeFrameBuffer",
    desktopWidth: u16(bytes, at + 2),
    desktopHeight: u16(bytes, at + 4),
    bufferWidth: u16(bytes, at + 6),
    bufferHeight: u16(bytes, at + 8),
  };
}

/** 12, once the size is known to be one. @throws {RfbError} `limit`: the framebuffer's size */
export function extentOfPalmResizeFrameBuffer(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 10) return 10;
  checkFramebufferSize(u16(bytes, at + 6), u16(bytes, at + 8), limits);
  return 12;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodePalmResizeFrameBuffer(message: PalmResizeFrameBuffer): Uint8Array {
  const bytes = new Uint8Array(12);
  putU8(bytes, 0, 15);
  putU16(bytes, 2, message.desktopWidth);
  putU16(bytes, 4, message.desktopHeight);
  putU16(bytes, 6, message.bufferWidth);
  putU16(bytes, 8, message.bufferHeight);
  return bytes;
}
