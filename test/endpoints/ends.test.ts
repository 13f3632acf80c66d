import { describe, expect, test } from "vitest";
import { type CredentialSource, type Scheme, schemesNamed, type Verifier } from "../../auth/mod.ts";
import { RfbError } from "../../codec/errors.ts";
import { RGBX8888 } from "../../codec/pixel_format.ts";
import { admitClient, joinServer } from "../../endpoints/mod.ts";
import { createMemoryPair } from "../../transports/memory.ts";
import { COMMON_SCHEMES } from "../auth/everybody.ts";
import { hex, hexOf, join, latin1 } from "../codec/bytes.ts";
import { sleep, soon } from "../proxy/bed.ts";
import { CHALLENGE, counted, OK, subtypes, types, u32s, V33, V37, V38 } from "../proxy/bytes.ts";
import { type Act, hears, peerOver, play, says, tls } from "../proxy/peer.ts";

const KNOWN = { username: "ada", password: "password", target: "vm7" };
const VERIFIER: Verifier = {
  password: () => KNOWN.password,
  passwordFor: () => KNOWN.password,
  identify: (username) => username === KNOWN.username,
  verify: async (username, password) => username === KNOWN.username && password === KNOWN.password,
};
const TLS_KINDS = ["x509", "anonymous"] as const;
const SERVER_INIT = {
  framebufferWidth: 640,
  framebufferHeight: 480,
  serverPixelFormat: RGBX8888,
  name: latin1("desk"),
};
/** ServerInit, RFC 6143 §7.3.2: 640 × 480, 32 bits, depth 24, little-endian, true colour; "desk". */
const SERVER_INIT_BYTES = hex("0280 01e0 20 18 00 01 00ff 00ff 00ff 00 08 10 000000 00000004 6465736b");

function pairOf(chunk?: number) {
  return createMemoryPair({ chunk, tlsKinds: TLS_KINDS });
}

function client(schemes: readonly Scheme[], credentials: CredentialSource = () => KNOWN) {
  return { authentication: { schemes, credentials } };
}

function server(schemes: readonly Scheme[], verifier = VERIFIER) {
  return { authentication: { schemes, verifier }, serverInit: SERVER_INIT };
}

describe("A client that joins and a server that admits", () => {
  const MEETINGS = COMMON_SCHEMES.flatMap((scheme) =>
    [undefined, 1].map((chunk) => [scheme.name, chunk ?? "all", scheme, chunk] as const),
  );

  test.each(MEETINGS)("meet over %s, %s bytes at a time, and talk", async (_name, _chunk, scheme, chunk) => {
    const [near, far] = pairOf(chunk);
    const [joined, admitted] = await soon(
      "meeting",
      Promise.all([joinServer(near, client([scheme])), admitClient(far, server([scheme]))]),
    );
    for (const { session, transport } of [joined, admitted]) {
      expect(session).toMatchObject({
        phase: "normal",
        version: "3.8",
        securityPath: scheme.path,
        framebufferWidth: 640,
        framebufferHeight: 480,
        name: latin1("desk"),
      });
      expect(transport.tls === undefined).toBe(scheme.tls === undefined);
    }
    await joined.send({ type: "keyEvent", downFlag: 1, key: 0x61 });
    expect(await soon("key", admitted.next())).toStrictEqual({ type: "keyEvent", downFlag: 1, key: 0x61 });
    await admitted.send({ type: "bell" });
    expect(await soon("bell", joined.next())).toStrictEqual({ type: "bell" });
    await admitted.close();
    expect(await soon("end", joined.next())).toBeUndefined();
  });

  test.each([
    [undefined, 1],
    [true, 1],
    [false, 0],
  ])("share the desktop: %s", async (shared, flag) => {
    const [near, far] = pairOf();
    const joining = joinServer(near, { ...client(schemesNamed(["none"])), ...(shared !== undefined && { shared }) });
    await play(peerOver(far), [
      says(V38),
      hears(V38),
      says(types(1)),
      hears(hex("01")),
      says(OK),
      hears(Uint8Array.of(flag)),
      says(SERVER_INIT_BYTES),
    ]);
    expect((await soon("joined", joining)).session.framebufferWidth).toBe(640);
  });

  test("takes what came along with ServerInit for the first event", async () => {
    for (const chunk of [undefined, 1]) {
      const [near, far] = pairOf(chunk);
      const joining = joinServer(near, client(schemesNamed(["none"])));
      await far.write(join([V38, types(1), OK, SERVER_INIT_BYTES, hex("02")]));
      const joined = await soon("joined", joining);
      expect(await soon("bell", joined.next())).toStrictEqual({ type: "bell" });
    }
  });

  test("sends ServerInit only after ClientInit, and takes what came along for the first message", async () => {
    for (const chunk of [undefined, 1]) {
      const [near, far] = pairOf(chunk);
      const admitting = admitClient(near, server(schemesNamed(["none"])));
      const peer = peerOver(far);
      await play(peer, [hears(V38), says(V38), hears(types(1)), says(hex("01")), hears(OK)]);
      const more = peer.take(1);
      let early = true;
      void more.then(() => {
        expect(early).toBe(false);
      });
      await sleep(5);
      early = false;
      await peer.send(hex("01 04 01 0000 0000ff0d"));
      const admitted = await soon("admitted", admitting);
      expect(hexOf(await more) + hexOf(await peer.take(SERVER_INIT_BYTES.length - 1))).toBe(hexOf(SERVER_INIT_BYTES));
      expect(await soon("key", admitted.next())).toStrictEqual({ type: "keyEvent", downFlag: 1, key: 0xff0d });
    }
  });

  test.each([
    ["3.3", V33, [hears(u32s(2))]],
    ["3.7", V37, [hears(types(2, 1)), says(hex("02"))]],
    ["3.8", V38, [hears(types(2, 1)), says(hex("02"))]],
  ] as const)("offers a client in %s what fits", async (_version, version, acts) => {
    const [near, far] = pairOf();
    const verifier = { ...VERIFIER, random: () => CHALLENGE };
    const admitting = admitClient(near, server(schemesNamed(["vncauth", "none"]), verifier));
    const response = hex("646d71822fc0a9d1ace63c51d990aa6d");
    await soon(
      "script",
      play(peerOver(far), [
        hears(V38),
        says(version),
        ...acts,
        hears(CHALLENGE),
        says(response),
        hears(OK),
        says(hex("01")),
      ]),
    );
    expect((await soon("admitted", admitting)).session.securityType).toBe(2);
  });
});

describe("A client that is not let in", () => {
  test.each([
    [
      "a wrong VncAuth answer in 3.8",
      ["vncauth"],
      [says(V38), hears(types(2)), says(hex("02")), hears(CHALLENGE), says(new Uint8Array(16))],
      true,
    ],
    [
      "a wrong VncAuth answer in 3.7",
      ["vncauth"],
      [says(V37), hears(types(2)), says(hex("02")), hears(CHALLENGE), says(new Uint8Array(16))],
      false,
    ],
    [
      "a wrong VncAuth answer in 3.3",
      ["vncauth"],
      [says(V33), hears(u32s(2)), hears(CHALLENGE), says(new Uint8Array(16))],
      false,
    ],
    ["a type that was not offered", ["vncauth"], [says(V38), hears(types(2)), says(hex("01"))], true],
    [
      "a wrong user in TLS",
      ["x509plain"],
      [
        says(V38),
        hears(types(19)),
        says(hex("13")),
        hears(hex("0002")),
        says(hex("0002")),
        hears(hex("00"), subtypes(262)),
        says(u32s(262)),
        hears(hex("01")),
        tls("x509"),
        says(u32s(3, 8), latin1("bobpassword")),
      ],
      true,
    ],
  ] satisfies readonly (readonly [string, readonly string[], readonly Act[], boolean])[])(
    "is told that, and nothing more, after %s",
    async (_what, schemes, acts, hasReason) => {
      for (const chunk of [undefined, 1]) {
        const [near, far] = pairOf(chunk);
        const verifier: Verifier = { ...VERIFIER, random: () => CHALLENGE };
        const admitting = admitClient(near, server(schemesNamed(schemes), verifier));
        admitting.catch(() => {});
        const peer = peerOver(far);
        await soon("script", play(peer, [hears(V38), ...acts], "client"));
        const words = hasReason ? counted("Authentication failed") : new Uint8Array(0);
        expect(hexOf(await soon("end", peer.rest()))).toBe(hexOf(join([u32s(1), words])));
        await expect(admitting).rejects.toBeInstanceOf(RfbError);
      }
    },
  );

  test("hears the same whatever broke inside, and the caller hears what did", async () => {
    const [near, far] = pairOf();
    const inside = new Error("ldap://10.1.2.3 timed out");
    const verifier: Verifier = { password: () => Promise.reject(inside) };
    const admitting = admitClient(near, server(schemesNamed(["vncauth"]), verifier));
    admitting.catch(() => {});
    const peer = peerOver(far);
    await play(peer, [hears(V38), says(V38), hears(types(2)), says(hex("02"))]);
    expect(hexOf(await soon("end", peer.rest()))).toBe(hexOf(join([u32s(1), counted("Authentication failed")])));
    await expect(admitting).rejects.toBe(inside);
  });

  test("is told in the form of 3.7 where its version made no sense", async () => {
    const [near, far] = pairOf();
    const admitting = admitClient(near, server(schemesNamed(["none"])));
    admitting.catch(() => {});
    const peer = peerOver(far);
    await play(peer, [hears(V38), says(latin1("GET / HTTP/1.1\r\n"))]);
    expect(hexOf(await soon("end", peer.rest()))).toBe(hexOf(join([hex("00"), counted("Authentication failed")])));
    await expect(admitting).rejects.toMatchObject({ code: "malformed" });
  });

  test("that leaves makes no noise", async () => {
    for (let bytes = 0; bytes < 14; bytes++) {
      const [near, far] = pairOf();
      const admitting = admitClient(near, server(schemesNamed(["none"])));
      admitting.catch(() => {});
      await far.write(join([V38, hex("01"), hex("01")]).slice(0, bytes));
      await far.close();
      await expect(soon("admit", admitting)).rejects.toThrow();
    }
  });
});

describe("A server that does not let us in", () => {
  test("has its reason in the error, and the transport is closed", async () => {
    const [near, far] = pairOf();
    const joining = joinServer(near, client(schemesNamed(["none"])));
    joining.catch(() => {});
    const peer = peerOver(far);
    await play(peer, [says(V38), hears(V38), says(hex("00"), counted("too many clients\0"))]);
    await expect(joining).rejects.toMatchObject({
      code: "authentication",
      message: expect.stringContaining('the server refused: "too many clients"'),
    });
    expect(await soon("end", peer.rest())).toHaveLength(0);
  });

  test("has its reason in the error also where it had closed before we answered its version", async () => {
    const [near, far] = pairOf();
    // As TigerVNC refuses an address: all at once, with no need for an answer.
    await far.write(join([V33, u32s(0), counted("Too many security failures")]));
    await far.close();
    await expect(soon("join", joinServer(near, client(schemesNamed(["none"]))))).rejects.toThrow(
      "Too many security failures",
    );
  });

  test("is not told what we allow when nothing it offers is among it", async () => {
    const [near, far] = pairOf();
    const joining = joinServer(near, client(schemesNamed(["x509none"])));
    joining.catch(() => {});
    const peer = peerOver(far);
    await play(peer, [says(V38), hears(V38), says(types(1, 2))]);
    expect(hexOf(await soon("end", peer.rest()))).toBe("");
    await expect(joining).rejects.toMatchObject({ code: "authentication" });
  });

  test("fails a client at whatever byte it leaves", async () => {
    const whole = join([V38, types(1), OK, SERVER_INIT_BYTES]);
    for (let bytes = 0; bytes < whole.length; bytes++) {
      const [near, far] = pairOf();
      const joining = joinServer(near, client(schemesNamed(["none"])));
      joining.catch(() => {});
      await far.write(whole.slice(0, bytes));
      await far.closeWrite!();
      await expect(soon(`join after ${bytes}`, joining)).rejects.toMatchObject({ name: "RfbError", code: "truncated" });
      expect(await soon("end", peerOver(far).rest())).toBeDefined();
    }
  });
});

/** A server with X509Vnc, step by step; the client's side of it reversed. */
const SERVER_STEPS: readonly Act[] = [
  says(V38),
  hears(V38),
  says(types(19)),
  hears(hex("13")),
  says(hex("0002")),
  hears(hex("0002")),
  says(hex("00"), subtypes(261)),
  hears(u32s(261)),
  says(hex("01")),
  tls("x509"),
  says(CHALLENGE),
  hears(hex("646d71822fc0a9d1ace63c51d990aa6d")),
  says(OK),
  hears(hex("01")),
  says(SERVER_INIT_BYTES),
];
const CLIENT_STEPS = SERVER_STEPS.map(
  (act): Act => (act.type === "tls" ? act : act.type === "send" ? hears(act.bytes) : says(act.bytes)),
);

describe("A server that closes after TLS", () => {
  const untilResponse = SERVER_STEPS.slice(0, SERVER_STEPS.findIndex(({ type }) => type === "tls") + 3);

  test.each([
    ["without a word may have wanted a client certificate", [], "truncated", true],
    ["within its refusal has refused, and nothing else", [says(u32s(1, 99))], "authentication", false],
  ] as const)("%s", async (_, last, code, hinted) => {
    const [near, far] = pairOf();
    const joining = joinServer(near, client(schemesNamed(["x509vnc"])));
    joining.catch(() => {});
    const peer = peerOver(far);
    await soon("script", play(peer, [...untilResponse, ...last]));
    await peer.close();
    const error = await soon<unknown>("joining", joining).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "RfbError", code });
    expect(String(error).includes("perhaps it demands a client certificate")).toBe(hinted);
  });
});

describe("The signal", () => {
  const REASON = new Error("the user gave up");

  test.each(SERVER_STEPS.map((_, i) => [i]))("ends joining after %i steps", async (steps) => {
    const [near, far] = pairOf();
    const abort = new AbortController();
    const joining = joinServer(near, { ...client(schemesNamed(["x509vnc"])), signal: abort.signal });
    joining.catch(() => {});
    const peer = peerOver(far);
    await soon("script", play(peer, SERVER_STEPS.slice(0, steps)));
    await sleep(2);
    abort.abort(REASON);
    await expect(soon("joining", joining, 500)).rejects.toBe(REASON);
    if (!peer.secured || steps > 9) await soon("end", peer.rest(), 500);
  });

  test.each(CLIENT_STEPS.map((_, i) => [i]))("ends admitting after %i steps", async (steps) => {
    const [near, far] = pairOf();
    const abort = new AbortController();
    const verifier: Verifier = { ...VERIFIER, random: () => CHALLENGE };
    const options = { ...server(schemesNamed(["x509vnc"]), verifier), signal: abort.signal };
    const admitting = admitClient(near, options);
    admitting.catch(() => {});
    const peer = peerOver(far);
    await soon("script", play(peer, CLIENT_STEPS.slice(0, steps), "client"));
    await sleep(2);
    // After the last of the client's words the session stands, and the signal has nothing to end.
    if (steps > CLIENT_STEPS.findLastIndex(({ type }) => type === "send")) {
      const admitted = await soon("admitted", admitting);
      abort.abort(REASON);
      await peer.send(hex("040100000000 0061"));
      expect(await soon("next", admitted.next(), 500)).toMatchObject({ type: "keyEvent", key: 0x61 });
      return;
    }
    abort.abort(REASON);
    await expect(soon("admitting", admitting, 500)).rejects.toBe(REASON);
    await soon("end", peer.rest(), 500);
  });

  test("that was aborted before has nothing said at all", async () => {
    const signal = AbortSignal.abort(REASON);
    for (const begin of [
      (transport: Parameters<typeof joinServer>[0]) =>
        joinServer(transport, { ...client(schemesNamed(["none"])), signal }),
      (transport: Parameters<typeof admitClient>[0]) =>
        admitClient(transport, { ...server(schemesNamed(["none"])), signal }),
    ]) {
      const [near, far] = pairOf();
      const written: Uint8Array[] = [];
      const write = async (bytes: Uint8Array): Promise<void> => {
        written.push(bytes);
        await near.write(bytes);
      };
      await expect(soon<unknown>("begin", begin({ ...near, write }))).rejects.toBe(REASON);
      expect(written.filter(({ length }) => length > 0)).toStrictEqual([]);
      expect(hexOf(await soon("end", peerOver(far).rest()))).toBe("");
    }
  });

  test("ends joining while credentials are asked for, whether they come or not", async () => {
    const [near, far] = pairOf();
    const abort = new AbortController();
    const credentials: CredentialSource = () => new Promise(() => {});
    const joining = joinServer(near, { ...client(schemesNamed(["vncauth"]), credentials), signal: abort.signal });
    joining.catch(() => {});
    await play(peerOver(far), [says(V38), hears(V38), says(types(2)), hears(hex("02")), says(CHALLENGE)]);
    await sleep(2);
    abort.abort(REASON);
    await expect(soon("joining", joining, 500)).rejects.toBe(REASON);
  });

  test("ends admitting while somebody verifies, whether they answer or not", async () => {
    const [near, far] = pairOf();
    const abort = new AbortController();
    const verifier: Verifier = { verify: () => new Promise(() => {}) };
    const admitting = admitClient(near, { ...server(schemesNamed(["plain"]), verifier), signal: abort.signal });
    admitting.catch(() => {});
    await play(
      peerOver(far),
      [
        hears(V38),
        says(V38),
        hears(types(19)),
        says(hex("13")),
        hears(hex("0002")),
        says(hex("0002")),
        hears(hex("00"), subtypes(256)),
        says(u32s(256), u32s(1, 1), latin1("up")),
      ],
      "client",
    );
    await sleep(2);
    abort.abort(REASON);
    await expect(soon("admitting", admitting, 500)).rejects.toBe(REASON);
  });

  test("does not touch a session that stands, and is let go of", async () => {
    const [near, far] = pairOf();
    const abort = new AbortController();
    const schemes = schemesNamed(["x509vnc"]);
    const [joined, admitted] = await Promise.all([
      joinServer(near, { ...client(schemes), signal: abort.signal }),
      admitClient(far, { ...server(schemes), signal: abort.signal }),
    ]);
    abort.abort(REASON);
    await joined.send({ type: "keyEvent", downFlag: 1, key: 0x61 });
    expect(await soon("theirs", admitted.next(), 500)).toMatchObject({ type: "keyEvent" });
    await admitted.send({ type: "bell" });
    expect(await soon("ours", joined.next(), 500)).toStrictEqual({ type: "bell" });
  });

  test("is let go of once joining has failed", async () => {
    const abort = new AbortController();
    const listeners = new Set<unknown>();
    const { addEventListener, removeEventListener } = abort.signal;
    abort.signal.addEventListener = function (this: AbortSignal, ...args: unknown[]): void {
      listeners.add(args[1]);
      Reflect.apply(addEventListener, this, args);
    };
    abort.signal.removeEventListener = function (this: AbortSignal, ...args: unknown[]): void {
      listeners.delete(args[1]);
      Reflect.apply(removeEventListener, this, args);
    };
    const [near, far] = pairOf();
    const joining = joinServer(near, { ...client(schemesNamed(["none"])), signal: abort.signal });
    joining.catch(() => {});
    await far.close();
    await expect(soon("joining", joining)).rejects.toThrow();
    expect(listeners.size).toBe(0);
  });
});
