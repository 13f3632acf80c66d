/**
 * What an idle connection through the proxy holds, run as a process of its own, with `--expose-gc`: it has nothing in its memory
 * but the proxy. It takes the scheme as its argument, and tells its parent the bytes of resident memory for each connection.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { type ProxyBench, startProxyBench } from "./proxy_parent.ts";

/** Towards the server; viewers come over TCP. */
export type Scheme = "none" | "x509none";

/** Open at a time. */
export const IDLE_CONNECTIONS = 200;

/** So many first: code is compiled by then, and the sockets' first buffers are there. */
const WARM_UP = 10;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const scheme = process.argv[2] as Scheme;
  const bench = await startProxyBench();
  const relay = await bench.proxy(scheme, "tcp");
  await open(bench, scheme, relay, WARM_UP);
  const before = await settled();
  await open(bench, scheme, relay, IDLE_CONNECTIONS);
  const bytes = ((await settled()) - before) / IDLE_CONNECTIONS;
  process.send!(bytes, () => process.exit());
}

function open({ ask }: ProxyBench, server: Scheme, relay: string, count: number): Promise<number> {
  return ask({ task: "join", server, relay, count, keep: true });
}

/** Bytes that are resident, once garbage is gone and what waits for the next turn is done. */
async function settled(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    gc!();
  }
  return process.memoryUsage().rss;
}
