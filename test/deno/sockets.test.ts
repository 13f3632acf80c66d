// What Deno's own transports do beyond what all do, and what they refuse.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Transport } from "../../transports/transport.ts";
import { type Certificates, makeCertificates } from "../peers/certificates.ts";
import { start, temporaryFolder } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { rendezvous } from "../transports/pairs.ts";
import { underDeno } from "./run.ts";

const HOST = "127.0.0.1";

await underDeno(import.meta.url, async () => {
  const { connectTcp, connectTls, connectUnix, fromConn, listenTcp, listenUnix } = await import(
    "../../transports/deno.ts"
  );
  let certificates: Certificates;
  const held: { abort(): void }[] = [];
  beforeAll(async () => {
    certificates = await makeCertificates();
  });
  afterEach(() => {
    for (const each of held.splice(0)) each.abort();
  });

  async function tcpPair(): Promise<[Transport, Transport]> {
    const { accept, next } = rendezvous();
    const { port, close } = await listenTcp({ onConnection: accept });
    const pair = await Promise.all([connectTcp({ host: HOST, port }), next()]);
    held.push(...pair);
    await close();
    return pair;
  }

  const client = { role: "client", kind: "x509" } as const;

  describe("startTls of Deno's own", () => {
    it("refuses what it cannot do, and says what can, before it touches the connection", async () => {
      const { server, client: own } = certificates;
      const [a, b] = await tcpPair();
      await expect(a.startTls!({ role: "server", kind: "x509", ...server })).rejects.toThrow(/server.*rfb-codec\/node/);
      await expect(a.startTls!({ ...client, ...own })).rejects.toThrow(/certificate.*rfb-codec\/node/);
      await expect(a.startTls!({ ...client, minVersion: "1.3" })).rejects.toThrow(/1\.3.*rfb-codec\/node/);
      for (const options of [
        { ...client, kind: "anonymous" },
        { ...client, key: own.key },
        { ...client, serverName: "" },
      ])
        await expect(a.startTls!(options as typeof client)).rejects.toThrow(TypeError);
      await expect(a.startTls!({ ...client, minVersion: "1.1" as "1.2" })).rejects.toThrow(RangeError);
      const reading = a.read();
      await expect(a.startTls!(client)).rejects.toThrow("a read is pending");
      await b.write(Uint8Array.of(1));
      expect(await reading).toEqual(Uint8Array.of(1));
    });

    it("wants a name to compare the certificate with", async () => {
      const listener = Deno.listen({ hostname: HOST, port: 0 });
      const conn = await Deno.connect({ hostname: HOST, port: listener.addr.port });
      const transport = fromConn(conn);
      held.push(transport);
      await expect(transport.startTls!({ ...client, ca: certificates.ca })).rejects.toThrow("no serverName");
      listener.close();
    });

    it("refuses a name and an authority that are neither", async () => {
      const [a] = await tcpPair();
      await expect(a.startTls!({ ...client, serverName: "a b" })).rejects.toThrow(TypeError);
      const [b] = await tcpPair();
      const ca = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
      await expect(b.startTls!({ ...client, ca })).rejects.toThrow(TypeError);
    });

    it("ends when its old handle is aborted while the peer is silent", async () => {
      const [a, b] = await tcpPair();
      const outcome = expect(a.startTls!(client)).rejects.toThrow("the connection was aborted");
      await b.read(); // ClientHello
      a.abort();
      await outcome;
    });

    it("ends when its old handle is aborted at once", async () => {
      const [a] = await tcpPair();
      const outcome = expect(a.startTls!(client)).rejects.toThrow("the connection was aborted");
      a.abort();
      await outcome;
    });

    it("waits for what was written", async () => {
      const [a, b] = await tcpPair();
      const size = 8 * 1024 * 1024;
      const writing = a.write(new Uint8Array(size));
      const starting = expect(a.startTls!(client)).rejects.toMatchObject({ code: "insecure" });
      let bytes: Uint8Array = new Uint8Array(0);
      let before = 0;
      while (before + bytes.length <= size) {
        before += bytes.length;
        bytes = (await b.read())!;
      }
      await writing;
      expect(bytes[size - before]).toBe(22); // a TLS handshake
      b.abort();
      await starting;
    });

    it("says that the peer is gone", async () => {
      const [a, b] = await tcpPair();
      b.abort();
      expect(await a.read().catch(() => undefined)).toBeUndefined();
      await expect(a.startTls!(client)).rejects.toMatchObject({ reason: "the peer closed the connection" });
      const [c] = await tcpPair();
      await c.close();
      await expect(c.startTls!(client)).rejects.toThrow("this end is closed");
    });

    it("leaves a spent handle, whose end is that of TLS too", async () => {
      const { accept, next } = rendezvous();
      const { port, close } = await listenTcp({ tls: certificates.server, onConnection: accept });
      const clear = await connectTcp({ host: HOST, port });
      expect(clear.tlsKinds).toEqual(["x509"]);
      const [secured, other] = await Promise.all([clear.startTls!({ ...client, ca: certificates.ca }), next()]);
      held.push(secured, other);
      expect([secured.tls, secured.startTls, secured.peer]).toEqual([{}, undefined, `${HOST}:${port}`]);
      await expect(clear.read()).rejects.toThrow(TypeError);
      await expect(clear.write(Uint8Array.of(1))).rejects.toThrow(TypeError);
      await expect(clear.closeWrite!()).rejects.toThrow(TypeError);
      await clear.close();
      expect(await secured.read()).toBeUndefined();
      await close();
    });
  });

  describe("connecting in Deno", () => {
    it("gives up when its signal says so, and not after", async () => {
      const reason = new Error("enough");
      const signal = AbortSignal.abort(reason);
      await expect(connectTcp({ host: HOST, port: 1, signal })).rejects.toBe(reason);
      await expect(connectUnix({ path: "/nowhere", signal })).rejects.toBe(reason);
      const { accept, next } = rendezvous();
      const { port, close } = await listenTcp({ onConnection: accept });
      const controller = new AbortController();
      const [a, b] = await Promise.all([connectTcp({ host: HOST, port, signal: controller.signal }), next()]);
      held.push(a, b);
      controller.abort();
      await b.write(Uint8Array.of(1));
      expect(await a.read()).toEqual(Uint8Array.of(1));
      await close();
    });

    it("gives up while the peer does not answer", async () => {
      const busy = Deno.listen({ hostname: HOST, port: 0, tcpBacklog: 0 }); // has room for one
      const { port } = busy.addr;
      held.push(await connectTcp({ host: HOST, port }));
      const controller = new AbortController();
      const reason = new Error("enough");
      setTimeout(() => controller.abort(reason), 50);
      await expect(connectTcp({ host: HOST, port, signal: controller.signal })).rejects.toBe(reason);
      busy.close();
    });

    it("gives up a TLS handshake when its signal says so", async () => {
      const { accept, next } = rendezvous();
      const { port, close } = await listenTcp({ onConnection: accept });
      const controller = new AbortController();
      const reason = new Error("enough");
      const outcome = expect(connectTls({ host: HOST, port, signal: controller.signal })).rejects.toBe(reason);
      const silent = await next();
      held.push(silent);
      await silent.read(); // ClientHello
      controller.abort(reason);
      await outcome;
      await close();
    });

    it("fails with the host's own errors", async () => {
      await expect(connectTcp({ host: HOST, port: 1 })).rejects.toMatchObject({ code: "ECONNREFUSED" });
      await expect(connectUnix({ path: "/nowhere" })).rejects.toMatchObject({ code: "ENOENT" });
    });

    it("has no TLS on a Unix socket, and says where there is", async () => {
      const { accept, next } = rendezvous();
      const path = join(temporaryFolder(), "socket");
      const listener = await listenUnix({ path, onConnection: accept });
      expect([listener.address, listener.port]).toEqual([path, 0]);
      const [a, b] = await Promise.all([connectUnix({ path }), next()]);
      held.push(a, b);
      expect([a.tlsKinds, a.peer]).toEqual([[], undefined]);
      await expect(a.startTls!({ ...client, serverName: "localhost" })).rejects.toThrow(/rfb-codec\/node/);
      await expect(listenUnix({ path, onConnection: accept })).rejects.toMatchObject({ code: "EADDRINUSE" });
      await listener.close();
      expect(existsSync(path)).toBe(false);
      await a.write(Uint8Array.of(1));
      expect(await b.read()).toEqual(Uint8Array.of(1));
    });
  });

  describe("listenTcp of Deno's", () => {
    it("accepts no more once it is closed, and what stands lives on", async () => {
      const { accept, next } = rendezvous();
      const { address, port, close } = await listenTcp({ onConnection: accept });
      expect(address).toBe(HOST);
      const [a, b] = await Promise.all([connectTcp({ host: HOST, port }), next()]);
      held.push(a, b);
      // As a server it has no TLS on a connection that stands.
      expect(b.tlsKinds).toEqual([]);
      await expect(listenTcp({ port, onConnection: accept })).rejects.toMatchObject({ code: "EADDRINUSE" });
      await close();
      await expect(connectTcp({ host: HOST, port })).rejects.toMatchObject({ code: "ECONNREFUSED" });
      await a.write(Uint8Array.of(1));
      expect(await b.read()).toEqual(Uint8Array.of(1));
    });

    it("refuses TLS that it cannot do, and says what can", async () => {
      const onConnection = (): void => {};
      const { server, ca } = certificates;
      for (const more of [{ clientCa: ca }, { minVersion: "1.3" }, { maxVersion: "1.2" }] as const)
        await expect(listenTcp({ tls: { ...server, ...more }, onConnection })).rejects.toThrow(/rfb-codec\/node/);
      const bad = [{}, { cert: server.cert }, { cert: "no", key: "PEM" }, { ...server, key: certificates.client.key }];
      for (const tls of bad) await expect(listenTcp({ tls, onConnection })).rejects.toThrow(TypeError);
      const minVersion = "1.1" as "1.2";
      await expect(listenTcp({ tls: { ...server, minVersion }, onConnection })).rejects.toThrow(RangeError);
    });

    it("tells of clients that fail in TLS, and has the others wait for none of them", async () => {
      const { accept, next } = rendezvous();
      const failures: [unknown, string | undefined][] = [];
      let wake = (): void => {};
      const { port, close } = await listenTcp({
        tls: certificates.server,
        handshakeTimeout: 1500,
        onConnection: accept,
        onTlsFailure: (...failure) => {
          failures.push(failure);
          wake();
        },
      });
      const failed = async (count: number): Promise<void> => {
        while (failures.length < count) await new Promise<void>((resolve) => (wake = resolve));
      };
      const [silent, rude, brief] = await Promise.all([1, 2, 3].map(() => connectTcp({ host: HOST, port })));
      held.push(silent!, rude!);
      const dialling = connectTls({ host: HOST, port, tls: { ca: certificates.ca } });
      const [a, b] = await Promise.all([dialling, next()]);
      held.push(a, b);
      await rude!.write(new TextEncoder().encode("RFB 003.008\n"));
      await failed(1);
      await brief!.close();
      await failed(2);
      await failed(3);
      const reasons = ["what the peer sent is not TLS", "the peer closed the connection"];
      reasons.push("the peer did not finish the handshake in time");
      expect(failures).toMatchObject(
        reasons.map((reason) => [{ code: "insecure", reason }, expect.stringMatching(/^127\.0\.0\.1:\d+$/)]),
      );
      expect(b.tls).toEqual({});
      await close();
    });

    peer("OpenSSL's client", ["openssl"], () => {
      it("is refused with TLS 1.1", async () => {
        let told = (_: unknown): void => {};
        const failure = new Promise((resolve) => {
          told = resolve;
        });
        const { port, close } = await listenTcp({
          tls: certificates.server,
          onConnection: (transport) => told(transport),
          onTlsFailure: told,
        });
        const args = ["s_client", "-connect", `${HOST}:${port}`, "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"];
        const openssl = start("openssl", args);
        expect(await failure).toMatchObject({ reason: "the two ends have no version of TLS in common" });
        await openssl.stop();
        await close();
      });
    });
  });
});
