import { describe, expect, test } from "vitest";
import { createMemoryPair } from "../../transports/memory.ts";
import type { Transport } from "../../transports/transport.ts";
import { hex, hexOf, join } from "../codec/bytes.ts";
import { type Bed, bed, only, sleep, soon, watched, withResolvers } from "./bed.ts";
import {
  CLIENT_BYTES,
  CLIENTS,
  SERVERS,
  type ServerScript,
  turnedAway,
  types,
  V37,
  V38,
  VERSIONS,
  type Version,
} from "./bytes.ts";
import { type Act, hears, type Peer, play, says } from "./peer.ts";

/** Plays what it can: the other side may be gone. */
async function tolerant(peer: Peer, script: readonly Act[]): Promise<void> {
  await play(peer, script).catch(() => {});
}

/** A script with all it says cut off after so many bytes; what it hears before that stays. */
function cutAfter(script: readonly Act[], bytes: number): readonly Act[] {
  const cut: Act[] = [];
  let left = bytes;
  for (const act of script) {
    if (act.type !== "send") {
      cut.push(act);
      continue;
    }
    if (act.bytes.length >= left) return [...cut, ...(left > 0 ? [says(act.bytes.slice(0, left))] : [])];
    left -= act.bytes.length;
    cut.push(act);
  }
  return cut;
}

function said(script: readonly Act[]): number {
  return script.reduce((length, act) => length + (act.type === "send" ? act.bytes.length : 0), 0);
}

/** Over, told to the log, and nothing left open. */
async function endedWell(scene: Bed, what: string): Promise<void> {
  await soon(what, scene.served);
  expect(scene.open(), what).toStrictEqual([]);
  const events = scene.log.map(({ event }) => event);
  expect([["failed"], ["negotiated", "closed"]], what).toContainEqual(events);
  expect(scene.proxy.connections).toBe(0);
}

const LEAVERS = ["close", "abort"] as const;
const PAIRS = SERVERS.flatMap((server) => VERSIONS.map((version) => [server.name, version, server] as const));

describe("Wherever one of them leaves, the proxy ends the other and tells the log", () => {
  test.each(VERSIONS.map((version) => [version] as const))(
    "a client in %s, after each of its bytes",
    async (version) => {
      const client = CLIENTS[version];
      const server = SERVERS.find(({ name }) => name === "X509Vnc")!;
      for (const leave of LEAVERS) {
        for (let bytes = 0; bytes <= said(client); bytes++) {
          const scene = bed({ schemes: [server.scheme] });
          void tolerant(scene.server, [...server.before, ...server.after]);
          await soon("client", tolerant(scene.client, cutAfter(client, bytes)));
          await scene.client[leave]();
          await endedWell(scene, `${leave} after ${bytes} bytes`);
        }
      }
    },
  );

  test.each(PAIRS)("a server with %s, after each of its bytes, with a client in %s", async (_name, version, server) => {
    const script = [...server.before, ...server.after];
    for (const leave of LEAVERS) {
      const scenes = Array.from({ length: said(script) }, async (_, bytes) => {
        const scene = bed({ schemes: [server.scheme] });
        void tolerant(scene.client, CLIENTS[version]);
        await soon("server", tolerant(scene.server, cutAfter(script, bytes)));
        await scene.server[leave]();
        await endedWell(scene, `${leave} after ${bytes} bytes`);
        // What was said to the client by then is legal, so it is the start of one of these.
        const answer = hexOf(await soon("client's end", heardBy(scene)));
        const refused =
          version === "3.3" ? ["before it is offered anything"] : ["before it is offered anything", "after its choice"];
        const whole = refused.map((moment) => {
          const offered = moment === "after its choice" ? hex("0101") : new Uint8Array(0);
          return hexOf(join([V38, offered, turnedAway(version, moment as "after its choice")]));
        });
        // In 3.7 the choice may not have been answered yet, and in 3.3 and 3.7 None is all there is to it.
        whole.push(hexOf(join([V38, hex("0101"), hex("00000001")])), hexOf(join([V38, hex("00000001")])));
        expect(whole).toContain(answer);
      });
      await Promise.all(scenes);
    }
  });

  async function heardBy(scene: Bed): Promise<Uint8Array> {
    const rest = scene.client.rest();
    await rest;
    return hex(scene.client.heard);
  }
});

describe("A client that leaves", () => {
  test("during the dial has it given up at once", async () => {
    let signal: AbortSignal | undefined;
    const dialled = withResolvers();
    const scene = bed({
      dial: (given) => {
        signal = given;
        dialled.resolve();
        return new Promise((_, reject) => given.addEventListener("abort", () => reject(given.reason)));
      },
    });
    await scene.client.send(V38);
    await dialled.promise;
    expect(signal?.aborted).toBe(false);
    await scene.client.close();
    await soon("serve", scene.served, 500);
    expect(signal?.aborted).toBe(true);
    expect(only(scene.log)).toMatchObject({
      event: "failed",
      stage: "dial",
      reason: expect.stringContaining("the client left"),
    });
  });

  test("with an error is told with the same words", async () => {
    const scene = bed({
      dial: () => new Promise(() => {}),
      wrapClient: (transport) => {
        let reads = 0;
        return {
          ...transport,
          read: () => (reads++ === 0 ? transport.read() : Promise.reject(new Error("ECONNRESET"))),
        };
      },
    });
    await scene.client.send(V38);
    await soon("serve", scene.served, 500);
    expect(only(scene.log).reason).toContain("the client left");
  });

  test.each([
    ["before it lists its types", 2, "server security types"],
    ["inside VeNCrypt", 6, "server security"],
    ["inside TLS", 10, "server security"],
  ] as const)("while its server is at its handshake takes it down at once, %s", async (_where, acts, stage) => {
    const server = SERVERS.find(({ name }) => name === "X509Vnc")!;
    const scene = bed({ schemes: [server.scheme] });
    await scene.client.send(V38);
    const script = [...server.before, ...server.after].slice(0, acts);
    const playing = play(scene.server, script);
    if (acts > 3) {
      await soon("offer", scene.client.hear(V38, hex("0101")));
      await scene.client.send(hex("01"));
    }
    await soon("server", playing);
    await sleep(5);
    await scene.client.close();
    await soon("server's end", scene.server.rest(), 500);
    await soon("serve", scene.served, 500);
    expect(only(scene.log)).toMatchObject({
      event: "failed",
      stage,
      reason: expect.stringContaining("the client left"),
    });
    expect(scene.open()).toStrictEqual([]);
  });

  test("while credentials are asked for takes the server down at once, and they are not used", async () => {
    let answer = (_: { password: string }): void => {};
    const scene = bed({
      schemes: ["vncauth"],
      credentials: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    await scene.client.send(V38);
    const server = SERVERS.find(({ name }) => name === "VncAuth in 3.8")!;
    const playing = play(scene.server, [...server.before, hears(hex("02")), says(hex("00".repeat(16)))]);
    await soon("offer", scene.client.hear(V38, hex("0101")));
    await scene.client.send(hex("01"));
    await soon("server", playing);
    await scene.client.close();
    await soon("serve", scene.served, 500);
    answer({ password: "password" });
    expect(await soon("server's end", scene.server.rest())).toHaveLength(0);
  });
});

describe("A server that leaves", () => {
  test("while the client has not chosen yet takes the client down at once", async () => {
    for (const version of ["3.7", "3.8"] as const) {
      const scene = bed();
      await scene.client.send(version === "3.7" ? V37 : V38);
      await soon("server", play(scene.server, [says(V38), hears(V38), says(types(1))]));
      await soon("offer", scene.client.hear(V38, hex("0101")));
      await scene.server.close();
      const heard = await soon("client's end", scene.client.rest(), 500);
      // A 3.7 client that is about to choose None would take a result for ServerInit.
      expect(hexOf(heard)).toBe(version === "3.7" ? "" : hexOf(turnedAway(version, "after a wrong choice")));
      await soon("serve", scene.served);
      expect(only(scene.log)).toMatchObject({
        event: "failed",
        stage: "client security type",
        reason: expect.stringContaining("the server left"),
      });
    }
  });
});

const DEADLINE = 60;

/** The parts of a script up to each of its acts, the whole left out. */
function stalls(script: readonly Act[]): (readonly Act[])[] {
  return script.map((_, acts) => script.slice(0, acts));
}

describe("The deadline", () => {
  async function inTime(scene: Bed, what: string): Promise<void> {
    const began = performance.now();
    await soon(what, scene.served, 1000);
    expect(performance.now() - began, what).toBeLessThan(DEADLINE + 400);
    expect(scene.open(), what).toStrictEqual([]);
    expect(scene.log, what).toHaveLength(1);
    expect(scene.log[0], what).toMatchObject({ event: "failed", reason: `not done after ${DEADLINE} ms` });
  }

  test.each(VERSIONS)("ends a client in %s that stalls, at each of its stages", async (version) => {
    const server = SERVERS.find(({ name }) => name === "X509Vnc")!;
    // The last that a client is heard saying; after that it is the server's turn, or the relay's.
    const script = CLIENTS[version].slice(0, CLIENTS[version].findLastIndex(({ type }) => type === "send") + 1);
    await Promise.all(
      stalls(script).map(async (part, i) => {
        const scene = bed({ schemes: [server.scheme], handshakeTimeout: DEADLINE });
        void tolerant(scene.server, [...server.before, ...server.after]);
        void tolerant(scene.client, part);
        await inTime(scene, `after ${i} acts`);
      }),
    );
  });

  test.each(PAIRS)(
    "ends a server with %s that stalls, at each of its stages, with a client in %s",
    async (_name, version, server) => {
      const script = [...server.before, ...server.after];
      await Promise.all(
        stalls(script.slice(0, script.findLastIndex(({ type }) => type === "send") + 1)).map(async (part, i) => {
          const scene = bed({ schemes: [server.scheme], handshakeTimeout: DEADLINE });
          void tolerant(scene.client, CLIENTS[version]);
          void tolerant(scene.server, part);
          await inTime(scene, `after ${i} acts`);
          await soon("server's end", scene.server.rest());
          await soon("client's end", scene.client.rest());
        }),
      );
    },
  );

  test("counts from the client's coming, and is not put off by bytes that come one by one", async () => {
    const scene = bed({ handshakeTimeout: DEADLINE });
    const trickle = (async () => {
      for (const byte of V38) {
        await scene.client.send(Uint8Array.of(byte));
        await sleep(DEADLINE / 4);
      }
    })().catch(() => {});
    await inTime(scene, "trickling");
    await trickle;
  });

  test("ends credentials that never come", async () => {
    const scene = bed({ schemes: ["vncauth"], handshakeTimeout: DEADLINE, credentials: () => new Promise(() => {}) });
    const server = SERVERS.find(({ name }) => name === "VncAuth in 3.8")!;
    await scene.client.send(CLIENT_BYTES["3.8"]);
    void tolerant(scene.server, [...server.before, ...server.after]);
    await inTime(scene, "credentials");
    expect(scene.log[0]!.stage).toBe("server security");
    expect(hexOf(await scene.client.rest())).toBe(
      hexOf(join([V38, hex("0101"), turnedAway("3.8", "after its choice")])),
    );
  });

  test("ends a dial that never comes up, and its signal says so", async () => {
    let signal: AbortSignal | undefined;
    const scene = bed({
      handshakeTimeout: DEADLINE,
      dial: (given) => {
        signal = given;
        return new Promise(() => {});
      },
    });
    await scene.client.send(CLIENT_BYTES["3.8"]);
    await soon("serve", scene.served, 1000);
    expect(signal?.aborted).toBe(true);
    expect(only(scene.log)).toMatchObject({ stage: "dial", reason: `not done after ${DEADLINE} ms` });
    expect(hexOf(await scene.client.rest())).toBe(
      hexOf(join([V38, turnedAway("3.8", "before it is offered anything")])),
    );
  });

  test.each(VERSIONS)(
    "has a connection that comes up too late ended, with a client in %s",
    async (version: Version) => {
      const late = lateDial();
      const scene = bed({ handshakeTimeout: DEADLINE, dial: late.dial });
      await scene.client.send(CLIENT_BYTES[version]);
      await soon("serve", scene.served, 1000);
      late.comeUp();
      await sleep(20);
      expect(late.ended()).toBe(true);
    },
  );

  // The client takes its time to hear that it is turned away; meanwhile the dial comes up after all.
  test.each([
    ["to read the refusal", { highWaterMark: 1 }, undefined],
    ["to take the close", {}, 80],
  ] as const)(
    "has a connection ended that comes up while the client takes its time %s",
    async (_what, client, closing) => {
      const late = lateDial();
      const scene = bed({
        handshakeTimeout: DEADLINE,
        dial: late.dial,
        client,
        wrapClient: (transport) => ({
          ...transport,
          close: async () => {
            if (closing !== undefined) await sleep(closing);
            await transport.close();
          },
        }),
      });
      const first = scene.client.take(12);
      await scene.client.send(V38);
      await soon("greeting", first);
      await sleep(DEADLINE + 30);
      late.comeUp();
      await sleep(100);
      const heard = scene.client.rest();
      await soon("serve", scene.served, 1500);
      await heard;
      expect(hexOf(late.heardByServer())).toBe("");
      expect(late.ended()).toBe(true);
    },
  );

  test("is the last word to a client: it is sent nothing after its refusal", async () => {
    const late = lateDial();
    const scene = bed({ handshakeTimeout: DEADLINE, dial: late.dial, client: { highWaterMark: 1 } });
    const greeting = scene.client.take(12);
    // The choice is there ahead of its time, as of a client that takes None for granted.
    await scene.client.send(V38);
    await soon("greeting", greeting);
    await sleep(DEADLINE + 20);
    late.comeUp();
    late.say(V38, types(1), hex("00000000"));
    await sleep(20);
    const heard = scene.client.rest();
    await soon("serve", scene.served, 1500);
    expect(hexOf(await heard)).toBe(hexOf(turnedAway("3.8", "before it is offered anything")));
  });

  test("has TLS that comes up too late ended, and asks nobody for credentials any more", async () => {
    const server = SERVERS.find(({ name }) => name === "X509Vnc")!;
    const [farEnd, secured] = createMemoryPair();
    let asked = 0;
    let finish = (): void => {};
    const open = new Set<string>();
    const scene = bed({
      schemes: [server.scheme],
      handshakeTimeout: DEADLINE,
      credentials: () => {
        asked++;
        return { password: "password" };
      },
      // A host that does not notice that the connection under its TLS handshake was aborted.
      wrapServer: (transport) => ({
        ...transport,
        startTls: () =>
          new Promise((resolve) => {
            finish = () => resolve(watched("TLS", secured, open));
          }),
      }),
    });
    await scene.client.send(CLIENT_BYTES["3.8"]);
    const script = [...server.before, ...server.after];
    await soon(
      "server",
      play(
        scene.server,
        script.slice(
          0,
          script.findIndex(({ type }) => type === "tls"),
        ),
      ),
    );
    await soon("serve", scene.served, 1000);
    expect(only(scene.log).reason).toBe(`not done after ${DEADLINE} ms`);
    await farEnd.write(hex("00".repeat(16)));
    finish();
    await sleep(20);
    expect(asked).toBe(0);
    expect([...open]).toStrictEqual([]);
  });

  test("does not end a session: only its handshake", async () => {
    const scene = bed({ handshakeTimeout: DEADLINE });
    const server: ServerScript = SERVERS[0]!;
    await scene.client.send(CLIENT_BYTES["3.8"]);
    await soon("server", play(scene.server, [...server.before, ...server.after, hears(hex("01"))]));
    await sleep(2 * DEADLINE);
    await scene.client.send(hex("05"));
    await soon("relay", scene.server.hear(hex("05")));
    await scene.client.close();
    await soon("serve", scene.served);
  });
});

/** A server that the proxy is connected with only when the test says so. */
function lateDial() {
  const [far, near] = createMemoryPair();
  const open = new Set<string>();
  let comeUp = (): void => {};
  const heard: Uint8Array[] = [];
  void (async () => {
    for (let chunk = await far.read(); chunk !== undefined; chunk = await far.read()) heard.push(chunk);
  })();
  return {
    dial: (): Promise<Transport> =>
      new Promise((resolve) => {
        comeUp = () => resolve(watched("late", near, open));
      }),
    comeUp: () => comeUp(),
    say: (...bytes: readonly Uint8Array[]) => void far.write(join(bytes)).catch(() => {}),
    ended: () => open.size === 0,
    heardByServer: () => join(heard),
  };
}
