// `npm run size`: what users' bundles get from us, minified and gzipped. A test holds each to its limit.

import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Something that is bundled for a browser or a Worker. */
export interface Bundle {
  readonly what: string;
  readonly source: string;
  /** kB, gzipped, that we want. */
  readonly goal?: number;
  /** kB, gzipped, that it may have: what it has, and a little. */
  readonly limit: number;
}

export interface BundleSize {
  /** Bytes. */
  readonly minified: number;
  readonly gzipped: number;
  /** Files that went in. */
  readonly inputs: readonly string[];
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CLIENT = "createClientHandshake, createServerFramer";
const SERVER = "createServerHandshake, createClientFramer";

/** What is measured. */
export const BUNDLES: readonly Bundle[] = [
  {
    what: "handshake and framing, of a server",
    source: `export { ${SERVER}, observe } from "./codec/mod.ts";`,
    goal: 12,
    limit: 12,
  },
  {
    what: "handshake and framing, of a client",
    source: `export { ${CLIENT}, observe } from "./codec/mod.ts";`,
    goal: 12,
    limit: 16,
  },
  {
    what: "handshake and framing, both roles",
    source: `export { ${CLIENT}, ${SERVER}, observe } from "./codec/mod.ts";`,
    goal: 12,
    limit: 20,
  },
  { what: "all of rfb-codec", source: 'export * from "./mod.ts";', goal: 40, limit: 34 },
  { what: "all of rfb-codec/codec, with pixels", source: 'export * from "./codec/mod.ts";', limit: 59 },
  { what: "all of rfb-codec/auth", source: 'export * from "./auth/mod.ts";', limit: 32 },
  {
    what: "the Worker proxy",
    source: 'export { default, Sessions } from "./examples/worker_proxy/worker.ts";',
    goal: 60,
    limit: 60,
  },
];

/** Bundles for a host that has no modules of its own. @throws {Error} an import of one */
export async function sizeOf({ source }: Bundle): Promise<BundleSize> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: ROOT, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2023",
    external: ["cloudflare:*"],
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const { contents } = outputFiles[0]!;
  return {
    minified: contents.length,
    gzipped: gzipSync(contents, { level: 9 }).length,
    inputs: Object.keys(metafile.inputs),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log("                                    minified   gzipped   goal");
  for (const bundle of BUNDLES) {
    const { minified, gzipped } = await sizeOf(bundle);
    const [all, zipped] = [minified, gzipped].map((bytes) => (bytes / 1000).toFixed(1).padStart(7));
    const goal = bundle.goal === undefined ? "" : `${bundle.goal} kB`.padStart(6);
    console.log(`${bundle.what.padEnd(36)} ${all} kB ${zipped} kB ${goal}`);
  }
}
