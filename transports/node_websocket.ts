/**
 * A WebSocket server for Node, which can serve the viewer's files as well.
 *
 * @module
 */

import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { TLSSocket } from "node:tls";
import sirv from "sirv";
import { WebSocketServer } from "ws";
import { callOut } from "./callers.ts";
import { listen } from "./node_listen.ts";
import { addressOf } from "./node_socket.ts";
import { prepareTls, sessionOf } from "./node_tls.ts";
import type { Listener } from "./sockets.ts";
import type { TlsVersion, Transport } from "./transport.ts";
import { fromWebSocket } from "./websocket.ts";
import { checkBounds, checkWebSocketTls } from "./websocket_request.ts";

/** When a connection came or had its last answer, and what ends it unless it asks for something in time. */
interface Arrival {
  readonly at: number;
  /** A request has come, or none will. */
  heard(): void;
  /** A request is to come from now on. */
  waits(): void;
}

function arrivalOf(socket: Socket, milliseconds: number): Arrival {
  let at = performance.now();
  const end = (): void => void socket.destroy();
  let timer = setTimeout(end, milliseconds);
  return {
    get at() {
      return at;
    },
    heard: () => clearTimeout(timer),
    waits() {
      if (socket.destroyed) return;
      at = performance.now();
      timer = setTimeout(end, milliseconds);
    },
  };
}

/** Milliseconds beyond the deadline in which Node's own ends a connection with a word. */
const FAREWELL = 1000;

/** The request that a WebSocket began with. */
export interface WebSocketInfo {
  /** Path and query, as the client sent them. */
  readonly url: string;
  /** The site whose page opened the WebSocket; absent unless a browser did. */
  readonly origin?: string;
  /**
   * When the TCP connection came, or was done with the request before, as `performance.now()` tells time: TLS and HTTP
   * have taken their share since.
   */
  readonly arrived: number;
  /** `binary`, or empty where the client did not offer it. */
  readonly protocol: string;
  /** Of the request, by names in lower case. */
  readonly headers: IncomingHttpHeaders;
}

/** Where to listen, and for whom. */
export interface WebSocketListenOptions {
  /** An address of this machine. Loopback when absent. */
  readonly host?: string | undefined;
  /** 0, or absent: one that is free. */
  readonly port?: number | undefined;
  /** The only path that becomes a WebSocket; `/websockify` when absent, as noVNC asks for. */
  readonly path?: string | undefined;
  /** Serve https and wss, with this certificate and key, PEM, from this version of TLS (1.2 when absent) on. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly minVersion?: TlsVersion } | undefined;
  /**
   * The sites whose pages may connect, as browsers write them: `https://viewer.example`, compared to the
   * letter. Without it the page of any site that a user visits may connect, from that user's network. A
   * request without Origin comes from no browser and is let in: programs can claim what they like.
   */
  readonly origins?: readonly string[] | undefined;
  /**
   * Answers all other requests, such as {@link serveFolder} does; 404 when absent. If it throws, the request has 500 for its
   * answer, or the end where one had begun; and the error is nobody's to catch.
   */
  readonly serve?: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /** How many connections may stand, WebSockets and others; more are dropped unanswered. No bound when absent. */
  readonly maxConnections?: number | undefined;
  /**
   * How long TLS and a request may take together, and an HTTP connection may stay idle, in milliseconds, give or take a
   * second; 10 000 when absent. A WebSocket that is open may stay silent for ever.
   */
  readonly headTimeout?: number | undefined;
  /**
   * The longest message to take, in bytes; 1 MiB when absent. noVNC sends 10 KiB at a time, and the longest
   * that other viewers send at once is a clipboard, for which servers have the same bound. A message is
   * gathered whole, so this is the memory that one can take; what a peer declares reserves nothing.
   */
  readonly maxMessage?: number | undefined;
  /**
   * The connection is the callee's to close. If the callee throws, the connection is aborted, the listener goes on, and the
   * error is nobody's to catch, as if a timer's callback had thrown it: unless the program handles those, it ends.
   */
  readonly onConnection: (transport: Transport, info: WebSocketInfo) => void;
}

/**
 * Listens for WebSockets. An upgrade for another path gets 404, from a foreign site 403, a malformed one 400,
 * and a plain request on the path 426. On a WebSocket, pings are answered, a text message is
 * closed with 1003 and one too long with 1009. `close` also ends idle HTTP connections; open WebSockets live on.
 *
 * @throws {TypeError} TLS options that cannot work, or a bound that Node's server does not have
 * @throws {RangeError} a version of TLS that there is not, or a number that is no bound
 * @throws {Error} the host's own, such as EADDRINUSE
 */
export async function listenWebSocket(options: WebSocketListenOptions): Promise<Listener> {
  const { host = "127.0.0.1", port = 0, path = "/websockify", headTimeout = 10_000, origins, onConnection } = options;
  const { serve = (_, response) => answer(response, 404) } = options;
  checkBounds(options, "Node's", ["maxConnections", "headTimeout", "maxMessage"]);
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false, // pixels come compressed, and a window for each connection is memory
    maxPayload: options.maxMessage ?? 1024 * 1024,
    autoPong: true,
    handleProtocols: (offered) => (offered.has("binary") ? "binary" : false),
  });
  const server = createServer(options, headTimeout);
  // Silence, which Node's own deadlines do not see once the head is in, or after close().
  server.timeout = headTimeout;
  if (options.maxConnections !== undefined) server.maxConnections = options.maxConnections;

  // By address: over TLS a request's socket is not the one that came.
  const arrivals = new Map<string | undefined, Arrival>();
  server.on("connection", (socket) => {
    const from = addressOf(socket);
    const arrival = arrivalOf(socket, headTimeout + FAREWELL);
    arrivals.set(from, arrival);
    socket.once("close", () => {
      arrival.heard();
      arrivals.delete(from);
    });
  });

  server.on("request", (request, response) => {
    // The answer may take its time, and what comes next on the connection has its own.
    const arrival = arrivals.get(addressOf(request.socket));
    arrival?.heard();
    response.once("finish", () => arrival?.waits());
    if (pathOf(request) === path) answer(response, 426, { Upgrade: "websocket", Connection: "Upgrade" });
    else
      callOut(
        () => serve(request, response),
        () => fail(response),
      );
  });

  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const { origin } = request.headers;
    const refusal = pathOf(request) !== path ? 404 : isForeign(origin, origins) ? 403 : undefined;
    if (refusal !== undefined) {
      const line = `HTTP/1.1 ${refusal} ${STATUS_CODES[refusal]}`;
      socket.end(`${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const peer = addressOf(request.socket);
      const arrival = arrivals.get(peer);
      arrival?.heard();
      // Bun does not show what was agreed on.
      const tls = request.socket instanceof TLSSocket ? sessionOf(request.socket) : options.tls && {};
      const transport = fromWebSocket(webSocket, { peer, tls });
      const about = {
        url: request.url ?? "",
        arrived: arrival?.at ?? performance.now(),
        ...(origin !== undefined && { origin }),
        protocol: webSocket.protocol,
        headers: request.headers,
      };
      callOut(() => onConnection(transport, about), transport.abort);
    });
  });

  return listen(server, { host, port }, () => {
    server.closeIdleConnections();
    // Requests under way may end, but Node no longer watches their deadlines.
    setTimeout(() => server.closeAllConnections(), headTimeout).unref();
  });
}

/**
 * Serves a folder's files, for `serve`: GET and HEAD only, nothing whose name begins with a dot,
 * save `.well-known`.
 * The folder is listed once, now; files that are added later are not found.
 *
 * @throws {Error} the host's own, such as ENOENT
 */
export function serveFolder(folder: string): (request: IncomingMessage, response: ServerResponse) => void {
  const serve = sirv(folder, { etag: true, dotfiles: false });
  return (request, response) => {
    response.setHeader("X-Content-Type-Options", "nosniff");
    if (request.method !== "GET" && request.method !== "HEAD") return answer(response, 405, { Allow: "GET, HEAD" });
    // sirv throws where a range ends before it begins. Nothing here is long enough to need ranges.
    delete request.headers.range;
    // sirv listens neither for a file that has gone since nor for a client that has.
    response.once("pipe", (file: Readable) => {
      file.once("error", () => response.destroy());
      response.once("close", () => file.destroy());
    });
    serve(request, response, () => answer(response, 404));
  };
}

function createServer({ tls }: WebSocketListenOptions, headTimeout: number): Server {
  const deadlines = {
    headersTimeout: headTimeout,
    requestTimeout: headTimeout,
    keepAliveTimeout: Math.min(headTimeout, 5000),
    connectionsCheckingInterval: Math.min(headTimeout, 1000),
    maxHeaderSize: 16 * 1024,
  };
  if (tls === undefined) return createHttpServer(deadlines);
  checkWebSocketTls(tls);
  const { cert, key, minVersion = "1.2" } = tls;
  prepareTls({ role: "server", kind: "x509", cert, key }, undefined); // which looks at them on Deno, too
  return createHttpsServer({ ...deadlines, handshakeTimeout: headTimeout, cert, key, minVersion: `TLSv${minVersion}` });
}

function pathOf({ url = "" }: IncomingMessage): string {
  return url.split("?", 1)[0]!;
}

function isForeign(origin: string | undefined, origins: readonly string[] | undefined): boolean {
  return origins !== undefined && origin !== undefined && !origins.includes(origin);
}

function fail(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else answer(response, 500);
}

function answer(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "Content-Length": "0", ...headers }).end();
}
