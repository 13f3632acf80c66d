import { RfbError } from "../codec/errors.ts";
import type { TlsSession, Transport } from "./transport.ts";
import type { UnsharedBytes } from "./websocket.ts";

/** What we ask of a `WebSocketStream`, which Chromium has. */
export interface WebSocketStreamLike {
  /** Fulfilled once the connection stands, with its two directions. */
  readonly opened: Promise<{
    readonly readable: ReadableStream<unknown>;
    readonly writable: WritableStream<UnsharedBytes>;
  }>;
  /** Fulfilled once the connection has ended well. */
  readonly closed: Promise<unknown>;
  /** Ends the connection. */
  close(options?: { readonly closeCode?: number }): void;
}

/** How to adapt a WebSocketStream. */
export interface FromWebSocketStreamOptions {
  /** What the transport tells as its other end. */
  readonly peer?: string | undefined;
  /** What the transport tells of TLS under the WebSocket. */
  readonly tls?: TlsSession | undefined;
}

/** How to connect. */
export interface WebSocketStreamConnectOptions extends FromWebSocketStreamOptions {
  /** Subprotocols to offer: `["binary"]` when absent. Empty offers none. */
  readonly protocols?: readonly string[] | undefined;
  /** Gives up connecting; a connection that stands is not touched. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects a `WebSocketStream` to a `ws:` or `wss:` URL: see {@link fromWebSocketStream}. Not every browser has it, and
 * Chromium's (as of 156) ends the whole page when a connection breaks, without a word of the peer's, while a write waits.
 * So it is for those who read much and write little.
 *
 * @throws {TypeError} the runtime has no WebSocketStream
 * @throws {Error} the connection failed (why, a WebSocketStream does not tell), or the signal's reason
 */
export async function connectWebSocketStream(
  url: string | URL,
  options: WebSocketStreamConnectOptions = {},
): Promise<Transport> {
  const { protocols = ["binary"], signal } = options;
  const { WebSocketStream } = globalThis as { readonly WebSocketStream?: WebSocketStreamClass };
  if (WebSocketStream === undefined) throw new TypeError("Cannot connect: this runtime has no WebSocketStream");
  signal?.throwIfAborted();
  const { host } = new URL(url); // the rest may hold secrets
  try {
    const stream = new WebSocketStream(String(url), {
      protocols: [...protocols],
      ...(signal !== undefined && { signal }),
    });
    return await fromWebSocketStream(stream, { ...options, peer: options.peer ?? host });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new Error(`Cannot connect a WebSocketStream to ${host}`, { cause });
  }
}

/**
 * A transport over a `WebSocketStream`, which is the transport's from then on: once it has opened. It takes from the
 * network what its reader takes, and its writes wait for the network: no bytes queue up, in either direction.
 *
 * The reader gets an `RfbError` (`unexpected`) for a text message.
 *
 * @throws {Error} the host's own: it did not open
 */
export async function fromWebSocketStream(
  stream: WebSocketStreamLike,
  { peer, tls }: FromWebSocketStreamOptions = {},
): Promise<Transport> {
  stream.closed.catch(() => {}); // reads and writes tell as well
  const { readable, writable } = await stream.opened;
  const reader = readable.getReader();
  const writer = writable.getWriter();
  let closed = false; // by our caller
  let failure: Error | undefined;
  let ending: Promise<void> | undefined;
  let isDraining = false;
  let lastWrite: Promise<unknown> = Promise.resolve();
  let endRead: (() => void) | undefined;
  const endWrites = new Set<() => void>();

  async function read(): Promise<Uint8Array | undefined> {
    if (endRead !== undefined) throw new TypeError("Cannot read: another read is pending");
    while (!closed && failure === undefined) {
      const { value, done } = await new Promise<ReadableStreamReadResult<unknown>>((resolve, reject) => {
        endRead = () => resolve({ value: undefined, done: true });
        reader.read().then(resolve, reject);
      })
        .catch((cause: unknown) => {
          failure ??= new Error("The WebSocket failed", { cause });
          return OVER;
        })
        .finally(() => {
          endRead = undefined;
        });
      if (done) break;
      if (typeof value === "string") {
        failure = new RfbError("unexpected", "Cannot read from a WebSocket", "a text message where all are binary");
        void end(NOT_BINARY);
      } else {
        // An array by the standard, a buffer in Chromium.
        const bytes = new Uint8Array(value as ArrayBuffer);
        if (bytes.length > 0) return bytes;
      }
    }
    if (failure !== undefined && !closed) throw failure;
    return undefined;
  }

  async function write(bytes: Uint8Array): Promise<void> {
    if (failure !== undefined) throw failure;
    if (closed) throw closedError();
    if (bytes.length === 0) return;
    const written = new Promise<void>((resolve, reject) => {
      const end = (cause?: unknown): void => reject(closedError(cause));
      endWrites.add(end);
      writer
        .write(bytes as UnsharedBytes)
        .then(resolve, end)
        .finally(() => endWrites.delete(end));
    });
    lastWrite = written.catch(() => {});
    await written;
  }

  function close(): Promise<void> {
    closed = true;
    endRead?.();
    return end(1000);
  }

  function end(closeCode: number): Promise<void> {
    ending ??= closeStream(closeCode);
    return ending;
  }

  async function closeStream(closeCode: number): Promise<void> {
    void drain();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GRACE);
    });
    const over = lastWrite.then(() => {
      stream.close({ closeCode });
      return stream.closed;
    });
    await Promise.race([over, late]).catch(() => {});
    clearTimeout(timer);
    drop();
  }

  /** The peer's answer to our close comes behind all that it has sent: unread, that would keep the connection. */
  async function drain(): Promise<void> {
    if (isDraining) return;
    isDraining = true;
    try {
      while (!(await reader.read()).done);
    } catch {} // it has come
  }

  function abort(): void {
    closed = true;
    endRead?.();
    drop();
  }

  function drop(): void {
    for (const end of endWrites) end();
    stream.close();
    writer.abort().catch(() => {});
    void drain();
  }

  return { read, write, close, abort, ...(peer !== undefined && { peer }), ...(tls !== undefined && { tls }) };
}

type WebSocketStreamClass = new (
  url: string,
  options: { readonly protocols: string[]; readonly signal?: AbortSignal },
) => WebSocketStreamLike;

const OVER = { value: undefined, done: true } as const;

/** 1003, in the range that is left to programs. */
const NOT_BINARY = 4003;

/** How long `close` waits for the rest to go out and for the peer to close its end too, in milliseconds. */
const GRACE = 2000;

function closedError(cause?: unknown): Error {
  return new Error("Cannot write: the connection is closed", { cause });
}
