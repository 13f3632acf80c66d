import { describe, expect, test } from "vitest";
import { RfbError } from "../../codec/errors.ts";
import { createClientFramer, createServerFramer, type Framer } from "../../codec/framer.ts";
import { DEFAULT_LIMITS } from "../../codec/limits.ts";
import type { Phase, Session } from "../../codec/session.ts";
import { be16, be32, bytewise, cut, hex, hexOf, join, splitsInThree } from "./bytes.ts";
import { errorOf } from "./errors.ts";
import {
  BEFORE_CLIENT_INIT,
  BEFORE_SERVER_INIT,
  CLIENT_STREAM,
  copyRect,
  desktopSize,
  lastRect,
  NORMAL,
  raw,
  rectangleHead,
  runFramer,
  SERVER_STREAM,
  update,
} from "./streams.ts";

const sides = [
  ["client", createClientFramer, BEFORE_CLIENT_INIT, CLIENT_STREAM],
  ["server", createServerFramer, BEFORE_SERVER_INIT, SERVER_STREAM],
] as const;

const serverTypes = (...chunks: Uint8Array[]) => {
  const run = runFramer(createServerFramer(), "server", NORMAL, chunks);
  if (run.error !== undefined) throw run.error;
  return run.events.map(({ type }) => type);
};

test("the client's stream comes out as its messages", () => {
  const run = runFramer(createClientFramer(), "client", BEFORE_CLIENT_INIT, [CLIENT_STREAM.slice()]);
  expect(run.error).toBeUndefined();
  expect(run.events.map(({ type }) => type)).toStrictEqual([
    "clientInit",
    "setPixelFormat",
    "setEncodings",
    "framebufferUpdateRequest",
    "keyEvent",
    "pointerEvent",
    "clientCutText",
    "clientCutText",
    "framebufferUpdateRequest",
  ]);
});

test("the server's stream comes out as messages, rectangles, payloads and ends", () => {
  const run = runFramer(createServerFramer(), "server", BEFORE_SERVER_INIT, [SERVER_STREAM.slice()]);
  expect(run.error).toBeUndefined();
  const said = run.events.map((event) => {
    if (event.type === "rectangle") return `rectangle ${event.encodingType}`;
    return event.type === "rectanglePayload" ? `payload ${hexOf(event.bytes)}` : event.type;
  });
  expect(said).toStrictEqual([
    "serverInit",
    "setColourMapEntries",
    "framebufferUpdate",
    "framebufferUpdateEnd",
    "bell",
    "framebufferUpdate",
    "rectangle 0",
    "payload 11223344",
    "rectangle 0",
    "payload ",
    "rectangle 1",
    "payload 00010000",
    "framebufferUpdateEnd",
    "framebufferUpdate",
    "rectangle -223",
    "payload ",
    "rectangle 0",
    "payload 55",
    "framebufferUpdateEnd",
    "framebufferUpdate",
    "rectangle 0",
    "payload 66",
    "rectangle -224",
    "payload ",
    "framebufferUpdateEnd",
    "serverCutText",
    "bell",
    "bell",
  ]);
});

describe.each(sides)("the framer of what a %s sends", (from, createFramer, start, stream) => {
  const whole = runFramer(createFramer(), from, start, [stream.slice()]);

  test("hands out all bytes as raw, and counts them", () => {
    expect(whole.raw).toStrictEqual(stream);
    expect(whole.consumed).toBe(stream.length);
  });

  test("says the same for every split in three", () => {
    for (const [i, j] of splitsInThree(stream.length)) {
      const run = runFramer(createFramer(), from, start, cut(stream, i, j));
      if (!same(run, whole)) expect(run, `split at ${i} and ${j}`).toStrictEqual(whole);
    }
  });

  test("says the same byte by byte, with empty chunks between", () => {
    const chunks = bytewise(stream).flatMap((byte) => [byte, new Uint8Array(0)]);
    expect(runFramer(createFramer(), from, start, chunks)).toStrictEqual(whole);
  });

  test("waits without an event where the stream breaks off", () => {
    let least = 0;
    for (let length = 0; length <= stream.length; length++) {
      const run = runFramer(createFramer(), from, start, [stream.slice(0, length)]);
      expect(run.error).toBeUndefined();
      expect(run.events).toStrictEqual(whole.events.slice(0, run.events.length));
      expect(run.events.length).toBeGreaterThanOrEqual(least);
      expect(run.consumed).toBe(run.raw.length);
      least = run.events.length;
    }
  });

  test("never writes to the bytes it is given, and what it handed out stays as it was", () => {
    for (const size of [1, 2, 3, 5, 7, 64]) {
      const framer: Framer<{ readonly type: string }> = createFramer() as Framer<{ readonly type: string }>;
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < stream.length; at += size) chunks.push(stream.slice(at, at + size));
      const copies = chunks.map((chunk) => chunk.slice());
      const views: (readonly [Uint8Array, string])[] = [];
      const run = runFramer(framer as never, from, start, chunks, () => {
        views.push([framer.raw(), hexOf(framer.raw())]);
      });
      expect(run.events).toHaveLength(whole.events.length);
      expect(chunks).toStrictEqual(copies);
      for (const [seen, before] of views) expect(hexOf(seen)).toBe(before);
    }
  });

  test("has no raw bytes before an event, after a push, and while it waits", () => {
    const framer = createFramer();
    expect(framer.raw()).toHaveLength(0);
    framer.push(stream.slice(0, 40));
    expect(framer.raw()).toHaveLength(0);
    framer.next(start);
    expect(framer.raw().length).toBeGreaterThan(0);
    framer.push(stream.slice(40, 41));
    expect(framer.raw()).toHaveLength(0);
  });

  test("has no raw bytes after a push, where the chunk joins what is held too", () => {
    const framer = createFramer();
    framer.push(hex("00"));
    framer.push(hex("000000"));
    framer.push(stream.slice(0, 30));
    const session = from === "client" ? start : NORMAL;
    expect(framer.next(session)).toBeDefined();
    expect(framer.raw().length).toBeGreaterThan(0);
    framer.push(hex("00"));
    expect(framer.raw()).toHaveLength(0);
  });

  test("raw and consumed belong to the last event", () => {
    const framer = createFramer();
    let consumed = 0;
    runFramer(framer, from, start, [stream.slice()], () => {
      expect(hexOf(framer.raw())).toBe(hexOf(stream.subarray(consumed, framer.consumed())));
      consumed = framer.consumed();
    });
    expect(consumed).toBe(stream.length);
  });

  test("counts nothing of a message that it could not read", () => {
    // A pixel format without a channel of red, or a colour map past its end.
    const bad = from === "client" ? "00000000 20180001000000ff00ff100800000000" : "0100ffff0002";
    const framer = createFramer();
    framer.push(hex(bad));
    expect(errorOf(() => framer.next(NORMAL)).code).toBe("malformed");
    expect(framer.consumed()).toBe(0);
    expect(framer.raw()).toHaveLength(0);
  });

  test("fails for ever with the same error, however much more comes", () => {
    const framer = createFramer();
    const run = runFramer(framer, from, start, [join([stream, hex("99 02 02")])]);
    expect(run.error).toBeInstanceOf(RfbError);
    expect(framer.consumed()).toBe(stream.length);
    framer.push(stream.slice());
    for (let i = 0; i < 3; i++) expect(catching(() => framer.next(run.session))).toBe(run.error);
    expect(framer.raw()).toHaveLength(0);
    expect(framer.consumed()).toBe(stream.length);
  });

  test.each([1, 3, 64, 4096])("tells the offset of an unknown message in the stream, in chunks of %d", (size) => {
    const bytes = join([stream, hex("99 02")]);
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
    const { error, events, consumed } = runFramer(createFramer(), from, start, chunks);
    expect(error).toMatchObject({ code: "unknownType", reason: "type 153", offset: stream.length });
    expect(events).toStrictEqual(whole.events);
    expect(consumed).toBe(stream.length);
  });
});

describe("phases", () => {
  test.each([
    "serverVersion",
    "clientVersion",
    "securityTypes",
    "securityType",
    "authentication",
    "securityResult",
    "refused",
  ] as const)("%s is too early for either framer", (phase: Phase) => {
    for (const createFramer of [createClientFramer, createServerFramer]) {
      const framer = createFramer();
      expect(framer.next({ ...NORMAL, phase })).toBeUndefined();
      framer.push(hex("02"));
      expect(errorOf(() => framer.next({ ...NORMAL, phase }))).toMatchObject({ code: "unexpected", offset: 0 });
    }
  });

  test("a server may not speak before the client's ClientInit", () => {
    const framer = createServerFramer();
    framer.push(hex("02"));
    expect(errorOf(() => framer.next({ ...NORMAL, phase: "clientInit" }))).toMatchObject({
      code: "unexpected",
      reason: "in phase clientInit",
    });
  });

  test("a client may speak while ServerInit is awaited", () => {
    const { events, session, error } = runFramer(createClientFramer(), "client", BEFORE_CLIENT_INIT, [
      hex("01 05010032003c"),
    ]);
    expect(error).toBeUndefined();
    expect(events.map(({ type }) => type)).toStrictEqual(["clientInit", "pointerEvent"]);
    expect(session.phase).toBe("serverInit");
  });
});

describe("a framebuffer update", () => {
  test("of 0 rectangles begins and ends", () => {
    expect(serverTypes(update(0))).toStrictEqual(["framebufferUpdate", "framebufferUpdateEnd"]);
    expect(serverTypes(update(0), update(0))).toHaveLength(4);
  });

  test("ends at a LastRect, whatever its count has promised", () => {
    for (const count of [1, 2, 9, 0xffff]) {
      expect(serverTypes(update(count, lastRect()), hex("02"))).toStrictEqual([
        "framebufferUpdate",
        "rectangle",
        "rectanglePayload",
        "framebufferUpdateEnd",
        "bell",
      ]);
    }
  });

  test("may have 65535 rectangles and no LastRect", () => {
    const empty = raw(0, 0, 0, 0, hex(""));
    const types = serverTypes(update(0xffff, join(new Array<Uint8Array>(0xffff).fill(empty))), hex("02"));
    expect(types).toHaveLength(1 + 2 * 0xffff + 1 + 1);
    expect(types.slice(-2)).toStrictEqual(["framebufferUpdateEnd", "bell"]);
  });

  test("names the encoding that it cannot find the end of", () => {
    for (const [number, name] of [
      [20, "20"],
      [-305, "-305"],
      [0x574d5664, "1464686180"],
    ] as const) {
      const stream = join([hex("02"), update(1, rectangleHead(0, 0, 1, 1, number))]);
      const { error } = runFramer(createServerFramer(), "server", NORMAL, bytewise(stream));
      expect(error).toMatchObject({
        code: "unknownType",
        message: `Cannot read a rectangle at 5: no end is known for encoding ${name}`,
      });
    }
  });

  test("of zero area has an empty payload, which is the last", () => {
    for (const [width, height] of [
      [0, 5],
      [5, 0],
      [0, 0],
    ] as const) {
      const framer = createServerFramer();
      framer.push(update(1, raw(0, 0, width, height, hex(""))));
      framer.next(NORMAL);
      expect(framer.next(NORMAL)).toMatchObject({ type: "rectangle", width, height });
      expect(framer.next(NORMAL)).toStrictEqual({ type: "rectanglePayload", bytes: new Uint8Array(0), last: true });
      expect(framer.next(NORMAL)).toStrictEqual({ type: "framebufferUpdateEnd" });
    }
  });

  test("hands over a payload as it comes, and says which piece is the last", () => {
    const framer = createServerFramer();
    const chunks = cut(update(1, raw(0, 0, 4, 2, hex("0102030405060708"))), 17, 17, 20);
    const pieces: string[] = [];
    for (const chunk of chunks) {
      framer.push(chunk);
      for (;;) {
        const event = framer.next(NORMAL);
        if (event === undefined) break;
        if (event.type !== "rectanglePayload") continue;
        expect(framer.raw()).toStrictEqual(event.bytes);
        pieces.push(`${hexOf(event.bytes)} ${event.last}`);
      }
    }
    expect(pieces).toStrictEqual(["01 false", "020304 false", "05060708 true"]);
  });

  test("takes a payload without a copy", () => {
    const framer = createServerFramer();
    const chunk = update(1, raw(0, 0, 4, 2, hex("0102030405060708")));
    framer.push(chunk);
    framer.next(NORMAL);
    framer.next(NORMAL);
    expect(framer.raw().buffer).toBe(chunk.buffer);
    expect(framer.next(NORMAL)).toMatchObject({ last: true });
    expect(framer.raw().buffer).toBe(chunk.buffer);
  });

  test("keeps a CopyRect's source whole", () => {
    const framer = createServerFramer();
    const pieces: Uint8Array[] = [];
    for (const byte of bytewise(update(1, copyRect(0, 0, 1, 1, 3, 4)))) {
      framer.push(byte);
      const event = framer.next(NORMAL);
      if (event?.type === "rectanglePayload") pieces.push(event.bytes.slice());
    }
    expect(pieces).toStrictEqual([hex("00030004")]);
  });

  test("is bounded by a DesktopSize inside it, from there on", () => {
    const pixel = hex("77");
    expect(serverTypes(update(2, desktopSize(21, 11), raw(20, 10, 1, 1, pixel)))).toContain("rectanglePayload");
    // A rectangle that came before it is held to the old size, and one after it to the new one.
    for (const stream of [
      update(2, raw(20, 10, 1, 1, pixel), desktopSize(21, 11)),
      update(2, desktopSize(19, 10), raw(19, 0, 1, 1, pixel)),
    ]) {
      expect(errorOf(() => serverTypes(stream)).code).toBe("malformed");
    }
  });

  test("goes on in the next one with the size that a DesktopSize has set", () => {
    const types = serverTypes(update(1, desktopSize(30, 30)), update(1, raw(29, 29, 1, 1, hex("01"))));
    expect(types.filter((type) => type === "framebufferUpdateEnd")).toHaveLength(2);
  });

  test("may touch the framebuffer's edges and not leave them", () => {
    for (const encoding of [0, 1]) {
      const body = encoding === 0 ? new Uint8Array(200) : new Uint8Array(4);
      expect(serverTypes(update(1, rectangleHead(0, 0, 20, 10, encoding), body))).toHaveLength(4);
      for (const [x, y, width, height] of [
        [0, 0, 21, 10],
        [0, 0, 20, 11],
        [1, 0, 20, 10],
        [0, 1, 20, 10],
        [65535, 0, 1, 1],
        [0, 65535, 1, 1],
        [65535, 65535, 65535, 65535],
        [21, 0, 0, 0],
      ] as const) {
        const stream = join([hex("02"), update(2, rectangleHead(x, y, width, height, encoding))]);
        const error = errorOf(() => serverTypes(...bytewise(stream)));
        expect(error).toMatchObject({ code: "malformed", offset: 5 });
        expect(error.reason).toBe(`${width}x${height} at ${x},${y} leaves the framebuffer of 20x10`);
      }
    }
  });

  test("a pseudo-encoding's place says nothing about the framebuffer", () => {
    expect(
      serverTypes(update(2, rectangleHead(500, 500, 20, 10, -223), rectangleHead(9999, 1, 9999, 1, -224))),
    ).toHaveLength(6);
  });

  test("takes the pixel format in force for the length of its payload", () => {
    for (const [bitsPerPixel, length] of [
      [8, 6],
      [16, 12],
      [32, 24],
    ] as const) {
      const session: Session = { ...NORMAL, pixelFormat: { ...NORMAL.pixelFormat!, bitsPerPixel } };
      const stream = update(1, raw(0, 0, 3, 2, new Uint8Array(length)));
      const run = runFramer(createServerFramer(), "server", session, [join([stream, hex("02")])]);
      expect(run.events.at(-1)).toStrictEqual({ type: "bell" });
      expect(run.events[2]).toMatchObject({ bytes: new Uint8Array(length) });
    }
  });

  test("a format asked for in the middle of an update takes effect with the next", () => {
    const framer = createServerFramer();
    let session: Session = { ...NORMAL, pixelFormatAsked: { ...NORMAL.pixelFormat!, bitsPerPixel: 16, depth: 16 } };
    // The update's head had been seen before the client asked.
    framer.push(update(2, raw(0, 0, 2, 1, hex("0102")), raw(0, 0, 2, 1, hex("0304"))));
    framer.next(NORMAL);
    const asked = runFramer(framer, "server", session, [new Uint8Array(0)]);
    expect(asked.events.filter(({ type }) => type === "rectanglePayload")).toHaveLength(2);
    session = asked.session;
    const next = runFramer(framer, "server", session, [update(1, raw(0, 0, 2, 1, hex("01020304"))), hex("02")]);
    expect(next.events.at(-1)).toStrictEqual({ type: "bell" });
  });

  test("without a ServerInit is the caller's fault: there are no pixels to measure", () => {
    const { pixelFormat: _, ...session } = NORMAL;
    const framer = createServerFramer();
    framer.push(update(1, raw(0, 0, 1, 1, hex("01"))));
    framer.next(session);
    expect(() => framer.next(session)).toThrow(TypeError);
  });
});

describe("limits in a stream", () => {
  test.each([
    ["ServerCutText", createServerFramer, NORMAL, join([hex("03000000"), be32(0xffffffff)]), "maxCutTextLength"],
    ["ClientCutText", createClientFramer, NORMAL, join([hex("06000000"), be32(0x80000000)]), "maxCutTextLength"],
    ["SetEncodings", createClientFramer, NORMAL, join([hex("0200"), be16(1025)]), "maxEncodings"],
    [
      "ServerInit's name",
      createServerFramer,
      BEFORE_SERVER_INIT,
      join([new Uint8Array(20), be32(0xffffffff)]),
      "maxNameLength",
    ],
    [
      "ServerInit's size",
      createServerFramer,
      BEFORE_SERVER_INIT,
      join([hex("ffff ffff"), new Uint8Array(20)]),
      "maxFramebufferSide",
    ],
  ] as const)("%s is refused with its head, however it came", (_name, createFramer, session, head, limit) => {
    for (const chunks of [[head.slice()], bytewise(head)]) {
      const { error, consumed } = runFramer(createFramer(), "server", session, chunks);
      expect(error).toMatchObject({ code: "limit", offset: 0 });
      expect((error as RfbError).reason).toContain(limit);
      expect(consumed).toBe(0);
    }
  });

  test("a DesktopSize over the limits is refused with its head", () => {
    for (const [width, height, limit] of [
      [16385, 1, "maxFramebufferSide"],
      [1, 65535, "maxFramebufferSide"],
      [8193, 8192, "maxFramebufferArea"],
    ] as const) {
      const { error } = runFramer(createServerFramer(), "server", NORMAL, [
        hex("02"),
        update(1, desktopSize(width, height)),
      ]);
      expect(error).toMatchObject({ code: "limit", offset: 5 });
      expect((error as RfbError).reason).toContain(limit);
    }
    expect(serverTypes(update(1, desktopSize(8192, 8192)))).toHaveLength(4);
  });

  test("the limits that a framer is made with are the ones in force", () => {
    const limits = { ...DEFAULT_LIMITS, maxCutTextLength: 3 };
    const text = (length: number) => join([hex("000000"), be32(length), new Uint8Array(length)]);
    for (const [createFramer, type] of [
      [createClientFramer, 6],
      [createServerFramer, 3],
    ] as const) {
      const framer = createFramer(limits);
      framer.push(join([Uint8Array.of(type), text(3), Uint8Array.of(type), text(4)]));
      expect(framer.next(NORMAL)).toMatchObject({ text: new Uint8Array(3) });
      expect(errorOf(() => framer.next(NORMAL))).toMatchObject({ code: "limit", offset: 11 });
    }
  });

  test("an announced length reserves nothing", () => {
    const framer = createServerFramer();
    const head = join([hex("03000000"), be32(1024 * 1024)]);
    framer.push(head);
    expect(framer.next(NORMAL)).toBeUndefined();
    framer.push(hex("aa"));
    expect(framer.next(NORMAL)).toBeUndefined();
    framer.push(new Uint8Array(1024 * 1024 - 1));
    const text = framer.next(NORMAL);
    expect(text).toMatchObject({ type: "serverCutText" });
    // The carry is what came, doubled at most.
    expect(framer.raw().buffer.byteLength).toBeLessThanOrEqual(2 * (1024 * 1024 + 8));
  });
});

test("a malformed SetPixelFormat is told at its place in the stream", () => {
  const bad = hex("00000000 2018000100fe00ff00ff100800000000");
  const { error, events, consumed, raw } = runFramer(
    createClientFramer(),
    "client",
    NORMAL,
    bytewise(join([hex("05010032003c"), bad])),
  );
  expect(events).toHaveLength(1);
  expect(consumed).toBe(6);
  expect(raw).toHaveLength(6);
  expect(error).toMatchObject({
    code: "malformed",
    message: "Cannot read a PixelFormat at 10: red-max 254",
  });
});

function catching(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

/** A quick look before the slow one that explains. */
function same(run: ReturnType<typeof runFramer>, whole: ReturnType<typeof runFramer>): boolean {
  return (
    run.error === whole.error &&
    run.consumed === whole.consumed &&
    hexOf(run.raw) === hexOf(whole.raw) &&
    JSON.stringify([run.events, run.session]) === JSON.stringify([whole.events, whole.session])
  );
}
