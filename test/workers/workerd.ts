/**
 * Runs Workers in workerd, which is what Cloudflare runs them in.
 *
 * @module
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleWorker, WORKERD } from "../../examples/worker_proxy/build.ts";
import type { Certificate } from "../peers/certificates.ts";
import { type Child, start, temporaryFolder, until } from "../peers/process.ts";

/** A running workerd. */
export interface Workerd {
  /** Where it takes HTTP. */
  readonly port: number;
  log(): string;
  /** Megabytes of memory that are its own. */
  memory(): number;
  /** Seconds of processor time so far. */
  seconds(): number;
  stop(): Promise<void>;
}

/** Starts a configuration with a socket named `http`, which takes a free port. */
export async function startWorkerd(config: string, env: Readonly<Record<string, string>> = {}): Promise<Workerd> {
  const args = ["serve", config, "--socket-addr", "http=127.0.0.1:0", "--control-fd", "3"];
  const child = start(WORKERD, args, { env, pipe3: true });
  const port = await until(
    "workerd to listen",
    () => {
      if (child.ended() !== undefined) throw new Error(`workerd ended with ${child.ended()}: ${child.stderr()}`);
      const line = child.third().match(/^.*"event":"listen".*$/m)?.[0];
      return line === undefined ? undefined : (JSON.parse(line) as { port: number }).port;
    },
    30_000,
  );
  return {
    port,
    log: () => child.stderr() + child.stdoutText(),
    memory: () => Number(/^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))![1]) / 1024,
    seconds: () => secondsOf(child),
    stop: child.stop,
  };
}

function secondsOf({ pid }: Child): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/**
 * Starts a Worker from its source, by its path from here. It trusts an authority; its network `MUTUAL` shows a certificate,
 * and its network `BARE` knows nothing of TLS.
 */
export async function startTestWorker(name: string, ca: string, client: Certificate): Promise<Workerd> {
  const folder = temporaryFolder();
  await bundleWorker(fileURLToPath(new URL(name, import.meta.url)), join(folder, "worker.js"));
  writeFileSync(join(folder, "ca.pem"), ca);
  writeFileSync(join(folder, "client.pem"), client.cert);
  writeFileSync(join(folder, "client.key"), client.key);
  writeFileSync(join(folder, "config.capnp"), CONFIG);
  return startWorkerd(join(folder, "config.capnp"));
}

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const tls :Workerd.TlsOptions = (trustedCertificates = [embed "ca.pem"]);
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2026-11-01",
      globalOutbound = "network",
      bindings = [(name = "MUTUAL", service = "mutual"), (name = "BARE", service = "bare")],
    )),
    (name = "network", network = (allow = ["local"], tlsOptions = .tls)),
    (name = "bare", network = (allow = ["local"])),
    (name = "mutual", network = (allow = ["local"], tlsOptions = (
      trustedCertificates = [embed "ca.pem"],
      keypair = (privateKey = embed "client.key", certificateChain = embed "client.pem"),
    ))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
