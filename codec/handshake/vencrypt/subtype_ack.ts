import { putU8, u8 } from "../../wire.ts";

/** The server's answer to a subtype that runs over TLS: 1 is yes, and TLS follows at once. */
export interface VencryptSubtypeAck {
  /** Tells it from other messages. */
  readonly type: "vencryptSubtypeAck";
  /** 1: start TLS. 0: no, and the server closes. */
  readonly status: number;
}

/**
 * The acknowledgement of a TLS or X509 subtype. Every server sends it; older texts of the specification lack it.
 *
 *     0  U8   ack, 1 for yes
 */
export function decodeVencryptSubtypeAck(bytes: Uint8Array, at = 0): VencryptSubtypeAck {
  return { type: "vencryptSubtypeAck", status: u8(bytes, at) };
}

/** Always 1. */
export function extentOfVencryptSubtypeAck(): number {
  return 1;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeVencryptSubtypeAck({ status }: VencryptSubtypeAck): Uint8Array {
  const bytes = new Uint8Array(1);
  putU8(bytes, 0, status);
  return bytes;
}
