/**
 * From settings to what the proxy, as a server, takes its clients in with.
 *
 * @module
 */

import { type Scheme, type ServerAuthentication, schemesNamed, type Verifier } from "../auth/mod.ts";
import type { ServerTls } from "../endpoints/mod.ts";
import { type ProxySettings, SettingsError } from "../proxy/settings.ts";
import { NODE_TLS_KINDS } from "../transports/node.ts";
import { OWN_VIEWERS, provesByDes } from "./security.ts";
import { usersVerifier } from "./users.ts";

/** How clients are taken in, and what to tell about it. */
export interface Guard {
  readonly authentication: ServerAuthentication;
  readonly tls: ServerTls;
  readonly warnings: readonly string[];
  /** A client that shows nothing at all is in. */
  readonly letsAnybodyIn: boolean;
  /** The schemes that bring passwords as they are, with nothing around them. */
  readonly inClear: readonly string[];
}

/** @throws {SettingsError} a scheme that cannot be offered: for want of what it is checked with, or on one of the listeners */
export function guardOf(settings: ProxySettings): Guard {
  const { clientPassword, clientUsers, clientRsaKey, clientCa, listen } = settings;
  const [cert, key] = certificateOf(settings);
  const schemes = [...new Set(schemesNamed(settings.clientAuth))];
  for (const scheme of schemes) {
    const reason = whyNotOffered(scheme, settings, cert !== undefined);
    if (reason !== undefined) throw new SettingsError("clientAuth", `${scheme.name} cannot be offered: ${reason}`);
  }
  if (listen.some(({ type }) => type !== "tcp") && schemes.every(({ tls }) => tls !== undefined)) {
    throw new SettingsError(
      "clientAuth",
      "a WebSocket carries no TLS inside RFB: name a scheme without, such as plain",
    );
  }
  const verifier: Verifier = {
    ...(clientPassword !== undefined && { password: () => clientPassword }),
    ...(clientUsers !== undefined && usersVerifier(clientUsers)),
    ...(clientRsaKey !== undefined && { rsaKey: clientRsaKey }),
  };
  const isShort = clientPassword === undefined || new TextEncoder().encode(clientPassword).length <= 8;
  return {
    authentication: { schemes, verifier },
    tls: {
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(clientCa !== undefined && { clientCa }),
      minVersion: "1.2",
      maxVersion: settings.clientMaxTls,
    },
    warnings: isShort || !schemes.some(provesByDes) ? [] : [LONG_PASSWORD],
    letsAnybodyIn: schemes.some(({ needs, tls }) => needs.length === 0 && !(tls === "x509" && clientCa !== undefined)),
    inClear: schemes
      .filter(({ protects, needs }) => protects === "nothing" && needs.length > 0)
      .map(({ name }) => name),
  };
}

function certificateOf({ clientCert, clientKey, listenCert, listenKey, cert, key }: ProxySettings) {
  if (clientCert !== undefined) return [clientCert, clientKey] as const;
  return listenCert === undefined ? ([cert, key] as const) : ([listenCert, listenKey] as const);
}

function whyNotOffered(scheme: Scheme, settings: ProxySettings, hasCertificate: boolean): string | undefined {
  const { name, needs, tls, showsKey } = scheme;
  const { clientPassword, clientUsers, clientRsaKey } = settings;
  if (OWN_VIEWERS.includes(name)) return "what comes after it is its maker's own";
  if (needs.includes("target") || (needs.length > 0 && !needs.includes("password")))
    return "there is nothing to check it with";
  if (tls !== undefined && !NODE_TLS_KINDS.includes(tls)) return "there is no anonymous TLS here";
  if (tls === "x509" && !hasCertificate) return "give --client-cert and --client-key";
  if (showsKey && clientRsaKey === undefined) return "give --client-rsa-key";
  if (needs.includes("username")) return clientUsers === undefined ? "give --client-users" : undefined;
  if (needs.includes("password") && clientPassword === undefined && !(showsKey && clientUsers !== undefined)) {
    return showsKey ? "give --client-users or --client-password-file" : "give --client-password-file";
  }
  return undefined;
}

const LONG_PASSWORD =
  "VncAuth uses the first 8 bytes of a password: the rest of the one in --client-password-file counts for nothing";
