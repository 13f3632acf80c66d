import { bodyLengthOf, createGii, e32, es32, GII_EVENTS, isBigEndian, malformedGii, putE32, putEs32 } from "../gii.ts";
import { putU8, u8, view } from "../wire.ts";

/** Events of devices that the client has had made. */
export interface GiiEvents {
  /** Tells it from other messages. */
  readonly type: "giiEvents";
  /** The order of bytes in the message's numbers. */
  readonly bigEndian: boolean;
  /** In the order in which they happened. */
  readonly events: readonly GiiEvent[];
}

/** Types of events; bit n of a device's `canGenerate` stands for type n. */
export const GiiEventType = {
  KeyPress: 5,
  KeyRelease: 6,
  KeyRepeat: 7,
  PointerRelative: 8,
  PointerAbsolute: 9,
  ButtonPress: 10,
  ButtonRelease: 11,
  ValuatorRelative: 12,
  ValuatorAbsolute: 13,
} as const;

/** An event, told apart by `type`; which of its kind, by `eventType`. */
export type GiiEvent = GiiKeyEvent | GiiPointerEvent | GiiButtonEvent | GiiValuatorEvent | UnknownGiiEvent;

/** A key: the fields are those of libgii's gii_key_event. */
export interface GiiKeyEvent {
  /** Tells it from other events. */
  readonly type: "key";
  /** 5, 6 or 7. */
  readonly eventType: number;
  /** The device, by the number that the server gave it. */
  readonly deviceOrigin: number;
  /** Bits of the modifiers that are down. */
  readonly modifiers: number;
  /** What the key means now. */
  readonly symbol: number;
  /** What is printed on the key. */
  readonly label: number;
  /** The key itself, by its number. */
  readonly button: number;
}

/** A movement. */
export interface GiiPointerEvent {
  /** Tells it from other events. */
  readonly type: "pointer";
  /** 8 or 9. */
  readonly eventType: number;
  /** The device, by the number that the server gave it. */
  readonly deviceOrigin: number;
  /** Where to, or how far: by `eventType`. */
  readonly x: number;
  /** Likewise. */
  readonly y: number;
  /** Likewise. */
  readonly z: number;
  /** Likewise. */
  readonly wheel: number;
}

/** A button. */
export interface GiiButtonEvent {
  /** Tells it from other events. */
  readonly type: "button";
  /** 10 or 11. */
  readonly eventType: number;
  /** The device, by the number that the server gave it. */
  readonly deviceOrigin: number;
  /** 1 left, 2 right, 3 middle. */
  readonly buttonNumber: number;
}

/** Some valuators, from `first` on. */
export interface GiiValuatorEvent {
  /** Tells it from other events. */
  readonly type: "valuator";
  /** 12 or 13. */
  readonly eventType: number;
  /** The device, by the number that the server gave it. */
  readonly deviceOrigin: number;
  /** Index of the first valuator that has moved. */
  readonly first: number;
  /** At most 59. */
  readonly values: readonly number[];
}

/** An event of a type that we have no layout for. */
export interface UnknownGiiEvent {
  /** Tells it from other events. */
  readonly type: "unknown";
  /** One that rfbproto does not define. */
  readonly eventType: number;
  /** What follows the type: 6 to 253 bytes. */
  readonly body: Uint8Array;
}

/**
 * Injecting Events, rfbproto "gii Client Message". Each event:
 *
 *      0  U8    event-size, all of it
 *      1  U8    event-type
 *      2        padding
 *      4  EU32  device-origin
 *      8  EU32  modifiers, symbol, label, button    of a key
 *      8  ES32  x, y, z, wheel                      of a movement
 *      8  EU32  button-number                       of a button
 *      8  EU32  first, count                        of valuators
 *     16  ES32  value × count
 *
 * @throws {RfbError} `malformed`: an event whose size is not its type's, or not inside the message
 */
export function decodeGiiEvents(bytes: Uint8Array, at = 0): GiiEvents {
  const bigEndian = isBigEndian(bytes, at);
  const end = at + 4 + bodyLengthOf(bytes, at);
  const events: GiiEvent[] = [];
  for (let i = at + 4; i < end; i += u8(bytes, i)) {
    const size = u8(bytes, i);
    if (size < 8 || i + size > end) throw malformedGii(i, `an event of ${size} bytes in ${end - i}`);
    events.push(decodeEvent(bytes, i, size, bigEndian));
  }
  return { type: "giiEvents", bigEndian, events };
}

/**
 * The message's bytes.
 *
 * @throws {RangeError} a field that does not fit, a type of another kind, more than 65535 bytes
 */
export function encodeGiiEvents({ bigEndian, events }: GiiEvents): Uint8Array {
  const bytes = createGii(
    GII_EVENTS,
    bigEndian,
    events.reduce((length, event) => length + sizeOf(event), 0),
  );
  let at = 4;
  for (const event of events) {
    putU8(bytes, at, sizeOf(event));
    putU8(bytes, at + 1, event.eventType);
    putEvent(bytes, at, event, bigEndian);
    at += sizeOf(event);
  }
  return bytes;
}

function decodeEvent(bytes: Uint8Array, at: number, size: number, bigEndian: boolean): GiiEvent {
  const eventType = u8(bytes, at + 1);
  const kind = kindOf(eventType);
  if (kind === "unknown") return { type: kind, eventType, body: view(bytes, at + 2, size - 2) };
  const deviceOrigin = e32(bytes, at + 4, bigEndian);
  switch (kind) {
    case "key":
      expectSize(at, size, 24, kind);
      return {
        type: kind,
        eventType,
        deviceOrigin,
        modifiers: e32(bytes, at + 8, bigEndian),
        symbol: e32(bytes, at + 12, bigEndian),
        label: e32(bytes, at + 16, bigEndian),
        button: e32(bytes, at + 20, bigEndian),
      };
    case "pointer":
      expectSize(at, size, 24, kind);
      return {
        type: kind,
        eventType,
        deviceOrigin,
        x: es32(bytes, at + 8, bigEndian),
        y: es32(bytes, at + 12, bigEndian),
        z: es32(bytes, at + 16, bigEndian),
        wheel: es32(bytes, at + 20, bigEndian),
      };
    case "button":
      expectSize(at, size, 12, kind);
      return { type: kind, eventType, deviceOrigin, buttonNumber: e32(bytes, at + 8, bigEndian) };
    case "valuator": {
      if (size < 16) throw malformedGii(at, `a valuator event of ${size} bytes`);
      const count = e32(bytes, at + 12, bigEndian);
      expectSize(at, size, 16 + 4 * count, kind);
      const values = Array.from({ length: count }, (_, i) => es32(bytes, at + 16 + 4 * i, bigEndian));
      return { type: kind, eventType, deviceOrigin, first: e32(bytes, at + 8, bigEndian), values };
    }
  }
}

function putEvent(bytes: Uint8Array, at: number, event: GiiEvent, bigEndian: boolean): void {
  if (kindOf(event.eventType) !== event.type) {
    throw new RangeError(`Cannot write a gii event: type ${event.eventType} is no ${event.type} event`);
  }
  if (event.type === "unknown") {
    if (event.body.length < 6) throw new RangeError(`Cannot write a gii event: ${event.body.length} bytes, at least 6`);
    bytes.set(event.body, at + 2);
    return;
  }
  putE32(bytes, at + 4, event.deviceOrigin, bigEndian);
  switch (event.type) {
    case "key":
      putE32(bytes, at + 8, event.modifiers, bigEndian);
      putE32(bytes, at + 12, event.symbol, bigEndian);
      putE32(bytes, at + 16, event.label, bigEndian);
      putE32(bytes, at + 20, event.button, bigEndian);
      return;
    case "pointer":
      putEs32(bytes, at + 8, event.x, bigEndian);
      putEs32(bytes, at + 12, event.y, bigEndian);
      putEs32(bytes, at + 16, event.z, bigEndian);
      putEs32(bytes, at + 20, event.wheel, bigEndian);
      return;
    case "button":
      putE32(bytes, at + 8, event.buttonNumber, bigEndian);
      return;
    case "valuator":
      putE32(bytes, at + 8, event.first, bigEndian);
      putE32(bytes, at + 12, event.values.length, bigEndian);
      for (let i = 0; i < event.values.length; i++) putEs32(bytes, at + 16 + 4 * i, event.values[i]!, bigEndian);
      return;
    default: {
      const never: never = event;
      throw new TypeError(`Cannot write a gii event: ${JSON.stringify(never)}`);
    }
  }
}

function kindOf(eventType: number): GiiEvent["type"] {
  if (eventType < GiiEventType.KeyPress || eventType > GiiEventType.ValuatorAbsolute) return "unknown";
  if (eventType <= GiiEventType.KeyRepeat) return "key";
  if (eventType <= GiiEventType.PointerAbsolute) return "pointer";
  return eventType <= GiiEventType.ButtonRelease ? "button" : "valuator";
}

function sizeOf(event: GiiEvent): number {
  switch (event.type) {
    case "button":
      return 12;
    case "valuator":
      return 16 + 4 * event.values.length;
    case "unknown":
      return 2 + event.body.length;
    default:
      return 24;
  }
}

function expectSize(at: number, size: number, expected: number, kind: string): void {
  if (size !== expected) throw malformedGii(at, `a ${kind} event of ${size} bytes, not ${expected}`);
}
