/**
 * From settings to what an endpoint needs to pass a server's security.
 *
 * @module
 */

import {
  type ClientAuthentication,
  type CredentialName,
  PLAIN_ANYWHERE,
  type SaslMechanism,
  SCRAM_SHA_1,
  SCRAM_SHA_256,
  type Scheme,
  type ServerKeyCheck,
  schemesNamed,
  usableSchemes,
} from "../auth/mod.ts";
import { SecurityType, VencryptSubtype } from "../codec/names.ts";
import type { ClientTls } from "../endpoints/mod.ts";
import { type SecuritySettings, SettingsError } from "../proxy/settings.ts";
import type { TlsKind } from "../transports/transport.ts";
import { credentialSource, givenCredentials, stepTo } from "./credentials.ts";
import type { Prompt } from "./prompt.ts";

/** How to pass a server's security, and what to tell about it. */
export interface ClientSecurity {
  readonly authentication: ClientAuthentication;
  readonly tls: ClientTls;
  readonly unavailable: readonly { readonly name: string; readonly reason: string }[];
  readonly warnings: readonly string[];
}

/** How the server is reached. */
export interface Reach {
  /** The TLS that can be started on the connection. */
  readonly tlsKinds: readonly TlsKind[];
  /** Whether there is a host to compare a certificate with. */
  readonly hasHost: boolean;
}

/** What there is besides settings. */
export interface ClientMeans {
  readonly reach: Reach;
  /** The server, as the operator writes it. */
  readonly server: string;
  /** Somebody to ask for what the settings do not give. */
  readonly prompt?: Prompt | undefined;
  /** How a server's key is checked; absent where there is nothing to check it by. */
  readonly trustsServerKey?: ServerKeyCheck | undefined;
  /** What comes after security is carried on, and not understood. */
  readonly isRelay?: boolean;
}

/** @throws {SettingsError} no scheme can be used */
export function clientSecurity(settings: SecuritySettings, means: ClientMeans): ClientSecurity {
  const { auth, ca, cert, key, serverName, verifyHostname, minTls: minVersion } = settings;
  const { reach, server, prompt, trustsServerKey, isRelay = false } = means;
  const given = givenCredentials(settings);
  const usable = usableSchemes(auth, {
    tlsKinds: reach.tlsKinds,
    credentials: prompt === undefined ? (Object.keys(given) as CredentialName[]) : ["username", "password", "target"],
    hasServerName: reach.hasHost || serverName !== undefined || !verifyHostname,
    minVersion,
    knowsServerKeys: trustsServerKey !== undefined,
  });
  const isUnreadable = ({ name }: Scheme): boolean => isRelay && OWN_VIEWERS.includes(name);
  const schemes = usable.schemes.filter((scheme) => !isUnreadable(scheme));
  const unreadable = usable.schemes.filter(isUnreadable);
  const unavailable = [
    ...usable.unavailable,
    ...unreadable.map(({ name }) => ({ name, reason: "what comes after it only its maker's viewers can read" })),
  ];
  if (schemes.length === 0) {
    const why = unavailable.map(({ name, reason }) => `${name} (${reason})`).join(", ");
    throw new SettingsError("auth", `none of it is available: ${why}; ${nextStep(settings, means)}`);
  }
  return {
    authentication: {
      schemes,
      credentials: credentialSource(given, prompt),
      server,
      ...(settings.sasl !== undefined && { saslMechanisms: settings.sasl.map((name) => SASL_MECHANISMS[name]!) }),
      ...(trustsServerKey !== undefined && { trustsServerKey }),
    },
    tls: {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(serverName !== undefined && { serverName }),
      verifyHostname,
      minVersion,
    },
    unavailable,
    warnings: warningsOf(settings, schemes),
  };
}

/** Those of `--sasl`. PLAIN that is asked for by name goes without TLS too. */
const SASL_MECHANISMS: Readonly<Record<string, SaslMechanism>> = {
  "SCRAM-SHA-256": SCRAM_SHA_256,
  "SCRAM-SHA-1": SCRAM_SHA_1,
  PLAIN: PLAIN_ANYWHERE,
};

const SASL_TYPES: readonly number[] = [SecurityType.SASL, VencryptSubtype.X509SASL, VencryptSubtype.TLSSASL];

/** Schemes of servers that speak a dialect that the proxy cannot put into RFB. */
export const OWN_VIEWERS: readonly string[] = ["aten"];

/** Whether no more than 8 bytes of the password count. */
export function provesByDes({ path }: Scheme): boolean {
  const types: readonly number[] = [SecurityType.VncAuth, SecurityType.xvp];
  const subtypes: readonly number[] = [VencryptSubtype.TLSVnc, VencryptSubtype.X509Vnc];
  return types.includes(path.at(-1)!) || subtypes.includes(path.at(-1)!);
}

function nextStep(
  settings: SecuritySettings,
  { reach: { tlsKinds, hasHost }, prompt, trustsServerKey }: ClientMeans,
): string {
  const { auth, serverName } = settings;
  const schemes = schemesNamed(auth.filter((name) => name !== "vencrypt"));
  const given = Object.keys(givenCredentials(settings));
  if (tlsKinds.length === 0 && schemes.every(({ tls }) => tls !== undefined)) {
    return "name what the server has without TLS, such as --auth none or --auth vncauth";
  }
  if (!hasHost && serverName === undefined && schemes.every(({ tls }) => tls === "x509")) return "give --server-name";
  if (trustsServerKey === undefined && schemes.some(({ showsKey }) => showsKey)) {
    return "give --server-key or --known-hosts";
  }
  const missing = schemes.flatMap(({ needs }) => needs).filter((name) => !given.includes(name));
  // The password first: with it alone more becomes possible.
  const first = missing.find((name) => name === "password") ?? missing[0];
  return first === undefined || prompt !== undefined ? "name another scheme in --auth" : `give ${stepTo(first)}`;
}

/** Whoever takes away all but a scheme that hides the password alone has the session. */
function strengthOf({ legacy, protects }: Scheme): number {
  if (legacy) return 0;
  return protects === "stream" ? 2 : 1;
}

function warningsOf({ verifyHostname, password, sasl }: SecuritySettings, schemes: readonly Scheme[]): string[] {
  const warnings: string[] = [];
  if (!verifyHostname && schemes.some(({ tls }) => tls === "x509")) {
    warnings.push("--no-verify-hostname: any holder of a certificate from a trusted authority can pose as the server");
  }
  const best = Math.max(...schemes.map(strengthOf));
  const weak = schemes.filter((scheme) => strengthOf(scheme) < best).map(({ name }) => name);
  if (weak.length > 0) {
    const names = weak.join(", ");
    warnings.push(`${names}: weaker than the rest of the list, and who stands in between decides which is used`);
  }
  const clear = schemes.filter(({ protects, needs }) => protects === "nothing" && needs.includes("password"));
  if (clear.length > 0) {
    const names = clear.map(({ name }) => name).join(", ");
    warnings.push(`${names}: whoever listens on the way to the server has the password`);
  }
  const bare = schemes.filter(({ path, tls }) => path.some((type) => SASL_TYPES.includes(type)) && tls !== "x509");
  if (sasl?.includes("PLAIN") && bare.length > 0) {
    const names = bare.map(({ name }) => name).join(", ");
    const who = bare.some(({ tls }) => tls === undefined) ? "listens on the way to the server" : "stands in between";
    warnings.push(`--sasl PLAIN: in ${names} whoever ${who} has the password`);
  }
  if (password !== undefined && schemes.some(provesByDes) && new TextEncoder().encode(password).length > 8) {
    warnings.push("VncAuth uses the first 8 bytes of a password: the rest of this one counts for nothing");
  }
  return warnings;
}
