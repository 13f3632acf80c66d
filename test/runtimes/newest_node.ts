import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

// In the project's own folder it would take the place of `node`.
const folder = fileURLToPath(new URL("../artefacts/node_latest/", import.meta.url));
const node = `${folder}node_modules/newest/bin/node`;

/** Has npm install the newest Node that it knows; what it has to say goes to stderr. Undefined where it cannot. */
export function newestNode(): string | undefined {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}package.json`, JSON.stringify({ private: true }));
  const newest = `newest@npm:node-${process.platform}-${process.arch}@latest`;
  const args = ["install", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-retry-mintimeout=2000", newest];
  spawnSync("npm", args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  // Without a network the one from before will do.
  return existsSync(node) ? node : undefined;
}
