import { u8 } from "../wire.ts";
import { encodeXvp, type Xvp } from "../xvp.ts";

/** The server knows xvp, or could not do what it was asked. */
export interface ServerXvp extends Xvp {
  /** Tells it from other messages. */
  readonly type: "serverXvp";
}

/**
 * xvp Server Message, rfbproto.
 *
 *     0  U8   message-type 250
 *     1       padding
 *     2  U8   xvp-extension-version
 *     3  U8   xvp-message-code
 */
export function decodeServerXvp(bytes: Uint8Array, at = 0): ServerXvp {
  return { type: "serverXvp", xvpExtensionVersion: u8(bytes, at + 2), xvpMessageCode: u8(bytes, at + 3) };
}

/** Always 4. */
export function extentOfServerXvp(): number {
  return 4;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeServerXvp(message: ServerXvp): Uint8Array {
  return encodeXvp(message);
}
