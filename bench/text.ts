/**
 * Figures and columns for people to read.
 *
 * @module
 */

import type { Row } from "./measure.ts";

/** Lines whose cells stand under each other. */
export function columns(cells: readonly (readonly string[])[]): readonly string[] {
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  return cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}

/** The lines with an empty one before the first of each group. */
export function rowsInGroups(lines: readonly string[], whats: readonly string[]): string {
  return lines
    .map((line, i) => {
      const isNewGroup = i < 2 || groupOf(whats[i]!) !== groupOf(whats[i - 1]!);
      return `${isNewGroup ? "\n" : ""}${line}`;
    })
    .join("\n");
}

/** What comes before the comma of a row's name. */
export function groupOf(what: string): string {
  return what.split(",")[0]!;
}

/** "1.3 GB/s" and the like: a rate, or kilobytes. */
export function rateText(rate: number, unit: Row["unit"]): string {
  if (unit === "events/s") return `${(rate / 1e6).toPrecision(3)} M events/s`;
  return `${rate >= 100 ? Math.round(rate) : rate.toPrecision(2)} ${unit}`;
}

export function ratioText(ratio: number): string {
  return plain(ratio.toPrecision(3));
}

export function goalText(goal: number | null): string {
  return goal === null ? "" : String(Number(goal.toPrecision(3)));
}

export function costText(cost: number): string {
  return plain(cost.toPrecision(3));
}

/** Without an exponent. */
function plain(text: string): string {
  return text.includes("e") ? String(Number(text)) : text;
}
