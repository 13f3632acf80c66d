import { putS32, s32, view } from "../wire.ts";

/** Something that a server with Tight security can do. All three fields together name it. */
export interface Capability {
  /** Of a message its type, of an encoding its number. */
  readonly code: number;
  /** 4 characters of ASCII: "TGHT". */
  readonly vendor: Uint8Array;
  /** 8 characters of ASCII: "LASTRECT". */
  readonly signature: Uint8Array;
}

/** Bytes of one capability. */
export const CAPABILITY_LENGTH = 16;

/**
 * Reads `count` of CAPABILITY, rfbproto "Tight Security Type".
 *
 *     0  S32  code
 *     4       vendor, 4 bytes
 *     8       signature, 8 bytes
 *
 * @throws {RfbError} `truncated`
 */
export function decodeCapabilities(bytes: Uint8Array, at: number, count: number): Capability[] {
  const capabilities: Capability[] = [];
  for (let i = at; i < at + CAPABILITY_LENGTH * count; i += CAPABILITY_LENGTH) {
    capabilities.push({ code: s32(bytes, i), vendor: view(bytes, i + 4, 4), signature: view(bytes, i + 8, 8) });
  }
  return capabilities;
}

/** Writes the capabilities. @throws {RangeError} a code that does not fit, a vendor or signature of another length */
export function putCapabilities(bytes: Uint8Array, at: number, capabilities: readonly Capability[]): void {
  let i = at;
  for (const { code, vendor, signature } of capabilities) {
    if (vendor.length !== 4 || signature.length !== 8) {
      const lengths = `${vendor.length} bytes of vendor and ${signature.length} of signature`;
      throw new RangeError(`Cannot write a capability: ${lengths} are not 4 and 8`);
    }
    putS32(bytes, i, code);
    bytes.set(vendor, i + 4);
    bytes.set(signature, i + 8);
    i += CAPABILITY_LENGTH;
  }
}
