/**
 * Connected pairs of each transport that runs on Node.
 *
 * @module
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import {
  connectTcp,
  connectTls,
  connectUnix,
  type Listener,
  listenTcp,
  listenUnix,
  listenWebSocket,
} from "../../transports/node.ts";
import type { Transport } from "../../transports/transport.ts";
import { connectWebSocket, type WebSocketLike } from "../../transports/websocket.ts";
import { type Certificate, makeCertificates } from "../peers/certificates.ts";
import type { Pairs } from "./suite.ts";

/** Pairs what a server accepts with what a client connected, one at a time. */
export function rendezvous(): { accept(transport: Transport): void; next(): Promise<Transport> } {
  const waiting: ((transport: Transport) => void)[] = [];
  const arrived: Transport[] = [];
  return {
    accept(transport) {
      const wake = waiting.shift();
      if (wake === undefined) arrived.push(transport);
      else wake(transport);
    },
    next() {
      const transport = arrived.shift();
      return transport === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(transport);
    },
  };
}

export async function tcpPairs(): Promise<Pairs> {
  const { accept, next } = rendezvous();
  const { port, close } = await listenTcp({ onConnection: accept });
  return { connect: () => Promise.all([connectTcp({ host: "127.0.0.1", port }), next()]), stop: close };
}

export async function unixPairs(): Promise<Pairs> {
  const { accept, next } = rendezvous();
  const folder = mkdtempSync(join(tmpdir(), "rfb-"));
  const path = join(folder, "socket");
  const { close } = await listenUnix({ path, onConnection: accept });
  return {
    connect: () => Promise.all([connectUnix({ path }), next()]),
    async stop() {
      await close();
      rmSync(folder, { recursive: true });
    },
  };
}

export async function tlsPairs(): Promise<Pairs> {
  const { accept, next } = rendezvous();
  const { ca, server } = await makeCertificates();
  const { port, close } = await listenTcp({ tls: server, onConnection: accept });
  return { connect: () => Promise.all([connectTls({ host: "127.0.0.1", port, tls: { ca } }), next()]), stop: close };
}

export async function upgradedPairs(pairs: Pairs): Promise<Pairs> {
  const { ca, server } = await makeCertificates();
  return {
    ...pairs,
    async connect() {
      const [a, b] = await pairs.connect();
      return Promise.all([
        a.startTls!({ role: "client", kind: "x509", ca, serverName: "localhost" }),
        b.startTls!({ role: "server", kind: "x509", ...server }),
      ]);
    },
  };
}

/** As browsers have it: no pause, no terminate, no callback. Stands in where the runtime has no WebSocket. */
export class StandardWebSocket implements WebSocketLike {
  readonly #socket: WebSocket;
  constructor(url: string, protocols: string[]) {
    this.#socket = new WebSocket(url, protocols);
  }
  get binaryType(): string {
    return this.#socket.binaryType;
  }
  set binaryType(type: "arraybuffer") {
    this.#socket.binaryType = type;
  }
  get readyState(): number {
    return this.#socket.readyState;
  }
  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }
  send(bytes: Uint8Array): void {
    this.#socket.send(bytes.slice());
  }
  close(code?: number): void {
    if (code !== undefined && code !== 1000 && (code < 3000 || code > 4999)) throw new Error("InvalidAccessError");
    this.#socket.close(code);
  }
  addEventListener(type: string, listener: (event: never) => void): void {
    this.#socket.addEventListener(type as "open", listener as () => void);
  }
}

/** What a host's server has in common with those of others. */
type ListenWebSocket = (options: {
  readonly onConnection: (transport: Transport) => void;
  readonly tls?: Certificate;
}) => Promise<Listener>;

export async function webSocketPairs(
  Client: new (url: string, protocols: string[]) => WebSocketLike,
  tls = false,
  listen: ListenWebSocket = listenWebSocket,
): Promise<Pairs> {
  const { accept, next } = rendezvous();
  const { ca, server } = await makeCertificates();
  class Trusting extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { ca });
    }
  }
  const listener = await listen({ onConnection: accept, ...(tls && { tls: server }) });
  const url = `${tls ? "wss" : "ws"}://127.0.0.1:${listener.port}/websockify`;
  return {
    connect: () => Promise.all([connectWebSocket(url, { WebSocket: tls ? Trusting : Client }), next()]),
    stop: listener.close,
  };
}

export async function turned(pairs: Pairs): Promise<Pairs> {
  return {
    ...pairs,
    async connect() {
      const [a, b] = await pairs.connect();
      return [b, a];
    },
  };
}
