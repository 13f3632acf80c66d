import { putU32, u32 } from "../../wire.ts";

/** What the client chose. */
export interface VencryptSubtypeChoice {
  /** Tells it from other messages. */
  readonly type: "vencryptSubtype";
  /** One of the numbers that were offered. */
  readonly subtype: number;
}

/**
 * The client's choice, rfbproto "VeNCrypt", version 0.2.
 *
 *     0  U32  subtype
 */
export function decodeVencryptSubtype(bytes: Uint8Array, at = 0): VencryptSubtypeChoice {
  return { type: "vencryptSubtype", subtype: u32(bytes, at) };
}

/** Always 4. */
export function extentOfVencryptSubtype(): number {
  return 4;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeVencryptSubtype({ subtype }: VencryptSubtypeChoice): Uint8Array {
  const bytes = new Uint8Array(4);
  putU32(bytes, 0, subtype);
  return bytes;
}
