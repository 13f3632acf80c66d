/**
 * TLS over a Node socket, in both roles, and what to say when it fails.
 *
 * @module
 */

import { isIP, type Socket } from "node:net";
import {
  type ConnectionOptions,
  connect,
  createSecureContext,
  createServer,
  type SecureContextOptions,
  type TLSSocket,
} from "node:tls";
import { RfbError } from "../codec/errors.ts";
import { printable } from "../codec/text.ts";
import type { TlsClientOptions, TlsKind, TlsOptions, TlsServerOptions, TlsSession } from "./transport.ts";

/**
 * Checks the options and returns the function that does it. That one rejects with an `RfbError` and
 * leaves the socket for its caller to destroy.
 *
 * @param host the name or address that the socket was connected to, if we did that
 * @throws {TypeError} options that cannot work: a certificate without its key, PEM that cannot be
 *   read, no name to compare the certificate with
 * @throws {RangeError} a version that the kind does not have
 */
export function prepareTls(options: TlsOptions, host: string | undefined): (socket: Socket) => Promise<TLSSocket> {
  return options.role === "client" ? prepareClient(options, host) : prepareServer(options);
}

function prepareClient(options: TlsClientOptions, host: string | undefined): (socket: Socket) => Promise<TLSSocket> {
  const settings: ConnectionOptions = {
    secureContext: callersFault(() => createSecureContext({ ...baseOf(options), ca: options.ca })),
    ...(options.kind === "anonymous" ? UNVERIFIED : nameToVerify(options, host)),
  };
  return (socket) =>
    new Promise((resolve, reject) => {
      const secured = connect({ ...settings, socket });
      secured.once("secureConnect", () => resolve(secured));
      // Stays: an error nobody listens to would end the process.
      secured.on("error", (error) => reject(tlsFailure(error)));
      secured.once("close", () => reject(tlsFailure(undefined)));
    });
}

/** Nobody shows a certificate, so there is nothing to verify. */
const UNVERIFIED: ConnectionOptions = { rejectUnauthorized: false, checkServerIdentity: () => undefined };

function nameToVerify(options: TlsClientOptions, host: string | undefined): ConnectionOptions {
  const name = options.serverName ?? host;
  if (options.verifyHostname === false) {
    const sent = name === undefined || name === "" || isIP(name) !== 0 ? {} : { servername: name };
    return { ...sent, rejectUnauthorized: true, checkServerIdentity: () => undefined };
  }
  if (name === undefined || name === "") {
    throw new TypeError("Cannot start TLS: no serverName to compare the certificate with, and verifyHostname is on");
  }
  // An address may not be sent as a server name, but Node compares it when it stands as the host.
  return { ...(isIP(name) === 0 ? { servername: name } : { host: name }), rejectUnauthorized: true };
}

function prepareServer(options: TlsServerOptions): (socket: Socket) => Promise<TLSSocket> {
  if (options.kind === "x509" && options.cert === undefined) {
    throw new TypeError("Cannot start TLS: a server needs a cert and its key");
  }
  // Not this socket's own server but the documented way to have Node check client certificates:
  // connections are handed to it, it never listens.
  const verify = options.clientCa !== undefined;
  const settings = { ...baseOf(options), ca: options.clientCa, dhparam: "auto", ecdhCurve: "auto" };
  const server = callersFault(() => createServer({ ...settings, requestCert: verify, rejectUnauthorized: verify }));
  return (socket) =>
    new Promise((resolve, reject) => {
      server.once("secureConnection", resolve);
      // Also when the socket closes, by whomever.
      server.once("tlsClientError", (error, secured) => {
        // Node verifies after the handshake and then hangs up: the error itself only tells of that.
        const code: unknown = secured.authorizationError;
        reject(code == null ? tlsFailure(error) : tlsFailure(Object.assign(error, { code })));
      });
      server.emit("connection", socket);
    });
}

/** What this process can carry: Deno's and Bun's stand-ins for `node:tls` have no ciphers without certificates. */
export const NODE_TLS_KINDS: readonly TlsKind[] =
  "deno" in process.versions || "bun" in process.versions ? ["x509"] : ["x509", "anonymous"];

/** Options that both roles share. */
function baseOf(options: TlsOptions): SecureContextOptions {
  const { kind, cert, key, minVersion = "1.2" } = options;
  const maxVersion = (options.role === "server" ? options.maxVersion : undefined) ?? "1.3";
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError("Cannot start TLS: cert and key go together");
  }
  for (const [name, version] of Object.entries({ minVersion, maxVersion })) {
    if (version === "1.2" || version === "1.3") continue;
    throw new RangeError(`Cannot start TLS: ${name} is 1.2 or 1.3, got ${String(version)}`);
  }
  if (minVersion > maxVersion) throw new RangeError("Cannot start TLS: minVersion is 1.3 and maxVersion 1.2");
  if (kind === "anonymous") {
    if (minVersion === "1.3") throw new RangeError("Cannot start TLS: anonymous TLS ends with version 1.2");
    return { ciphers: ANONYMOUS_CIPHERS, minVersion: "TLSv1.2", maxVersion: "TLSv1.2" };
  }
  return { cert, key, minVersion: `TLSv${minVersion}`, maxVersion: `TLSv${maxVersion}` };
}

/**
 * OpenSSL counts these as level 0 for want of authentication. `!eNULL` because the name `aNULL` also
 * takes in AECDH-NULL-SHA, which does not even encrypt.
 */
const ANONYMOUS_CIPHERS = "aNULL:!eNULL:@SECLEVEL=0";

function callersFault<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (cause) {
    if (cause instanceof TypeError || cause instanceof RangeError) throw cause;
    throw new TypeError(`Cannot start TLS: the cert or key cannot be used: ${reasonOf(cause)}`, { cause });
  }
}

/** What the handshake agreed on. */
export function sessionOf(socket: TLSSocket): TlsSession {
  const certificate = socket.getPeerX509Certificate();
  const version = socket.getProtocol();
  // Neither is there before the handshake, nor after the end, whatever its type says.
  const cipher = (socket.getCipher() as { standardName?: string } | null)?.standardName;
  const expiry = certificate === undefined ? Number.NaN : Date.parse(certificate.validTo);
  return {
    ...(version !== null && { version }),
    ...(cipher !== undefined && { cipher }),
    ...(certificate !== undefined && { peerSubject: printable(certificate.subject.replaceAll("\n", ", ")) }),
    ...(!Number.isNaN(expiry) && { peerExpiry: new Date(expiry).toISOString() }),
  };
}

/** What went wrong with TLS, in words; `undefined` when the connection just ended. */
export function tlsFailure(error: unknown): RfbError {
  return new RfbError("insecure", "Cannot start TLS", reasonOf(error), { cause: error });
}

/** Whether a socket's error comes from TLS: from version 1.3 on a client's certificate is refused after the handshake. */
export function isTlsError(error: Error): boolean {
  return codeOf(error).startsWith("ERR_SSL_");
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (error === undefined || CLOSED.includes(code)) return "the peer closed the connection";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return nameMismatch(error as NameMismatch);
  const known = REASONS[code];
  if (known !== undefined) return known;
  const { reason, message } = error as { reason?: string; message?: string };
  return printable(reason ?? message ?? String(error));
}

const CLOSED: readonly string[] = ["ECONNRESET", "EPIPE", "ECONNABORTED"];

const UNTRUSTED = "no authority that we trust has signed the peer's certificate";
const SELF_SIGNED = "the peer's certificate is self-signed, and we do not trust it";
const NO_VERSION = "the two ends have no version of TLS in common";
const NO_CERTIFICATE = "the client showed no certificate that we accept";
const DEMANDED = "the server demands a client certificate";
const OURS_REFUSED = "the peer does not accept our certificate";

const REASONS: Readonly<Record<string, string>> = {
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  CERT_UNTRUSTED: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: SELF_SIGNED,
  SELF_SIGNED_CERT_IN_CHAIN: "the peer's certificate comes from an authority that we do not trust",
  CERT_HAS_EXPIRED: "the peer's certificate has expired",
  CERT_NOT_YET_VALID: "the peer's certificate is not valid yet",
  INVALID_PURPOSE: "the peer's certificate is not meant for this role",
  ERR_SSL_UNSUPPORTED_PROTOCOL: NO_VERSION,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: NO_VERSION,
  ERR_SSL_WRONG_VERSION_NUMBER: "what the peer sent is not TLS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "what the peer sent is not TLS",
  ERR_SSL_HTTP_REQUEST: "what the peer sent is not TLS",
  ERR_SSL_NO_SHARED_CIPHER: "the two ends have no cipher in common",
  // Before version 1.3 one alert says either.
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: `${DEMANDED}, or the two ends have no cipher in common`,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: DEMANDED,
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: NO_CERTIFICATE,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: OURS_REFUSED,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: OURS_REFUSED,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: OURS_REFUSED,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: OURS_REFUSED,
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: OURS_REFUSED,
  ERR_TLS_HANDSHAKE_TIMEOUT: "the peer did not finish the handshake in time",
};

interface NameMismatch {
  readonly host: string;
  readonly cert?: { readonly subjectaltname?: string; readonly subject?: { readonly CN?: string } };
}

function nameMismatch({ host, cert }: NameMismatch): string {
  const names = cert?.subjectaltname ?? cert?.subject?.CN ?? "nothing";
  return `the peer's certificate is made out to ${printable(names).slice(0, 200)}, not to ${host}`;
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code ?? "");
}
