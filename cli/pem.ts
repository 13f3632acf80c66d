/**
 * Whether certificates and keys can be used, told before the first connection needs them.
 *
 * @module
 */

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { type ProxySettings, type SecuritySettings, SettingsError } from "../proxy/settings.ts";

/** @throws {SettingsError} authorities without a certificate, or a certificate and key that cannot go together */
export function checkPems(settings: Pick<SecuritySettings, "ca" | "cert" | "key"> & Pems): void {
  const { ca, cert, key, listenCert, listenKey, clientCa, clientCert, clientKey, clientRsaKey } = settings;
  if (ca !== undefined) certificatesIn(ca, "ca");
  if (clientCa !== undefined) certificatesIn(clientCa, "clientCa");
  if (clientCert !== undefined && clientKey !== undefined) checkPair({ clientCert, clientKey });
  if (clientRsaKey !== undefined && keyIn(clientRsaKey, "clientRsaKey").asymmetricKeyType !== "rsa") {
    throw new SettingsError("clientRsaKey", "it is no RSA key: make one with openssl genrsa -out FILE 2048");
  }
  if (cert !== undefined && key !== undefined) checkPair({ cert, key });
  if (listenCert !== undefined && listenKey !== undefined) checkPair({ listenCert, listenKey });
}

type Pems = Partial<
  Pick<ProxySettings, "listenCert" | "listenKey" | "clientCa" | "clientCert" | "clientKey" | "clientRsaKey">
>;

/** Two settings: a certificate, then its key. */
function checkPair(pair: Readonly<Record<string, unknown>>): void {
  const [[certName, cert], [keyName, key]] = Object.entries(pair) as [[string, string], [string, string]];
  const [own] = certificatesIn(cert, certName);
  if (!own!.checkPrivateKey(keyIn(key, keyName))) {
    throw new SettingsError(keyName, "it belongs to another certificate: give the two that were made together");
  }
}

function certificatesIn(pem: string, setting: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) {
    throw new SettingsError(setting, "no certificate is in it: give PEM, which has a line -----BEGIN CERTIFICATE-----");
  }
  return blocks.map((block, i) => {
    try {
      return new X509Certificate(block);
    } catch {
      const which = blocks.length === 1 ? "the certificate" : `certificate ${i + 1} of ${blocks.length}`;
      throw new SettingsError(setting, `${which} in it is damaged: get the file anew`);
    }
  });
}

function keyIn(pem: string, setting: string): KeyObject {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    throw new SettingsError(setting, "no private key is in it: give PEM, which has a line -----BEGIN PRIVATE KEY-----");
  }
  if (/ENCRYPTED/.test(pem)) {
    throw new SettingsError(
      setting,
      "it is locked with a passphrase: unlock it with openssl pkey -in FILE -out NEWFILE",
    );
  }
  try {
    return createPrivateKey(pem);
  } catch {
    throw new SettingsError(setting, "the private key in it is damaged: get the file anew");
  }
}
