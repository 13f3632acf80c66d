import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { base64Module } from "../base64_module.ts";

// `npm run zlib` writes the package's WebAssembly into vendor/zlib_streams/module.ts.

/** Where it is written. */
export const TARGET: URL = new URL("../../vendor/zlib_streams/module.ts", import.meta.url);

/** The file that has it. */
export function zlibModule(): string {
  const { resolve } = createRequire(import.meta.url);
  const { version } = JSON.parse(readFileSync(resolve("zlib-streams/package.json"), "utf8")) as { version: string };
  return base64Module("ZLIB", readFileSync(resolve("zlib-streams/zlib-streams.wasm")), [
    `The WebAssembly of zlib-streams ${version}, in Base64. Made by \`npm run zlib\`.`,
    "",
    "© Gildas Lormeau, Jean-loup Gailly and Mark Adler; the licence is vendor/zlib_streams/LICENSE.",
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, zlibModule());
