import { checkFramebufferSize, type Limits, within } from "../limits.ts";
import { decodePixelFormat, type PixelFormat, putPixelFormat } from "../pixel_format.ts";
import { putU16, putU32, u16, u32, view } from "../wire.ts";

/** What the server shows: size, native format and name of the desktop. */
export interface ServerInit {
  readonly type: "serverInit";
  /** Pixels; 0 is legal until a session is picked. */
  readonly framebufferWidth: number;
  readonly framebufferHeight: number;
  /** In force until the server has processed a SetPixelFormat. */
  readonly serverPixelFormat: PixelFormat;
  /** UTF-8 or Latin-1, perhaps with a NUL at its end: see {@link textOf}. */
  readonly name: Uint8Array;
}

/**
 * ServerInit, RFC 6143 §7.3.2.
 *
 *      0  U16           framebuffer-width, framebuffer-height
 *      4  PIXEL_FORMAT  server-pixel-format
 *     20  U32           name-length
 *     24                name
 *
 * @throws {RfbError} `malformed`: the pixel format
 */
export function decodeServerInit(bytes: Uint8Array, at = 0): ServerInit {
  return {
    type: "serverInit",
    framebufferWidth: u16(bytes, at),
    framebufferHeight: u16(bytes, at + 2),
    serverPixelFormat: decodePixelFormat(bytes, at + 4),
    name: view(bytes, at + 24, u32(bytes, at + 20)),
  };
}

/** @throws {RfbError} `limit`: the framebuffer's size or the name's length */
export function extentOfServerInit(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 24) return 24;
  checkFramebufferSize(u16(bytes, at), u16(bytes, at + 2), limits);
  return 24 + within("maxNameLength", u32(bytes, at + 20), limits);
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeServerInit(message: ServerInit): Uint8Array {
  const bytes = new Uint8Array(24 + message.name.length);
  putU16(bytes, 0, message.framebufferWidth);
  putU16(bytes, 2, message.framebufferHeight);
  putPixelFormat(bytes, 4, message.serverPixelFormat);
  putU32(bytes, 20, message.name.length);
  bytes.set(message.name, 24);
  return bytes;
}
