/**
 * Other people's proxies from a WebSocket to TLS, where they are installed.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Child, findProgram, freePort, start, temporaryFolder, waitForListener } from "../test/peers/process.ts";
import { HOST, type ProxyBench } from "./proxy_parent.ts";

/** The distribution's own: another one on PATH would not see its packages. */
const PYTHON = "/usr/bin/python3";

/** Whether websockify cannot be run, and why. */
export function websockifyMissing(): string | undefined {
  return findProgram("websockify") === undefined ? "it is not installed" : undefined;
}

/** Whether Nova's proxy cannot be run, and why. */
export function novaMissing(): string | undefined {
  return pythonVersions().nova === undefined ? "python3-nova is not installed" : undefined;
}

/** Versions of both, as far as they are there. */
export function pythonVersions(): Readonly<Record<string, string>> {
  versions ??= Object.fromEntries(
    ["websockify", "nova"].flatMap((name) => {
      const ask = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))";
      const { status, stdout } = spawnSync(PYTHON, ["-c", ask, name], { encoding: "utf8" });
      return status === 0 ? [[name, stdout.trim()]] : [];
    }),
  );
  return versions;
}

let versions: Readonly<Record<string, string>> | undefined;

/** Starts websockify before the server inside of TLS 1.2. */
export function startWebsockify(bench: ProxyBench): Promise<string> {
  return started(bench, (port) =>
    start("websockify", ["--ssl-target", `${HOST}:${port}`, `${HOST}:${bench.ends.ports.tls12}`]),
  );
}

/** Starts Nova's before the server with VeNCrypt X509None in TLS 1.2. */
export function startNova(bench: ProxyBench): Promise<string> {
  const ca = join(temporaryFolder(), "ca.pem");
  writeFileSync(ca, bench.ends.ca);
  const program = fileURLToPath(new URL("nova_proxy.py", import.meta.url));
  return started(bench, (port) => start(PYTHON, [program, String(port), String(bench.ends.ports.x509none12), ca]));
}

async function started(bench: ProxyBench, startAt: (port: number) => Child): Promise<string> {
  const port = await freePort();
  const child = startAt(port);
  bench.closeLater({ close: () => child.stop() });
  const ended = child.exited.then((how) => {
    throw new Error(`A proxy ended with ${how}: ${child.stderr()}${child.stdoutText()}`);
  });
  ended.catch(() => {}); // once it listens, whoever talks to it finds out
  await Promise.race([waitForListener(port, 30_000), ended]);
  return `ws://${HOST}:${port}/websockify?token=any`;
}
