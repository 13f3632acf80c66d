import { type Limits, within } from "../limits.ts";
import { putS32, putU8, putU16, s32, u16 } from "../wire.ts";

/** What the client can take, best first. */
export interface SetEncodings {
  /** Tells it from other messages. */
  readonly type: "setEncodings";
  /** Signed; pseudo-encodings share the list. Numbers we have no name for are kept. */
  readonly encodingTypes: readonly number[];
}

/**
 * SetEncodings, RFC 6143 §7.5.2.
 *
 *     0  U8   message-type 2
 *     1       padding
 *     2  U16  number-of-encodings
 *     4  S32  encoding-type × number-of-encodings
 */
export function decodeSetEncodings(bytes: Uint8Array, at = 0): SetEncodings {
  const encodingTypes: number[] = [];
  const end = at + 4 + 4 * u16(bytes, at + 2);
  for (let i = at + 4; i < end; i += 4) encodingTypes.push(s32(bytes, i));
  return { type: "setEncodings", encodingTypes };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the count */
export function extentOfSetEncodings(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 4) return 4;
  return 4 + 4 * within("maxEncodings", u16(bytes, at + 2), limits);
}

/** The message's bytes. @throws {RangeError} more than 65535 */
export function encodeSetEncodings({ encodingTypes }: SetEncodings): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * encodingTypes.length);
  putU8(bytes, 0, 2);
  putU16(bytes, 2, encodingTypes.length);
  for (let i = 0; i < encodingTypes.length; i++) putS32(bytes, 4 + 4 * i, encodingTypes[i]!);
  return bytes;
}
