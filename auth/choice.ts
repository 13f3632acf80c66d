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
  /** false: there is no name to compare the server's certificate with, and the comparison is not waived. */
  readonly hasServerName?: boolean;
  /** The oldest version of TLS to accept. */
  readonly minVersion?: "1.2" | "1.3";
}

/** Why a client cannot use the scheme with these means; undefined where it can. */
export function whyUnavailable({ tls, needs }: Scheme, means: Means): string | undefined {
  if (tls !== undefined && !means.tlsKinds.includes(tls)) {
    return `this transport cannot carry ${tls === "anonymous" ? "anonymous TLS" : "TLS with certificates"}`;
  }
  if (tls === "anonymous" && means.minVersion === "1.3") return "TLS 1.3 has no anonymous TLS";
  if (tls === "x509" && means.hasServerName === false) {
    return "there is no server name that the certificate could be compared with";
  }
  const missing = needs.filter((name) => !means.credentials.includes(name));
  return missing.length > 0 ? `no ${missing.join(" and no ")} is given` : undefined;
}

/** What an operator's list comes down to. */
export interface UsableSchemes {
  /** Those that can be used, in the operator's order. */
  readonly schemes: readonly Scheme[];
  /** Those that cannot, and why. */
  readonly unavailable: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * The schemes of an operator's list that these means allow, each once. `vencrypt` in the list stands for the X509 schemes,
 * the one that proves most first.
 *
 * @throws {RangeError} a name that no scheme has
 */
export function usableSchemes(names: readonly string[], means: Means): UsableSchemes {
  const all = new Set(schemesNamed(names.flatMap((name) => (name === "vencrypt" ? VENCRYPT : [name]))));
  const schemes: Scheme[] = [];
  const unavailable: { name: string; reason: string }[] = [];
  for (const scheme of all) {
    const reason = whyUnavailable(scheme, means);
    if (reason === undefined) schemes.push(scheme);
    else unavailable.push({ name: scheme.name, reason });
  }
  return { schemes, unavailable };
}

/**
 * The security type to answer an offer with: that of the first scheme in `schemes` whose type is
 * offered. Which subtypes VeNCrypt holds shows only after the choice, and there is no way back.
 *
 * @throws {RfbError} `authentication`: none in common
 */
export function chooseSecurityType(offered: readonly number[], schemes: readonly Scheme[]): number {
  const chosen = schemes.find(({ path }) => offered.includes(path[0]!));
  if (chosen !== undefined) return chosen.path[0]!;
  const names = schemes.map(({ name }) => name).join(", ");
  const reason = `the server offers [${offered.map(nameOfSecurityType).join(", ")}], and only [${names}] is allowed`;
  throw new RfbError("authentication", "Cannot choose a security type", reason);
}

/** The security types to offer for these schemes: each once, in their order. */
export function securityTypesOf(schemes: readonly Scheme[]): readonly number[] {
  return [...new Set(schemes.map(({ path }) => path[0]!))];
}

const VENCRYPT = ["x509plain", "x509vnc", "x509none"];
