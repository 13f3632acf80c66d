import {
  type ColourMapEntry,
  decodeColourMapEntries,
  encodeColourMapEntries,
  extentOfColourMapEntries,
} from "../colour_map_entries.ts";
import type { Limits } from "../limits.ts";
import { u16 } from "../wire.ts";

/** The client has set its colour map itself. Out of use since 1998, and still read by some servers. */
export interface FixColourMapEntries {
  /** Tells it from other messages. */
  readonly type: "fixColourMapEntries";
  /** The first one's index. */
  readonly firstColour: number;
  /** From that one on. */
  readonly colours: readonly ColourMapEntry[];
}

/**
 * FixColourMapEntries, message 1 of RFB 3.0, laid out as SetColourMapEntries is.
 *
 *     0  U8   message-type 1
 *     1       padding
 *     2  U16  first-colour
 *     4  U16  number-of-colours
 *     6  U16  red, green, blue × number-of-colours
 */
export function decodeFixColourMapEntries(bytes: Uint8Array, at = 0): FixColourMapEntries {
  return {
    type: "fixColourMapEntries",
    firstColour: u16(bytes, at + 2),
    colours: decodeColourMapEntries(bytes, at),
  };
}

/**
 * Bytes this message needs, as far as `bytes[at, end)` tells.
 *
 * @throws {RfbError} `malformed`: entries past index 65535; `limit`: too many
 */
export function extentOfFixColourMapEntries(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return extentOfColourMapEntries(bytes, at, end, limits, "Cannot read FixColourMapEntries");
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeFixColourMapEntries({ firstColour, colours }: FixColourMapEntries): Uint8Array {
  return encodeColourMapEntries(1, firstColour, colours);
}
