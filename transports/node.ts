/**
 * Transports for Node: TCP and Unix sockets as client and as server, TLS from the first byte or later.
 *
 * TLS is version 1.2 or later and, for `x509`, checks the chain always and the name unless told otherwise.
 * Anonymous TLS is legacy, for old servers that offer nothing better: it keeps out who only listens, not who
 * stands in between. Deno and Bun run this file too, but have no anonymous TLS.
 *
 * @module
 */

import { connect, createServer, type NetConnectOpts, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { callOut, checkMilliseconds, checkServerTls } from "./callers.ts";
import { listen } from "./node_listen.ts";
import { transportOver } from "./node_socket.ts";
import { prepareTls } from "./node_tls.ts";
import {
  type Listener,
  startTlsFirst,
  type TcpListenOptions,
  type TcpOptions,
  type TlsConnectOptions,
  type UnixListenOptions,
  type UnixOptions,
} from "./sockets.ts";
import type { Transport } from "./transport.ts";

export { NODE_TLS_KINDS } from "./node_tls.ts";
export {
  listenWebSocket,
  serveFolder,
  type WebSocketInfo,
  type WebSocketListenOptions,
} from "./node_websocket.ts";
export type {
  Listener,
  TcpListenOptions,
  TcpOptions,
  TlsConnectOptions,
  UnixListenOptions,
  UnixOptions,
} from "./sockets.ts";
export type * from "./transport.ts";

/**
 * Connects over TCP.
 *
 * @throws {RangeError} `handshakeTimeout` is none
 * @throws {Error} the host's own, such as ECONNREFUSED, or the signal's reason
 */
export async function connectTcp({ host, port, signal, handshakeTimeout }: TcpOptions): Promise<Transport> {
  checkMilliseconds("handshakeTimeout", handshakeTimeout);
  return transportOver(await connected({ host, port }, signal), { host, handshakeTimeout });
}

/**
 * Connects to a Unix socket. For TLS over it name the server: there is no host to compare with.
 *
 * @throws {Error} the host's own, such as ENOENT, or the signal's reason
 */
export async function connectUnix({ path, signal }: UnixOptions): Promise<Transport> {
  return transportOver(await connected({ path }, signal));
}

/**
 * Connects over TCP and starts TLS before anything else.
 *
 * @throws {RfbError} `insecure`: the server's certificate, name or version is refused, or it did not answer in time
 * @throws {Error} the host's own, such as ECONNREFUSED, or the signal's reason
 */
export async function connectTls(options: TlsConnectOptions): Promise<Transport> {
  return startTlsFirst(await connectTcp(options), options);
}

/**
 * A transport over the host's own connected socket, which is the transport's from then on: nothing else
 * may read, write, pause or end it. Client TLS over it needs a `serverName`.
 */
export function fromSocket(socket: Socket | TLSSocket): Transport {
  return transportOver(socket);
}

/**
 * Listens for TCP connections.
 *
 * @throws {TypeError} TLS options that cannot work, such as a certificate without its key
 * @throws {RangeError} a version of TLS that there is not, or a `handshakeTimeout` that is none
 * @throws {Error} the host's own, such as EADDRINUSE
 */
export async function listenTcp(options: TcpListenOptions): Promise<Listener> {
  const { host = "127.0.0.1", port = 0, tls, handshakeTimeout, onTlsFailure, onConnection } = options;
  checkMilliseconds("handshakeTimeout", handshakeTimeout);
  if (tls !== undefined) {
    checkServerTls(tls, ["cert", "key", "clientCa", "minVersion", "maxVersion"]);
    prepareTls({ ...tls, role: "server", kind: "x509" }, undefined); // throws now, not later
  }
  async function accept(clear: Transport): Promise<void> {
    let transport = clear;
    try {
      if (tls !== undefined) transport = await clear.startTls!({ ...tls, role: "server", kind: "x509" });
    } catch (error) {
      clear.abort();
      callOut(() => onTlsFailure?.(error, clear.peer));
      return;
    }
    callOut(() => onConnection(transport), transport.abort);
  }
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    void accept(transportOver(socket, { handshakeTimeout }));
  });
  return listen(server, { host, port });
}

/**
 * Listens on a Unix socket.
 *
 * @throws {Error} the host's own, such as EADDRINUSE: also for a file that a dead server left behind
 */
export function listenUnix({ path, onConnection }: UnixListenOptions): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const transport = transportOver(socket);
    callOut(() => onConnection(transport), transport.abort);
  });
  return listen(server, { path });
}

function connected(to: NetConnectOpts, signal: AbortSignal | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const socket = connect({ ...to, allowHalfOpen: true });
    const abort = (): void => {
      socket.destroy();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort);
    // Of a name with several addresses it has one error each, and no words of its own.
    socket.on("error", (error) => reject(error instanceof AggregateError ? error.errors[0] : error));
    socket.once("close", () => signal?.removeEventListener("abort", abort));
    socket.once("connect", () => {
      signal?.removeEventListener("abort", abort);
      resolve(socket);
    });
  });
}
