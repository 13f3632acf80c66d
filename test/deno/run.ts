/**
 * Runs programs of this repository in Deno.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { start } from "../peers/process.ts";

const modules = fileURLToPath(new URL("../../node_modules/", import.meta.url));
// The program itself, if it has been put in its place by now: what starts it would leave it behind when it is stopped.
const program = [`${modules}deno/deno`, `${modules}.bin/deno`].find(existsSync)!;

/** How a run ended. */
export interface Ended {
  /** `status 0` when all went well. */
  readonly end: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `deno` with these arguments, in the folder that the tests run in, to its end. */
export async function runDeno(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = start(program, args, { env: { NO_COLOR: "1", ...env } });
  const end = await child.exited;
  return { end, stdout: child.stdoutText(), stderr: child.stderr() };
}

/** What `deno` writes to stdout. @throws {Error} it did not end well */
export async function deno(...args: readonly string[]): Promise<string> {
  const { end, stdout, stderr } = await runDeno(args);
  if (end !== "status 0") throw new Error(`deno ended with ${end}: ${stderr}${stdout}`);
  return stdout;
}

/**
 * Tests that only Deno can run: this file is run there, where it is not there already.
 *
 * @param module the file's `import.meta.url`
 */
export async function underDeno(module: string, body: () => void | Promise<void>): Promise<void> {
  if (process.versions.deno !== undefined) return await body();
  const file = fileURLToPath(module);
  test(`Deno passes ${basename(file)}`, async () => {
    const vitest = `${modules}vitest/vitest.mjs`;
    expect(await deno("run", "-A", vitest, "run", file)).toMatch(/Tests +[1-9]\d* passed/);
  }, 180_000);
}
