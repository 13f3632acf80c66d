/**
 * Keys and pointer movements as they arrived at the far end.
 *
 * @module
 */

import { until } from "./process.ts";

export interface KeyArrival {
  /** The name that the far end has for it: a keysym's for X, a qcode for QEMU. */
  readonly key: string;
  readonly down: boolean;
}

export interface PointerArrival {
  readonly x: number;
  readonly y: number;
  /** As in RFB's PointerEvent: bit 0 the left button, 1 the middle, 2 the right. */
  readonly buttonMask: number;
}

/** Input seen so far, and ways to wait for more. */
export interface Arrivals {
  keys(): readonly KeyArrival[];
  pointers(): readonly PointerArrival[];
  /** Resolves when the key has arrived, be it before this call. Pressed, unless `down` is false. */
  waitForKey(key: string, down?: boolean): Promise<KeyArrival>;
  /** Resolves when the pointer has been there, be it before this call; with those buttons if given. */
  waitForPointer(x: number, y: number, buttonMask?: number): Promise<PointerArrival>;
}

const MILLISECONDS = 5000;

/** Arrivals out of a log that `read` parses anew each time. */
export function arrivalsFrom(
  read: () => { keys: readonly KeyArrival[]; pointers: readonly PointerArrival[] },
): Arrivals {
  return {
    keys: () => read().keys,
    pointers: () => read().pointers,
    waitForKey: (key, down = true) =>
      until(
        `the key ${key} to go ${down ? "down" : "up"}`,
        () => read().keys.find((arrival) => arrival.key === key && arrival.down === down),
        MILLISECONDS,
      ),
    waitForPointer: (x, y, buttonMask) =>
      until(
        `the pointer to be at ${x},${y}`,
        () =>
          read().pointers.find(
            (arrival) =>
              arrival.x === x && arrival.y === y && (buttonMask === undefined || arrival.buttonMask === buttonMask),
          ),
        MILLISECONDS,
      ),
  };
}
