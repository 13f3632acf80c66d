/**
 * The messages of Apple's RSA1, security type 33. Known from one client's source alone, which macOS let in.
 *
 * Each is a packet: its length, a version that is 0x0100, and a body that begins, from the client, with the name of
 * the key's kind.
 *
 * @module
 */

import { RfbError } from "../errors.ts";
import { type Limits, within } from "../limits.ts";
import { putU16, putU32, u8, u16, u32, view } from "../wire.ts";

/** From the client, which does not know the server's key yet. */
export interface AppleRsa1KeyRequest {
  /** Tells it from other messages. */
  readonly type: "appleRsa1KeyRequest";
  /** 0x0100. */
  readonly version: number;
}

/** From the server: its key. */
export interface AppleRsa1Key {
  /** Tells it from other messages. */
  readonly type: "appleRsa1Key";
  /** 0x0100. */
  readonly version: number;
  /** DER. */
  readonly publicKey: Uint8Array;
  /** Of no known meaning; 0 was seen. */
  readonly unknown: number;
}

/** From the client: user and password. */
export interface AppleRsa1Login {
  /** Tells it from other messages. */
  readonly type: "appleRsa1Login";
  /** 0x0100. */
  readonly version: number;
  /** 128 bytes of AES-128-ECB, as in {@link AppleDhResponse}. */
  readonly credentials: Uint8Array;
  /** The key of the credentials, encrypted for the server's key by RSAES-PKCS1-v1_5. */
  readonly encryptedKey: Uint8Array;
}

/** From the server, before SecurityResult. */
export interface AppleRsa1Ack {
  /** Tells it from other messages. */
  readonly type: "appleRsa1Ack";
  /** 0 was seen: perhaps the length of a packet without a body. */
  readonly length: number;
}

/**
 * The request.
 *
 *      0  U32  length: 10
 *      4  U16  version
 *      6       "RSA1"
 *     10  U16  has-credentials: 0
 *     12  U16  has-key: 0
 *
 * @throws {RfbError} `malformed`
 */
export function decodeAppleRsa1KeyRequest(bytes: Uint8Array, at = 0): AppleRsa1KeyRequest {
  view(bytes, at, REQUEST_LENGTH);
  expectHead(bytes, at, REQUEST_LENGTH, 0);
  if (u16(bytes, at + 12) !== 0) throw malformed("a key without credentials", at + 12);
  return { type: "appleRsa1KeyRequest", version: u16(bytes, at + 4) };
}

/** Always 14. */
export function extentOfAppleRsa1KeyRequest(): number {
  return REQUEST_LENGTH;
}

/** The message's bytes. @throws {RangeError} a version that does not fit */
export function encodeAppleRsa1KeyRequest({ version }: AppleRsa1KeyRequest): Uint8Array {
  const bytes = new Uint8Array(REQUEST_LENGTH);
  putHead(bytes, version, 0);
  return bytes;
}

/**
 * The key.
 *
 *      0  U32  length
 *      4  U16  version
 *      6  U32  key-length, 7 less than length
 *     10       public-key, of key-length
 *        U8    unknown
 *
 * @throws {RfbError} `malformed`: lengths that do not fit together
 */
export function decodeAppleRsa1Key(bytes: Uint8Array, at = 0): AppleRsa1Key {
  const keyLength = u32(bytes, at + 6);
  if (u32(bytes, at) !== keyLength + KEY_FRAME) {
    throw malformed(`a key of ${keyLength} bytes in a packet of ${u32(bytes, at)}`, at + 6);
  }
  return {
    type: "appleRsa1Key",
    version: u16(bytes, at + 4),
    publicKey: view(bytes, at + 10, keyLength),
    unknown: u8(bytes, at + 10 + keyLength),
  };
}

/**
 * Bytes this message needs, as far as `bytes[at, end)` tells.
 *
 * @throws {RfbError} `limit`: the packet's length; `malformed`: one that no key fits in
 */
export function extentOfAppleRsa1Key(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 4) return 4;
  const length = within("maxVendorLength", u32(bytes, at), limits);
  if (length < KEY_FRAME) throw malformed(`a packet of ${length} bytes for a key`, at);
  return 4 + length;
}

/** The message's bytes. @throws {RangeError} a number that does not fit */
export function encodeAppleRsa1Key({ version, publicKey, unknown }: AppleRsa1Key): Uint8Array {
  const bytes = new Uint8Array(4 + KEY_FRAME + publicKey.length);
  putU32(bytes, 0, KEY_FRAME + publicKey.length);
  putU16(bytes, 4, version);
  putU32(bytes, 6, publicKey.length);
  bytes.set(publicKey, 10);
  if (!Number.isInteger(unknown) || unknown < 0 || unknown > 255) throw new RangeError(`Cannot write ${unknown}`);
  bytes[10 + publicKey.length] = unknown;
  return bytes;
}

/**
 * The login, for a server's key of `keySize` bytes: 256 were seen.
 *
 *       0  U32  length: 138 and key-size
 *       4  U16  version
 *       6       "RSA1"
 *      10  U16  has-credentials: 1
 *      12       credentials, 128 bytes
 *     140  U16  has-key: 1
 *     142       encrypted-key, of key-size
 *
 * @throws {RfbError} `malformed`
 */
export function decodeAppleRsa1Login(bytes: Uint8Array, at: number, keySize: number): AppleRsa1Login {
  view(bytes, at, LOGIN_FRAME + keySize);
  expectHead(bytes, at, LOGIN_FRAME + keySize, 1);
  if (u16(bytes, at + 140) !== 1) throw malformed("credentials without a key", at + 140);
  return {
    type: "appleRsa1Login",
    version: u16(bytes, at + 4),
    credentials: view(bytes, at + 12, 128),
    encryptedKey: view(bytes, at + LOGIN_FRAME, keySize),
  };
}

/** Always 142 and the key's size. */
export function extentOfAppleRsa1Login(keySize: number): number {
  return LOGIN_FRAME + keySize;
}

/** The message's bytes. @throws {RangeError} credentials that are not 128 bytes, or a version that does not fit */
export function encodeAppleRsa1Login({ version, credentials, encryptedKey }: AppleRsa1Login): Uint8Array {
  if (credentials.length !== 128) {
    throw new RangeError(`Cannot write credentials of ${credentials.length} bytes: not 128`);
  }
  const bytes = new Uint8Array(LOGIN_FRAME + encryptedKey.length);
  putHead(bytes, version, 1);
  bytes.set(credentials, 12);
  putU16(bytes, 140, 1);
  bytes.set(encryptedKey, LOGIN_FRAME);
  return bytes;
}

/**
 * The end of it.
 *
 *     0  U32  0
 */
export function decodeAppleRsa1Ack(bytes: Uint8Array, at = 0): AppleRsa1Ack {
  return { type: "appleRsa1Ack", length: u32(bytes, at) };
}

/** Always 4. */
export function extentOfAppleRsa1Ack(): number {
  return 4;
}

/** The message's bytes. @throws {RangeError} a number that does not fit */
export function encodeAppleRsa1Ack({ length }: AppleRsa1Ack): Uint8Array {
  const bytes = new Uint8Array(4);
  putU32(bytes, 0, length);
  return bytes;
}

const REQUEST_LENGTH = 14;
/** Bytes of the key's packet besides the key, but for its length. */
const KEY_FRAME = 7;
/** Bytes of the login besides the encrypted key. */
const LOGIN_FRAME = 142;
/** "RSA1" */
const RSA1 = 0x52534131;

function putHead(bytes: Uint8Array, version: number, hasCredentials: number): void {
  putU32(bytes, 0, bytes.length - 4);
  putU16(bytes, 4, version);
  putU32(bytes, 6, RSA1);
  putU16(bytes, 10, hasCredentials);
}

function expectHead(bytes: Uint8Array, at: number, length: number, hasCredentials: number): void {
  if (u32(bytes, at) !== length - 4) throw malformed(`a packet of ${u32(bytes, at)} bytes, not ${length - 4}`, at);
  if (u32(bytes, at + 6) !== RSA1) throw malformed("a key of another kind than RSA1", at + 6);
  if (u16(bytes, at + 10) !== hasCredentials) throw malformed(`${u16(bytes, at + 10)} credentials`, at + 10);
}

function malformed(reason: string, offset: number): RfbError {
  return new RfbError("malformed", "Cannot read an RSA1 packet", reason, { offset });
}
