import { RfbError } from "../errors.ts";
import { putU8, u8, view } from "../wire.ts";

// Messages of which no more than their length is known for sure: U8 message-type, then a body of so many bytes.

/** Bytes behind the message type, by message type. */
export type BodyLengths = ReadonlyMap<number, number>;

export function decodeBody(lengths: BodyLengths, bytes: Uint8Array, at: number): Uint8Array {
  return view(bytes, at + 1, bodyLengthOf(lengths, bytes, at));
}

export function extentOfFixed(lengths: BodyLengths, bytes: Uint8Array, at: number, end: number): number {
  return end - at < 1 ? 1 : 1 + bodyLengthOf(lengths, bytes, at);
}

export function encodeFixed(lengths: BodyLengths, messageType: number, body: Uint8Array): Uint8Array {
  const length = lengths.get(messageType);
  if (length === undefined || body.length !== length) {
    throw new RangeError(`Cannot write a body of ${body.length} bytes in message ${messageType}: not ${length}`);
  }
  const bytes = new Uint8Array(1 + length);
  putU8(bytes, 0, messageType);
  bytes.set(body, 1);
  return bytes;
}

function bodyLengthOf(lengths: BodyLengths, bytes: Uint8Array, at: number): number {
  const length = lengths.get(u8(bytes, at));
  if (length !== undefined) return length;
  throw new RfbError("unknownType", "Cannot read a vendor's message", `type ${u8(bytes, at)}`, { offset: at });
}
