/**
 * What the rest of the package asks of a connection. Each runtime's own file
 * makes these: `node.ts`, `websocket.ts`, `memory.ts`.
 *
 * @module
 */

import type { TlsKind } from "../codec/handshake/exchange.ts";

/** One reliable, ordered stream of bytes in each direction. */
export interface Transport {
  /** The next bytes, or undefined once the peer has closed. The array is the caller's. */
  read(): Promise<Uint8Array | undefined>;
  /** Resolves when the transport can take more: awaiting it is the back-pressure. The array must not change any more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends our direction; the peer's goes on. Absent where the host cannot. */
  closeWrite?(): Promise<void>;
  /** Sends what was written, then ends both directions. A pending read resolves to undefined. */
  close(): Promise<void>;
  /** Ends both directions at once; what was not sent yet is lost. A pending read resolves to undefined. */
  abort(): void;
  /** The kinds of TLS that `startTls` can carry; absent or empty where it can carry none. */
  readonly tlsKinds?: readonly TlsKind[];
  /**
   * The same connection, encrypted; this handle is then spent. Absent where the host cannot. A socket's gives up after 10
   * seconds, or the `handshakeTimeout` that it was made with.
   *
   * @throws {RfbError} `insecure`: the peer's certificate, name or version is refused, it did not finish the handshake in
   *   time, or it had already sent bytes in clear that nobody read.
   */
  startTls?(options: TlsOptions): Promise<Transport>;
  /** What TLS agreed on; absent on a connection in clear. */
  readonly tls?: TlsSession;
  /** The other end for a log, as the host tells it: `192.0.2.7:40312`. */
  readonly peer?: string;
}

export type { TlsKind };

/** The oldest version of TLS to accept. Nothing under 1.2 can be asked for. */
export type TlsVersion = "1.2" | "1.3";

/** How to start TLS, by the end of the connection that we are. */
export type TlsOptions = TlsClientOptions | TlsServerOptions;

/** What a TLS client checks and shows. */
export interface TlsClientOptions {
  /** The end that we are. */
  readonly role: "client";
  /** Whether there are certificates. */
  readonly kind: TlsKind;
  /** The DNS name or IP address that the server's certificate must be made out to. */
  readonly serverName?: string;
  /** Compare the certificate's names with `serverName`: true unless the operator names the exception. */
  readonly verifyHostname?: boolean;
  /** The authorities to trust, PEM; the host's own when absent. */
  readonly ca?: string;
  /** Our certificate and its key, PEM, for a server that asks for one. */
  readonly cert?: string;
  /** The key of `cert`, PEM. */
  readonly key?: string;
  /** 1.2 when absent. */
  readonly minVersion?: TlsVersion;
}

/** What a TLS server shows and checks. */
export interface TlsServerOptions {
  /** The end that we are. */
  readonly role: "server";
  /** Whether there are certificates. */
  readonly kind: TlsKind;
  /** Our certificate and its key, PEM: needed for `x509`. */
  readonly cert?: string;
  /** The key of `cert`, PEM. */
  readonly key?: string;
  /** Demand a client certificate that one of these authorities signed, PEM. */
  readonly clientCa?: string;
  /** 1.2 when absent. */
  readonly minVersion?: TlsVersion;
  /**
   * 1.3 when absent. TigerVNC's viewers up to 1.12 hang in X509Plain with 1.3, and on newer runtimes than Node 20 in any
   * scheme: they wait for bytes that they have, once the server's session tickets came before them.
   */
  readonly maxVersion?: TlsVersion;
  /** What has come of the client's side of TLS already, and was read as bytes in clear. */
  readonly early?: Uint8Array;
}

/** What a TLS handshake agreed on, for a log. */
export interface TlsSession {
  /** As the host names it: `TLSv1.3`. */
  readonly version?: string;
  /** The cipher suite, as the host names it. */
  readonly cipher?: string;
  /** The peer certificate's subject, on one line; absent when it showed none. */
  readonly peerSubject?: string;
  /** When the peer's certificate ends to be valid, ISO 8601. */
  readonly peerExpiry?: string;
}
