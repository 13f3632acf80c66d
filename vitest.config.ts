import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: [
      { find: "@std/bytes", replacement: here("vendor/std_bytes/mod.ts") },
      // Examples import the package by its name, as its users do.
      { find: /^rfb-codec$/, replacement: here("mod.ts") },
      { find: /^rfb-codec\/(node|deno|bun|websocket|workers)$/, replacement: here("transports/$1.ts") },
      { find: /^rfb-codec\/compression\/(node|webcodecs)$/, replacement: here("compression/$1.ts") },
      { find: /^rfb-codec\/(\w+)$/, replacement: here("$1/mod.ts") },
    ],
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: ["**/node_modules/**", "test/artefacts/**", "test/fixtures/**", "test/runtimes/**"],
        },
      },
      // Each of these is a run of its own, which wants the machine to itself: they come last.
      { extends: true, test: { name: "runtimes", include: ["test/runtimes/*.test.ts"], sequence: { groupOrder: 1 } } },
    ],
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
      include: ["mod.ts", "{codec,auth,compression,transports,endpoints,proxy,simd,cli,vendor}/**/*.ts"],
      exclude: ["**/deno.ts", "**/deno_*.ts", "**/*.deno.ts"],
    },
  },
});

function here(path: string): string {
  return fileURLToPath(new URL(".", import.meta.url)) + path;
}
