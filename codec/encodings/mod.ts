/**
 * The payloads of rectangles, one encoding a file.
 *
 * @module
 */

import { Encoding } from "../names.ts";
import { advanceCopyRect } from "./copy_rect.ts";
import { advanceDesktopSize } from "./desktop_size.ts";
import { advanceLastRect } from "./last_rect.ts";
import { advanceRaw } from "./raw.ts";
import type { Advance } from "./walk.ts";

export * from "./copy_rect.ts";
export * from "./desktop_size.ts";
export * from "./last_rect.ts";
export * from "./raw.ts";
export type { Advance, Walk } from "./walk.ts";

/** What the framer needs to know of an encoding. */
export interface EncodingEntry {
  readonly advance: Advance;
  /** Its place and size are pixels inside the framebuffer; a pseudo-encoding means something else by them. */
  readonly drawsPixels: boolean;
}

/** The encoding's entry, or undefined where we cannot find its end. */
export function encodingEntryOf(encodingType: number): EncodingEntry | undefined {
  return ENTRIES.get(encodingType);
}

// A map, not an array or an object: the number is the peer's.
const ENTRIES: ReadonlyMap<number, EncodingEntry> = new Map([
  [Encoding.Raw, { advance: advanceRaw, drawsPixels: true }],
  [Encoding.CopyRect, { advance: advanceCopyRect, drawsPixels: true }],
  [Encoding.DesktopSize, { advance: advanceDesktopSize, drawsPixels: false }],
  [Encoding.LastRect, { advance: advanceLastRect, drawsPixels: false }],
]);
