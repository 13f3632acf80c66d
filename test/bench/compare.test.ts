import { expect, test } from "vitest";
import { compared, comparisonText } from "../../bench/compare.ts";
import type { Row } from "../../bench/measure.ts";
import type { Header } from "../../bench/result.ts";

function row(stream: string, ratio: number, spread: number): Row {
  const place = { what: "ZRLE decoder", stream, chunk: "64 KiB", peer: "noVNC", unit: "Mpx/s" } as const;
  return { ...place, ours: 1, theirs: 1, ratio, spread, goal: null };
}

function header(date: string, quick = false): Header {
  return { runtime: "node", versions: {}, cpu: "", machine: "", date, quick };
}

test.each([
  [1.0, 0.1, 0.85, 0.1, true],
  [1.0, 0.1, 0.91, 0.01, false],
  [1.0, 0.01, 0.91, 0.2, false],
  [1.0, 0.01, 1.5, 0.01, false],
  [1.0, 0, 1.0, 0, false],
])("from %d (spread %d) to %d (spread %d) is worse: %s", (before, itsSpread, now, spread, isWorse) => {
  const [one] = compared([row("s", now, spread)], [row("s", before, itsSpread)]);
  expect(one).toMatchObject({ isWorse });
});

test("only rows that are in both are compared", () => {
  const all = compared([row("a", 1, 0), row("b", 1, 0)], [row("b", 2, 0), row("c", 1, 0)]);
  expect(all.map(({ row, before }) => [row.stream, before.ratio, row.ratio])).toEqual([["b", 2, 1]]);
  expect(comparisonText(compared([row("a", 1, 0)], []), [header("d"), header("e")])).toBe(
    "Nothing here was in the run of d",
  );
});

test("a quick run is told", () => {
  const all = compared([row("b", 1, 0)], [row("b", 2, 0)]);
  expect(comparisonText(all, [header("d"), header("e", true)])).toContain("one of the runs was quick");
  expect(comparisonText(all, [header("d"), header("e")])).not.toContain("quick");
});
