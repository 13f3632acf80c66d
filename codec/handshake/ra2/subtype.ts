import { putU8, u8 } from "../../wire.ts";

/** What the server wants to know. */
export interface Ra2Subtype {
  /** Tells it from other messages. */
  readonly type: "ra2Subtype";
  /** One of {@link Ra2SubtypeNumber}. */
  readonly subtype: number;
}

/** Values of the RSA-AES subtype. */
export const Ra2SubtypeNumber = {
  /** User and password. */
  UserPassword: 1,
  /** Password alone: the user is left empty. */
  Password: 2,
} as const;

/**
 * The credentials to send, rfbproto "RSA-AES Security Type".
 *
 *     0  U8  subtype
 */
export function decodeRa2Subtype(bytes: Uint8Array, at = 0): Ra2Subtype {
  return { type: "ra2Subtype", subtype: u8(bytes, at) };
}

/** Always 1. */
export function extentOfRa2Subtype(): number {
  return 1;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeRa2Subtype({ subtype }: Ra2Subtype): Uint8Array {
  const bytes = new Uint8Array(1);
  putU8(bytes, 0, subtype);
  return bytes;
}
