// Deno runs the sources unbuilt, and finds @std/bytes and the npm packages without a network.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { deno } from "./run.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { exports } = JSON.parse(readFileSync(`${root}deno.json`, "utf8")) as { exports: Record<string, string> };

test("Deno checks the types of every module that the package exports", async () => {
  await deno("check", ...Object.values(exports));
}, 120_000);

test("Deno checks the types of the programs that are its own", async () => {
  const tests = readdirSync(`${root}test/deno`).map((name) => `test/deno/${name}`);
  await deno("check", "examples/deno_screenshot.ts", ...tests);
}, 120_000);

test("Deno takes a screenshot through VncAuth, byte by byte, with no permission at all", async () => {
  expect((await deno("run", "--no-prompt", "test/deno/session.ts")).trim()).toBe("2x1 1 2 3 255 4 5 6 255");
}, 60_000);
