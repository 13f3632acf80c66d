/**
 * The declarations of the installed package, read by TypeScript from the oldest to the newest.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MANIFEST, npmInstall, type Project, ROOT, run } from "./project.ts";

/** Each with another idea of what a `Uint8Array` is, of what is on by default, or of what it is written in. */
export const TYPESCRIPTS = ["5.4", "5.9", "6.0", "7.0"] as const;

/** Puts every TypeScript into a folder of its own, and the hosts' types into the project. */
export async function installTypes({ folder }: Project): Promise<void> {
  const own = ["@types/node", "@types/ws", "@cloudflare/workers-types"].map(
    (name) => `${name}@${MANIFEST.devDependencies[name]}`,
  );
  mkdirSync(COMPILERS, { recursive: true });
  writeFileSync(join(COMPILERS, "package.json"), JSON.stringify({ private: true }));
  await npmInstall(COMPILERS, ...TYPESCRIPTS.map((version) => `typescript-${version}@npm:typescript@${version}`));
  await npmInstall(folder, ...own);
}

/** Checks the programs as projects of different kinds would, with nothing left out. */
export async function checkTypes({ folder }: Project, version: string): Promise<void> {
  const tsc = join(COMPILERS, `node_modules/typescript-${version}/bin/tsc`);
  const hint = `What TypeScript ${version} cannot read is in our declarations, or in what they import`;
  await Promise.all(
    Object.entries(PROJECTS).map(async ([name, { files, ...options }]) => {
      const config = `tsconfig.${name}.json`;
      const compilerOptions = { ...COMMON, ...options };
      writeFileSync(
        join(folder, config),
        JSON.stringify({ compilerOptions, files: files.map((file) => `${file}.ts`) }),
      );
      await run(process.execPath, [tsc, "--project", config], { cwd: folder, hint });
    }),
  );
}

const COMMON = { noEmit: true, strict: true, skipLibCheck: false, allowImportingTsExtensions: true, target: "es2022" };
const NODENEXT = { module: "nodenext", moduleResolution: "nodenext" };
const BUNDLER = { module: "esnext", moduleResolution: "bundler" };

const FOR_NODE = { files: ["node", "bun"], lib: ["es2022"], types: ["node"] };
const PROJECTS = {
  node: { ...FOR_NODE, ...NODENEXT },
  node_bundled: { ...FOR_NODE, ...BUNDLER },
  page: { files: ["page"], ...BUNDLER, lib: ["es2022", "dom"], types: [] },
  worker: { files: ["worker"], ...BUNDLER, lib: ["es2022"], types: ["@cloudflare/workers-types"] },
} as const;

const COMPILERS = `${ROOT}test/artefacts/typescripts/`;
