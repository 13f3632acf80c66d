// The tests that run on any runtime: npm run test:node, test:node-latest, test:deno and test:bun.

import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";
import config from "../../vitest.config.ts";
import { RUNTIME } from "./name.ts";

/** The list. */
const PORTABLE = [
  "test/{auth,codec,compression,corpus,endpoints,fuzz,interop,limits,peers,proxy,transports}/**/*.test.ts",
  "test/std_bytes.test.ts",
];

/** Not of those: what measures Node's memory, and what shows a page to a browser, which has tests enough on Node. */
const OTHERS = [
  "test/limits/memory.test.ts",
  "test/interop/*novnc.test.ts",
  "test/endpoints/rfb_server_viewers.test.ts",
  "test/transports/websocket_browser.test.ts",
];

const BUN = {
  // Bun has a ws of its own, which is what its programs get; vitest would take the package's file.
  ssr: { resolve: { builtins: [/^(node|bun):/, ...builtinModules] } },
  // To Bun each module is one that may stand in for CommonJS; vitest then takes its default for the whole.
  test: { deps: { interopDefault: false } },
};

export default {
  ...config,
  root: fileURLToPath(new URL("../../", import.meta.url)),
  ...(RUNTIME === "bun" && { ssr: BUN.ssr }),
  test: {
    ...config.test,
    ...(RUNTIME === "bun" && BUN.test),
    include: PORTABLE,
    exclude: [...(config.test?.exclude ?? []), ...OTHERS],
  },
};
