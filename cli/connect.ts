/**
 * Connections to VNC servers, by every way that the command knows.
 *
 * @module
 */

import { isIP } from "node:net";
import { checkServerIdentity, TLSSocket } from "node:tls";
import { type ClientOptions, WebSocket } from "ws";
import type { ClientTls } from "../endpoints/mod.ts";
import type { Target } from "../proxy/mod.ts";
import type { WebSocketTarget } from "../proxy/settings.ts";
import { connectTcp, connectUnix, NODE_TLS_KINDS } from "../transports/node.ts";
import { sessionOf } from "../transports/node_tls.ts";
import type { TlsSession, Transport } from "../transports/transport.ts";
import { connectWebSocket } from "../transports/websocket.ts";
import { Fault, reasonOf } from "./fault.ts";
import type { Reach } from "./security.ts";

/** What can be done once connected. */
export function reachOf(target: Target | WebSocketTarget): Reach {
  switch (target.type) {
    case "tcp":
      return { tlsKinds: NODE_TLS_KINDS, hasHost: true };
    case "unix":
      return { tlsKinds: NODE_TLS_KINDS, hasHost: false };
    case "ws":
    case "wss":
      return { tlsKinds: [], hasHost: true };
  }
}

/** As an operator writes it. Of a URL only the place: the rest may hold secrets. */
export function nameOfTarget(target: Target | WebSocketTarget): string {
  switch (target.type) {
    case "tcp":
      return `${target.host.includes(":") ? `[${target.host}]` : target.host}:${target.port}`;
    case "unix":
      return target.path;
    case "ws":
    case "wss":
      return `${target.type}://${new URL(target.url).host}`;
  }
}

/** How to connect. */
export interface ConnectOptions {
  /** Gives up connecting. */
  readonly signal: AbortSignal;
  /** How the TLS of a wss:// URL is checked. */
  readonly tls: ClientTls;
  /** How long TLS inside of RFB may take, in milliseconds; 10 000 when absent. */
  readonly handshakeTimeout?: number;
}

/** @throws {Fault} with what the host's error means; or the signal's reason */
export async function connectTarget(
  target: Target | WebSocketTarget,
  { signal, tls, handshakeTimeout }: ConnectOptions,
): Promise<Transport> {
  try {
    switch (target.type) {
      case "tcp":
        return await connectTcp({ host: target.host, port: target.port, signal, handshakeTimeout });
      case "unix":
        return await connectUnix({ path: target.path, signal });
      case "ws":
      case "wss":
        return await connectByWebSocket(target.url, tls, signal);
    }
  } catch (error) {
    signal.throwIfAborted();
    const reason = reasonOf((error as Error).cause ?? error);
    throw new Fault(1, `Cannot connect to ${nameOfTarget(target)}: ${reason}`, { cause: error });
  }
}

/** Checks a wss server as the other targets are checked, which the standard WebSocket has no way to be told. */
async function connectByWebSocket(url: string, tls: ClientTls, signal: AbortSignal): Promise<Transport> {
  const { ca, cert, key, serverName, verifyHostname = true, minVersion = "1.2" } = tls;
  let session: TlsSession | undefined;
  const options: ClientOptions = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    // An address may not be sent as a server name.
    ...(serverName !== undefined && isIP(serverName) === 0 && { servername: serverName }),
    minVersion: `TLSv${minVersion}`,
    rejectUnauthorized: true, // whatever NODE_TLS_REJECT_UNAUTHORIZED says
    maxPayload: 16 * 1024 * 1024, // gathered whole before it is read; servers send their updates in smaller messages
    // Its type is wrong in @types/ws, which has it answer a boolean: Node passes it on to TLS as it is.
    checkServerIdentity: ((host: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
      verifyHostname ? checkServerIdentity(serverName ?? host, certificate) : undefined) as never,
    perMessageDeflate: false,
  };
  class CheckedWebSocket extends WebSocket {
    constructor(address: string, protocols: string[]) {
      super(address, protocols, options);
      this.once("upgrade", ({ socket }) => {
        if (socket instanceof TLSSocket) session = sessionOf(socket);
      });
    }
  }
  const transport = await connectWebSocket(url, { WebSocket: CheckedWebSocket, signal });
  return session === undefined ? transport : { ...transport, tls: session };
}
