/**
 * What ATEN's boards (Supermicro's among them) say under security type 16, where everybody else has Tight. Known from
 * the wire alone.
 *
 * @module
 */

import { view } from "../wire.ts";

/** From the server, and of no known meaning. */
export interface AtenGreeting {
  /** Tells it from other messages. */
  readonly type: "atenGreeting";
  /** 24 bytes. */
  readonly unknown: Uint8Array;
}

/** From the client: user and password, in clear. */
export interface AtenLogin {
  /** Tells it from other messages. */
  readonly type: "atenLogin";
  /** 24 bytes, with zeros behind the text. */
  readonly username: Uint8Array;
  /** 24 bytes, likewise. */
  readonly password: Uint8Array;
}

/**
 * The server's first word.
 *
 *     0       unknown, 24 bytes
 */
export function decodeAtenGreeting(bytes: Uint8Array, at = 0): AtenGreeting {
  return { type: "atenGreeting", unknown: view(bytes, at, 24) };
}

/** Always 24. */
export function extentOfAtenGreeting(): number {
  return 24;
}

/** The message's bytes. @throws {RangeError} not 24 bytes */
export function encodeAtenGreeting({ unknown }: AtenGreeting): Uint8Array {
  if (unknown.length !== 24) throw new RangeError(`Cannot write a greeting of ${unknown.length} bytes: not 24`);
  return unknown.slice();
}

/**
 * The login.
 *
 *      0       username, 24 bytes
 *     24       password, 24 bytes
 */
export function decodeAtenLogin(bytes: Uint8Array, at = 0): AtenLogin {
  return { type: "atenLogin", username: view(bytes, at, 24), password: view(bytes, at + 24, 24) };
}

/** Always 48. */
export function extentOfAtenLogin(): number {
  return 48;
}

/** The message's bytes. @throws {RangeError} a field that is not 24 bytes */
export function encodeAtenLogin({ username, password }: AtenLogin): Uint8Array {
  if (username.length !== 24 || password.length !== 24) {
    throw new RangeError(`Cannot write fields of ${username.length} and ${password.length} bytes: not 24 each`);
  }
  const bytes = new Uint8Array(48);
  bytes.set(username);
  bytes.set(password, 24);
  return bytes;
}
