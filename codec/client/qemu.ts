import { RfbError } from "../errors.ts";
import { putU8, putU16, putU32, u8, u16, u32 } from "../wire.ts";

/** A key went down or up, with the key itself beside what it means: keyboards of virtual machines want the former. */
export interface QemuExtendedKeyEvent {
  /** Tells it from other messages. */
  readonly type: "qemuExtendedKeyEvent";
  /** Any value but 0 is true. */
  readonly downFlag: number;
  /** As in KeyEvent; 0 where it is unknown. */
  readonly keysym: number;
  /** Of the XT set: one byte as it is; of two that begin with 0xe0 the second one with bit 7 set. 0: use the keysym. */
  readonly keycode: number;
}

/** Send the machine's sound. */
export interface QemuAudioEnable {
  /** Tells it from other messages. */
  readonly type: "qemuAudioEnable";
}

/** Send no more of it. */
export interface QemuAudioDisable {
  /** Tells it from other messages. */
  readonly type: "qemuAudioDisable";
}

/** Send it as these samples. */
export interface QemuAudioSetFormat {
  /** Tells it from other messages. */
  readonly type: "qemuAudioSetFormat";
  /** See {@link QemuSampleFormat}. */
  readonly sampleFormat: number;
  /** 1 or 2. */
  readonly numberOfChannels: number;
  /** Hz. */
  readonly frequency: number;
}

/** What message 255 of a client may be. */
export type QemuClientMessage = QemuExtendedKeyEvent | QemuAudioEnable | QemuAudioDisable | QemuAudioSetFormat;

/** How a sample is laid out; the order of its bytes is the server's own, little-endian on all that serve. */
export const QemuSampleFormat = { U8: 0, S8: 1, U16: 2, S16: 3, U32: 4, S32: 5 } as const;

/**
 * QEMU Client Message, rfbproto. What each may be sent to, a pseudo-encoding of the same name tells.
 *
 *     0  U8   message-type 255
 *     1  U8   submessage-type 0: Extended Key Event
 *     2  U16  down-flag
 *     4  U32  keysym
 *     8  U32  keycode
 *
 *     0  U8   message-type 255
 *     1  U8   submessage-type 1: Audio
 *     2  U16  operation: 0 enable, 1 disable, 2 set format
 *     4  U8   sample-format, for operation 2 alone, as all that follows
 *     5  U8   nchannels
 *     6  U32  frequency
 *
 * @throws {RfbError} `unknownType`: the submessage or the operation
 */
export function decodeQemuClientMessage(bytes: Uint8Array, at = 0): QemuClientMessage {
  const submessage = u8(bytes, at + 1);
  if (submessage === EXTENDED_KEY_EVENT) {
    return {
      type: "qemuExtendedKeyEvent",
      downFlag: u16(bytes, at + 2),
      keysym: u32(bytes, at + 4),
      keycode: u32(bytes, at + 8),
    };
  }
  if (submessage !== AUDIO) throw unknownSubmessage(submessage, at);
  const operation = u16(bytes, at + 2);
  switch (operation) {
    case ENABLE:
      return { type: "qemuAudioEnable" };
    case DISABLE:
      return { type: "qemuAudioDisable" };
    case SET_FORMAT:
      return {
        type: "qemuAudioSetFormat",
        sampleFormat: u8(bytes, at + 4),
        numberOfChannels: u8(bytes, at + 5),
        frequency: u32(bytes, at + 6),
      };
    default:
      throw unknownOperation(operation, at);
  }
}

/**
 * Bytes this message needs, as far as `bytes[at, end)` tells.
 *
 * @throws {RfbError} `unknownType`: the submessage or the operation
 */
export function extentOfQemuClientMessage(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 2) return 2;
  const submessage = u8(bytes, at + 1);
  if (submessage === EXTENDED_KEY_EVENT) return 12;
  if (submessage !== AUDIO) throw unknownSubmessage(submessage, at);
  if (end - at < 4) return 4;
  const operation = u16(bytes, at + 2);
  if (operation > SET_FORMAT) throw unknownOperation(operation, at);
  return operation === SET_FORMAT ? 10 : 4;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeQemuExtendedKeyEvent({ downFlag, keysym, keycode }: QemuExtendedKeyEvent): Uint8Array {
  const bytes = new Uint8Array(12);
  putU8(bytes, 0, 255);
  putU8(bytes, 1, EXTENDED_KEY_EVENT);
  putU16(bytes, 2, downFlag);
  putU32(bytes, 4, keysym);
  putU32(bytes, 8, keycode);
  return bytes;
}

/** The four bytes. */
export function encodeQemuAudioEnable(_message: QemuAudioEnable): Uint8Array {
  return Uint8Array.of(255, AUDIO, 0, ENABLE);
}

/** The four bytes. */
export function encodeQemuAudioDisable(_message: QemuAudioDisable): Uint8Array {
  return Uint8Array.of(255, AUDIO, 0, DISABLE);
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeQemuAudioSetFormat(message: QemuAudioSetFormat): Uint8Array {
  const bytes = new Uint8Array(10);
  putU8(bytes, 0, 255);
  putU8(bytes, 1, AUDIO);
  putU16(bytes, 2, SET_FORMAT);
  putU8(bytes, 4, message.sampleFormat);
  putU8(bytes, 5, message.numberOfChannels);
  putU32(bytes, 6, message.frequency);
  return bytes;
}

const EXTENDED_KEY_EVENT = 0;
const AUDIO = 1;
const ENABLE = 0;
const DISABLE = 1;
const SET_FORMAT = 2;

function unknownSubmessage(submessage: number, at: number): RfbError {
  return new RfbError("unknownType", "Cannot read a QEMU client message", `submessage ${submessage}`, { offset: at });
}

function unknownOperation(operation: number, at: number): RfbError {
  return new RfbError("unknownType", "Cannot read a QEMU client message", `audio operation ${operation}`, {
    offset: at,
  });
}
