import { putU8, putU32, u8, u32, view } from "./wire.ts";

// ClientFence and ServerFence: U8 message-type 248, padding, U32 flags, U8 length, payload.

/** Bits of a fence's flags. An answer has those of the request that its sender knows, without `Request`. */
export const FenceFlag = {
  /** Answer once all that came before is done with. */
  BlockBefore: 1,
  /** Begin with what comes after only once this is answered. */
  BlockAfter: 2,
  /** Do the next message at the same moment. */
  SyncNext: 4,
  /** Answer this; an answer is not answered. */
  Request: 0x80000000,
} as const;

/** Bytes that a fence's payload may have. */
export const MAX_FENCE_LENGTH = 64;

/** What a fence says, in either direction. */
export interface Fence {
  /** See {@link FenceFlag}; bits that we have no name for are kept. */
  readonly flags: number;
  /** For its sender alone to understand: an answer brings it back. */
  readonly payload: Uint8Array;
  /** Bytes of the payload beyond 64, where the peer has sent some: they were read and not kept, and are not written. */
  readonly droppedLength?: number;
}

export function decodeFence(bytes: Uint8Array, at: number): Fence {
  const length = u8(bytes, at + 8);
  const whole = view(bytes, at + 9, length);
  const flags = u32(bytes, at + 4);
  // A length of up to 255 in a field that may say 64: CVE-2019-15683 was to believe it.
  return length > MAX_FENCE_LENGTH
    ? { flags, payload: whole.subarray(0, MAX_FENCE_LENGTH), droppedLength: length - MAX_FENCE_LENGTH }
    : { flags, payload: whole };
}

export function extentOfFence(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 9) return 9;
  return 9 + u8(bytes, at + 8);
}

export function encodeFence({ flags, payload }: Fence): Uint8Array {
  if (payload.length > MAX_FENCE_LENGTH) {
    throw new RangeError(`Cannot write a fence: ${payload.length} bytes of payload, at most ${MAX_FENCE_LENGTH}`);
  }
  const bytes = new Uint8Array(9 + payload.length);
  putU8(bytes, 0, 248);
  putU32(bytes, 4, flags);
  putU8(bytes, 8, payload.length);
  bytes.set(payload, 9);
  return bytes;
}
