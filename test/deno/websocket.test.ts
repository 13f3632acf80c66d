// The WebSocket server that Deno's own HTTP server makes.

import { afterEach, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { WebSocketInfo, WebSocketListenOptions } from "../../transports/deno.ts";
import type { Listener } from "../../transports/sockets.ts";
import type { Transport } from "../../transports/transport.ts";
import { connectWebSocket } from "../../transports/websocket.ts";
import { type Certificates, makeCertificates } from "../peers/certificates.ts";
import { until } from "../peers/process.ts";
import { rendezvous } from "../transports/pairs.ts";
import { underDeno } from "./run.ts";

const HOST = "127.0.0.1";
const UPGRADE = {
  Host: HOST,
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

await underDeno(import.meta.url, async () => {
  const { connectTcp, listenWebSocket } = await import("../../transports/deno.ts");
  let certificates: Certificates;
  let listener: Listener;
  let next: () => Promise<Transport>;
  let info: WebSocketInfo;
  const held: Transport[] = [];
  beforeAll(async () => {
    certificates = await makeCertificates();
  });
  afterEach(async () => {
    for (const transport of held.splice(0)) transport.abort();
    await listener.close();
  });

  /** Listens; `next` is what connects. */
  async function listen(options: Omit<WebSocketListenOptions, "onConnection"> = {}): Promise<void> {
    const meeting = rendezvous();
    listener = await listenWebSocket({
      ...options,
      onConnection(transport, about) {
        info = about;
        meeting.accept(transport);
      },
    });
    next = meeting.next;
  }

  async function dial(protocols: readonly string[] = ["binary"]): Promise<Transport> {
    const transport = await connectWebSocket(`ws://${HOST}:${listener.port}/websockify`, { protocols });
    held.push(transport);
    return transport;
  }

  /** The first line of the answer to a request. */
  async function statusOf(path: string, headers: Readonly<Record<string, string>>): Promise<string> {
    const transport = await connectTcp({ host: HOST, port: listener.port });
    held.push(transport);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    await transport.write(new TextEncoder().encode(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`));
    return new TextDecoder().decode(await transport.read()).split("\r\n", 1)[0]!;
  }

  it("tells who connected, and with what request", async () => {
    await listen({ path: "/vnc", origins: ["https://viewer.example"] });
    const before = performance.now();
    const headers = { "User-Agent": "Tester", Origin: "https://viewer.example" };
    class Client extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { headers });
      }
    }
    held.push(await connectWebSocket(`ws://${HOST}:${listener.port}/vnc?token=a%20b`, { WebSocket: Client }));
    const { peer, tls } = await next();
    expect(info).toMatchObject({
      url: "/vnc?token=a%20b",
      origin: "https://viewer.example",
      protocol: "binary",
      headers: { "user-agent": "Tester" },
    });
    expect(info.arrived).toBeGreaterThanOrEqual(before);
    expect([peer, tls]).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/), undefined]);
  });

  it("agrees on no protocol but binary", async () => {
    await listen();
    await dial([]);
    await next();
    expect([info.protocol, info.origin]).toEqual(["", undefined]);
    expect(await statusOf("/websockify", { ...UPGRADE, "Sec-WebSocket-Protocol": "chat, binary" })).toMatch(/ 101 /);
    await next();
    expect(info.protocol).toBe("binary");
  });

  it("answers all other requests", async () => {
    await listen({ origins: ["https://viewer.example"], serve: ({ url }) => new Response(url, { status: 203 }) });
    expect(await statusOf("/websockify", { Host: HOST })).toMatch(/ 426 /);
    expect(await statusOf("/websockify?a", { ...UPGRADE, Upgrade: "h2c" })).toMatch(/ 426 /);
    expect(await statusOf("/page", { Host: HOST })).toMatch(/ 203 /);
    expect(await statusOf("/page", UPGRADE)).toMatch(/ 404 /);
    expect(await statusOf("/websockify", { ...UPGRADE, Origin: "https://elsewhere.example" })).toMatch(/ 403 /);
    const { "Sec-WebSocket-Key": _, ...keyless } = UPGRADE;
    expect(await statusOf("/websockify", keyless)).toMatch(/ 400 /);
    expect(await statusOf("/websockify", { ...UPGRADE, Origin: "https://viewer.example" })).toMatch(/ 101 /);
    await listener.close();
    await listen();
    expect(await statusOf("/page", { Host: HOST })).toMatch(/ 404 /);
    expect(await statusOf("/websockify", { ...UPGRADE, Origin: "https://elsewhere.example" })).toMatch(/ 101 /);
  });

  it("lets open WebSockets live on once it is closed, and is gone with the last of them", async () => {
    await listen();
    const [a, b] = await Promise.all([dial(), next()]);
    const { port } = listener;
    await listener.close();
    expect(await statusOf("/websockify", UPGRADE)).toMatch(/ 503 /);
    await a.write(Uint8Array.of(1));
    expect(await b.read()).toEqual(Uint8Array.of(1));
    await b.write(Uint8Array.of(2));
    expect(await a.read()).toEqual(Uint8Array.of(2));
    await a.close();
    expect(await b.read()).toBeUndefined();
    const refusal = async (): Promise<unknown> => {
      const transport = await connectTcp({ host: HOST, port }).catch((error: { code: string }) => error.code);
      if (typeof transport === "string") return transport;
      transport.abort();
      return undefined;
    };
    expect(await until("the port to be free", refusal)).toBe("ECONNREFUSED");
  });

  it("closes at a text message, and at too much that nobody reads", async () => {
    await listen({ maxQueuedBytes: 1000 });
    for (const [message, code] of [["text", "unexpected"] as const, [new Uint8Array(2000), "limit"] as const]) {
      const socket = new WebSocket(`ws://${HOST}:${listener.port}/websockify`);
      const closed = new Promise((resolve) => socket.once("close", resolve));
      await new Promise((resolve) => socket.once("open", resolve));
      const transport = await next();
      socket.send(message);
      await closed;
      await expect(transport.read()).rejects.toMatchObject({ code });
    }
  });

  it("serves TLS", async () => {
    await listen({ tls: { ...certificates.server, minVersion: "1.2" } });
    class Client extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { ca: certificates.ca });
      }
    }
    held.push(await connectWebSocket(`wss://${HOST}:${listener.port}/websockify`, { WebSocket: Client }));
    expect((await next()).tls).toEqual({});
  });

  it("refuses what it cannot do, and says what can", async () => {
    await listen();
    const { server } = certificates;
    const bad: [object, typeof Error | RegExp][] = [
      [{ maxConnections: 9 }, /maxConnections; .*rfb-codec\/node/],
      [{ headTimeout: 9 }, /headTimeout; .*rfb-codec\/node/],
      [{ maxMessage: 9 }, /maxMessage; .*rfb-codec\/node/],
      [{ tls: { ...server, minVersion: "1.3" } }, /1\.3; rfb-codec\/node/],
      [{ tls: { ...server, minVersion: "1.1" } }, RangeError],
      [{ tls: { cert: "no", key: "PEM" } }, TypeError],
    ];
    for (const [options, error] of bad) {
      await expect(listenWebSocket({ ...options, onConnection: () => {} })).rejects.toThrow(error);
    }
    const { port } = listener;
    await expect(listenWebSocket({ port, onConnection: () => {} })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});
