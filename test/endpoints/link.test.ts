import { describe, expect, test } from "vitest";
import { RfbError } from "../../codec/errors.ts";
import { driveTo, type Link, type Machine, readFrom, whilePresent } from "../../endpoints/link.ts";
import { createMemoryPair } from "../../transports/memory.ts";
import type { Transport } from "../../transports/transport.ts";
import { hex, hexOf } from "../codec/bytes.ts";
import { sleep, soon, withResolvers } from "../proxy/bed.ts";
import { peerOver } from "../proxy/peer.ts";

type Step =
  | { readonly type: "send"; readonly bytes: Uint8Array }
  | { readonly type: "startTls"; readonly kind: "x509" | "anonymous" }
  | { readonly type: "wait"; readonly until: Promise<unknown> }
  | { readonly type: "decide" }
  | { readonly type: "done"; readonly rest: Uint8Array };

/** Steps in a row; undefined is a step that waits for a push. */
function machine(...steps: (Step | undefined)[]): Machine<Step> & { readonly pushed: Uint8Array[] } {
  const pushed: Uint8Array[] = [];
  return {
    pushed,
    push(chunk) {
      pushed.push(chunk);
      steps.shift();
    },
    next: () => (steps[0] === undefined ? undefined : steps.shift()),
    end: () => {
      throw new RfbError("truncated", "Cannot go on", "the end");
    },
  };
}

describe("driveTo", () => {
  test("carries steps out in their order, up to the one that was asked for", async () => {
    const [near, far] = createMemoryPair({ chunk: 2 });
    const waited = withResolvers();
    const handshake = machine(
      { type: "send", bytes: hex("0102") },
      undefined,
      { type: "wait", until: waited.promise },
      { type: "send", bytes: hex("03") },
      { type: "decide" },
      { type: "done", rest: hex("") },
    );
    const link = { handshake, transport: near };
    const driven = driveTo(link, "decide");
    const peer = peerOver(far);
    await soon("first", peer.hear(hex("0102")));
    await peer.send(hex("aabb"));
    let heard = false;
    const third = peer.hear(hex("03")).then(() => {
      heard = true;
    });
    await sleep(5);
    expect(heard).toBe(false);
    waited.resolve();
    await soon("third", third);
    expect(await soon("decide", driven)).toStrictEqual({ type: "decide" });
    expect(handshake.pushed.map(hexOf)).toStrictEqual(["aabb"]);
    expect(await soon("done", driveTo(link, "done"))).toMatchObject({ type: "done" });
  });

  test("says which step came where another was asked for", async () => {
    const [near] = createMemoryPair();
    const link = { handshake: machine({ type: "decide" }), transport: near };
    await expect(driveTo(link, "done")).rejects.toThrow("Cannot drive a handshake to done: it is at decide");
  });

  test("ends the handshake where the peer ends", async () => {
    const [near, far] = createMemoryPair();
    await far.close();
    await expect(driveTo({ handshake: machine(undefined), transport: near }, "done")).rejects.toThrow("the end");
  });

  test("fails with what a wait failed with by the step after it, not by the wait", async () => {
    const [near] = createMemoryPair();
    const until = Promise.reject(new Error("nobody knows"));
    await expect(driveTo({ handshake: machine({ type: "wait", until }), transport: near }, "done")).rejects.toThrow(
      "nobody knows",
    );
  });

  test("takes the transport that TLS makes, and the options that were given for its kind", async () => {
    const [near, far] = createMemoryPair({ tlsKinds: ["anonymous"] });
    const link: Link<Machine<Step>> = {
      handshake: machine({ type: "startTls", kind: "anonymous" }, { type: "decide" }),
      transport: near,
      tls: (kind) => ({ role: "client", kind }),
    };
    const peer = peerOver(far);
    await Promise.all([soon("decide", driveTo(link, "decide")), peer.startTls("anonymous", "server")]);
    expect(link.transport).not.toBe(near);
    expect(link.transport.tls).toBeDefined();
  });

  test.each([
    ["the transport has no TLS", createMemoryPair()[0], true],
    ["nothing says how", createMemoryPair({ tlsKinds: ["x509"] })[0], false],
  ] as const)("does not go on in clear where %s", async (_what, transport, hasOptions) => {
    const link: Link<Machine<Step>> = {
      handshake: machine({ type: "startTls", kind: "x509" }, { type: "decide" }),
      transport,
      ...(hasOptions && { tls: (kind) => ({ role: "client", kind }) }),
    };
    await expect(driveTo(link, "decide")).rejects.toThrow("Cannot start x509 TLS: this transport has none");
  });

  test("does not start TLS under a read that is under way", async () => {
    const [near, far] = createMemoryPair({ tlsKinds: ["x509"] });
    const link: Link<Machine<Step>> = {
      handshake: machine({ type: "startTls", kind: "x509" }, { type: "decide" }),
      transport: near,
      tls: (kind) => ({ role: "client", kind }),
    };
    await whilePresent(link, "server", Promise.resolve());
    await expect(driveTo(link, "decide")).rejects.toMatchObject({ code: "insecure" });
    await far.close();
  });
});

describe("whilePresent", () => {
  function link(options = {}): { link: Link<unknown>; far: Transport } {
    const [near, far] = createMemoryPair(options);
    return { link: { handshake: undefined, transport: near }, far };
  }

  test("gives what the work gives, or fails with what it fails with", async () => {
    const { link: present } = link();
    expect(await whilePresent(present, "client", Promise.resolve(7))).toBe(7);
    await expect(whilePresent(present, "client", Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  });

  test.each(["client", "server"] as const)(
    "fails as soon as the %s leaves, and leaves the work alone",
    async (peer) => {
      for (const leave of ["close", "abort"] as const) {
        const { link: present, far } = link();
        let finished = false;
        const work = sleep(30).then(() => {
          finished = true;
        });
        const watched = whilePresent(present, peer, work);
        await far[leave]();
        await expect(soon("leaving", watched, 20)).rejects.toMatchObject({
          name: "RfbError",
          code: "truncated",
          message: `Cannot pass security: the ${peer} left`,
        });
        expect(finished).toBe(false);
        await work;
        expect(finished).toBe(true);
      }
    },
  );

  test("fails with a connection that breaks, and tells what broke it", async () => {
    const [near] = createMemoryPair();
    const cause = new Error("ECONNRESET");
    const transport = { ...near, read: () => Promise.reject(cause) };
    await expect(
      whilePresent({ handshake: undefined, transport }, "client", new Promise(() => {})),
    ).rejects.toMatchObject({ code: "truncated", cause });
  });

  test("keeps what the peer sends meanwhile for the next reader, one read of it", async () => {
    const { link: present, far } = link({ chunk: 2 });
    await far.write(hex("01020304"));
    await whilePresent(present, "client", sleep(5));
    await whilePresent(present, "client", sleep(5));
    expect(hexOf((await readFrom(present))!)).toBe("0102");
    expect(hexOf((await readFrom(present))!)).toBe("0304");
  });

  test("hands a read that has not ended on to the next reader", async () => {
    const { link: present, far } = link();
    await whilePresent(present, "client", Promise.resolve());
    const reading = readFrom(present);
    await far.write(hex("05"));
    expect(hexOf((await soon("read", reading))!)).toBe("05");
  });

  test("sees a peer leave that is asked after twice", async () => {
    const { link: present, far } = link();
    await whilePresent(present, "client", Promise.resolve());
    await far.close();
    await sleep(1);
    await expect(soon("second", whilePresent(present, "client", new Promise(() => {})))).rejects.toThrow(
      "the client left",
    );
  });
});
