/**
 * One rectangle's payload, gathered from the pieces it came in.
 *
 * @module
 */

import type { RectanglePayload } from "./framer.ts";

/**
 * Gathers payloads: give it each `rectanglePayload` in turn, and with the last one of a rectangle it answers all of
 * them. A payload that came in one piece is that piece, valid until the framer's next push. What is held grows with
 * what has come, never with what was claimed: the framer has checked the claim against the limits.
 */
export function createPayloadCollector(): (piece: RectanglePayload) => Uint8Array | undefined {
  let held = new Uint8Array(0);
  let length = 0;
  return ({ bytes, last }) => {
    if (last && length === 0) return bytes;
    if (length + bytes.length > held.length) {
      const larger = new Uint8Array(2 * (length + bytes.length));
      larger.set(held.subarray(0, length));
      held = larger;
    }
    held.set(bytes, length);
    length += bytes.length;
    if (!last) return undefined;
    const payload = held.subarray(0, length);
    length = 0;
    // A large one is not kept for the small ones that follow.
    if (held.length > MOST_KEPT) held = new Uint8Array(0);
    return payload;
  };
}

/** Bytes: half of a framebuffer of 1920 × 1080. What is not kept grows from nothing, again and again. */
const MOST_KEPT = 4 << 20;
