// npm run test:node-latest: the portable tests on the newest Node that npm has.

import { spawnSync } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { newestNode } from "./newest_node.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const node = newestNode();
if (node === undefined) throw new Error("Cannot find the newest Node: npm did not install it");
const vitest = [`${root}node_modules/vitest/vitest.mjs`, "run", "--config", "test/runtimes/portable.config.ts"];
const { status } = spawnSync(node, [...vitest, ...process.argv.slice(2)], {
  cwd: root,
  env: { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) },
  stdio: "inherit",
});
process.exitCode = status ?? 1;
