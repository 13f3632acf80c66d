import { view } from "../wire.ts";

/** What the server wants encrypted with the password. */
export interface VncAuthChallenge {
  readonly type: "vncAuthChallenge";
  /** 16 random bytes, never used twice. */
  readonly challenge: Uint8Array;
}

/** The challenge, encrypted by DES with the password. */
export interface VncAuthResponse {
  readonly type: "vncAuthResponse";
  readonly response: Uint8Array;
}

/**
 * The challenge of VNC Authentication, RFC 6143 §7.2.2.
 *
 *     0       challenge, 16 bytes
 */
export function decodeVncAuthChallenge(bytes: Uint8Array, at = 0): VncAuthChallenge {
  return { type: "vncAuthChallenge", challenge: view(bytes, at, 16) };
}

/** Always 16. */
export function extentOfVncAuthChallenge(): number {
  return 16;
}

/** @throws {RangeError} not 16 bytes */
export function encodeVncAuthChallenge({ challenge }: VncAuthChallenge): Uint8Array {
  return sixteen(challenge);
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

/** @throws {RangeError} not 16 bytes */
export function encodeVncAuthResponse({ response }: VncAuthResponse): Uint8Array {
  return sixteen(response);
}

function sixteen(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== 16) throw new RangeError(`Cannot write a VncAuth block: ${bytes.length} bytes of 16`);
  return bytes.slice();
}
