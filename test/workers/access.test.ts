// Who has no token for it gets no connection, and no server hears of it.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { generateKeyPair } from "jose";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Listener, listenTcp } from "../../transports/node.ts";
import type { Transport } from "../../transports/transport.ts";
import { makeCertificates } from "../peers/certificates.ts";
import { stopSince, temporaryFolder, until } from "../peers/process.ts";
import { createTokenSource, startWorkerProxy, type WorkerProxy } from "./worker_proxy.ts";
import { startWorkerd } from "./workerd.ts";

const dialled: Transport[] = [];
let ca: string;
let server: Listener;
let target: string;
let proxy: WorkerProxy;

beforeAll(async () => {
  ({ ca } = await makeCertificates());
  server = await listenTcp({ onConnection: (transport) => void dialled.push(transport) });
  target = `localhost:${server.port}`;
  proxy = await startWorkerProxy(ca, ["", target, "", "localhost:1", ""], { MAX_SESSIONS: "2" });
}, 60_000);
afterAll(async () => {
  await server.close();
  await stopSince();
});

const sockets: WebSocket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate();
  dialled.splice(0);
});

/** The status that a client sees: 101 where it is let in. It then says its version, for which a server is dialled. */
async function statusOf(url: string): Promise<number> {
  return (await answerOf(url)).status;
}

async function answerOf(url: string): Promise<{ readonly status: number; readonly body?: string }> {
  const socket = new WebSocket(url, ["binary"]);
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    socket.once("open", () => {
      socket.send(Buffer.from("RFB 003.008\n"));
      resolve({ status: 101 });
    });
    socket.once("unexpected-response", async (_request, response) => {
      resolve({ status: response.statusCode!, body: await text(response) });
    });
    socket.on("error", reject);
  });
}

const seconds = (from: number): number => Math.floor(Date.now() / 1000) + from;

test("a forged token, one that has expired, and one that is not for us, get 401", async () => {
  const { privateKey: stranger } = await generateKeyPair("ES256");
  const { privateKey: weaker } = await generateKeyPair("RS256");
  const good = new URL(await proxy.url(target)).searchParams.get("token")!;
  const other = new URL(await proxy.url(target)).searchParams.get("token")!;
  const [head, payload] = good.split(".");
  const [, otherPayload, otherSignature] = other.split(".");
  const withToken = async (token: string): Promise<string> =>
    (await proxy.url(target)).replace(/token=.*/, `token=${token}`);
  // Each is right in all but one respect.
  const refused: Readonly<Record<string, string>> = {
    "no token": await withToken(""),
    "no JWT": await withToken("x.y.z"),
    "another's signature": await withToken(`${head}.${payload}.${otherSignature}`),
    "no signature": await withToken(`${head}.${otherPayload}.`),
    "no algorithm": await withToken(`${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`),
    "another algorithm": await proxy.url(target, {}, { alg: "RS256", key: weaker }),
    "the public key as a secret": await proxy.url(target, {}, { alg: "HS256", key: Buffer.from(proxy.publicKey) }),
    "another key": await proxy.url(target, {}, { alg: "ES256", key: stranger }),
    "it has expired": await proxy.url(target, { exp: seconds(-1) }),
    "it never expires": await proxy.url(target, { exp: undefined }),
    "it as good as never expires": await proxy.url(target, { exp: 1e300 }),
    "it expires too late": await proxy.url(target, { exp: seconds(24 * 3600 + 60) }),
    "it expires at no time": await proxy.url(target, { exp: `${seconds(60)}` }),
    "not yet": await proxy.url(target, { nbf: seconds(60) }),
    "for others": await proxy.url(target, { aud: "https://elsewhere.example" }),
    "for nobody": await proxy.url(target, { aud: undefined }),
    "no name": await proxy.url(target, { jti: undefined }),
    "an empty name": await proxy.url(target, { jti: "" }),
    "a long name": await proxy.url(target, { jti: "x".repeat(101) }),
    "half a character": await proxy.url(target, { jti: "\ud800" }),
    "a number for a name": await proxy.url(target, { jti: 1 }),
    "no target": await proxy.url(target, { target: undefined }),
  };
  for (const [what, url] of Object.entries(refused)) expect(await statusOf(url), what).toBe(401);
  expect(dialled).toHaveLength(0);

  // They fail by that alone: the nearest that is right is let in.
  expect(await statusOf(await withToken(good))).toBe(101);
  const nearest = { exp: seconds(24 * 3600 - 60), jti: "x".repeat(100), nbf: seconds(-60) };
  expect(await statusOf(await proxy.url(target, nearest))).toBe(101);
  await until("the server to be dialled", () => (dialled.length === 2 ? true : undefined));
});

test("a token for a server that is not on the list gets 403", async () => {
  for (const elsewhere of [`127.0.0.1:${server.port}`, "localhost:2", `${target} `, "unix:/run/vnc", "localhost", ""]) {
    expect(await statusOf(await proxy.url(elsewhere)), elsewhere).toBe(403);
  }
  expect(await statusOf(await proxy.url(target, { target: [target] }))).toBe(403);
  expect(dialled).toHaveLength(0);
});

test.each([
  ["TOKEN_AUDIENCE", undefined, "it is missing"],
  ["TOKEN_KEY", undefined, "it is missing"],
  ["TARGETS", "localhost:1 localhost", '"localhost" is no target'],
  ["MAX_SESSIONS", "ten", "it is no number from 1 on"],
])("while %s is %s nobody is let in, and only the log says why", async (name, value, reason) => {
  const wrong = await startWorkerProxy(ca, [target], { [name]: value });
  const url = await wrong.url(target, name === "TOKEN_AUDIENCE" ? { aud: undefined } : {});
  const { status, body } = await answerOf(url);
  expect([status, body]).toEqual([500, ""]);
  expect(dialled).toHaveLength(0);
  const told = await until("the log", () => /^.*"event":"failed".*$/m.exec(wrong.log())?.[0]);
  expect(JSON.parse(told.slice(told.indexOf("{")))).toMatchObject({
    status: 500,
    reason: `Cannot use ${name}: ${reason}`,
  });
  await wrong.stop();
});

test("what is no WebSocket on the one path gets neither", async () => {
  const url = (await proxy.url(target)).replace("ws:", "http:");
  expect((await fetch(url)).status).toBe(426);
  expect((await fetch(url.replace("websockify", "elsewhere"))).status).toBe(404);
  expect(dialled).toHaveLength(0);
});

test("wrangler's configuration brings up the same Worker", async () => {
  const folder = new URL("../../examples/worker_proxy/", import.meta.url);
  const config = JSON.parse(readFileSync(new URL("wrangler.jsonc", folder), "utf8").replace(/^ *\/\/.*$/gm, ""));
  const source = await createTokenSource();
  const vars: Readonly<Record<string, string>> = { ...source.env, TARGETS: "localhost:1" };
  for (const name of Object.keys(vars)) expect(config.vars).toHaveProperty(name);
  const file = join(temporaryFolder(), "wrangler.json");
  const main = fileURLToPath(new URL(config.main, folder));
  writeFileSync(file, JSON.stringify({ ...config, main, vars: { ...config.vars, ...vars } }));
  const workerd = await startWorkerd(file);
  const token = await source.sign("localhost:1");
  const url = `ws://127.0.0.1:${workerd.port}/websockify?token=`;
  expect(await statusOf(`${url}x`)).toBe(401);
  expect(await statusOf(url + token)).toBe(101);
  expect(await statusOf(url + token)).toBe(401);
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
