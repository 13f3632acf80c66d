import type { Exchange } from "../codec/handshake/exchange.ts";
import { DEFAULT_LIMITS, type Limits } from "../codec/limits.ts";
import { nameOfSecurityType, SecurityType } from "../codec/names.ts";
import { schemesUnder } from "./choice.ts";
import { none } from "./none.ts";
import type { SaslMechanism } from "./sasl/mechanism.ts";
import {
  type CredentialName,
  type CredentialSource,
  type RandomSource,
  type Scheme,
  type ServerKeyCheck,
  type Verifier,
  webRandom,
} from "./scheme.ts";
import { tightClient, tightServer } from "./tight.ts";
import { tlsClient, tlsServer } from "./tls.ts";
import { ultraClient } from "./ultra.ts";
import { type Vencrypt01, vencryptClient, vencryptServer } from "./vencrypt.ts";

/** What a client authenticates with. */
export interface ClientAuthentication {
  /** All that may be used, best first: nothing else ever is. */
  readonly schemes: readonly Scheme[];
  /** Whom to ask for what the scheme needs. */
  readonly credentials: CredentialSource;
  /** The server, as the user knows it, for whoever is asked: `vm.example:5900`. */
  readonly server?: string;
  /** Whether a server that shows a key and no certificate is the right one. None is, when absent. */
  readonly trustsServerKey?: ServerKeyCheck;
  /** What SASL may use, best first. SCRAM-SHA-256, SCRAM-SHA-1, then PLAIN over TLS with a certificate, where absent. */
  readonly saslMechanisms?: readonly SaslMechanism[];
  /** Web Crypto's where absent. */
  readonly random?: RandomSource;
}

/** What a server authenticates with. */
export interface ServerAuthentication {
  /** All that is offered, in this order. */
  readonly schemes: readonly Scheme[];
  /** What clients are checked with. */
  readonly verifier: Verifier;
  /** How to speak VeNCrypt 0.1 with who asks for it; nobody is known to. Refused when absent. */
  readonly vencrypt01?: Vencrypt01;
}

/**
 * The client's exchange for a security type that {@link chooseSecurityType} gave.
 *
 * @param path what earlier rounds have settled: the session's `securityPath`
 */
export function clientExchange(
  securityType: number,
  authentication: ClientAuthentication,
  limits: Limits = DEFAULT_LIMITS,
  path: readonly number[] = [],
): Exchange {
  const { credentials, server, trustsServerKey = () => false, saslMechanisms, random = webRandom } = authentication;
  const schemes = schemesUnder(path, authentication.schemes);
  return within(securityType, schemes, path.length, CLIENT_CONTAINERS, limits, (scheme) =>
    scheme.client({
      scheme,
      async ask(needs) {
        const given = await credentials({
          scheme,
          needs,
          ...(server !== undefined && { server }),
          prompt: promptFor(scheme, needs, server),
        });
        const missing = needs.filter((name) => given[name] === undefined);
        if (missing.length === 0) return given;
        throw new TypeError(`Cannot use ${scheme.name}: no ${missing.join(" and no ")} was given`);
      },
      trustsServerKey,
      saslMechanisms,
      random,
      limits,
    }),
  );
}

/**
 * The server's exchange for the security type that a client chose among {@link securityTypesOf} the schemes.
 *
 * @param path what earlier rounds have settled: the session's `securityPath` but for the last choice
 */
export function serverExchange(
  securityType: number,
  { schemes, verifier, vencrypt01 }: ServerAuthentication,
  limits: Limits = DEFAULT_LIMITS,
  path: readonly number[] = [],
): Exchange {
  const { random = webRandom } = verifier;
  const containers = new Map(SERVER_CONTAINERS).set(SecurityType.VeNCrypt, (...inside) =>
    vencryptServer(...inside, vencrypt01),
  );
  return within(securityType, schemesUnder(path, schemes), path.length, containers, limits, (scheme) =>
    scheme.server({ scheme, verifier, random, limits }),
  );
}

/**
 * A security type that only settles which other one is run inside it.
 *
 * @param schemes those that can be chosen inside, best first
 * @param depth where in their paths the numbers that are chosen from stand
 * @param enter goes on with one of the numbers at `depth`
 */
export type Container = (
  schemes: readonly Scheme[],
  depth: number,
  enter: (chosen: number) => Exchange,
  limits: Limits,
) => Exchange;

// What is inside Ultra is chosen in the handshake's next round.
const CLIENT_CONTAINERS: ReadonlyMap<number, Container> = new Map<number, Container>([
  [SecurityType.Tight, tightClient],
  [SecurityType.Ultra, ultraClient],
  [SecurityType.TLS, tlsClient],
  [SecurityType.VeNCrypt, vencryptClient],
]);
const SERVER_CONTAINERS: ReadonlyMap<number, Container> = new Map<number, Container>([
  [SecurityType.Tight, tightServer],
  [SecurityType.Ultra, none],
  [SecurityType.TLS, tlsServer],
  [SecurityType.VeNCrypt, vencryptServer],
]);

/**
 * The exchange of `number`, which stands at `depth` in the schemes' paths: the one scheme's that ends there, or a container's.
 * Where both are allowed, the one that is named first.
 */
function within(
  number: number,
  schemes: readonly Scheme[],
  depth: number,
  containers: ReadonlyMap<number, Container>,
  limits: Limits,
  run: (scheme: Scheme) => Exchange,
): Exchange {
  const through = schemes.filter(({ path }) => path[depth] === number);
  const first = through[0];
  if (first?.path.length === depth + 1) return run(first);
  const container = containers.get(number);
  if (first === undefined || container === undefined) {
    throw new RangeError(`Cannot run security type ${nameOfSecurityType(number)}: no scheme given is of it`);
  }
  const inside = through.filter(({ path }) => path.length > depth + 1);
  const enter = (chosen: number): Exchange => within(chosen, inside, depth + 1, containers, limits, run);
  return container(inside, depth + 1, enter, limits);
}

/** "User name and password for vm.example:5900 (x509plain)". */
function promptFor({ name }: Scheme, needs: readonly CredentialName[], server = "the server"): string {
  const words = needs.map((each) => CREDENTIAL_WORDS[each]).join(" and ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} for ${server} (${name})`;
}

const CREDENTIAL_WORDS: Readonly<Record<CredentialName, string>> = {
  username: "user name",
  password: "password",
  target: "machine",
};
