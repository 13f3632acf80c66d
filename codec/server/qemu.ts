import { RfbError } from "../errors.ts";
import { type Limits, within } from "../limits.ts";
import { putU8, putU16, putU32, u8, u16, u32, view } from "../wire.ts";

/** The machine begins to play. */
export interface QemuAudioBegin {
  /** Tells it from other messages. */
  readonly type: "qemuAudioBegin";
}

/** It has stopped. */
export interface QemuAudioEnd {
  /** Tells it from other messages. */
  readonly type: "qemuAudioEnd";
}

/** Some of what it plays. */
export interface QemuAudioData {
  /** Tells it from other messages. */
  readonly type: "qemuAudioData";
  /** Samples in the format that the client has set, channel by channel in turn. */
  readonly data: Uint8Array;
}

/** What message 255 of a server may be. */
export type QemuServerMessage = QemuAudioBegin | QemuAudioEnd | QemuAudioData;

/**
 * QEMU Server Message, rfbproto. The operations are numbered the other way round than a client's.
 *
 *     0  U8   message-type 255
 *     1  U8   submessage-type 1: Audio
 *     2  U16  operation: 0 end, 1 begin, 2 data
 *     4  U32  data-length, for operation 2 alone
 *     8       data
 *
 * @throws {RfbError} `unknownType`: the submessage or the operation
 */
export function decodeQemuServerMessage(bytes: Uint8Array, at = 0): QemuServerMessage {
  const operation = operationOf(bytes, at);
  switch (operation) {
    case END:
      return { type: "qemuAudioEnd" };
    case BEGIN:
      return { type: "qemuAudioBegin" };
    default:
      return { type: "qemuAudioData", data: view(bytes, at + 8, u32(bytes, at + 4)) };
  }
}

/**
 * Bytes this message needs, as far as `bytes[at, end)` tells.
 *
 * @throws {RfbError} `unknownType`: the submessage or the operation; `limit`: the length of the data
 */
export function extentOfQemuServerMessage(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 4) return 4;
  if (operationOf(bytes, at) !== DATA) return 4;
  if (end - at < 8) return 8;
  return 8 + within("maxAudioLength", u32(bytes, at + 4), limits);
}

/** The four bytes. */
export function encodeQemuAudioBegin(_message: QemuAudioBegin): Uint8Array {
  return Uint8Array.of(255, AUDIO, 0, BEGIN);
}

/** The four bytes. */
export function encodeQemuAudioEnd(_message: QemuAudioEnd): Uint8Array {
  return Uint8Array.of(255, AUDIO, 0, END);
}

/** The message's bytes. */
export function encodeQemuAudioData({ data }: QemuAudioData): Uint8Array {
  const bytes = new Uint8Array(8 + data.length);
  putU8(bytes, 0, 255);
  putU8(bytes, 1, AUDIO);
  putU16(bytes, 2, DATA);
  putU32(bytes, 4, data.length);
  bytes.set(data, 8);
  return bytes;
}

const AUDIO = 1;
const END = 0;
const BEGIN = 1;
const DATA = 2;

function operationOf(bytes: Uint8Array, at: number): number {
  const submessage = u8(bytes, at + 1);
  const operation = u16(bytes, at + 2);
  if (submessage === AUDIO && operation <= DATA) return operation;
  const reason = submessage === AUDIO ? `audio operation ${operation}` : `submessage ${submessage}`;
  throw new RfbError("unknownType", "Cannot read a QEMU server message", reason, { offset: at });
}
