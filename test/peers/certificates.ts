/**
 * Certificates for tests: good ones, and one for each way of being wrong.
 *
 * @module
 */

import "reflect-metadata";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A certificate and its private key, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** The kinds of key to make. ECDSA is quick; RSA is what old peers have. */
export type KeyKind = "ecdsa" | "rsa";

export interface CertificateOptions {
  readonly purpose: "server" | "client";
  readonly commonName?: string;
  /** DNS names and IP addresses; for a server `localhost` and `127.0.0.1` when absent. */
  readonly names?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly keyKind?: KeyKind;
}

export interface Authority {
  /** The authority's own certificate, PEM. */
  readonly cert: string;
  issue(options: CertificateOptions): Promise<Certificate>;
}

/** A set in which all but the last five are good. */
export interface Certificates {
  readonly ca: string;
  readonly server: Certificate;
  readonly client: Certificate;
  /** Ended yesterday. */
  readonly expired: Certificate;
  /** Begins tomorrow. */
  readonly notYetValid: Certificate;
  /** Made out to `elsewhere.example` only. */
  readonly wrongHost: Certificate;
  /** From an authority that is not `ca`, though it bears the same name. */
  readonly unknownAuthority: Certificate;
  /** A client's from that other authority. */
  readonly unknownClient: Certificate;
}

/** Which of the set stands as server-cert.pem in a folder. */
export type ServerCertificate = "server" | "expired" | "notYetValid" | "wrongHost" | "unknownAuthority";

const DAY = 24 * 60 * 60 * 1000;

/** A new authority that lives only in memory. */
export async function makeAuthority(name = "Test authority", keyKind: KeyKind = "ecdsa"): Promise<Authority> {
  const keys = await makeKeys(keyKind);
  const own = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - 30 * DAY),
    notAfter: new Date(Date.now() + 30 * DAY),
    signingAlgorithm: algorithmOf(keyKind),
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    cert: `${own.toString("pem")}\n`,
    async issue(options) {
      const server = options.purpose === "server";
      const names = options.names ?? (server ? ["localhost", "127.0.0.1"] : []);
      const subject = await makeKeys(options.keyKind ?? keyKind);
      const certificate = await X509CertificateGenerator.create({
        serialNumber: serialNumber(),
        subject: `CN=${options.commonName ?? names[0] ?? "Test client"}`,
        issuer: own.subject,
        notBefore: options.notBefore ?? new Date(Date.now() - 2 * DAY),
        notAfter: options.notAfter ?? new Date(Date.now() + 2 * DAY),
        signingAlgorithm: algorithmOf(keyKind),
        publicKey: subject.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          // QEMU's check wants both of a server, whatever its kind of key.
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
          new ExtendedKeyUsageExtension([server ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth]),
          await SubjectKeyIdentifierExtension.create(subject.publicKey),
          await AuthorityKeyIdentifierExtension.create(keys.publicKey),
          ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names.map(generalName))] : []),
        ],
      });
      return { cert: `${certificate.toString("pem")}\n`, key: await privatePem(subject.privateKey) };
    },
  };
}

/** One authority's set, and what another signed. */
export async function makeCertificates(keyKind: KeyKind = "ecdsa"): Promise<Certificates> {
  const [authority, other] = await Promise.all([
    makeAuthority("Test authority", keyKind),
    makeAuthority("Test authority", keyKind),
  ]);
  const now = Date.now();
  const [server, client, expired, notYetValid, wrongHost, unknownAuthority, unknownClient] = await Promise.all([
    authority.issue({ purpose: "server" }),
    authority.issue({ purpose: "client" }),
    authority.issue({ purpose: "server", notAfter: new Date(now - DAY) }),
    authority.issue({ purpose: "server", notBefore: new Date(now + DAY) }),
    authority.issue({ purpose: "server", names: ["elsewhere.example"] }),
    other.issue({ purpose: "server" }),
    other.issue({ purpose: "client" }),
  ]);
  return { ca: authority.cert, server, client, expired, notYetValid, wrongHost, unknownAuthority, unknownClient };
}

/**
 * Writes ca-cert.pem, server-cert.pem, server-key.pem, client-cert.pem and client-key.pem, the names
 * that QEMU looks for.
 */
export async function makeCertificateFolder(
  folder: string,
  options: { readonly certificates?: Certificates; readonly server?: ServerCertificate } = {},
): Promise<Certificates> {
  const certificates = options.certificates ?? (await makeCertificates());
  const server = certificates[options.server ?? "server"];
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const write = (name: string, pem: string): void => writeFileSync(join(folder, name), pem, { mode: 0o600 });
  write("ca-cert.pem", certificates.ca);
  write("server-cert.pem", server.cert);
  write("server-key.pem", server.key);
  write("client-cert.pem", certificates.client.cert);
  write("client-key.pem", certificates.client.key);
  return certificates;
}

function makeKeys(kind: KeyKind): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithmOf(kind), true, ["sign", "verify"]);
}

function algorithmOf(kind: KeyKind): RsaHashedKeyGenParams & EcKeyGenParams {
  // One type for both, as each ignores the other's fields.
  const both = { hash: "SHA-256", namedCurve: "P-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  return { ...both, name: kind === "rsa" ? "RSASSA-PKCS1-v1_5" : "ECDSA" };
}

async function privatePem(key: CryptoKey): Promise<string> {
  return `${PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

function generalName(name: string): { type: "ip" | "dns"; value: string } {
  return { type: /^[\d.]+$|:/.test(name) ? "ip" : "dns", value: name };
}

function serialNumber(): string {
  // Positive, and its first byte not zero, as DER wants it.
  return `4${Array.from(crypto.getRandomValues(new Uint8Array(15)), (byte) => byte.toString(16).padStart(2, "0")).join("")}0`;
}
