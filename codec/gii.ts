import { RfbError } from "./errors.ts";
import { putS32, putU8, putU16, putU32, s32, u8, u16, view } from "./wire.ts";

// Messages of gii, the General Input Interface: U8 message-type 253, U8 endian-and-sub-type (bit 7: the numbers that
// follow are big-endian), U16 length, body. Every other number of the protocol is big-endian.

/** A gii message whose sub-type we have no layout for: its length is told all the same. */
export interface UnknownGii {
  /** Tells it from other messages. */
  readonly type: "unknownGii";
  /** The order of bytes in its numbers, the length among them. */
  readonly bigEndian: boolean;
  /** 0 to 127. */
  readonly subType: number;
  /** All that follows the number and, where there is one, the length. */
  readonly body: Uint8Array;
}

/** The sub-type of a client's message that has events. */
export const GII_EVENTS = 0;

/** Bytes in front of the body. */
export const GII_HEAD_LENGTH = 4;

export function isBigEndian(bytes: Uint8Array, at: number): boolean {
  return u8(bytes, at + 1) >= BIG_ENDIAN;
}

export function subTypeOf(bytes: Uint8Array, at: number): number {
  return u8(bytes, at + 1) & ~BIG_ENDIAN;
}

export function bodyLengthOf(bytes: Uint8Array, at: number): number {
  return e16(bytes, at + 2, isBigEndian(bytes, at));
}

export function extentOfGii(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < GII_HEAD_LENGTH) return GII_HEAD_LENGTH;
  return GII_HEAD_LENGTH + bodyLengthOf(bytes, at);
}

export function decodeUnknownGii(bytes: Uint8Array, at: number): UnknownGii {
  return {
    type: "unknownGii",
    bigEndian: isBigEndian(bytes, at),
    subType: subTypeOf(bytes, at),
    body: view(bytes, at + GII_HEAD_LENGTH, bodyLengthOf(bytes, at)),
  };
}

/** The message's bytes. @throws {RangeError} a sub-type above 127, a body of more than 65535 bytes */
export function encodeUnknownGii({ bigEndian, subType, body }: UnknownGii): Uint8Array {
  if (subType < 0 || subType > 127)
    throw new RangeError(`Cannot write a gii message: sub-type ${subType}, not 0 to 127`);
  const bytes = createGii(subType, bigEndian, body.length);
  bytes.set(body, GII_HEAD_LENGTH);
  return bytes;
}

/** A message with its head filled in. @throws {RangeError} a body of more than 65535 bytes */
export function createGii(subType: number, bigEndian: boolean, bodyLength: number): Uint8Array {
  const bytes = new Uint8Array(GII_HEAD_LENGTH + bodyLength);
  putU8(bytes, 0, 253);
  putU8(bytes, 1, bigEndian ? subType + BIG_ENDIAN : subType);
  putE16(bytes, 2, bodyLength, bigEndian);
  return bytes;
}

/** @throws {RfbError} `malformed`, unless the body is as long as the sub-type's is */
export function expectBodyLength(bytes: Uint8Array, at: number, length: number, what: string): void {
  const claimed = bodyLengthOf(bytes, at);
  if (claimed !== length) throw malformedGii(at, `a ${what} of ${claimed} bytes, not ${length}`);
}

export function malformedGii(at: number, reason: string): RfbError {
  return new RfbError("malformed", "Cannot read a gii message", reason, { offset: at });
}

export function e16(bytes: Uint8Array, at: number, bigEndian: boolean): number {
  const value = u16(bytes, at);
  return bigEndian ? value : ((value & 0xff) << 8) | (value >> 8);
}

export function e32(bytes: Uint8Array, at: number, bigEndian: boolean): number {
  return es32(bytes, at, bigEndian) >>> 0;
}

export function es32(bytes: Uint8Array, at: number, bigEndian: boolean): number {
  const value = s32(bytes, at);
  if (bigEndian) return value;
  return (value << 24) | ((value & 0xff00) << 8) | ((value >> 8) & 0xff00) | (value >>> 24);
}

export function putE16(bytes: Uint8Array, at: number, value: number, bigEndian: boolean): void {
  putU16(bytes, at, value);
  if (!bigEndian) bytes.subarray(at, at + 2).reverse();
}

export function putE32(bytes: Uint8Array, at: number, value: number, bigEndian: boolean): void {
  putU32(bytes, at, value);
  if (!bigEndian) bytes.subarray(at, at + 4).reverse();
}

export function putEs32(bytes: Uint8Array, at: number, value: number, bigEndian: boolean): void {
  putS32(bytes, at, value);
  if (!bigEndian) bytes.subarray(at, at + 4).reverse();
}

const BIG_ENDIAN = 0x80;
