/**
 * What the code's own tables say of a row.
 *
 * @module
 */

import type { Scheme } from "../../auth/scheme.ts";
import { SCHEMES } from "../../auth/schemes.ts";
import { CLIENT_LAYOUTS } from "../../codec/client/mod.ts";
import { DECODERS } from "../../codec/encodings/decoders.ts";
import { ENCODERS } from "../../codec/encodings/encoders.ts";
import { FRAMING } from "../../codec/encodings/framing.ts";
import { advanceNothing } from "../../codec/encodings/walk.ts";
import * as codec from "../../codec/mod.ts";
import { SecurityType } from "../../codec/names.ts";
import { SERVER_LAYOUTS } from "../../codec/server/mod.ts";
import { has, isOnlyAskedFor, type Row } from "./rows.ts";

/** Whether it is read (and drawn, where it is pixels), written, and its end found. */
export interface Claims {
  readonly decode: boolean;
  readonly encode: boolean;
  readonly framing: boolean;
}

/** By the tables; a range has what all of it has. */
export function claimsOf(row: Row): Claims {
  const { section, ranges, dialect } = row;
  const numbers = ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  switch (section) {
    case "version":
    case "result":
      return all(true);
    case "security":
      // A refusal is framed, read and written; of the rest, what has a scheme.
      if (has(row, SecurityType.Invalid)) return all(true);
      return { ...all(hasScheme(numbers)), framing: hasScheme(numbers) || has(row, SecurityType.Tight) };
    case "vencrypt":
      return all(row.id === "vencrypt 0.1" || schemesBy(row).length > 0);
    case "capability":
      return all(hasScheme([SecurityType.Tight]) || !["tunnel", "authentication"].includes(row.note));
    case "client":
    case "server": {
      const layouts = section === "client" ? CLIENT_LAYOUTS : SERVER_LAYOUTS;
      // Another maker's meaning of a number that has a layout.
      if (row.id.endsWith(" vmrc")) return all(false);
      const known = numbers.every((number) => {
        const layout = layouts[dialect][number];
        return layout !== undefined && (dialect === "standard" || layout !== layouts.standard[number]);
      });
      return { ...all(known), encode: known && writes(row) };
    }
    case "encoding":
    case "pseudo": {
      if (isOnlyAskedFor(row)) return all(false);
      const framing = numbers.every((number) => FRAMING.has(number));
      const isEmpty = framing && numbers.every((number) => FRAMING.get(number)!.advance === advanceNothing);
      const decoders = numbers.every((number) => DECODERS.has(number));
      const encoders = numbers.every((number) => ENCODERS.has(number));
      return {
        framing,
        // Of an empty one the head is all there is.
        decode: framing && (decoders || isEmpty || row.functions.some((name) => name.startsWith("decode"))),
        encode: encoders || writes(row),
      };
    }
  }
}

/** The schemes by which the row's number is chosen: a security type, or a subtype of VeNCrypt. */
export function schemesBy(row: Row): readonly Scheme[] {
  if (row.section === "security") return SCHEMES.filter(({ path }) => has(row, path[0]!));
  if (row.section !== "vencrypt" || row.id === "vencrypt 0.1") return [];
  return SCHEMES.filter(({ path }) => path[0] === SecurityType.VeNCrypt && has(row, path[1]!));
}

/** Functions that the row names and that are not exported: there must be none. */
export function missingFunctions({ functions }: Row): readonly string[] {
  return functions.filter((name) => !(name in codec));
}

/** A row that claims something. */
export function claimsAnything(row: Row): boolean {
  const { decode, encode, framing } = claimsOf(row);
  return decode || encode || framing;
}

function all(value: boolean): Claims {
  return { decode: value, encode: value, framing: value };
}

function writes({ functions }: Row): boolean {
  return functions.some((name) => name.startsWith("encode"));
}

function hasScheme(numbers: readonly number[]): boolean {
  return numbers.length === 1 && SCHEMES.some(({ path }) => path[0] === numbers[0]);
}
