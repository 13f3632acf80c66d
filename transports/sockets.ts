/**
 * What connecting and listening take, the same on every host that has sockets.
 *
 * @module
 */

import type { TlsClientOptions, TlsServerOptions, Transport } from "./transport.ts";

/** Where to connect to. */
export interface TcpOptions {
  /** A DNS name or an IP address. TLS compares the server's certificate with it. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** Gives up connecting; a connection that stands is not touched. */
  readonly signal?: AbortSignal | undefined;
  /** Gives up on a TLS handshake that has not finished, in milliseconds; 10 000 when absent. */
  readonly handshakeTimeout?: number | undefined;
}

/** Where to connect to, and how to start TLS there. */
export interface TlsConnectOptions extends TcpOptions {
  /** How the server's TLS is checked. */
  readonly tls?: Omit<TlsClientOptions, "role" | "kind"> | undefined;
}

/** Where to connect to. */
export interface UnixOptions {
  /** The socket's file. */
  readonly path: string;
  /** Gives up connecting; a connection that stands is not touched. */
  readonly signal?: AbortSignal | undefined;
}

/** Where to listen, and what for. */
export interface TcpListenOptions {
  /** An address of this machine. Loopback when absent. */
  readonly host?: string | undefined;
  /** 0, or absent: one that is free. */
  readonly port?: number | undefined;
  /** TLS from the first byte on; `onConnection` comes after the handshake. */
  readonly tls?: Omit<TlsServerOptions, "role" | "kind"> | undefined;
  /** Ends a connection that has not finished its TLS handshake, in milliseconds; 10 000 when absent. */
  readonly handshakeTimeout?: number | undefined;
  /** Told of connections that failed in TLS, for a log. What it throws is nobody's to catch either. */
  readonly onTlsFailure?: ((error: unknown, peer: string | undefined) => void) | undefined;
  /**
   * The connection is the callee's to close. If the callee throws, the connection is aborted, the listener goes on, and the
   * error is nobody's to catch, as if a timer's callback had thrown it: unless the program handles those, it ends.
   */
  readonly onConnection: (transport: Transport) => void;
}

/** Where to listen, and what for. */
export interface UnixListenOptions {
  /** The socket's file. */
  readonly path: string;
  /** The connection is the callee's to close. If the callee throws, it goes as it does with {@link TcpListenOptions}. */
  readonly onConnection: (transport: Transport) => void;
}

/** A listening socket. */
export interface Listener {
  /** The address it has, or a Unix socket's path. */
  readonly address: string;
  /** The port it has, which the host chose if 0 was asked for; 0 for a Unix socket. */
  readonly port: number;
  /** Accepts no more. Connections that stand live on. */
  close(): Promise<void>;
}

/**
 * Starts TLS on a connection that nobody has used yet.
 *
 * @throws {RfbError} `insecure`: the server's certificate, name or version is refused, or it did not answer in time
 * @throws the signal's reason
 */
export async function startTlsFirst(clear: Transport, { tls, signal }: TlsConnectOptions): Promise<Transport> {
  const abort = (): void => clear.abort();
  signal?.addEventListener("abort", abort);
  try {
    signal?.throwIfAborted(); // between connecting and here: of that no event tells
    return await clear.startTls!({ ...tls, role: "client", kind: "x509" });
  } catch (error) {
    clear.abort();
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}
