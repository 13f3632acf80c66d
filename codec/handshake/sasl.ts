/**
 * The messages of SASL, rfbproto "SASL Authentication": security type 20, also inside VeNCrypt, Tight and TLS.
 *
 * A mechanism's own message is `data`. On the wire its length counts one NUL behind it, so that an empty message (length 1)
 * and none at all (length 0, `undefined`) are two things.
 *
 * @module
 */

import { type Limits, within } from "../limits.ts";
import { putU8, putU32, u8, u32, view } from "../wire.ts";

/** From the server: what can be chosen. */
export interface SaslMechanisms {
  /** Tells it from other messages. */
  readonly type: "saslMechanisms";
  /** Names in ASCII, with a comma between them. */
  readonly mechanisms: Uint8Array;
}

/** From the client: what it chose, and its first message where it is the one to begin. */
export interface SaslStart {
  /** Tells it from other messages. */
  readonly type: "saslStart";
  /** 1 to 100 bytes. */
  readonly mechanism: Uint8Array;
  /** What the client says first; undefined: nothing. */
  readonly data: Uint8Array | undefined;
}

/** What a {@link SaslStart} tells that is no secret: its mechanism, which was offered. Not on the wire by itself. */
export interface SaslMechanismChoice {
  /** Tells it from other messages. */
  readonly type: "saslMechanism";
  /** Its name. */
  readonly mechanism: string;
}

/** From the server: its answer, to the start and to each response. */
export interface SaslChallenge {
  /** Tells it from other messages. */
  readonly type: "saslChallenge";
  /** The mechanism's own; undefined: nothing, which is not the same as no bytes. */
  readonly data: Uint8Array | undefined;
  /** Not 0: that was all, and SecurityResult follows. */
  readonly complete: number;
}

/** From the client: its answer to a challenge that was not the last. */
export interface SaslResponse {
  /** Tells it from other messages. */
  readonly type: "saslResponse";
  /** The mechanism's own; undefined: nothing, which is not the same as no bytes. */
  readonly data: Uint8Array | undefined;
}

/**
 * The mechanisms.
 *
 *     0  U32  length
 *     4       names
 */
export function decodeSaslMechanisms(bytes: Uint8Array, at = 0): SaslMechanisms {
  return { type: "saslMechanisms", mechanisms: view(bytes, at + 4, u32(bytes, at)) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit` */
export function extentOfSaslMechanisms(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return end - at < 4 ? 4 : 4 + within("maxSaslMechanismsLength", u32(bytes, at), limits);
}

/** The message's bytes. */
export function encodeSaslMechanisms({ mechanisms }: SaslMechanisms): Uint8Array {
  const bytes = new Uint8Array(4 + mechanisms.length);
  putU32(bytes, 0, mechanisms.length);
  bytes.set(mechanisms, 4);
  return bytes;
}

/**
 * The start.
 *
 *     0  U32  length of the name
 *     4       name
 *        U32  length of the data with its NUL, or 0
 *             data, NUL
 */
export function decodeSaslStart(bytes: Uint8Array, at = 0): SaslStart {
  const mechanism = view(bytes, at + 4, u32(bytes, at));
  return { type: "saslStart", mechanism, data: decodeData(bytes, at + 4 + mechanism.length) };
}

/**
 * Bytes this message needs, as far as `bytes[at, end)` tells.
 *
 * @throws {RfbError} `limit`: the name's length before any more is waited for, then the data's
 */
export function extentOfSaslStart(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 4) return 4;
  const length = 4 + within("maxSaslMechanismLength", u32(bytes, at), limits);
  return end - at < length + 4 ? length + 4 : length + extentOfData(bytes, at + length, limits);
}

/** The message's bytes. */
export function encodeSaslStart({ mechanism, data }: SaslStart): Uint8Array {
  const bytes = new Uint8Array(4 + mechanism.length + lengthOfData(data));
  putU32(bytes, 0, mechanism.length);
  bytes.set(mechanism, 4);
  putData(bytes, 4 + mechanism.length, data);
  return bytes;
}

/**
 * A challenge.
 *
 *     0  U32  length of the data with its NUL, or 0
 *     4       data, NUL
 *        U8   complete
 */
export function decodeSaslChallenge(bytes: Uint8Array, at = 0): SaslChallenge {
  return { type: "saslChallenge", data: decodeData(bytes, at), complete: u8(bytes, at + 4 + u32(bytes, at)) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit` */
export function extentOfSaslChallenge(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return end - at < 4 ? 4 : extentOfData(bytes, at, limits) + 1;
}

/** The message's bytes. */
export function encodeSaslChallenge({ data, complete }: SaslChallenge): Uint8Array {
  const length = lengthOfData(data);
  const bytes = new Uint8Array(length + 1);
  putData(bytes, 0, data);
  putU8(bytes, length, complete);
  return bytes;
}

/**
 * A response.
 *
 *     0  U32  length of the data with its NUL, or 0
 *     4       data, NUL
 */
export function decodeSaslResponse(bytes: Uint8Array, at = 0): SaslResponse {
  return { type: "saslResponse", data: decodeData(bytes, at) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit` */
export function extentOfSaslResponse(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return end - at < 4 ? 4 : extentOfData(bytes, at, limits);
}

/** The message's bytes. */
export function encodeSaslResponse({ data }: SaslResponse): Uint8Array {
  const bytes = new Uint8Array(lengthOfData(data));
  putData(bytes, 0, data);
  return bytes;
}

/** QEMU, gtk-vnc and libvncclient take the byte behind the data for the NUL, whatever it is; so do we. */
function decodeData(bytes: Uint8Array, at: number): Uint8Array | undefined {
  const length = u32(bytes, at);
  return length === 0 ? undefined : view(bytes, at + 4, length).subarray(0, length - 1);
}

function extentOfData(bytes: Uint8Array, at: number, limits: Limits): number {
  return 4 + within("maxSaslDataLength", u32(bytes, at), limits);
}

function lengthOfData(data: Uint8Array | undefined): number {
  return data === undefined ? 4 : 4 + data.length + 1;
}

/** Its NUL is there already: nothing has been written behind it. */
function putData(bytes: Uint8Array, at: number, data: Uint8Array | undefined): void {
  if (data === undefined) return;
  putU32(bytes, at, data.length + 1);
  bytes.set(data, at + 4);
}
