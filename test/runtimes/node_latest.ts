// npm run test:node-latest: the portable tests on the newest Node that npm has, which is put into a folder of its own.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${root}test/artefacts/node_latest/`; // in the project's own it would take the place of `node`
const node = `${folder}node_modules/newest/bin/node`;

mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}package.json`, JSON.stringify({ private: true }));
const newest = `newest@npm:node-${process.platform}-${process.arch}@latest`;
spawnSync("npm", ["install", "--no-audit", "--no-fund", newest], { cwd: folder, stdio: "inherit" });
// Without a network the one from before will do.
if (!existsSync(node)) throw new Error("Cannot find the newest Node: npm did not install it");

const vitest = [`${root}node_modules/vitest/vitest.mjs`, "run", "--config", "test/runtimes/portable.config.ts"];
const { status } = spawnSync(node, [...vitest, ...process.argv.slice(2)], {
  cwd: root,
  env: { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) },
  stdio: "inherit",
});
process.exitCode = status ?? 1;
