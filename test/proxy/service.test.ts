import { describe, expect, test } from "vitest";
import { schemesNamed } from "../../auth/mod.ts";
import { createSecurityProxy, type ProxyLogEntry, type SecurityProxyOptions } from "../../proxy/mod.ts";
import { createMemoryPair } from "../../transports/memory.ts";
import { hex, hexOf, join } from "../codec/bytes.ts";
import { sleep, soon } from "./bed.ts";
import { CLIENT_BYTES, CLIENTS, counted, SERVERS, V33, V38 } from "./bytes.ts";
import { type Peer, peerOver, play } from "./peer.ts";

const NONE = SERVERS.find(({ name }) => name === "None in 3.8")!;

/** A proxy for many clients, each with a server of its own that lets everybody in. */
function service(options: Partial<SecurityProxyOptions> = {}) {
  const log: ProxyLogEntry[] = [];
  const servers: Peer[] = [];
  const proxy = createSecurityProxy({
    dial: async () => {
      const [far, near] = createMemoryPair();
      const server = peerOver(far);
      servers.push(server);
      void play(server, [...NONE.before, ...NONE.after]).catch(() => {});
      return near;
    },
    authentication: { schemes: schemesNamed(["none"]), credentials: () => ({}) },
    log: (entry) => log.push(entry),
    handshakeTimeout: 3000,
    ...options,
  });
  return {
    proxy,
    log,
    servers,
    come() {
      const [far, near] = createMemoryPair();
      const client = peerOver(far);
      return { client, served: proxy.serve(near) };
    },
    async comeIn() {
      const { client, served } = this.come();
      await soon("let in", play(client, CLIENTS["3.8"]));
      return { client, served };
    },
  };
}

describe("As many clients as are allowed", () => {
  test("are served, and one more is turned away before it has said anything", async () => {
    const { proxy, log, servers, come, ...rest } = service({ maxConnections: 2 });
    const comeIn = rest.comeIn.bind({ come });
    const [first, second] = [await comeIn(), await comeIn()];
    expect(proxy.connections).toBe(2);

    const third = come();
    const heard = await soon("third", third.client.rest());
    // As TigerVNC does: a greeting in 3.3, whose refusal needs no answer.
    expect(hexOf(heard)).toBe(hexOf(join([V33, hex("00000000"), counted("Too many connections")])));
    await soon("third served", third.served);
    expect(servers).toHaveLength(2);
    expect(proxy.connections).toBe(2);
    expect(log.at(-1)).toMatchObject({
      event: "failed",
      connection: 3,
      stage: "client version",
      client: "memory",
      reason: "already serving 2 clients",
    });

    await first.client.close();
    await soon("first served", first.served);
    expect(proxy.connections).toBe(1);
    const fourth = await comeIn();
    expect(log.at(-1)).toMatchObject({ event: "negotiated", connection: 4 });
    for (const { client } of [second, fourth]) client.abort();
    await soon("all served", Promise.all([second.served, fourth.served]));
    expect(proxy.connections).toBe(0);
  });

  test("count those in their handshake, and none that failed", async () => {
    const { proxy, come } = service({ maxConnections: 1 });
    const { client, served } = come();
    expect(proxy.connections).toBe(1);
    const another = come();
    await soon("turned away", another.client.rest());
    await client.send(hex("00"));
    await soon("served", served);
    expect(proxy.connections).toBe(0);
    await soon("turned away", another.served);
  });

  test("a client that does not read its refusal is gone in a second", async () => {
    const proxy = createSecurityProxy({
      dial: () => new Promise(() => {}),
      authentication: { schemes: schemesNamed(["none"]), credentials: () => ({}) },
      maxConnections: 0,
    });
    const [far, near] = createMemoryPair({ highWaterMark: 1 });
    await soon("served", proxy.serve(near), 1500);
    await expect(far.read()).resolves.toBeUndefined();
  });
});

describe("Draining", () => {
  test("waits for the clients there are", async () => {
    const { proxy, come, ...rest } = service();
    const { client, served } = await rest.comeIn.bind({ come })();
    let drained = false;
    const draining = proxy.drain(5000).then(() => {
      drained = true;
    });
    await sleep(30);
    expect(drained).toBe(false);
    await client.send(hex("01"));
    await client.close();
    await soon("drained", draining, 500);
    await soon("served", served);
    expect(proxy.connections).toBe(0);
  });

  test("ends at once where there are none", async () => {
    await soon("drained", service().proxy.drain(5000), 200);
  });

  test("cuts off those that stay, sessions and handshakes, when its time is up", async () => {
    const { proxy, log, servers, come, ...rest } = service();
    const session = await rest.comeIn.bind({ come })();
    const silent = come();
    const began = performance.now();
    await soon("drained", proxy.drain(50), 1000);
    expect(performance.now() - began).toBeGreaterThan(40);
    expect(proxy.connections).toBe(0);
    await soon("session", Promise.all([session.served, silent.served]));
    await soon("client's end", session.client.rest());
    await soon("server's end", servers[0]!.rest());
    expect(log.map(({ event }) => event).sort()).toStrictEqual(["closed", "failed", "negotiated"]);
  });

  test("cuts off a client whose dial does not come up, one that has said all in advance too", async () => {
    for (const bytes of [V38, CLIENT_BYTES["3.8"]]) {
      const { proxy, come } = service({ dial: () => new Promise(() => {}) });
      const { client, served } = come();
      await client.send(bytes.slice(0, 12));
      await sleep(5);
      if (bytes.length > 12) await client.send(bytes.slice(12));
      await sleep(5);
      await soon("drained", proxy.drain(30), 500);
      await soon("served", served);
    }
  });

  test("cuts off a client whose credentials do not come, one that has said all in advance too", async () => {
    const { proxy, come } = service({
      dial: async () => {
        const [far, near] = createMemoryPair();
        const server = SERVERS.find(({ name }) => name === "VncAuth in 3.8")!;
        void play(peerOver(far), [...server.before, ...server.after]).catch(() => {});
        return near;
      },
      authentication: { schemes: schemesNamed(["vncauth"]), credentials: () => new Promise(() => {}) },
    });
    const { client, served } = come();
    await soon(
      "offer",
      (async () => {
        await client.send(CLIENT_BYTES["3.8"].slice(0, 13));
        await client.hear(V38, hex("0101"));
      })(),
    );
    await client.send(CLIENT_BYTES["3.8"].slice(13));
    await sleep(5);
    await soon("drained", proxy.drain(30), 500);
    await soon("served", served);
  });

  test("waits for clients that came meanwhile: none is left when it is over", async () => {
    const { proxy, come, ...rest } = service();
    const comeIn = rest.comeIn.bind({ come });
    const first = await comeIn();
    const draining = proxy.drain(60);
    const second = await comeIn();
    await first.client.close();
    await soon("drained", draining, 1000);
    expect(proxy.connections).toBe(0);
    second.client.abort();
    await soon("served", second.served);
  });

  test("turns a client away that comes when its time is up", async () => {
    const { proxy, come, servers, ...rest } = service();
    const session = await rest.comeIn.bind({ come })();
    await soon("drained", proxy.drain(20), 1000);
    const { client, served } = come();
    await soon("client's end", client.rest(), 500);
    await soon("served", Promise.all([served, session.served]), 500);
    expect(servers).toHaveLength(1);
    expect(proxy.connections).toBe(0);
  });
});

test("Nobody is served after draining, also where there was nobody to wait for", async () => {
  const { proxy, log, come } = service();
  await soon("drained", proxy.drain(5000), 200);
  const { client, served } = come();
  await soon("served", served, 1500);
  expect(log).toMatchObject([{ event: "failed", reason: "the proxy is stopping" }]);
  await soon("client's end", client.rest());
});

test("A client's time runs from when it came, also where that was before it was handed over", async () => {
  const log: ProxyLogEntry[] = [];
  const proxy = createSecurityProxy({
    dial: () => Promise.reject(new Error("no")),
    authentication: { schemes: schemesNamed(["none"]), credentials: () => ({}) },
    handshakeTimeout: 5000,
    log: (entry) => log.push(entry),
  });
  const [, near] = createMemoryPair();
  await soon("served", proxy.serve(near, performance.now() - 4950), 500);
  expect(log).toMatchObject([{ event: "failed", reason: "not done after 5000 ms" }]);
  expect(log[0]!.milliseconds).toBeGreaterThanOrEqual(4990);
});

describe("The proxy", () => {
  test("serves many clients at a time and mixes none of them up", async () => {
    const { proxy, log, servers, come, ...rest } = service();
    const comeIn = rest.comeIn.bind({ come });
    const guests = await Promise.all(Array.from({ length: 40 }, () => comeIn()));
    expect(proxy.connections).toBe(40);
    expect(servers).toHaveLength(40);
    await Promise.all(
      guests.map(async ({ client }, i) => {
        await client.send(hex("01"), Uint8Array.of(i));
      }),
    );
    const seen = await Promise.all(
      servers.map(async (server) => {
        const [shared, number] = await soon("server", server.take(2));
        expect(shared).toBe(1);
        await server.send(Uint8Array.of(number!));
        return number;
      }),
    );
    expect(seen.toSorted((a, b) => a! - b!)).toStrictEqual(Array.from({ length: 40 }, (_, i) => i));
    await Promise.all(guests.map(({ client }, i) => soon("client", client.hear(Uint8Array.of(i)))));
    for (const { client } of guests) client.abort();
    await soon("all served", Promise.all(guests.map(({ served }) => served)));
    expect(new Set(log.map(({ connection }) => connection)).size).toBe(40);
  });

  test("never rejects, also where its log throws: the client is served, and nothing is left open", async () => {
    const { come, servers } = service({
      log: () => {
        throw new Error("disk full");
      },
    });
    const { client, served } = come();
    await client.send(CLIENT_BYTES["3.8"]);
    await soon(
      "let in",
      play(
        client,
        CLIENTS["3.8"].filter(({ type }) => type === "hear"),
      ),
    );
    await soon("relay", servers[0]!.hear(hex("01")));
    await servers[0]!.close();
    await soon("client's end", client.rest());
    await expect(soon("served", served)).resolves.toBeUndefined();

    const failing = come();
    await failing.client.send(hex("00"));
    await soon("client's end", failing.client.rest());
    await expect(soon("served", failing.served)).resolves.toBeUndefined();
  });

  test("needs no log", async () => {
    const proxy = createSecurityProxy({
      dial: () => Promise.reject(new Error("no")),
      authentication: { schemes: schemesNamed(["none"]), credentials: () => ({}) },
    });
    const [far, near] = createMemoryPair();
    const client = peerOver(far);
    const served = proxy.serve(near);
    await client.send(V38);
    await soon("served", served);
  });
});
