/**
 * What stands between the ends of the proxy's bench, and the ends' process as this one sees it.
 *
 * @module
 */

import { fork } from "node:child_process";
import { connect, createServer, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { fileURLToPath } from "node:url";
import { schemesNamed } from "../auth/mod.ts";
import { createSecurityProxy } from "../proxy/mod.ts";
import { connectTcp, listenTcp, listenWebSocket } from "../transports/node.ts";
import type { Transport } from "../transports/transport.ts";
import type { Ends, Join, Transfer } from "./proxy_ends.ts";

export const HOST = "127.0.0.1";

/** The ends' process, and relays in this one, all gone with `close`. */
export interface ProxyBench {
  readonly ends: Ends;
  ask(task: Transfer | Join): Promise<number>;
  /** Ours to that server; the URL that viewers come to. */
  proxy(server: "none" | "x509none" | "x509none12", listen: "tcp" | "ws"): Promise<string>;
  /** A pipe to a server in clear or inside of TLS. */
  pipe(server: "none" | "tls"): Promise<string>;
  /** Has something closed along with the rest. */
  closeLater(one: { close(): unknown }): void;
  close(): Promise<void>;
}

/** Starts the ends. */
export async function startProxyBench(): Promise<ProxyBench> {
  const child = fork(fileURLToPath(new URL("proxy_ends.ts", import.meta.url)));
  const relays: { close(): unknown }[] = [];
  const ends = (await answer()) as Ends;
  return {
    ends,
    async ask(task) {
      child.send(task);
      return (await answer()) as number;
    },
    async proxy(server, listen) {
      const scheme = server === "none" ? "none" : "x509none";
      const { serve } = createSecurityProxy({
        dial: (signal) => connectTcp({ host: HOST, port: ends.ports[server], signal }),
        authentication: { schemes: schemesNamed([scheme]), credentials: () => ({}) },
        tls: { ca: ends.ca },
        log: ({ event, reason }) => {
          if (event === "failed") console.error(`The proxy failed: ${reason}`);
        },
      });
      const onConnection = (client: Transport): void => void serve(client);
      const listener = await (listen === "tcp" ? listenTcp({ onConnection }) : listenWebSocket({ onConnection }));
      relays.push(listener);
      return listen === "tcp" ? `tcp://${HOST}:${listener.port}` : `ws://${HOST}:${listener.port}/websockify`;
    },
    async pipe(server) {
      const { ca, ports } = ends;
      const port = ports[server];
      const relay = await listenPipe(() =>
        server === "tls" ? connectTls({ host: HOST, port, ca }) : connect(port, HOST),
      );
      relays.push(relay);
      return `tcp://${HOST}:${relay.port}`;
    },
    closeLater: (one) => void relays.push(one),
    async close() {
      child.kill();
      for (const relay of relays) await relay.close();
    },
  };

  /** @throws {Error} the child ended: why, it has said itself */
  function answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error("The process of both ends has ended"));
      child.once("exit", gone);
      child.once("message", (message) => {
        child.off("exit", gone);
        resolve(message);
      });
    });
  }
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
