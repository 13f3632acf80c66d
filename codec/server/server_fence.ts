import { decodeFence, encodeFence, extentOfFence, type Fence } from "../fence.ts";

/** A mark of the server's in both streams. The first one says that the server knows fences. */
export interface ServerFence extends Fence {
  /** Tells it from other messages. */
  readonly type: "serverFence";
}

/**
 * ServerFence, rfbproto.
 *
 *     0  U8   message-type 248
 *     1       padding
 *     4  U32  flags
 *     8  U8   length, at most 64
 *     9       payload
 */
export function decodeServerFence(bytes: Uint8Array, at = 0): ServerFence {
  return { type: "serverFence", ...decodeFence(bytes, at) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells: all that the length says, above 64 too. */
export function extentOfServerFence(bytes: Uint8Array, at: number, end: number): number {
  return extentOfFence(bytes, at, end);
}

/** The message's bytes. @throws {RangeError} flags that do not fit, more than 64 bytes of payload */
export function encodeServerFence(message: ServerFence): Uint8Array {
  return encodeFence(message);
}
