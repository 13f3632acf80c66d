import { putU8, putU16, u8, u16 } from "../wire.ts";

/** Asks for what changed in an area, or for all of it. */
export interface FramebufferUpdateRequest {
  /** Tells it from other messages. */
  readonly type: "framebufferUpdateRequest";
  /** 0: everything in the area. Anything else: what changed since it was last sent. */
  readonly incremental: number;
  /** Pixels. */
  readonly x: number;
  /** Pixels from the top. */
  readonly y: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/**
 * FramebufferUpdateRequest, RFC 6143 §7.5.3.
 *
 *     0  U8   message-type 3
 *     1  U8   incremental
 *     2  U16  x-position, y-position, width, height
 */
export function decodeFramebufferUpdateRequest(bytes: Uint8Array, at = 0): FramebufferUpdateRequest {
  return {
    type: "framebufferUpdateRequest",
    incremental: u8(bytes, at + 1),
    x: u16(bytes, at + 2),
    y: u16(bytes, at + 4),
    width: u16(bytes, at + 6),
    height: u16(bytes, at + 8),
  };
}

/** Always 10. */
export function extentOfFramebufferUpdateRequest(): number {
  return 10;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeFramebufferUpdateRequest(message: FramebufferUpdateRequest): Uint8Array {
  const bytes = new Uint8Array(10);
  putU8(bytes, 0, 3);
  putU8(bytes, 1, message.incremental);
  putU16(bytes, 2, message.x);
  putU16(bytes, 4, message.y);
  putU16(bytes, 6, message.width);
  putU16(bytes, 8, message.height);
  return bytes;
}
