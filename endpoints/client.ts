import type { ClientAuthentication } from "../auth/mod.ts";
import { type ClientMessage, encodeClientMessage } from "../codec/client/mod.ts";
import { createServerFramer, type ServerEvent } from "../codec/framer.ts";
import { type ClientHandshake, createClientHandshake } from "../codec/handshake/client_handshake.ts";
import { DEFAULT_LIMITS, type Limits } from "../codec/limits.ts";
import type { TlsClientOptions, Transport } from "../transports/transport.ts";
import { type Connection, createConnection } from "./connection.ts";
import type { Link } from "./link.ts";
import { passSecurity } from "./security.ts";

/** The client's end of a session. */
export type ClientConnection = Connection<ServerEvent, ClientMessage>;

/** How a client checks its server's TLS: the end and the kind follow from the scheme. */
export type ClientTls = Omit<TlsClientOptions, "role" | "kind">;

/** How to join a server. */
export interface JoinOptions {
  /** What may be used, and with which credentials. */
  readonly authentication: ClientAuthentication;
  /** How the server's TLS is checked. */
  readonly tls?: ClientTls;
  /** Let the server's other clients stay: true when absent. */
  readonly shared?: boolean;
  /**
   * The transport leads to an UltraVNC repeater, which is to put us through to this: `ID:1234`, or `host:5900`. Nobody
   * vouches for the repeater: whom we have reached, only TLS with a certificate can tell.
   */
  readonly repeater?: string;
  /** What the peer may ask for; {@link DEFAULT_LIMITS} when absent. */
  readonly limits?: Limits;
  /** Gives up joining, and ends the connection; a session that stands is not touched. */
  readonly signal?: AbortSignal;
}

/**
 * Passes security as a client and joins the session: the first call of `next` waits for the first event after ServerInit.
 *
 * Who opened the connection makes no difference: a listening viewer hands over the transports that its listener takes in.
 *
 * @throws {RfbError} the server's fault or refusal; the transport is then closed
 */
export async function joinServer(transport: Transport, options: JoinOptions): Promise<ClientConnection> {
  const { authentication, tls = {}, shared = true, repeater, limits = DEFAULT_LIMITS, signal } = options;
  const handshake = createClientHandshake(limits, repeater === undefined ? {} : { repeater });
  const link: Link<ClientHandshake> = {
    handshake,
    transport,
    tls: (kind) => ({ ...tls, role: "client", kind }),
    signal,
  };
  const abort = (): void => link.transport.abort();
  signal?.addEventListener("abort", abort);
  try {
    const rest = await passSecurity(link, authentication, limits);
    const client = createConnection({
      role: "client",
      transport: link.transport,
      session: handshake.session,
      framer: createServerFramer(limits),
      rest,
      encode: encodeClientMessage,
    });
    await client.send({ type: "clientInit", sharedFlag: shared ? 1 : 0 });
    if ((await client.next()) === undefined) handshake.end(); // ServerInit
    return client;
  } catch (error) {
    abort();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}
