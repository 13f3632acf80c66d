/**
 * What Deno's own TLS can be asked for, and what to say when it fails.
 *
 * It is rustls: version 1.2 or 1.3, whichever is newer at both ends, and certificates always verified. It knows no bound on
 * versions, shows no client certificate on a connection that stands, asks for none, and is a server from the first byte or
 * not at all. Some of that it would ignore without a word, so whatever it cannot do is refused here.
 *
 * @module
 */

import type { RfbError } from "../codec/errors.ts";
import { checkServerTls, checkVersions } from "./callers.ts";
import { insecure, madeOutTo, TLS_REASONS } from "./tls_reasons.ts";
import type { TlsClientOptions, TlsOptions, TlsServerOptions } from "./transport.ts";

/**
 * What to hand to `Deno.startTls`.
 *
 * @param host the name or address that the connection was made to, if we did that
 * @throws {TypeError} what Deno's own TLS cannot do, or no name to compare the certificate with
 * @throws {RangeError} a version that there is not
 */
export function clientSettings(options: TlsOptions, host: string | undefined): Deno.StartTlsOptions {
  if (options.role === "server") throw unable("be a server on a connection that stands");
  if (options.kind === "anonymous") throw new TypeError("Cannot start TLS: Deno has no anonymous TLS");
  if (options.cert !== undefined || options.key !== undefined) throw unable("show a client certificate");
  checkOwnVersions(options);
  return {
    ...nameToVerify(options, host),
    ...(options.ca !== undefined && { caCerts: [options.ca] }),
  };
}

/** The name is always ours: without one, Deno compares the certificate with 127.0.0.1, whoever the peer is. */
function nameToVerify(
  { serverName, verifyHostname }: TlsClientOptions,
  host: string | undefined,
): Deno.StartTlsOptions {
  const name = serverName ?? host ?? "";
  if (verifyHostname === false) {
    // An address is not sent, so one that says nothing stands for no name.
    return { hostname: name === "" ? "0.0.0.0" : name, unsafelyDisableHostnameVerification: true };
  }
  if (name === "") {
    throw new TypeError("Cannot start TLS: no serverName to compare the certificate with, and verifyHostname is on");
  }
  return { hostname: name };
}

/**
 * What to hand to `Deno.listenTls` or `Deno.serve`.
 *
 * @throws {TypeError} what Deno's own TLS cannot do, or no certificate
 * @throws {RangeError} a version that there is not
 */
export function serverSettings(options: Omit<TlsServerOptions, "role" | "kind">): { cert: string; key: string } {
  checkServerTls(options, ["cert", "key", "clientCa", "minVersion", "maxVersion"]);
  const { cert = "", key = "", clientCa } = options;
  if (clientCa !== undefined) throw unable("ask for a client certificate");
  checkOwnVersions(options);
  return { cert, key };
}

function checkOwnVersions(options: Pick<TlsServerOptions, "minVersion" | "maxVersion">): void {
  checkVersions(options);
  const { minVersion = "1.2", maxVersion = "1.3" } = options;
  if (minVersion !== "1.2") throw unable("demand version 1.3");
  if (maxVersion !== "1.3") throw unable("stop at version 1.2");
}

function unable(act: string): TypeError {
  return new TypeError(`Cannot start TLS: Deno's own cannot ${act}; rfb-codec/node can, on Deno too`);
}

/**
 * Does something with a certificate and a key.
 *
 * @throws {TypeError} they cannot be used
 * @throws {Error} the host's own, such as EADDRINUSE
 */
export function withKeyPair<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (cause) {
    const { name, message } = cause as Error;
    // What it says of PEM is InvalidData, and of what is in there a bare Error, as is a host name that does not resolve.
    if (name !== "InvalidData" && (name !== "Error" || message.startsWith("failed to lookup"))) throw cause;
    throw new TypeError(`Cannot start TLS: the cert or key cannot be used: ${message}`, { cause });
  }
}

/** What went wrong with `Deno.startTls` or its handshake: a TypeError where that is for what we handed over. */
export function startFailure(error: unknown): Error {
  const { name, message } = error as Error;
  // A certificate of the peer's that cannot be read is InvalidData, and one of ours a bare Error.
  const isOurs = name === "TypeError" || (name === "Error" && message.includes("BadEncoding"));
  return isOurs ? new TypeError(`Cannot start TLS: ${message}`, { cause: error }) : tlsFailure(error);
}

/** What went wrong with TLS, in words. */
export function tlsFailure(error: unknown): RfbError {
  return insecure(reasonOf(error as Error), error);
}

/** Whether an error comes from TLS: from version 1.3 on a client's certificate is refused after the handshake. */
export function isTlsError(error: unknown): boolean {
  return (error as Error).name === "InvalidData";
}

function reasonOf({ name, message }: Error): string {
  if (CLOSED.includes(name)) return TLS_REASONS.closed;
  const mismatch = /not valid for name "(.*?)"; certificate is (.*)/.exec(message);
  if (mismatch !== null) return madeOutTo(namesIn(mismatch[2]!), mismatch[1]!);
  return REASONS.find(([words]) => message.includes(words))?.[1] ?? message;
}

/** Of `only valid for DnsName("a.example") or IpAddress(192.0.2.7)`, in X.509's manner of writing. */
function namesIn(text: string): string {
  const names = [...text.matchAll(/(DnsName|IpAddress)\("?([^")]*)"?\)/g)];
  return names.map(([, kind, name]) => `${kind === "DnsName" ? "DNS" : "IP Address"}:${name}`).join(", ") || "nothing";
}

const CLOSED: readonly string[] = [
  "UnexpectedEof",
  "ConnectionReset",
  "ConnectionAborted",
  "BrokenPipe",
  "NotConnected",
];

/** By what rustls says: it has no codes. */
const REASONS: readonly (readonly [words: string, reason: string])[] = [
  ["UnknownIssuer", TLS_REASONS.untrusted],
  ["BadSignature", TLS_REASONS.untrusted],
  // Of a self-signed one with CA:TRUE, as `openssl req -x509` makes them, even where that is what we trust.
  ["CaUsedAsEndEntity", "the peer's certificate is an authority's own, which Deno takes from no server"],
  ["certificate expired", TLS_REASONS.expired],
  ["certificate not valid yet", TLS_REASONS.notYetValid],
  ["extended key usage", TLS_REASONS.otherRole],
  ["corrupt message", TLS_REASONS.notTls],
  ["alert: ProtocolVersion", TLS_REASONS.noVersion],
  ["Tls12", TLS_REASONS.noVersion],
  ["Tls13", TLS_REASONS.noVersion],
  ["SignatureAlgorithmsExtensionRequired", TLS_REASONS.noVersion], // every client has it that knows 1.2
  ["NoCipherSuitesInCommon", TLS_REASONS.noCipher],
  ["alert: HandshakeFailure", TLS_REASONS.demandedOrNoCipher],
  ["alert: CertificateRequired", TLS_REASONS.demanded],
  ["alert: UnknownCA", TLS_REASONS.oursRefused],
  ["alert: BadCertificate", TLS_REASONS.oursRefused],
  ["alert: CertificateUnknown", TLS_REASONS.oursRefused],
  ["alert: CertificateExpired", TLS_REASONS.oursRefused],
  ["alert: UnsupportedCertificate", TLS_REASONS.oursRefused],
];
