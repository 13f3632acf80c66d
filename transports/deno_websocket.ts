/**
 * A WebSocket server for Deno.
 *
 * @module
 */

import { callOut } from "./callers.ts";
import { addressOf } from "./deno_conn.ts";
import { serverSettings, withKeyPair } from "./deno_tls.ts";
import type { Listener } from "./sockets.ts";
import { fromWebSocket } from "./websocket.ts";
import {
  askedBy,
  checkBounds,
  checkWebSocketTls,
  emptyAnswer,
  failedAnswer,
  type WebSocketServerOptions,
} from "./websocket_request.ts";

/** Where to listen, and for whom. */
export interface WebSocketListenOptions extends WebSocketServerOptions {
  /** How much of what a client sends may lie unread, in bytes: the connection fails beyond it. 16 MiB when absent. */
  readonly maxQueuedBytes?: number | undefined;
}

/**
 * Listens for WebSockets. An upgrade for another path gets 404, from a foreign site 403, a malformed one 400,
 * and a plain request on the path 426. On a WebSocket, pings are answered, and a text message closes it.
 *
 * Once closed, requests get 503, and open WebSockets live on: the port is free when the last of them has ended.
 *
 * Nothing bounds how many may connect or how long a request takes, and a message is gathered whole, up to 64 MiB. Where
 * strangers connect, the `listenWebSocket` of `rfb-codec/node` has bounds, on Deno too.
 *
 * @throws {TypeError} TLS options that cannot work, or what Deno's own server cannot do
 * @throws {RangeError} a version of TLS that there is not, or a number that is no bound
 * @throws {Error} the host's own, such as EADDRINUSE
 */
export async function listenWebSocket(options: WebSocketListenOptions): Promise<Listener> {
  const { host = "127.0.0.1", port = 0, tls, maxQueuedBytes, onConnection } = options;
  checkBounds(options, "Deno's", ["maxQueuedBytes"]);
  if (tls !== undefined) checkWebSocketTls(tls);
  const standing = new Set<WebSocket>();
  let isClosed = false;

  function handle(request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>): Response | Promise<Response> {
    if (isClosed) return emptyAnswer(503, { Connection: "close" });
    // All of it now: the upgrade uses the request up.
    const { about, answer } = askedBy(request, options);
    if (about === undefined) return answer;
    const peer = addressOf(info);
    const upgraded = upgrade(request, about.protocol);
    if (upgraded === undefined) return emptyAnswer(400);
    const { socket, response } = upgraded;
    socket.addEventListener("open", () => {
      standing.add(socket); // only now: of a client that has gone before, nothing more is heard
      const transport = fromWebSocket(socket, { peer, tls: tls && {}, maxQueuedBytes });
      callOut(() => onConnection(transport, about), transport.abort);
    });
    socket.addEventListener("close", () => {
      standing.delete(socket);
      if (isClosed && standing.size === 0) void end(server);
    });
    return response;
  }

  const at = { hostname: host, port, onListen: () => {}, handler: handle, onError: failedAnswer };
  const server = tls === undefined ? Deno.serve(at) : withKeyPair(() => Deno.serve({ ...at, ...serverSettings(tls) }));
  return {
    address: server.addr.hostname,
    port: server.addr.port,
    async close() {
      isClosed = true;
      // It would end the WebSockets as well.
      if (standing.size === 0) await end(server);
    },
  };
}

/** The WebSocket that a request asks for, unless it asks in the wrong way. */
function upgrade(request: Request, protocol: string): Deno.WebSocketUpgrade | undefined {
  try {
    // A peer that is held back answers no pings, and may be silent for as long as it likes.
    return Deno.upgradeWebSocket(request, { idleTimeout: 0, ...(protocol !== "" && { protocol }) });
  } catch {
    return undefined;
  }
}

/** Accepts no more, and waits for answers that are under way. */
async function end(server: Deno.HttpServer): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  // For a client that went while it was being upgraded, Deno would wait for ever.
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, GRACE);
  });
  await Promise.race([server.shutdown(), late]);
  clearTimeout(timer);
}

/** How long answers that are under way may take once the listener is closed, in milliseconds. */
const GRACE = 2000;
