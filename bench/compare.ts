/**
 * A run beside an earlier one: ratios, for those hold on a busy machine where times do not.
 *
 * @module
 */

import type { Row } from "./measure.ts";
import type { Header } from "./result.ts";
import { columns, ratioText, rowsInGroups } from "./text.ts";

/** A row of both runs. */
export interface Compared {
  readonly row: Row;
  readonly before: Row;
  /** It lost more than the spread of either run. */
  readonly isWorse: boolean;
}

/** The rows that are in both. */
export function compared(rows: readonly Row[], earlier: readonly Row[]): readonly Compared[] {
  const befores = new Map(earlier.map((row) => [keyOf(row), row]));
  return rows.flatMap((row) => {
    const before = befores.get(keyOf(row));
    if (before === undefined) return [];
    const lost = before.ratio - row.ratio;
    return [{ row, before, isWorse: lost > before.ratio * before.spread && lost > row.ratio * row.spread }];
  });
}

/** For people to read. */
export function comparisonText(all: readonly Compared[], [earlier, now]: readonly [Header, Header]): string {
  const { date } = earlier;
  if (all.length === 0) return `Nothing here was in the run of ${date}`;
  const lines = columns([
    ["what", "stream", "chunk", "peer", "before", "now", ""],
    ...all.map(({ row, before, isWorse }) => [
      ...[row.what, row.stream, row.chunk, row.peer],
      ...[ratioText(before.ratio), ratioText(row.ratio), isWorse ? "worse" : ""],
    ]),
  ]);
  const worse = all.filter(({ isWorse }) => isWorse).length;
  const doubt = earlier.quick || now.quick ? "; one of the runs was quick, and has no spread" : "";
  const head = `Ratios beside those of ${date}: ${worse} of ${all.length} worse by more than either spread${doubt}`;
  return `${head}\n${rowsInGroups(lines, ["", ...all.map(({ row }) => row.what)])}`;
}

function keyOf({ what, stream, chunk, peer }: Row): string {
  return JSON.stringify([what, stream, chunk, peer]);
}
