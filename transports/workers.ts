/**
 * Transports for Cloudflare Workers, on Cloudflare's network or under workerd: TCP as a client, TLS later on, and the
 * server's end of WebSockets.
 *
 *     import { schemesNamed } from "rfb-codec/auth";
 *     import { createSecurityProxy } from "rfb-codec/proxy";
 *     import { acceptWebSocket, connectTcp } from "rfb-codec/workers";
 *
 *     const proxy = createSecurityProxy({
 *       dial: (signal) => connectTcp({ host: "vm.example", port: 5900, signal }),
 *       authentication: { schemes: schemesNamed(["x509none"]), credentials: () => ({}) },
 *       log: (entry) => console.log(entry),
 *     });
 *
 *     export default {
 *       async fetch(request, env, ctx) {
 *         const { response, transport } = acceptWebSocket(request);
 *         ctx.waitUntil(proxy.serve(transport));
 *         return response;
 *       },
 *     };
 *
 * TLS is the host's. Which authorities it trusts, which certificate it shows and the oldest version that it takes stand in
 * the network service's `tlsOptions`; the server's certificate is checked always, its name included. What it agreed on the
 * host does not tell, and of a refusal no more than that it refused.
 *
 * @module
 */

import { checkMilliseconds } from "./callers.ts";
import type { TcpOptions } from "./sockets.ts";
import type { Transport } from "./transport.ts";
import { transportOver, type WorkersSocket } from "./workers_socket.ts";

export type { TcpOptions } from "./sockets.ts";
export type * from "./transport.ts";
export type { WorkersSocket } from "./workers_socket.ts";
export { type AcceptedWebSocket, acceptWebSocket } from "./workers_websocket.ts";

/** What connects: a network service that is bound to the Worker, or what `cloudflare:sockets` exports. */
export interface WorkersNetwork {
  /** Opens a connection. */
  connect(
    address: { hostname: string; port: number },
    options: { secureTransport: "starttls"; allowHalfOpen: boolean },
  ): WorkersSocket;
}

/** Where to connect to, and by what network. */
export interface WorkersTcpOptions extends TcpOptions {
  /**
   * A binding to a network service, `env.NAME`, for one with a certificate to show or authorities of its own. The Worker's
   * own network when absent.
   */
  readonly network?: WorkersNetwork | undefined;
}

/**
 * Connects over TCP. To `abort` it lets what was written go out; a peer that takes nothing more, or never finishes its TLS
 * handshake, is let go of when the request is over.
 *
 * @throws {RangeError} `handshakeTimeout` is none
 * @throws {Error} the host's own, which does not say why, or the signal's reason
 */
export async function connectTcp(options: WorkersTcpOptions): Promise<Transport> {
  const { host, port, handshakeTimeout, signal } = options;
  checkMilliseconds("handshakeTimeout", handshakeTimeout);
  // Here, so that any runtime can load this module.
  const network: WorkersNetwork = options.network ?? (await import("cloudflare:sockets"));
  signal?.throwIfAborted();
  const hostname = host.includes(":") ? `[${host}]` : host;
  const socket = network.connect({ hostname, port }, { secureTransport: "starttls", allowHalfOpen: true });
  socket.closed.catch(() => {}); // so does `opened`
  const { remoteAddress } = await new Promise<Awaited<WorkersSocket["opened"]>>((resolve, reject) => {
    const abort = (): void => {
      reject(signal?.reason);
      socket.close().catch(() => {});
    };
    signal?.addEventListener("abort", abort);
    socket.opened.then(resolve, reject).finally(() => signal?.removeEventListener("abort", abort));
  });
  return transportOver(socket, { host, peer: remoteAddress, handshakeTimeout });
}
