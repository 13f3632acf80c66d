import { RfbError } from "../codec/errors.ts";
import type { TlsKind } from "../codec/handshake/exchange.ts";
import { nameOfSecurityType } from "../codec/names.ts";
import type { CredentialName, Scheme } from "./scheme.ts";
import { SCHEMES } from "./schemes.ts";

/**
 * The schemes of these names, in the same order.
 *
 * @throws {RangeError} a name that no scheme has
 */
export function schemesNamed(names: readonly string[]): readonly Scheme[] {
  return names.map((name) => {
    const scheme = SCHEMES.find((candidate) => candidate.name === name);
    if (scheme !== undefined) return scheme;
    const known = SCHEMES.map((candidate) => candidate.name).join(", ");
    throw new RangeError(`Cannot use the scheme "${name}": the known ones are ${known}`);
  });
}

/** What there is to work with. */
export interface Means {
  /** The TLS that the transport can start. */
  readonly tlsKinds: readonly TlsKind[];
  /** What the credential source can answer. */
  readonly credentials: readonly CredentialName[];
}

/** Why a client cannot use the scheme with these means; undefined where it can. */
export function whyUnavailable(scheme: Scheme, means: Means): string | undefined {
  if (scheme.tls !== undefined && !means.tlsKinds.includes(scheme.tls)) {
    return scheme.tls === "anonymous"
      ? "this transport cannot carry anonymous TLS"
      : "this transport cannot carry TLS with certificates";
  }
  const missing = scheme.needs.filter((name) => !means.credentials.includes(name));
  return missing.length > 0 ? `no ${missing.join(" and no ")} is given` : undefined;
}

/** What an operator's list comes down to. */
export interface UsableSchemes {
  /** Those that can be used, in the operator's order. */
  readonly schemes: readonly Scheme[];
  /** Those that were named and cannot be used here. */
  readonly unavailable: readonly { readonly scheme: Scheme; readonly reason: string }[];
}

/**
 * The schemes of an operator's list that these means allow. `vencrypt` in the list stands for every X509 scheme that
 * they allow, the one that proves most first.
 *
 * @throws {RangeError} a name that no scheme has
 */
export function usableSchemes(names: readonly string[], means: Means): UsableSchemes {
  const schemes = new Set<Scheme>();
  const unavailable = [];
  for (const name of names) {
    if (name === "vencrypt") {
      for (const scheme of schemesNamed(VENCRYPT)) if (whyUnavailable(scheme, means) === undefined) schemes.add(scheme);
      continue;
    }
    for (const scheme of schemesNamed([name])) {
      const reason = whyUnavailable(scheme, means);
      if (reason === undefined) schemes.add(scheme);
      else unavailable.push({ scheme, reason });
    }
  }
  return { schemes: [...schemes], unavailable };
}

/**
 * The security type to answer an offer with: that of the first scheme in `schemes` whose type is
 * offered. Which subtypes VeNCrypt holds shows only after the choice, and there is no way back.
 *
 * @throws {RfbError} `authentication`: none in common
 */
export function chooseSecurityType(offered: readonly number[], schemes: readonly Scheme[]): number {
  const chosen = schemes.find(({ securityType }) => offered.includes(securityType));
  if (chosen !== undefined) return chosen.securityType;
  const names = schemes.map(({ name }) => name).join(", ");
  const reason = `the server offers [${offered.map(nameOfSecurityType).join(", ")}], and only [${names}] is allowed`;
  throw new RfbError("authentication", "Cannot choose a security type", reason);
}

/** The security types to offer for these schemes: each once, in their order. */
export function securityTypesOf(schemes: readonly Scheme[]): readonly number[] {
  return [...new Set(schemes.map(({ securityType }) => securityType))];
}

const VENCRYPT = ["x509plain", "x509vnc", "x509none"];
