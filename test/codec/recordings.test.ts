import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { equals } from "@std/bytes";
import { describe, expect, test } from "vitest";
import type { ClientMessage } from "../../codec/client/mod.ts";
import { decodeSetPixelFormat } from "../../codec/client/mod.ts";
import type { RfbError } from "../../codec/errors.ts";
import { createFramebuffer, type Framebuffer } from "../../codec/framebuffer.ts";
import { createClientFramer, createServerFramer } from "../../codec/framer.ts";
import { createClientHandshake, decodeProtocolVersion } from "../../codec/handshake/mod.ts";
import { NEW_SESSION, observe, type Session } from "../../codec/session.ts";
import { bytewise, hex, join } from "./bytes.ts";
import { none, runClient } from "./handshake/runs.ts";
import { hasCorpus, recordings, withCorpus } from "./recordings.ts";
import { runFramer } from "./streams.ts";

/** Frames all that the server sends after security, in chunks, and draws it. */
function replay(
  server: Uint8Array,
  initAt: number,
  chunkSize: number,
  format: Session["pixelFormatAsked"],
): { run: ReturnType<typeof runFramer>; framebuffer: Framebuffer | undefined } {
  const stream = server.subarray(initAt);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += chunkSize) chunks.push(stream.slice(at, at + chunkSize));
  let framebuffer: Framebuffer | undefined;
  // The client has asked by now: no update is outstanding before its first request.
  const session: Session = {
    ...NEW_SESSION,
    phase: "serverInit",
    version: "3.8",
    ...(format && { pixelFormatAsked: format }),
  };
  const run = runFramer(createServerFramer(), "server", session, chunks, (event, before) => {
    if (event.type === "serverInit") {
      const { framebufferWidth, framebufferHeight, serverPixelFormat } = event;
      framebuffer = createFramebuffer(framebufferWidth, framebufferHeight, format ?? serverPixelFormat);
    } else {
      framebuffer?.apply(event as never);
    }
    expect(before.phase).toMatch(/^(serverInit|normal)$/);
  });
  return { run, framebuffer };
}

function sha256OfRgb(framebuffer: Framebuffer): string {
  return createHash("sha256")
    .update(framebuffer.toRgba().filter((_, i) => i % 4 !== 3))
    .digest("hex");
}

describe("a whole connection of TigerVNC's Xtigervnc, 480 × 360 with 6 bits of colour", () => {
  // The corpus's xtigervnc-raw-rgb222: 4 updates of 72 Raw rectangles.
  const server = new Uint8Array(
    gunzipSync(readFileSync(new URL("../fixtures/xtigervnc-raw-rgb222.server.bin.gz", import.meta.url))),
  );
  const { pixelFormat } = decodeSetPixelFormat(hex("00000000 08060001000300030003040200 000000"));

  test("is what was recorded", () => {
    expect(createHash("sha256").update(server).digest("hex")).toBe(
      "4f9352ec37fa2e98c9ff6f6ad92dcb80bd1fb76c13b80779baf262a5168177bb",
    );
  });

  test.each([1460, 65536, 281841])("is framed to its last byte in chunks of %d, and draws the true picture", (size) => {
    const { run, framebuffer } = replay(server, 18, size, pixelFormat);
    expect(run.error).toBeUndefined();
    expect(run.consumed).toBe(server.length - 18);
    expect(equals(run.raw, server.subarray(18))).toBe(true);
    expect(run.events.filter(({ type }) => type === "framebufferUpdateEnd")).toHaveLength(4);
    expect(run.events.filter(({ type }) => type === "rectangle")).toHaveLength(72);
    expect(run.events.at(-1)).toStrictEqual({ type: "framebufferUpdateEnd" });
    expect(sha256OfRgb(framebuffer!)).toBe("b9177ed254a47b641477a190e604719ec395387494bd34aea2715a96e818efb7");
  });

  test("says the same byte by byte", () => {
    const some = server.subarray(0, 12_000);
    const whole = replay(some, 18, some.length, pixelFormat);
    const single = replay(some, 18, 1, pixelFormat);
    expect(single.run.consumed).toBe(whole.run.consumed);
    expect(equals(single.run.raw, whole.run.raw)).toBe(true);
    expect(equals(single.framebuffer!.pixels, whole.framebuffer!.pixels)).toBe(true);
  });
});

// Rectangles and messages that have no other layout than RFC 6143's, CopyRect and Raw, and the sizes.
const WALKABLE = new Set(["raw", "copyrect", "desktopSize", "lastRect"]);
const FRAMED = new Set(["FramebufferUpdate", "SetColourMapEntries", "Bell", "ServerCutText"]);

const walkable = recordings().filter(
  ({ meta }) =>
    meta.kind === "pixels" &&
    Object.keys(meta.rects ?? {}).every((name) => WALKABLE.has(name)) &&
    Object.keys(meta.messages ?? {}).every((name) => FRAMED.has(name)),
);

test.skipIf(!hasCorpus)(`the corpus has recordings that we can walk to the end${withCorpus}`, () => {
  expect(walkable.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "qemu-raw-rgb565be",
      "x11vnc-fallback",
      "x11vnc-raw-rgb555le",
      "xtigervnc-raw-rgb222",
      "xtigervnc-raw-rgb332",
      "xtigervnc-raw-rgb565le",
      "xtigervnc-raw-rgb888le",
    ]),
  );
});

describe.skipIf(!hasCorpus)(`recordings${withCorpus}`, () => {
  test.each(walkable.map((recording) => [recording.name, recording] as const))(
    "%s is framed to its last byte and draws its true picture",
    (_name, { meta, server, client }) => {
      const asked = askedBy(client());
      for (const size of [1460, 65536]) {
        const { run, framebuffer } = replay(server(), handshakeOf(server(), client()), size, asked);
        expect(run.error).toBeUndefined();
        expect(run.consumed).toBe(server().length - handshakeOf(server(), client()));
        expect(run.events.filter(({ type }) => type === "rectangle")).toHaveLength(
          Object.values(meta.rects!).reduce((sum, count) => sum + count, 0),
        );
        expect(framebuffer).toMatchObject({ width: meta.width, height: meta.height });
        expect(sha256OfRgb(framebuffer!)).toBe(meta.rgb_sha256);
      }
    },
  );

  test("what clients sent is framed to the end, or to the first message that is not RFC 6143's", () => {
    let whole = 0;
    for (const { name, meta, client } of recordings()) {
      if (meta.kind !== "pixels" || meta.security !== "None" || name.includes("tightsecurity")) continue;
      const stream = client().subarray(decodeProtocolVersion(client()).minor < 7 ? 12 : 13);
      const session: Session = { ...NEW_SESSION, phase: "clientInit", version: "3.8" };
      const run = runFramer(createClientFramer(), "client", session, [stream]);
      const again = runFramer(createClientFramer(), "client", session, bytewise(stream));
      expect(again.events, name).toStrictEqual(run.events);
      expect(equals(run.raw, stream.subarray(0, run.consumed)), name).toBe(true);
      if (run.error === undefined) {
        expect(run.consumed, name).toBe(stream.length);
        whole += 1;
      } else {
        // Extended clipboards claim 4 GB of cut text; the others are types of their own.
        expect(run.error, name).toMatchObject(
          stream[run.consumed] === 6 ? { code: "limit" } : { code: "unknownType", offset: run.consumed },
        );
        expect([6, 150, 248, 250, 251, 255], name).toContain(stream[run.consumed]);
      }
    }
    expect(whole).toBeGreaterThan(100);
  });

  test("every other recording is framed up to what we have no layout for, and that is named", () => {
    for (const { name, meta, server, client } of recordings()) {
      if (meta.kind !== "pixels" || meta.security !== "None" || name.includes("tightsecurity")) continue;
      if (walkable.some((recording) => recording.name === name)) continue;
      const initAt = handshakeOf(server(), client());
      const { run } = replay(server(), initAt, 65536, askedBy(client()));
      // An extended clipboard claims 4 GB of cut text.
      const expected = name.includes("continuous") || name.includes("clipboard") ? /unknownType|limit/ : /unknownType/;
      expect((run.error as RfbError | undefined)?.code, name).toMatch(expected);
      expect((run.error as RfbError).offset, name).toBe(run.consumed);
      expect(equals(run.raw, server().subarray(initAt, initAt + run.consumed)), name).toBe(true);
    }
  });
});

/** Where ServerInit begins. */
function handshakeOf(server: Uint8Array, client: Uint8Array): number {
  const { minor } = decodeProtocolVersion(client);
  const greeting = minor < 8 ? client.slice(0, 12) : server.slice(0, 12);
  const { rest } = runClient(createClientHandshake(), [join([greeting, server.slice(12)])], () => [1, none()]);
  return server.length - rest!.length;
}

function askedBy(client: Uint8Array): Session["pixelFormatAsked"] {
  const stream = client.subarray(decodeProtocolVersion(client).minor < 7 ? 12 : 13);
  const session: Session = { ...NEW_SESSION, phase: "clientInit", version: "3.8" };
  const { events } = runFramer(createClientFramer(), "client", session, [stream]);
  return events.reduce((before, event) => observe(before, "client", event as ClientMessage), session).pixelFormatAsked;
}
