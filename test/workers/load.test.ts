// Many sessions through one Worker, large ones, and clients that do not keep up.

import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { schemesNamed } from "../../auth/mod.ts";
import { RGBX8888 } from "../../codec/mod.ts";
import { admitClient, joinServer } from "../../endpoints/mod.ts";
import { type Listener, listenTcp } from "../../transports/node.ts";
import type { Transport } from "../../transports/transport.ts";
import { connectWebSocket } from "../../transports/websocket.ts";
import { makeCertificates } from "../peers/certificates.ts";
import { stopSince, until } from "../peers/process.ts";
import { rendezvous } from "../transports/pairs.ts";
import { startWorkerProxy, type WorkerProxy } from "./worker_proxy.ts";

const MEGABYTE = 2 ** 20;
const { accept, next } = rendezvous();
let server: Listener;
let target: string;
let proxy: WorkerProxy;

beforeAll(async () => {
  const { ca, server: tls } = await makeCertificates();
  const authentication = { schemes: schemesNamed(["x509none"]), verifier: {} };
  const name = new Uint8Array(0);
  const serverInit = { framebufferWidth: 1, framebufferHeight: 1, serverPixelFormat: RGBX8888, name };
  server = await listenTcp({
    onConnection: async (clear) => accept((await admitClient(clear, { authentication, tls, serverInit })).transport),
  });
  target = `localhost:${server.port}`;
  proxy = await startWorkerProxy(ca, [target], { MAX_SESSIONS: "1000" });
}, 60_000);
afterAll(async () => {
  await server.close();
  await stopSince();
});

/** Both ends of a session, which is a stream of bytes from here on. */
async function session(Class: typeof WebSocket = WebSocket): Promise<[client: Transport, server: Transport]> {
  const transport = await connectWebSocket(await proxy.url(target), { WebSocket: Class });
  const authentication = { schemes: schemesNamed(["none"]), credentials: () => ({}) };
  const [client, far] = await Promise.all([joinServer(transport, { authentication }), next()]);
  return [client.transport, far];
}

/** Writes what never repeats in the same place; `hold` is awaited before each piece. */
async function pour(to: Transport, size: number, seed: number, hold = async (_: number): Promise<void> => {}) {
  const hash = createHash("sha256");
  const piece = new Uint8Array(100_000 + seed);
  for (let sent = 0, state = seed; sent < size; ) {
    await hold(sent);
    const bytes = piece.slice(0, size - sent);
    const words = new Uint32Array(bytes.buffer, 0, bytes.length >> 2);
    for (let i = 0; i < words.length; i++) words[i] = state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    hash.update(bytes);
    await to.write(bytes);
    sent += bytes.length;
  }
  return hash.digest("hex");
}

async function drink(from: Transport, size: number, count = { bytes: 0 }): Promise<string> {
  const hash = createHash("sha256");
  while (count.bytes < size) {
    const bytes = await from.read();
    if (bytes === undefined) throw new Error(`The connection ended at ${count.bytes} of ${size}`);
    hash.update(bytes);
    count.bytes += bytes.length;
  }
  return hash.digest("hex");
}

test("200 sessions at once, each its own", async () => {
  await abort(await session()); // what is there once is no session's
  const before = proxy.memory();
  const sessions: [Transport, Transport][] = [];
  for (let i = 0; i < 200; i++) sessions.push(await session());
  const perSession = ((proxy.memory() - before) * 1024) / 200;
  console.log(`workerd: ${Math.round(before)} MB, and ${Math.round(perSession)} KB for each of 200 sessions`);
  await Promise.all(
    sessions.map(async ([client, far], i) => {
      const echoing = drink(far, 4).then(() => far.write(Uint8Array.of(i, 1, 2, 3)));
      await client.write(Uint8Array.of(9, 9, 9, i));
      expect(await client.read()).toEqual(Uint8Array.of(i, 1, 2, 3));
      await echoing;
    }),
  );
  expect(perSession).toBeLessThan(1024);
  for (const both of sessions) abort(both);
}, 60_000);

function abort(both: readonly Transport[]): void {
  for (const transport of both) transport.abort();
}

test("50 MB each way at once, and every byte in its place", async () => {
  const size = 50 * MEGABYTE;
  const [client, far] = await session();
  const start = [performance.now(), proxy.seconds()] as const;
  // A Worker cannot hold a client back.
  const up = { bytes: 0 };
  const ahead = (sent: number): Promise<true> =>
    until("the server to follow", () => sent - up.bytes < 4 * MEGABYTE || undefined, 30_000, 1);
  const [sentUp, sentDown, gotUp, gotDown] = await Promise.all([
    pour(client, size, 1, async (sent) => void (await ahead(sent))),
    pour(far, size, 2),
    drink(far, size, up),
    drink(client, size),
  ]);
  const [time, cpu] = [(performance.now() - start[0]) / 1000, proxy.seconds() - start[1]];
  console.log(`workerd: 50 MB each way in ${time.toFixed(1)} s, for ${cpu.toFixed(1)} s of its processor time`);
  expect([gotUp, gotDown]).toEqual([sentUp, sentDown]);
  abort([client, far]);
}, 60_000);

test("a client that does not read holds the server back, and costs no more memory than that", async () => {
  const before = proxy.memory();
  const sessions = await Promise.all(Array.from({ length: 8 }, () => session()));
  const cpu = proxy.seconds();
  const taken = await Promise.all(
    sessions.map(async ([, far]) => {
      let bytes = 0;
      void pour(far, 1000 * MEGABYTE, 3, async (sent) => {
        bytes = sent;
      }).catch(() => {});
      let last = -1;
      await until(
        "the writer to wait",
        async () => {
          const isStill = bytes === last;
          last = bytes;
          await new Promise((resolve) => setTimeout(resolve, 1000));
          return isStill || undefined;
        },
        30_000,
      );
      return bytes;
    }),
  );
  const grown = proxy.memory() - before;
  const load = proxy.seconds() - cpu;
  console.log(
    `workerd: ${Math.round(grown)} MB for 8 clients that do not read, ${Math.max(...taken)} bytes on their way to one, ${load.toFixed(2)} s`,
  );
  // Two connections' worth of buffers in the kernel, 10 MiB each at most, and ours.
  expect(Math.max(...taken)).toBeLessThan(24 * MEGABYTE);
  expect(grown).toBeLessThan(64);
  for (const both of sessions) abort(both);
}, 60_000);

test("a client that sends without end to a server that does not read is cut off", async () => {
  const before = proxy.memory();
  let code = 0;
  class Watched extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      this.once("close", (given) => {
        code = given;
      });
    }
  }
  const [client, far] = await session(Watched as typeof WebSocket);
  await expect(pour(client, 1000 * MEGABYTE, 4, () => new Promise(setImmediate))).rejects.toThrow("Cannot write");
  expect(await until("the end", () => code || undefined)).toBe(1008);
  expect(proxy.memory() - before).toBeLessThan(128);
  abort([client, far]);
}, 60_000);
