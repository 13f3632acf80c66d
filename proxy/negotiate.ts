import { type ClientAuthentication, chooseSecurityType, none, type ServerAuthentication } from "../auth/mod.ts";
import { RfbError } from "../codec/errors.ts";
import { type ClientHandshake, createClientHandshake } from "../codec/handshake/client_handshake.ts";
import type { ServerHandshake } from "../codec/handshake/server_handshake.ts";
import type { Limits } from "../codec/limits.ts";
import { SecurityType } from "../codec/names.ts";
import type { ClientTls } from "../endpoints/client.ts";
import { driveTo, type Link, whilePresent } from "../endpoints/link.ts";
import { grantSecurity, passSecurity } from "../endpoints/security.ts";
import type { Transport } from "../transports/transport.ts";
import type { Stage } from "./log.ts";
import { asClientReads } from "./plain_init.ts";
import { type ClientPolicy, underPolicy } from "./policy.ts";
import type { RelaySide } from "./relay.ts";

/** A connection through the proxy, on its way through security. */
export interface Negotiation {
  readonly client: Link<ServerHandshake>;
  server?: Link<ClientHandshake>;
  stage: Stage;
}

/** What it takes. */
export interface NegotiationOptions {
  readonly dial: (signal: AbortSignal) => Promise<Transport>;
  /** Towards the server. */
  readonly authentication: ClientAuthentication;
  readonly tls: ClientTls;
  /** Towards the client. */
  readonly clientAuthentication: ServerAuthentication;
  readonly policy?: ClientPolicy | undefined;
  readonly limits: Limits;
  /** Aborted when the negotiation is given up. */
  readonly signal: AbortSignal;
}

/** The two sides of a relay. */
export interface Negotiated {
  readonly client: RelaySide;
  readonly server: RelaySide;
}

/**
 * Takes the client and the server through security. The client is let in only after the server has let us in.
 *
 * A client that has to authenticate does so first: the server is dialled for no other. One that has nothing to show is
 * offered None once the server is there, so that it hears of a server that refuses; and its choice is checked before one is
 * made with the server.
 *
 * @throws {RfbError} either side's fault
 */
export async function negotiate(negotiation: Negotiation, options: NegotiationOptions): Promise<Negotiated> {
  const { client } = negotiation;
  const { clientAuthentication, limits } = options;
  await driveTo(client, "offer");
  if (isOpen(clientAuthentication)) return await negotiateOpen(negotiation, options);

  negotiation.stage = "client security";
  let serverRest: Uint8Array | undefined;
  const rest = await grantSecurity(client, fitting(client.transport, clientAuthentication), limits, async () => {
    serverRest = await passServer(negotiation, await reachServer(negotiation, options), options);
    negotiation.stage = "client security result";
  });
  return bothSides(negotiation, rest, serverRest!, options);
}

/** Whether every client is let in, with nothing said about it but None. */
export function isOpen({ schemes }: ServerAuthentication): boolean {
  return schemes.length > 0 && schemes.every(({ path }) => path.length === 1 && path[0] === SecurityType.None);
}

async function negotiateOpen(negotiation: Negotiation, options: NegotiationOptions): Promise<Negotiated> {
  const { client } = negotiation;
  const server = await reachServer(negotiation, options);
  // In 3.3 the client has no choice to check, and after None no result to hear: what it is offered is the last word.
  const hasChoice = client.handshake.session.version !== "3.3";
  let serverRest = hasChoice ? undefined : await passServer(negotiation, server, options);

  negotiation.stage = "client security type";
  client.handshake.offer([SecurityType.None]);
  const choice = driveTo(client, "authenticate");
  await (hasChoice && !ourWordIsNext(server, options) ? whilePresent(server, "server", choice) : choice);
  client.handshake.respond(none());
  await driveTo(client, "authorise");
  serverRest ??= await passServer(negotiation, server, options);

  negotiation.stage = "client security result";
  client.handshake.accept();
  const { rest } = await driveTo(client, "done");
  return bothSides(negotiation, rest, serverRest, options);
}

function bothSides(
  { client, server }: Negotiation,
  clientRest: Uint8Array,
  serverRest: Uint8Array,
  { policy, limits }: NegotiationOptions,
): Negotiated {
  const { session } = client.handshake;
  const side: RelaySide = { link: client, rest: clientRest };
  return {
    client: policy === undefined ? side : underPolicy(side, session, policy, limits),
    server: asClientReads(server!, serverRest, session, limits),
  };
}

/** With TLS (18) we begin, and the server's answer is TLS: a read that is under way by then would take it away. */
function ourWordIsNext({ handshake }: Link<ClientHandshake>, { authentication }: NegotiationOptions): boolean {
  return chooseSecurityType(handshake.session.securityTypes, authentication.schemes) === SecurityType.TLS;
}

/** Up to the server's first list. */
async function reachServer(
  negotiation: Negotiation,
  { dial, authentication, tls, limits, signal }: NegotiationOptions,
): Promise<Link<ClientHandshake>> {
  const { client } = negotiation;
  negotiation.stage = "dial";
  const server: Link<ClientHandshake> = {
    handshake: createClientHandshake(limits),
    transport: await whilePresent(client, "client", dialled(dial, signal)),
    tls: (kind) => ({ ...tls, role: "client", kind }),
    signal,
  };
  negotiation.server = server;
  negotiation.stage = "server security types";
  const { securityTypes } = await whilePresent(client, "client", driveTo(server, "authenticate"));
  chooseSecurityType(securityTypes, authentication.schemes); // throws where nothing is in common
  return server;
}

/** Answers with what came behind the server's security. */
async function passServer(
  negotiation: Negotiation,
  server: Link<ClientHandshake>,
  { authentication, limits }: NegotiationOptions,
): Promise<Uint8Array> {
  negotiation.stage = "server security";
  const rest = await whilePresent(negotiation.client, "client", passSecurity(server, authentication, limits));
  if (server.handshake.session.dialect !== "aten") return rest;
  throw new RfbError("unexpected", "Cannot carry the session", "nobody but ATEN's own viewers can read it");
}

/** What the client's transport can carry of it. */
function fitting({ tlsKinds = [] }: Transport, authentication: ServerAuthentication): ServerAuthentication {
  const schemes = authentication.schemes.filter(({ tls }) => tls === undefined || tlsKinds.includes(tls));
  if (schemes.length > 0) return { ...authentication, schemes };
  throw new TypeError("Cannot offer any security type: the client's transport can carry none of the schemes");
}

/** A connection that comes up after the negotiation was given up is nobody's: it is ended. */
async function dialled(dial: NegotiationOptions["dial"], signal: AbortSignal): Promise<Transport> {
  const transport = await dial(signal);
  if (signal.aborted) transport.abort();
  return transport;
}
