import type { Rectangle } from "../server/rectangle.ts";

/**
 * How far the framer has come in one rectangle's payload. The encoding's `advance…` reads and
 * moves it; it decodes no pixel and remembers no byte.
 */
export interface Walk {
  readonly rectangle: Rectangle;
  /** Of the format in force. */
  readonly bytesPerPixel: number;
  /** What `advance…` has answered so far is the whole payload. */
  done: boolean;
}

/**
 * Bytes from `at` on that may pass now, arrived or not; 0 when the next header is not all in
 * `bytes[at, end)`, or when the payload is empty and the walk done.
 */
export type Advance = (walk: Walk, bytes: Uint8Array, at: number, end: number) => number;
