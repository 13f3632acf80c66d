import { type Limits, within } from "../limits.ts";
import { putU32, u32, view } from "../wire.ts";

// A reason: U32 length, then that many bytes of UTF-8 or Latin-1, by some servers with a NUL at the end.

export function decodeReason(bytes: Uint8Array, at: number): Uint8Array {
  return view(bytes, at + 4, u32(bytes, at));
}

export function extentOfReason(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 4) return 4;
  return 4 + within("maxReasonLength", u32(bytes, at), limits);
}

export function encodeWithReason(head: Uint8Array, reason: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + 4 + reason.length);
  bytes.set(head);
  putU32(bytes, head.length, reason.length);
  bytes.set(reason, head.length + 4);
  return bytes;
}
