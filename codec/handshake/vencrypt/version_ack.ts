import { putU8, u8 } from "../../wire.ts";

/** The server's answer to the client's version: 0 is yes. The next acknowledgement has it the other way round. */
export interface VencryptVersionAck {
  /** Tells it from other messages. */
  readonly type: "vencryptVersionAck";
  /** 0: go on. Anything else (1 and 255 were seen): no, and the server closes. */
  readonly status: number;
}

/**
 * The acknowledgement of the version, rfbproto "VeNCrypt", version 0.2.
 *
 *     0  U8   ack, 0 for yes
 */
export function decodeVencryptVersionAck(bytes: Uint8Array, at = 0): VencryptVersionAck {
  return { type: "vencryptVersionAck", status: u8(bytes, at) };
}

/** Always 1. */
export function extentOfVencryptVersionAck(): number {
  return 1;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeVencryptVersionAck({ status }: VencryptVersionAck): Uint8Array {
  const bytes = new Uint8Array(1);
  putU8(bytes, 0, status);
  return bytes;
}
