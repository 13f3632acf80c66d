import { view } from "../wire.ts";

/** The challenge, encrypted by DES with the password. */
export interface VncAuthResponse {
  /** Tells it from other messages. */
  readonly type: "vncAuthResponse";
  /** The challenge, encrypted: 16 bytes. */
  readonly response: Uint8Array;
}

/**
 * The response of VNC Authentication, RFC 6143 §7.2.2.
 *
 *     0       response, 16 bytes
 */
export function decodeVncAuthResponse(bytes: Uint8Array, at = 0): VncAuthResponse {
  return { type: "vncAuthResponse", response: view(bytes, at, 16) };
}

/** Always 16. */
export function extentOfVncAuthResponse(): number {
  return 16;
}

/** The message's bytes. @throws {RangeError} not 16 bytes */
export function encodeVncAuthResponse({ response }: VncAuthResponse): Uint8Array {
  if (response.length !== 16) throw new RangeError(`Cannot write a VncAuth response: ${response.length} bytes of 16`);
  return response.slice();
}
