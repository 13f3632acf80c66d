import type { Exchange } from "../codec/handshake/exchange.ts";
import { DEFAULT_LIMITS, type Limits } from "../codec/limits.ts";
import { nameOfSecurityType, SecurityType } from "../codec/names.ts";
import { afterwards } from "./afterwards.ts";
import type { CredentialSource, Scheme, Verifier } from "./scheme.ts";
import { vencryptClient, vencryptServer } from "./vencrypt.ts";

/** What a client authenticates with. */
export interface ClientAuthentication {
  /** All that may be used, best first: nothing else ever is. */
  readonly schemes: readonly Scheme[];
  readonly credentials: CredentialSource;
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
  { schemes, credentials }: ClientAuthentication,
  limits: Limits = DEFAULT_LIMITS,
): Exchange {
  const ofType = schemesOfType(securityType, schemes);
  return securityType === SecurityType.VeNCrypt ? vencryptClient(ofType, run, limits) : run(ofType[0]!);

  function run(scheme: Scheme): Exchange {
    if (scheme.needs.length === 0) return scheme.client({}, limits);
    return afterwards(async () => {
      const given = await credentials({ scheme, needs: scheme.needs });
      const missing = scheme.needs.filter((name) => given[name] === undefined);
      if (missing.length > 0)
        throw new TypeError(`Cannot use ${scheme.name}: no ${missing.join(" and no ")} was given`);
      return scheme.client(given, limits);
    });
  }
}

/** The server's exchange for the security type that a client chose among {@link securityTypesOf} the schemes. */
export function serverExchange(
  securityType: number,
  { schemes, verifier }: ServerAuthentication,
  limits: Limits = DEFAULT_LIMITS,
): Exchange {
  const ofType = schemesOfType(securityType, schemes);
  return securityType === SecurityType.VeNCrypt ? vencryptServer(ofType, run, limits) : run(ofType[0]!);

  function run(scheme: Scheme): Exchange {
    return scheme.server(verifier, limits);
  }
}

function schemesOfType(securityType: number, schemes: readonly Scheme[]): readonly Scheme[] {
  const ofType = schemes.filter((scheme) => scheme.securityType === securityType);
  if (ofType.length > 0) return ofType;
  throw new RangeError(`Cannot run security type ${nameOfSecurityType(securityType)}: no scheme given is of it`);
}
