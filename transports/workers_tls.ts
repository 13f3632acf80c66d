/**
 * TLS of Cloudflare Workers: what a Worker may ask of it, and what to say when it fails.
 *
 * @module
 */

import { checkVersions } from "./callers.ts";
import { insecure, TLS_REASONS } from "./tls_reasons.ts";
import type { TlsOptions } from "./transport.ts";

/**
 * Whether all that is asked for is what the host does anyway: a Worker can ask for nothing.
 *
 * @param host the name or address that the socket was connected to
 * @throws {TypeError} anything else is asked for
 * @throws {RangeError} a version that there is not
 */
export function checkTls(options: TlsOptions, host: string): void {
  if (options.role === "server") throw refused("a Worker cannot be a TLS server: end TLS in front of it");
  if (options.kind !== "x509") throw refused("Workers have no anonymous TLS");
  const { ca, cert, key, serverName = host, verifyHostname = true } = options;
  if (ca !== undefined) {
    throw refused("a Worker cannot name a ca: put it in the network service's tlsOptions.trustedCertificates");
  }
  if (cert !== undefined || key !== undefined) {
    throw refused(
      "a Worker has no cert and key to show: bind a network service that has them as tlsOptions.keypair, and hand that in as network",
    );
  }
  // `startTls` takes a name. workerd compares the certificate with it, Cloudflare's network does not and says nothing.
  if (serverName.toLowerCase() !== host.toLowerCase()) {
    throw refused(`the certificate is compared with what was dialled: dial ${serverName || "its name"}, not ${host}`);
  }
  if (!verifyHostname) throw refused("a Worker cannot do without verifyHostname: dial a name that the certificate has");
  checkVersions(options);
  if (options.minVersion === "1.3") {
    throw refused("a Worker cannot set minVersion: set the network service's tlsOptions.minVersion to tls1Dot3");
  }
}

/** What went wrong with TLS, as far as the host tells; `undefined` when the connection just ended. */
export function tlsFailure(cause: unknown): Error {
  if (cause === undefined) return insecure(`${TLS_REASONS.closed}, or ${REFUSED}`);
  const words = cause instanceof Error ? cause.message : String(cause);
  if (words.includes("startTls() is not supported")) {
    return refused("the network service has no tlsOptions, which say whom to trust", { cause });
  }
  return insecure(`${REFUSED}, or it broke off; the host says: ${words}`, cause);
}

/** Of any of these the host says "internal error", with a reference to its own log. */
const REFUSED = "the peer's certificate, its name or its version of TLS is not accepted";

function refused(reason: string, options?: ErrorOptions): TypeError {
  return new TypeError(`Cannot start TLS: ${reason}`, options);
}
