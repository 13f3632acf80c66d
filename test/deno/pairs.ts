/**
 * Connected pairs of each transport that is Deno's own. Loaded under Deno only.
 *
 * @module
 */

import { join } from "node:path";
import { WebSocket } from "ws";
import {
  connectTcp,
  connectTls,
  connectUnix,
  listenTcp,
  listenUnix,
  listenWebSocket,
  type Transport,
} from "../../transports/deno.ts";
import { connectWebSocket } from "../../transports/websocket.ts";
import { makeCertificates } from "../peers/certificates.ts";
import { temporaryFolder } from "../peers/process.ts";
import { rendezvous } from "../transports/pairs.ts";
import type { Pairs } from "../transports/suite.ts";

export async function denoTcpPairs(): Promise<Pairs> {
  const { accept, next } = rendezvous();
  const { port, close } = await listenTcp({ onConnection: accept });
  return { connect: () => Promise.all([connectTcp({ host: "127.0.0.1", port }), next()]), stop: close };
}

export async function denoUnixPairs(): Promise<Pairs> {
  const { accept, next } = rendezvous();
  const path = join(temporaryFolder(), "socket");
  const { close } = await listenUnix({ path, onConnection: accept });
  return { connect: () => Promise.all([connectUnix({ path }), next()]), stop: close };
}

export async function denoTlsPairs(): Promise<Pairs> {
  const { accept, next } = rendezvous();
  const { ca, server } = await makeCertificates();
  const { port, close } = await listenTcp({ tls: server, onConnection: accept });
  return { connect: () => Promise.all([connectTls({ host: "127.0.0.1", port, tls: { ca } }), next()]), stop: close };
}

/** Over TLS the client is that of the ws package: Deno's own trusts no authority that a program hands to it. */
export async function denoWebSocketPairs(tls = false): Promise<Pairs> {
  const { accept, next } = rendezvous();
  const { ca, server } = await makeCertificates();
  class Trusting extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { ca });
    }
  }
  // As much as the suite sends before it looks.
  const maxQueuedBytes = Number.POSITIVE_INFINITY;
  const { port, close } = await listenWebSocket({ onConnection: accept, maxQueuedBytes, ...(tls && { tls: server }) });
  const url = `${tls ? "wss" : "ws"}://127.0.0.1:${port}/websockify`;
  const dial = (): Promise<Transport> => connectWebSocket(url, { maxQueuedBytes, ...(tls && { WebSocket: Trusting }) });
  return { connect: () => Promise.all([dial(), next()]), stop: close };
}
