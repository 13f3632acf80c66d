import type { ServerAuthentication } from "../auth/mod.ts";
import { type ClientEvent, createClientFramer } from "../codec/framer.ts";
import { createServerHandshake, type ServerHandshake } from "../codec/handshake/server_handshake.ts";
import { hasCapabilities, type ServerInit } from "../codec/handshake/server_init.ts";
import { DEFAULT_LIMITS, type Limits } from "../codec/limits.ts";
import { encodeServerMessage, type ServerMessage } from "../codec/server/mod.ts";
import type { Session } from "../codec/session.ts";
import type { TlsServerOptions, Transport } from "../transports/transport.ts";
import { type Connection, createConnection } from "./connection.ts";
import { type Link, turnAway } from "./link.ts";
import { grantSecurity } from "./security.ts";

/** The server's end of a session. */
export type ServerConnection = Connection<ClientEvent, ServerMessage>;

/** What a server shows and checks in TLS: the end and the kind follow from the scheme. */
export type ServerTls = Omit<TlsServerOptions, "role" | "kind" | "early">;

/** How to take a client in. */
export interface AdmitOptions {
  /** What clients are offered and checked with. */
  readonly authentication: ServerAuthentication;
  /** What clients are shown in TLS. */
  readonly tls?: ServerTls;
  /** Its `capabilities` are sent to those who have chosen Tight, and to nobody else; none are named when absent. */
  readonly serverInit: Omit<ServerInit, "type">;
  /** The transport leads to an UltraVNC repeater, where viewers find us under this: `ID:1234`. */
  readonly repeater?: string;
  /** What the peer may ask for; {@link DEFAULT_LIMITS} when absent. */
  readonly limits?: Limits;
  /** Gives up admitting, and ends the connection; a session that stands is not touched. */
  readonly signal?: AbortSignal;
}

/**
 * Passes security as a server and begins the session: ClientInit has come, ServerInit is sent.
 *
 * @throws {RfbError} the client's fault, or its failure to authenticate; it has been told no more than that it
 *   failed, and the transport is then closed
 */
export async function admitClient(transport: Transport, options: AdmitOptions): Promise<ServerConnection> {
  const { authentication, tls = {}, serverInit, repeater, limits = DEFAULT_LIMITS, signal } = options;
  const handshake = createServerHandshake(limits, "3.8", repeater === undefined ? {} : { repeater });
  const link: Link<ServerHandshake> = {
    handshake,
    transport,
    tls: (kind) => ({ ...tls, role: "server", kind }),
    signal,
  };
  const abort = (): void => link.transport.abort();
  signal?.addEventListener("abort", abort);
  try {
    const rest = await grantSecurity(link, authentication, limits);
    const server = createConnection({
      role: "server",
      transport: link.transport,
      session: handshake.session,
      framer: createClientFramer(limits),
      rest,
      encode: encodeServerMessage,
    });
    if ((await server.next()) === undefined) handshake.end(); // ClientInit
    await server.send(serverInitFor(server.session, serverInit));
    return server;
  } catch (error) {
    if (signal?.aborted) abort();
    else await turnAway(link.transport, handshake.refuse("Authentication failed"));
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** Who has chosen Tight reads capabilities behind the name; nobody else does. */
function serverInitFor(session: Session, { capabilities, ...init }: AdmitOptions["serverInit"]): ServerInit {
  if (!hasCapabilities(session)) return { type: "serverInit", ...init };
  return { type: "serverInit", ...init, capabilities: capabilities ?? NO_CAPABILITIES };
}

const NO_CAPABILITIES = { serverMessages: [], clientMessages: [], encodings: [] };
