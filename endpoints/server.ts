import { type ServerAuthentication, securityTypesOf, serverExchange } from "../auth/mod.ts";
import { type ClientEvent, createClientFramer } from "../codec/framer.ts";
import { createServerHandshake, type ServerHandshake } from "../codec/handshake/server_handshake.ts";
import type { ServerInit } from "../codec/handshake/server_init.ts";
import { DEFAULT_LIMITS, type Limits } from "../codec/limits.ts";
import { encodeServerMessage, type ServerMessage } from "../codec/server/mod.ts";
import type { TlsServerOptions, Transport } from "../transports/transport.ts";
import { type Connection, createConnection } from "./connection.ts";
import { driveTo, type Link, turnAway } from "./link.ts";

/** The server's end of a session. */
export type ServerConnection = Connection<ClientEvent, ServerMessage>;

/** What a server shows and checks in TLS: the end and the kind follow from the scheme. */
export type ServerTls = Omit<TlsServerOptions, "role" | "kind">;

/** How to take a client in. */
export interface AdmitOptions {
  readonly authentication: ServerAuthentication;
  readonly tls?: ServerTls;
  readonly serverInit: Omit<ServerInit, "type">;
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
  const { authentication, tls = {}, serverInit, limits = DEFAULT_LIMITS, signal } = options;
  const handshake = createServerHandshake(limits);
  const link: Link<ServerHandshake> = {
    handshake,
    transport,
    tls: (kind) => ({ ...tls, role: "server", kind }),
    signal,
  };
  const abort = (): void => link.transport.abort();
  signal?.addEventListener("abort", abort);
  try {
    await driveTo(link, "offer");
    const securityTypes = securityTypesOf(authentication.schemes);
    // 3.3 has room for one type, and the client no say.
    handshake.offer(handshake.session.version === "3.3" ? securityTypes.slice(0, 1) : securityTypes);
    const { securityType } = await driveTo(link, "authenticate");
    handshake.respond(serverExchange(securityType, authentication, limits));
    await driveTo(link, "authorise");
    handshake.accept();
    const { rest } = await driveTo(link, "done");
    const server = createConnection({
      role: "server",
      transport: link.transport,
      session: handshake.session,
      framer: createClientFramer(limits),
      rest,
      encode: encodeServerMessage,
    });
    if ((await server.next()) === undefined) handshake.end(); // ClientInit
    await server.send({ type: "serverInit", ...serverInit });
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
