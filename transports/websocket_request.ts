/**
 * Requests for a WebSocket, on hosts whose servers hand over a `Request`.
 *
 * @module
 */

import { checkBound, checkMilliseconds, checkServerTls, surface } from "./callers.ts";
import type { TlsVersion, Transport } from "./transport.ts";

/** The request that a WebSocket began with. */
export interface WebSocketInfo {
  /** Path and query, as the client sent them. */
  readonly url: string;
  /** The site whose page opened the WebSocket; absent unless a browser did. */
  readonly origin?: string;
  /** When the request was here, as `performance.now()` tells time: of what came before the host does not tell. */
  readonly arrived: number;
  /** `binary`, or empty where the client did not offer it. */
  readonly protocol: string;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Where to listen, and for whom. */
export interface WebSocketServerOptions {
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
  /** Answers all other requests; 404 when absent. If it fails, the answer is 500, and the error is nobody's to catch. */
  readonly serve?: ((request: Request) => Response | Promise<Response>) | undefined;
  /**
   * The connection is the callee's to close. If the callee throws, the connection is aborted, the listener goes on, and the
   * error is nobody's to catch, as if a timer's callback had thrown it: unless the program handles those, it ends.
   */
  readonly onConnection: (transport: Transport, info: WebSocketInfo) => void;
}

/** What a request asks for: a WebSocket, or something that has its answer now. */
export type Asked =
  | { readonly about: WebSocketInfo; readonly answer?: never }
  | { readonly about?: never; readonly answer: Response | Promise<Response> };

/** Judges a request. The upgrade is still the host's to make, and to refuse. */
export function askedBy(request: Request, options: WebSocketServerOptions): Asked {
  const { path = "/websockify", origins, serve } = options;
  const arrived = performance.now();
  const headers = Object.fromEntries(request.headers);
  const { origin } = headers;
  const url = request.url.replace(/^\w+:\/\/[^/]*/, "");
  const isOurs = url.split("?", 1)[0] === path;
  if (!/\bwebsocket\b/i.test(headers.upgrade ?? "")) {
    if (isOurs) return { answer: emptyAnswer(426, { Upgrade: "websocket", Connection: "Upgrade" }) };
    return { answer: serve?.(request) ?? emptyAnswer(404) };
  }
  if (!isOurs) return { answer: emptyAnswer(404) };
  if (origin !== undefined && origins?.includes(origin) === false) return { answer: emptyAnswer(403) };
  const offered = headers["sec-websocket-protocol"]?.split(",").map((name) => name.trim());
  const protocol = offered?.includes("binary") ? "binary" : "";
  return { about: { url, arrived, ...(origin !== undefined && { origin }), protocol, headers } };
}

/** For a request whose answer fails. A host's own page for that would tell of the program, and of where it lies. */
export function failedAnswer(error: unknown): Response {
  surface(error);
  return emptyAnswer(500);
}

/**
 * Looks at the numbers that a server is handed, and refuses those that it would ignore.
 *
 * @param whose such as `Bun's`
 * @param own those that it has
 * @throws {TypeError} another
 * @throws {RangeError} it is no bound
 */
export function checkBounds(options: object, whose: string, own: readonly Bound[]): void {
  const given: { readonly [Name in Bound]?: number } = options;
  for (const [bound, instead] of Object.entries(BOUNDS) as [Bound, string][]) {
    if (given[bound] === undefined || own.includes(bound)) continue;
    throw new TypeError(`Cannot listen: ${whose} own server has no ${bound}; ${instead}`);
  }
  checkBound("maxConnections", given.maxConnections);
  checkMilliseconds("headTimeout", given.headTimeout);
  checkBound("maxMessage", given.maxMessage, 1, 2 ** 31 - 1); // hosts take 0, or more than that, for no bound
  checkBound("maxQueuedBytes", given.maxQueuedBytes);
}

type Bound = "maxConnections" | "headTimeout" | "maxMessage" | "maxQueuedBytes";

const NODES = "that of rfb-codec/node has, on Deno and Bun too";

/** Where there is one instead. */
const BOUNDS: Readonly<Record<Bound, string>> = {
  maxConnections: NODES,
  headTimeout: NODES,
  maxMessage: NODES,
  maxQueuedBytes: "a client that sends more than is read has to wait",
};

/**
 * Looks at what a server is told of TLS.
 *
 * @throws {TypeError} no certificate, no key, or a field that it would ignore
 * @throws {RangeError} a version that there is not
 */
export function checkWebSocketTls(tls: object): void {
  checkServerTls(tls, ["cert", "key", "minVersion"]);
}

export function emptyAnswer(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers });
}
