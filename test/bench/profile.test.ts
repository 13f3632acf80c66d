import type { Profiler } from "node:inspector";
import { setTimeout } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Contest, Side } from "../../bench/measure.ts";
import { leadersOf, profileElsewhere, profileOf } from "../../bench/profile.ts";

const HERE = "test/bench/profile.test.ts";

/** Work without loops: code that V8 enters in the middle of one counts as its caller's. */
function fibonacci(n: number): number {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

function tribonacci(n: number): number {
  return n < 3 ? n : tribonacci(n - 1) + tribonacci(n - 2) + tribonacci(n - 3);
}

function contest(ours: Side): Contest {
  return {
    ...{ what: "a decoder", stream: "a stream", chunk: "64 KiB", peer: "a peer", goal: 1, unit: "Mpx/s" },
    ...{ amount: 2e6, expected: 46368, ours },
    theirs: { run: async (calls) => ({ milliseconds: calls / 1000, answer: 46368 }) },
  };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a profile is led by the function that works", () => {
  test.each<readonly [string, Side]>([
    ["at once", () => fibonacci(24)],
    [
      "after as much that gets ready",
      {
        prepare() {
          tribonacci(19);
          return () => fibonacci(24);
        },
      },
    ],
    [
      "between waits",
      async () => {
        await setTimeout(1);
        return fibonacci(24);
      },
    ],
    [
      "for what is done elsewhere",
      {
        async run(calls) {
          const began = performance.now();
          for (let i = 0; i < calls; i++) fibonacci(24);
          return { milliseconds: performance.now() - began, answer: 46368 };
        },
      },
    ],
  ])("%s", async (_, ours) => {
    const leaders = await profileOf(contest(ours));
    expect(leaders![0]).toEqual({ name: "fibonacci", file: HERE, share: expect.any(Number) });
    expect(leaders!.map(({ name }) => name)).not.toContain("tribonacci");
  });
});

test("a profile that fails fails no bench", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  const broken = () => {
    throw new Error("it broke");
  };
  expect(await profileOf(contest(broken))).toBeUndefined();
  expect(said).toHaveBeenCalledExactlyOnceWith("Cannot profile a decoder, a stream: it broke");
});

test("a row's profile comes from a process of its own", async () => {
  const place = { what: "client messages", stream: "client mix", chunk: "1460 B", peer: "bare loop" };
  const at = (chunk: string) => profileElsewhere({ ...place, chunk, group: "client messages", recordings: undefined });
  expect((await at("1460 B"))!.map(({ file }) => file)).toContain("bench/framing.ts");
  expect(await at("no such chunk")).toBeUndefined();
}, 60_000);

describe("of a profile's samples", () => {
  const root = new URL("../..", import.meta.url).href;
  type Frame = readonly [name: string, url: string, samples: number, children?: readonly number[]];

  /** Nodes numbered from 1, the first with the others below it that are nobody else's; a sample each 10 µs. */
  function profileWith(...frames: readonly Frame[]): Profiler.Profile {
    const below = new Set(frames.flatMap(([, , , children = []]) => children));
    const top = frames.map((_, i) => i + 2).filter((id) => !below.has(id));
    const nodes = [["(root)", "", 0, top] as Frame, ...frames].map(([functionName, url, , children], i) => ({
      id: i + 1,
      callFrame: { functionName, url, scriptId: "1", lineNumber: 0, columnNumber: 0 },
      ...(children !== undefined && { children: [...children] }),
    }));
    const samples = frames.flatMap(([, , count], i) => Array.from({ length: count }, () => i + 2));
    return { nodes, startTime: 1000, endTime: 9000, samples, timeDeltas: samples.map(() => 10) };
  }

  const ALL = [[0, 1e9]] as const;
  const said = (profile: Profiler.Profile, stretches: Parameters<typeof leadersOf>[1] = ALL): readonly string[] =>
    leadersOf(profile, stretches).map(({ name, file, share }) => `${name} of ${file}: ${share}`);

  test("a function's are put together, wherever it was called from", () => {
    const url = `${root}codec/a.ts`;
    const profile = profileWith(["a", url, 30, [3]], ["b", url, 40], ["c", url, 10, [5]], ["b", url, 20]);
    expect(said(profile)).toEqual(["b of codec/a.ts: 0.6", "a of codec/a.ts: 0.3", "c of codec/a.ts: 0.1"]);
  });

  test("places are told as far as they are the same everywhere", () => {
    const profile = profileWith(
      ["", `${root}codec/a.ts`, 30],
      ["d", `${root}node_modules/@some/package/dist/d.mjs`, 25],
      ["e", "file:///home/somebody/e.js", 20],
      ["f", "node:internal/f", 15],
      ["(program)", "", 10],
    );
    expect(said(profile)).toEqual([
      "(anonymous) of codec/a.ts: 0.3",
      "d of node_modules/@some/package: 0.25",
      "e of e.js: 0.2",
      "f of node:internal/f: 0.15",
      "(program) of native: 0.1",
    ]);
  });

  test("WebAssembly without names is one, and its caller's", () => {
    const profile = profileWith(
      ["a", `${root}codec/a.ts`, 10, [3]],
      ["js-to-wasm:ii:i", "wasm://wasm/1234", 20, [4]],
      ["wasm-function[12]", "wasm://wasm/1234", 30, [5]],
      ["named", "wasm://wasm/1234", 40],
    );
    expect(said(profile)).toEqual([
      "(WebAssembly) of codec/a.ts: 0.5",
      "named of codec/a.ts: 0.4",
      "a of codec/a.ts: 0.1",
    ]);
  });

  test("those count that were taken at work: not when idle, nor outside of the stretches", () => {
    const profile = profileWith(["before", "", 10], ["at work", "", 10], ["(idle)", "", 50], ["at work", "", 30]);
    expect(
      said(profile, [
        [1105, 1400],
        [1700, 1750],
      ]),
    ).toEqual(["at work of native: 1"]);
    expect(said(profile, [[0, 10]])).toEqual([]);
  });

  test("six lead, and none of less than 3 %", () => {
    const names = (...counts: readonly number[]): readonly string[] =>
      leadersOf(profileWith(...counts.map((count, i): Frame => [`f${i}`, "", count])), ALL).map(({ name }) => name);
    expect(names(10, 11, 12, 13, 14, 15, 25)).toEqual(["f6", "f5", "f4", "f3", "f2", "f1"]);
    expect(names(2, 3, 95)).toEqual(["f2", "f1"]);
  });
});
