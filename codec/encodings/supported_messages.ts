import { Encoding } from "../names.ts";
import { expectLength, wholeRectangle } from "./payload.ts";

/** The messages that the server knows, by type, in ascending order. */
export interface SupportedMessages {
  /** Numbers of messages that clients may send. */
  readonly clientMessages: readonly number[];
  /** Numbers of messages that the server may send. */
  readonly serverMessages: readonly number[];
}

/**
 * SupportedMessages, libvncserver: the rectangle's width is the payload's length, which is always 64.
 *
 *      0  U8  client-to-server × 32, the message of type n in bit n % 8 of byte ⌊n / 8⌋
 *     32  U8  server-to-client × 32
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length
 */
export function decodeSupportedMessages(payload: Uint8Array): SupportedMessages {
  expectLength(payload, 64, "Cannot read SupportedMessages");
  return { clientMessages: typesIn(payload, 0), serverMessages: typesIn(payload, 32) };
}

/** The whole rectangle. @throws {RangeError} a type above 255 */
export function encodeSupportedMessages({ clientMessages, serverMessages }: SupportedMessages): Uint8Array {
  const payload = new Uint8Array(64);
  putTypes(payload, 0, clientMessages);
  putTypes(payload, 32, serverMessages);
  return wholeRectangle(Encoding.SupportedMessages, 0, 0, payload.length, 0, payload);
}

function typesIn(bytes: Uint8Array, at: number): readonly number[] {
  const types: number[] = [];
  for (let type = 0; type < 256; type++) if ((bytes[at + (type >> 3)]! >> (type & 7)) & 1) types.push(type);
  return types;
}

function putTypes(bytes: Uint8Array, at: number, types: readonly number[]): void {
  for (const type of types) {
    if (!Number.isInteger(type) || type < 0 || type > 255) throw new RangeError(`Cannot write message type ${type}`);
    bytes[at + (type >> 3)]! |= 1 << (type & 7);
  }
}
