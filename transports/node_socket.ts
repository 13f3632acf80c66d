/**
 * A Node socket, in clear or under TLS, as a transport.
 *
 * @module
 */

import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { isTlsError, NODE_TLS_KINDS, prepareTls, sessionOf, tlsFailure } from "./node_tls.ts";
import { insecure, inTime, TLS_REASONS } from "./tls_reasons.ts";
import type { TlsOptions, Transport } from "./transport.ts";

/** How long `close` waits for the peer to take the rest and to close its end too, in milliseconds. */
const GRACE = 2000;

/** A vanished peer is noticed after a minute of silence and the host's own number of probes. */
const KEEP_ALIVE_DELAY = 60_000;

/** What a transport knows of its socket. */
export interface SocketOptions {
  /** What it was connected to, for TLS to compare. */
  readonly host?: string;
  readonly handshakeTimeout?: number | undefined;
  /** The transport in clear that this one takes the place of, on the same connection. */
  readonly replaces?: { readonly peer: string | undefined };
}

/** Takes a connected socket over. */
export function transportOver(socket: Socket, options: SocketOptions = {}): Transport {
  const { host, handshakeTimeout, replaces } = options;
  let phase: "open" | "closed" | "spent" = "open";
  let gone = socket.destroyed;
  let failure: Error | undefined;
  let closing: Promise<void> | undefined;
  let wakeReader: (() => void) | undefined;
  let aborted = false;
  const writers: { resolve(): void; reject(error: Error): void }[] = [];
  const { peer } = replaces ?? { peer: addressOf(socket) };

  socket.allowHalfOpen = true; // else Node answers the peer's end with ours
  if (replaces === undefined) {
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY);
  }
  socket.on("readable", onReadable);
  socket.on("end", onReadable);
  socket.on("drain", settleWriters);
  socket.on("finish", settleWriters);
  // Stay for ever: a socket may fail after we are done with it, and an error nobody listens to ends the process.
  socket.on("error", (error) => {
    failure ??= socket instanceof TLSSocket && isTlsError(error) ? tlsFailure(error) : error;
    wakeAll();
  });
  socket.on("close", () => {
    gone = true;
    wakeAll();
  });

  function onReadable(): void {
    if (phase === "closed") socket.read();
    else wakeReader?.();
  }

  function settleWriters(): void {
    for (const writer of writers.splice(0)) writer.resolve();
  }

  function wakeAll(): void {
    wakeReader?.();
    for (const writer of writers.splice(0)) writer.reject(failure ?? closedError());
  }

  // In paused mode, asking only when somebody reads: the host stops receiving once its own buffer is full.
  async function read(): Promise<Uint8Array | undefined> {
    checkNotSpent();
    if (wakeReader !== undefined) throw new TypeError("Cannot read: another read is pending");
    while (phase === "open") {
      const bytes: Uint8Array | null = socket.read();
      // Not as a Buffer, whose slice() is no copy.
      if (bytes !== null) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
      if (failure !== undefined) throw failure;
      if (gone || socket.readableEnded) return undefined;
      await new Promise<void>((resolve) => {
        wakeReader = resolve;
      });
      wakeReader = undefined;
    }
    return undefined;
  }

  async function write(bytes: Uint8Array): Promise<void> {
    checkNotSpent();
    if (failure !== undefined) throw failure;
    if (phase === "closed" || gone || !socket.writable) throw closedError();
    if (bytes.length === 0 || socket.write(bytes)) return;
    await settled();
  }

  async function closeWrite(): Promise<void> {
    checkNotSpent();
    if (failure !== undefined) throw failure;
    if (phase === "closed" || gone || socket.writableFinished) return;
    socket.end();
    await settled();
  }

  function settled(): Promise<void> {
    return new Promise((resolve, reject) => {
      writers.push({ resolve, reject });
    });
  }

  function close(): Promise<void> {
    if (phase === "spent") abort();
    else closing ??= flushAndEnd();
    return closing ?? Promise.resolve();
  }

  async function flushAndEnd(): Promise<void> {
    if (phase === "closed" || gone) return;
    phase = "closed";
    wakeReader?.();
    // Destroyed with bytes unread, a socket tells the peer to drop what it has not read either: so what
    // still comes is taken and dropped until the peer ends too, for as long as the grace lasts.
    const timer = setTimeout(() => socket.destroy(), GRACE);
    socket.once("close", () => clearTimeout(timer));
    socket.read();
    await new Promise<void>((resolve) => {
      socket.once("finish", resolve);
      socket.once("close", resolve);
      if (socket.writableFinished) resolve();
      socket.end();
    });
  }

  function abort(): void {
    aborted = true;
    if (phase === "open") phase = "closed";
    socket.destroy();
    wakeAll();
  }

  async function startTls(options: TlsOptions): Promise<Transport> {
    checkNotSpent();
    if (wakeReader !== undefined) throw new TypeError("Cannot start TLS: a read is pending");
    if (phase === "closed") throw new TypeError("Cannot start TLS: this end is closed");
    const start = prepareTls(options, host);
    if (failure !== undefined || gone) throw tlsFailure(failure);
    phase = "spent";
    socket.off("readable", onReadable);
    socket.off("end", onReadable);
    return inTime(upgrade(options, start), () => socket.destroy(), handshakeTimeout);
  }

  async function upgrade(options: TlsOptions, start: (socket: Socket) => Promise<TLSSocket>): Promise<Transport> {
    try {
      // TLS writes past the socket's own queue, so that has to be empty.
      if (socket.writableLength > 0) await new Promise<void>((resolve) => socket.write("", () => resolve()));
      // A server never speaks first, so these are not its own; handed on, they would be taken for its answer.
      // To a server they are the start of ClientHello: the codec has checked its own input before it
      // acknowledged TLS, and a client that got the acknowledgement may be quicker than we are.
      if (options.role === "client" && socket.readableLength > 0) {
        throw insecure(TLS_REASONS.clear);
      }
      if (options.role === "server" && options.early !== undefined) socket.unshift(options.early);
      return transportOver(await start(socket), { replaces: { peer } });
    } catch (error) {
      socket.destroy();
      throw aborted ? new Error("Cannot start TLS: the connection was aborted", { cause: error }) : error;
    }
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
    ...(socket instanceof TLSSocket ? { tls: sessionOf(socket) } : { tlsKinds: NODE_TLS_KINDS, startTls }),
    ...(peer !== undefined && { peer }),
  };
}

function closedError(): Error {
  return new Error("Cannot write: the connection is closed");
}

/** The other end of a TCP connection; Unix sockets have no names. */
export function addressOf({ remoteAddress, remotePort }: Socket): string | undefined {
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  return `${remoteAddress.includes(":") ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`;
}
