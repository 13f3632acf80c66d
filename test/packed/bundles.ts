/**
 * The installed package in bundles, for workerd and for Chromium.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildFailure, build } from "esbuild";
import { WebSocket } from "ws";
import { type Listener, listenTcp, listenWebSocket, serveFolder } from "../../transports/node.ts";
import { connectWebSocket } from "../../transports/websocket.ts";
import { launchChromium } from "../browser/page.ts";
import { startWorkerd } from "../workers/workerd.ts";
import { createDesktop, visit } from "./programs/portable.ts";
import { Fault, type Project } from "./project.ts";

/** A Worker that uses the package, and is a proxy to a desktop of ours. */
export async function runInWorkerd({ folder }: Project): Promise<void> {
  const output = join(folder, "worker");
  await bundle(join(folder, "worker.ts"), output, "copy", [...EXTERNAL, "cloudflare:*"]);
  writeFileSync(join(output, "config.capnp"), CONFIG);

  const desktop = createDesktop();
  const listener = await listenTcp({ host: "127.0.0.1", onConnection: (transport) => void desktop.serve(transport) });
  const workerd = await startWorkerd(join(output, "config.capnp"), { PORT: String(listener.port) });
  try {
    const answer = await fetch(`http://127.0.0.1:${workerd.port}/`, { signal: AbortSignal.timeout(MINUTE) });
    heard("The Worker", await answer.text(), workerd.log());
    await visit(await connectWebSocket(`ws://127.0.0.1:${workerd.port}/`, { WebSocket }));
    heard("workerd", "passed", workerd.log());
  } finally {
    await workerd.stop();
    await listener.close();
    desktop.close();
  }
}

/** A page that uses the package, and looks at a desktop of ours. */
export async function runInChromium({ folder }: Project): Promise<void> {
  const output = join(folder, "page");
  await bundle(join(folder, "page.ts"), output, "file", EXTERNAL);
  for (const name of ["node", "bun", "workers"]) await refuses(folder, name);
  writeFileSync(join(output, "index.html"), PAGE);

  const desktop = createDesktop();
  const serve = serveFolder(output);
  const listener: Listener = await listenWebSocket({
    serve,
    onConnection: (transport) => void desktop.serve(transport),
  });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    await page.goto(`http://127.0.0.1:${listener.port}/`);
    await page.waitForFunction("document.title !== ''", undefined, { timeout: MINUTE });
    heard("The page", await page.title(), said.join("\n"));
  } finally {
    await browser.close();
    await listener.close();
    desktop.close();
  }
}

async function bundle(entry: string, outdir: string, wasm: "copy" | "file", external: string[]): Promise<void> {
  const { warnings } = await build({
    entryPoints: [entry],
    outdir,
    external,
    bundle: true,
    format: "esm",
    platform: "browser",
    loader: { ".wasm": wasm },
    assetNames: "[name]",
    logLevel: "silent",
  });
  const [warning] = warnings;
  if (warning !== undefined) throw new Fault(`esbuild warns of ${warning.location?.file}: ${warning.text}`);
}

/** What needs another host does not even bundle: who tries is told at once. */
async function refuses(folder: string, name: string): Promise<void> {
  const entry = join(folder, `only_${name}.js`);
  writeFileSync(entry, `export * from "rfb-codec/${name}";`);
  const { errors }: Pick<BuildFailure, "errors"> = await bundle(entry, join(folder, "refused"), "file", EXTERNAL).then(
    () => ({ errors: [] }),
    (failure: BuildFailure) => failure,
  );
  if (!errors.some(({ text }) => /resolve "(node|cloudflare):/.test(text))) {
    throw new Fault(`esbuild should miss what rfb-codec/${name} imports, in a page: it is for another host`);
  }
}

/** What JPEG's package has for Node alone: docs/runtimes.md names it too. */
const EXTERNAL = ["fs", "path"];

function heard(who: string, result: string, log: string): void {
  if (result !== "passed" || log !== "") throw new Fault(`${who} did not pass: ${result}\n${log}`);
}

const MINUTE = 60_000;
const PAGE = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="page.js"></script>';
const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [
        (name = "worker.js", esModule = embed "worker.js"),
        (name = "libjpegturbowasm.wasm", wasm = embed "libjpegturbowasm.wasm"),
      ],
      compatibilityDate = "2026-11-01",
      globalOutbound = "network",
      bindings = [(name = "PORT", fromEnvironment = "PORT")],
    )),
    (name = "network", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
