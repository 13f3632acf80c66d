// npm run check:deno: all that deno.json exports, as Deno and its registry see it. Nothing is fetched, nothing published.

import { readFileSync } from "node:fs";
import { DENO, Fault, ROOT, run } from "./project.ts";

const { exports }: { exports: Readonly<Record<string, string>> } = JSON.parse(readFileSync(`${ROOT}deno.json`, "utf8"));
const files = Object.values(exports);

try {
  await step("Mend the types", "check", ...files);
  await step("Give all that is public a doc comment, and types that are public too", "doc", "--lint", ...files);
  const said = await step("Mend what deno.json exports and includes", "publish", "--dry-run", "--allow-dirty");
  if (/^warning/im.test(said)) throw new Fault(`${said}A warning. Mend what deno.json exports and includes`);
} catch (error) {
  console.error(error instanceof Fault ? error.message : error);
  process.exitCode = 1;
}

function step(hint: string, ...args: readonly string[]): Promise<string> {
  console.log(`deno ${args.filter((arg) => !files.includes(arg)).join(" ")}`);
  return run(DENO, args, { cwd: ROOT, hint });
}
