import { copyFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";

/** Writes all that the viewer consists of to a folder, for any web server. */
export async function buildViewer(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await bundle(here("page/viewer.ts"), `${folder}/viewer.js`);
  for (const name of ["index.html", "viewer.css"]) copyFileSync(here(`page/${name}`), `${folder}/${name}`);
  const wasm = createRequire(import.meta.url).resolve("@cornerstonejs/codec-libjpeg-turbo-8bit/wasm");
  copyFileSync(wasm, `${folder}/libjpegturbo.wasm`);
}

/** Writes a module and all that it imports to one file, for browsers. The package is this checkout. */
export async function bundle(entry: string, file: string): Promise<void> {
  await build({
    config: false,
    entry: { [basename(file, ".js")]: entry },
    outDir: dirname(file),
    tsconfig: here("../../tsconfig.json"),
    platform: "browser",
    format: "esm",
    fixedExtension: false,
    dts: false,
    clean: false,
    minify: true,
    logLevel: "error",
    // Emscripten's code for Node stays as it is: no browser comes to it.
    deps: { neverBundle: ["fs", "path"], alwaysBundle: /./, onlyBundle: false },
  });
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
