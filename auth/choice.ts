import { RfbError } from "../codec/errors.ts";
import type { TlsKind } from "../codec/handshake/exchange.ts";
import type { Version } from "../codec/handshake/protocol_version.ts";
import { nameOfSecurityType, SecurityType } from "../codec/names.ts";
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
  /** false: nobody can tell whether a key that a server shows is the right one. */
  readonly knowsServerKeys?: boolean;
}

/** Why a client cannot use the scheme with these means; undefined where it can. */
export function whyUnavailable({ tls, needs, showsKey }: Scheme, means: Means): string | undefined {
  if (tls !== undefined && !means.tlsKinds.includes(tls)) {
    return `this transport cannot carry ${tls === "anonymous" ? "anonymous TLS" : "TLS with certificates"}`;
  }
  if (tls === "anonymous" && means.minVersion === "1.3") return "TLS 1.3 has no anonymous TLS";
  if (tls === "x509" && means.hasServerName === false) {
    return "there is no server name that the certificate could be compared with";
  }
  if (showsKey && means.knowsServerKeys === false) return "there is nothing to know the server's key by";
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
 * @param path what earlier rounds have settled, the session's `securityPath`: UltraVNC may ask for more than is allowed
 * @throws {RfbError} `authentication`: none in common
 */
export function chooseSecurityType(
  offered: readonly number[],
  schemes: readonly Scheme[],
  path: readonly number[] = [],
): number {
  const allowed = schemesUnder(path, schemes);
  const chosen = allowed.find((scheme) => offered.includes(scheme.path[path.length]!));
  if (chosen !== undefined) return chosen.path[path.length]!;
  const names = allowed.map(({ name }) => name).join(", ");
  const after = path.length === 0 ? "" : ` after [${path.join(", ")}]`;
  const listed = offered.map(nameOfSecurityType).join(", ");
  const reason = `the server offers [${listed}]${after}, and only [${names}] is allowed`;
  throw new RfbError("authentication", "Cannot choose a security type", reason);
}

/**
 * The security types to offer for these schemes: each once, in their order. 3.3 has room for one, and none for the second list
 * of Ultra; the others have none for numbers above 255.
 *
 * @param path what earlier rounds have settled: the session's `securityPath`
 */
export function securityTypesOf(
  schemes: readonly Scheme[],
  version: Version = "3.8",
  path: readonly number[] = [],
): readonly number[] {
  const types = [...new Set(schemesUnder(path, schemes).map((scheme) => scheme.path[path.length]!))];
  if (version === "3.3") return types.filter((type) => type !== SecurityType.Ultra).slice(0, 1);
  return types.filter((type) => type <= 255);
}

/** The schemes that go on from `path`, in their order. */
export function schemesUnder(path: readonly number[], schemes: readonly Scheme[]): readonly Scheme[] {
  return schemes.filter((scheme) => scheme.path.length > path.length && path.every((n, i) => scheme.path[i] === n));
}

const VENCRYPT = ["x509plain", "x509sasl", "x509vnc", "x509none"];
