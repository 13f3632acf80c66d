import { putU8, u8 } from "../../wire.ts";

/** VeNCrypt's own version: the server's highest, then the client's choice; 0.0 from a client means none suits. */
export interface VencryptVersion {
  /** Tells it from other messages. */
  readonly type: "vencryptVersion";
  /** Before the point. */
  readonly major: number;
  /** Behind the point. */
  readonly minor: number;
}

/**
 * VeNCrypt's version, rfbproto "VeNCrypt", either direction.
 *
 *     0  U8   major version
 *     1  U8   minor version
 */
export function decodeVencryptVersion(bytes: Uint8Array, at = 0): VencryptVersion {
  return { type: "vencryptVersion", major: u8(bytes, at), minor: u8(bytes, at + 1) };
}

/** Always 2. */
export function extentOfVencryptVersion(): number {
  return 2;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeVencryptVersion({ major, minor }: VencryptVersion): Uint8Array {
  const bytes = new Uint8Array(2);
  putU8(bytes, 0, major);
  putU8(bytes, 1, minor);
  return bytes;
}
