import { view } from "../wire.ts";

/** What the server wants encrypted with the password. */
export interface VncAuthChallenge {
  /** Tells it from other messages. */
  readonly type: "vncAuthChallenge";
  /** 16 random bytes, never used twice. */
  readonly challenge: Uint8Array;
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

/** The message's bytes. @throws {RangeError} not 16 bytes */
export function encodeVncAuthChallenge({ challenge }: VncAuthChallenge): Uint8Array {
  if (challenge.length !== 16)
    throw new RangeError(`Cannot write a VncAuth challenge: ${challenge.length} bytes of 16`);
  return challenge.slice();
}
