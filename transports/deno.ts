/**
 * Transports for Deno, with its own sockets, TLS and HTTP: TCP and Unix sockets as client and as server, TLS, WebSocket
 * servers. The names are those of `rfb-codec/node`.
 *
 *     import { schemesNamed } from "rfb-codec/auth";
 *     import { portableCompression } from "rfb-codec/compression";
 *     import { connectTcp } from "rfb-codec/deno";
 *     import { createRfbClient, joinServer } from "rfb-codec/endpoints";
 *
 *     const transport = await connectTcp({ host: "vm.example", port: 5900 });
 *     const connection = await joinServer(transport, {
 *       authentication: { schemes: schemesNamed(["x509vnc"]), credentials: () => ({ password: "secret" }) },
 *       tls: { ca: await Deno.readTextFile("ca.pem") },
 *     });
 *     const client = createRfbClient(connection, { compression: await portableCompression({ jpegModule: false }) });
 *     const { width, height } = await client.screenshot();
 *     console.log(`${width}x${height}`);
 *     await client.close();
 *
 * It needs `--allow-net=HOST:PORT` for each place to connect to or to listen on, also where TLS compares another name. A
 * Unix socket takes `--allow-net=unix:PATH`, `--allow-read=PATH` and `--allow-write=PATH`, at either end.
 *
 * TLS is 1.2 or 1.3: as a client on a connection that stands, as a server from the first byte. Certificates are verified
 * always, and names unless told otherwise. It is Deno's own, and has its ways:
 *
 * - An authority given as `ca` is trusted besides those that Deno knows, not instead of them.
 * - A server's certificate must name its hosts in a subjectAltName, and may not be an authority's own (`CA:TRUE`), as
 *   `openssl req -x509` makes them.
 * - What was agreed on is not told: `tls` is empty.
 * - A connection that is given up in its TLS handshake stands until the peer ends it: where strangers connect, they can
 *   hold as many as they like.
 * - Nagle's algorithm is on in TLS from `listenTcp`: a small write waits for the answer to the one before.
 *
 * What it cannot do is refused with a TypeError: certificates of clients, at either end; a minimum version of 1.3 or a
 * maximum of 1.2; a server's TLS later than the first byte, as VeNCrypt has it; TLS over Unix sockets; bounds on WebSocket
 * clients. `rfb-codec/node` does all that on Deno too, and has none of these ways. It takes
 * `--allow-env=WS_NO_BUFFER_UTIL,WS_NO_UTF_8_VALIDATE` besides, and its TLS there reads whatever comes into memory, whether
 * anybody asks for it or not. Anonymous TLS Deno has in neither.
 *
 * @module
 */

import { callOut, checkMilliseconds } from "./callers.ts";
import { transportOver } from "./deno_conn.ts";
import { listening } from "./deno_listen.ts";
import { serverSettings, tlsFailure, withKeyPair } from "./deno_tls.ts";
import {
  type Listener,
  startTlsFirst,
  type TcpListenOptions,
  type TcpOptions,
  type TlsConnectOptions,
  type UnixListenOptions,
  type UnixOptions,
} from "./sockets.ts";
import { inTime } from "./tls_reasons.ts";
import type { Transport } from "./transport.ts";

export { listenWebSocket, type WebSocketListenOptions } from "./deno_websocket.ts";
export type {
  Listener,
  TcpListenOptions,
  TcpOptions,
  TlsConnectOptions,
  UnixListenOptions,
  UnixOptions,
} from "./sockets.ts";
export type * from "./transport.ts";
export type { WebSocketInfo, WebSocketServerOptions } from "./websocket_request.ts";

/**
 * Connects over TCP.
 *
 * @throws {RangeError} `handshakeTimeout` is none
 * @throws {Error} the host's own, such as ECONNREFUSED, or the signal's reason
 */
export async function connectTcp({ host, port, signal, handshakeTimeout }: TcpOptions): Promise<Transport> {
  checkMilliseconds("handshakeTimeout", handshakeTimeout);
  const conn = await Deno.connect({ hostname: host, port, ...(signal && { signal }) });
  return transportOver(conn, { host, handshakeTimeout });
}

/**
 * Connects to a Unix socket. It carries no TLS.
 *
 * @throws {Error} the host's own, such as ENOENT, or the signal's reason
 */
export async function connectUnix({ path, signal }: UnixOptions): Promise<Transport> {
  signal?.throwIfAborted(); // after which connecting takes no time that is worth a signal
  return transportOver(await Deno.connect({ transport: "unix", path }));
}

/**
 * Connects over TCP and starts TLS before anything else.
 *
 * @throws {RfbError} `insecure`: the server's certificate, name or version is refused, or it did not answer in time
 * @throws {TypeError} what Deno's own TLS cannot do
 * @throws {Error} the host's own, such as ECONNREFUSED, or the signal's reason
 */
export async function connectTls(options: TlsConnectOptions): Promise<Transport> {
  return startTlsFirst(await connectTcp(options), options);
}

/**
 * A transport over a connection of Deno's, which is the transport's from then on: nothing else may read, write or close
 * it. Client TLS over it needs a `serverName`.
 */
export function fromConn(conn: Deno.Conn): Transport {
  return transportOver(conn);
}

/**
 * Listens for TCP connections. On those in clear `startTls` is for clients, of a server that connected to us: `tlsKinds`
 * is empty, as a server's TLS Deno has from the first byte only.
 *
 * @throws {TypeError} TLS options that cannot work, such as a certificate without its key, or what Deno's own cannot do
 * @throws {RangeError} a version of TLS that there is not, or a `handshakeTimeout` that is none
 * @throws {Error} the host's own, such as EADDRINUSE
 */
export async function listenTcp(options: TcpListenOptions): Promise<Listener> {
  const { host = "127.0.0.1", port = 0, tls, handshakeTimeout, onTlsFailure, onConnection } = options;
  checkMilliseconds("handshakeTimeout", handshakeTimeout);
  const at = { hostname: host, port };
  const hand = (transport: Transport): void => callOut(() => onConnection(transport), transport.abort);
  if (tls === undefined) {
    return listening(Deno.listen(at), (conn) => hand(transportOver(conn, { tlsKinds: [], handshakeTimeout })));
  }
  const settings = serverSettings(tls);
  async function accept(conn: Deno.TlsConn): Promise<void> {
    const transport = transportOver(conn);
    try {
      const handshake = conn.handshake().catch((error: unknown) => Promise.reject(tlsFailure(error)));
      await inTime(handshake, transport.abort, handshakeTimeout);
    } catch (error) {
      transport.abort();
      callOut(() => onTlsFailure?.(error, transport.peer));
      return;
    }
    hand(transport);
  }
  return listening(
    withKeyPair(() => Deno.listenTls({ ...at, ...settings })),
    (conn) => void accept(conn),
  );
}

/**
 * Listens on a Unix socket. `close` takes its file away.
 *
 * @throws {Error} the host's own, such as EADDRINUSE: also for a file that a dead server left behind
 */
export async function listenUnix({ path, onConnection }: UnixListenOptions): Promise<Listener> {
  return listening(Deno.listen({ transport: "unix", path }), (conn) => {
    const transport = transportOver(conn);
    callOut(() => onConnection(transport), transport.abort);
  });
}
