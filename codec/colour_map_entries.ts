import { RfbError } from "./errors.ts";
import { type Limits, within } from "./limits.ts";
import { putU8, putU16, u16 } from "./wire.ts";

// SetColourMapEntries and FixColourMapEntries: U8 message-type, padding, U16 first-colour, U16 number-of-colours,
// U16 red, green, blue for each.

/** One colour of the map; 65535 is full intensity. */
export interface ColourMapEntry {
  /** 0 to 65535. */
  readonly red: number;
  /** Likewise. */
  readonly green: number;
  /** Likewise. */
  readonly blue: number;
}

export function decodeColourMapEntries(bytes: Uint8Array, at: number): ColourMapEntry[] {
  const colours: ColourMapEntry[] = [];
  const end = at + 6 + 6 * u16(bytes, at + 4);
  for (let i = at + 6; i < end; i += 6) {
    colours.push({ red: u16(bytes, i), green: u16(bytes, i + 2), blue: u16(bytes, i + 4) });
  }
  return colours;
}

export function extentOfColourMapEntries(
  bytes: Uint8Array,
  at: number,
  end: number,
  limits: Limits,
  act: string,
): number {
  if (end - at < 6) return 6;
  const firstColour = u16(bytes, at + 2);
  const numberOfColours = within("maxColourMapEntries", u16(bytes, at + 4), limits);
  if (firstColour + numberOfColours > 65536) {
    const reason = `${numberOfColours} entries from ${firstColour} on, of 65536`;
    throw new RfbError("malformed", act, reason, { offset: at });
  }
  return 6 + 6 * numberOfColours;
}

export function encodeColourMapEntries(
  messageType: number,
  firstColour: number,
  colours: readonly ColourMapEntry[],
): Uint8Array {
  const bytes = new Uint8Array(6 + 6 * colours.length);
  putU8(bytes, 0, messageType);
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
