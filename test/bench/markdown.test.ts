import { describe, expect, test } from "vitest";
import { GOALS, standings } from "../../bench/goals.ts";
import { pageOf } from "../../bench/markdown.ts";
import type { Row } from "../../bench/measure.ts";
import type { Result } from "../../bench/result.ts";

function row(what: string, stream: string, peer: string, ratio: number, goal: number | null): Row {
  return { what, stream, chunk: "64 KiB", peer, ours: 123.4, theirs: 5.67, unit: "MB/s", ratio, goal, spread: 0.02 };
}

const RESULT: Result = {
  header: {
    ...{ runtime: "node", versions: { "rfb-codec": "1.2.3", node: "20.1" }, cpu: "a processor", machine: "a machine" },
    ...{ date: "2026-01-02T03:04:05Z", quick: false },
  },
  rows: [
    row("ZRLE decoder", "one", "noVNC", 3.3, 3),
    row("ZRLE decoder", "two", "noVNC", 2.5, 3),
    row("ZRLE decoder", "one", "memory copy", 0.1, null),
    row("proxy", "None to ws, to the client", "net pipe", 0.6, 0.5),
    row("proxy", "None, to the client", "net pipe", 0.68, 0.85),
  ],
  leftOut: [{ what: "Raw decoder", stream: "s", peer: "noVNC", why: "it | cannot" }],
  growth: [{ what: "a proxy", along: "users", unit: "ns a byte", points: [{ at: "1", cost: 2 }] }],
};

test("goals stand by how far their worst rows are from them, those without rows first", () => {
  const [measured, others] = [standings(RESULT.rows).slice(-3), standings(RESULT.rows).slice(0, -3)];
  expect(measured.map(({ worst, rows, short }) => [worst!.stream, rows, short])).toEqual([
    ["None, to the client", 1, 1],
    ["two", 2, 1],
    ["None to ws, to the client", 1, 0],
  ]);
  expect(others).toHaveLength(GOALS.length - 3);
  for (const { worst } of others) expect(worst).toBeUndefined();
});

test("the page has where it was measured, the goals, all rows by group, curves, and what was left out", () => {
  const page = pageOf(RESULT, "A note.");
  const parts = [
    "| machine | a processor, a machine |\n| date | 2026-01-02 |\n| rfb-codec | 1.2.3 |\n| node | 20.1 |",
    "## Goals",
    "| 0.85 | proxy, None, to the client, 64 KiB | 0.680 | **short by 20 %** | 1 of 1 |",
    "| 3 | ZRLE decoder, two, 64 KiB | 2.50 | **short by 16.7 %** | 1 of 2 |",
    "| 0.5 | proxy, None to ws, to the client, 64 KiB | 0.600 | met, 1.20 times | 0 of 1 |",
    "<!-- notes -->\n\nA note.\n\n<!-- end of notes -->",
    "### ZRLE decoder",
    "| ZRLE decoder | one | 64 KiB | 123 MB/s | noVNC | 5.7 MB/s | 3.30 | 2 % | 3 | met |",
    "| ZRLE decoder | two | 64 KiB | 123 MB/s | noVNC | 5.7 MB/s | 2.50 | 2 % | 3 | **short** |",
    "| ZRLE decoder | one | 64 KiB | 123 MB/s | memory copy | 5.7 MB/s | 0.100 | 2 % |  |  |",
    "### proxy",
    "| a proxy: users | 1 |\n|---|---|\n| ns a byte | 2.00 |",
    "- noVNC (it \\| cannot): s (Raw decoder)",
  ];
  const places = parts.map((part) => page.indexOf(part));
  expect(places, page).toEqual(places.toSorted((one, other) => one - other));
  expect(places).not.toContain(-1);
  expect(page).not.toContain("A quick run");
});

describe("the rows that fall short have the profile that explains it", () => {
  const profile = [
    { name: "drawTiles", file: "codec/encodings/hextile.ts", share: 0.414 },
    { name: "(anonymous)", file: "codec/payload.ts", share: 0.2 },
    { name: "inflate_fast", file: "node_modules/pako", share: 0.12 },
    { name: "set", file: "native", share: 0.08 },
    { name: "nextTick", file: "node:internal/process/task_queues", share: 0.06 },
    { name: "(program)", file: "native", share: 0.05 },
    { name: "(garbage collector)", file: "native", share: 0.031 },
  ];
  const heading = "## What explains the rows that fall short";
  const short: Row = { ...row("Hextile decoder", "one", "noVNC", 2.5, 3), profile };
  const without = "A row without a profile";

  test("whose functions they are is said of those that are not ours", () => {
    const page = pageOf({ ...RESULT, rows: [short] }, "");
    expect(page).toContain(
      "| Hextile decoder | one | 64 KiB | noVNC | 2.50 | 3 | `drawTiles` 41 %, `(anonymous)` (codec/payload.ts) 20 %, " +
        "`inflate_fast` (pako) 12 %, `set` (native) 8 %, `nextTick` (node:internal/process/task_queues) 6 %, native 5 %, " +
        "garbage collector 3 % |",
    );
    expect(page).not.toContain(without);
  });

  test("those without one are named, and why they have none", () => {
    const page = pageOf({ ...RESULT, rows: [short, ...RESULT.rows] }, "");
    const lines = page.slice(page.indexOf(heading), page.indexOf("## All rows")).split("\n");
    expect(lines.filter((line) => line.startsWith("| ")).slice(2)).toEqual([
      "| ZRLE decoder | two | 64 KiB | noVNC | 2.50 | 3 | no profile |",
      "| proxy | None, to the client | 64 KiB | net pipe | 0.680 | 0.85 | no profile |",
    ]);
    expect(page).toContain(without);
  });

  test("where none falls short, or times mean little, there is nothing to explain", () => {
    expect(pageOf({ ...RESULT, rows: [RESULT.rows[0]!] }, "")).not.toContain(heading);
    expect(pageOf({ ...RESULT, header: { ...RESULT.header, quick: true } }, "")).not.toContain(heading);
  });
});

test("a page of a quick run says so, and one without notes has the place for them", () => {
  const page = pageOf({ ...RESULT, header: { ...RESULT.header, quick: true } }, "");
  expect(page).toContain("**A quick run");
  expect(page).toContain("<!-- notes -->\n\n<!-- end of notes -->");
});
