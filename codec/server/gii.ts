import {
  createGii,
  decodeUnknownGii,
  e16,
  e32,
  expectBodyLength,
  extentOfGii,
  isBigEndian,
  putE16,
  putE32,
  subTypeOf,
  type UnknownGii,
} from "../gii.ts";

/** The server knows gii, in these versions. */
export interface GiiServerVersion {
  /** Tells it from other messages. */
  readonly type: "giiServerVersion";
  /** The order of bytes in the message's numbers; each message may have another. */
  readonly bigEndian: boolean;
  /** The newest that the server speaks. */
  readonly maximumVersion: number;
  /** The oldest that the server speaks. */
  readonly minimumVersion: number;
}

/** The answer to GiiDeviceCreation. */
export interface GiiDeviceCreated {
  /** Tells it from other messages. */
  readonly type: "giiDeviceCreated";
  /** The order of bytes in the message's numbers. */
  readonly bigEndian: boolean;
  /** What to call the device from here on; 0: it could not be made. */
  readonly deviceOrigin: number;
}

/** What message 253 of a server may be. */
export type GiiServerMessage = GiiServerVersion | GiiDeviceCreated | UnknownGii;

/**
 * gii Server Message, rfbproto. EU16 and EU32 are in the order that bit 7 of endian-and-sub-type tells.
 *
 *     0  U8    message-type 253
 *     1  U8    endian-and-sub-type 1: Version
 *     2  EU16  length 4
 *     4  EU16  maximum-version, minimum-version
 *
 *     0  U8    message-type 253
 *     1  U8    endian-and-sub-type 2: Device Creation
 *     2  EU16  length 4
 *     4  EU32  device-origin
 *
 * @throws {RfbError} `malformed`: another length than the sub-type's
 */
export function decodeGiiServerMessage(bytes: Uint8Array, at = 0): GiiServerMessage {
  const bigEndian = isBigEndian(bytes, at);
  switch (subTypeOf(bytes, at)) {
    case VERSION:
      expectBodyLength(bytes, at, 4, "Version");
      return {
        type: "giiServerVersion",
        bigEndian,
        maximumVersion: e16(bytes, at + 4, bigEndian),
        minimumVersion: e16(bytes, at + 6, bigEndian),
      };
    case DEVICE_CREATION:
      expectBodyLength(bytes, at, 4, "Device Creation");
      return { type: "giiDeviceCreated", bigEndian, deviceOrigin: e32(bytes, at + 4, bigEndian) };
    default:
      return decodeUnknownGii(bytes, at);
  }
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. */
export function extentOfGiiServerMessage(bytes: Uint8Array, at: number, end: number): number {
  return extentOfGii(bytes, at, end);
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeGiiServerVersion(message: GiiServerVersion): Uint8Array {
  const { bigEndian } = message;
  const bytes = createGii(VERSION, bigEndian, 4);
  putE16(bytes, 4, message.maximumVersion, bigEndian);
  putE16(bytes, 6, message.minimumVersion, bigEndian);
  return bytes;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeGiiDeviceCreated({ bigEndian, deviceOrigin }: GiiDeviceCreated): Uint8Array {
  const bytes = createGii(DEVICE_CREATION, bigEndian, 4);
  putE32(bytes, 4, deviceOrigin, bigEndian);
  return bytes;
}

const VERSION = 1;
const DEVICE_CREATION = 2;
