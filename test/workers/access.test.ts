// Who has no token for it gets no connection, and no server hears of it.

import { fileURLToPath } from "node:url";
import { generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Listener, listenTcp } from "../../transports/node.ts";
import type { Transport } from "../../transports/transport.ts";
import { makeCertificates } from "../peers/certificates.ts";
import { stopSince, until } from "../peers/process.ts";
import { startWorkerProxy, type WorkerProxy } from "./worker_proxy.ts";
import { startWorkerd } from "./workerd.ts";

const dialled: Transport[] = [];
let server: Listener;
let target: string;
let proxy: WorkerProxy;

beforeAll(async () => {
  const { ca } = await makeCertificates();
  server = await listenTcp({ onConnection: (transport) => void dialled.push(transport) });
  target = `localhost:${server.port}`;
  proxy = await startWorkerProxy(ca, [target, "localhost:1"], { MAX_SESSIONS: "2" });
}, 60_000);
afterAll(async () => {
  await server.close();
  await stopSince();
});

const sockets: WebSocket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate();
});

/** The status that a client sees: 101 where it is let in. It then says its version, for which a server is dialled. */
async function statusOf(url: string): Promise<number> {
  const socket = new WebSocket(url, ["binary"]);
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    socket.once("open", () => {
      socket.send(Buffer.from("RFB 003.008\n"));
      resolve(101);
    });
    socket.once("unexpected-response", (_request, response) => {
      resolve(response.statusCode!);
      response.resume();
    });
    socket.on("error", reject);
  });
}

const seconds = (from: number): number => Math.floor(Date.now() / 1000) + from;

test("a forged token, one that has expired, and one that is not for us, get 401", async () => {
  const { privateKey: stranger } = await generateKeyPair("ES256");
  const { privateKey: weaker } = await generateKeyPair("RS256");
  const good = await proxy.url(target);
  const [head, , signature] = new URL(good).searchParams.get("token")!.split(".");
  const other = Buffer.from(JSON.stringify({ jti: "1", exp: seconds(60), target })).toString("base64url");
  const base = good.replace(/token=.*/, "token=");
  const refused = [
    base,
    `${base}x.y.z`,
    `${base}${head}.${other}.${signature}`,
    `${base}${Buffer.from('{"alg":"none"}').toString("base64url")}.${other}.`,
    base + (await new SignJWT({ jti: "2", target }).setProtectedHeader({ alg: "RS256" }).sign(weaker)),
    await proxy.url(target, {}, stranger),
    await proxy.url(target, { exp: seconds(-1) }),
    await proxy.url(target, { nbf: seconds(60) }),
    await proxy.url(target, { aud: "https://elsewhere.example" }),
    await proxy.url(target, { jti: undefined }),
    await proxy.url(target, { exp: undefined }),
    await proxy.url(target, { jti: "x".repeat(101) }),
  ];
  const statuses = [];
  for (const url of refused) statuses.push(await statusOf(url));
  expect(statuses).toEqual(refused.map(() => 401));
  expect(dialled).toHaveLength(0);
});

test("a token for a server that is not on the list gets 403", async () => {
  for (const elsewhere of [`127.0.0.1:${server.port}`, "localhost:2", `${target} `, "unix:/run/vnc", ""]) {
    expect(await statusOf(await proxy.url(elsewhere)), elsewhere).toBe(403);
  }
  expect(await statusOf(await proxy.url(target, { target: undefined }))).toBe(401);
  expect(dialled).toHaveLength(0);
});

test("what is no WebSocket on the one path gets neither", async () => {
  const url = (await proxy.url(target)).replace("ws:", "http:");
  expect((await fetch(url)).status).toBe(426);
  expect((await fetch(url.replace("websockify", "elsewhere"))).status).toBe(404);
  expect(dialled).toHaveLength(0);
});

test("wrangler's configuration brings up the same Worker", async () => {
  const workerd = await startWorkerd(
    fileURLToPath(new URL("../../examples/worker_proxy/wrangler.jsonc", import.meta.url)),
  );
  expect((await fetch(`http://127.0.0.1:${workerd.port}/websockify`)).status).toBe(426);
  await workerd.stop();
});

test("a token counts once: the second time it gets 401, also at the same moment", async () => {
  const url = await proxy.url(target);
  const statuses = await Promise.all([statusOf(url), statusOf(url), statusOf(url)]);
  expect(statuses.sort()).toEqual([101, 401, 401]);
  expect(await statusOf(url)).toBe(401);
  await until("the server to be dialled once", () => (dialled.length > 0 ? true : undefined));
  expect(dialled).toHaveLength(1);
});

test("a server has so many sessions and no more, until one ends, however it does", async () => {
  const admitted = (): Promise<number> =>
    until("a free session", async () => {
      const status = await statusOf(await proxy.url(target));
      return status === 429 ? undefined : status;
    });
  expect([await admitted(), await admitted()]).toEqual([101, 101]);
  const [first, second] = sockets.slice(-2);
  expect(await statusOf(await proxy.url(target))).toBe(429);
  first!.close();
  expect(await admitted()).toBe(101);
  expect(await statusOf(await proxy.url(target))).toBe(429);
  second!.terminate();
  expect(await admitted()).toBe(101);
});
