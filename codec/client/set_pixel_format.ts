import { decodePixelFormat, PIXEL_FORMAT_LENGTH, type PixelFormat, putPixelFormat } from "../pixel_format.ts";

/** The format the client wants its pixels in. */
export interface SetPixelFormat {
  /** Tells it from other messages. */
  readonly type: "setPixelFormat";
  /** What the server is to send. */
  readonly pixelFormat: PixelFormat;
}

/**
 * SetPixelFormat, RFC 6143 §7.5.1.
 *
 *     0  U8            message-type 0
 *     1                padding
 *     4  PIXEL_FORMAT  pixel-format
 *
 * @throws {RfbError} `malformed`: the pixel format
 */
export function decodeSetPixelFormat(bytes: Uint8Array, at = 0): SetPixelFormat {
  return { type: "setPixelFormat", pixelFormat: decodePixelFormat(bytes, at + 4) };
}

/** Always 20. */
export function extentOfSetPixelFormat(): number {
  return 4 + PIXEL_FORMAT_LENGTH;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeSetPixelFormat({ pixelFormat }: SetPixelFormat): Uint8Array {
  const bytes = new Uint8Array(4 + PIXEL_FORMAT_LENGTH);
  putPixelFormat(bytes, 4, pixelFormat);
  return bytes;
}
