import { nameOfSecurityType, nameOfVencryptSubtype, namesOfSecurityPath } from "../codec/names.ts";
import type { Session } from "../codec/session.ts";
import type { Transport } from "../transports/transport.ts";

/** What the proxy was doing when it said something. */
export type Stage =
  | "client version"
  | "client security"
  | "dial"
  | "server security types"
  | "client security type"
  | "server security"
  | "client security result"
  | "relay";

/** What a log is told: facts for the operator, none of which a peer is sent. */
export interface ProxyLogEntry {
  /** `negotiated`: both sides passed security. `failed`: they did not. `closed`: a relay is over. */
  readonly event: "negotiated" | "failed" | "closed";
  /** Counts up with each client. */
  readonly connection: number;
  /** The client's address, as its transport tells it. */
  readonly client?: string | undefined;
  /** Since the client came. */
  readonly milliseconds: number;
  /** What the proxy was doing. */
  readonly stage: Stage;
  /** Why it failed, or closed. */
  readonly reason?: string | undefined;
  /** As said: "3.889". */
  readonly clientVersion?: string | undefined;
  /** The server's, likewise. */
  readonly serverVersion?: string | undefined;
  /** By name and number, in the server's order. */
  readonly securityTypes?: readonly string[] | undefined;
  /** The one chosen, by name and number. */
  readonly securityType?: string | undefined;
  /** What the server's VeNCrypt has offered. */
  readonly vencryptSubtypes?: readonly string[] | undefined;
  /** The one chosen of those. */
  readonly vencryptSubtype?: string | undefined;
  /** All that was chosen with the server, one inside the other or one round after the other. */
  readonly securityPath?: readonly string[] | undefined;
  /** The same with the client. */
  readonly clientSecurityPath?: readonly string[] | undefined;
  /** Towards the server, as the host names it: `TLSv1.3`. */
  readonly tlsVersion?: string | undefined;
  /** The cipher suite, likewise. */
  readonly tlsCipher?: string | undefined;
  /** The server's, on one line. */
  readonly certificateSubject?: string | undefined;
  /** When the server's certificate ends to be valid, ISO 8601. */
  readonly certificateExpiry?: string | undefined;
  /** Relayed so far. */
  readonly bytesToServer?: number | undefined;
  /** Relayed so far. */
  readonly bytesToClient?: number | undefined;
}

/** What the two sessions and the server's TLS say about a connection. */
export function negotiatedFacts(
  client: Session,
  server: Session | undefined,
  transport: Transport | undefined,
): Partial<ProxyLogEntry> {
  return {
    clientVersion: versionText(client.clientVersion),
    serverVersion: versionText(server?.serverVersion),
    securityTypes: server?.securityTypes.map(nameOfSecurityType),
    securityType: named(server?.securityType, nameOfSecurityType),
    vencryptSubtypes: server?.vencryptSubtypes.map(nameOfVencryptSubtype),
    vencryptSubtype: named(server?.vencryptSubtype, nameOfVencryptSubtype),
    securityPath: server && namesOfSecurityPath(server.securityPath),
    clientSecurityPath: namesOfSecurityPath(client.securityPath),
    tlsVersion: transport?.tls?.version,
    tlsCipher: transport?.tls?.cipher,
    certificateSubject: transport?.tls?.peerSubject,
    certificateExpiry: transport?.tls?.peerExpiry,
  };
}

function versionText(version: Session["serverVersion"]): string | undefined {
  return version && `${version.major}.${version.minor}`;
}

function named(number: number | undefined, nameOf: (number: number) => string): string | undefined {
  return number === undefined ? undefined : nameOf(number);
}
