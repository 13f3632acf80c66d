/**
 * Transports in workerd as transports here: what is called on them is done there.
 *
 * @module
 */

import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { listenTcp } from "../../transports/node.ts";
import type { Transport } from "../../transports/transport.ts";
import { connectWebSocket } from "../../transports/websocket.ts";
import type { Certificate } from "../peers/certificates.ts";
import { rendezvous } from "../transports/pairs.ts";
import type { Pairs } from "../transports/suite.ts";
import { COMMANDS } from "./transports.worker.ts";
import { startTestWorker } from "./workerd.ts";

/** A TCP connection from workerd, under TLS once it is there where the server has a certificate. */
export async function workersTcpPairs(ca: string, client: Certificate, server?: Certificate): Promise<Pairs> {
  const workerd = await startTestWorker("transports.worker.ts", ca, client);
  const control = await listenForTransports();
  const { accept, next } = rendezvous();
  const listener = await listenTcp({ onConnection: accept, tls: server });
  const tls = server === undefined ? "" : `&tls={"role":"client","kind":"x509"}`;
  const url = `http://127.0.0.1:${workerd.port}/tcp?port=${listener.port}&control=${control.port}${tls}`;
  return {
    async connect() {
      const failed = fetch(url).then(async (response) => {
        if (!response.ok) throw new Error(await response.text());
        return await new Promise<never>(() => {});
      });
      failed.catch(() => {});
      return Promise.race([failed, Promise.all([control.next(), next()])]);
    },
    async stop() {
      await listener.close();
      control.close();
      await workerd.stop();
    },
  };
}

/** A WebSocket that a Worker has accepted. */
export async function workersWebSocketPairs(ca: string, client: Certificate): Promise<Pairs> {
  const workerd = await startTestWorker("transports.worker.ts", ca, client);
  const control = await listenForTransports();
  const url = `ws://127.0.0.1:${workerd.port}/websocket?control=${control.port}`;
  return {
    async connect() {
      const [near, far] = await Promise.all([connectWebSocket(url, { WebSocket: PlainWebSocket }), control.next()]);
      const { closeWrite: _, ...transport } = far;
      return [transport, { ...near, write: yielding(near.write) }];
    },
    async stop() {
      control.close();
      await workerd.stop();
    },
  };
}

/** Nothing holds this writer back, so timers would never have their turn. */
function yielding(write: Transport["write"]): Transport["write"] {
  return async (bytes) => {
    await write(bytes);
    await new Promise(setImmediate);
  };
}

/** Compressed, what a test sends would be next to nothing. */
class PlainWebSocket extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols, { perMessageDeflate: false });
  }
}

async function listenForTransports() {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  const { accept, next } = rendezvous();
  server.on("connection", (socket) => accept(remote(socket)));
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    next,
    close(): void {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

function remote(socket: WebSocket): Transport {
  const waiting = new Map<number, { resolve(value: Uint8Array | undefined): void; reject(error: Error): void }>();
  let count = 0;
  socket.on("message", (data: Buffer) => {
    const number = data.readUInt32BE(0);
    const { resolve, reject } = waiting.get(number)!;
    waiting.delete(number);
    if (data[4] === 2) reject(errorOf(JSON.parse(data.subarray(5).toString())));
    else resolve(data[4] === 1 ? new Uint8Array(data.subarray(5)) : undefined);
  });
  socket.on("close", () => {
    for (const { reject } of waiting.values()) reject(new Error("workerd has left"));
  });

  function call(
    name: (typeof COMMANDS)[number],
    body: Uint8Array = new Uint8Array(0),
  ): Promise<Uint8Array | undefined> {
    const number = count++;
    const head = Buffer.alloc(5);
    head.writeUInt32BE(number);
    head[4] = COMMANDS.indexOf(name);
    socket.send(Buffer.concat([head, body]));
    return new Promise((resolve, reject) => waiting.set(number, { resolve, reject }));
  }

  return {
    read: () => call("read"),
    write: async (bytes) => void (await call("write", bytes)),
    closeWrite: async () => void (await call("closeWrite")),
    close: async () => void (await call("close")),
    abort: () => void call("abort").catch(() => {}),
  };
}

function errorOf({ name, message, code }: { name: string; message: string; code?: string }): Error {
  return name === "TypeError" ? new TypeError(message) : Object.assign(new Error(message), { name, code });
}
