import { type Limits, within } from "../../limits.ts";
import { putU32, u32, view } from "../../wire.ts";

/** The user's name, of the Ident subtypes: whom the client says it speaks for. */
export interface VencryptIdent {
  /** Tells it from other messages. */
  readonly type: "vencryptIdent";
  /** Who it is, in whatever encoding. */
  readonly username: Uint8Array;
}

/**
 * The name of the Ident subtypes, rfbproto "VeNCrypt".
 *
 *     0  U32  username-length
 *     4       username
 */
export function decodeVencryptIdent(bytes: Uint8Array, at = 0): VencryptIdent {
  return { type: "vencryptIdent", username: view(bytes, at + 4, u32(bytes, at)) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfVencryptIdent(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return end - at < 4 ? 4 : 4 + within("maxCredentialLength", u32(bytes, at), limits);
}

/** The message's bytes. */
export function encodeVencryptIdent({ username }: VencryptIdent): Uint8Array {
  const bytes = new Uint8Array(4 + username.length);
  putU32(bytes, 0, username.length);
  bytes.set(username, 4);
  return bytes;
}
