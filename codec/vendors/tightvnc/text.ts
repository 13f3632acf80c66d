import { type Limits, within } from "../../limits.ts";
import { putU8, putU16, u16, view } from "../../wire.ts";

// Five messages: U8 message-type, padding, U16 length, text.

export function decodeText(bytes: Uint8Array, at: number): Uint8Array {
  return view(bytes, at + 4, u16(bytes, at + 2));
}

export function extentOfText(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 4) return 4;
  return 4 + within("maxFileTransferLength", u16(bytes, at + 2), limits);
}

export function encodeText(messageType: number, text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + text.length);
  putU8(bytes, 0, messageType);
  putU16(bytes, 2, text.length);
  bytes.set(text, 4);
  return bytes;
}
