import { RfbError } from "../errors.ts";
import { u8 } from "../wire.ts";

/** A version as it was said: any six digits. What it comes down to is a {@link Version}. */
export interface ProtocolVersion {
  /** Tells it from other messages. */
  readonly type: "protocolVersion";
  /** Before the point. */
  readonly major: number;
  /** Behind the point. */
  readonly minor: number;
}

/** The three versions that differ on the wire. */
export type Version = "3.3" | "3.7" | "3.8";

/** Bytes of a ProtocolVersion. */
export const PROTOCOL_VERSION_LENGTH = 12;

/**
 * ProtocolVersion, RFC 6143 §7.1.1: the server's first, then the client's.
 *
 *     0  "RFB "  then three digits, ".", three digits and a line feed: "RFB 003.008\n"
 *
 * @throws {RfbError} `malformed`: anything but exactly this pattern
 */
export function decodeProtocolVersion(bytes: Uint8Array, at = 0): ProtocolVersion {
  checkPattern(bytes, at, at + PROTOCOL_VERSION_LENGTH);
  return { type: "protocolVersion", major: digits(bytes, at + 4), minor: digits(bytes, at + 8) };
}

/**
 * Always 12. Bytes that cannot begin a version are refused at once: a peer that speaks HTTP or
 * TLS would otherwise wait for us as we wait for it.
 *
 * @throws {RfbError} `malformed`
 */
export function extentOfProtocolVersion(bytes: Uint8Array, at: number, end: number): number {
  checkPattern(bytes, at, Math.min(end, at + PROTOCOL_VERSION_LENGTH));
  return PROTOCOL_VERSION_LENGTH;
}

/** The message's bytes. @throws {RangeError} a number that is not one of three digits */
export function encodeProtocolVersion({ major, minor }: ProtocolVersion): Uint8Array {
  for (const number of [major, minor]) {
    if (!Number.isInteger(number) || number < 0 || number > 999) {
      throw new RangeError(`Cannot write a ProtocolVersion: ${number} is not a number of three digits`);
    }
  }
  const text = `RFB ${String(major).padStart(3, "0")}.${String(minor).padStart(3, "0")}\n`;
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The message that says a version. */
export function protocolVersionOf(version: Version): ProtocolVersion {
  return { type: "protocolVersion", major: 3, minor: Number(version.slice(2)) };
}

/**
 * What a client answers to a server's version, never a higher number than was offered: 3.3 to 3.6 come
 * down to 3.3, 3.7 stays, and 3.8 is the answer to all above (Apple's 3.889, Intel AMT's 4.0, RealVNC's 5.0).
 *
 * @throws {RfbError} `unknownType`: below 3.3, the repeater's 000.000 among them
 */
export function versionToAnswer({ major, minor }: ProtocolVersion): Version {
  if (major > 3) return "3.8";
  if (major === 3 && minor >= 3) return clamped(minor);
  const what = major === 0 && minor === 0 ? "000.000 is a repeater, not a server" : `version ${major}.${minor}`;
  throw new RfbError("unknownType", "Cannot answer a ProtocolVersion", what);
}

/**
 * What is in force once a client has answered a server that offered `offered`: 3.4 to 3.6 come down to 3.3 and 3.9 and up
 * to 3.8, and nothing rises above the offer.
 *
 * @throws {RfbError} `unknownType`: a major version other than 3
 */
export function versionInForce({ major, minor }: ProtocolVersion, offered: Version): Version {
  if (major !== 3) throw new RfbError("unknownType", "Cannot accept a ProtocolVersion", `version ${major}.${minor}`);
  const version = clamped(minor);
  return version < offered ? version : offered;
}

function clamped(minor: number): Version {
  if (minor < 7) return "3.3";
  return minor === 7 ? "3.7" : "3.8";
}

const PATTERN = "RFB ddd.ddd\n";

function checkPattern(bytes: Uint8Array, at: number, end: number): void {
  for (let i = at; i < end; i++) {
    const expected = PATTERN[i - at]!;
    const byte = u8(bytes, i);
    const matches = expected === "d" ? byte >= 0x30 && byte <= 0x39 : byte === expected.charCodeAt(0);
    if (!matches) {
      const found = `byte 0x${byte.toString(16).padStart(2, "0")} where "RFB xxx.yyy\\n" has "${expected === "\n" ? "\\n" : expected}"`;
      throw new RfbError("malformed", "Cannot read a ProtocolVersion", found, { offset: i });
    }
  }
}

function digits(bytes: Uint8Array, at: number): number {
  return (bytes[at]! - 0x30) * 100 + (bytes[at + 1]! - 0x30) * 10 + (bytes[at + 2]! - 0x30);
}
