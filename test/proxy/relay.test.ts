import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { schemesNamed } from "../../auth/mod.ts";
import { createSecurityProxy, type ProxyLogEntry } from "../../proxy/mod.ts";
import { createMemoryPair, type MemoryOptions } from "../../transports/memory.ts";
import { connectTcp, listenTcp } from "../../transports/node.ts";
import type { Transport } from "../../transports/transport.ts";
import { hex, hexOf, latin1 } from "../codec/bytes.ts";
import { sleep, soon, withResolvers } from "./bed.ts";
import { CLIENTS, SERVERS } from "./bytes.ts";
import { peerOver, play } from "./peer.ts";

const NONE = SERVERS.find(({ name }) => name === "None in 3.8")!;
const MEGABYTE = 2 ** 20;

/** Both ends of a session through the proxy, security passed: raw, since what follows is bytes. */
interface Session {
  readonly client: Transport;
  readonly server: Transport;
  readonly served: Promise<void>;
  readonly log: ProxyLogEntry[];
  readonly stop: () => Promise<void>;
}

async function inMemory(options: { client?: MemoryOptions; server?: MemoryOptions } = {}): Promise<Session> {
  const [client, toClient] = createMemoryPair(options.client);
  const [server, toServer] = createMemoryPair(options.server);
  const log: ProxyLogEntry[] = [];
  const proxy = createSecurityProxy({
    dial: async () => toServer,
    authentication: { schemes: schemesNamed(["none"]), credentials: () => ({}) },
    log: (entry) => log.push(entry),
  });
  const served = proxy.serve(toClient);
  await letIn(client, server);
  return { client, server, served, log, stop: async () => {} };
}

async function overTcp(): Promise<Session> {
  const log: ProxyLogEntry[] = [];
  let server: Transport | undefined;
  const came = withResolvers();
  const served = withResolvers();
  const vnc = await listenTcp({
    onConnection: (transport) => {
      server = transport;
      came.resolve();
    },
  });
  const proxy = createSecurityProxy({
    dial: (signal) => connectTcp({ host: "127.0.0.1", port: vnc.port, signal }),
    authentication: { schemes: schemesNamed(["none"]), credentials: () => ({}) },
    log: (entry) => log.push(entry),
  });
  const front = await listenTcp({ onConnection: (transport) => void proxy.serve(transport).then(served.resolve) });
  const client = await connectTcp({ host: "127.0.0.1", port: front.port });
  const playing = play(peerOver(client), CLIENTS["3.8"]);
  await came.promise;
  await play(peerOver(server!), [...NONE.before, ...NONE.after]);
  await playing;
  return {
    client,
    server: server!,
    served: served.promise,
    log,
    stop: async () => {
      await front.close();
      await vnc.close();
    },
  };
}

async function letIn(client: Transport, server: Transport): Promise<void> {
  const playing = play(peerOver(client), CLIENTS["3.8"]);
  await soon("server", play(peerOver(server), [...NONE.before, ...NONE.after]));
  await soon("client", playing);
}

/** Bytes that never repeat in the same place: any loss, doubling or swap shows in the hash. */
function pour(transport: Transport, length: number, seed: number): Promise<string> {
  const hash = createHash("sha256");
  return (async () => {
    let state = seed;
    for (let sent = 0; sent < length; ) {
      const chunk = new Uint8Array(Math.min(length - sent, 1 + (state % 150_000)));
      for (let i = 0; i < chunk.length; i += 1) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        chunk[i] = state >>> 24;
      }
      hash.update(chunk);
      sent += chunk.length;
      await transport.write(chunk);
    }
    return hash.digest("hex");
  })();
}

async function drink(transport: Transport, length: number): Promise<string> {
  const hash = createHash("sha256");
  for (let got = 0; got < length; ) {
    const chunk = await transport.read();
    if (chunk === undefined) throw new Error(`closed after ${got} of ${length} bytes`);
    hash.update(chunk);
    got += chunk.length;
  }
  return hash.digest("hex");
}

/** All until the end. */
async function rest(transport: Transport): Promise<number> {
  let got = 0;
  for (let chunk = await transport.read(); chunk !== undefined; chunk = await transport.read()) got += chunk.length;
  return got;
}

describe.each([
  ["memory", inMemory],
  ["TCP", overTcp],
] as const)("The relay over %s", (_over, connect) => {
  test("carries 50 MB each way at once, and every byte in its place", { timeout: 60_000 }, async () => {
    const { client, server, served, log, stop } = await connect();
    const length = 50 * 1_000_000;
    const [there, arrived, back, cameBack] = await Promise.all([
      pour(client, length, 1),
      drink(server, length),
      pour(server, length, 2),
      drink(client, length),
    ]);
    expect(arrived).toBe(there);
    expect(cameBack).toBe(back);
    expect(there).not.toBe(back);
    await client.close();
    await soon("served", served, 5000);
    expect(log.at(-1)).toMatchObject({ event: "closed", bytesToServer: length, bytesToClient: length });
    server.abort();
    await stop();
  });

  test.each(["client", "server"] as const)("delivers what the %s had sent before it closed", async (ending) => {
    const session = await connect();
    const { served, log, stop } = session;
    const [from, to] = ending === "client" ? [session.client, session.server] : [session.server, session.client];
    const length = 3 * MEGABYTE;
    const sent = pour(from, length, 3).then(async (hash) => {
      await from.close();
      return hash;
    });
    const [expected, arrived] = await Promise.all([sent, sleep(30).then(() => drink(to, length))]);
    expect(arrived).toBe(expected);
    expect(await soon("end", to.read())).toBeUndefined();
    await soon("served", served, 5000);
    expect(log.at(-1)).toMatchObject({ event: "closed", stage: "relay", reason: `the ${ending} closed` });
    await to.close();
    await stop();
  });

  test.each(["client", "server"] as const)(
    "bounds what it takes from the %s for one who does not read",
    async (writing) => {
      const session = await connect();
      const { served, stop } = session;
      const from = writing === "client" ? session.client : session.server;
      let taken = 0;
      const chunk = new Uint8Array(32 * 1024);
      const pouring = (async () => {
        for (;;) {
          await from.write(chunk);
          taken += chunk.length;
        }
      })().catch(() => {});
      let before = -1;
      while (taken !== before) {
        before = taken;
        await sleep(150);
      }
      // In memory 64 KiB on either side; over TCP the kernel's buffers, 4 to 6 MB on either side, and Node's.
      expect(taken).toBeGreaterThan(0);
      expect(taken).toBeLessThan(_over === "memory" ? 0.5 * MEGABYTE : 40 * MEGABYTE);
      session.client.abort();
      session.server.abort();
      await pouring;
      await soon("served", served, 5000);
      await stop();
    },
  );

  test("carries the other way while one way is stopped", async () => {
    const { client, server, served, stop } = await connect();
    const filling = (async () => {
      for (;;) await server.write(new Uint8Array(64 * 1024));
    })().catch(() => {});
    await sleep(50);
    const [there, arrived] = await Promise.all([pour(client, MEGABYTE, 5), drink(server, MEGABYTE)]);
    expect(arrived).toBe(there);
    client.abort();
    server.abort();
    await filling;
    await soon("served", served, 5000);
    await stop();
  });

  test.each(["client", "server"] as const)("is over at once when the %s aborts", async (ending) => {
    const session = await connect();
    const other = ending === "client" ? session.server : session.client;
    session[ending].abort();
    expect(await soon("end", other.read(), 1000)).toBeUndefined();
    await other.close();
    await soon("served", session.served, 3000);
    expect(session.log.at(-1)).toMatchObject({
      event: "closed",
      reason: expect.stringMatching(new RegExp(`^the ${ending} `)),
    });
    await session.stop();
  });

  test.each(["client", "server"] as const)(
    "delivers the last words of a %s that has closed, to one that goes on talking",
    async (ending) => {
      const session = await connect();
      const [from, to] = ending === "client" ? [session.client, session.server] : [session.server, session.client];
      const chunk = new Uint8Array(64 * 1024);
      const sent = Promise.all(Array.from({ length: 16 }, () => from.write(chunk))).catch(() => {});
      await from.close();
      // What is said now is heard no more, and that is no reason to lose what had been sent.
      for (let i = 0; i < 10; i++) {
        await to.write(hex("050000010001")).catch(() => {});
        await sleep(2);
      }
      expect(await soon("last words", rest(to))).toBe(16 * chunk.length);
      await sent;
      await to.close();
      await soon("served", session.served, 5000);
      await session.stop();
    },
  );
});

describe("The relay", () => {
  test("takes from a silent reader no more than a chunk beyond what both transports hold", async () => {
    for (const highWaterMark of [1024, 16 * 1024]) {
      const { client, server, served } = await inMemory({ client: { highWaterMark }, server: { highWaterMark } });
      const chunk = new Uint8Array(1000);
      let taken = 0;
      void (async () => {
        for (;;) {
          await server.write(chunk);
          taken += chunk.length;
        }
      })().catch(() => {});
      await sleep(30);
      // Each side holds its mark and the chunk that passed it; the relay one chunk between them.
      expect(taken).toBeLessThanOrEqual(2 * highWaterMark + 4 * chunk.length);
      expect(taken).toBeGreaterThanOrEqual(highWaterMark);
      client.abort();
      server.abort();
      await soon("served", served);
    }
  });

  test("changes and looks at nothing: any bytes pass, in both directions, one at a time too", async () => {
    for (const chunk of [undefined, 1]) {
      const { client, server, served } = await inMemory({ client: { chunk }, server: { chunk } });
      const bytes = Uint8Array.from({ length: 4096 }, (_, i) => (i * 167 + (i >> 8)) & 0xff);
      await Promise.all([client.write(bytes), server.write(bytes)]);
      for (const end of [client, server]) {
        const got = await soon("bytes", peerOver(end).take(bytes.length));
        expect(hexOf(got)).toBe(hexOf(bytes));
      }
      await client.close();
      await soon("served", served);
    }
  });

  test("tells the log how a connection broke off", async () => {
    const [client, toClient] = createMemoryPair();
    const [server, toServer] = createMemoryPair();
    const log: ProxyLogEntry[] = [];
    let broken = false;
    let breakNow = (): void => {};
    const proxy = createSecurityProxy({
      dial: async () => ({
        ...toServer,
        read: () =>
          broken
            ? Promise.reject(new Error("read ECONNRESET"))
            : Promise.race([
                toServer.read(),
                new Promise<never>((_, reject) => {
                  breakNow = () => reject(new Error("read ECONNRESET"));
                }),
              ]),
      }),
      authentication: { schemes: schemesNamed(["none"]), credentials: () => ({}) },
      log: (entry) => log.push(entry),
    });
    const served = proxy.serve(toClient);
    await letIn(client, server);
    await client.write(latin1("x"));
    await soon("relay", server.read());
    broken = true;
    breakNow();
    await soon("served", served);
    expect(log.at(-1)).toMatchObject({
      event: "closed",
      reason: "the server broke off: read ECONNRESET",
      bytesToServer: 1,
    });
    expect(await soon("client's end", rest(client))).toBe(0);
  });
});
