// What wrangler does by itself: one file of a Worker and all that it imports. Here the package is this checkout.

import { copyFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";

// ESM and CommonJS differ about what its default export is.
const workerd = createRequire(import.meta.url)("workerd") as { readonly default: string };

/** The program that runs Workers. */
export const WORKERD: string = workerd.default;

const here = fileURLToPath(new URL(".", import.meta.url));

/** Puts the proxy into a folder, for workerd to serve: answers with its configuration. `ca` is who signs servers' certificates, PEM. */
export async function buildProxy(folder: string, ca: string): Promise<string> {
  const config = join(folder, "workerd.capnp");
  await bundleWorker(join(here, "worker.ts"), join(folder, "worker.js"));
  copyFileSync(join(here, "workerd.capnp"), config);
  writeFileSync(join(folder, "ca.pem"), ca);
  return config;
}

/** Writes a Worker, `entry`, with all that it imports to a file. */
export async function bundleWorker(entry: string, file: string): Promise<void> {
  await build({
    config: false,
    entry: { [basename(file, ".js")]: entry },
    outDir: dirname(file),
    tsconfig: join(here, "../../tsconfig.json"),
    platform: "browser",
    format: "esm",
    fixedExtension: false,
    dts: false,
    clean: false,
    logLevel: "error",
    deps: { neverBundle: /^cloudflare:/, alwaysBundle: /./, onlyBundle: false },
  });
}
