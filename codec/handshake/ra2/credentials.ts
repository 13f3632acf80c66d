import { putU8, u8, view } from "../../wire.ts";

/** User and password, in UTF-8. */
export interface Ra2Credentials {
  /** Tells it from other messages. */
  readonly type: "ra2Credentials";
  /** Empty where the server asked for the password alone. */
  readonly username: Uint8Array;
  /** As typed, in whatever encoding. */
  readonly password: Uint8Array;
}

/**
 * The credentials, rfbproto "RSA-AES Security Type".
 *
 *     0  U8  username-length
 *     1      username
 *        U8  password-length
 *            password
 */
export function decodeRa2Credentials(bytes: Uint8Array, at = 0): Ra2Credentials {
  const usernameLength = u8(bytes, at);
  const passwordAt = at + 1 + usernameLength;
  return {
    type: "ra2Credentials",
    username: view(bytes, at + 1, usernameLength),
    password: view(bytes, passwordAt + 1, u8(bytes, passwordAt)),
  };
}

/** At most 512. */
export function extentOfRa2Credentials(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 1) return 2;
  const passwordAt = at + 1 + u8(bytes, at);
  return end > passwordAt ? passwordAt + 1 + u8(bytes, passwordAt) - at : passwordAt + 1 - at;
}

/** The message's bytes. @throws {RangeError} a user or password of more than 255 bytes */
export function encodeRa2Credentials({ username, password }: Ra2Credentials): Uint8Array {
  const bytes = new Uint8Array(2 + username.length + password.length);
  putU8(bytes, 0, username.length);
  bytes.set(username, 1);
  putU8(bytes, 1 + username.length, password.length);
  bytes.set(password, 2 + username.length);
  return bytes;
}
