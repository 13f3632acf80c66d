/**
 * The messages of UltraVNC's MSLogon: rfbproto "MSLogonII Authentication", security type 113, and the older
 * 0xFFFFFFFA that only 3.3 has room for. Numbers of the group are 64 bits, big-endian.
 *
 * @module
 */

import { view } from "../wire.ts";

/** From the server: a group, and its number in it. Each is 8 bytes. */
export interface MsLogonParameters {
  /** Tells it from other messages. */
  readonly type: "msLogonParameters";
  /** Of Diffie and Hellman's group: 8 bytes, big-endian, as all three are. */
  readonly generator: Uint8Array;
  /** The group's modulus. */
  readonly prime: Uint8Array;
  /** The server's. */
  readonly publicKey: Uint8Array;
}

/** From the client: its number in the group, user and password. */
export interface MsLogonResponse {
  /** Tells it from other messages. */
  readonly type: "msLogonResponse";
  /** 8 bytes. */
  readonly publicKey: Uint8Array;
  /** 256 bytes of DES-CBC: a text, a NUL, and random bytes behind that. libvncclient has zeros there. */
  readonly username: Uint8Array;
  /** 64 bytes, likewise; DES begins anew. */
  readonly password: Uint8Array;
}

/**
 * The group.
 *
 *      0  U64  generator
 *      8  U64  prime
 *     16  U64  public-key
 */
export function decodeMsLogonParameters(bytes: Uint8Array, at = 0): MsLogonParameters {
  return {
    type: "msLogonParameters",
    generator: view(bytes, at, 8),
    prime: view(bytes, at + 8, 8),
    publicKey: view(bytes, at + 16, 8),
  };
}

/** Always 24. */
export function extentOfMsLogonParameters(): number {
  return 24;
}

/** The message's bytes. @throws {RangeError} a number that is not 8 bytes */
export function encodeMsLogonParameters({ generator, prime, publicKey }: MsLogonParameters): Uint8Array {
  const bytes = new Uint8Array(24);
  put(bytes, 0, generator, 8);
  put(bytes, 8, prime, 8);
  put(bytes, 16, publicKey, 8);
  return bytes;
}

/**
 * The client's answer.
 *
 *       0  U64  public-key
 *       8       username, 256 bytes
 *     264       password, 64 bytes
 */
export function decodeMsLogonResponse(bytes: Uint8Array, at = 0): MsLogonResponse {
  return {
    type: "msLogonResponse",
    publicKey: view(bytes, at, 8),
    username: view(bytes, at + 8, 256),
    password: view(bytes, at + 264, 64),
  };
}

/** Always 328. */
export function extentOfMsLogonResponse(): number {
  return 328;
}

/** The message's bytes. @throws {RangeError} a field that is not as long as it has to be */
export function encodeMsLogonResponse({ publicKey, username, password }: MsLogonResponse): Uint8Array {
  const bytes = new Uint8Array(328);
  put(bytes, 0, publicKey, 8);
  put(bytes, 8, username, 256);
  put(bytes, 264, password, 64);
  return bytes;
}

function put(bytes: Uint8Array, at: number, field: Uint8Array, length: number): void {
  if (field.length !== length) throw new RangeError(`Cannot write a field of ${field.length} bytes: not ${length}`);
  bytes.set(field, at);
}
