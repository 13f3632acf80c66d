import {
  type ColourMapEntry,
  decodeColourMapEntries,
  encodeColourMapEntries,
  extentOfColourMapEntries,
} from "../colour_map_entries.ts";
import type { Limits } from "../limits.ts";
import { u16 } from "../wire.ts";

export type { ColourMapEntry };

/** New colours from index `firstColour` on, for pixels that are indices. */
export interface SetColourMapEntries {
  /** Tells it from other messages. */
  readonly type: "setColourMapEntries";
  /** The first one's index. */
  readonly firstColour: number;
  /** From that one on. */
  readonly colours: readonly ColourMapEntry[];
}

/**
 * SetColourMapEntries, RFC 6143 §7.6.2.
 *
 *     0  U8   message-type 1
 *     1       padding
 *     2  U16  first-colour
 *     4  U16  number-of-colours
 *     6  U16  red, green, blue × number-of-colours
 */
export function decodeSetColourMapEntries(bytes: Uint8Array, at = 0): SetColourMapEntries {
  return {
    type: "setColourMapEntries",
    firstColour: u16(bytes, at + 2),
    colours: decodeColourMapEntries(bytes, at),
  };
}

/**
 * Bytes this message needs, as far as `bytes[at, end)` tells.
 *
 * @throws {RfbError} `malformed`: entries past index 65535; `limit`: too many
 */
export function extentOfSetColourMapEntries(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return extentOfColourMapEntries(bytes, at, end, limits, "Cannot read SetColourMapEntries");
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeSetColourMapEntries({ firstColour, colours }: SetColourMapEntries): Uint8Array {
  return encodeColourMapEntries(1, firstColour, colours);
}
