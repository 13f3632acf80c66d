import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { Row } from "../../bench/measure.ts";
import { optionsFrom, withoutRuntime } from "../../bench/options.ts";
import { type Result, readResult } from "../../bench/result.ts";
import { temporaryFolder } from "../peers/process.ts";

const MAIN = fileURLToPath(new URL("../../bench/main.ts", import.meta.url));
const TIME_LIMIT = 60_000;

async function bench(...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return promisify(execFile)(process.execPath, ["--import", "tsx", MAIN, ...args]);
}

function resultWith(ratio: number): Result {
  const row: Row = {
    ...{ what: "Raw decoder", stream: "s", chunk: "64 KiB", peer: "noVNC", unit: "Mpx/s" },
    ...{ ours: 100, theirs: 50, ratio, goal: 1.5, spread: 0.01 },
  };
  const header = {
    runtime: "node",
    versions: { node: "20" },
    cpu: "c",
    machine: "m",
    date: "2026-01-02",
    quick: false,
  };
  return { header, rows: [row], leftOut: [], growth: [] };
}

function saved(what: unknown): string {
  const file = join(temporaryFolder(), "result.json");
  writeFileSync(file, JSON.stringify(what));
  return file;
}

test("--help tells of every option, with examples and exit codes", async () => {
  const { stdout } = await bench("--help");
  for (const name of ["quick", "filter", "recordings", "runtime", "json", "compare", "write", "from"]) {
    expect(stdout).toMatch(new RegExp(`^  --${name} `, "m"));
  }
  expect(stdout).toMatch(/^Examples:\n(?: {2}npm run .+\n)+/m);
  expect(stdout).toMatch(/^ {2}2 {2}options that make no sense/m);
});

describe("what makes no sense ends with status 2, and says so", () => {
  test.each([
    [["--fast"], /Unknown option '--fast'/],
    [["--runtime", "java"], /^Cannot run on java: --runtime takes node, deno, bun\n$/],
    [["--filter", "nobody's"], /^Cannot run "nobody's": nothing is named like that\n$/],
    [["--compare", "/nowhere.json"], /^Cannot read \/nowhere.json as what --json prints: ENOENT/],
    [["--from", "/nowhere.json"], /^Cannot read \/nowhere.json as what --json prints: ENOENT/],
    [["--compare", MAIN], /^Cannot read \S+main.ts as what --json prints: Unexpected token/],
    [["--compare", saved({ rows: [{ what: 1 }] })], /as what --json prints: .*header/],
  ])("%s", { timeout: TIME_LIMIT }, async (args, message) => {
    await expect(bench(...args)).rejects.toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(message) });
  });
});

test(
  "an earlier run's figures are shown again, and compared, with status 0 whatever has become of them",
  async () => {
    const [now, before] = [saved(resultWith(1.2)), saved(resultWith(1.6))];
    const { stdout } = await bench("--from", now, "--compare", before);
    expect(stdout).toMatch(/Raw decoder +s +64 KiB +100 Mpx\/s +noVNC +50 Mpx\/s +1.20 +1 % +1.5 +short$/m);
    expect(stdout).toMatch(/^Ratios beside those of 2026-01-02: 1 of 1 worse by more than either spread$/m);
    expect(stdout).toMatch(/^Raw decoder +s +64 KiB +noVNC +1.60 +1.20 +worse$/m);

    const { stdout: json, stderr } = await bench("--from", now, "--compare", before, "--json");
    expect(JSON.parse(json)).toEqual(resultWith(1.2));
    expect(stderr).toMatch(/worse$/m);
  },
  TIME_LIMIT,
);

test(
  "--write writes the page, and keeps its notes when it writes it again",
  async () => {
    const page = join(temporaryFolder(), "performance.md");
    await bench("--from", saved(resultWith(1.2)), "--write", page);
    const first = readFileSync(page, "utf8");
    expect(first).toContain("| 1.20 | **short by 20 %** | 1 of 1 |");
    writeFileSync(page, first.replace("<!-- notes -->", "<!-- notes -->\n\nRaw is slow because."));
    await bench("--from", saved(resultWith(1.8)), "--write", page);
    const second = readFileSync(page, "utf8");
    expect(second).toContain("| 1.80 | met, 1.20 times | 0 of 1 |");
    expect(second).toContain("<!-- notes -->\n\nRaw is slow because.\n\n<!-- end of notes -->");
  },
  TIME_LIMIT,
);

test("profiles are read as they were printed, and rows without them, too", () => {
  const { rows, ...rest } = resultWith(1.2);
  const profile = [{ name: "readRow", file: "codec/pixels.ts", share: 0.5 }];
  const result: Result = { ...rest, rows: [...rows, { ...rows[0]!, profile }] };
  expect(readResult(saved(result))).toStrictEqual(result);
});

test("another runtime gets the same arguments, but for its own name", () => {
  const args = ["--quick", "--runtime", "bun", "--filter", "proxy"];
  expect(optionsFrom(args)).toMatchObject({ quick: true, runtime: "bun", filter: "proxy" });
  expect(withoutRuntime(args)).toEqual(["--quick", "--filter", "proxy"]);
  expect(withoutRuntime(["--runtime=deno", "--json"])).toEqual(["--json"]);
});
