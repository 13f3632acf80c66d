/**
 * The bench on another runtime than this.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findProgram } from "../test/peers/process.ts";
import type { Runtime } from "../test/runtimes/name.ts";
import { UsageError } from "./options.ts";

/**
 * Runs it with these arguments, and answers with its status.
 *
 * @throws {UsageError} the runtime is not installed
 */
export function runOn(runtime: Runtime, args: readonly string[]): number {
  const program = programOf(runtime);
  if (program === undefined) throw new UsageError(`Cannot run on ${runtime}: it is not installed`);
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const { status } = spawnSync(program, [...BEFORE[runtime], main, ...args], { cwd: ROOT, stdio: "inherit" });
  return status ?? 1;
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MODULES = `${ROOT}node_modules/`;

const BEFORE: Readonly<Record<Runtime, readonly string[]>> = {
  node: ["--import", "tsx"],
  deno: ["run", "-A"],
  bun: ["run"],
};

function programOf(runtime: Runtime): string | undefined {
  if (runtime === "node") return findProgram("node");
  // Deno's own program, where it is in its place: what starts it would leave it behind when it is stopped.
  return [`${MODULES}deno/deno`, `${MODULES}.bin/${runtime}`].find(
    (path) => path.endsWith(runtime) && existsSync(path),
  );
}
