import { RfbError } from "../../errors.ts";
import { type Limits, within } from "../../limits.ts";
import { putU8, putU16, putU32, u16, u32 } from "../../wire.ts";

/** Asks a Mac to encrypt what follows, or says that the client will. Nothing here encrypts. */
export interface AppleSetEncryption {
  /** Tells it from other messages. */
  readonly type: "appleSetEncryption";
  /** 1: what the client asks of the server; 2: what the client itself does from here on. */
  readonly command: number;
  /** 1: encrypt all of it. */
  readonly level: number;
  /** In command 1 alone: what the client can do, 1 AES-128. */
  readonly methods: readonly number[];
}

/**
 * SetEncryption, from captures of Apple's viewer.
 *
 *     0  U8   message-type 18
 *     1       padding
 *     2  U16  command
 *     4  U16  level
 *     6  U16  number-of-methods; padding in command 2
 *     8  U32  method × number-of-methods
 */
export function decodeAppleSetEncryption(bytes: Uint8Array, at = 0): AppleSetEncryption {
  const end = at + extentAt(bytes, at);
  const methods: number[] = [];
  for (let i = at + 8; i < end; i += 4) methods.push(u32(bytes, i));
  return { type: "appleSetEncryption", command: u16(bytes, at + 2), level: u16(bytes, at + 4), methods };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `malformed`: the command; `limit` */
export function extentOfAppleSetEncryption(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return end - at < 8 ? 8 : within("maxVendorLength", extentAt(bytes, at), limits);
}

/** The message's bytes. @throws {RangeError} a field that does not fit, another command, methods in command 2 */
export function encodeAppleSetEncryption({ command, level, methods }: AppleSetEncryption): Uint8Array {
  if (command !== 1 && (command !== 2 || methods.length > 0)) {
    throw new RangeError(`Cannot write a SetEncryption of command ${command} with ${methods.length} methods`);
  }
  const bytes = new Uint8Array(8 + 4 * methods.length);
  putU8(bytes, 0, 18);
  putU16(bytes, 2, command);
  putU16(bytes, 4, level);
  putU16(bytes, 6, methods.length);
  for (let i = 0; i < methods.length; i++) putU32(bytes, 8 + 4 * i, methods[i]!);
  return bytes;
}

function extentAt(bytes: Uint8Array, at: number): number {
  const count = u16(bytes, at + 6);
  const command = u16(bytes, at + 2);
  if (command === 1) return 8 + 4 * count;
  if (command === 2) return 8;
  throw new RfbError("malformed", "Cannot read SetEncryption", `command ${command}, not 1 or 2`, { offset: at });
}
