import {
  type ClientAuthentication,
  chooseSecurityType,
  clientExchange,
  type ServerAuthentication,
  securityTypesOf,
  serverExchange,
} from "../auth/mod.ts";
import type { ClientHandshake } from "../codec/handshake/client_handshake.ts";
import type { ServerHandshake } from "../codec/handshake/server_handshake.ts";
import type { Limits } from "../codec/limits.ts";
import { driveTo, type Link } from "./link.ts";

/**
 * Passes security as a client, in as many rounds as the server asks for. Answers with what came behind it.
 *
 * @throws {RfbError} the server's fault or refusal, or nothing in common
 */
export async function passSecurity(
  link: Link<ClientHandshake>,
  authentication: ClientAuthentication,
  limits: Limits,
): Promise<Uint8Array> {
  const { handshake } = link;
  for (;;) {
    const step = await driveTo(link, "authenticate", "done");
    if (step.type === "done") return step.rest;
    const { securityPath } = handshake.session;
    // In 3.3 the server's choice is part of the path already.
    const path = handshake.session.phase === "authentication" ? securityPath.slice(0, -1) : securityPath;
    const chosen = chooseSecurityType(step.securityTypes, authentication.schemes, path);
    handshake.respond(chosen, clientExchange(chosen, authentication, limits, path));
  }
}

/**
 * Has a client pass security, in as many rounds as the scheme that it chooses has, and lets it in. Answers with what came
 * behind it.
 *
 * @param authorise awaited once the client has shown what it had to, and before it hears that it is in
 * @throws {RfbError} the client's fault, or its failure to authenticate
 */
export async function grantSecurity(
  link: Link<ServerHandshake>,
  authentication: ServerAuthentication,
  limits: Limits,
  authorise?: () => Promise<void>,
): Promise<Uint8Array> {
  const { handshake } = link;
  for (;;) {
    const step = await driveTo(link, "offer", "authenticate", "authorise", "done");
    const { version, securityPath } = handshake.session;
    switch (step.type) {
      case "offer":
        handshake.offer(securityTypesOf(authentication.schemes, version, securityPath));
        break;
      case "authenticate":
        handshake.respond(serverExchange(step.securityType, authentication, limits, securityPath.slice(0, -1)));
        break;
      case "authorise":
        await authorise?.();
        handshake.accept();
        break;
      case "done":
        return step.rest;
    }
  }
}
