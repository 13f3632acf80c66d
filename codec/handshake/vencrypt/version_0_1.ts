import { VencryptSubtype } from "../../names.ts";
import { putU8, u8 } from "../../wire.ts";
import type { VencryptSubtypeChoice } from "./subtype.ts";
import type { VencryptSubtypes } from "./subtypes.ts";

/**
 * The subtypes in VeNCrypt 0.1, told by their numbers in 0.2: a byte of 19 is Plain (256) there, and so on up to 25,
 * X509Plain (262). Other bytes stand for nothing, and are kept as they are.
 *
 *     0  U8   count
 *     1  U8   subtype × count
 */
export function decodeVencrypt01Subtypes(bytes: Uint8Array, at = 0): VencryptSubtypes {
  const subtypes: number[] = [];
  const end = at + 1 + u8(bytes, at);
  for (let i = at + 1; i < end; i++) subtypes.push(fromByte(u8(bytes, i)));
  return { type: "vencryptSubtypes", subtypes };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. */
export function extentOfVencrypt01Subtypes(bytes: Uint8Array, at: number, end: number): number {
  return end - at < 1 ? 1 : 1 + u8(bytes, at);
}

/** The message's bytes. @throws {RangeError} more than 255, or one that 0.1 does not have */
export function encodeVencrypt01Subtypes({ subtypes }: VencryptSubtypes): Uint8Array {
  const bytes = new Uint8Array(1 + subtypes.length);
  putU8(bytes, 0, subtypes.length);
  for (let i = 0; i < subtypes.length; i++) bytes[1 + i] = toByte(subtypes[i]!);
  return bytes;
}

/**
 * The client's choice in VeNCrypt 0.1, told by its number in 0.2.
 *
 *     0  U8   subtype
 */
export function decodeVencrypt01Subtype(bytes: Uint8Array, at = 0): VencryptSubtypeChoice {
  return { type: "vencryptSubtype", subtype: fromByte(u8(bytes, at)) };
}

/** Always 1. */
export function extentOfVencrypt01Subtype(): number {
  return 1;
}

/** The message's bytes. @throws {RangeError} a subtype that 0.1 does not have */
export function encodeVencrypt01Subtype({ subtype }: VencryptSubtypeChoice): Uint8Array {
  return Uint8Array.of(toByte(subtype));
}

/** Whether 0.1 has the subtype of this number in 0.2. */
export function isInVencrypt01(subtype: number): boolean {
  return subtype >= VencryptSubtype.Plain && subtype <= VencryptSubtype.X509Plain;
}

/** Plain in 0.1; the other six follow in the order of 0.2. */
const FIRST = 19;
const LAST = 25;

function fromByte(byte: number): number {
  return byte >= FIRST && byte <= LAST ? byte - FIRST + VencryptSubtype.Plain : byte;
}

function toByte(subtype: number): number {
  const byte = isInVencrypt01(subtype) ? subtype - VencryptSubtype.Plain + FIRST : subtype;
  if (fromByte(byte) === subtype && byte >= 0 && byte <= 255) return byte;
  throw new RangeError(`Cannot write ${subtype} as a subtype of VeNCrypt 0.1: it has none of that number`);
}
