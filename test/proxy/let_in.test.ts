import { describe, expect, test } from "vitest";
import { hex, hexOf, join, latin1 } from "../codec/bytes.ts";
import { bed, INTERNAL, only, sleep, soon } from "./bed.ts";
import { CLIENT_BYTES, CLIENTS, SERVERS, type ServerScript, types, V33, V38, VERSIONS, versionBytes } from "./bytes.ts";
import { type Act, hears, play, says } from "./peer.ts";

/** Nothing in it is RFB: once security is passed, the proxy carries bytes. */
const FROM_SERVER = latin1("0123 what the server shows");
const FROM_CLIENT = latin1("what the client types");

const CHUNKS = [
  ["as they come", undefined],
  ["one at a time", 1],
] as const;

const PAIRS = SERVERS.flatMap((server) =>
  VERSIONS.flatMap((version) => CHUNKS.map(([pace, chunk]) => [server.name, version, pace, server, chunk] as const)),
);

describe("A client is let in", () => {
  test.each(PAIRS)("by a server with %s, a client in %s and bytes %s", async (_name, version, _pace, server, chunk) => {
    const scene = bed({ schemes: [server.scheme], client: { chunk }, server: { chunk } });
    const client = play(scene.client, CLIENTS[version]);
    await soon("server", play(scene.server, [...server.before, ...server.after]));
    await soon("client", client);

    await scene.client.send(hex("01"), FROM_CLIENT);
    await soon("server's relay", scene.server.hear(hex("01"), FROM_CLIENT));
    await scene.server.send(FROM_SERVER);
    await soon("client's relay", scene.client.hear(FROM_SERVER));

    await scene.client.close();
    expect(await soon("server's end", scene.server.rest())).toHaveLength(0);
    await soon("serve", scene.served);
    expect(scene.open()).toStrictEqual([]);
    expect(scene.log.map(({ event, stage }) => [event, stage])).toStrictEqual([
      ["negotiated", "client security result"],
      ["closed", "relay"],
    ]);
    expect(scene.log[1]).toMatchObject({
      reason: "the client closed",
      bytesToServer: 1 + FROM_CLIENT.length,
      bytesToClient: FROM_SERVER.length,
    });
    // The proxy never speaks of what it knows.
    expect(JSON.stringify(scene.log)).not.toMatch(/password|\bada\b/);
  });

  test.each(PAIRS.filter(([, , pace]) => pace === "as they come"))(
    "by %s with all bytes of a %s client in one write",
    async (_name, version, _pace, server) => {
      const scene = bed({ schemes: [server.scheme] });
      await scene.client.send(CLIENT_BYTES[version], FROM_CLIENT);
      await soon("server", play(scene.server, [...server.before, ...server.after]));
      await soon("server's relay", scene.server.hear(hex("01"), FROM_CLIENT));
      await scene.server.send(FROM_SERVER);
      await soon(
        "client",
        play(
          scene.client,
          CLIENTS[version].filter(({ type }) => type === "hear"),
        ),
      );
      await soon("client's relay", scene.client.hear(FROM_SERVER));
      await scene.server.close();
      expect(await soon("client's end", scene.client.rest())).toHaveLength(0);
      await soon("serve", scene.served);
      expect(scene.open()).toStrictEqual([]);
      expect(scene.log[1]).toMatchObject({ reason: "the server closed", bytesToServer: 1 + FROM_CLIENT.length });
    },
  );

  // With TLS, bytes ahead of their turn are an attack: see the other tests.
  test.each(PAIRS.filter(([, , , server]) => !server.after.some(({ type }) => type === "tls")))(
    "by %s with all bytes of the server in one write, a %s client and bytes %s",
    async (_name, version, _pace, server, chunk) => {
      const scene = bed({ schemes: [server.scheme], client: { chunk }, server: { chunk } });
      const acts = [...server.before, ...server.after];
      await scene.server.send(...acts.flatMap((act) => (act.type === "send" ? [act.bytes] : [])), FROM_SERVER);
      await soon("client", play(scene.client, CLIENTS[version]));
      await scene.client.send(hex("01"));
      await soon("server", play(scene.server, [...acts.filter(({ type }) => type === "hear"), hears(hex("01"))]));
      await soon("client's relay", scene.client.hear(FROM_SERVER));
      await scene.server.close();
      await soon("serve", scene.served);
    },
  );
});

describe("The proxy's choice with the server", () => {
  const CHOOSERS = PAIRS.filter(([, version, pace]) => version !== "3.3" && pace === "as they come");

  test.each(CHOOSERS)("waits for the client's: %s, a client in %s", async (_name, version, _pace, server) => {
    const scene = bed({ schemes: [server.scheme] });
    await scene.client.send(versionBytes(version));
    await soon("server", play(scene.server, server.before));
    const heardSoFar = scene.server.heard;
    const after = play(scene.server, server.after);
    await soon("offer", scene.client.hear(V38, hex("0101")));
    await sleep(5);
    expect(scene.server.heard).toBe(heardSoFar);
    await scene.client.send(hex("01"));
    await soon("server", after);
  });

  test("comes before the client in 3.3 hears anything: there is no other way to refuse it later", async () => {
    const scene = bed({ schemes: ["vncauth"], server: {} });
    const server = SERVERS.find(({ name }) => name === "VncAuth in 3.8")!;
    await scene.client.send(V33);
    await soon("server", play(scene.server, [...server.before, ...server.after.slice(0, -1)]));
    await scene.client.hear(V38);
    const more = scene.client.take(4);
    let heard = false;
    void more.then(() => {
      heard = true;
    });
    await sleep(5);
    expect(heard).toBe(false);
    await scene.server.send(hex("00000000"));
    expect(await soon("client", more)).toStrictEqual(hex("00000001"));
  });
});

describe("The versions", () => {
  // RFC 6143 §7.1.1 and rfbproto: what a server is answered, and what a client's number comes down to.
  test.each([
    ["003.003", "003.003", "3.3"],
    ["003.005", "003.003", "3.5"],
    ["003.006", "003.003", "3.6"],
    ["003.007", "003.007", "3.7"],
    ["003.008", "003.008", "3.8"],
    ["003.009", "003.008", "3.9"],
    ["003.889", "003.008", "3.889"],
    ["004.000", "003.008", "4.0"],
    ["004.001", "003.008", "4.1"],
    ["005.000", "003.008", "5.0"],
    ["055.008", "003.008", "55.8"],
  ])("answer a server's %s with %s", async (offered, answered, logged) => {
    const scene = bed({ schemes: ["none"] });
    const version = { "003.003": "3.3", "003.007": "3.7", "003.008": "3.8" }[answered];
    const server = SERVERS.find(({ name }) => name === `None in ${version}`)!;
    const greeted: Act[] = [says(latin1(`RFB ${offered}\n`)), hears(latin1(`RFB ${answered}\n`))];
    await scene.client.send(CLIENT_BYTES["3.8"]);
    await soon("server", play(scene.server, [...greeted, ...server.before.slice(2), ...server.after]));
    await soon("server's relay", scene.server.hear(hex("01")));
    expect(only(scene.log)).toMatchObject({ event: "negotiated", serverVersion: logged, clientVersion: "3.8" });
    scene.client.abort();
    await soon("serve", scene.served);
  });

  test.each([
    ["003.000", "3.3", "3.0"],
    ["003.003", "3.3", "3.3"],
    ["003.004", "3.3", "3.4"],
    ["003.006", "3.3", "3.6"],
    ["003.007", "3.7", "3.7"],
    ["003.008", "3.8", "3.8"],
    ["003.009", "3.8", "3.9"],
    ["003.889", "3.8", "3.889"],
    ["003.999", "3.8", "3.999"],
  ] as const)("take a client's %s for %s", async (answered, version, logged) => {
    const scene = bed({ schemes: ["none"] });
    const script = CLIENTS[version].map((act) =>
      act.type === "send" && act.bytes.length === 12 ? says(latin1(`RFB ${answered}\n`)) : act,
    );
    const client = play(scene.client, script);
    await soon("server", play(scene.server, [...SERVERS[0]!.before, ...SERVERS[0]!.after]));
    await soon("client", client);
    await scene.client.send(hex("01"));
    await soon("server's relay", scene.server.hear(hex("01")));
    expect(only(scene.log)).toMatchObject({ event: "negotiated", clientVersion: logged, serverVersion: "3.8" });
    scene.client.abort();
    await soon("serve", scene.served);
  });
});

describe("The log of a client that is let in", () => {
  function named(name: string): ServerScript {
    return SERVERS.find((server) => server.name === name)!;
  }

  test("has what was offered, unknown numbers among it, and what was chosen", async () => {
    const script = named("X509None");
    const offered = join([hex("07"), u32List(265, 999, 0xffffffff, 1, 257, 260, 256)]);
    const after = script.after.map((act) =>
      act.type === "send" && act.bytes.length === 6 ? says(hex("00"), offered) : act,
    );
    const before = [...script.before.slice(0, 2), says(types(113, 129, 7, 255, 2, 19, 1))];
    const scene = bed({ schemes: ["x509none", "vncauth", "none"] });
    const client = play(scene.client, CLIENTS["3.7"]);
    await soon("server", play(scene.server, [...before, ...after]));
    await soon("client", client);
    await scene.client.send(hex("01"));
    await soon("server's relay", scene.server.hear(hex("01")));
    expect(only(scene.log)).toStrictEqual({
      event: "negotiated",
      connection: 1,
      client: "memory",
      milliseconds: expect.any(Number),
      stage: "client security result",
      clientVersion: "3.7",
      serverVersion: "3.8",
      securityTypes: [
        "MSLogonII (113)",
        "RA2_256 (129)",
        "SSPI (7)",
        "255",
        "VncAuth (2)",
        "VeNCrypt (19)",
        "None (1)",
      ],
      securityType: "VeNCrypt (19)",
      vencryptSubtypes: [
        "Ident (265)",
        "999",
        "4294967295",
        "None (1)",
        "TLSNone (257)",
        "X509None (260)",
        "Plain (256)",
      ],
      vencryptSubtype: "X509None (260)",
      securityPath: ["VeNCrypt (19)", "X509None (260)"],
      clientSecurityPath: ["None (1)"],
      tlsVersion: "none: in memory",
      tlsCipher: undefined,
      certificateSubject: undefined,
      certificateExpiry: undefined,
    });
    scene.client.abort();
    await soon("serve", scene.served);
  });

  test("has what TLS agreed on and whose certificate it was", async () => {
    const facts = {
      version: "TLSv1.3",
      cipher: "TLS_AES_256_GCM_SHA384",
      peerSubject: `CN=${INTERNAL}`,
      peerExpiry: "2031-05-06T00:00:00.000Z",
    };
    const script = named("X509Vnc");
    const scene = bed({
      schemes: ["x509vnc"],
      wrapServer: (transport) => ({
        ...transport,
        startTls: async (how) => ({ ...(await transport.startTls!(how)), tls: facts }),
      }),
    });
    const client = play(scene.client, CLIENTS["3.8"]);
    await soon("server", play(scene.server, [...script.before, ...script.after]));
    await soon("client", client);
    await scene.client.send(hex("01"));
    await soon("server's relay", scene.server.hear(hex("01")));
    expect(only(scene.log)).toMatchObject({
      tlsVersion: facts.version,
      tlsCipher: facts.cipher,
      certificateSubject: facts.peerSubject,
      certificateExpiry: facts.peerExpiry,
    });
    expect(scene.client.heard).not.toContain(hexOf(latin1("compute")));
    scene.client.abort();
    await soon("serve", scene.served);
  });

  test("asks for TLS of the kind, role and options that were given", async () => {
    const asked: unknown[] = [];
    const script = named("X509None");
    const scene = bed({
      schemes: ["x509none"],
      tls: { serverName: INTERNAL, ca: "an authority", cert: "ours", key: "ours too", minVersion: "1.3" },
      wrapServer: (transport) => ({
        ...transport,
        startTls: (how) => {
          asked.push(how);
          return transport.startTls!(how);
        },
      }),
    });
    await scene.client.send(CLIENT_BYTES["3.8"]);
    await soon("server", play(scene.server, [...script.before, ...script.after, hears(hex("01"))]));
    expect(asked).toStrictEqual([
      {
        role: "client",
        kind: "x509",
        serverName: INTERNAL,
        ca: "an authority",
        cert: "ours",
        key: "ours too",
        minVersion: "1.3",
      },
    ]);
    scene.client.abort();
    await soon("serve", scene.served);
  });
});

function u32List(...numbers: readonly number[]): Uint8Array {
  return join(numbers.map((number) => Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number)));
}
