import { expect, it } from "vitest";
import { createMemoryPair } from "../../transports/memory.ts";
import type { TlsOptions } from "../../transports/transport.ts";

const CLIENT: TlsOptions = { role: "client", kind: "anonymous" };
const SERVER: TlsOptions = { role: "server", kind: "anonymous" };
const KINDS = { tlsKinds: ["anonymous"] } as const;

it("memory gives no more than a chunk at a time", async () => {
  const [a, b] = createMemoryPair({ chunk: 2 });
  await a.write(Uint8Array.of(1, 2, 3));
  expect(await b.read()).toEqual(Uint8Array.of(1, 2));
  expect(await b.read()).toEqual(Uint8Array.of(3));
});

it("memory keeps what was written though its writer uses the array again", async () => {
  const [a, b] = createMemoryPair();
  const bytes = Uint8Array.of(1);
  await a.write(bytes);
  bytes[0] = 2;
  expect(await b.read()).toEqual(Uint8Array.of(1));
});

it("memory refuses sizes that would never move a byte", () => {
  expect(() => createMemoryPair({ chunk: 0 })).toThrow(RangeError);
  expect(() => createMemoryPair({ highWaterMark: Number.NaN })).toThrow(RangeError);
});

it("memory has TLS only where it was asked for, and of those kinds", async () => {
  const [plain] = createMemoryPair();
  expect([plain.startTls, plain.tlsKinds]).toEqual([undefined, []]);
  const [a] = createMemoryPair(KINDS);
  await expect(a.startTls!({ role: "client", kind: "x509" })).rejects.toThrow(TypeError);
});

it("memory joins both ends' startTls", async () => {
  const [a, b] = createMemoryPair(KINDS);
  const [client, server] = await Promise.all([a.startTls!(CLIENT), b.startTls!(SERVER)]);
  await client.write(Uint8Array.of(1));
  expect(await server.read()).toEqual(Uint8Array.of(1));
  expect(client.tls).toBeDefined();
  await expect(a.read()).rejects.toThrow(TypeError);
  a.abort();
  expect(await server.read()).toBeUndefined();
});

it("memory refuses bytes in clear before TLS, whenever they came", async () => {
  for (const late of [false, true]) {
    const [a, b] = createMemoryPair(KINDS);
    if (!late) await b.write(Uint8Array.of(1));
    const starting = expect(a.startTls!(CLIENT)).rejects.toMatchObject({ code: "insecure" });
    if (late) await b.write(Uint8Array.of(1));
    await expect(b.startTls!(SERVER)).rejects.toMatchObject({ code: "insecure" });
    await starting;
  }
});

it("memory refuses two ends of the same role", async () => {
  const [a, b] = createMemoryPair(KINDS);
  const outcomes = await Promise.allSettled([a.startTls!(CLIENT), b.startTls!(CLIENT)]);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: "rejected", reason: { code: "insecure" } });
});

it("memory ends a startTls that waits when either end is aborted", async () => {
  for (const mine of [true, false]) {
    const [a, b] = createMemoryPair(KINDS);
    const starting = expect(a.startTls!(CLIENT)).rejects.toMatchObject({ code: "insecure" });
    (mine ? a : b).abort();
    await starting;
  }
});
