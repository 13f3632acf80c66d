import { RfbError } from "../errors.ts";
import { type Limits, within } from "../limits.ts";
import { putU8, putU16, u16 } from "../wire.ts";

/** One colour of the map; 65535 is full intensity. */
export interface ColourMapEntry {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** New colours from index `firstColour` on, for pixels that are indices. */
export interface SetColourMapEntries {
  readonly type: "setColourMapEntries";
  readonly firstColour: number;
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
  const colours: ColourMapEntry[] = [];
  const end = at + 6 + 6 * u16(bytes, at + 4);
  for (let i = at + 6; i < end; i += 6) {
    colours.push({ red: u16(bytes, i), green: u16(bytes, i + 2), blue: u16(bytes, i + 4) });
  }
  return { type: "setColourMapEntries", firstColour: u16(bytes, at + 2), colours };
}

/**
 * Bytes this message needs, as far as `bytes[at, end)` tells.
 *
 * @throws {RfbError} `malformed`: entries past index 65535; `limit`: too many
 */
export function extentOfSetColourMapEntries(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 6) return 6;
  const firstColour = u16(bytes, at + 2);
  const numberOfColours = within("maxColourMapEntries", u16(bytes, at + 4), limits);
  if (firstColour + numberOfColours > 65536) {
    const reason = `${numberOfColours} entries from ${firstColour} on, of 65536`;
    throw new RfbError("malformed", "Cannot read SetColourMapEntries", reason, { offset: at });
  }
  return 6 + 6 * numberOfColours;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeSetColourMapEntries({ firstColour, colours }: SetColourMapEntries): Uint8Array {
  const bytes = new Uint8Array(6 + 6 * colours.length);
  putU8(bytes, 0, 1);
  putU16(bytes, 2, firstColour);
  putU16(bytes, 4, colours.length);
  for (let i = 0; i < colours.length; i++) {
    const { red, green, blue } = colours[i]!;
    putU16(bytes, 6 + 6 * i, red);
    putU16(bytes, 8 + 6 * i, green);
    putU16(bytes, 10 + 6 * i, blue);
  }
  return bytes;
}
