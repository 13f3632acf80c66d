/**
 * The tests that need no Node, for other hosts: the same files, in one bundle.
 *
 * @module
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../peers/process.ts";
import { REASON } from "../runtimes/runtime.ts";
import type { Report } from "./vitest.ts";

/** A host that has loaded the bundle. */
export interface PortableHost {
  /** Runs the tests of a file. */
  run(file: string): Promise<Report>;
  close(): Promise<unknown>;
}

/**
 * Has a host run each file of the portable tests.
 *
 * @param start a host with the bundle, `portable.js` in that folder. There the global `page` has `run`; to a Worker, its
 *   default export answers a request for a file's path with the report.
 */
export function testPortable(start: (folder: string) => Promise<PortableHost>): void {
  let host: PortableHost;
  beforeAll(async () => {
    const folder = temporaryFolder();
    await bundle(folder);
    host = await start(folder);
  }, 60_000);
  afterAll(() => host?.close());

  for (const file of FILES) {
    const missing = missingFor(file);
    if (missing.length > 0) {
      test.skip(`${file} (left out: it needs ${missing.join(", ")})`);
      continue;
    }
    test(`${file} passes`, { timeout: 120_000 }, async () => {
      const report = await host.run(file);
      expectPassed(report);
      const { skipped } = report;
      if (skipped.length > 0) console.log([`${file} passes without`, ...skipped].join("\n  "));
    });
  }
}

/** Nothing has failed, something has passed, and whatever was left out says why. */
export function expectPassed({ passed, skipped, failed }: Report): void {
  expect(failed).toEqual([]);
  expect(skipped.filter((name) => !REASON.test(name))).toEqual([]);
  expect(passed).toBeGreaterThan(0);
}
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const FILES: readonly string[] = ["codec", "auth", "endpoints", "proxy", "simd"].flatMap((folder) =>
  readdirSync(`${ROOT}test/${folder}`, { recursive: true, encoding: "utf8" })
    .map((path) => `test/${folder}/${path.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".test.ts"))
    .sort(),
);

/** What a file needs and these hosts do not have. */
function missingFor(file: string): readonly string[] {
  const other = OTHER_NEEDS.get(file);
  return [...hostModulesOf(file), ...(other === undefined ? [] : [other])];
}

const OTHER_NEEDS: ReadonlyMap<string, string> = new Map([
  // Nothing else is tested there, and these recordings are too large for a bundle.
  ["test/codec/encodings/pseudo_recordings.test.ts", "../shared/corpus"],
  ["test/simd/surface.test.ts", "modules that can be loaded anew"],
]);

/** What a file and all that it imports want of Node, and of packages for it. */
function hostModulesOf(file: string, seen: Set<string> = new Set()): Set<string> {
  const found = new Set<string>();
  if (seen.has(file)) return found;
  seen.add(file);
  for (const [, specifier] of readFileSync(ROOT + file, "utf8").matchAll(IMPORTS)) {
    if (specifier!.startsWith(".")) {
      const inner = hostModulesOf(posix.join(posix.dirname(file), specifier!), seen);
      for (const module of inner) found.add(module);
    } else if (FOR_NODE.test(specifier!)) found.add(specifier!);
  }
  return found;
}

/** Types are no modules; computed imports are of noVNC, in files that need Node anyway. */
const IMPORTS = /^(?:import (?!type )|export (?!type )|\} )(?:[^"';]*from )?"([^"]+)";/gm;

/** Files are read by `files.ts`. libjpeg-turbo needs its WebAssembly. */
const FOR_NODE = /^(node:(?!fs$)|ws$|sirv$|@cornerstonejs\/)/;

/** Writes `portable.js`. */
async function bundle(folder: string): Promise<void> {
  const files = FILES.filter((file) => missingFor(file).length === 0);
  const entry = join(folder, "entry.ts");
  const modules = files.map((file) => `${JSON.stringify(file)}: () => import(${JSON.stringify(ROOT + file)}),`);
  writeFileSync(
    entry,
    `import { runFile } from ${JSON.stringify(`${ROOT}test/portable/vitest.ts`)};
    const modules = { ${modules.join("\n")} };
    const run = (file) => runFile(modules[file]);
    globalThis.page = { run };
    export default {
      fetch: async (request) => Response.json(await run(new URL(request.url).pathname.slice(1))),
    };`,
  );
  await build({
    config: false,
    entry: { portable: entry },
    outDir: folder,
    tsconfig: `${ROOT}tsconfig.json`,
    platform: "browser",
    format: "esm",
    fixedExtension: false,
    dts: false,
    clean: false,
    logLevel: "error",
    alias: {
      vitest: `${ROOT}test/portable/vitest.ts`,
      "node:fs": `${ROOT}test/portable/files.ts`,
    },
    define: {
      // Whatever is beside the tests is found from the root.
      "import.meta.url": '"file:///"',
      "process.env.FUZZ_RUNS": "undefined",
      EMBEDDED: JSON.stringify(Object.fromEntries(EMBEDDED.map((file) => [`/${file}`, base64Of(file)]))),
    },
    // Each test file's module is evaluated when it is imported, not before.
    outputOptions: { codeSplitting: false },
    deps: { alwaysBundle: /./, onlyBundle: false },
  });
}

/** What tests read, from the folder `test`. */
const EMBEDDED: readonly string[] = [
  "fixtures/xtigervnc-zrle-pal8.colour_map.bin",
  ...["xtigervnc-tight-c2-rgb332", "xtigervnc-big-tight-rgb888le", "xtightvnc-messages", "qemu-tight-rgb888be"].flatMap(
    (name) => ["meta.json", "server.bin"].map((file) => `fixtures/recordings/${name}/${file}`),
  ),
];

function base64Of(file: string): string {
  return readFileSync(`${ROOT}test/${file}`).toString("base64");
}
