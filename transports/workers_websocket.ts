/**
 * The server's end of a WebSocket in Cloudflare Workers as a transport.
 *
 * @module
 */

import { RfbError } from "../codec/errors.ts";
import { checkBound } from "./callers.ts";
import type { Transport } from "./transport.ts";
import { type FromWebSocketOptions, fromWebSocket, type WebSocketLike } from "./websocket.ts";

/** A WebSocket, and how to answer the request for it. */
export interface AcceptedWebSocket {
  /** What the Worker's handler has to return. */
  readonly response: Response;
  /** What the client sends and gets. */
  readonly transport: Transport;
}

/**
 * Accepts the WebSocket that a request asks for. Keep the Worker alive while the transport is used, with `ctx.waitUntil`.
 *
 * Workers cannot stop a client from sending: what it sends queues up to `maxQueuedBytes`. Writes wait while much is buffered.
 * They cannot break a connection off either: `abort` drops what was not read, and what was not sent yet may still go out.
 *
 * @throws {RangeError} `maxQueuedBytes` is no bound
 * @throws {TypeError} the request does not ask for a WebSocket, or the runtime cannot accept one
 */
export function acceptWebSocket(request: Request, options: FromWebSocketOptions = {}): AcceptedWebSocket {
  if (request.headers.get("Upgrade")?.toLowerCase() !== "websocket") {
    throw new TypeError("Cannot accept a WebSocket: the request does not ask for one");
  }
  checkBound("maxQueuedBytes", options.maxQueuedBytes); // while nothing is accepted yet
  const { WebSocketPair } = globalThis as { readonly WebSocketPair?: new () => { 0: object; 1: ServerWebSocket } };
  if (WebSocketPair === undefined) throw new TypeError("Cannot accept a WebSocket: this runtime has no WebSocketPair");
  const { 0: client, 1: server } = new WebSocketPair();
  if (server.bufferedAmount === undefined) {
    throw new TypeError("Cannot accept a WebSocket: this runtime does not tell how much it has buffered");
  }
  server.accept();
  const transport = fromWebSocket(asWs(server), options);
  const offered = request.headers.get("Sec-WebSocket-Protocol")?.split(",") ?? [];
  const headers = offered.some((protocol) => protocol.trim() === "binary")
    ? { "Sec-WebSocket-Protocol": "binary" }
    : {};
  return { response: new Response(null, { status: 101, headers, webSocket: client } as ResponseInit), transport };
}

/** What a `WebSocketPair` holds. */
interface ServerWebSocket extends Omit<WebSocketLike, "bufferedAmount"> {
  readonly bufferedAmount: number | undefined;
  accept(): void;
}

/** As one of the `ws` package's kind, which says when bytes have been sent: how often to ask is then ours to choose. */
function asWs(server: ServerWebSocket): WebSocketLike {
  const unsent: (() => void)[] = [];
  let gone = false;
  server.addEventListener("close", () => {
    gone = true;
  });

  function poll(milliseconds: number): void {
    if (server.bufferedAmount! > LOW_WATER && !gone) setTimeout(poll, milliseconds, Math.min(2 * milliseconds, 100));
    else for (const sent of unsent.splice(0)) sent();
  }

  return {
    get binaryType() {
      return server.binaryType;
    },
    set binaryType(type) {
      server.binaryType = type;
    },
    get readyState() {
      return server.readyState;
    },
    get bufferedAmount() {
      return server.bufferedAmount!;
    },
    send(bytes, sent) {
      server.send(bytes);
      if (sent !== undefined) unsent.push(sent);
      if (unsent.length === 1) poll(1);
    },
    close: (code, reason) => server.close(code, reason),
    terminate() {
      gone = true;
      server.close();
    },
    addEventListener(type: string, listener: (event: never) => void) {
      if (type !== "error") return server.addEventListener(type as "close", listener as () => void);
      server.addEventListener("error", (event) => {
        // One may follow the end, where our answer to it found nobody.
        if (!gone) listener({ error: failureOf((event as { error?: unknown }).error) } as never);
      });
    },
  };
}

/** Bytes have been sent once no more than so many are buffered. */
const LOW_WATER = 128 * 1024;

function failureOf(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.includes("protocol error")) return error;
  return new RfbError("malformed", "Cannot read a WebSocket frame", error.message, { cause: error });
}
