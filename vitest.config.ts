import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: { "@std/bytes": fileURLToPath(new URL("vendor/std_bytes/mod.ts", import.meta.url)) },
  },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/artefacts/**", "test/fixtures/**"],
    // Tests start servers and change process state: a process each keeps them apart.
    pool: "forks",
    // Peers such as QEMU take seconds to come up on a busy machine.
    testTimeout: 20_000,
    hookTimeout: 30_000,
    reporters: ["default"],
    coverage: {
      provider: "v8",
      reporter: ["text-summary", "html"],
      reportsDirectory: "coverage",
      include: ["mod.ts", "{codec,auth,transports,endpoints,proxy,cli,vendor}/**/*.ts"],
      exclude: ["**/deno.ts", "**/*.deno.ts"],
    },
  },
});
