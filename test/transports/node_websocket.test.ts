import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { type ConnectionOptions, connect as tlsConnect } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import {
  type Listener,
  listenWebSocket,
  serveFolder,
  type WebSocketInfo,
  type WebSocketListenOptions,
} from "../../transports/node.ts";
import type { Transport } from "../../transports/transport.ts";
import { connectWebSocket } from "../../transports/websocket.ts";
import { makeCertificates } from "../peers/certificates.ts";
import { stopSince, temporaryFolder } from "../peers/process.ts";
import { notOn, RUNTIME } from "../runtimes/runtime.ts";
import { rendezvous } from "./pairs.ts";

const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0)) await step();
  await stopSince();
});

describe("listenWebSocket", () => {
  it("upgrades its path only", async () => {
    const server = await listen({ path: "/rfb" });
    expect(await upgrade(server.port, { path: "/websockify" })).toMatch(/^HTTP\/1\.1 404 /);
    expect(await upgrade(server.port, { path: "/rfb/" })).toMatch(/^HTTP\/1\.1 404 /);
    expect(await upgrade(server.port, { path: "/rfb?token=1" })).toMatch(/^HTTP\/1\.1 101 /);
    expect(await upgrade(server.port, { path: "/rfb" })).toMatch(/^HTTP\/1\.1 101 /);
    expect(server.infos.map(({ url }) => url)).toEqual(["/rfb?token=1", "/rfb"]);
  });

  it("answers other requests 404, and those for its path 426", async () => {
    const { port } = await listen({});
    expect((await fetched(port, "/")).statusCode).toBe(404);
    const refused = await fetched(port, "/websockify");
    expect(refused.statusCode).toBe(426);
    expect(refused.headers.upgrade).toBe("websocket");
    expect(refused.headers.server).toBeUndefined();
    expect(refused.headers["x-powered-by"]).toBeUndefined();
  });

  it("gives a request that comes after others on its connection a time of its own", async () => {
    const server = await listen({ headTimeout: 600 });
    const socket = connect(server.port, "127.0.0.1");
    cleanUp.push(() => socket.destroy());
    const said = (bytes: string): Promise<string> =>
      new Promise((resolve) => {
        socket.once("data", (answer) => resolve(String(answer)));
        socket.write(bytes);
      });
    for (let i = 0; i < 4; i++) {
      expect(await said("GET / HTTP/1.1\r\nHost: x\r\n\r\n")).toMatch(/^HTTP\/1\.1 404 /);
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    const upgradeLines = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
    const head = [
      "GET /websockify HTTP/1.1",
      "Host: x",
      ...upgradeLines,
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    expect(await said(`${head.join("\r\n")}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 101 /);
    expect(performance.now() - server.infos[0]!.arrived).toBeLessThan(600);
  });

  notOn(["bun"], "its server's timeout is for whole answers", () => {
    it("lets an answer take longer than a request may", async () => {
      const serve: WebSocketListenOptions["serve"] = (_, response) => {
        const timer = setInterval(() => response.write("x"), 100);
        setTimeout(() => {
          clearInterval(timer);
          response.end();
        }, 2000);
      };
      const server = await listen({ headTimeout: 500, serve });
      const { status, text } = await fetch(`http://127.0.0.1:${server.port}/`).then(async (answer) => ({
        status: answer.status,
        text: await answer.text(),
      }));
      expect(status).toBe(200);
      expect(text.length).toBeGreaterThan(10);
    });
  });

  notOn(["bun"], "its server tells of connections once their TLS is done", () => {
    it("ends a connection whose TLS took most of the time, and whose request then drips", async () => {
      const { ca, server: own } = await makeCertificates();
      const { port } = await listen({ headTimeout: 2000, tls: own });
      const began = performance.now();
      const clear = connect(port, "127.0.0.1");
      cleanUp.push(() => clear.destroy());
      await new Promise((resolve) => setTimeout(resolve, 1800));
      const socket = tlsConnect({ socket: clear, ca, host: "127.0.0.1" }).on("error", () => {});
      await new Promise((resolve) => socket.once("secureConnect", resolve));
      socket.write("GET / HTTP/1.1\r\n");
      const dripping = setInterval(() => socket.writable && socket.write("X: y\r\n"), 100);
      cleanUp.push(() => clearInterval(dripping));
      await new Promise((resolve) => socket.once("close", resolve));
      expect(performance.now() - began).toBeLessThan(3500);
    });
  });

  it("refuses foreign origins before anybody hears of them", async () => {
    const server = await listen({ origins: ["https://viewer.example"] });
    for (const origin of [
      "https://evil.example",
      "https://viewer.example.evil.example",
      "https://viewer.example/",
      "http://viewer.example",
      "null",
      "",
    ]) {
      expect(await upgrade(server.port, { headers: [`Origin: ${origin}`] })).toMatch(/^HTTP\/1\.1 403 /);
    }
    expect(server.infos).toEqual([]);
    expect(await upgrade(server.port, { headers: ["Origin: https://viewer.example"] })).toMatch(/^HTTP\/1\.1 101 /);
    expect(server.infos[0]?.origin).toBe("https://viewer.example");
    expect(await upgrade(server.port, {})).toMatch(/^HTTP\/1\.1 101 /);
    expect(server.infos[1]?.origin).toBeUndefined();
  });

  it("refuses malformed upgrades", async () => {
    const { port, infos } = await listen({});
    expect(await upgrade(port, { key: "short" })).toMatch(/^HTTP\/1\.1 400 /);
    expect(await upgrade(port, { version: "7" })).toMatch(/^HTTP\/1\.1 400 /);
    expect(await upgrade(port, { upgrade: "h2c" })).toMatch(/^HTTP\/1\.1 400 /);
    expect(await upgrade(port, { headers: ["Sec-WebSocket-Protocol: ,,"] })).toMatch(/^HTTP\/1\.1 400 /);
    expect(await exchange(port, "nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    expect(infos).toEqual([]);
  });

  it("chooses the binary protocol where it is offered", async () => {
    const { port, infos } = await listen({});
    expect(await upgrade(port, { headers: ["Sec-WebSocket-Protocol: base64, binary"] })).toMatch(
      /Sec-WebSocket-Protocol: binary\r\n/,
    );
    expect(await upgrade(port, { headers: ["Sec-WebSocket-Protocol: base64"] })).not.toMatch(/Protocol: /);
    expect(infos.map(({ protocol }) => protocol)).toEqual(["binary", ""]);
  });

  it("does not compress", async () => {
    const { port } = await listen({});
    const answer = await upgrade(port, { headers: ["Sec-WebSocket-Extensions: permessage-deflate"] });
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer).not.toMatch(/Extensions/i);
  });

  it("ends a connection that sends nothing, or its head too slowly", async () => {
    const { port } = await listen({ headTimeout: 300 });
    const silent = dial(port);
    const slow = dial(port);
    slow.write("GET / HTTP/1.1\r\nHost: a\r\n");
    const drip = setInterval(() => slow.write("A: b\r\n"), 50);
    cleanUp.push(() => clearInterval(drip));
    const begun = Date.now();
    await Promise.all([ended(silent), ended(slow)]);
    expect(Date.now() - begun).toBeLessThan(2500);
  });

  it("ends a TLS handshake that does not go on", async () => {
    const { server } = await makeCertificates();
    const { port } = await listen({ headTimeout: 300, tls: server });
    const silent = dial(port);
    const half = dial(port);
    half.write(Uint8Array.of(22, 3, 1, 2, 0, 1));
    const idle = tlsConnect({ port, rejectUnauthorized: false });
    idle.on("error", () => {}).resume();
    await Promise.all([ended(silent), ended(half), ended(idle)]);
  });

  it("refuses heads that are too long", async () => {
    const { port } = await listen({});
    expect(await exchange(port, `GET / HTTP/1.1\r\nA: ${"b".repeat(20_000)}`)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it("serves TLS 1.2 and 1.3, with a certificate that can be used", async () => {
    const { server, ca } = await makeCertificates();
    const { port, next } = await listen({ tls: server });
    expect(await handshake(port, { ca, maxVersion: "TLSv1.2" })).toBe("done");
    class Trusting extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { ca });
      }
    }
    await connectWebSocket(`wss://127.0.0.1:${port}/websockify`, { WebSocket: Trusting });
    expect((await next()).tls).toEqual(RUNTIME === "bun" ? {} : expect.objectContaining({ version: "TLSv1.3" }));
    await expect(listenWebSocket({ tls: { cert: "no", key: "PEM" }, onConnection: () => {} })).rejects.toThrow(
      TypeError,
    );
  });

  notOn(["deno", "bun"], "it has no version under 1.2 to test with", () => {
    it("does not serve TLS 1.1", async () => {
      const { server, ca } = await makeCertificates();
      const { port } = await listen({ tls: server });
      const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" } as const;
      expect(await handshake(port, { ca, ...old })).toMatchObject({ code: "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION" });
    });
  });

  it("drops connections beyond its number", async () => {
    const { port, next } = await listen({ maxConnections: 1 });
    await connectWebSocket(`ws://127.0.0.1:${port}/websockify`, { WebSocket });
    await next();
    await ended(dial(port));
  });

  describe("on an open WebSocket", () => {
    it.each([
      ["reserved bits", [0xf2, 0x80, 0, 0, 0, 0], 1002],
      ["an unknown opcode", [0x83, 0x80, 0, 0, 0, 0], 1002],
      ["no mask", [0x82, 0x01, 0], 1002],
      ["a continuation of nothing", [0x80, 0x80, 0, 0, 0, 0], 1002],
      ["a ping of 126 bytes", [0x89, 0xfe, 0, 126, 0, 0, 0, 0], 1002],
      ["a length of 1 MiB and a byte", [0x82, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 1, 0, 0, 0, 0], 1009],
      ["a length of 2^62", [0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1009],
    ])("%s ends it", async (_, frame, code) => {
      const { socket, transport } = await open();
      const before = process.memoryUsage().arrayBuffers;
      socket.write(Uint8Array.from(frame));
      await expect(transport.read()).rejects.toMatchObject({ name: "RfbError", code: "malformed" });
      expect(await closeCode(socket)).toBe(code);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(512 * 1024);
      socket.end();
    });

    it("takes a message of 1 MiB", async () => {
      const { port, next } = await listen({});
      const client = await connectWebSocket(`ws://127.0.0.1:${port}/websockify`, { WebSocket });
      const transport = await next();
      await client.write(new Uint8Array(1024 * 1024));
      expect(await transport.read()).toHaveLength(1024 * 1024);
    });

    it("fragments come together, and the sum is bounded too", async () => {
      const { socket, transport } = await open({ maxMessage: 4 });
      socket.write(Uint8Array.of(0x02, 0x82, 0, 0, 0, 0, 1, 2, 0x80, 0x82, 0, 0, 0, 0, 3, 4));
      expect(await transport.read()).toEqual(Uint8Array.of(1, 2, 3, 4));
      socket.write(Uint8Array.of(0x02, 0x83, 0, 0, 0, 0, 1, 2, 3, 0x80, 0x82, 0, 0, 0, 0, 4, 5));
      await expect(transport.read()).rejects.toMatchObject({ code: "malformed" });
      expect(await closeCode(socket)).toBe(1009);
    });

    it("a text message is closed with 1003", async () => {
      const { socket, transport } = await open();
      socket.write(Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 65));
      await expect(transport.read()).rejects.toMatchObject({ name: "RfbError", code: "unexpected" });
      await expect(transport.write(Uint8Array.of(1))).rejects.toThrow();
      expect(await closeCode(socket)).toBe(1003);
    });

    it("pings are answered", async () => {
      const { socket } = await open();
      socket.write(Uint8Array.of(0x89, 0x82, 0, 0, 0, 0, 7, 8));
      expect(await received(socket, 4)).toEqual(Uint8Array.of(0x8a, 2, 7, 8));
    });

    it("tiny messages in great number do not pile up", async () => {
      const { socket, transport } = await open();
      const frames = new Uint8Array(7 * 1_000_000);
      for (let at = 0; at < frames.length; at += 7) frames.set([0x82, 0x81, 0, 0, 0, 0, 1], at);
      socket.write(frames);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(socket.writableLength).toBeGreaterThan(0); // the kernel's buffers are full, and so nobody reads them
      for (let i = 0; i < 1_000_000; i++) await transport.read();
      expect(socket.writableLength).toBe(0);
    });

    it("headTimeout has no say", async () => {
      const { socket, transport } = await open({ headTimeout: 100 });
      await new Promise((resolve) => setTimeout(resolve, 1300));
      socket.write(Uint8Array.of(0x82, 0x81, 0, 0, 0, 0, 1));
      expect(await transport.read()).toEqual(Uint8Array.of(1));
    });

    it("tells its peer's address", async () => {
      const { socket, transport } = await open();
      expect(transport.peer).toBe(`127.0.0.1:${socket.localPort}`);
    });
  });

  it("stops accepting at close and ends idle connections, while WebSockets live on", async () => {
    const { port, next, close } = await listen({ headTimeout: 500 });
    const client = await connectWebSocket(`ws://127.0.0.1:${port}/websockify`, { WebSocket });
    cleanUp.push(() => client.abort());
    const server = await next();
    const idle = dial(port);
    idle.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await new Promise((resolve) => idle.once("data", resolve));
    await close();
    await ended(idle);
    await ended(dial(port));
    await new Promise((resolve) => setTimeout(resolve, 700));
    await client.write(Uint8Array.of(1, 2));
    expect(await server.read()).toEqual(Uint8Array.of(1, 2));
    await client.close();
    expect(await server.read()).toBeUndefined();
  });

  notOn(["bun"], "its server does not end connections that have said nothing", () => {
    it("ends silent connections too, once it is closed", async () => {
      const { port, close } = await listen({ headTimeout: 500 });
      const silent = dial(port);
      await new Promise((resolve) => silent.once("connect", resolve));
      await new Promise((resolve) => setTimeout(resolve, 50));
      await close();
      await ended(silent);
    });
  });
});

describe("serveFolder", () => {
  async function listenFolder(): Promise<{ port: number; folder: string }> {
    const folder = temporaryFolder();
    const root = join(folder, "root");
    mkdirSync(join(root, ".git"), { recursive: true });
    mkdirSync(join(root, "app"));
    writeFileSync(join(root, "index.html"), "<!doctype html>hello");
    writeFileSync(join(root, "app", "ui.js"), "0123456789");
    writeFileSync(join(root, ".env"), "secret");
    writeFileSync(join(root, ".git", "config"), "secret");
    writeFileSync(join(folder, "outside"), "secret");
    const { port } = await listen({ serve: serveFolder(root) });
    return { port, folder: root };
  }

  it("serves files, and says what they are", async () => {
    const { port } = await listenFolder();
    const index = await fetched(port, "/");
    expect([index.statusCode, index.body]).toEqual([200, "<!doctype html>hello"]);
    expect(index.headers["content-type"]).toMatch(/^text\/html/);
    expect(index.headers["x-content-type-options"]).toBe("nosniff");
    expect(index.headers.server).toBeUndefined();
    expect(index.headers["x-powered-by"]).toBeUndefined();
    expect((await fetched(port, "/app/ui.js")).headers["content-type"]).toMatch(/javascript/);
    const again = await fetched(port, "/", { headers: { "If-None-Match": index.headers.etag as string } });
    expect(again.statusCode).toBe(304);
  });

  it("answers HEAD without a body, and other methods 405", async () => {
    const { port } = await listenFolder();
    const head = await fetched(port, "/", { method: "HEAD" });
    expect([head.statusCode, head.body, head.headers["content-length"]]).toEqual([200, "", "20"]);
    expect((await fetched(port, "/", { method: "POST" })).statusCode).toBe(405);
  });

  it("keeps what is hidden or outside to itself", async () => {
    const { port } = await listenFolder();
    for (const path of [
      "/.env",
      "/.git/config",
      "/%2eenv",
      "/../outside",
      "/%2e%2e/outside",
      "/app/../../outside",
      "/..%2foutside",
      "/%00",
      "/%ff",
      "//",
      "/app",
    ]) {
      expect(await exchange(port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`), path).not.toMatch(
        /secret/,
      );
    }
    expect((await fetched(port, "/.env")).statusCode).toBe(404);
  });

  it("survives ranges that end before they begin, and files that have gone", async () => {
    const { port, folder } = await listenFolder();
    expect((await fetched(port, "/app/ui.js", { headers: { Range: "bytes=5-3" } })).body).toBe("0123456789");
    rmSync(join(folder, "app", "ui.js"));
    await expect(fetched(port, "/app/ui.js")).rejects.toThrow();
    expect((await fetched(port, "/")).statusCode).toBe(200);
  });

  it("refuses a folder that is not there", () => {
    expect(() => serveFolder(join(temporaryFolder(), "none"))).toThrow("ENOENT");
  });
});

async function listen(
  options: Partial<WebSocketListenOptions>,
): Promise<Listener & { infos: WebSocketInfo[]; next(): Promise<Transport> }> {
  const { accept, next } = rendezvous();
  const infos: WebSocketInfo[] = [];
  const listener = await listenWebSocket({
    ...options,
    onConnection(transport, info) {
      cleanUp.push(transport.abort);
      infos.push(info);
      accept(transport);
    },
  });
  cleanUp.push(listener.close);
  return { ...listener, infos, next };
}

/** A WebSocket of which the client's end is a bare socket. */
async function open(options: Partial<WebSocketListenOptions> = {}): Promise<{ socket: Socket; transport: Transport }> {
  const { port, next } = await listen(options);
  const socket = dial(port);
  socket.pause();
  socket.write(upgradeHead({}));
  const transport = await next();
  for (let head = ""; !head.endsWith("\r\n\r\n"); ) head += String.fromCharCode(...(await received(socket, 1)));
  return { socket, transport };
}

interface Upgrade {
  readonly path?: string;
  readonly key?: string;
  readonly version?: string;
  readonly upgrade?: string;
  readonly headers?: readonly string[];
}

function upgradeHead({
  path = "/websockify",
  key = "dGhlIHNhbXBsZSBub25jZQ==",
  version = "13",
  upgrade = "websocket",
  headers = [],
}: Upgrade): string {
  return [
    `GET ${path} HTTP/1.1`,
    "Host: a",
    `Upgrade: ${upgrade}`,
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${key}`,
    `Sec-WebSocket-Version: ${version}`,
    ...headers,
    "\r\n",
  ].join("\r\n");
}

function upgrade(port: number, options: Upgrade): Promise<string> {
  return exchange(port, upgradeHead(options));
}

/** Sends, and returns the head of what comes back. */
function exchange(port: number, text: string): Promise<string> {
  const socket = dial(port);
  socket.write(text);
  return new Promise((resolve) => {
    let answer = "";
    socket.on("data", (bytes) => {
      answer += bytes.toString("latin1");
      if (answer.includes("\r\n\r\n")) resolve(answer);
    });
    socket.once("close", () => resolve(answer));
  });
}

function dial(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  cleanUp.push(() => socket.destroy());
  return socket;
}

/** `done`, or why not. */
function handshake(port: number, options: ConnectionOptions): Promise<unknown> {
  return new Promise((resolve) => {
    const socket = tlsConnect({ port, host: "127.0.0.1", ...options });
    cleanUp.push(() => socket.destroy());
    socket.once("secureConnect", () => resolve("done")).once("error", resolve);
  });
}

function ended(socket: Socket): Promise<void> {
  socket.resume();
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    socket.once("close", () => resolve());
  });
}

async function received(socket: Socket, size: number): Promise<Uint8Array> {
  for (;;) {
    const bytes: Buffer | null = socket.read(size);
    if (bytes !== null) return new Uint8Array(bytes);
    await new Promise((resolve) => socket.once("readable", resolve));
  }
}

/** The code in the close frame that comes next. */
async function closeCode(socket: Socket): Promise<number> {
  const [opcode, length] = await received(socket, 2);
  expect(opcode).toBe(0x88);
  const [high, low] = await received(socket, length!);
  return high! * 256 + low!;
}

interface Answer {
  readonly statusCode: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

function fetched(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, path, agent: false, ...options }, (response) => {
      let body = "";
      response.on("data", (bytes) => {
        body += bytes;
      });
      response.on("error", reject);
      response.on("end", () => resolve({ statusCode: response.statusCode, headers: response.headers, body }));
    });
    request.on("error", reject);
    request.end();
  });
}
