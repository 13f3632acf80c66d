// npm run pack:check: packs the package as it would be published and uses it as a stranger would, in an empty project with
// no more than the dependencies it declares, on each runtime and with each TypeScript that it is for. Linters notice neither
// an import of an undeclared package nor one that a runtime lacks.

import { rmSync } from "node:fs";
import { runInChromium, runInWorkerd } from "./bundles.ts";
import { Fault, install, lint, packed } from "./project.ts";
import { runOnBun, runOnDeno, runOnNewestNode, runOnNode } from "./runtimes.ts";
import { checkTypes, installTypes, TYPESCRIPTS } from "./types.ts";

const project = await step("pack", packed);
await step("publint, attw", () => lint(project));
await step("install in an empty project", () => install(project));
await step(`Node ${process.versions.node}`, () => runOnNode(project));
await step("Node, the newest", () => runOnNewestNode(project));
await step("Deno, with the narrowest permissions", () => runOnDeno(project));
await step("Bun", () => runOnBun(project));
await step("workerd, bundled by esbuild", () => runInWorkerd(project));
await step("Chromium, bundled by esbuild", () => runInChromium(project));
await step("install TypeScripts", () => installTypes(project));
for (const version of TYPESCRIPTS) await step(`TypeScript ${version}`, () => checkTypes(project, version));
rmSync(project.temporary, { recursive: true });

async function step<Result>(what: string, act: () => Promise<Result>): Promise<Result> {
  process.stdout.write(`${what} ... `);
  const begin = performance.now();
  try {
    const result = await act();
    console.log(`${((performance.now() - begin) / 1000).toFixed(1)} s`);
    return result;
  } catch (error) {
    console.log("failed");
    console.error(error instanceof Fault ? error.message : error);
    process.exit(1);
  }
}
