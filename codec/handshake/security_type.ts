import { RfbError } from "../errors.ts";
import { putU8, u8 } from "../wire.ts";

/** What the client chose. 3.3 has no such message. */
export interface SecurityTypeChoice {
  /** Tells it from other messages. */
  readonly type: "securityType";
  /** The number that was chosen. */
  readonly securityType: number;
}

/**
 * The client's choice in 3.7 and 3.8, RFC 6143 §7.1.2.
 *
 *     0  U8   security-type
 */
export function decodeSecurityType(bytes: Uint8Array, at = 0): SecurityTypeChoice {
  return { type: "securityType", securityType: u8(bytes, at) };
}

/** Always 1. */
export function extentOfSecurityType(): number {
  return 1;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeSecurityType({ securityType }: SecurityTypeChoice): Uint8Array {
  const bytes = new Uint8Array(1);
  putU8(bytes, 0, securityType);
  return bytes;
}

/** The client's choice, where it is among what was offered: a server that skips this test lets everybody in. */
export function chosenAmong(offered: readonly number[], { securityType }: SecurityTypeChoice): number {
  if (offered.includes(securityType)) return securityType;
  throw new RfbError("unexpected", "Cannot accept a security type", `${securityType} was not among [${offered}]`);
}
