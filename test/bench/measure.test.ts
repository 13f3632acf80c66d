import { afterEach, expect, test, vi } from "vitest";
import { measureGrowth } from "../../bench/growth.ts";
import { type Contest, measure, type Row } from "../../bench/measure.ts";
import { tableOf } from "../../bench/report.ts";

/** A process that takes so many milliseconds for a call. */
function elsewhere(milliseconds: number, answer = 7) {
  return { run: async (calls: number) => ({ milliseconds: calls * milliseconds, answer }) };
}

afterEach(() => {
  vi.restoreAllMocks();
});

const CONTEST: Contest = {
  ...{ what: "a decoder", stream: "a stream", chunk: "64 KiB", peer: "a peer", goal: 1.5, unit: "Mpx/s" },
  ...{ amount: 2e6, expected: 7, ours: elsewhere(2), theirs: elsewhere(5) },
};

test("the ratio is above 1 where we are ahead, by the time that a process has kept itself", async () => {
  const row = await measure(CONTEST, false);
  const { what, stream, chunk, peer, goal, unit } = CONTEST;
  expect(row).toEqual({ what, stream, chunk, peer, goal, unit, ours: 1000, theirs: 400, ratio: 2.5, spread: 0 });
});

test("what a call needs is got ready for it alone, off the clock", async () => {
  let clock = 0;
  vi.spyOn(performance, "now").mockImplementation(() => clock);
  const prepare = () => {
    clock += 100;
    let isFresh = true;
    return () => {
      clock += 2;
      const answer = isFresh ? 7 : 8;
      isFresh = false;
      return answer;
    };
  };
  const row = await measure({ ...CONTEST, ours: { prepare } }, true);
  expect(row).toMatchObject({ ours: 1000, theirs: 400, ratio: 2.5 });
  await expect(measure({ ...CONTEST, ours: { prepare }, expected: 9 }, true)).rejects.toThrow("7, not 9");
});

test.each(["ours", "theirs"] as const)("a wrong answer ends the bench: %s", async (side) => {
  const message = `Wrong result: ${side} against a peer, a stream in 64 KiB: 8, not 7`;
  await expect(measure({ ...CONTEST, [side]: elsewhere(1, 8) }, true)).rejects.toThrow(message);
  await expect(measure({ ...CONTEST, [side]: () => 8 }, true)).rejects.toThrow(message);
});

test("a curve has the cost of one unit at each of its points, and ends at a wrong answer", async () => {
  const points = [
    { at: "1", amount: 1, expected: 7, side: elsewhere(3) },
    { at: "10", amount: 10, expected: 7, side: elsewhere(5) },
  ];
  const curve = { what: "it", along: "users", unit: "ns a user", points } as const;
  expect(await measureGrowth(curve, false)).toEqual({
    ...{ what: "it", along: "users", unit: "ns a user" },
    points: [point("1", 3e6), point("10", 5e5)],
  });
  const wrong = { ...curve, points: [points[0]!, { ...points[1]!, expected: 8 }] };
  await expect(measureGrowth(wrong, true)).rejects.toThrow("Wrong result: it, users 10: 7, not 8");
});

function point(at: string, cost: number) {
  return { at, cost };
}

test("the table has a block for each group, and tells what falls short and what was left out", () => {
  const row = (what: string, ratio: number): Row => ({
    ...{ what, stream: "s", chunk: "64 KiB", peer: "p", unit: "Mpx/s" },
    ...{ ours: 123.4, theirs: 5.67, ratio, goal: 3, spread: 0.125 },
  });
  const header = { runtime: "node", versions: { node: "20" }, cpu: "c", machine: "m", date: "d", quick: false };
  const rows = [row("ZRLE decoder", 4), row("ZRLE decoder, portable", 2), row("Raw decoder", 3)];
  const leftOut = ["one", "two"].map((stream) => ({ what: "Raw decoder", stream, peer: "noVNC", why: "it cannot" }));
  const growth = [
    { what: "a proxy", along: "users", unit: "ns a byte" as const, points: [point("1", 12), point("500", 3.4567)] },
  ];
  expect(tableOf({ header, rows, leftOut, growth })).toBe(
    `node 20
c, m, d

what                    stream  chunk   ours       peer  theirs     ratio  spread  goal

ZRLE decoder            s       64 KiB  123 Mpx/s  p     5.7 Mpx/s  4.00   13 %    3
ZRLE decoder, portable  s       64 KiB  123 Mpx/s  p     5.7 Mpx/s  2.00   13 %    3     short

Raw decoder             s       64 KiB  123 Mpx/s  p     5.7 Mpx/s  3.00   13 %    3

How costs grow:

a proxy
  users      1     500
  ns a byte  12.0  3.46

Left out:
  noVNC (it cannot): one (Raw decoder), two (Raw decoder)`,
  );
});
