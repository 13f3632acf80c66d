import { putU8, u8, view } from "../wire.ts";

/** Who asks for which machine, of the security type xvp; VNC Authentication follows. */
export interface XvpLogin {
  /** Tells it from other messages. */
  readonly type: "xvpLogin";
  /** At most 255 bytes. */
  readonly username: Uint8Array;
  /** At most 255 bytes. */
  readonly target: Uint8Array;
}

/**
 * The first message of the security type xvp. The client sends it, though rfbproto "xvp Authentication" says that the server
 * does: xvp itself, noVNC and gtk-vnc agree.
 *
 *     0  U8   username-length, target-length
 *     2       username, target
 */
export function decodeXvpLogin(bytes: Uint8Array, at = 0): XvpLogin {
  const usernameLength = u8(bytes, at);
  const targetLength = u8(bytes, at + 1);
  return {
    type: "xvpLogin",
    username: view(bytes, at + 2, usernameLength),
    target: view(bytes, at + 2 + usernameLength, targetLength),
  };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. */
export function extentOfXvpLogin(bytes: Uint8Array, at: number, end: number): number {
  return end - at < 2 ? 2 : 2 + u8(bytes, at) + u8(bytes, at + 1);
}

/** The message's bytes. @throws {RangeError} a field of more than 255 bytes */
export function encodeXvpLogin({ username, target }: XvpLogin): Uint8Array {
  const bytes = new Uint8Array(2 + username.length + target.length);
  putU8(bytes, 0, username.length);
  putU8(bytes, 1, target.length);
  bytes.set(username, 2);
  bytes.set(target, 2 + username.length);
  return bytes;
}
