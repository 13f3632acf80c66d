import { u8 } from "../wire.ts";
import { encodeXvp, type Xvp } from "../xvp.ts";

/** Shut the machine down, reboot it or reset it. Only to a server that has sent `Init`. */
export interface ClientXvp extends Xvp {
  /** Tells it from other messages. */
  readonly type: "clientXvp";
}

/**
 * xvp Client Message, rfbproto.
 *
 *     0  U8   message-type 250
 *     1       padding
 *     2  U8   xvp-extension-version
 *     3  U8   xvp-message-code
 */
export function decodeClientXvp(bytes: Uint8Array, at = 0): ClientXvp {
  return { type: "clientXvp", xvpExtensionVersion: u8(bytes, at + 2), xvpMessageCode: u8(bytes, at + 3) };
}

/** Always 4. */
export function extentOfClientXvp(): number {
  return 4;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeClientXvp(message: ClientXvp): Uint8Array {
  return encodeXvp(message);
}
