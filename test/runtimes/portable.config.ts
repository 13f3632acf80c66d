// The tests that run on any runtime: npm run test:node, test:node-latest, test:deno and test:bun.

import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import base from "../../vitest.config.ts";
import { RUNTIME } from "./name.ts";

/** The list. Those that need programs of the system say so, here as on Node: see `peer`. */
const PORTABLE = [
  "test/{auth,codec,compression,corpus,endpoints,fuzz,interop,limits,proxy,simd,transports}/**/*.test.ts",
  "test/peers/{process,sasl}.test.ts",
  "test/std_bytes.test.ts",
];

/** Not of those: what measures Node's memory, and what shows a page to a browser, which Node's run does enough. */
const NODE_ONLY = [
  "test/limits/memory.test.ts",
  "test/interop/*novnc.test.ts",
  "test/endpoints/rfb_server_viewers.test.ts",
  "test/transports/websocket_browser.test.ts",
];

const BUN: ViteUserConfig = {
  // Bun has a ws of its own, which is what its programs get; vitest would take the package's file.
  environments: { ssr: { resolve: { builtins: [/^(node|bun):/, ...builtinModules] } } },
  // To Bun each module is one that may stand in for CommonJS, and vitest would take its default for the whole.
  test: { deps: { interopDefault: false } },
};

const { projects: _, ...common } = base.test ?? {};
const own = RUNTIME === "bun" ? BUN : {};

export default defineConfig({
  ...base,
  ...own,
  root: fileURLToPath(new URL("../../", import.meta.url)),
  test: {
    ...common,
    ...own.test,
    include: PORTABLE,
    exclude: NODE_ONLY,
    // Of a test's time most is waiting, for a peer or for silence.
    maxWorkers: 2,
    // Some of it is work, at which not each of them is as quick.
    testTimeout: 60_000,
  },
});
