/**
 * Runs programs of this repository in Bun.
 *
 * @module
 */

import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Child, start } from "../peers/process.ts";
import { RUNTIME } from "../runtimes/runtime.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = `${root}node_modules/.bin/bun`;

/** Starts `bun` with these arguments, in the folder that the tests run in. */
export function startBun(args: readonly string[], env: Readonly<Record<string, string>> = {}): Child {
  return start(program, args, { env: { NO_COLOR: "1", ...env } });
}

/** What `bun` writes to stdout. @throws {Error} it did not end well */
export async function bun(...args: readonly string[]): Promise<string> {
  const child = startBun(args);
  const end = await child.exited;
  if (end !== "status 0") throw new Error(`bun ended with ${end}: ${child.stderr()}${child.stdoutText()}`);
  return child.stdoutText();
}

/**
 * Tests that only Bun can run: this file is run there, where it is not there already.
 *
 * @param module the file's `import.meta.url`
 */
export async function underBun(module: string, body: () => void | Promise<void>): Promise<void> {
  if (RUNTIME === "bun") return await body();
  const file = fileURLToPath(module);
  test(`Bun passes ${basename(file)}`, async () => {
    const vitest = `${root}node_modules/vitest/vitest.mjs`;
    expect(await bun("--bun", vitest, "run", file)).toMatch(/Tests +[1-9]\d* passed \(\d+\)/);
  }, 180_000);
}
