// What is portable once more, on every other runtime.

import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { startBun } from "../bun/run.ts";
import { type Ended, runDeno } from "../deno/run.ts";
import { type Child, start, temporaryFolder } from "../peers/process.ts";
import { type Need, peer } from "../peers/programs.ts";
import { newestNode } from "./newest_node.ts";
import { REASON } from "./runtime.ts";

declare module "vitest" {
  interface TaskMeta {
    /** A line for the end of a complete run. */
    summary?: string;
  }
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const vitest = `${root}node_modules/vitest/vitest.mjs`;
const config = "test/runtimes/portable.config.ts";
const node = newestNode();
const hasNode: Need = () => (node === undefined ? "npm cannot install the newest Node" : undefined);

const RUNTIMES: readonly [name: string, needs: readonly Need[], run: (...args: string[]) => Promise<Ended>][] = [
  ["the newest Node", [hasNode], (...args) => ended(startNode(node!, args))],
  ["Deno", [], (...args) => runDeno(args[0] === vitest ? ["run", "-A", ...args] : args)],
  ["Bun", [], (...args) => ended(startBun(args[0] === vitest ? ["--bun", ...args] : args))],
];

const folder = temporaryFolder();
let files: readonly string[];
beforeAll(async () => {
  const { end, stdout, stderr } = await ended(
    startNode(process.execPath, [vitest, "list", "--filesOnly", "--json", "--config", config]),
  );
  expect(end, stderr).toBe("status 0");
  files = (JSON.parse(stdout) as { file: string }[]).map(({ file }) => file).sort();
  expect(files).not.toEqual([]);
});

for (const [name, needs, run] of RUNTIMES) {
  peer(name, needs, () => {
    test("passes all that is portable, and what it leaves out says why", { timeout: 900_000 }, async ({ task }) => {
      const version = /\d+\.\d+\.\d+/.exec((await run("--version")).stdout)?.[0];
      const file = join(folder, `${name}.json`);
      const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
      const { end, stderr } = await run(vitest, "run", "--config", config, ...reporters);
      // Where vitest tells of failures.
      const told = stderr.slice(-10_000);
      expect(end, told).toBe("status 0");

      const { testResults } = JSON.parse(readFileSync(file, "utf8")) as Report;
      expect(testResults.map(({ name }) => name).sort()).toEqual(files);
      const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
      const leftOut = tests.filter(({ status }) => status !== "passed");
      const reasons = new Map<string, number>();
      for (const { fullName } of leftOut) {
        const reason = REASON.exec(fullName)?.[0];
        expect(reason, `${fullName} is left out and does not say why`).toBeDefined();
        reasons.set(reason!, (reasons.get(reason!) ?? 0) + 1);
      }
      const counts = [...reasons].map(([reason, count]) => `\n  ${count} ${reason}`);
      const passed = tests.length - leftOut.length;
      task.meta.summary = `${name} ${version}: ${passed} tests passed of ${files.length} files${counts.join("")}`;
      console.log(task.meta.summary);
      expect(passed).toBeGreaterThan(leftOut.length);
    });
  });
}

/** What vitest's JSON reporter writes, as far as we look. */
interface Report {
  readonly testResults: readonly {
    /** The file's path. */
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

function startNode(program: string, args: readonly string[]): Child {
  const PATH = [dirname(program), process.env.PATH].join(delimiter);
  return start(program, args, { env: { NO_COLOR: "1", PATH } });
}

async function ended(child: Child): Promise<Ended> {
  return { end: await child.exited, stdout: child.stdoutText(), stderr: child.stderr() };
}
