/**
 * A WebSocket server for Bun.
 *
 * @module
 */

import { RfbError } from "../codec/errors.ts";
import { callOut } from "./callers.ts";
import type { Listener } from "./sockets.ts";
import { fromWebSocket, type WebSocketLike } from "./websocket.ts";
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
  /** The longest message to take, in bytes; 1 MiB when absent, which is much more than viewers send at once. */
  readonly maxMessage?: number | undefined;
}

/**
 * Listens for WebSockets. An upgrade for another path gets 404, from a foreign site 403, a malformed one 400 or 426,
 * and a plain request on the path 426. On a WebSocket, pings are answered, a text message is
 * closed with 1003 and one too long with 1009. `close` also ends idle HTTP connections; open WebSockets live on.
 *
 * Nothing bounds how many may connect, or how long a request takes. Where strangers connect, the
 * `listenWebSocket` of `rfb-codec/node` has bounds, on Bun too.
 *
 * @throws {TypeError} TLS options that cannot work, or what Bun's own server cannot do
 * @throws {RangeError} a version of TLS that there is not, or a number that is no bound
 * @throws {Error} the host's own, such as EADDRINUSE
 */
export async function listenWebSocket(options: WebSocketListenOptions): Promise<Listener> {
  const { host = "127.0.0.1", port = 0, tls, maxMessage = 1024 * 1024, onConnection } = options;
  checkBounds(options, "Bun's", ["maxMessage"]);
  if (tls !== undefined) checkWebSocketTls(tls);

  function handle(request: Request, server: BunServer): Response | Promise<Response> | undefined {
    const { about, answer } = askedBy(request, options);
    if (about === undefined) return answer;
    const peer = addressOf(server.requestIP(request));
    const begin = (socket: WebSocketLike): void => {
      const transport = fromWebSocket(socket, { peer, tls: tls && {} });
      callOut(() => onConnection(transport, about), transport.abort);
    };
    const headers = about.protocol === "" ? {} : { "Sec-WebSocket-Protocol": about.protocol };
    return server.upgrade(request, { headers, data: { begin } }) ? undefined : emptyAnswer(400);
  }

  const server = serverOf({
    hostname: host,
    port,
    ...(tls && { tls: { cert: tls.cert, key: tls.key, minVersion: tls.minVersion === "1.3" ? 0x0304 : 0x0303 } }),
    development: false,
    error: failedAnswer,
    fetch: handle,
    websocket: {
      idleTimeout: 0, // a viewer may be silent for as long as it likes
      sendPings: false,
      perMessageDeflate: false, // pixels come compressed, and a window for each connection is memory
      maxPayloadLength: maxMessage,
      backpressureLimit: 0, // beyond one Bun drops what is sent; writes wait long before
      open(socket) {
        socket.binaryType = "arraybuffer";
        const { like, news } = adapt(socket);
        socket.data.news = news;
        socket.data.begin(like);
      },
      message: ({ data }, message) => data.news?.received(message),
      drain: ({ data }) => data.news?.drained(),
      close: ({ data }, code, reason) => data.news?.ended(code, reason),
    },
  });
  return {
    address: server.address.address,
    port: server.port,
    async close() {
      // Its promise waits for the last connection to end; the listening socket is closed at once.
      void server.stop();
      server.closeIdleConnections?.();
    },
  };
}

/** What happens to a WebSocket. */
interface News {
  received(message: unknown): void;
  drained(): void;
  ended(code: number, reason: string): void;
}

/** A WebSocket of Bun's server with the manners of the `ws` package, and whom to tell what happens to it. */
function adapt(socket: BunSocket): { readonly like: WebSocketLike; readonly news: News } {
  const listeners: Record<string, ((event: never) => void)[]> = {};
  const unsent: ((error?: Error) => void)[] = [];
  const tell = (type: string, event: object): void => {
    for (const listener of listeners[type] ?? []) listener(event as never);
  };
  const settle = (error?: Error): void => {
    for (const sent of unsent.splice(0)) sent(error);
  };
  const like: WebSocketLike = {
    binaryType: "arraybuffer",
    get readyState() {
      return socket.readyState;
    },
    get bufferedAmount() {
      return socket.getBufferedAmount();
    },
    send(bytes, sent = () => {}) {
      const taken = socket.send(bytes);
      if (taken < 0) unsent.push(sent);
      else sent(taken === 0 ? gone() : undefined);
    },
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
    addEventListener(type: string, listener: (event: never) => void) {
      listeners[type] = [...(listeners[type] ?? []), listener];
    },
  };
  if (socket.pause !== undefined) {
    like.pause = () => socket.pause?.();
    like.resume = () => socket.resume?.();
  }
  return {
    like,
    news: {
      received: (data) => tell("message", { data }),
      drained() {
        if (socket.getBufferedAmount() <= LOW_WATER) settle();
      },
      ended(code, reason) {
        // What Bun has against a frame; a connection that broke off has no reason.
        if (code === ABNORMAL && reason !== "") {
          tell("error", { error: new RfbError("malformed", "Cannot read a WebSocket frame", reason) });
        }
        settle(gone());
        tell("close", {});
      },
    },
  };
}

/** Bytes have been sent once no more than so many are buffered. */
const LOW_WATER = 128 * 1024;

/** There was no close frame. */
const ABNORMAL = 1006;

function gone(): Error {
  return new Error("The WebSocket is closed");
}

function addressOf(place: ReturnType<BunServer["requestIP"]>): string | undefined {
  if (place === null) return undefined;
  const { address, port } = place;
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

function serverOf(options: BunServeOptions): BunServer {
  const { Bun } = globalThis as { readonly Bun?: { serve(options: BunServeOptions): BunServer } };
  if (Bun === undefined) throw new TypeError("Cannot listen: this runtime is not Bun");
  try {
    return Bun.serve(options);
  } catch (cause) {
    if (!String((cause as { code?: unknown }).code).startsWith("ERR_OSSL_")) throw cause;
    throw new TypeError("Cannot start TLS: the cert or key cannot be used", { cause });
  }
}

/** What we use of Bun's own types. */
interface BunServer {
  readonly port: number;
  readonly address: { readonly address: string };
  requestIP(request: Request): { readonly address: string; readonly port: number } | null;
  upgrade(request: Request, options: { readonly headers: Record<string, string>; readonly data: Held }): boolean;
  stop(): Promise<void>;
  closeIdleConnections?(): void;
}

interface BunServeOptions {
  readonly hostname: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string; readonly minVersion: number };
  readonly development: boolean;
  error(error: unknown): Response;
  fetch(request: Request, server: BunServer): Response | Promise<Response> | undefined;
  readonly websocket: {
    readonly idleTimeout: number;
    readonly sendPings: boolean;
    readonly perMessageDeflate: boolean;
    readonly maxPayloadLength: number;
    readonly backpressureLimit: number;
    open(socket: BunSocket): void;
    message(socket: BunSocket, message: unknown): void;
    drain(socket: BunSocket): void;
    close(socket: BunSocket, code: number, reason: string): void;
  };
}

interface BunSocket {
  readonly data: Held;
  binaryType: string;
  readonly readyState: number;
  /** The bytes that were sent, -1 where they are held for later, 0 where they were dropped. */
  send(bytes: Uint8Array): number;
  getBufferedAmount(): number;
  close(code?: number, reason?: string): void;
  terminate(): void;
  pause?(): void;
  resume?(): void;
}

/** What goes with a WebSocket: how to begin, and from then on whom to tell. */
interface Held {
  readonly begin: (socket: WebSocketLike) => void;
  news?: News;
}
