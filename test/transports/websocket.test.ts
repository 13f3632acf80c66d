import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { listenWebSocket } from "../../transports/node.ts";
import type { Transport } from "../../transports/transport.ts";
import {
  connectWebSocket,
  connectWebSocketStream,
  type DataChannelLike,
  fromDataChannel,
  fromWebSocket,
  fromWebSocketStream,
  type WebSocketLike,
} from "../../transports/websocket.ts";
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

it("what may lie unread has a bound that is a number", async () => {
  for (const maxQueuedBytes of [Number.NaN, -1]) {
    expect(() => fromWebSocket(new FakeWebSocket(), { maxQueuedBytes })).toThrow(RangeError);
    await expect(connectWebSocket(url, { WebSocket, maxQueuedBytes })).rejects.toThrow(RangeError);
  }
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

it("a runtime without a WebSocket is told of the ws package", async () => {
  vi.stubGlobal("WebSocket", undefined);
  cleanUp.push(() => vi.unstubAllGlobals());
  await expect(connectWebSocket(url)).rejects.toThrow(/ws package/);
  await expect(connectWebSocket(url)).rejects.toThrow(TypeError);
});

it("a runtime without a WebSocketStream says so", async () => {
  vi.stubGlobal("WebSocketStream", undefined);
  cleanUp.push(() => vi.unstubAllGlobals());
  await expect(connectWebSocketStream(url)).rejects.toThrow(TypeError);
});

it("a text message ends a WebSocketStream, with a code that it may send", async () => {
  const closes: unknown[] = [];
  const transport = await fromWebSocketStream({
    opened: Promise.resolve({ readable: streamOf(Uint8Array.of(1), "text"), writable: new WritableStream() }),
    closed: Promise.resolve(),
    close: (options) => closes.push(options?.closeCode),
  });
  expect(await transport.read()).toEqual(Uint8Array.of(1));
  await expect(transport.read()).rejects.toMatchObject({ name: "RfbError", code: "unexpected" });
  await expect(transport.read()).rejects.toMatchObject({ code: "unexpected" });
  await expect(transport.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "unexpected" });
  expect(closes[0]).toBe(4003);
});

it("a WebSocketStream gives the same for arrays, as the standard has them, and for Chromium's buffers", async () => {
  const transport = await fromWebSocketStream({
    opened: Promise.resolve({
      readable: streamOf(Uint8Array.of(1, 2), new ArrayBuffer(0), Uint8Array.of(3).buffer),
      writable: new WritableStream(),
    }),
    closed: Promise.resolve(),
    close: () => {},
  });
  expect(await transport.read()).toEqual(Uint8Array.of(1, 2));
  expect(await transport.read()).toEqual(Uint8Array.of(3));
  expect(await transport.read()).toBeUndefined();
});

it("a data channel that may lose messages, or change their order, is refused", () => {
  expect(() => fromDataChannel(new FakeChannel({ ordered: false }))).toThrow(TypeError);
  expect(() => fromDataChannel(new FakeChannel({ maxRetransmits: 0 }))).toThrow(TypeError);
  expect(() => fromDataChannel(new FakeChannel({ maxPacketLifeTime: 10 }))).toThrow(TypeError);
  expect(() => fromDataChannel(new FakeChannel({ readyState: "connecting" }))).toThrow(TypeError);
});

it("a data channel's messages are as long as a whole number says, or as what is written", async () => {
  for (const maxMessageSize of [0, 1.5, Number.NaN, Number.NEGATIVE_INFINITY]) {
    expect(() => fromDataChannel(new FakeChannel({}), { maxMessageSize })).toThrow(RangeError);
  }
  const channel = new FakeChannel({});
  await fromDataChannel(channel, { maxMessageSize: Number.POSITIVE_INFINITY }).write(new Uint8Array(200_000));
  expect(channel.lengths).toEqual([200_000]);
});

it("a data channel's messages are no longer than its other end takes, and wait while much is buffered", async () => {
  const channel = new FakeChannel({});
  const transport = fromDataChannel(channel, { maxMessageSize: 100_000 });
  let done = false;
  const writing = transport.write(new Uint8Array(450_000).fill(1)).then(() => {
    done = true;
  });
  const second = transport.write(Uint8Array.of(2));
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect([channel.lengths, done]).toEqual([[100_000, 100_000], false]);
  channel.drain();
  channel.drain();
  await writing;
  await second;
  expect(channel.lengths).toEqual([100_000, 100_000, 100_000, 100_000, 50_000, 1]);
});

it("a data channel sends what was written before it closes", async () => {
  const channel = new FakeChannel({});
  const transport = fromDataChannel(channel);
  const writing = transport.write(new Uint8Array(600_000));
  const closing = transport.close();
  while (channel.readyState === "open") channel.drain();
  await Promise.all([writing, closing]);
  expect(channel.lengths.reduce((sum, length) => sum + length)).toBe(600_000);
});

it("a data channel that refuses a message is closed: the next would be read in its place", async () => {
  const channel = new FakeChannel({});
  const transport = fromDataChannel(channel, { maxMessageSize: 1 << 20 });
  channel.refusesAbove = 1000;
  await expect(transport.write(new Uint8Array(2000))).rejects.toThrow("too long");
  expect(channel.readyState).toBe("closed");
  expect(await transport.read()).toBeUndefined();
});

function streamOf(...chunks: readonly unknown[]): ReadableStream<unknown> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

/** A data channel that goes nowhere. */
class FakeChannel extends EventTarget implements DataChannelLike {
  binaryType = "blob";
  bufferedAmountLowThreshold = 0;
  readyState = "open";
  bufferedAmount = 0;
  refusesAbove = Number.POSITIVE_INFINITY;
  readonly ordered: boolean = true;
  readonly maxPacketLifeTime: number | null = null;
  readonly maxRetransmits: number | null = null;
  readonly lengths: number[] = [];
  constructor(differs: Partial<DataChannelLike>) {
    super();
    Object.assign(this, differs);
  }
  send(bytes: Uint8Array): void {
    if (bytes.length > this.refusesAbove) throw new TypeError("too long");
    this.lengths.push(bytes.length);
    this.bufferedAmount += bytes.length;
  }
  close(): void {
    this.readyState = "closed";
    this.dispatchEvent(new Event("close"));
  }
  drain(): void {
    this.bufferedAmount = 0;
    this.dispatchEvent(new Event("bufferedamountlow"));
  }
  declare addEventListener: DataChannelLike["addEventListener"];
}

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
