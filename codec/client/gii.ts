import {
  bodyLengthOf,
  createGii,
  decodeUnknownGii,
  e16,
  e32,
  es32,
  expectBodyLength,
  extentOfGii,
  GII_EVENTS,
  isBigEndian,
  malformedGii,
  putE16,
  putE32,
  putEs32,
  subTypeOf,
  type UnknownGii,
} from "../gii.ts";
import { view } from "../wire.ts";
import { decodeGiiEvents, type GiiEvents } from "./gii_events.ts";

/** The version of gii that the client has chosen, of those that the server has. */
export interface GiiClientVersion {
  /** Tells it from other messages. */
  readonly type: "giiClientVersion";
  /** The order of bytes in the message's numbers; each message may have another. */
  readonly bigEndian: boolean;
  /** The one that is spoken from here on. */
  readonly version: number;
}

/** Make a device, whose events are to come. The answer is a GiiDeviceCreated. */
export interface GiiDeviceCreation {
  /** Tells it from other messages. */
  readonly type: "giiDeviceCreation";
  /** The order of bytes in the message's numbers. */
  readonly bigEndian: boolean;
  /** 31 bytes, filled up with NULs; fewer are filled up when written. */
  readonly deviceName: Uint8Array;
  /** Who made it: 0 where unknown. */
  readonly vendorId: number;
  /** What the maker calls it: 0 where unknown. */
  readonly productId: number;
  /** Bit n: events of type n. See {@link GiiEventType}. */
  readonly canGenerate: number;
  /** Registers that it has. */
  readonly numRegisters: number;
  /** Buttons that it has. */
  readonly numButtons: number;
  /** Its axes. */
  readonly valuators: readonly GiiValuator[];
}

/** Something that a device measures: an axis, a pressure. */
export interface GiiValuator {
  /** Its number among the device's, from 0. */
  readonly index: number;
  /** 74 bytes, filled up with NULs; fewer are filled up when written. */
  readonly longName: Uint8Array;
  /** 4 bytes, likewise. */
  readonly shortName: Uint8Array;
  /** The least value. */
  readonly rangeMin: number;
  /** The value at rest. */
  readonly rangeCenter: number;
  /** The greatest value. */
  readonly rangeMax: number;
  /** 0: unknown; rfbproto lists the others. A value is (value + siAdd) × siMul ÷ siDiv × 2^siShift of it. */
  readonly siUnit: number;
  /** See `siUnit`. */
  readonly siAdd: number;
  /** 0: the scale is not linear, or not known. */
  readonly siMul: number;
  /** See `siUnit`. */
  readonly siDiv: number;
  /** See `siUnit`. */
  readonly siShift: number;
}

/** The device is gone. */
export interface GiiDeviceDestruction {
  /** Tells it from other messages. */
  readonly type: "giiDeviceDestruction";
  /** The order of bytes in the message's numbers. */
  readonly bigEndian: boolean;
  /** The device, by the number that the server gave it. */
  readonly deviceOrigin: number;
}

/** What message 253 of a client may be. */
export type GiiClientMessage = GiiClientVersion | GiiDeviceCreation | GiiDeviceDestruction | GiiEvents | UnknownGii;

/**
 * gii Client Message, rfbproto. EU16, EU32 and ES32 are in the order that bit 7 of endian-and-sub-type tells.
 *
 *      0  U8        message-type 253
 *      1  U8        endian-and-sub-type: 0 events, 1 version, 2 device creation, 3 device destruction
 *      2  EU16      length of what follows
 *
 *      4  EU16      version
 *
 *      4            device-name, 31 bytes, and a NUL
 *     36  EU32      vendor-id, product-id, can-generate, num-registers, num-valuators, num-buttons
 *     60  VALUATOR  × num-valuators
 *
 *      4  EU32      device-origin
 *
 * where VALUATOR is
 *
 *      0  EU32      index
 *      4            long-name, 74 bytes, and a NUL
 *     79            short-name, 4 bytes, and a NUL
 *     84  ES32      range-min, range-center, range-max
 *     96  EU32      SI-unit
 *    100  ES32      SI-add, SI-mul, SI-div, SI-shift
 *
 * rfbproto gives a length of 4 to versions and of 2 to creations. TurboVNC, whose server checks, counts the bytes as is
 * done here.
 *
 * UltraVNC's viewer claims lengths for its touch events that are not theirs, which makes a stream of them unreadable.
 *
 * @throws {RfbError} `malformed`: another length than the sub-type's; events that do not fit in theirs
 */
export function decodeGiiClientMessage(bytes: Uint8Array, at = 0): GiiClientMessage {
  const bigEndian = isBigEndian(bytes, at);
  switch (subTypeOf(bytes, at)) {
    case GII_EVENTS:
      return decodeGiiEvents(bytes, at);
    case VERSION:
      expectBodyLength(bytes, at, 2, "Version");
      return { type: "giiClientVersion", bigEndian, version: e16(bytes, at + 4, bigEndian) };
    case DEVICE_CREATION:
      return decodeDeviceCreation(bytes, at, bigEndian);
    case DEVICE_DESTRUCTION:
      expectBodyLength(bytes, at, 4, "Device Destruction");
      return { type: "giiDeviceDestruction", bigEndian, deviceOrigin: e32(bytes, at + 4, bigEndian) };
    default:
      return decodeUnknownGii(bytes, at);
  }
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. */
export function extentOfGiiClientMessage(bytes: Uint8Array, at: number, end: number): number {
  return extentOfGii(bytes, at, end);
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeGiiClientVersion({ bigEndian, version }: GiiClientVersion): Uint8Array {
  const bytes = createGii(VERSION, bigEndian, 2);
  putE16(bytes, 4, version, bigEndian);
  return bytes;
}

/** The message's bytes. @throws {RangeError} a field that does not fit, a name that is too long, too many valuators */
export function encodeGiiDeviceCreation(message: GiiDeviceCreation): Uint8Array {
  const { bigEndian, valuators } = message;
  const bytes = createGii(DEVICE_CREATION, bigEndian, DEVICE_LENGTH + VALUATOR_LENGTH * valuators.length);
  putName(bytes, 4, message.deviceName, NAME_LENGTH);
  putE32(bytes, 36, message.vendorId, bigEndian);
  putE32(bytes, 40, message.productId, bigEndian);
  putE32(bytes, 44, message.canGenerate, bigEndian);
  putE32(bytes, 48, message.numRegisters, bigEndian);
  putE32(bytes, 52, valuators.length, bigEndian);
  putE32(bytes, 56, message.numButtons, bigEndian);
  let at = 4 + DEVICE_LENGTH;
  for (const valuator of valuators) {
    putE32(bytes, at, valuator.index, bigEndian);
    putName(bytes, at + 4, valuator.longName, LONG_NAME_LENGTH);
    putName(bytes, at + 79, valuator.shortName, SHORT_NAME_LENGTH);
    putEs32(bytes, at + 84, valuator.rangeMin, bigEndian);
    putEs32(bytes, at + 88, valuator.rangeCenter, bigEndian);
    putEs32(bytes, at + 92, valuator.rangeMax, bigEndian);
    putE32(bytes, at + 96, valuator.siUnit, bigEndian);
    putEs32(bytes, at + 100, valuator.siAdd, bigEndian);
    putEs32(bytes, at + 104, valuator.siMul, bigEndian);
    putEs32(bytes, at + 108, valuator.siDiv, bigEndian);
    putEs32(bytes, at + 112, valuator.siShift, bigEndian);
    at += VALUATOR_LENGTH;
  }
  return bytes;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeGiiDeviceDestruction({ bigEndian, deviceOrigin }: GiiDeviceDestruction): Uint8Array {
  const bytes = createGii(DEVICE_DESTRUCTION, bigEndian, 4);
  putE32(bytes, 4, deviceOrigin, bigEndian);
  return bytes;
}

function decodeDeviceCreation(bytes: Uint8Array, at: number, bigEndian: boolean): GiiDeviceCreation {
  const length = bodyLengthOf(bytes, at);
  if (length < DEVICE_LENGTH) throw malformedGii(at, `a Device Creation of ${length} bytes`);
  const numValuators = e32(bytes, at + 52, bigEndian);
  expectBodyLength(bytes, at, DEVICE_LENGTH + VALUATOR_LENGTH * numValuators, "Device Creation");
  const valuators: GiiValuator[] = [];
  for (let i = at + 4 + DEVICE_LENGTH; i < at + 4 + length; i += VALUATOR_LENGTH) {
    valuators.push(decodeValuator(bytes, i, bigEndian));
  }
  return {
    type: "giiDeviceCreation",
    bigEndian,
    deviceName: view(bytes, at + 4, NAME_LENGTH),
    vendorId: e32(bytes, at + 36, bigEndian),
    productId: e32(bytes, at + 40, bigEndian),
    canGenerate: e32(bytes, at + 44, bigEndian),
    numRegisters: e32(bytes, at + 48, bigEndian),
    numButtons: e32(bytes, at + 56, bigEndian),
    valuators,
  };
}

function decodeValuator(bytes: Uint8Array, at: number, bigEndian: boolean): GiiValuator {
  return {
    index: e32(bytes, at, bigEndian),
    longName: view(bytes, at + 4, LONG_NAME_LENGTH),
    shortName: view(bytes, at + 79, SHORT_NAME_LENGTH),
    rangeMin: es32(bytes, at + 84, bigEndian),
    rangeCenter: es32(bytes, at + 88, bigEndian),
    rangeMax: es32(bytes, at + 92, bigEndian),
    siUnit: e32(bytes, at + 96, bigEndian),
    siAdd: es32(bytes, at + 100, bigEndian),
    siMul: es32(bytes, at + 104, bigEndian),
    siDiv: es32(bytes, at + 108, bigEndian),
    siShift: es32(bytes, at + 112, bigEndian),
  };
}

function putName(bytes: Uint8Array, at: number, name: Uint8Array, most: number): void {
  if (name.length > most)
    throw new RangeError(`Cannot write a gii device: a name of ${name.length} bytes, at most ${most}`);
  bytes.set(name, at);
}

const VERSION = 1;
const DEVICE_CREATION = 2;
const DEVICE_DESTRUCTION = 3;
const NAME_LENGTH = 31;
const LONG_NAME_LENGTH = 74;
const SHORT_NAME_LENGTH = 4;
/** Bytes of a Device Creation's body in front of the valuators. */
const DEVICE_LENGTH = 56;
const VALUATOR_LENGTH = 116;
