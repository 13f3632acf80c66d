/**
 * A WebSocket as a transport: the standard one of browsers, Deno, Bun and Node 22, a `WebSocketStream`, or the `ws`
 * package's. And WebRTC's data channels, which are much like them.
 *
 * ```ts
 * import { listenWebSocket } from "rfb-codec/node";
 * import { connectWebSocket } from "rfb-codec/websocket";
 * import { WebSocket } from "ws"; // only where the runtime has none, such as Node 20
 *
 * const listener = await listenWebSocket({ onConnection: (server) => void server.write(Uint8Array.of(1, 2, 3)) });
 * const transport = await connectWebSocket(`ws://127.0.0.1:${listener.port}/websockify`, { WebSocket });
 * console.log(await transport.read()); // 1, 2, 3
 * await transport.close();
 * await listener.close();
 * ```
 *
 * @module
 */

import { RfbError } from "../codec/errors.ts";
import { checkBound } from "./callers.ts";
import type { TlsSession, Transport } from "./transport.ts";
import { asWebSocket, type DataChannelLike } from "./websocket_channel.ts";

export type * from "./transport.ts";
export type { DataChannelLike } from "./websocket_channel.ts";
export {
  connectWebSocketStream,
  type FromWebSocketStreamOptions,
  fromWebSocketStream,
  type WebSocketStreamConnectOptions,
  type WebSocketStreamLike,
} from "./websocket_stream.ts";

/** A `Uint8Array` whose buffer nobody shares. TypeScript before 5.7 has no other word for it that later ones know too. */
export type UnsharedBytes = ReturnType<Uint8ArrayConstructor["of"]>;

/** What we ask of a WebSocket. The standard one has it, and so has that of the `ws` package. */
export interface WebSocketLike {
  /** `arraybuffer` once a transport has it. */
  binaryType: string;
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** Bytes that wait to be sent. */
  readonly bufferedAmount: number;
  /** The `ws` package calls `sent` once the bytes are with the operating system; others ignore it. */
  send(bytes: UnsharedBytes, sent?: (error?: Error) => void): void;
  /** Sends what waits, then ends the connection. */
  close(code?: number, reason?: string): void;
  /** Calls for each message. */
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  /** Calls for what happens to the connection. */
  addEventListener(type: "open" | "close" | "error", listener: (event: object) => void): void;
  /** Stops receiving. With the `ws` package only. */
  pause?(): void;
  /** Receives again. With the `ws` package only. */
  resume?(): void;
  /** Drops the connection. With the `ws` package only. */
  terminate?(): void;
}

/** How to adapt a WebSocket. */
export interface FromWebSocketOptions {
  /**
   * How much may lie unread where receiving cannot be paused: the connection fails beyond it. 16 MiB when
   * absent: a standard WebSocket takes all that its peer sends, so this alone bounds the memory that a
   * reader who falls behind costs. It holds four full HD screens at two bytes a pixel uncompressed,
   * far more than is under way when the reader asks for one update at a time.
   */
  readonly maxQueuedBytes?: number | undefined;
  /** What the transport tells as its other end. */
  readonly peer?: string | undefined;
  /** What the transport tells of TLS under the WebSocket. */
  readonly tls?: TlsSession | undefined;
}

/** How to connect. */
export interface WebSocketConnectOptions extends FromWebSocketOptions {
  /** Subprotocols to offer: `["binary"]` when absent, as noVNC once did and websockify answers. Empty offers none. */
  readonly protocols?: readonly string[] | undefined;
  /**
   * The class to use; the runtime's own when absent. To send headers or trust an authority with the `ws`
   * package's, hand in a subclass whose constructor passes them on.
   */
  readonly WebSocket?: (new (url: string, protocols: string[]) => WebSocketLike) | undefined;
  /** Gives up connecting; a connection that stands is not touched. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects to a `ws:` or `wss:` URL.
 *
 * @throws {TypeError} the runtime has no WebSocket
 * @throws {RangeError} `maxQueuedBytes` is no bound
 * @throws {Error} the connection failed (why, a standard WebSocket does not tell), or the signal's reason
 */
export async function connectWebSocket(url: string | URL, options: WebSocketConnectOptions = {}): Promise<Transport> {
  const { protocols = ["binary"], WebSocket = globalThis.WebSocket, signal } = options;
  if (WebSocket === undefined) {
    throw new TypeError("Cannot connect: this runtime has no WebSocket; pass that of the ws package as WebSocket");
  }
  checkBound("maxQueuedBytes", options.maxQueuedBytes); // once it is open, nobody would be told
  if (signal?.aborted) throw signal.reason;
  const { host } = new URL(url); // the rest may hold secrets
  const socket: WebSocketLike = new WebSocket(String(url), [...protocols]);
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal?.reason);
      drop(socket);
    };
    const done = (): void => signal?.removeEventListener("abort", abort);
    signal?.addEventListener("abort", abort);
    const fail = (event: object): void => {
      done();
      const cause = (event as { error?: unknown }).error;
      const why = cause instanceof Error ? `: ${cause.message}` : "";
      reject(new Error(`Cannot connect a WebSocket to ${host}${why}`, { cause }));
    };
    socket.addEventListener("error", fail);
    socket.addEventListener("close", fail);
    socket.addEventListener("open", () => {
      done();
      // At once: a message that nobody listens to is lost.
      if (!signal?.aborted) resolve(fromWebSocket(socket, { ...options, peer: options.peer ?? host }));
    });
  });
}

/** How to adapt a data channel. */
export interface FromDataChannelOptions extends FromWebSocketOptions {
  /**
   * The longest message that the other end takes, in bytes: 64 KiB when absent, what it takes where it says nothing. The
   * channel's connection knows: `connection.sctp.maxMessageSize`. Infinity where it takes any.
   */
  readonly maxMessageSize?: number | undefined;
}

/**
 * A transport over an open `RTCDataChannel`, which is the transport's from then on. Writes are cut into messages that the
 * other end takes, and wait while much is buffered. Adapt the channel in the turn in which it opened. It cannot stop its
 * peer from sending either: received bytes queue up to `maxQueuedBytes`.
 *
 * @throws {TypeError} the channel is not open, or may lose messages or change their order
 * @throws {RangeError} `maxMessageSize` is neither a positive integer nor Infinity, or `maxQueuedBytes` is no bound
 */
export function fromDataChannel(channel: DataChannelLike, options: FromDataChannelOptions = {}): Transport {
  const { maxMessageSize = 64 * 1024 } = options;
  if (maxMessageSize !== Number.POSITIVE_INFINITY && !Number.isSafeInteger(maxMessageSize)) {
    throw new RangeError(`Cannot set maxMessageSize to ${maxMessageSize}`);
  }
  checkBound("maxMessageSize", maxMessageSize, 1);
  if (!channel.ordered || channel.maxPacketLifeTime !== null || channel.maxRetransmits !== null) {
    throw new TypeError("Cannot use a data channel that may lose messages or change their order");
  }
  return fromWebSocket(asWebSocket(channel, maxMessageSize), options);
}

/**
 * A transport over an open WebSocket, which is the transport's from then on. Each write is one binary
 * message, and where messages end means nothing to the reader. Adapt the socket in the turn in which it
 * opened: messages that came before are lost.
 *
 * Only the `ws` package's can stop its peer from sending. With a standard one received bytes queue up to
 * `maxQueuedBytes`, and writes wait by asking again and again how much is buffered.
 *
 * The reader gets an `RfbError` (`unexpected`) for a text message, (`limit`) for too much unread and
 * (`malformed`) for frames that the `ws` package refused.
 *
 * @throws {TypeError} the WebSocket is not open
 * @throws {RangeError} `maxQueuedBytes` is no bound
 */
export function fromWebSocket(socket: WebSocketLike, options: FromWebSocketOptions = {}): Transport {
  const { maxQueuedBytes = 16 * 1024 * 1024, peer, tls } = options;
  checkBound("maxQueuedBytes", maxQueuedBytes);
  if (socket.readyState !== OPEN) throw new TypeError("Cannot use a WebSocket that is not open");
  const pausable = socket.pause !== undefined && socket.resume !== undefined;
  // Bun's own can be paused and dropped too, but says nothing when bytes have been sent.
  const isWs = socket.terminate !== undefined && !isHosts(socket);
  const queue: Uint8Array[] = [];
  let queued = 0;
  let paused = false;
  let closed = false; // by our caller
  let gone = false;
  let failure: Error | undefined;
  let ending: Promise<void> | undefined;
  let wakeReader: (() => void) | undefined;
  const waiting = new Set<() => void>();

  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => {
    if (!closed && failure === undefined) receive(data);
  });
  socket.addEventListener("error", (event) => {
    failure ??= failureOf((event as { error?: unknown }).error);
    wakeAll();
  });
  socket.addEventListener("close", () => {
    gone = true;
    wakeAll();
  });

  function receive(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) {
      fail(1003, new RfbError("unexpected", "Cannot read from a WebSocket", "a text message where all are binary"));
      return;
    }
    if (data.byteLength === 0) return;
    queue.push(new Uint8Array(data));
    queued += data.byteLength + MESSAGE_COST;
    if (pausable) {
      if (queued > PAUSE_ABOVE && !paused) {
        paused = true;
        socket.pause?.();
      }
    } else if (queued > maxQueuedBytes) {
      const reason = `limit maxQueuedBytes is ${maxQueuedBytes}, got ${queued}`;
      fail(1008, new RfbError("limit", "Cannot read from a WebSocket", reason));
      return;
    }
    wakeReader?.();
  }

  function fail(code: number, error: Error): void {
    failure = error;
    void end(code);
    wakeAll();
  }

  function wakeAll(): void {
    wakeReader?.();
    for (const wake of waiting) wake();
  }

  async function read(): Promise<Uint8Array | undefined> {
    if (wakeReader !== undefined) throw new TypeError("Cannot read: another read is pending");
    while (!closed) {
      const bytes = queue.shift();
      if (bytes !== undefined) {
        queued -= bytes.length + MESSAGE_COST;
        if (queue.length === 0) resume();
        return bytes;
      }
      if (failure !== undefined) throw failure;
      if (gone) return undefined;
      await new Promise<void>((resolve) => {
        wakeReader = resolve;
      });
      wakeReader = undefined;
    }
    return undefined;
  }

  async function write(bytes: Uint8Array): Promise<void> {
    if (failure !== undefined) throw failure;
    if (closed || gone || socket.readyState !== OPEN) throw closedError();
    if (bytes.length === 0) return;
    let sent = false;
    socket.send(bytes as UnsharedBytes, (error) => {
      sent = true;
      // Why is an error event's to tell. On Deno it comes later, and not before whoever goes on writing takes a rest.
      if (error) gone = true;
      wakeAll();
    });
    while (!sent && socket.bufferedAmount > HIGH_WATER) {
      if (failure !== undefined) throw failure;
      if (gone) throw closedError();
      await moment(isWs ? undefined : POLL);
    }
    if (failure !== undefined) throw failure;
  }

  /** Waits for something to happen, or for some milliseconds. */
  function moment(milliseconds: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(() => wake(), milliseconds);
      const wake = (): void => {
        clearTimeout(timer);
        waiting.delete(wake);
        resolve();
      };
      waiting.add(wake);
    });
  }

  function resume(): void {
    if (paused) socket.resume?.();
    paused = false;
  }

  function close(): Promise<void> {
    closed = true;
    wakeReader?.();
    return end(1000);
  }

  function end(code: number): Promise<void> {
    ending ??= closeSocket(code);
    return ending;
  }

  async function closeSocket(code: number): Promise<void> {
    forget();
    // The standard lets its callers say 1000 and what is theirs to define, from 3000 on.
    socket.close(code === 1000 || isWs ? code : code + 3000);
    const timer = setTimeout(() => {
      drop(socket);
      gone = true;
      wakeAll();
    }, GRACE);
    while (!gone) await moment(undefined);
    clearTimeout(timer);
  }

  function abort(): void {
    closed = true;
    gone = true;
    forget();
    drop(socket);
    wakeAll();
  }

  /** Drops what nobody will read, and receives again: the peer's answer to our close has to come through. */
  function forget(): void {
    queue.length = queued = 0;
    resume();
  }

  return { read, write, close, abort, ...(peer !== undefined && { peer }), ...(tls !== undefined && { tls }) };
}

/** The standard's `WebSocket.OPEN`. */
const OPEN = 1;

/** A write waits while more than this is buffered, in bytes. */
const HIGH_WATER = 256 * 1024;

/** How often to ask a standard WebSocket how much is buffered, in milliseconds. */
const POLL = 4;

/** Receiving is paused while more than this is unread, in bytes. */
const PAUSE_ABOVE = 64 * 1024;

/** What an unread message costs besides its bytes: without it, many tiny ones would count for nothing. */
const MESSAGE_COST = 64;

/** How long `close` waits for the rest to go out and for the peer to close its end too, in milliseconds. */
const GRACE = 2000;

/** Whether it is of the runtime's own class. */
function isHosts(socket: WebSocketLike): boolean {
  return globalThis.WebSocket !== undefined && socket instanceof globalThis.WebSocket;
}

function drop(socket: WebSocketLike): void {
  if (socket.terminate !== undefined) socket.terminate();
  else socket.close();
}

function failureOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error("The WebSocket failed");
  if (!String((error as { code?: unknown }).code).startsWith("WS_ERR_")) return error;
  return new RfbError("malformed", "Cannot read a WebSocket frame", error.message, { cause: error });
}

function closedError(): Error {
  return new Error("Cannot write: the connection is closed");
}
