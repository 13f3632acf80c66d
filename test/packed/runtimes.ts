/**
 * The installed package on Node, Deno and Bun.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { listenTcp, listenUnix, listenWebSocket, type Transport } from "../../transports/node.ts";
import { makeCertificates } from "../peers/certificates.ts";
import { freePort } from "../peers/process.ts";
import { newestNode } from "../runtimes/newest_node.ts";
import { createDesktop } from "./programs/portable.ts";
import { DENO, Fault, MANIFEST, type Project, run, tool } from "./project.ts";

/** On the Node that runs this, or on another. */
export async function runOnNode({ folder }: Project, node: string = process.execPath): Promise<void> {
  const options = {
    cwd: folder,
    silent: true,
    hint: "What fails on Node is in dist, or in a dependency's newest version",
  };
  for (const path of Object.keys(MANIFEST.exports)) {
    const specifier = MANIFEST.name + path.slice(1);
    const count = `if (Object.keys(await import("${specifier}")).length === 0) throw new Error("${specifier} is empty")`;
    await run(node, ["--input-type=module", "--eval", count], options);
  }
  for (const name of ["node", "node_alone"]) {
    // Node 20 reads no types.
    await build({
      entryPoints: [join(folder, `${name}.ts`)],
      outfile: join(folder, `${name}.js`),
      bundle: true,
      packages: "external",
      format: "esm",
      logLevel: "silent",
    });
    await run(node, [`${name}.js`], options);
  }
  for (const path of Object.values(MANIFEST.bin)) {
    await run(node, [join("node_modules", MANIFEST.name, path), "--help"], options);
  }
}

/** On the newest Node there is. */
export async function runOnNewestNode(project: Project): Promise<void> {
  const node = newestNode();
  if (node === undefined)
    throw new Fault("npm did not install the newest Node: see whether its registry can be reached");
  await runOnNode(project, node);
}

/** On Deno, which may do no more in each task than docs/runtimes.md tells. */
export async function runOnDeno({ folder }: Project): Promise<void> {
  const { ca, server: tls } = await makeCertificates();
  writeFileSync(join(folder, "ca.pem"), ca);
  const path = join(folder, "vnc.sock");
  const desktop = createDesktop();
  const onConnection = (transport: Transport): void => void desktop.serve(transport);
  const listeners = await Promise.all([
    listenTcp({ host: "127.0.0.1", onConnection }),
    listenTcp({ host: "127.0.0.1", tls, onConnection }),
    listenWebSocket({ onConnection }),
    listenUnix({ path, onConnection }),
  ]);
  const [tcp, secure, pages, free] = [...listeners.slice(0, 3).map(({ port }) => String(port)), await freePort()];
  const netTo = (port: unknown): string => `--allow-net=127.0.0.1:${port}`;
  const jpeg = "--allow-read=node_modules/@cornerstonejs";
  const env = "--allow-env=WS_NO_BUFFER_UTIL,WS_NO_UTF_8_VALIDATE";
  const runs = [
    ["deno.ts", "compute"],
    [jpeg, "deno.ts", "jpeg"],
    [netTo(tcp), "deno.ts", "tcp", `${tcp}`],
    [netTo(secure), "--allow-read=ca.pem", "deno.ts", "tls", `${secure}`],
    [`--allow-net=unix:${path}`, `--allow-read=${path}`, `--allow-write=${path}`, "deno.ts", "unix", path],
    [netTo(pages), "deno.ts", "websocket", `${pages}`],
    [netTo(free), "deno.ts", "listen", `${free}`],
    ["--allow-net=127.0.0.1", jpeg, env, "node.ts"],
  ];
  const options = { cwd: folder, silent: true, hint: "If it lacks a permission, docs/runtimes.md has to name it too" };
  const only = ["--quiet", "--check", "--no-prompt", "--no-remote", "--node-modules-dir=manual"];
  try {
    for (const args of runs) await run(DENO, ["run", ...only, ...args], options);
  } finally {
    for (const listener of listeners) await listener.close();
    desktop.close();
  }
}

/** On Bun. */
export async function runOnBun({ folder }: Project): Promise<void> {
  const options = {
    cwd: folder,
    silent: true,
    hint: "What fails on Bun is in dist, or in a module of Node's that Bun has otherwise",
  };
  for (const name of ["bun", "node"]) await run(tool("bun"), ["run", "--no-install", `${name}.ts`], options);
}
