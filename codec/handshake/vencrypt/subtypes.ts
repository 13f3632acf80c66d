import { putU8, putU32, u8, u32 } from "../../wire.ts";

/** What the server offers inside VeNCrypt, best first. */
export interface VencryptSubtypes {
  /** Tells it from other messages. */
  readonly type: "vencryptSubtypes";
  /** Numbers that we have no name for are kept. Empty: the server refuses. */
  readonly subtypes: readonly number[];
}

/**
 * The subtypes, rfbproto "VeNCrypt", version 0.2.
 *
 *     0  U8   count
 *     1  U32  subtype × count
 */
export function decodeVencryptSubtypes(bytes: Uint8Array, at = 0): VencryptSubtypes {
  const subtypes: number[] = [];
  const end = at + 1 + 4 * u8(bytes, at);
  for (let i = at + 1; i < end; i += 4) subtypes.push(u32(bytes, i));
  return { type: "vencryptSubtypes", subtypes };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. */
export function extentOfVencryptSubtypes(bytes: Uint8Array, at: number, end: number): number {
  return end - at < 1 ? 1 : 1 + 4 * u8(bytes, at);
}

/** The message's bytes. @throws {RangeError} more than 255 */
export function encodeVencryptSubtypes({ subtypes }: VencryptSubtypes): Uint8Array {
  const bytes = new Uint8Array(1 + 4 * subtypes.length);
  putU8(bytes, 0, subtypes.length);
  for (let i = 0; i < subtypes.length; i++) putU32(bytes, 1 + 4 * i, subtypes[i]!);
  return bytes;
}
