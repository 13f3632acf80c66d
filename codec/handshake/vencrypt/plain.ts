import { type Limits, within } from "../../limits.ts";
import { putU32, u32, view } from "../../wire.ts";

/** User and password, of the Plain subtypes. */
export interface VencryptPlain {
  /** Tells it from other messages. */
  readonly type: "vencryptPlain";
  /** Who it is, in whatever encoding. */
  readonly username: Uint8Array;
  /** As typed, in whatever encoding. */
  readonly password: Uint8Array;
}

/**
 * The credentials of the Plain subtypes, rfbproto "VeNCrypt".
 *
 *     0  U32  username-length
 *     4  U32  password-length
 *     8       username, password
 */
export function decodeVencryptPlain(bytes: Uint8Array, at = 0): VencryptPlain {
  const usernameLength = u32(bytes, at);
  const passwordLength = u32(bytes, at + 4);
  return {
    type: "vencryptPlain",
    username: view(bytes, at + 8, usernameLength),
    password: view(bytes, at + 8 + usernameLength, passwordLength),
  };
}

/**
 * Bytes this message needs, as far as `bytes[at, end)` tells.
 *
 * @throws {RfbError} `limit`: either length, each on its own, before they are added
 */
export function extentOfVencryptPlain(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 8) return 8;
  const usernameLength = within("maxCredentialLength", u32(bytes, at), limits);
  return 8 + usernameLength + within("maxCredentialLength", u32(bytes, at + 4), limits);
}

/** The message's bytes. */
export function encodeVencryptPlain({ username, password }: VencryptPlain): Uint8Array {
  const bytes = new Uint8Array(8 + username.length + password.length);
  putU32(bytes, 0, username.length);
  putU32(bytes, 4, password.length);
  bytes.set(username, 8);
  bytes.set(password, 8 + username.length);
  return bytes;
}
