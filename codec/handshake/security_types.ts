import type { Limits } from "../limits.ts";
import { putU8, putU32, u8, u32 } from "../wire.ts";
import type { Version } from "./protocol_version.ts";
import { decodeReason, encodeWithReason, extentOfReason } from "./reason.ts";

/** What the server offers, best first by its own judgement; in 3.3 it is one, and already decided. */
export interface SecurityTypes {
  /** Tells it from other messages. */
  readonly type: "securityTypes";
  /** Numbers that we have no name for are kept. Never empty. */
  readonly securityTypes: readonly number[];
}

/** The server turns the client away before any security. */
export interface SecurityRefusal {
  /** Tells it from other messages. */
  readonly type: "securityRefusal";
  /** Why, for people. */
  readonly reason: Uint8Array;
}

/**
 * Security, RFC 6143 §7.1.2: a list or a refusal. In 3.7 and 3.8:
 *
 *     0  U8   number-of-security-types n
 *     1  U8   security-type × n; when n is 0, instead: U32 reason-length, reason
 *
 * and in 3.3, RFC 6143 appendix A:
 *
 *     0  U32  security-type; when it is 0: U32 reason-length, reason
 */
export function decodeSecurityTypes(bytes: Uint8Array, at: number, version: Version): SecurityTypes | SecurityRefusal {
  const width = version === "3.3" ? 4 : 1;
  const first = version === "3.3" ? u32(bytes, at) : u8(bytes, at);
  if (first === 0) return { type: "securityRefusal", reason: decodeReason(bytes, at + width) };
  if (version === "3.3") return { type: "securityTypes", securityTypes: [first] };
  const securityTypes: number[] = [];
  for (let i = 1; i <= first; i++) securityTypes.push(u8(bytes, at + i));
  return { type: "securityTypes", securityTypes };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the reason's length */
export function extentOfSecurityTypes(
  bytes: Uint8Array,
  at: number,
  end: number,
  version: Version,
  limits: Limits,
): number {
  const width = version === "3.3" ? 4 : 1;
  if (end - at < width) return width;
  const first = version === "3.3" ? u32(bytes, at) : u8(bytes, at);
  if (first === 0) return width + extentOfReason(bytes, at + width, end, limits);
  return version === "3.3" ? 4 : 1 + first;
}

/**
 * The message's bytes.
 *
 * @throws {RangeError} an empty list, more than 255 types, or, in 3.3, anything but one type other than 0
 */
export function encodeSecurityTypes({ securityTypes }: SecurityTypes, version: Version): Uint8Array {
  const first = securityTypes[0];
  if (first === undefined) throw new RangeError("Cannot offer no security types: that stands for a refusal");
  if (version === "3.3") {
    if (securityTypes.length > 1) throw new RangeError("Cannot offer a choice in 3.3: it has room for one type");
    if (first === 0) throw new RangeError("Cannot offer security type 0 in 3.3: that stands for a refusal");
    const bytes = new Uint8Array(4);
    putU32(bytes, 0, first);
    return bytes;
  }
  const bytes = new Uint8Array(1 + securityTypes.length);
  putU8(bytes, 0, securityTypes.length);
  for (let i = 0; i < securityTypes.length; i++) putU8(bytes, 1 + i, securityTypes[i]!);
  return bytes;
}

/** The refusal in the form of `version`: what {@link decodeSecurityTypes} reads. */
export function encodeSecurityRefusal({ reason }: SecurityRefusal, version: Version): Uint8Array {
  return encodeWithReason(new Uint8Array(version === "3.3" ? 4 : 1), reason);
}
