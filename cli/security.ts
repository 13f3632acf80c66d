/**
 * From settings to what an endpoint needs to pass a server's security.
 *
 * @module
 */

import {
  type ClientAuthentication,
  type CredentialName,
  type Scheme,
  schemesNamed,
  usableSchemes,
} from "../auth/mod.ts";
import type { ClientTls } from "../endpoints/mod.ts";
import { type SecuritySettings, SettingsError } from "../proxy/settings.ts";
import type { TlsKind } from "../transports/transport.ts";

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

/** @throws {SettingsError} no scheme can be used */
export function clientSecurity(settings: SecuritySettings, reach: Reach): ClientSecurity {
  const { auth, ca, cert, key, serverName, verifyHostname, minTls: minVersion, username, password } = settings;
  const credentials = { ...(username !== undefined && { username }), ...(password !== undefined && { password }) };
  const { schemes, unavailable } = usableSchemes(auth, {
    tlsKinds: reach.tlsKinds,
    credentials: Object.keys(credentials) as CredentialName[],
    hasServerName: reach.hasHost || serverName !== undefined || !verifyHostname,
    minVersion,
  });
  if (schemes.length === 0) {
    const why = unavailable.map(({ name, reason }) => `${name} (${reason})`).join(", ");
    throw new SettingsError("auth", `none of it is available: ${why}; ${nextStep(settings, reach)}`);
  }
  return {
    authentication: { schemes, credentials: () => credentials },
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

function nextStep(settings: SecuritySettings, { tlsKinds, hasHost }: Reach): string {
  const { auth, serverName, username, password } = settings;
  if (tlsKinds.length === 0) return "name what the server has without TLS, such as --auth none or --auth vncauth";
  if (!hasHost && serverName === undefined) return "give --server-name";
  const needs = schemesNamed(auth.filter((name) => name !== "vencrypt")).flatMap((scheme) => scheme.needs);
  if (needs.includes("password") && password === undefined) return "give --password-file or RFB_PASSWORD";
  if (needs.includes("username") && username === undefined) return "give --username or RFB_USERNAME";
  return "name another scheme in --auth";
}

function warningsOf({ verifyHostname, password }: SecuritySettings, schemes: readonly Scheme[]): string[] {
  const warnings: string[] = [];
  if (!verifyHostname && schemes.some(({ tls }) => tls === "x509")) {
    warnings.push("--no-verify-hostname: any holder of a certificate from a trusted authority can pose as the server");
  }
  const weak = schemes.filter(({ legacy }) => legacy).map(({ name }) => name);
  if (weak.length > 0 && weak.length < schemes.length) {
    const names = weak.join(", ");
    warnings.push(`${names}: weaker than the rest of the list, and who stands in between decides which is used`);
  }
  const provesByDes = schemes.some(({ needs }) => needs.includes("password") && !needs.includes("username"));
  if (password !== undefined && provesByDes && new TextEncoder().encode(password).length > 8) {
    warnings.push("VncAuth uses the first 8 bytes of a password: the rest of this one counts for nothing");
  }
  return warnings;
}
