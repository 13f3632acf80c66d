import { createCipheriv } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SCHEMES, schemesNamed, scramCredentials, type Verifier } from "../../auth/mod.ts";
import { RGBX8888 } from "../../codec/pixel_format.ts";
import { admitClient, joinServer } from "../../endpoints/mod.ts";
import { createSecurityProxy, type ProxyLogEntry, type SecurityProxyOptions } from "../../proxy/mod.ts";
import { createMemoryPair, type MemoryOptions } from "../../transports/memory.ts";
import type { Transport } from "../../transports/transport.ts";
import { jwkOf, keyOf, makeOneKeyOnly } from "../auth/rsa_keys.ts";
import { hex, hexOf, join, latin1 } from "../codec/bytes.ts";
import { runs } from "../codec/runs.ts";
import { bed, INTERNAL, only, sleep, soon } from "./bed.ts";
import { counted, OK, SERVERS, subtypes, types, u32s, V33, V37, V38, type Version } from "./bytes.ts";
import { hears, type Peer, peerOver, play, says } from "./peer.ts";

const RSA_KEY = jwkOf(keyOf(1024));
const INSIDE = { username: "ada", password: "of-the-server" };
const OUTSIDE = { username: "grace", password: "of-the-proxy" };
/** No error and no log may have any of them. */
const SECRETS = /of-the|\bada\b|grace|hunter2/;

makeOneKeyOnly();

const SCRAM = new Map(
  await Promise.all(
    [INSIDE, OUTSIDE].map(async ({ username, password }) => {
      return [username, await scramCredentials("SHA-256", password)] as const;
    }),
  ),
);

function verifierOf(known: { readonly username: string; readonly password: string }): Verifier {
  return {
    password: () => known.password,
    verify: (username, password) => username === known.username && password === known.password,
    scram: (username, hash) => (hash === "SHA-256" && username === known.username ? SCRAM.get(username) : undefined),
    rsaKey: RSA_KEY,
  };
}

/** What clients are to know. */
function guard(...names: readonly string[]): NonNullable<SecurityProxyOptions["clientAuthentication"]> {
  return { schemes: schemesNamed(names), verifier: verifierOf(OUTSIDE) };
}

describe("Each scheme towards clients goes with each towards servers", () => {
  const CLIENTS = [
    ...["none", "vncauth", "plain", "x509none", "x509plain", "x509vnc", "tlsvnc", "vinovnc", "sasl", "dh", "mslogon2"],
    ...["ra2", "ra2_256", "ra2ne", "ra2r", "tightnone", "tightvnc", "tightunix", "tightx509plain", "ultravnc"],
    ...["vencryptra2", "vencryptra2r_256"],
  ];
  const SERVERS = [
    ...["none", "vncauth", "plain", "x509plain", "tlsnone", "vinonone", "vinovnc", "x509sasl", "applersa1", "mslogon2"],
    ...["ra2", "ra2_256", "ra2ne", "ra2r_256", "tightnone", "tightvnc", "tightx509none", "ultravnc", "vencryptra2ne"],
  ];

  test.each(CLIENTS)("%s", { timeout: 60_000 }, async (client) => {
    for (const server of SERVERS) {
      for (const chunk of [undefined, 5]) {
        const told = await passed(client, server, { chunk, tlsKinds: ["x509", "anonymous"] });
        expect(
          told.map(({ event }) => event),
          `${server}, ${chunk}: ${told[0]?.reason}`,
        ).toStrictEqual(["negotiated", "closed"]);
        const [{ clientSecurityPath, securityPath }] = told as [ProxyLogEntry];
        expect(clientSecurityPath).toHaveLength(SCHEMES.find(({ name }) => name === client)!.path.length);
        expect(securityPath).toHaveLength(SCHEMES.find(({ name }) => name === server)!.path.length);
        expect(JSON.stringify(told)).not.toMatch(SECRETS);
      }
    }
  });

  /** A session through the proxy, with a word each way: what the log has of it. */
  async function passed(client: string, server: string, memory: MemoryOptions): Promise<readonly ProxyLogEntry[]> {
    const log: ProxyLogEntry[] = [];
    const proxy = createSecurityProxy({
      dial: async () => {
        const [far, near] = createMemoryPair(memory);
        void serve(far, server).catch(() => far.abort());
        return near;
      },
      authentication: { schemes: schemesNamed([server]), credentials: () => INSIDE, trustsServerKey: () => true },
      clientAuthentication: guard(client),
      log: (entry) => log.push(entry),
    });
    const [far, near] = createMemoryPair(memory);
    const served = proxy.serve(near);
    const authentication = {
      schemes: schemesNamed([client]),
      credentials: () => OUTSIDE,
      trustsServerKey: () => true,
    };
    try {
      const viewer = await soon(`${client} to ${server}`, joinServer(far, { authentication }), 5000);
      await viewer.send({ type: "keyEvent", downFlag: 1, key: 0x61 });
      expect(await soon("bell", viewer.next())).toStrictEqual({ type: "bell" });
      await viewer.close();
    } finally {
      far.abort();
      await soon("served", served, 4000);
    }
    return log;
  }

  /** Lets in who knows the server's password, and answers the first key with a bell. */
  async function serve(transport: Transport, scheme: string): Promise<void> {
    const serverInit = {
      framebufferWidth: 64,
      framebufferHeight: 48,
      serverPixelFormat: RGBX8888,
      name: latin1("desk"),
      capabilities: {
        serverMessages: [{ code: 150, vendor: latin1("TGHT"), signature: latin1("CUS_EOCU") }],
        clientMessages: [],
        encodings: [],
      },
    };
    const authentication = { schemes: schemesNamed([scheme]), verifier: verifierOf(INSIDE) };
    const session = await admitClient(transport, { authentication, serverInit });
    const message = await session.next();
    expect(message).toMatchObject({ type: "keyEvent", key: 0x61 });
    await session.send({ type: "bell" });
    while ((await session.next()) !== undefined);
  }
});

/**
 * The answer to a challenge, by the runtime's own DES, with each of the password's bytes turned round. Three times one key is
 * that key, and a chain of one block with zeros before it is no chain: other runtimes have DES in no other way.
 */
function vncAuthResponse(challenge: Uint8Array, password: string): Uint8Array {
  const key = new Uint8Array(8);
  for (const [i, byte] of latin1(password).slice(0, 8).entries()) {
    key[i] = Number.parseInt(byte.toString(2).padStart(8, "0").split("").reverse().join(""), 2);
  }
  const halves = [challenge.slice(0, 8), challenge.slice(8)].map((half) =>
    createCipheriv("des-ede3-cbc", join([key, key, key]), new Uint8Array(8))
      .setAutoPadding(false)
      .update(half),
  );
  return join(halves);
}

/** Up to the answer to the challenge. */
async function answerVncAuth(client: Peer, version: Version, password: string): Promise<void> {
  const said = { "3.3": V33, "3.7": V37, "3.8": V38 }[version];
  await client.hear(V38);
  await client.send(said);
  if (version === "3.3") await client.hear(u32s(2));
  else {
    await client.hear(types(2));
    await client.send(hex("02"));
  }
  await client.send(vncAuthResponse(await client.take(16), password));
}

const SERVER = SERVERS.find(({ name }) => name === "X509Vnc")!;
const VERSIONS = ["3.3", "3.7", "3.8"] as const;

describe.each(VERSIONS)("A client in %s that has to know a password", (version) => {
  test("and knows it, is let in once the server has let the proxy in", async () => {
    for (const chunk of [undefined, 1]) {
      const scene = bed({
        schemes: ["x509vnc"],
        clientAuthentication: guard("vncauth"),
        client: { chunk },
        server: { chunk },
      });
      await soon("answer", answerVncAuth(scene.client, version, OUTSIDE.password));
      await soon("server", play(scene.server, [...SERVER.before, ...SERVER.after.slice(0, -1)]));
      let heard = false;
      const result = scene.client.take(4).finally(() => {
        heard = true;
      });
      await sleep(5);
      expect(heard).toBe(false);
      await scene.server.send(OK);
      expect(await soon("result", result)).toStrictEqual(OK);
      await scene.client.send(hex("01"), latin1("keys"));
      await soon("relay", scene.server.hear(hex("01"), latin1("keys")));
      await scene.server.send(latin1("pixels"));
      await soon("relay back", scene.client.hear(latin1("pixels")));
      await scene.client.close();
      await soon("served", scene.served);
      expect(scene.log).toMatchObject([
        { event: "negotiated", clientSecurityPath: ["VncAuth (2)"], securityPath: ["VeNCrypt (19)", "X509Vnc (261)"] },
        { event: "closed" },
      ]);
      expect(JSON.stringify(scene.log)).not.toMatch(SECRETS);
    }
  });

  test("and does not, waits for its refusal, and no server is dialled", async () => {
    let dials = 0;
    const scene = bed({
      clientAuthentication: guard("vncauth"),
      failureDelay: 60,
      dial: async () => {
        dials++;
        throw new Error("dialled");
      },
    });
    await soon("answer", answerVncAuth(scene.client, version, "hunter2"));
    const began = performance.now();
    const heard = await soon("refusal", scene.client.rest());
    expect(performance.now() - began).toBeGreaterThan(50);
    const reason = version === "3.8" ? counted("Authentication failed") : new Uint8Array(0);
    expect(hexOf(heard)).toBe(hexOf(join([hex("00000001"), reason])));
    await soon("served", scene.served);
    expect(dials).toBe(0);
    expect(only(scene.log)).toMatchObject({ event: "failed", stage: "client security", clientVersion: version });
    expect(JSON.stringify(scene.log)).not.toMatch(SECRETS);
    expect(scene.open()).toStrictEqual([]);
  });

  test("and knows it, hears nothing of why the server cannot be had", async () => {
    for (const [dial, stage] of [
      [() => Promise.reject(new Error(`no way to ${INTERNAL}`)), "dial"],
      [undefined, "server security types"],
    ] as const) {
      const scene = bed({ schemes: ["x509vnc"], clientAuthentication: guard("vncauth"), ...(dial && { dial }) });
      await soon("answer", answerVncAuth(scene.client, version, OUTSIDE.password));
      if (dial === undefined) await soon("server", play(scene.server, [says(V38), hears(V38), says(types(1))]));
      const heard = await soon("refusal", scene.client.rest());
      const reason = version === "3.8" ? counted("The connection could not be secured") : new Uint8Array(0);
      expect(hexOf(heard)).toBe(hexOf(join([hex("00000001"), reason])));
      await soon("served", scene.served);
      expect(only(scene.log)).toMatchObject({ event: "failed", stage });
    }
  });

  test("and says nothing, has its time", async () => {
    const scene = bed({ clientAuthentication: guard("vncauth"), handshakeTimeout: 80 });
    await soon("choice", scene.client.hear(V38));
    await scene.client.send({ "3.3": V33, "3.7": V37, "3.8": V38 }[version]);
    await soon("end", scene.client.rest());
    await soon("served", scene.served);
    expect(only(scene.log)).toMatchObject({ stage: "client security", reason: "not done after 80 ms" });
  });
});

describe("A user by VeNCrypt's Plain", () => {
  const upTo = (username: string, password: string) => [
    ...[hears(V38), says(V38), hears(types(19)), says(hex("13")), hears(hex("0002")), says(hex("0002"))],
    ...[hears(hex("00"), subtypes(256)), says(u32s(256))],
    says(u32s(username.length, password.length), latin1(username), latin1(password)),
  ];

  test("is told the same of a wrong name and of a wrong password", async () => {
    const told: string[] = [];
    for (const [username, password] of [
      [OUTSIDE.username, "hunter2hunte"],
      ["marie", OUTSIDE.password],
    ] as const) {
      const scene = bed({ clientAuthentication: guard("plain"), failureDelay: 0 });
      await soon("client", play(scene.client, upTo(username, password)));
      told.push(hexOf(await soon("refusal", scene.client.rest())));
      await soon("served", scene.served);
      told.push(String(only(scene.log).reason));
    }
    expect(told.slice(0, 2)).toStrictEqual(told.slice(2));
    expect(told[0]).toBe(hexOf(join([hex("00000001"), counted("Authentication failed")])));
    expect(told.join()).not.toMatch(SECRETS);
  });

  test("may say more than its turn is long, and none of it is lost", async () => {
    const scene = bed({ clientAuthentication: guard("plain") });
    const script = upTo(OUTSIDE.username, OUTSIDE.password);
    await scene.client.send(
      ...script.flatMap((act) => (act.type === "send" ? [act.bytes] : [])),
      hex("01"),
      latin1("k"),
    );
    const server = SERVERS.find(({ name }) => name === "None in 3.8")!;
    await soon("server", play(scene.server, [...server.before, ...server.after, hears(hex("01"), latin1("k"))]));
    scene.client.abort();
    await soon("served", scene.served);
  });
});

describe("What a client is offered", () => {
  test("is what its transport can carry", async () => {
    const scene = bed({ clientAuthentication: guard("x509plain", "tlsvnc", "plain", "vncauth"), failureDelay: 0 });
    await scene.client.send(V38);
    await soon("offer", scene.client.hear(V38, types(19, 2)));
    await scene.client.send(hex("13"), hex("0002"));
    await soon("subtypes", scene.client.hear(hex("0002"), hex("00"), subtypes(256)));
    scene.client.abort();
    await soon("served", scene.served);
  });

  test("where that is nothing, is a refusal", async () => {
    for (const names of [["x509plain"], []]) {
      const scene = bed({ clientAuthentication: guard(...names) });
      await scene.client.send(V38);
      await soon("refusal", scene.client.hear(V38, hex("00"), counted("The connection could not be secured")));
      await soon("served", scene.served);
      expect(only(scene.log).reason).toMatch(/^Cannot offer any security type: the client's transport/);
    }
  });

  test("is shown a certificate of the proxy's", async () => {
    const shown: unknown[] = [];
    const scene = bed({
      clientAuthentication: guard("x509none"),
      clientTls: { cert: "a certificate", key: "its key", clientCa: "an authority" },
      client: { tlsKinds: ["x509"] },
      wrapClient: (transport) => ({
        ...transport,
        startTls: (how) => {
          shown.push(how);
          return transport.startTls!(how);
        },
      }),
    });
    const script = [hears(V38), says(V38), hears(types(19)), says(hex("13")), hears(hex("0002")), says(hex("0002"))];
    await soon(
      "client",
      play(scene.client, [...script, hears(hex("00"), subtypes(260)), says(u32s(260)), hears(hex("01"))]),
    );
    await soon("TLS", scene.client.startTls("x509", "client"));
    expect(shown).toStrictEqual([
      { role: "server", kind: "x509", cert: "a certificate", key: "its key", clientCa: "an authority" },
    ]);
    scene.client.abort();
    await soon("served", scene.served);
  });
});

describe("Guessing", () => {
  /** A proxy whose clients come from addresses. */
  function service(options: Partial<SecurityProxyOptions> = {}) {
    const log: ProxyLogEntry[] = [];
    const proxy = createSecurityProxy({
      dial: () => Promise.reject(new Error("no")),
      authentication: { schemes: schemesNamed(["none"]), credentials: () => ({}) },
      clientAuthentication: guard("vncauth"),
      log: (entry) => log.push(entry),
      ...options,
    });
    const come = (peer: string) => {
      const [far, near] = createMemoryPair();
      const served = proxy.serve({ ...near, peer });
      return { client: peerOver(far), served };
    };
    return { proxy, log, come };
  }

  test("is bounded by address: one handshake more is turned away, and a failed one counts until its delay is over", async () => {
    const { log, come } = service({ maxHandshakes: 2, failureDelay: 150 });
    const first = come("192.0.2.7:1001");
    await soon("answer", answerVncAuth(first.client, "3.8", "hunter2"));
    const second = come("192.0.2.7:1002");
    await soon("greeting", second.client.hear(V38));
    first.client.abort(); // it does not wait, and gains nothing by it
    await sleep(10);
    const third = come("192.0.2.7:1003");
    await soon("refusal", third.client.hear(V33, hex("00000000"), counted("Too many connections")));
    const elsewhere = come("[2001:db8::7]:1004");
    await soon("greeting", elsewhere.client.hear(V38));
    await soon("first", first.served);
    const fourth = come("192.0.2.7:1005");
    await soon("greeting", fourth.client.hear(V38));
    for (const { client } of [second, third, fourth, elsewhere]) client.abort();
    await soon("all", Promise.all([second, third, fourth, elsewhere].map(({ served }) => served)));
    expect(log.filter(({ client }) => client === "192.0.2.7:1003")).toMatchObject([
      { stage: "client version", reason: "2 clients of its address are at their handshake already" },
    ]);
  });

  test.each([
    ["leaves in the middle", async ({ client }: { client: Peer }) => client.abort()],
    ["talks nonsense", async ({ client }: { client: Peer }) => client.send(hex("ff"))],
  ])("counts also where the client %s", async (_, misbehave) => {
    const { come } = service({ maxHandshakes: 1, failureDelay: 150 });
    const first = come("[2001:db8::7]:1001");
    await soon(
      "offer",
      (async () => {
        await first.client.send(V38);
        await first.client.hear(V38, types(2));
      })(),
    );
    await misbehave(first);
    await sleep(10);
    const second = come("[2001:db8::8]:1002");
    await soon("refusal", second.client.hear(V33, hex("00000000"), counted("Too many connections")));
    await soon("first", first.served);
    const third = come("[2001:db8::9]:1003");
    await soon("greeting", third.client.hear(V38));
    third.client.abort();
    await soon("all", Promise.all([second.served, third.served]));
  });

  test("is not waited for when the proxy is to stop", async () => {
    const { proxy, come } = service({ failureDelay: 60_000 });
    const { client, served } = come("192.0.2.7:1001");
    await soon("answer", answerVncAuth(client, "3.8", "hunter2"));
    await sleep(10);
    await soon("drained", proxy.drain(20), 1000);
    await soon("served", served);
  });

  test.each([
    [{ failureDelay: -1 }, /Cannot set failureDelay to -1/],
    [{ failureDelay: 2 ** 31 }, /Cannot set failureDelay/],
    [{ maxHandshakes: 0 }, /Cannot set maxHandshakes to 0/],
  ])("with %j cannot be bounded", (options, message) => {
    expect(() => service(options)).toThrow(message);
  });
});

describe("Whatever a client says that does not know the password", () => {
  const CONTAINERS = ["plain", "vncauth", "ra2ne", "tightvnc", "ultravnc", "sasl", "dh", "mslogon2", "vencryptvnc"];
  const PIECE = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom(
      ...[types(1), types(19), hex("02"), hex("13"), hex("10"), hex("11"), hex("05"), hex("14"), hex("1e"), hex("71")],
      ...[hex("0002"), hex("0001"), hex("00"), u32s(256), u32s(2), u32s(0), u32s(1), u32s(0xffffffff), subtypes(256)],
      ...[u32s(5, 7), latin1("gracehunter2"), new Uint8Array(16), new Uint8Array(320), counted("SCRAM-SHA-256")],
    ),
  );

  test("no server hears of it, it ends in time, and the log has none of it", { timeout: 60_000 }, async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(V33, V37, V38),
      fc.array(PIECE, { maxLength: 8 }),
      fc.constantFrom(...CONTAINERS),
      fc.constantFrom(undefined, 1, 7),
      fc.boolean(),
      async (version, pieces, first, chunk, closes) => {
        let dials = 0;
        const scene = bed({
          clientAuthentication: guard(first, ...CONTAINERS),
          handshakeTimeout: 40,
          failureDelay: 5,
          client: { chunk },
          dial: async () => {
            dials++;
            throw new Error("dialled");
          },
        });
        await scene.client.send(version, ...pieces).catch(() => {});
        if (closes) await scene.client.close();
        const heard = scene.client.rest();
        await soon("served", scene.served, 3000);
        await soon("client's end", heard);
        expect(dials).toBe(0);
        expect(only(scene.log).event).toBe("failed");
        expect(JSON.stringify(scene.log)).not.toMatch(SECRETS);
        expect(scene.open()).toStrictEqual([]);
      },
    );
    await fc.assert(property, { ...runs(150), endOnFailure: true });
  });
});
