import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { listenWebSocket } from "../../transports/node.ts";
import type { Transport } from "../../transports/transport.ts";
import { connectWebSocket, fromWebSocket, type WebSocketLike } from "../../transports/websocket.ts";
import { rendezvous, StandardWebSocket } from "./pairs.ts";

let url: string;
let next: () => Promise<Transport>;
const cleanUp: (() => unknown)[] = [];

beforeEach(async () => {
  const meeting = rendezvous();
  next = meeting.next;
  const { port, close } = await listenWebSocket({ onConnection: meeting.accept });
  url = `ws://127.0.0.1:${port}/websockify`;
  cleanUp.push(close);
});
afterEach(async () => {
  for (const step of cleanUp.splice(0)) await step();
});

it("a WebSocket that cannot be paused fails when too much lies unread", async () => {
  const [client, server] = await Promise.all([
    connectWebSocket(url, { WebSocket: StandardWebSocket, maxQueuedBytes: 100_000 }),
    next(),
  ]);
  await server.write(new Uint8Array(90_000));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await client.read()).toHaveLength(90_000);
  for (let i = 0; i < 2; i++) await server.write(new Uint8Array(60_000));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await expect(client.read()).rejects.toMatchObject({ name: "RfbError", code: "limit" });
  expect(await server.read()).toBeUndefined();
});

it("tiny messages count for more than their bytes", async () => {
  const [client, server] = await Promise.all([
    connectWebSocket(url, { WebSocket: StandardWebSocket, maxQueuedBytes: 10_000 }),
    next(),
  ]);
  for (let i = 0; i < 1000; i++) await server.write(Uint8Array.of(i));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await expect(client.read()).rejects.toMatchObject({ code: "limit" });
});

it("a text message ends a standard WebSocket too, with a code that it may send", async () => {
  const sockets = new FakeWebSocket();
  const transport = fromWebSocket(sockets);
  const reading = transport.read();
  sockets.emit("message", { data: "text" });
  await expect(reading).rejects.toMatchObject({ name: "RfbError", code: "unexpected" });
  expect(sockets.closes).toEqual([4003]);
});

it("a standard WebSocket's writes wait while much is buffered", async () => {
  const socket = new FakeWebSocket();
  const transport = fromWebSocket(socket);
  await transport.write(new Uint8Array(256 * 1024));
  let done = false;
  const writing = transport.write(Uint8Array.of(1)).then(() => {
    done = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(done).toBe(false);
  socket.bufferedAmount = 0;
  await writing;
  socket.bufferedAmount = 1 << 20;
  const broken = expect(transport.write(Uint8Array.of(1))).rejects.toThrow("Cannot write");
  socket.readyState = 3;
  socket.emit("close", {});
  await broken;
});

it("a WebSocket has to be open", () => {
  const socket = new FakeWebSocket();
  socket.readyState = 0;
  expect(() => fromWebSocket(socket)).toThrow(TypeError);
});

it("a refused connection rejects, and says why where the runtime tells", async () => {
  const wrong = url.replace("websockify", "other?token=secret");
  const error = await connectWebSocket(wrong, { WebSocket }).catch((error: Error) => error);
  expect(error).toMatchObject({ message: expect.stringMatching(/^Cannot connect a WebSocket to 127.*: .*404/) });
  expect((error as Error).message).not.toContain("secret");
  await expect(connectWebSocket("nonsense", { WebSocket })).rejects.toThrow();
});

it("a connection is given up on by its signal", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(connectWebSocket(url, { WebSocket, signal })).rejects.toThrow("enough");
  const controller = new AbortController();
  const connecting = connectWebSocket(url, { WebSocket, signal: controller.signal });
  controller.abort(new Error("too long"));
  await expect(connecting).rejects.toThrow("too long");
  const late = connectWebSocket(url, { WebSocket: StandardWebSocket, signal: AbortSignal.timeout(0) });
  await late.then(
    (transport) => transport.abort(),
    () => {},
  );
});

it.skipIf(globalThis.WebSocket !== undefined)("a runtime without a WebSocket is told of the ws package", async () => {
  await expect(connectWebSocket(url)).rejects.toThrow(/ws package/);
  await expect(connectWebSocket(url)).rejects.toThrow(TypeError);
});

/** A standard WebSocket that goes nowhere. */
class FakeWebSocket implements WebSocketLike {
  binaryType = "blob";
  readyState = 1;
  bufferedAmount = 0;
  readonly closes: unknown[] = [];
  readonly #listeners: [string, (event: never) => void][] = [];
  send(bytes: Uint8Array): void {
    this.bufferedAmount += bytes.length;
  }
  close(code?: number): void {
    this.closes.push(code);
    this.readyState = 3;
    this.emit("close", {});
  }
  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.push([type, listener]);
  }
  emit(type: string, event: object): void {
    for (const [on, listener] of this.#listeners) if (on === type) listener(event as never);
  }
}
