import type { Exchange } from "../codec/handshake/exchange.ts";
import { DEFAULT_LIMITS, type Limits } from "../codec/limits.ts";
import { nameOfSecurityType, SecurityType } from "../codec/names.ts";
import {
  type CredentialSource,
  type RandomSource,
  type Scheme,
  type ServerKeyCheck,
  type Verifier,
  webRandom,
} from "./scheme.ts";
import { vencryptClient, vencryptServer } from "./vencrypt.ts";

/** What a client authenticates with. */
export interface ClientAuthentication {
  /** All that may be used, best first: nothing else ever is. */
  readonly schemes: readonly Scheme[];
  readonly credentials: CredentialSource;
  /** Whether a server that shows a key and no certificate is the right one. None is, when absent. */
  readonly trustsServerKey?: ServerKeyCheck;
  /** Web Crypto's where absent. */
  readonly random?: RandomSource;
}

/** What a server authenticates with. */
export interface ServerAuthentication {
  /** All that is offered, in this order. */
  readonly schemes: readonly Scheme[];
  readonly verifier: Verifier;
}

/** The client's exchange for a security type that {@link chooseSecurityType} gave. */
export function clientExchange(
  securityType: number,
  authentication: ClientAuthentication,
  limits: Limits = DEFAULT_LIMITS,
): Exchange {
  const { credentials, trustsServerKey = () => false, random = webRandom } = authentication;
  return within(securityType, authentication.schemes, 0, CLIENT_CONTAINERS, limits, (scheme) =>
    scheme.client({
      scheme,
      async ask(needs) {
        const given = await credentials({ scheme, needs });
        const missing = needs.filter((name) => given[name] === undefined);
        if (missing.length === 0) return given;
        throw new TypeError(`Cannot use ${scheme.name}: no ${missing.join(" and no ")} was given`);
      },
      trustsServerKey,
      random,
      limits,
    }),
  );
}

/** The server's exchange for the security type that a client chose among {@link securityTypesOf} the schemes. */
export function serverExchange(
  securityType: number,
  { schemes, verifier }: ServerAuthentication,
  limits: Limits = DEFAULT_LIMITS,
): Exchange {
  const { random = webRandom } = verifier;
  return within(securityType, schemes, 0, SERVER_CONTAINERS, limits, (scheme) =>
    scheme.server({ scheme, verifier, random, limits }),
  );
}

/** A security type that only settles which other one is run inside it. */
export interface Container {
  /**
   * @param schemes those that can be chosen inside, best first
   * @param depth where in their paths the numbers that are chosen from stand
   * @param enter goes on with one of the numbers at `depth`
   */
  (schemes: readonly Scheme[], depth: number, enter: (chosen: number) => Exchange, limits: Limits): Exchange;
}

const CLIENT_CONTAINERS: ReadonlyMap<number, Container> = new Map([[SecurityType.VeNCrypt, vencryptClient]]);
const SERVER_CONTAINERS: ReadonlyMap<number, Container> = new Map([[SecurityType.VeNCrypt, vencryptServer]]);

/** The exchange of `number`, which stands at `depth` in the schemes' paths: a container's, or the one scheme's that ends there. */
function within(
  number: number,
  schemes: readonly Scheme[],
  depth: number,
  containers: ReadonlyMap<number, Container>,
  limits: Limits,
  run: (scheme: Scheme) => Exchange,
): Exchange {
  const through = schemes.filter(({ path }) => path[depth] === number);
  const last = through.find(({ path }) => path.length === depth + 1);
  if (last !== undefined) return run(last);
  const container = containers.get(number);
  if (through.length === 0 || container === undefined) {
    throw new RangeError(`Cannot run security type ${nameOfSecurityType(number)}: no scheme given is of it`);
  }
  const enter = (chosen: number): Exchange => within(chosen, through, depth + 1, containers, limits, run);
  return container(through, depth + 1, enter, limits);
}
