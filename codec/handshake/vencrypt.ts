import { type Limits, within } from "../limits.ts";
import { putU8, putU32, u8, u32, view } from "../wire.ts";

/** VeNCrypt's own version: the server's highest, then the client's choice; 0.0 from a client means none suits. */
export interface VencryptVersion {
  readonly type: "vencryptVersion";
  readonly major: number;
  readonly minor: number;
}

/** The server's answer to the client's version: 0 is yes. The next acknowledgement has it the other way round. */
export interface VencryptVersionAck {
  readonly type: "vencryptVersionAck";
  /** 0: go on. Anything else (1 and 255 were seen): no, and the server closes. */
  readonly status: number;
}

/** What the server offers inside VeNCrypt, best first. */
export interface VencryptSubtypes {
  readonly type: "vencryptSubtypes";
  /** Numbers that we have no name for are kept. Empty: the server refuses. */
  readonly subtypes: readonly number[];
}

/** What the client chose. */
export interface VencryptSubtypeChoice {
  readonly type: "vencryptSubtype";
  readonly subtype: number;
}

/** The server's answer to a subtype that runs over TLS: 1 is yes, and TLS follows at once. */
export interface VencryptSubtypeAck {
  readonly type: "vencryptSubtypeAck";
  /** 1: start TLS. 0: no, and the server closes. */
  readonly status: number;
}

/** User and password, of the Plain subtypes. */
export interface VencryptPlain {
  readonly type: "vencryptPlain";
  readonly username: Uint8Array;
  readonly password: Uint8Array;
}

/**
 * VeNCrypt's version, rfbproto "VeNCrypt", either direction.
 *
 *     0  U8   major version
 *     1  U8   minor version
 */
export function decodeVencryptVersion(bytes: Uint8Array, at = 0): VencryptVersion {
  return { type: "vencryptVersion", major: u8(bytes, at), minor: u8(bytes, at + 1) };
}

/** Always 2. */
export function extentOfVencryptVersion(): number {
  return 2;
}

export function encodeVencryptVersion({ major, minor }: VencryptVersion): Uint8Array {
  const bytes = new Uint8Array(2);
  putU8(bytes, 0, major);
  putU8(bytes, 1, minor);
  return bytes;
}

/**
 * The acknowledgement of the version, rfbproto "VeNCrypt", version 0.2.
 *
 *     0  U8   ack, 0 for yes
 */
export function decodeVencryptVersionAck(bytes: Uint8Array, at = 0): VencryptVersionAck {
  return { type: "vencryptVersionAck", status: u8(bytes, at) };
}

/** Always 1. */
export function extentOfVencryptVersionAck(): number {
  return 1;
}

export function encodeVencryptVersionAck({ status }: VencryptVersionAck): Uint8Array {
  return oneByte(status);
}

/**
 * The subtypes, rfbproto "VeNCrypt", version 0.2.
 *
 *     0  U8   count
 *     1  U32  subtype × count
 */
export function decodeVencryptSubtypes(bytes: Uint8Array, at = 0): VencryptSubtypes {
  const subtypes: number[] = [];
  const end = at + 1 + 4 * u8(bytes, at);
  for (let i = at + 1; i < end; i += 4) subtypes.push(u32(bytes, i));
  return { type: "vencryptSubtypes", subtypes };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. */
export function extentOfVencryptSubtypes(bytes: Uint8Array, at: number, end: number): number {
  return end - at < 1 ? 1 : 1 + 4 * u8(bytes, at);
}

/** @throws {RangeError} more than 255 */
export function encodeVencryptSubtypes({ subtypes }: VencryptSubtypes): Uint8Array {
  const bytes = new Uint8Array(1 + 4 * subtypes.length);
  putU8(bytes, 0, subtypes.length);
  for (let i = 0; i < subtypes.length; i++) putU32(bytes, 1 + 4 * i, subtypes[i]!);
  return bytes;
}

/**
 * The client's choice, rfbproto "VeNCrypt", version 0.2.
 *
 *     0  U32  subtype
 */
export function decodeVencryptSubtype(bytes: Uint8Array, at = 0): VencryptSubtypeChoice {
  return { type: "vencryptSubtype", subtype: u32(bytes, at) };
}

/** Always 4. */
export function extentOfVencryptSubtype(): number {
  return 4;
}

export function encodeVencryptSubtype({ subtype }: VencryptSubtypeChoice): Uint8Array {
  const bytes = new Uint8Array(4);
  putU32(bytes, 0, subtype);
  return bytes;
}

/**
 * The acknowledgement of a TLS or X509 subtype. Every server sends it; older texts of the specification lack it.
 *
 *     0  U8   ack, 1 for yes
 */
export function decodeVencryptSubtypeAck(bytes: Uint8Array, at = 0): VencryptSubtypeAck {
  return { type: "vencryptSubtypeAck", status: u8(bytes, at) };
}

/** Always 1. */
export function extentOfVencryptSubtypeAck(): number {
  return 1;
}

export function encodeVencryptSubtypeAck({ status }: VencryptSubtypeAck): Uint8Array {
  return oneByte(status);
}

/**
 * The credentials of the Plain subtypes, rfbproto "VeNCrypt".
 *
 *     0  U32  username-length
 *     4  U32  password-length
 *     8       username, password
 */
export function decodeVencryptPlain(bytes: Uint8Array, at = 0): VencryptPlain {
  const usernameLength = u32(bytes, at);
  const passwordLength = u32(bytes, at + 4);
  return {
    type: "vencryptPlain",
    username: view(bytes, at + 8, usernameLength),
    password: view(bytes, at + 8 + usernameLength, passwordLength),
  };
}

/** @throws {RfbError} `limit`: either length, each on its own, before they are added */
export function extentOfVencryptPlain(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 8) return 8;
  const usernameLength = within("maxCredentialLength", u32(bytes, at), limits);
  return 8 + usernameLength + within("maxCredentialLength", u32(bytes, at + 4), limits);
}

export function encodeVencryptPlain({ username, password }: VencryptPlain): Uint8Array {
  const bytes = new Uint8Array(8 + username.length + password.length);
  putU32(bytes, 0, username.length);
  putU32(bytes, 4, password.length);
  bytes.set(username, 8);
  bytes.set(password, 8 + username.length);
  return bytes;
}

function oneByte(value: number): Uint8Array {
  const bytes = new Uint8Array(1);
  putU8(bytes, 0, value);
  return bytes;
}
