/**
 * What listeners and their callers' functions owe each other, and how long TLS may take: the same on every host.
 *
 * @module
 */

import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { Listener, TcpListenOptions, TcpOptions, TlsConnectOptions } from "../../transports/sockets.ts";
import { startTlsFirst } from "../../transports/sockets.ts";
import type { Transport } from "../../transports/transport.ts";
import { connectWebSocket } from "../../transports/websocket.ts";
import { type Certificates, makeCertificates } from "../peers/certificates.ts";
import { rendezvous } from "./pairs.ts";
import { uncaughtOf } from "./uncaught.ts";

const HOST = "127.0.0.1";
const LATE = { code: "insecure", reason: "the peer did not finish the handshake in time" };
const NO_TIMES: readonly number[] = [Number.NaN, -1, 2 ** 40];

/** A host's own sockets. */
export interface Sockets {
  connectTcp(options: TcpOptions): Promise<Transport>;
  connectTls(options: TlsConnectOptions): Promise<Transport>;
  listenTcp(options: TcpListenOptions): Promise<Listener>;
}

/** A host's own WebSocket server. */
export interface WebSocketServer {
  listenWebSocket(options: {
    readonly onConnection: (transport: Transport) => void;
    readonly serve?: () => never;
  }): Promise<Listener>;
}

export function describeSockets(name: string, { connectTcp, connectTls, listenTcp }: Sockets): void {
  describe(name, () => {
    let certificates: Certificates;
    const held: Transport[] = [];
    const listeners: Listener[] = [];
    beforeAll(async () => {
      certificates = await makeCertificates();
    });
    afterEach(async () => {
      for (const transport of held.splice(0)) transport.abort();
      for (const listener of listeners.splice(0)) await listener.close();
    });

    async function listen(options: TcpListenOptions): Promise<number> {
      const listener = await listenTcp(options);
      listeners.push(listener);
      return listener.port;
    }

    async function dial(port: number): Promise<Transport> {
      const transport = await connectTcp({ host: HOST, port });
      held.push(transport);
      return transport;
    }

    /** Somebody who is connected to, and the port to do it. */
    async function silent(): Promise<{ port: number; next(): Promise<Transport> }> {
      const { accept, next } = rendezvous();
      const onConnection = (transport: Transport): void => {
        held.push(transport);
        accept(transport);
      };
      return { port: await listen({ onConnection }), next };
    }

    it("gives up on a server that says nothing in TLS", async () => {
      const { port } = await silent();
      await expect(connectTls({ host: HOST, port, handshakeTimeout: 100 })).rejects.toMatchObject(LATE);
    });

    it("gives up on a server that says the first byte of TLS and no more", async () => {
      const { port, next } = await silent();
      const clear = await connectTcp({ host: HOST, port, handshakeTimeout: 300 });
      const starting = expect(clear.startTls!({ role: "client", kind: "x509" })).rejects.toMatchObject(LATE);
      await (await next()).write(Uint8Array.of(0x16));
      await starting;
    });

    it("gives up on a server whose first byte of TLS was there before it was asked", async () => {
      const { port, next } = await silent();
      const clear = await connectTcp({ host: HOST, port, handshakeTimeout: 300 });
      await (await next()).write(Uint8Array.of(0x16));
      await new Promise((resolve) => setTimeout(resolve, 50));
      // Where the host tells of that byte, it is refused at once.
      await expect(clear.startTls!({ role: "client", kind: "x509" })).rejects.toMatchObject({ code: "insecure" });
    });

    it("gives up on a client that says nothing in TLS", async () => {
      let told: (failure: unknown) => void;
      const failure = new Promise((resolve) => {
        told = resolve;
      });
      const port = await listen({
        tls: certificates.server,
        handshakeTimeout: 100,
        onConnection: () => {},
        onTlsFailure: (error) => told(error),
      });
      await dial(port);
      expect(await failure).toMatchObject(LATE);
    });

    it("starts no TLS for a signal that was aborted before", async () => {
      const { port, next } = await silent();
      const clear = await dial(port);
      const peer = await next();
      const reason = new Error("enough");
      const options = { host: HOST, port, signal: AbortSignal.abort(reason) };
      await expect(startTlsFirst(clear, options)).rejects.toBe(reason);
      expect(await peer.read()).toBeUndefined(); // and no ClientHello
    });

    it("takes no time to give up after that is none", async () => {
      for (const handshakeTimeout of NO_TIMES) {
        await expect(connectTcp({ host: HOST, port: 1, handshakeTimeout })).rejects.toThrow(RangeError);
        await expect(listenTcp({ handshakeTimeout, onConnection: () => {} })).rejects.toThrow(RangeError);
        const tls = certificates.server;
        await expect(listenTcp({ tls, handshakeTimeout, onConnection: () => {} })).rejects.toThrow(RangeError);
      }
    });

    it("does not listen with TLS that cannot work, or that it would take for something else", async () => {
      const { server, ca } = certificates;
      const bad: [object, typeof Error][] = [
        [{}, TypeError],
        [{ cert: "", key: "" }, TypeError],
        [{ ...server, ca }, TypeError], // clientCa is its name here
        [{ ...server, minVersion: "1.1" }, RangeError],
        [{ ...server, minVersion: "1.3", maxVersion: "1.2" }, RangeError],
      ];
      for (const [tls, error] of bad) await expect(listenTcp({ tls, onConnection: () => {} })).rejects.toThrow(error);
    });

    it.each([false, true])("goes on where a callee throws, whose connection ends (TLS: %s)", async (isSecured) => {
      const { accept, next } = rendezvous();
      const error = new Error("the callee's");
      let isFirst = true;
      const port = await listen({
        ...(isSecured && { tls: certificates.server }),
        onConnection(transport) {
          if (isFirst) {
            isFirst = false;
            throw error;
          }
          accept(transport);
        },
      });
      const dialOne = async (): Promise<Transport> => {
        if (!isSecured) return dial(port);
        const transport = await connectTls({ host: HOST, port, tls: { ca: certificates.ca } });
        held.push(transport);
        return transport;
      };
      const [thrown, first] = await uncaughtOf(dialOne);
      expect(thrown).toBe(error);
      expect(await first.read().catch(() => undefined)).toBeUndefined();
      await dialOne();
      held.push(await next());
    });

    it("goes on where whoever is told of a failure in TLS throws", async () => {
      const { accept, next } = rendezvous();
      const port = await listen({
        tls: certificates.server,
        onConnection: accept,
        onTlsFailure(error) {
          throw error;
        },
      });
      for (let i = 0; i < 2; i++) {
        const [error] = await uncaughtOf(async () =>
          (await dial(port)).write(new TextEncoder().encode("RFB 003.008\n")),
        );
        expect(error).toMatchObject({ reason: "what the peer sent is not TLS" });
      }
      held.push(await connectTls({ host: HOST, port, tls: { ca: certificates.ca } }), await next());
    });
  });
}

/** @param bounds the numbers that this one can be told */
export function describeWebSocketServer(
  name: string,
  { listenWebSocket }: WebSocketServer,
  bounds: readonly string[],
): void {
  describe(name, () => {
    let certificates: Certificates;
    const cleanUp: (() => unknown)[] = [];
    beforeAll(async () => {
      certificates = await makeCertificates();
    });
    afterEach(async () => {
      for (const step of cleanUp.splice(0).reverse()) await step();
    });

    /** With options that its type does not have, too. */
    const listen = (options: object): Promise<Listener> => listenWebSocket({ onConnection: () => {}, ...options });

    it("does not listen with TLS that cannot work, or that it would take for something else", async () => {
      const { server, ca } = certificates;
      const bad: [object, typeof Error][] = [
        [{}, TypeError],
        [{ cert: server.cert }, TypeError],
        [{ cert: "", key: "" }, TypeError],
        [{ cert: "no", key: "PEM" }, TypeError],
        [{ ...server, key: certificates.client.key }, TypeError],
        [{ ...server, clientCa: ca }, TypeError],
        [{ ...server, maxVersion: "1.2" }, TypeError],
        [{ ...server, minVersion: "1.1" }, RangeError],
      ];
      for (const [tls, error] of bad) await expect(listen({ tls })).rejects.toThrow(error);
    });

    it("has no bounds but its own, and none that are not numbers to count to", async () => {
      for (const bound of ["maxConnections", "headTimeout", "maxMessage", "maxQueuedBytes"]) {
        if (!bounds.includes(bound)) await expect(listen({ [bound]: 9 })).rejects.toThrow(TypeError);
        else for (const bad of [Number.NaN, -1]) await expect(listen({ [bound]: bad })).rejects.toThrow(RangeError);
      }
      // Hosts would count no further than to 2**32, and take 0 for no bound.
      for (const maxMessage of bounds.includes("maxMessage") ? [0, 2 ** 32] : []) {
        await expect(listen({ maxMessage })).rejects.toThrow(RangeError);
      }
    });

    it("goes on where a callee throws, whose connection ends", async () => {
      const { accept, next } = rendezvous();
      const error = new Error("the callee's");
      let isFirst = true;
      const { port, close } = await listenWebSocket({
        onConnection(transport) {
          if (isFirst) {
            isFirst = false;
            throw error;
          }
          accept(transport);
        },
      });
      cleanUp.push(close);
      const dial = async (): Promise<Transport> => {
        const transport = await connectWebSocket(`ws://${HOST}:${port}/websockify`, { WebSocket });
        cleanUp.push(transport.abort);
        return transport;
      };
      const [thrown, first] = await uncaughtOf(dial);
      expect(thrown).toBe(error);
      expect(await first.read()).toBeUndefined();
      await dial();
      cleanUp.push((await next()).abort);
    });

    it("answers 500 and nothing more where what serves other requests throws", async () => {
      const error = new Error("the server's");
      const { port, close } = await listenWebSocket({
        onConnection: () => {},
        serve() {
          throw error;
        },
      });
      cleanUp.push(close);
      for (let i = 0; i < 2; i++) {
        const [thrown, answer] = await uncaughtOf(() => fetch(`http://${HOST}:${port}/`));
        expect(thrown).toBe(error);
        expect([answer.status, await answer.text(), answer.headers.get("content-type")]).toEqual([500, "", null]);
      }
    });
  });
}
