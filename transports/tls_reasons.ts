/**
 * How long TLS may take to start, and what to say when it fails, the same on every host as far as that tells.
 *
 * @module
 */

import { RfbError } from "../codec/errors.ts";
import { printable } from "../codec/text.ts";

/** Why TLS could not be started. */
export const TLS_REASONS = {
  closed: "the peer closed the connection",
  late: "the peer did not finish the handshake in time",
  clear: "the peer sent bytes in clear",
  notTls: "what the peer sent is not TLS",
  noVersion: "the two ends have no version of TLS in common",
  noCipher: "the two ends have no cipher in common",
  untrusted: "no authority that we trust has signed the peer's certificate",
  selfSigned: "the peer's certificate is self-signed, and we do not trust it",
  unknownRoot: "the peer's certificate comes from an authority that we do not trust",
  expired: "the peer's certificate has expired",
  notYetValid: "the peer's certificate is not valid yet",
  otherRole: "the peer's certificate is not meant for this role",
  demanded: "the server demands a client certificate",
  // Before version 1.3 one alert says either.
  demandedOrNoCipher: "the server demands a client certificate, or the two ends have no cipher in common",
  noCertificate: "the client showed no certificate that we accept",
  oursRefused: "the peer does not accept our certificate",
} as const;

/** That the peer's certificate bears other names, as X.509 writes them: `DNS:elsewhere.example`. */
export function madeOutTo(names: string, host: string): string {
  return `the peer's certificate is made out to ${printable(names).slice(0, 200)}, not to ${host}`;
}

/**
 * A handshake, or its deadline.
 *
 * @param giveUp ends what is under way
 */
export function inTime<Made>(handshake: Promise<Made>, giveUp: () => void, milliseconds = 10_000): Promise<Made> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(insecure(TLS_REASONS.late));
      giveUp();
    }, milliseconds);
    handshake.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** TLS that failed for this reason. */
export function insecure(reason: string, cause?: unknown): RfbError {
  return new RfbError("insecure", "Cannot start TLS", printable(reason), { cause });
}
