/**
 * TLS over a Node socket, in both roles, and what to say when it fails.
 *
 * @module
 */

import { constants, createPrivateKey, X509Certificate } from "node:crypto";
import { isIP, type Socket } from "node:net";
import {
  type ConnectionOptions,
  connect,
  createSecureContext,
  createServer,
  type SecureContext,
  type SecureContextOptions,
  type Server,
  type TlsOptions as ServerOptions,
  type TLSSocket,
} from "node:tls";
import type { RfbError } from "../codec/errors.ts";
import { printable } from "../codec/text.ts";
import { checkVersions } from "./callers.ts";
import { createKept } from "./node_kept.ts";
import { insecure, madeOutTo, TLS_REASONS } from "./tls_reasons.ts";
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
    secureContext: callersFault(() => clientContextOf({ ...baseOf(options), ca: options.ca })),
    ...(options.kind === "anonymous" ? UNVERIFIED : nameToVerify(options, host)),
  };
  return (socket) =>
    new Promise((resolve, reject) => {
      const secured = connect({ ...settings, socket });
      const closed = (): void => reject(tlsFailure(undefined));
      secured.once("secureConnect", () => {
        secured.off("close", closed);
        resolve(secured);
      });
      // Stays: an error nobody listens to would end the process.
      secured.on("error", (error) => reject(tlsFailure(error)));
      secured.once("close", closed);
    });
}

/**
 * A context takes time and memory to make, and connections to the same server have all the same. Not with the host's authorities,
 * which may change.
 */
function clientContextOf(options: SecureContextOptions): SecureContext {
  if (options.ca === undefined) return createSecureContext(options);
  const context = CONTEXTS.take(options);
  CONTEXTS.keep(context);
  return context;
}

const CONTEXTS = createKept<SecureContextOptions, SecureContext>(createSecureContext);

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
  const groups = { ecdhCurve: "auto", ...(HAS_ANONYMOUS && { dhparam: "auto" }) };
  // Nobody resumes a session, and old viewers trip over tickets: see maxVersion. Bun then sends none, Node still does.
  const secureOptions = constants.SSL_OP_NO_TICKET;
  const settings = { ...baseOf(options), ...groups, secureOptions, ca: options.clientCa };
  const server = callersFault(() => SERVERS.take({ ...settings, requestCert: verify, rejectUnauthorized: verify }));
  return (socket) =>
    new Promise((resolve, reject) => {
      server.once("secureConnection", done);
      // Also when the socket closes, by whomever: a client that ends it has broken the handshake off.
      server.once("tlsClientError", failed);
      socket.allowHalfOpen = false;
      server.emit("connection", socket);

      function done(secured: TLSSocket): void {
        server.off("tlsClientError", failed);
        rest(server);
        resolve(secured);
      }

      function failed(error: Error, secured: TLSSocket): void {
        server.off("secureConnection", done);
        rest(server);
        // Node verifies after the handshake and then hangs up: the error itself only tells of that.
        const code: unknown = secured.authorizationError;
        reject(code == null ? tlsFailure(error) : tlsFailure(Object.assign(error, { code })));
      }
    });
}

/** Those that are at no handshake: of two at a time one could not tell whose is over. */
const SERVERS = createKept<ServerOptions, Server>((options) => createServer(options));

/** Of its last handshake Node's server says nothing more. Whether Deno's and Bun's do is not known. */
function rest(server: Server): void {
  if (IS_NODE) SERVERS.keep(server);
}

const IS_DENO = "deno" in process.versions;
const IS_NODE = !(IS_DENO || "bun" in process.versions);

/** Deno's and Bun's stand-ins for `node:tls` have no ciphers without certificates, nor groups of integers (DHE) for any. */
const HAS_ANONYMOUS = IS_NODE;

/** What this process can carry. */
export const NODE_TLS_KINDS: readonly TlsKind[] = HAS_ANONYMOUS ? ["x509", "anonymous"] : ["x509"];

/** Options that both roles share. */
function baseOf(options: TlsOptions): SecureContextOptions {
  const { kind, cert, key, minVersion = "1.2" } = options;
  const { maxVersion = "1.3" } = options.role === "server" ? options : {};
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError("Cannot start TLS: cert and key go together");
  }
  checkVersions({ minVersion, maxVersion });
  if (kind === "anonymous") {
    if (minVersion === "1.3") throw new RangeError("Cannot start TLS: anonymous TLS ends with version 1.2");
    if (!HAS_ANONYMOUS) throw new TypeError("Cannot start TLS: this runtime has no anonymous TLS");
    return { ciphers: ANONYMOUS_CIPHERS, minVersion: "TLSv1.2", maxVersion: "TLSv1.2" };
  }
  if (IS_DENO && cert !== undefined && key !== undefined) callersFault(() => checkReadable(cert, key));
  return { cert, key, minVersion: `TLSv${minVersion}`, maxVersion: `TLSv${maxVersion}` };
}

/** Deno looks at them only once it shows them, and then says nothing. */
function checkReadable(cert: string, key: string): void {
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) throw new Error("the key is another's");
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
  return insecure(reasonOf(error), error);
}

/** Whether a socket's error comes from TLS: from version 1.3 on a client's certificate is refused after the handshake. */
export function isTlsError(error: Error): boolean {
  return codeOf(error).startsWith("ERR_SSL_");
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (error === undefined || CLOSED.includes(code)) return TLS_REASONS.closed;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return nameMismatch(error as NameMismatch);
  // Which version of TLS an alert is named after is each library's choice.
  const known = REASONS[code.replace(/^ERR_SSL_[^_]+_ALERT_/, "ALERT_")];
  if (known !== undefined) return known;
  const { reason, message } = error as { reason?: string; message?: string };
  return printable(reason ?? message ?? String(error));
}

const CLOSED: readonly string[] = ["ECONNRESET", "EPIPE", "ECONNABORTED"];

/** Deno says the same of certificates that have expired, are not valid yet or are not meant for a server. */
const UNVERIFIED_LEAF = IS_DENO ? `${TLS_REASONS.untrusted}, or it is not valid now and here` : TLS_REASONS.untrusted;

const REASONS: Readonly<Record<string, string>> = {
  UNABLE_TO_GET_ISSUER_CERT: TLS_REASONS.untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: TLS_REASONS.untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNVERIFIED_LEAF,
  CERT_SIGNATURE_FAILURE: TLS_REASONS.untrusted,
  CERT_UNTRUSTED: TLS_REASONS.untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: TLS_REASONS.selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: TLS_REASONS.unknownRoot,
  CERT_HAS_EXPIRED: TLS_REASONS.expired,
  CERT_NOT_YET_VALID: TLS_REASONS.notYetValid,
  INVALID_PURPOSE: TLS_REASONS.otherRole,
  ERR_SSL_UNSUPPORTED_PROTOCOL: TLS_REASONS.noVersion,
  ALERT_PROTOCOL_VERSION: TLS_REASONS.noVersion,
  ERR_SSL_WRONG_VERSION_NUMBER: TLS_REASONS.notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: TLS_REASONS.notTls,
  ERR_SSL_HTTP_REQUEST: TLS_REASONS.notTls,
  ERR_SSL_NO_SHARED_CIPHER: TLS_REASONS.noCipher,
  ALERT_HANDSHAKE_FAILURE: TLS_REASONS.demandedOrNoCipher,
  ALERT_CERTIFICATE_REQUIRED: TLS_REASONS.demanded,
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: TLS_REASONS.noCertificate,
  ALERT_UNKNOWN_CA: TLS_REASONS.oursRefused,
  ALERT_BAD_CERTIFICATE: TLS_REASONS.oursRefused,
  ALERT_CERTIFICATE_UNKNOWN: TLS_REASONS.oursRefused,
  ALERT_CERTIFICATE_EXPIRED: TLS_REASONS.oursRefused,
  ALERT_UNSUPPORTED_CERTIFICATE: TLS_REASONS.oursRefused,
  ERR_TLS_HANDSHAKE_TIMEOUT: TLS_REASONS.late,
};

interface NameMismatch {
  readonly host: string;
  readonly cert?: { readonly subjectaltname?: string; readonly subject?: { readonly CN?: string } };
}

function nameMismatch({ host, cert }: NameMismatch): string {
  const names = cert?.subjectaltname ?? cert?.subject?.CN ?? "nothing";
  return madeOutTo(names, host);
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code ?? "");
}
