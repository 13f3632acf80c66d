/**
 * A socket of Cloudflare Workers, in clear or under TLS, as a transport.
 *
 * @module
 */

import { inTime } from "./tls_reasons.ts";
import type { TlsOptions, Transport } from "./transport.ts";
import { checkTls, tlsFailure } from "./workers_tls.ts";

/** What we ask of a socket that a Worker has connected. */
export interface WorkersSocket {
  /** What the peer sends. */
  readonly readable: ReadableStream<Uint8Array>;
  /** What the peer gets. */
  readonly writable: WritableStream<Uint8Array>;
  /** Fulfilled once the connection stands, with who the other end is where the host knows. */
  readonly opened: Promise<{ readonly remoteAddress?: string | null }>;
  /** Fulfilled once the connection has ended. */
  readonly closed: Promise<void>;
  /** Waits for what was written. */
  close(): Promise<void>;
  /** The same connection, encrypted. */
  startTls(options?: { expectedServerHostname: string }): WorkersSocket;
}

/** What a transport knows of its socket. */
export interface WorkersSocketOptions {
  /** What it was connected to, for TLS to compare. */
  readonly host: string;
  readonly peer?: string | null | undefined;
  readonly handshakeTimeout?: number | undefined;
  /** TLS has started. */
  readonly isSecured?: boolean;
}

/** Takes a socket over that has opened. */
export function transportOver(socket: WorkersSocket, options: WorkersSocketOptions): Transport {
  const { host, peer, handshakeTimeout, isSecured = false } = options;
  let phase: "open" | "closed" | "spent" = "open";
  let hasRead = false;
  let hasEnded = false; // our direction
  let peerEnded = false;
  let failure: unknown;
  let buffer = new ArrayBuffer(READ_AHEAD);
  let pulling: Promise<unknown> = Promise.resolve();
  let writing: Promise<void> = Promise.resolve();
  let endRead: (() => void) | undefined;
  let closing: Promise<void> | undefined;
  const waiting = new Set<() => void>();
  let current = socket;
  let end = destroy; // or that of TLS
  const reader = socket.readable.getReader({ mode: "byob" });
  const writer = socket.writable.getWriter();
  for (const ending of [socket.closed, reader.closed, writer.closed]) ending.catch(() => {}); // reads and writes tell

  async function read(): Promise<Uint8Array | undefined> {
    checkNotSpent();
    if (endRead !== undefined) throw new TypeError("Cannot read: another read is pending");
    if (phase === "closed") return undefined;
    try {
      return await new Promise((resolve, reject) => {
        endRead = () => resolve(undefined);
        pull().then(resolve, reject);
      });
    } finally {
      endRead = undefined;
    }
  }

  /** What comes next, once what came before has. */
  function pull(): Promise<Uint8Array | undefined> {
    const pulled = pulling.then(fill);
    pulling = pulled.catch(() => {});
    return pulled;
  }

  async function fill(): Promise<Uint8Array | undefined> {
    if (failure !== undefined) throw failure;
    if (peerEnded) return undefined;
    try {
      const { value, done } = await reader.read(new Uint8Array(buffer));
      peerEnded = done;
      if (!done) {
        hasRead = true;
        buffer = value.buffer;
        return value.slice();
      }
    } catch (error) {
      failure = error;
    }
    // In TLS 1.3 a server refuses our certificate after the handshake; and some hosts open a connection that they
    // have refused, and then end it.
    if (isSecured && !hasRead && phase === "open") failure = tlsFailure(failure);
    if (failure !== undefined) throw failure;
    return undefined;
  }

  async function write(bytes: Uint8Array): Promise<void> {
    checkNotSpent();
    if (phase === "closed" || hasEnded) throw closedError();
    if (bytes.length === 0) return;
    writing = writer.write(bytes);
    await unlessAborted(writing);
  }

  async function closeWrite(): Promise<void> {
    checkNotSpent();
    if (phase === "closed" || hasEnded) return;
    hasEnded = true;
    await unlessAborted(writer.close());
  }

  function unlessAborted(work: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const endWrite = (): void => reject(closedError());
      waiting.add(endWrite);
      work.then(resolve, reject).finally(() => waiting.delete(endWrite));
    });
  }

  function close(): Promise<void> {
    if (phase === "spent") abort();
    else closing ??= flushAndEnd();
    return closing ?? Promise.resolve();
  }

  async function flushAndEnd(): Promise<void> {
    if (phase === "closed") return;
    phase = "closed";
    endRead?.();
    // Destroyed with bytes unread, a socket tells the peer to drop what it has not read either: so what still comes is
    // taken and dropped until the peer ends too, for as long as the grace lasts. Later, nobody may be there to see to it.
    const over = Promise.allSettled([hasEnded ? undefined : writer.close(), dropAll()]);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GRACE);
    });
    await Promise.race([over, late]);
    clearTimeout(timer);
    destroy();
  }

  async function dropAll(): Promise<void> {
    while ((await pull()) !== undefined);
  }

  function abort(): void {
    if (phase === "open") phase = "closed";
    endRead?.();
    end();
  }

  /** What was written goes out first: aborting the writer would leave the connection open for as long as the request. */
  function destroy(): void {
    for (const endWrite of waiting) endWrite();
    current.close().catch(() => {});
  }

  async function startTls(tls: TlsOptions): Promise<Transport> {
    checkNotSpent();
    if (endRead !== undefined) throw new TypeError("Cannot start TLS: a read is pending");
    if (phase === "closed") throw new TypeError("Cannot start TLS: this end is closed");
    checkTls(tls, host);
    if (failure !== undefined || peerEnded) throw tlsFailure(failure);
    phase = "spent";
    const handshake = new Promise<Transport>((resolve, reject) => {
      const fail = (error: Error): void => {
        reject(error);
        destroy();
      };
      end = () => fail(new Error("Cannot start TLS: the connection was aborted"));
      upgrade().then(resolve, (cause: unknown) => fail(tlsFailure(cause)));
    });
    return inTime(handshake, destroy, handshakeTimeout);
  }

  async function upgrade(): Promise<Transport> {
    await writing;
    // With a lock held, TLS would neither open nor fail.
    reader.releaseLock();
    writer.releaseLock();
    // workerd does not know an IPv6 address by the brackets that it was dialled with.
    current = socket.startTls(host.includes(":") ? { expectedServerHostname: host } : undefined);
    current.closed.catch(() => {}); // so does `opened`
    await current.opened;
    const transport = transportOver(current, { ...options, isSecured: true });
    end = transport.abort;
    return transport;
  }

  function checkNotSpent(): void {
    if (phase === "spent") throw new TypeError("Cannot use this transport: TLS took its place");
  }

  return {
    read,
    write,
    closeWrite,
    close,
    abort,
    ...(isSecured ? { tls: {} } : { tlsKinds: ["x509"], startTls }),
    ...(peer != null && { peer }),
  };
}

/** How much is read at a time, in bytes. */
const READ_AHEAD = 32 * 1024;

/** How long `close` waits for the peer to take the rest and to close its end too, in milliseconds. */
const GRACE = 2000;

function closedError(): Error {
  return new Error("Cannot write: the connection is closed");
}
