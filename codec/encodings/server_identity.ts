import { Encoding } from "../names.ts";
import { wholeRectangle } from "./payload.ts";

/** What the server says that it is. */
export interface ServerIdentity {
  /** As it came; libvncserver's ends with a NUL. A view of the payload. */
  readonly identity: Uint8Array;
}

/** ServerIdentity, libvncserver: the rectangle's width is the payload's length, and the payload a text. */
export function decodeServerIdentity(payload: Uint8Array): ServerIdentity {
  return { identity: payload };
}

/** The whole rectangle. @throws {RangeError} more than 65535 bytes */
export function encodeServerIdentity({ identity }: ServerIdentity): Uint8Array {
  return wholeRectangle(Encoding.ServerIdentity, 0, 0, identity.length, 0, identity);
}
