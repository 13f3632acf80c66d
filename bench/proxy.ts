import { type ChildProcess, fork } from "node:child_process";
import { connect, createServer, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { fileURLToPath } from "node:url";
import { schemesNamed } from "../auth/mod.ts";
import { createSecurityProxy } from "../proxy/mod.ts";
import { connectTcp, type Listener, listenTcp } from "../transports/node.ts";
import type { Contest } from "./measure.ts";
import type { Ends, Transfer } from "./proxy_ends.ts";

/**
 * What the proxy carries, over real sockets, against a pipe that understands nothing. Viewer and server, the same for
 * both, are in a process of their own; only what stands in this one differs.
 */
export async function* proxy(quick: boolean): AsyncGenerator<Contest> {
  const child = fork(fileURLToPath(new URL("proxy_ends.ts", import.meta.url)));
  const relays: { close(): unknown }[] = [];
  try {
    const ends = (await answer(child)) as Ends;
    const ours = async (scheme: string, port: number): Promise<number> => {
      const relay = await listenProxy(scheme, port, ends.ca);
      relays.push(relay);
      return relay.port;
    };
    const theirs = async (dial: () => Socket): Promise<number> => {
      const relay = await listenPipe(dial);
      relays.push(relay);
      return relay.port;
    };
    const streams = [
      {
        name: "None",
        peer: "net pipe",
        ours: { server: "none", relay: await ours("none", ends.ports.none) },
        theirs: { server: "none", relay: await theirs(() => connect(ends.ports.none, HOST)) },
      },
      {
        name: "X509None",
        peer: "tls pipe",
        ours: { server: "x509none", relay: await ours("x509none", ends.ports.x509none) },
        theirs: {
          server: "tls",
          relay: await theirs(() => connectTls({ host: HOST, port: ends.ports.tls, ca: ends.ca })),
        },
      },
    ] as const;
    const bytes = (quick ? 2 : 128) * 2 ** 20;
    for (const { name, peer, ours, theirs } of streams) {
      for (const to of ["client", "server"] as const) {
        // Once with a hash over all that arrives; the timed ones count.
        for (const way of [ours, theirs]) await ask(child, { ...way, to, bytes: HASHED, hashed: true });
        yield {
          what: "proxy",
          stream: `${name}, to the ${to}`,
          chunk: "64 KiB",
          peer,
          goal: 0.85,
          unit: "MB/s",
          amount: bytes,
          expected: bytes,
          ours: () => ask(child, { ...ours, to, bytes, hashed: false }),
          theirs: () => ask(child, { ...theirs, to, bytes, hashed: false }),
        };
      }
    }
  } finally {
    child.kill();
    for (const relay of relays) relay.close();
  }
}

const HOST = "127.0.0.1";
const HASHED = 2 ** 21 + 1;

function listenProxy(scheme: string, port: number, ca: string): Promise<Listener> {
  const { serve } = createSecurityProxy({
    dial: (signal) => connectTcp({ host: HOST, port, signal }),
    authentication: { schemes: schemesNamed([scheme]), credentials: () => ({}) },
    tls: { ca },
    log: ({ event, reason }) => {
      if (event === "failed") console.error(`The proxy failed: ${reason}`);
    },
  });
  return listenTcp({ onConnection: (client) => void serve(client) });
}

function listenPipe(dial: () => Socket): Promise<{ readonly port: number; close(): void }> {
  const server = createServer((client) => {
    const upstream = dial();
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.setNoDelay(true);
      socket.on("error", () => other.destroy());
      socket.pipe(other);
    }
  });
  return new Promise((resolve) => {
    server.listen(0, HOST, () => {
      const place = server.address();
      resolve({ port: typeof place === "object" ? place!.port : 0, close: () => void server.close() });
    });
  });
}

async function ask(child: ChildProcess, transfer: Transfer): Promise<number> {
  child.send(transfer);
  return (await answer(child)) as number;
}

/** @throws {Error} the child ended: why, it has said itself */
function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error("The process of both ends has ended"));
    child.once("exit", gone);
    child.once("message", (message) => {
      child.off("exit", gone);
      resolve(message);
    });
  });
}
