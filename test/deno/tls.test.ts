// Deno's own TLS as a client, of servers that Node runs: what it refuses, and what we say of that.

import "reflect-metadata";
import { constants } from "node:crypto";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TlsClientOptions } from "../../transports/transport.ts";
import { type Certificate, makeAuthority, makeCertificates } from "../peers/certificates.ts";
import { notOn } from "../runtimes/runtime.ts";
import { deno } from "./run.ts";
import type { Outcome } from "./tls_client.ts";

const HELLO = 72;
const UNTRUSTED = "no authority that we trust has signed the peer's certificate";
const NOT_TLS = "what the peer sent is not TLS";
const TLS_1_1: TlsOptions = {
  minVersion: "TLSv1.1",
  maxVersion: "TLSv1.1",
  ciphers: "DEFAULT:@SECLEVEL=0",
  secureOptions: constants.SSL_OP_NO_TLSv1_3,
};

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Says hello, over TLS. */
function hello(options: TlsOptions): Promise<number> {
  const server = createTlsServer(options, (socket) => socket.on("error", () => {}).write(Uint8Array.of(HELLO)));
  return listen(server.on("tlsClientError", () => {}));
}

/** Does not speak TLS. */
function raw(act: (socket: Socket) => void): Promise<number> {
  return listen(createServer((socket) => act(socket.on("error", () => {}))));
}

notOn(["deno", "bun"], "these servers take Node's own TLS", () => {
  let outcomes: Readonly<Record<string, Outcome>>;

  const accepted: Outcome = { fulfilled: HELLO };
  const refused = (rejected: string): Outcome => ({ rejected, code: "insecure" });
  const expected: Readonly<Record<string, Outcome>> = {
    "the address that was dialled": accepted,
    "the name that was dialled": accepted,
    "a serverName": accepted,
    "an address as serverName": accepted,
    "an IPv6 address as serverName": accepted,
    "several authorities": accepted,
    "TLS 1.2": accepted,
    "TLS 1.3": accepted,
    "another address": refused(
      "the peer's certificate is made out to DNS:localhost, IP Address:127.0.0.1, not to 127.0.0.2",
    ),
    "another name": refused(
      "the peer's certificate is made out to DNS:localhost, IP Address:127.0.0.1, not to other.example",
    ),
    "another host's certificate": refused(
      "the peer's certificate is made out to DNS:elsewhere.example, not to 127.0.0.1",
    ),
    "another host's certificate, name aside": accepted,
    "an unknown authority": refused(UNTRUSTED),
    "an unknown authority, name aside": refused(UNTRUSTED),
    "no authority": refused(UNTRUSTED),
    "a self-signed certificate": refused(UNTRUSTED),
    "a self-signed certificate that we trust": accepted,
    "a certificate that is its own authority": refused(
      "the peer's certificate is an authority's own, which Deno takes from no server",
    ),
    "a certificate without names": refused("the peer's certificate is made out to nothing, not to 127.0.0.1"),
    "an expired certificate": refused("the peer's certificate has expired"),
    "an expired certificate, name aside": refused("the peer's certificate has expired"),
    "a certificate of tomorrow": refused("the peer's certificate is not valid yet"),
    "a client's certificate": refused("the peer's certificate is not meant for this role"),
    "TLS 1.1": refused("the two ends have no version of TLS in common"),
    "a client certificate wanted, 1.2": refused(
      "the server demands a client certificate, or the two ends have no cipher in common",
    ),
    "a client certificate wanted, 1.3": refused("the server demands a client certificate"),
    "bytes in clear before TLS": refused(NOT_TLS),
    "an answer that is not TLS": refused(NOT_TLS),
    "an HTTP server": refused(NOT_TLS),
    "a server that hangs up": refused("the peer closed the connection"),
    "a server that resets": refused("the peer closed the connection"),
  };

  beforeAll(async () => {
    const certificates = await makeCertificates();
    const { ca, server } = certificates;
    const [lone, own] = [await selfSigned(), await selfSigned(true)];
    const issuer = await makeAuthority("Another authority");
    const host = "127.0.0.1";
    const to = (port: number, tls: Partial<TlsClientOptions> = {}) => ({ host, port, tls: { ca, ...tls } });
    const good = await hello(server);
    const wrongHost = await hello(certificates.wrongHost);
    const unknown = await hello(certificates.unknownAuthority);
    const expired = await hello(certificates.expired);
    const addressed = await hello(await issuer.issue({ purpose: "server", names: ["::1"] }));
    const demanding: TlsOptions = { ...server, ca, requestCert: true, rejectUnauthorized: true };
    const nameless = { verifyHostname: false };
    const cases: Record<keyof typeof expected, object> = {
      "the address that was dialled": to(good),
      "the name that was dialled": { ...to(good), host: "localhost" },
      "a serverName": to(good, { serverName: "localhost" }),
      "an address as serverName": to(good, { serverName: "127.0.0.1" }),
      "an IPv6 address as serverName": to(addressed, { serverName: "::1", ca: issuer.cert }),
      "several authorities": to(good, { ca: issuer.cert + ca }),
      "TLS 1.2": to(await hello({ ...server, maxVersion: "TLSv1.2" })),
      "TLS 1.3": to(await hello({ ...server, minVersion: "TLSv1.3" }), { minVersion: "1.2" }),
      "another address": to(good, { serverName: "127.0.0.2" }),
      "another name": to(good, { serverName: "other.example" }),
      "another host's certificate": to(wrongHost),
      "another host's certificate, name aside": to(wrongHost, nameless),
      "an unknown authority": to(unknown),
      "an unknown authority, name aside": to(unknown, nameless),
      "no authority": { host, port: good },
      "a self-signed certificate": to(await hello(await selfSigned())),
      "a self-signed certificate that we trust": to(await hello(lone), { ca: lone.cert }),
      "a certificate that is its own authority": to(await hello(own), { ca: own.cert }),
      "a certificate without names": to(await hello(await issuer.issue({ purpose: "server", names: [] })), {
        ca: issuer.cert,
      }),
      "an expired certificate": to(expired),
      "an expired certificate, name aside": to(expired, nameless),
      "a certificate of tomorrow": to(await hello(certificates.notYetValid)),
      "a client's certificate": to(await hello(certificates.client), nameless),
      "TLS 1.1": to(await hello({ ...server, ...TLS_1_1 })),
      "a client certificate wanted, 1.2": to(await hello({ ...demanding, maxVersion: "TLSv1.2" })),
      "a client certificate wanted, 1.3": to(await hello(demanding)),
      "bytes in clear before TLS": to(await raw((socket) => socket.write("injected"))),
      "an answer that is not TLS": to(await raw((socket) => socket.once("data", () => socket.write("RFB 003.008\n")))),
      "an HTTP server": to(await raw((socket) => socket.once("data", () => socket.write("HTTP/1.1 400 No\r\n\r\n")))),
      "a server that hangs up": to(await raw((socket) => socket.once("data", () => socket.end()))),
      "a server that resets": to(await raw((socket) => socket.once("data", () => socket.resetAndDestroy()))),
    };
    // To the places that it connects to; what TLS compares is not among them.
    const net = "--allow-net=127.0.0.1,localhost";
    outcomes = JSON.parse(await deno("run", "--no-prompt", net, "test/deno/tls_client.ts", JSON.stringify(cases)));
  }, 60_000);

  test.each(Object.entries(expected))("Deno's TLS meets %s", (name, outcome) => {
    expect(outcomes[name]).toEqual(outcome);
  });
});

async function selfSigned(isAuthority = false): Promise<Certificate> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const made = await X509CertificateGenerator.createSelfSigned({
    serialNumber: "41",
    name: "CN=localhost",
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(isAuthority),
      new SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }]),
    ],
  });
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { cert: made.toString("pem"), key: PemConverter.encode(key, "PRIVATE KEY") };
}
