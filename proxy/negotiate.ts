import { type ClientAuthentication, chooseSecurityType, clientExchange, none } from "../auth/mod.ts";
import { type ClientHandshake, createClientHandshake } from "../codec/handshake/client_handshake.ts";
import type { ServerHandshake } from "../codec/handshake/server_handshake.ts";
import type { Limits } from "../codec/limits.ts";
import { SecurityType } from "../codec/names.ts";
import type { ClientTls } from "../endpoints/client.ts";
import { driveTo, type Link, whilePresent } from "../endpoints/link.ts";
import type { Transport } from "../transports/transport.ts";
import type { Stage } from "./log.ts";
import type { RelaySide } from "./relay.ts";

/** A connection through the proxy, on its way through security. */
export interface Negotiation {
  readonly client: Link<ServerHandshake>;
  server?: Link<ClientHandshake>;
  stage: Stage;
}

/** What the server's side needs. */
export interface NegotiationOptions {
  readonly dial: (signal: AbortSignal) => Promise<Transport>;
  readonly authentication: ClientAuthentication;
  readonly tls: ClientTls;
  readonly limits: Limits;
  /** Aborted when the negotiation is given up. */
  readonly signal: AbortSignal;
}

/**
 * Takes the client through None and the server through an allowed scheme. The client's choice is checked before one is
 * made with the server, and the client is let in only after the server has let us in.
 *
 * @throws {RfbError} either side's fault
 */
export async function negotiate(
  negotiation: Negotiation,
  options: NegotiationOptions,
): Promise<{ readonly client: RelaySide; readonly server: RelaySide }> {
  const { client } = negotiation;
  await driveTo(client, "offer");

  negotiation.stage = "dial";
  const server: Link<ClientHandshake> = {
    handshake: createClientHandshake(options.limits),
    transport: await whilePresent(client, "client", dial(options)),
    tls: (kind) => ({ ...options.tls, role: "client", kind }),
    signal: options.signal,
  };
  negotiation.server = server;

  negotiation.stage = "server security types";
  const { securityTypes } = await whilePresent(client, "client", driveTo(server, "authenticate"));
  const securityType = chooseSecurityType(securityTypes, options.authentication.schemes);

  // In 3.3 the client has no choice to check, and after None no result to hear: what it is offered is the last word.
  const hasChoice = client.handshake.session.version !== "3.3";
  let serverRest = hasChoice ? undefined : await passServer();

  negotiation.stage = "client security type";
  client.handshake.offer([SecurityType.None]);
  const choice = driveTo(client, "authenticate");
  await (hasChoice ? whilePresent(server, "server", choice) : choice);
  client.handshake.respond(none());
  await driveTo(client, "authorise");
  serverRest ??= await passServer();

  negotiation.stage = "client security result";
  client.handshake.accept();
  const { rest } = await driveTo(client, "done");
  return { client: { link: client, rest }, server: { link: server, rest: serverRest } };

  async function passServer(): Promise<Uint8Array> {
    negotiation.stage = "server security";
    server.handshake.respond(securityType, clientExchange(securityType, options.authentication, options.limits));
    const { rest } = await whilePresent(client, "client", driveTo(server, "done"));
    return rest;
  }
}

/** A connection that comes up after the negotiation was given up is nobody's: it is ended. */
async function dial({ dial, signal }: NegotiationOptions): Promise<Transport> {
  const transport = await dial(signal);
  if (signal.aborted) transport.abort();
  return transport;
}
