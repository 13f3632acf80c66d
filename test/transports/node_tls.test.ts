import "reflect-metadata";
import { constants } from "node:crypto";
import { type AddressInfo, createServer, connect as netConnect, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer, type TlsOptions as NodeTlsOptions, connect as tlsConnect } from "node:tls";
import { PemConverter, X509CertificateGenerator } from "@peculiar/x509";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { RfbError } from "../../codec/errors.ts";
import { connectTcp, connectTls, fromSocket, listenTcp, listenWebSocket } from "../../transports/node.ts";
import type { TlsClientOptions, TlsServerOptions, Transport } from "../../transports/transport.ts";
import {
  type Certificate,
  type Certificates,
  makeAuthority,
  makeCertificateFolder,
  makeCertificates,
} from "../peers/certificates.ts";
import { freePort, start, temporaryFolder } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { GVNCCAPTURE } from "../peers/viewers.ts";
import { startXtigervnc, XTIGERVNC } from "../peers/xtigervnc.ts";
import { NO_ANONYMOUS, notOn } from "../runtimes/runtime.ts";
import { rendezvous, tcpPairs } from "./pairs.ts";
import { readExactly } from "./suite.ts";

let certificates: Certificates;
const cleanUp: (() => void)[] = [];

beforeAll(async () => {
  certificates = await makeCertificates();
});
afterEach(() => {
  for (const step of cleanUp.splice(0)) step();
});

describe("a TLS client", () => {
  it("refuses a certificate for another host, and says for which", async () => {
    const error = await refusal({ server: { ...certificates.wrongHost } });
    expect(error.reason).toBe("the peer's certificate is made out to DNS:elsewhere.example, not to 127.0.0.1");
    expect(error.act).toBe("Cannot start TLS");
  });

  it("takes that certificate for the serverName it was told", async () => {
    const transport = await dial({ server: certificates.wrongHost, tls: { serverName: "elsewhere.example" } });
    expect(transport.tls?.peerSubject).toBe("CN=elsewhere.example");
  });

  it("compares an IP address", async () => {
    await dial({ tls: { serverName: "127.0.0.1" } });
    const error = await refusal({ tls: { serverName: "127.0.0.2" } });
    expect(error.reason).toContain("not to 127.0.0.2");
  });

  it("compares the host it dialled", async () => {
    await dial({ host: "localhost" });
    await dial({ host: "127.0.0.1" });
  });

  it("skips the name only, never the chain, with verifyHostname off", async () => {
    await dial({ server: certificates.wrongHost, tls: { verifyHostname: false } });
    const error = await refusal({ server: certificates.unknownAuthority, tls: { verifyHostname: false } });
    expect(error.reason).toContain("no authority that we trust has signed the peer's certificate");
    await refusal({ server: certificates.expired, tls: { verifyHostname: false } });
  });

  it("refuses an authority it does not know", async () => {
    const error = await refusal({ server: certificates.unknownAuthority });
    expect(error.reason).toContain("no authority that we trust has signed the peer's certificate");
  });

  it("refuses a private authority when it was not given", async () => {
    const error = await refusal({ tls: { ca: undefined } });
    expect(error.reason).toContain("no authority that we trust has signed the peer's certificate");
  });

  it("refuses a self-signed certificate", async () => {
    const error = await refusal({ server: await selfSigned() });
    expect(error.reason).toContain("self-signed");
  });

  notOn(["deno"], "its TLS does not tell one fault of a certificate from another", () => {
    it("refuses an expired certificate", async () => {
      expect((await refusal({ server: certificates.expired })).reason).toBe("the peer's certificate has expired");
    });

    it("refuses a certificate that is not valid yet", async () => {
      expect((await refusal({ server: certificates.notYetValid })).reason).toBe(
        "the peer's certificate is not valid yet",
      );
    });

    it("refuses a client's certificate in a server's place", async () => {
      const { reason } = await refusal({ server: certificates.client, tls: { verifyHostname: false } });
      expect(reason).toBe("the peer's certificate is not meant for this role");
    });
  });

  it("refuses a certificate that has expired, is not valid yet or is a client's, whatever the runtime tells of it", async () => {
    for (const server of [certificates.expired, certificates.notYetValid, certificates.client]) {
      await refusal({ server, tls: { verifyHostname: false } });
    }
  });

  notOn(["deno", "bun"], "it has no version under 1.2 to test with", () => {
    it("refuses a server that ends at TLS 1.1", async () => {
      const error = await refusal({
        node: {
          minVersion: "TLSv1.1",
          maxVersion: "TLSv1.1",
          ciphers: "DEFAULT:@SECLEVEL=0",
          secureOptions: constants.SSL_OP_NO_TLSv1_3,
        },
      });
      expect(error.reason).toBe("the two ends have no version of TLS in common");
    });
  });

  it("takes TLS 1.2 unless told not to", async () => {
    const node: NodeTlsOptions = { maxVersion: "TLSv1.2" };
    expect((await dial({ node })).tls?.version).toBe("TLSv1.2");
    const error = await refusal({ node, tls: { minVersion: "1.3" } });
    expect(error.reason).toBe("the two ends have no version of TLS in common");
  });

  it("prefers TLS 1.3", async () => {
    expect((await dial({})).tls?.version).toBe("TLSv1.3");
  });

  it("says what was agreed on", async () => {
    const authority = await makeAuthority();
    const server = await authority.issue({
      purpose: "server",
      commonName: "host, O=A\u0007B\u202eC",
      notAfter: new Date("2049-06-07T08:09:10Z"),
    });
    const { tls, peer, tlsKinds, startTls } = await dial({ server, tls: { ca: authority.cert } });
    expect(tls?.cipher).toMatch(/^TLS_AES_/);
    expect(tls?.peerSubject).not.toMatch(/\p{Cc}|\p{Cf}/u);
    expect(tls?.peerSubject).toMatch(/^CN=host, O=A/);
    expect(tls?.peerExpiry).toBe("2049-06-07T08:09:10.000Z");
    expect(peer).toMatch(/^127\.0\.0\.1:\d+$/);
    expect([tlsKinds, startTls]).toEqual([undefined, undefined]);
  });

  it("shows its certificate to a server that demands one", async () => {
    const { cert, key } = certificates.client;
    const server = await dialBoth({ server: { clientCa: certificates.ca }, client: { cert, key } });
    expect(server[1].tls?.peerSubject).toBe("CN=Test client");
    await server[0].write(Uint8Array.of(1));
    expect(await readExactly(server[1], 1)).toEqual(Uint8Array.of(1));
  });

  it("refuses bytes in clear before TLS", async () => {
    const { port } = await serve((socket) => socket.write("injected"));
    const transport = await connectTcp({ host: "127.0.0.1", port });
    await settle();
    await expect(transport.startTls!(client({}))).rejects.toMatchObject({
      code: "insecure",
      message: "Cannot start TLS: the peer sent bytes in clear",
    });
    await expect(transport.startTls!(client({}))).rejects.toThrow(TypeError);
  });

  it("refuses an answer that is not TLS", async () => {
    const { port } = await serve((socket) => socket.once("data", () => socket.write("RFB 003.008\n")));
    const error = await failureOf(connectTls({ host: "127.0.0.1", port }));
    expect(error.reason).toBe("what the peer sent is not TLS");
  });

  it("says that the peer hung up", async () => {
    const { port } = await serve((socket) => socket.once("data", () => socket.end()));
    const error = await failureOf(connectTls({ host: "127.0.0.1", port }));
    expect(error.reason).toBe("the peer closed the connection");
  });

  it("ends when its old handle is aborted while the peer is silent, and leaves no socket", async () => {
    const { port, sockets } = await serve(() => {});
    const transport = await connectTcp({ host: "127.0.0.1", port });
    const starting = transport.startTls!(client({ serverName: "localhost" }));
    const outcome = expect(starting).rejects.toThrow("aborted");
    await settle();
    const gone = new Promise((resolve) => sockets[0]!.once("close", resolve));
    sockets[0]!.resume();
    transport.abort();
    await outcome;
    await gone;
  });

  it("ends when its signal aborts while the peer is silent", async () => {
    const { port } = await serve(() => {});
    const signal = AbortSignal.timeout(50);
    await expect(connectTls({ host: "127.0.0.1", port, signal })).rejects.toMatchObject({ name: "TimeoutError" });
  });

  it("refuses options that cannot work before it touches the connection", async () => {
    const [a, b] = await (await pairs()).connect();
    cleanUp.push(a.abort, b.abort);
    const socket = netConnect((await serve(() => {})).port);
    const nameless = fromSocket(socket);
    cleanUp.push(() => nameless.abort());
    await expect(nameless.startTls!(client({}))).rejects.toThrow("no serverName");
    const bad: [TlsClientOptions | TlsServerOptions, typeof TypeError][] = [
      [client({ cert: certificates.client.cert }), TypeError],
      [client({ serverName: "" }), TypeError],
      [client({ cert: "no", key: "PEM" }), TypeError],
      [client({ minVersion: "1.1" as "1.2" }), RangeError],
      [client({ kind: "anonymous", minVersion: "1.3" }), RangeError],
      [{ role: "server", kind: "x509", maxVersion: "1.1" as "1.2", ...certificates.server }, RangeError],
      [{ role: "server", kind: "x509", maxVersion: "1.2", minVersion: "1.3", ...certificates.server }, RangeError],
      [{ role: "server", kind: "x509" }, TypeError],
      [{ role: "server", kind: "x509", cert: "no", key: "PEM" }, TypeError],
    ];
    for (const [options, kind] of bad) await expect(a.startTls!(options)).rejects.toThrow(kind);
    const reading = a.read();
    await expect(a.startTls!(client({}))).rejects.toThrow("a read is pending");
    await b.write(Uint8Array.of(1));
    expect(await reading).toEqual(Uint8Array.of(1));
  });

  it("has a spent handle after that", async () => {
    const [a, b] = await (await pairs()).connect();
    const [secured] = await upgrade(a, b, {}, {});
    await expect(a.read()).rejects.toThrow(TypeError);
    await expect(a.write(Uint8Array.of(1))).rejects.toThrow(TypeError);
    await expect(a.closeWrite!()).rejects.toThrow(TypeError);
    await a.close();
    expect(await secured.read().catch(() => undefined)).toBeUndefined();
  });
});

describe("a TLS server", () => {
  it("refuses a client that shows no certificate where one is demanded", async () => {
    const [a, b] = await (await pairs()).connect();
    const outcomes = await Promise.allSettled([
      a.startTls!(client({ serverName: "localhost" })),
      b.startTls!({ role: "server", kind: "x509", ...certificates.server, clientCa: certificates.ca }),
    ]);
    expect(outcomes[1]).toMatchObject({
      reason: { code: "insecure", reason: "the client showed no certificate that we accept" },
    });
    const error = await failureOf((outcomes[0] as PromiseFulfilledResult<Transport>).value.read());
    expect(error.reason).toBe("the server demands a client certificate");
  });

  it("refuses a client certificate from another authority", async () => {
    const [a, b] = await (await pairs()).connect();
    const outcomes = await Promise.allSettled([
      a.startTls!(client({ serverName: "localhost", ...certificates.unknownClient })),
      b.startTls!({ role: "server", kind: "x509", ...certificates.server, clientCa: certificates.ca }),
    ]);
    expect(outcomes[1]).toMatchObject({
      reason: { code: "insecure", reason: expect.stringContaining("no authority that we trust has signed") },
    });
  });

  it("takes a ClientHello that came before it was asked to start", async () => {
    const [a, b] = await (await pairs()).connect();
    const starting = a.startTls!(client({ serverName: "localhost" }));
    await settle();
    const secured = await b.startTls!({ role: "server", kind: "x509", ...certificates.server });
    const other = await starting;
    await secured.write(Uint8Array.of(5));
    expect(await other.read()).toEqual(Uint8Array.of(5));
  });

  it("ends when its old handle is aborted while the client is silent", async () => {
    const [, b] = await (await pairs()).connect();
    const starting = b.startTls!({ role: "server", kind: "x509", ...certificates.server });
    setTimeout(() => b.abort(), 50);
    await expect(starting).rejects.toThrow("aborted");
  });

  it("refuses a client that does not speak TLS", async () => {
    const [a, b] = await (await pairs()).connect();
    await a.write(new TextEncoder().encode("RFB 003.008\n"));
    const error = await failureOf(b.startTls!({ role: "server", kind: "x509", ...certificates.server }));
    expect(error.reason).toBe("what the peer sent is not TLS");
  });

  notOn(["deno", "bun"], "it has no version under 1.2 to test with", () => {
    it("refuses TLS 1.1 and, where told so, 1.2", async () => {
      for (const [minVersion, version] of [
        ["1.2", "TLSv1.1"],
        ["1.3", "TLSv1.2"],
      ] as const) {
        const failures = rendezvousOf<unknown>();
        const listener = await listenTcp({
          tls: { ...certificates.server, minVersion },
          onConnection: () => {},
          onTlsFailure: failures.accept,
        });
        const socket = tlsConnect({
          port: listener.port,
          maxVersion: version,
          minVersion: version,
          ciphers: "DEFAULT:@SECLEVEL=0",
          rejectUnauthorized: false,
        });
        await new Promise((resolve) => socket.once("error", resolve));
        expect(await failures.next()).toMatchObject({ reason: "the two ends have no version of TLS in common" });
        await listener.close();
      }
    });
  });

  it("gives a silent client up at its deadline", async () => {
    const failures = rendezvousOf<unknown>();
    const listener = await listenTcp({
      tls: certificates.server,
      handshakeTimeout: 100,
      onConnection: () => {},
      onTlsFailure: failures.accept,
    });
    const socket = netConnect(listener.port);
    socket.resume();
    await new Promise((resolve) => socket.once("close", resolve));
    expect(await failures.next()).toMatchObject({ code: "insecure" });
    await listener.close();
  });

  it("gives up a client that leaves within the handshake, before its deadline", async () => {
    const failures = rendezvousOf<unknown>();
    const listener = await listenTcp({
      tls: certificates.server,
      handshakeTimeout: 3_600_000,
      onConnection: () => {},
      onTlsFailure: failures.accept,
    });
    const socket = netConnect(listener.port);
    socket.end(Uint8Array.of(22, 3, 1)); // the head of a record
    socket.resume();
    await new Promise((resolve) => socket.once("close", resolve));
    expect(await failures.next()).toMatchObject({ code: "insecure", reason: "the peer closed the connection" });
    await listener.close();
  });

  it("shows each client the certificate of its own options, whatever came before", async () => {
    const authority = await makeAuthority();
    const named = (commonName: string): Promise<Certificate> => authority.issue({ purpose: "server", commonName });
    const [before, after] = [await named("before"), await named("after")];
    const shown: (string | undefined)[] = [];
    for (const server of [before, before, after, before]) {
      const [client] = await dialBoth({ server, client: { ca: authority.cert, verifyHostname: false } });
      shown.push(client.tls?.peerSubject);
    }
    expect(shown).toEqual(["CN=before", "CN=before", "CN=after", "CN=before"]);
  });

  it("demands a client's certificate by its own options, whatever came before", async () => {
    const { cert, key } = certificates.client;
    const demanding = { ...certificates.server, clientCa: certificates.ca };
    const subjects: (string | undefined)[] = [];
    for (const server of [{}, demanding, {}]) {
      const [, secured] = await dialBoth({ server, client: { cert, key } });
      subjects.push(secured.tls?.peerSubject);
    }
    expect(subjects).toEqual([undefined, "CN=Test client", undefined]);
    const [a, b] = await (await pairs()).connect();
    const server = b.startTls!({ role: "server", kind: "x509", ...demanding });
    a.startTls!(client({ serverName: "localhost" })).catch(() => {});
    expect((await failureOf(server)).reason).toBe("the client showed no certificate that we accept");
  });

  it("keeps handshakes apart that run at a time, and those that fail from those that do not", async () => {
    const { connect } = await pairs();
    for (let round = 0; round < 2; round++) {
      const both = await Promise.all([connect(), connect(), connect(), connect()]);
      const servers = both.map(([, b]) => b.startTls!({ role: "server", kind: "x509", ...certificates.server }));
      const failing = failureOf(servers[1]!);
      await both[1]![0].write(new TextEncoder().encode("RFB 003.008\n"));
      for (const i of [3, 0, 2]) {
        const secured = await both[i]![0].startTls!(client({ serverName: "localhost" }));
        await secured.write(Uint8Array.of(i));
        expect(await (await servers[i]!).read()).toEqual(Uint8Array.of(i));
      }
      expect((await failing).reason).toBe("what the peer sent is not TLS");
    }
  });

  notOn(["deno", "bun"], "their TLS 1.3 sends no ticket to resume with", () => {
    it.each(["TLSv1.2", "TLSv1.3"] as const)("resumes no session of %s", async (version) => {
      const listener = await listenTcp({ tls: certificates.server, onConnection: (server) => void server.write(ONE) });
      let session: Buffer | undefined;
      for (let i = 0; i < 2; i++) {
        const socket = tlsConnect({
          port: listener.port,
          host: "127.0.0.1",
          ca: certificates.ca,
          minVersion: version,
          maxVersion: version,
          session,
        });
        hold(socket);
        const made = new Promise<Buffer>((resolve) => socket.once("session", resolve));
        await new Promise((resolve) => socket.once("data", resolve));
        expect(socket.isSessionReused()).toBe(false);
        session ??= await made;
        socket.destroy();
      }
      await listener.close();
    });
  });

  it("refuses a key it cannot use when it starts to listen", async () => {
    await expect(listenTcp({ tls: { cert: "no", key: "PEM" }, onConnection: () => {} })).rejects.toThrow(TypeError);
  });
});

notOn(["deno", "bun"], NO_ANONYMOUS, () => {
  describe("anonymous TLS", () => {
    it("works between our own two roles, encrypts, and ends at version 1.2", async () => {
      const [a, b] = await (await pairs()).connect();
      const [client, server] = await Promise.all([
        a.startTls!({ role: "client", kind: "anonymous" }),
        b.startTls!({ role: "server", kind: "anonymous" }),
      ]);
      expect(client.tls?.version).toBe("TLSv1.2");
      expect(client.tls?.cipher).toMatch(/_anon_WITH_(AES|CAMELLIA)/);
      expect(client.tls?.peerSubject).toBeUndefined();
      await client.write(Uint8Array.of(1, 2));
      expect(await readExactly(server, 2)).toEqual(Uint8Array.of(1, 2));
    });

    it.each(["ADH-AES256-GCM-SHA384", "ADH-AES128-SHA", "AECDH-AES256-SHA"])("serves %s", async (cipher) => {
      const [server, socket] = await anonymousWith(cipher);
      const transport = await server;
      await transport.write(Uint8Array.of(3));
      expect(await readExactly(fromSocket(socket), 1)).toEqual(Uint8Array.of(3));
    });

    it("does not agree on no encryption at all", async () => {
      const [server] = await anonymousWith("AECDH-NULL-SHA");
      expect((await failureOf(server)).reason).toBe("the two ends have no cipher in common");
    });

    it("does not meet an x509 peer", async () => {
      const [a, b] = await (await pairs()).connect();
      const outcomes = await Promise.allSettled([
        a.startTls!({ role: "client", kind: "anonymous" }),
        b.startTls!({ role: "server", kind: "x509", ...certificates.server }),
      ]);
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ status: "rejected", reason: { code: "insecure" } });
    });

    async function anonymousWith(ciphers: string): Promise<[Promise<Transport>, ReturnType<typeof tlsConnect>]> {
      const { accept, next } = rendezvous();
      const listener = await listenTcp({ onConnection: accept });
      const socket = tlsConnect({
        port: listener.port,
        ciphers: `${ciphers}:@SECLEVEL=0`,
        maxVersion: "TLSv1.2",
        rejectUnauthorized: false,
        checkServerIdentity: () => undefined,
      });
      socket.on("error", () => {});
      const server = (await next()).startTls!({ role: "server", kind: "anonymous" });
      cleanUp.push(() => socket.destroy());
      await listener.close();
      return [server, socket];
    }
  });
});

peer("OpenSSL's server, which demands a client certificate", ["openssl"], () => {
  notOn(["deno"], "its TLS may end before the alert that says why has been read", () => {
    it("is told apart at the first read with TLS 1.3", async () => {
      const port = await opensslServer("-tls1_3");
      const transport = await connectTls({ host: "127.0.0.1", port, tls: { ca: certificates.ca } });
      const error = await failureOf(transport.read());
      expect(error.message).toBe("Cannot start TLS: the server demands a client certificate");
    });

    it("is told when it does not trust ours", async () => {
      const port = await opensslServer("-tls1_3");
      const { cert, key } = certificates.unknownClient;
      const transport = await connectTls({ host: "127.0.0.1", port, tls: { ca: certificates.ca, cert, key } });
      const error = await failureOf(transport.read());
      expect(error.reason).toBe("the peer does not accept our certificate");
    });
  });

  it("is told in the handshake with TLS 1.2", async () => {
    const port = await opensslServer("-tls1_2");
    const error = await failureOf(connectTls({ host: "127.0.0.1", port, tls: { ca: certificates.ca } }));
    expect(error.reason).toContain("the server demands a client certificate");
  });

  async function opensslServer(version: string): Promise<number> {
    const folder = temporaryFolder();
    await makeCertificateFolder(folder, { certificates });
    const port = await freePort();
    const files = ["-cert", "server-cert.pem", "-key", "server-key.pem", "-CAfile", "ca-cert.pem"];
    const paths = files.map((name) => (name.startsWith("-") ? name : join(folder, name)));
    const args = [
      "s_server",
      "-accept",
      `127.0.0.1:${port}`,
      version,
      "-Verify",
      "1",
      "-verify_return_error",
      ...paths,
    ];
    const server = start("openssl", args, { input: { open: true } });
    await server.waitForLog(/ACCEPT/);
    return port;
  }
});

notOn(["deno", "bun"], NO_ANONYMOUS, () => {
  peer("TigerVNC's server", XTIGERVNC, () => {
    it("speaks anonymous TLS with us", async () => {
      const { port } = await startXtigervnc({ securityTypes: "TLSNone" });
      const clear = await connectTcp({ host: "127.0.0.1", port });
      await readExactly(clear, 12);
      await clear.write(new TextEncoder().encode("RFB 003.008\n"));
      expect(await readExactly(clear, 2)).toEqual(Uint8Array.of(1, 19));
      await clear.write(Uint8Array.of(19));
      expect(await readExactly(clear, 2)).toEqual(Uint8Array.of(0, 2));
      await clear.write(Uint8Array.of(0, 2));
      expect(await readExactly(clear, 6)).toEqual(Uint8Array.of(0, 1, 0, 0, 1, 1));
      await clear.write(Uint8Array.of(0, 0, 1, 1));
      expect(await readExactly(clear, 1)).toEqual(Uint8Array.of(1));
      const secured = await clear.startTls!({ role: "client", kind: "anonymous" });
      expect(await readExactly(secured, 4)).toEqual(new Uint8Array(4));
      expect(secured.tls?.cipher).toMatch(/_anon_WITH_AES/);
      await secured.close();
    });
  });
});

notOn(["deno", "bun"], NO_ANONYMOUS, () => {
  peer("gtk-vnc's client", GVNCCAPTURE, () => {
    it("speaks anonymous TLS with us", async () => {
      const { accept, next } = rendezvous();
      const { port, close } = await listenTcp({ port: await displayPort(), onConnection: accept });
      start("gvnccapture", ["-q", `127.0.0.1:${port - 5900}`, join(temporaryFolder(), "capture.png")]);
      const clear = await next();
      await close();
      await clear.write(new TextEncoder().encode("RFB 003.008\n"));
      await readExactly(clear, 12);
      await clear.write(Uint8Array.of(1, 19));
      expect(await readExactly(clear, 1)).toEqual(Uint8Array.of(19));
      await clear.write(Uint8Array.of(0, 2));
      await readExactly(clear, 2);
      await clear.write(Uint8Array.of(0, 1, 0, 0, 1, 1));
      await readExactly(clear, 4);
      await clear.write(Uint8Array.of(1));
      const secured = await clear.startTls!({ role: "server", kind: "anonymous" });
      await secured.write(new Uint8Array(4));
      expect(await readExactly(secured, 1)).toHaveLength(1);
      if (process.env.MEASURE !== undefined) console.log(secured.tls);
      secured.abort();
    });

    async function displayPort(): Promise<number> {
      for (;;) {
        const port = await freePort();
        if (port >= 5900) return port;
      }
    }
  });
});

describe("listeners", () => {
  it("tell the port they got, and reject with the host's error if it is taken", async () => {
    const listener = await listenTcp({ onConnection: () => {} });
    expect(listener.address).toBe("127.0.0.1");
    await expect(listenTcp({ port: listener.port, onConnection: () => {} })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
    await expect(listenWebSocket({ port: listener.port, onConnection: () => {} })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
    await listener.close();
  });

  it("stop accepting at close, while connections live on", async () => {
    const { accept, next } = rendezvous();
    const { port, close } = await listenTcp({ onConnection: accept });
    const [a, b] = await Promise.all([connectTcp({ host: "127.0.0.1", port }), next()]);
    await close();
    await close();
    await expect(connectTcp({ host: "127.0.0.1", port })).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await a.write(Uint8Array.of(1));
    expect(await b.read()).toEqual(Uint8Array.of(1));
    await Promise.all([a.close(), b.close()]);
  });

  it("are given up on by a signal", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(connectTcp({ host: "127.0.0.1", port: 1, signal })).rejects.toThrow("enough");
  });
});

const ONE = Uint8Array.of(1);

interface Dialling {
  readonly host?: string;
  readonly server?: { readonly cert: string; readonly key: string };
  /** More options of the server, which is Node's own. */
  readonly node?: NodeTlsOptions;
  readonly tls?: Partial<Record<keyof TlsClientOptions, unknown>>;
}

async function dial({ host = "127.0.0.1", server, node, tls }: Dialling): Promise<Transport> {
  const { cert, key } = server ?? certificates.server;
  const port = await listenOn(createTlsServer({ cert, key, ...node }, hold));
  const settings = { ca: certificates.ca, ...tls } as object;
  const transport = await connectTls({ host, port, tls: settings });
  cleanUp.push(() => transport.abort());
  return transport;
}

async function dialBoth(options: {
  server: Partial<TlsServerOptions>;
  client: Partial<TlsClientOptions>;
}): Promise<[Transport, Transport]> {
  const [a, b] = await (await pairs()).connect();
  return upgrade(a, b, options.client, options.server);
}

async function upgrade(
  a: Transport,
  b: Transport,
  clientOptions: Partial<TlsClientOptions>,
  serverOptions: Partial<TlsServerOptions>,
): Promise<[Transport, Transport]> {
  const both = await Promise.all([
    a.startTls!(client({ serverName: "localhost", ...clientOptions })),
    b.startTls!({ kind: "x509", ...certificates.server, ...serverOptions, role: "server" }),
  ]);
  cleanUp.push(both[0].abort, both[1].abort);
  return both;
}

function client(options: Partial<TlsClientOptions>): TlsClientOptions {
  return { kind: "x509", ca: certificates.ca, ...options, role: "client" };
}

async function pairs(): ReturnType<typeof tcpPairs> {
  const made = await tcpPairs();
  cleanUp.push(() => void made.stop?.());
  return made;
}

async function refusal(options: Dialling): Promise<RfbError> {
  return failureOf(dial(options));
}

async function failureOf(promise: Promise<unknown>): Promise<RfbError> {
  const error = await promise.then(
    () => new Error("It did not fail"),
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(RfbError);
  expect((error as RfbError).code).toBe("insecure");
  return error as RfbError;
}

async function selfSigned(): Promise<Certificate> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const made = await X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=localhost",
    signingAlgorithm: algorithm,
    keys,
  });
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { cert: made.toString("pem"), key: PemConverter.encode(key, "PRIVATE KEY") };
}

function rendezvousOf<Value>(): { accept(value: Value): void; next(): Promise<Value> } {
  let accept: (value: Value) => void = () => {};
  const promise = new Promise<Value>((resolve) => {
    accept = resolve;
  });
  return { accept: (value) => accept(value), next: () => promise };
}

async function serve(onConnection: (socket: Socket) => void): Promise<{ port: number; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const port = await listenOn(
    createServer((socket) => {
      hold(socket);
      sockets.push(socket);
      onConnection(socket);
    }),
  );
  return { port, sockets };
}

function hold(socket: Socket): void {
  socket.on("error", () => {});
  cleanUp.push(() => socket.destroy());
}

async function listenOn(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.on("tlsClientError", () => {});
  cleanUp.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}
