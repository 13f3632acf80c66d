import { fileURLToPath } from "node:url";
import { defineConfig } from "tsdown";

export default defineConfig({
  entry: [
    "mod.ts",
    "codec/mod.ts",
    "auth/mod.ts",
    "compression/mod.ts",
    "compression/node.ts",
    "compression/webcodecs.ts",
    "transports/node.ts",
    "transports/deno.ts",
    "transports/bun.ts",
    "transports/websocket.ts",
    "transports/workers.ts",
    "endpoints/mod.ts",
    "proxy/mod.ts",
    "simd/mod.ts",
    "cli/main.ts",
  ],
  format: "esm",
  platform: "node",
  target: "node20",
  tsconfig: "tsconfig.build.json",
  outDir: "dist",
  // One output file per source file, so that stack traces and tree shaking follow the sources.
  unbundle: true,
  root: ".",
  // `.js`: the package is `"type": "module"`.
  fixedExtension: false,
  // Made from the syntax alone, which isolatedDeclarations guarantees to be enough.
  dts: { oxc: { stripInternal: true } },
  sourcemap: false,
  clean: true,
  // A devDependency that the sources import by mistake fails the build, for it would be copied into dist.
  deps: { onlyBundle: [], neverBundle: /^cloudflare:/ },
  // npm has no @std/bytes: the local copy goes into dist.
  alias: { "@std/bytes": fileURLToPath(new URL("vendor/std_bytes/mod.ts", import.meta.url)) },
});
