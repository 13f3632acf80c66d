import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

// cli → proxy, endpoints → transports/transport.ts → auth → codec; never the other way. compression, simd → codec.

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDERS = ["codec", "auth", "compression", "transports", "endpoints", "proxy", "simd", "cli", "vendor"];

interface Source {
  /** From the root, with slashes. */
  readonly file: string;
  /** Each module that is imported or re-exported, as it is written; of types too. */
  readonly imports: readonly string[];
  /** Each name that is used and could be a global. */
  readonly names: ReadonlySet<string>;
}

const sources: readonly Source[] = [
  "mod.ts",
  ...FOLDERS.flatMap((folder) =>
    readdirSync(ROOT + folder, { recursive: true, encoding: "utf8" })
      .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
      .filter((path) => path.endsWith(".ts")),
  ),
].map((file) => sourceOf(file, readFileSync(ROOT + file, "utf8")));

function sourceOf(file: string, text: string): Source {
  const imports: string[] = [];
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      imports.push((node.moduleSpecifier as ts.StringLiteral).text);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      imports.push((node.argument.literal as ts.StringLiteral).text);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      // A computed one could be anything: it is named as such, and no rule allows it.
      imports.push(specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier.text : "(computed)");
    } else if (ts.isIdentifier(node) && !isMemberName(node)) {
      names.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return { file, imports, names };
}

/** `process` in `handle.process` or `{ process: 1 }` is nobody's global. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  return (
    (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodSignature(parent)) &&
    parent.name === node
  );
}

const CODEC = /^codec\//;
const AUTH = /^auth\//;
// What every transport is, and what the numbers and functions of callers are to all of them.
const TRANSPORT = /^transports\/(transport|callers)\.ts$/;
const ENDPOINTS = /^endpoints\//;
const PROXY = /^proxy\//;
const STD_BYTES = /^@std\/bytes$/;

/** What the file may import, by path from the root or by package; undefined where anything goes. */
function allowedIn(file: string): readonly RegExp[] | undefined {
  if (file === "mod.ts") return [CODEC];
  const [folder, name = ""] = [file.slice(0, file.indexOf("/")), file.slice(file.lastIndexOf("/") + 1)];
  switch (folder) {
    case "vendor":
      return [/^vendor\//];
    case "codec":
      return [CODEC, STD_BYTES];
    case "auth":
      return [AUTH, CODEC, STD_BYTES, /^des\.js$/, /^@noble\/(ciphers|hashes)\//, /^bigint-mod-arith$/];
    case "compression": {
      const shared = [/^codec\/(errors|compression)\.ts$/, STD_BYTES];
      const all = [...shared, /^compression\//];
      if (name === "node.ts") return all;
      if (name === "node_zlib.ts") return [...all, /^node:zlib$/];
      // Any host's: each package has its file.
      const portable = [...shared, /^compression\/(?!node[._])/];
      if (name === "zlib.ts") return [...portable, /^pako$/];
      if (name === "wasm_zlib.ts") return [...portable, /^vendor\/zlib_streams\//];
      if (name === "png.ts") return [...portable, /^fast-png$/];
      if (name === "libjpegturbo.ts") return [...portable, /^@cornerstonejs\/codec-libjpeg-turbo-8bit\/wasmjs$/];
      return portable;
    }
    case "transports": {
      if (name === "transport.ts") return [CODEC];
      const shared = [/^codec\/(errors|text)\.ts$/, TRANSPORT, STD_BYTES];
      // A host's files share a name: node.ts, node_tls.ts. They alone see its modules, and packages made for it;
      // they may build on a file for any host, and never on another host's.
      const portable = /^transports\/(websocket|websocket_request|memory|sockets|tls_reasons)\.ts$/;
      if (/^node[._]/.test(name)) return [...shared, portable, /^transports\/node[._]/, /^node:/, /^ws$/, /^sirv$/];
      if (/^workers[._]/.test(name)) return [...shared, portable, /^transports\/workers[._]/, /^cloudflare:/];
      // Bun has Node's modules too.
      if (/^bun[._]/.test(name)) return [...shared, portable, /^transports\/(bun|node)[._]/, /^bun$/, /^node:/];
      if (/^deno[._]/.test(name)) return [...shared, portable, /^transports\/deno[._]/];
      if (/^websocket[._]/.test(name)) return [...shared, /^transports\/websocket[._]/];
      return shared;
    }
    case "endpoints":
      return [ENDPOINTS, CODEC, AUTH, TRANSPORT, STD_BYTES];
    case "simd":
      return [/^simd\//, CODEC];
    case "proxy": {
      const inner = [PROXY, CODEC, AUTH, ENDPOINTS, TRANSPORT, STD_BYTES];
      return name.startsWith("settings") ? [...inner, /^zod$/] : inner;
    }
    default:
      return undefined;
  }
}

/** What is wrong with each import of the source. */
function faultsOf({ file, imports }: Source): string[] {
  const allowed = allowedIn(file);
  return imports.flatMap((specifier) => {
    const isRelative = specifier.startsWith(".");
    if (isRelative && !specifier.endsWith(".ts")) return [`${file}: "${specifier}" does not end in .ts`];
    const target = isRelative ? posix.join(posix.dirname(file), specifier) : specifier;
    if (allowed === undefined || allowed.some((pattern) => pattern.test(target))) return [];
    return [`${file} may not import "${specifier}"`];
  });
}

/** Globals of one host, where any host may run the file. */
function hostGlobalsOf({ file, names }: Source): string[] {
  if (/^cli\//.test(file)) return [];
  const [host] = /^(?:transports|compression)\/(node|deno|bun|workers)[._]/.exec(file)?.slice(1) ?? [];
  const own: Record<string, readonly string[]> = { node: ["Buffer", "process"], deno: ["Deno"], bun: ["Bun"] };
  return ["Deno", "Bun", "Buffer", "process", "require", "__dirname", "__filename"]
    .filter((name) => names.has(name) && !own[host ?? ""]?.includes(name))
    .map((name) => `${file} uses ${name}`);
}

test("imports go one way, and packages stay where they belong", () => {
  expect(sources.flatMap(faultsOf)).toStrictEqual([]);
});

test("no file that any host may run names a global of one", () => {
  expect(sources.flatMap(hostGlobalsOf)).toStrictEqual([]);
});

test("examples, benches and tests end their relative imports in .ts too", () => {
  const others = ["examples", "bench", "test"].flatMap((folder) =>
    readdirSync(ROOT + folder, { recursive: true, encoding: "utf8" })
      .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
      .filter((path) => path.endsWith(".ts") && !/node_modules|\/artefacts\/|\/fixtures\//.test(path)),
  );
  expect(others.length).toBeGreaterThan(10);
  expect(others.flatMap((file) => faultsOf(sourceOf(file, readFileSync(ROOT + file, "utf8"))))).toStrictEqual([]);
});

test("each folder has been read, and imports were found in it", () => {
  for (const folder of FOLDERS) {
    const inside = sources.filter(({ file }) => file.startsWith(`${folder}/`));
    expect(inside.flatMap(({ imports }) => imports).length, folder).toBeGreaterThan(0);
  }
});

describe("the rule", () => {
  test.each([
    ["codec/framer.ts", 'import { none } from "../auth/none.ts";'],
    ["codec/framer.ts", 'import type { Transport } from "../transports/transport.ts";'],
    ["codec/framer.ts", 'import { inflateSync } from "node:zlib";'],
    ["codec/client/mod.ts", 'export * from "../../auth/mod.ts";'],
    ["codec/framer.ts", 'import { z } from "zod";'],
    ["codec/framer.ts", 'type A = import("../proxy/mod.ts").A;'],
    ["codec/framer.ts", 'const a = await import("../proxy/mod.ts");'],
    ["codec/framer.ts", 'const a = await import("../codec/" + name);'],
    ["codec/framer.ts", 'import { u8 } from "./wire";'],
    ["codec/framer.ts", 'import { u8 } from "./wire.js";'],
    ["auth/vnc_auth.ts", 'import des from "other-des";'],
    ["codec/encodings/zlib.ts", 'import { createInflater } from "../../compression/zlib.ts";'],
    ["codec/encodings/zlib.ts", 'import { Inflate } from "pako";'],
    ["compression/mod.ts", 'import { createInflater } from "./node_zlib.ts";'],
    ["compression/zlib.ts", 'import { inflateSync } from "node:zlib";'],
    ["compression/png.ts", 'import { Inflate } from "pako";'],
    ["compression/png.ts", 'import { u8 } from "../codec/wire.ts";'],
    ["auth/vnc_auth.ts", 'import { connect } from "../endpoints/mod.ts";'],
    ["transports/websocket.ts", 'import { Socket } from "node:net";'],
    ["transports/websocket.ts", 'import { fromSocket } from "./node.ts";'],
    ["transports/memory.ts", 'import { u8 } from "../codec/wire.ts";'],
    ["transports/node_websocket.ts", 'import { serve } from "./deno.ts";'],
    ["transports/nodes.ts", 'import { Socket } from "node:net";'],
    ["transports/transport.ts", 'import { SCHEMES } from "../auth/mod.ts";'],
    ["transports/deno.ts", 'import { Socket } from "node:net";'],
    ["endpoints/client.ts", 'import { connectTcp } from "../transports/node.ts";'],
    ["endpoints/client.ts", 'import { proxy } from "../proxy/mod.ts";'],
    ["proxy/proxy.ts", 'import { z } from "zod";'],
    ["proxy/proxy.ts", 'import { main } from "../cli/main.ts";'],
    ["proxy/settings.ts", 'import { readFileSync } from "node:fs";'],
    ["mod.ts", 'export * from "./transports/node.ts";'],
    ["vendor/std_bytes/mod.ts", 'import { u8 } from "../../codec/wire.ts";'],
    ["cli/main.ts", 'import { run } from "./run";'],
  ])("is broken in %s by %s", (file, line) => {
    expect(faultsOf(sourceOf(file, line))).toHaveLength(1);
  });

  test.each([
    ["codec/server/mod.ts", 'import { concat } from "@std/bytes"; import { u8 } from "../wire.ts";'],
    ["compression/node.ts", 'import { decodePng } from "./png.ts"; import { createInflater } from "./node_zlib.ts";'],
    ["auth/des.ts", 'import des from "des.js"; import { u8 } from "../codec/wire.ts";'],
    ["transports/node_tls.ts", 'import { connect } from "node:tls"; import { fromSocket } from "./node.ts";'],
    ["transports/workers.ts", 'import { connect } from "cloudflare:sockets";'],
    ["endpoints/client.ts", 'import type { Transport } from "../transports/transport.ts";'],
    ["proxy/settings.ts", 'import { z } from "zod";'],
    ["cli/main.ts", 'import { connectTcp } from "../transports/node.ts"; import { z } from "zod";'],
    ["codec/framer.ts", '/* import { a } from "../cli/main.ts" */ const text = \'import { a } from "zod"\';'],
  ])("is kept in %s by %s", (file, lines) => {
    expect(faultsOf(sourceOf(file, lines))).toStrictEqual([]);
  });

  test("tells a global from a word", () => {
    const used = (file: string, text: string) => hostGlobalsOf(sourceOf(file, text));
    expect(used("codec/text.ts", "// process, Deno\nconst a = { process: 1 }; a.process;")).toStrictEqual([]);
    expect(used("codec/text.ts", "Buffer.from([]);")).toStrictEqual(["codec/text.ts uses Buffer"]);
    expect(used("auth/mod.ts", "const { env } = process;")).toStrictEqual(["auth/mod.ts uses process"]);
    expect(used("transports/websocket.ts", "Deno.connect({});")).toHaveLength(1);
    expect(used("transports/deno.ts", "Deno.connect({});")).toStrictEqual([]);
    expect(used("transports/node.ts", "process.env; Deno.env;")).toStrictEqual(["transports/node.ts uses Deno"]);
  });
});
