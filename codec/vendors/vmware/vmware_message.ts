import { RfbError } from "../../errors.ts";
import { type Limits, within } from "../../limits.ts";
import { putU8, putU16, u8, u16, view } from "../../wire.ts";

/** A message of VMware's own, from a client. */
export interface VMwareMessage {
  /** Tells it from other messages. */
  readonly type: "vmwareMessage";
  /** 0: a key, with 4 bytes of data; 6 has 6. */
  readonly subType: number;
  /** All that follows. */
  readonly data: Uint8Array;
}

/**
 * VMware's client message; no second source.
 *
 *     0  U8   message-type 127
 *     1  U8   sub-type
 *     2  U16  length, of all of it
 *     4       data
 */
export function decodeVMwareMessage(bytes: Uint8Array, at = 0): VMwareMessage {
  return {
    type: "vmwareMessage",
    subType: u8(bytes, at + 1),
    data: view(bytes, at + HEAD, lengthAt(bytes, at) - HEAD),
  };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `malformed`, `limit`: the length */
export function extentOfVMwareMessage(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < HEAD) return HEAD;
  return HEAD + within("maxVendorLength", lengthAt(bytes, at) - HEAD, limits);
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeVMwareMessage({ subType, data }: VMwareMessage): Uint8Array {
  const bytes = new Uint8Array(HEAD + data.length);
  putU8(bytes, 0, 127);
  putU8(bytes, 1, subType);
  putU16(bytes, 2, bytes.length);
  bytes.set(data, HEAD);
  return bytes;
}

const HEAD = 4;

function lengthAt(bytes: Uint8Array, at: number): number {
  const length = u16(bytes, at + 2);
  if (length >= HEAD) return length;
  throw new RfbError("malformed", "Cannot read a VMware message", `length ${length}, its own 4 included`, {
    offset: at,
  });
}
