// Deno runs the sources unbuilt, and finds @std/bytes and the npm packages without a network.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { exports } = JSON.parse(readFileSync(`${root}deno.json`, "utf8")) as { exports: Record<string, string> };

test("Deno checks the types of every module that the package exports", () => {
  deno("check", ...Object.values(exports));
}, 60_000);

test("Deno takes a screenshot through VncAuth, byte by byte, with no permission at all", () => {
  expect(deno("run", "--no-prompt", "test/deno/session.ts").trim()).toBe("2x1 1 2 3 255 4 5 6 255");
}, 60_000);

function deno(...args: string[]): string {
  const env = { ...process.env, NO_COLOR: "1" };
  return execFileSync(`${root}node_modules/.bin/deno`, args, { cwd: root, encoding: "utf8", env, stdio: "pipe" });
}
