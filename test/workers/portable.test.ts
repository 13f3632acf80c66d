// The tests of codec, auth, endpoints, proxy and simd once more, in workerd.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import { testPortable } from "../portable/portable.ts";
import type { Report } from "../portable/vitest.ts";
import { startWorkerd } from "./workerd.ts";

describe("in workerd", () => {
  testPortable(async (folder) => {
    const config = join(folder, "config.capnp");
    writeFileSync(config, CONFIG);
    const { port, stop } = await startWorkerd(config);
    return {
      async run(file) {
        const response = await fetch(`http://127.0.0.1:${port}/${file}`);
        if (!response.ok) throw new Error(`workerd answered ${response.status}: ${await response.text()}`);
        return (await response.json()) as Report;
      },
      close: stop,
    };
  });
});

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "portable.js", esModule = embed "portable.js")],
    compatibilityDate = "2026-11-01",
  ))],
  sockets = [(name = "http", http = (), service = "main")],
);
`;
