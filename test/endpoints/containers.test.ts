import { once } from "node:events";
import { connect, createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { schemesNamed } from "../../auth/mod.ts";
import { createRepeaterHandshake } from "../../codec/handshake/mod.ts";
import { DEFAULT_LIMITS } from "../../codec/limits.ts";
import { RGBX8888 } from "../../codec/pixel_format.ts";
import { NEW_SESSION } from "../../codec/session.ts";
import { createInput } from "../../codec/wire.ts";
import { admitClient, joinServer } from "../../endpoints/mod.ts";
import { createRecordedHandshake } from "../../endpoints/recorded_handshake.ts";
import { createMemoryPair } from "../../transports/memory.ts";
import { fromSocket, listenTcp } from "../../transports/node.ts";
import type { Transport } from "../../transports/transport.ts";
import { KNOWN, VERIFIER } from "../auth/everybody.ts";
import { be32, hex, hexOf, join, latin1 } from "../codec/bytes.ts";
import { errorOf } from "../codec/errors.ts";
import { bed, soon } from "../proxy/bed.ts";
import { CHALLENGE, OK, RESPONSE, types, V33, V37, V38 } from "../proxy/bytes.ts";
import { hears, peerOver, play, says } from "../proxy/peer.ts";
import { NO_ANONYMOUS, notOn } from "../runtimes/runtime.ts";

const INIT = { framebufferWidth: 640, framebufferHeight: 480, serverPixelFormat: RGBX8888, name: latin1("desk") };
/** ServerInit, RFC 6143 §7.3.2: 640 × 480, 32 bits, depth 24, little-endian, true colour; "desk". */
const INIT_BYTES = hex("0280 01e0 20 18 00 01 00ff 00ff 00ff 00 08 10 000000 00000004 6465736b");
const CAPABILITIES = {
  serverMessages: [{ code: 150, vendor: latin1("TGHT"), signature: latin1("CUS_EOCU") }],
  clientMessages: [],
  encodings: [{ code: -224, vendor: latin1("TGHT"), signature: latin1("LASTRECT") }],
};
const CAPABILITY_BYTES = join([
  hex("0001 0000 0001 0000"),
  be32(150),
  latin1("TGHTCUS_EOCU"),
  be32(-224),
  latin1("TGHTLASTRECT"),
]);

function client(...names: string[]) {
  return { authentication: { schemes: schemesNamed(names), credentials: () => KNOWN } };
}

function server(...names: string[]) {
  return { authentication: { schemes: schemesNamed(names), verifier: VERIFIER }, serverInit: INIT };
}

describe("ServerInit behind Tight", () => {
  const admitted = async (
    script: Parameters<typeof play>[1],
    serverInit: Parameters<typeof admitClient>[1]["serverInit"],
  ) => {
    const [near, far] = createMemoryPair();
    const admitting = admitClient(near, { ...server("tightnone", "none"), serverInit });
    await soon("script", play(peerOver(far), script, "client"));
    return await admitting;
  };
  const tight = [
    hears(V38),
    says(V38),
    hears(types(16, 1)),
    says(hex("10")),
    hears(be32(0), be32(0), OK),
    says(hex("01")),
  ];
  const none = [hears(V38), says(V38), hears(types(16, 1)), says(hex("01")), hears(OK), says(hex("01"))];

  test("holds the server's capabilities, or says that there are none", async () => {
    await admitted([...tight, hears(INIT_BYTES, CAPABILITY_BYTES)], { ...INIT, capabilities: CAPABILITIES });
    const { session } = await admitted([...tight, hears(INIT_BYTES, hex("0000 0000 0000 0000"))], INIT);
    expect(session).toMatchObject({ securityPath: [16, 1], phase: "normal" });
  });

  test("holds none for a client that has chosen None outside", async () => {
    const { session } = await admitted([...none, hears(INIT_BYTES)], { ...INIT, capabilities: CAPABILITIES });
    expect(session).toMatchObject({ securityPath: [1], phase: "normal" });
  });

  test("is read whole by a client, also where VeNCrypt was inside", async () => {
    for (const scheme of ["tightnone", "tightvnc", "tightx509vnc"]) {
      const [near, far] = createMemoryPair({ chunk: 1, tlsKinds: ["x509"] });
      const [joined, one] = await soon(
        "meeting",
        Promise.all([
          joinServer(near, client(scheme)),
          admitClient(far, { ...server(scheme), serverInit: { ...INIT, capabilities: CAPABILITIES } }),
        ]),
      );
      await one.send({ type: "bell" });
      expect(await soon("bell", joined.next())).toStrictEqual({ type: "bell" });
      expect(joined.session.dialect).toBe("tightvnc");
    }
  });
});

describe("A proxy in front of a server with Tight", () => {
  test.each([
    ["tightnone", [hears(hex("10")), says(be32(0), be32(0), OK)]],
    [
      "tightvnc",
      [
        hears(hex("10")),
        says(be32(0), be32(1), be32(2), latin1("STDVVNCAUTH_")),
        hears(be32(2)),
        says(CHALLENGE),
        hears(RESPONSE),
        says(OK),
      ],
    ],
  ])("lets clients have a ServerInit without capabilities, over %s", async (scheme, acts) => {
    for (const chunk of [undefined, 1]) {
      const scene = bed({ schemes: [scheme], server: { chunk } });
      const script = play(scene.server, [says(V38), hears(V38), says(types(16)), ...acts]);
      await play(scene.client, [hears(V38), says(V38), hears(types(1)), says(hex("01"))], "client");
      await soon("server", script);
      await scene.client.hear(OK);
      await scene.client.send(hex("01"));
      await soon("ClientInit", scene.server.hear(hex("01")));
      await scene.server.send(INIT_BYTES, CAPABILITY_BYTES, hex("02"));
      await scene.server.send(hex("02"));
      await soon("ServerInit and two bells", scene.client.hear(INIT_BYTES, hex("0202")));
      await scene.client.close();
      await soon("served", scene.served);
      expect(scene.log.at(-1)).toMatchObject({ reason: "the client closed" });
      expect(scene.open()).toStrictEqual([]);
    }
  });
});

describe("A repeater", () => {
  test("puts a client of ours through to a server of ours", async () => {
    const [viewer, viewerEnd] = createMemoryPair();
    const [host, hostEnd] = createMemoryPair({ chunk: 7 });
    const through = Promise.all([passed(viewerEnd, "viewer"), passed(hostEnd, "server")]).then(([wanted, found]) => {
      expect([wanted.target, found.target]).toStrictEqual(["ID:1234", "ID:1234"]);
      void carried(viewerEnd, hostEnd, wanted.rest);
      void carried(hostEnd, viewerEnd, found.rest);
    });
    const [joined, admitted] = await soon(
      "meeting",
      Promise.all([
        joinServer(viewer, { ...client("vncauth"), repeater: "ID:1234" }),
        admitClient(host, { ...server("vncauth"), repeater: "ID:1234" }),
        through,
      ]),
    );
    await admitted.send({ type: "bell" });
    expect(await soon("bell", joined.next())).toStrictEqual({ type: "bell" });
  });

  test("that is asked for and is not there ends joining before anything is said", async () => {
    const [near, far] = createMemoryPair();
    await far.write(V38);
    await expect(joinServer(near, { ...client("none"), repeater: "ID:1" })).rejects.toMatchObject({
      code: "unexpected",
    });
    expect(hexOf(await soon("end", peerOver(far).rest()))).toBe("");
  });

  async function passed(
    transport: Transport,
    peer: "viewer" | "server",
  ): Promise<{ target: string; rest: Uint8Array }> {
    const handshake = createRepeaterHandshake(peer);
    for (;;) {
      const step = handshake.next();
      if (step?.type === "done") return step;
      if (step?.type === "send") {
        await transport.write(step.bytes);
        continue;
      }
      const chunk = await transport.read();
      if (chunk === undefined) handshake.end();
      else handshake.push(chunk);
    }
  }

  async function carried(from: Transport, to: Transport, first: Uint8Array): Promise<void> {
    for (let chunk: Uint8Array | undefined = first; chunk !== undefined; chunk = await from.read())
      await to.write(chunk);
  }
});

describe("A listening viewer", () => {
  test("joins the servers that connect to it", async () => {
    let taken: (transport: Transport) => void = () => {};
    const accepted = new Promise<Transport>((resolve) => {
      taken = resolve;
    });
    const listener = await listenTcp({ onConnection: taken });
    const socket = connect(listener.port, "127.0.0.1");
    await once(socket, "connect");
    const admitting = admitClient(fromSocket(socket), server("vncauth"));
    const joined = await soon("joined", joinServer(await accepted, client("vncauth")));
    const admitted = await soon("admitted", admitting);
    await admitted.send({ type: "bell" });
    expect(await soon("bell", joined.next())).toStrictEqual({ type: "bell" });
    await Promise.all([joined.close(), admitted.close(), listener.close()]);
  });
});

notOn(["deno", "bun"], NO_ANONYMOUS, () => {
  describe("TLS (18) over a real connection", () => {
    test.each([
      ["in pieces of its own", 0],
      ["in one segment with the choice of TLS", 60],
    ])("takes a ClientHello that comes %s", async (_how, delay) => {
      const listener = createServer();
      listener.listen(0, "127.0.0.1");
      await once(listener, "listening");
      const { port } = listener.address() as { port: number };
      const socket = connect(port, "127.0.0.1");
      const [[far]] = await Promise.all([once(listener, "connection"), once(socket, "connect")]);
      // Late enough for both to be there when the first of them is read.
      const slow = slowed(fromSocket(far), delay);
      const [joined, admitted] = await soon(
        "meeting",
        Promise.all([
          joinServer(fromSocket(socket), client("vinovnc")),
          admitClient(slow.transport, server("vinovnc")),
        ]),
        5000,
      );
      expect(joined.transport.tls?.version).toBe("TLSv1.2");
      expect(admitted.session.securityPath).toStrictEqual([18, 2]);
      if (delay > 0) expect(slow.sizes).toContainEqual(expect.toSatisfy((size: number) => size > 100));
      await admitted.send({ type: "bell" });
      expect(await soon("bell", joined.next())).toStrictEqual({ type: "bell" });
      await Promise.all([joined.close(), admitted.close()]);
      listener.close();
    });

    /** A transport whose reads begin late, and how much they gave. */
    function slowed(transport: Transport, delay: number): { transport: Transport; sizes: number[] } {
      const sizes: number[] = [];
      const read = async (): Promise<Uint8Array | undefined> => {
        await new Promise((resolve) => setTimeout(resolve, delay));
        const bytes = await transport.read();
        sizes.push(bytes?.length ?? 0);
        return bytes;
      };
      return { transport: { ...transport, read }, sizes };
    }
  });
});

describe("A recorded handshake", () => {
  const LOGIN = join([be32(1), be32(1), latin1("up")]);
  const CAPABILITY = (code: number, name: string) => join([be32(1), be32(code), latin1(name)]);

  test.each([
    ["None inside Tight of 3.7", [V38, types(16), be32(0), be32(0)], [V37, hex("10")], [16, 1], "messages"],
    [
      "VncAuth inside Tight",
      [V38, types(16), CAPABILITY(0, "TGHTNOTUNNEL"), CAPABILITY(2, "STDVVNCAUTH_"), CHALLENGE, OK],
      [V38, hex("10"), be32(0), be32(2), RESPONSE],
      [16, 2],
      "messages",
    ],
    [
      "UnixLogin inside Tight",
      [V38, types(16), be32(0), CAPABILITY(129, "TGHTULGNAUTH"), OK],
      [V38, hex("10"), be32(129), LOGIN],
      [16, 129],
      "messages",
    ],
    ["TLS (18)", [V38, types(18)], [V38, hex("12")], [18], "tls"],
    ["xvp", [V38, types(22), CHALLENGE, OK], [V38, hex("16"), hex("0101 7576"), RESPONSE], [22], "messages"],
    [
      "Ultra's rounds",
      [V38, types(17), be32(0xffffffff), types(2), CHALLENGE, OK],
      [V38, hex("11"), hex("02"), RESPONSE],
      [17, 2],
      "messages",
    ],
    [
      "VeNCrypt's Plain",
      [V38, types(19), hex("0002 00 01 00000100"), OK],
      [V38, hex("13"), hex("0002"), be32(256), LOGIN],
      [19, 256],
      "messages",
    ],
    [
      "VeNCrypt's Ident in 3.3",
      [V33, be32(19), hex("0002 00 01 00000109"), OK],
      [V33, hex("0002"), be32(265), be32(1), latin1("u")],
      [19, 265],
      "messages",
    ],
    [
      "VncAuth inside VeNCrypt",
      [V38, types(19), hex("0002 00 01 00000002"), CHALLENGE, OK],
      [V38, hex("13"), hex("0002"), be32(2), RESPONSE],
      [19, 2],
      "messages",
    ],
  ] as const)("with %s is read to its end", (_what, fromServer, fromClient, securityPath, outcome) => {
    const inputs = [fromServer, fromClient].map((pieces) => {
      const bytes = join([...pieces, hex("77")]);
      return { ...createInput(), bytes, end: bytes.length };
    });
    const recorded = createRecordedHandshake(NEW_SESSION, inputs[0]!, inputs[1]!, DEFAULT_LIMITS);
    expect(recorded.read()).toBe(outcome);
    expect(recorded.session.securityPath).toStrictEqual(securityPath);
    for (const { start, end } of inputs) expect(end - start).toBe(1);
  });

  test("with VeNCrypt inside VeNCrypt is unexpected", () => {
    const [server, client] = [
      join([V38, types(19), hex("0002 00 01 00000013")]),
      join([V38, hex("13"), hex("0002"), be32(19)]),
    ].map((bytes) => ({ ...createInput(), bytes, end: bytes.length }));
    const recorded = createRecordedHandshake(NEW_SESSION, server!, client!, DEFAULT_LIMITS);
    expect(errorOf(() => recorded.read())).toMatchObject({ code: "unexpected" });
  });
});
