import { describe, expect, test } from "vitest";
import { RfbError } from "../../codec/errors.ts";
import {
  type ClientEvent,
  createClientFramer,
  createServerFramer,
  type Framer,
  type FramerExtensions,
  type ServerEvent,
} from "../../codec/framer.ts";
import { DEFAULT_LIMITS } from "../../codec/limits.ts";
import { Encoding } from "../../codec/names.ts";
import type { Phase, Session } from "../../codec/session.ts";
import { be16, be32, bytewise, cut, hex, hexOf, join, splitsInThree } from "./bytes.ts";
import { errorOf } from "./errors.ts";
import {
  AGREED,
  BEFORE_CLIENT_INIT,
  BEFORE_SERVER_INIT,
  CLIENT_STREAM,
  copyRect,
  desktopSize,
  EXTENDED_CLIENT_STREAM,
  EXTENDED_SERVER_STREAM,
  lastRect,
  NORMAL,
  raw,
  rectangleHead,
  runFramer,
  SERVER_STREAM,
  update,
} from "./streams.ts";

const sides = [
  ["client", "", createClientFramer, BEFORE_CLIENT_INIT, CLIENT_STREAM],
  ["server", "", createServerFramer, BEFORE_SERVER_INIT, SERVER_STREAM],
  ["client", " besides RFC 6143", createClientFramer, AGREED, EXTENDED_CLIENT_STREAM],
  ["server", " besides RFC 6143", createServerFramer, AGREED, EXTENDED_SERVER_STREAM],
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

test("what a client says besides RFC 6143 comes out as its messages", () => {
  const run = runFramer(createClientFramer(), "client", AGREED, [EXTENDED_CLIENT_STREAM.slice()]);
  expect(run.error).toBeUndefined();
  expect(run.session).toBe(AGREED);
  expect(run.events.map(({ type }) => type)).toStrictEqual([
    "pointerEvent",
    "pointerEvent",
    "extendedClientCutText",
    "extendedClientCutText",
    "extendedClientCutText",
    "clientCutText",
    "setScaleFactor",
    "enableContinuousUpdates",
    "clientNtp",
    "clientFence",
    "clientXvp",
    "setDesktopSize",
    "giiClientVersion",
    "giiEvents",
    "qemuExtendedKeyEvent",
    "qemuAudioEnable",
    "qemuAudioSetFormat",
  ]);
});

test("what a server says besides RFC 6143 comes out as its messages", () => {
  const run = runFramer(createServerFramer(), "server", AGREED, [EXTENDED_SERVER_STREAM.slice()]);
  expect(run.error).toBeUndefined();
  expect(run.events.map(({ type }) => type)).toStrictEqual([
    "serverFence",
    "endOfContinuousUpdates",
    "extendedServerCutText",
    "extendedServerCutText",
    "extendedServerCutText",
    "serverCutText",
    "palmResizeFrameBuffer",
    "framebufferUpdate",
    "rectangle",
    "rectanglePayload",
    "framebufferUpdateEnd",
    "serverNtp",
    "serverXvp",
    "giiServerVersion",
    "unknownGii",
    "qemuAudioBegin",
    "qemuAudioData",
    "qemuAudioEnd",
  ]);
});

describe.each(sides)("the framer of what a %s sends%s", (from, _what, createFramer, start, stream) => {
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
    // A KeyEvent, or an update without rectangles.
    const head = hex(from === "client" ? "0401000000000041" : "00000000");
    const framer = createFramer();
    framer.push(head.slice(0, 1));
    framer.push(head.slice(1));
    framer.push(stream.slice(0, 30));
    expect(framer.next(NORMAL)).toBeDefined();
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
      [20, "H264 (20)"],
      [-305, "gii (-305)"],
      [1024, "1024"],
    ] as const) {
      const stream = join([hex("02"), update(1, rectangleHead(0, 0, 1, 1, number))]);
      const { error } = runFramer(createServerFramer(), "server", NORMAL, bytewise(stream));
      expect(error).toMatchObject({
        code: "unknownType",
        message: `Cannot read a rectangle at 5: no end is known for encoding ${name}, 1x1 at 0,0`,
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

  test.each([
    ["Hextile", rectangleHead(0, 0, 4, 2, Encoding.Hextile), hex("01 0102030405060708")],
    ["TRLE", rectangleHead(0, 0, 4, 2, Encoding.TRLE), hex("02 0102 1020")],
    ["Tight", rectangleHead(0, 0, 20, 10, Encoding.Tight), hex("40 01 01 0102 02 0304")],
    ["CursorWithAlpha", rectangleHead(0, 0, 1, 1, Encoding.CursorWithAlpha), hex("00000000 01020304")],
  ])("begins each rectangle of %s as it began the one before", (_, head, bytes) => {
    const framer = createServerFramer({ ...DEFAULT_LIMITS, maxRectangleLength: bytes.length });
    const { events, error } = runFramer(framer, "server", NORMAL, [update(3, head, bytes, head, bytes, head, bytes)]);
    expect(error).toBeUndefined();
    expect(events.filter(({ type }) => type === "rectanglePayload")).toStrictEqual(
      new Array(3).fill({ type: "rectanglePayload", bytes, last: true }),
    );
  });

  test("has no palette of TRLE left from the rectangle before", () => {
    const head = rectangleHead(0, 0, 4, 2, Encoding.TRLE);
    const bytes = update(2, head, hex("02 0102 1020"), head, hex("7f 1020"));
    const { error } = runFramer(createServerFramer(), "server", NORMAL, [bytes]);
    expect(error).toMatchObject({ code: "malformed", reason: "subencoding 127 before any palette", offset: 33 });
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

describe("a stream that ends", () => {
  const whole = update(2, raw(0, 0, 2, 1, hex("0102")), raw(0, 1, 2, 1, hex("0304")));

  test.each([
    ["within a message", hex("03000000 00000003 6161"), 0, "Cannot read a server message", "10 bytes into it"],
    ["within an update's head", whole.subarray(0, 3), 0, "Cannot read a server message", "3 bytes into it"],
    ["before a rectangle", whole.subarray(0, 4), 4, "Cannot read an update: 2 rectangles are missing", "too early"],
    [
      "within a rectangle's head",
      whole.subarray(0, 10),
      4,
      "Cannot read an update: 2 rectangles are missing",
      "too early",
    ],
    ["within a payload", whole.subarray(0, 17), 17, "Cannot read a rectangle's payload", "too early"],
    ["between rectangles", whole.subarray(0, 18), 18, "Cannot read an update: 1 rectangles are missing", "too early"],
  ] as const)("%s", (_, stream, offset, act, where) => {
    for (const chunks of [[stream.slice()], bytewise(stream)]) {
      const framer = createServerFramer();
      const { error } = runFramer(framer, "server", NORMAL, chunks);
      expect(error).toBeUndefined();
      const told = { code: "truncated", offset, message: `${act} at ${offset}: the stream ends ${where}` };
      expect(errorOf(() => framer.end())).toMatchObject(told);
      expect(errorOf(() => framer.next(NORMAL))).toMatchObject(told);
    }
  });

  test("between messages is whole", () => {
    for (const stream of [new Uint8Array(0), whole, join([whole, hex("02")])]) {
      const framer = createServerFramer();
      runFramer(framer, "server", NORMAL, [stream.slice()]);
      framer.end();
    }
  });

  test("in a fault ends in that fault", () => {
    const framer = createClientFramer();
    const { error } = runFramer(framer, "client", NORMAL, [hex("c8")]);
    expect(errorOf(() => framer.end())).toBe(error);
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
      expect(framer.next(NORMAL)).toStrictEqual({ type: "skippedMessage", messageType: type, length: 12 });
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

describe("a PointerEvent", () => {
  const types = (session: Session, stream: Uint8Array) => {
    for (let at = 0; at <= stream.length; at++) {
      const whole = runFramer(createClientFramer(), "client", session, [stream.slice()]);
      expect(runFramer(createClientFramer(), "client", session, cut(stream, at))).toStrictEqual(whole);
    }
    const { events, error } = runFramer(createClientFramer(), "client", session, bytewise(stream));
    expect(error).toBeUndefined();
    return events;
  };
  const twice = hex("05 80 0032 003c 02  05 01 0032 003c");

  test("has a seventh byte where bit 7 tells, once both sides have agreed on that", () => {
    expect(types({ ...NORMAL, extendedMouseButtons: true }, twice)).toStrictEqual([
      { type: "pointerEvent", buttonMask: 0x80, x: 50, y: 60, extendedButtonMask: 2 },
      { type: "pointerEvent", buttonMask: 1, x: 50, y: 60 },
    ]);
  });

  test("has six bytes before: bit 7 is a button like another", () => {
    // The byte too many begins a SetEncodings of one encoding, whose number the rest is.
    expect(types(NORMAL, hex("05 80 0032 003c 02 00 0001 00000007"))).toStrictEqual([
      { type: "pointerEvent", buttonMask: 0x80, x: 50, y: 60 },
      { type: "setEncodings", encodingTypes: [7] },
    ]);
  });

  test("is longer from the server's rectangle on, not from the client's list on", () => {
    const listed = runFramer(createClientFramer(), "client", NORMAL, [hex("02 00 0001 fffffec4")]).session;
    expect(listed.extendedMouseButtons).toBe(false);
    const answer = update(1, rectangleHead(0, 0, 0, 0, Encoding.ExtendedMouseButtons));
    const agreed = runFramer(createServerFramer(), "server", listed, [answer]);
    expect(agreed.error).toBeUndefined();
    expect(agreed.session.extendedMouseButtons).toBe(true);
  });
});

describe.each([
  ["client", 6, createClientFramer],
  ["server", 3, createServerFramer],
] as const)("a cut text of negative length from a %s", (from, type, createFramer) => {
  const said = (session: Session, length: number, ...rest: readonly Uint8Array[]) => {
    const stream = join([Uint8Array.of(type, 0, 0, 0), be32(length), ...rest]);
    const whole = runFramer(createFramer(), from, session, [stream.slice()]);
    for (const chunks of [bytewise(stream), ...Array.from(stream, (_, at) => cut(stream, at))]) {
      const pieces = runFramer(createFramer(), from, session, chunks);
      expect(pieces.events).toStrictEqual(whole.events);
      expect(pieces.error).toStrictEqual(whole.error);
    }
    return whole;
  };
  const request = hex("02000001");

  test("is extended, once the client has listed that", () => {
    const { events, error, consumed } = said(AGREED, -4, request, said(NORMAL, 1, hex("61")).raw);
    expect(error).toBeUndefined();
    expect(events).toMatchObject([{ flags: 0x02000001 }, { text: hex("61") }]);
    expect(consumed).toBe(12 + 9);
  });

  test("is 4 GB of text before", () => {
    expect(said(NORMAL, -4, request).error).toMatchObject({
      code: "limit",
      reason: "limit maxCutTextLength is 1048576, got 4294967292",
      offset: 0,
    });
  });

  test("may have more than its flags call for, which is passed over", () => {
    const { events, error } = said(AGREED, -9, request, hex("0102030405"), said(NORMAL, 1, hex("61")).raw);
    expect(error).toBeUndefined();
    expect(events).toMatchObject([{ flags: 0x02000001, maximumSizes: [], deflated: hex("") }, { text: hex("61") }]);
  });

  test.each([-1, -2, -3, -0x80000000])("is malformed with %d", (length) => {
    // However much a caller allows: there is no such body.
    const framer = createFramer({ ...DEFAULT_LIMITS, maxCutTextLength: Number.POSITIVE_INFINITY });
    framer.push(join([Uint8Array.of(type, 0, 0, 0), be32(length)]));
    expect(errorOf(() => framer.next(AGREED))).toMatchObject({
      code: "malformed",
      message: `Cannot read an extended clipboard at 0: a length of ${length}`,
    });
    expect(said(AGREED, length, request).error).toMatchObject({ code: "malformed", offset: 0 });
  });

  test("is held to the limit of any cut text", () => {
    const over = join([Uint8Array.of(type, 0, 0, 0), be32(-(1024 * 1024 + 1)), new Uint8Array(1024 * 1024 + 1)]);
    expect(runFramer(createFramer(), from, AGREED, [over]).events).toStrictEqual([
      { type: "skippedMessage", messageType: type, length: 1024 * 1024 + 9 },
    ]);
    expect(said(AGREED, -(1024 * 1024)).error).toBeUndefined();
  });

  test.each([
    ["00000001", "no action in flags 0x00000001"],
    ["06000001", "no action in flags 0x06000001"],
    ["80000000", "no action in flags 0x80000000"],
    ["01000003 00000000", "capabilities of 2 formats in 8 bytes"],
    ["0100ffff", "capabilities of 16 formats in 4 bytes"],
  ])("is malformed with the body %s", (body, reason) => {
    const bytes = hex(body);
    const { error, consumed } = said(AGREED, -bytes.length, bytes);
    expect(error).toMatchObject({ code: "malformed", reason, offset: 0 });
    expect(consumed).toBe(0);
  });

  test("may still come when the client has listed something else since", () => {
    const session = runFramer(createClientFramer(), "client", NORMAL, [
      hex("02 00 0001 c0a1e5ce  02 00 0001 00000000"),
    ]).session;
    expect(session.encodingTypes).toStrictEqual([0]);
    expect(said(session, -4, request).events).toMatchObject([{ flags: 0x02000001 }]);
  });
});

describe.each([
  ["client", createClientFramer],
  ["server", createServerFramer],
] as const)("a fence of a %s", (from, createFramer) => {
  const behind = from === "client" ? hex("050100010002") : hex("02");
  const said = (length: number) => {
    const payload = Uint8Array.from({ length }, (_, i) => i + 1);
    const stream = join([hex("f8000000 80000007"), Uint8Array.of(length), payload, behind]);
    const whole = runFramer(createFramer(), from, NORMAL, [stream.slice()]);
    expect(whole.consumed).toBe(stream.length);
    expect(whole.error).toBeUndefined();
    expect(runFramer(createFramer(), from, NORMAL, bytewise(stream))).toStrictEqual(whole);
    for (let at = 0; at <= stream.length; at++) {
      expect(runFramer(createFramer(), from, NORMAL, cut(stream, at))).toStrictEqual(whole);
    }
    expect(whole.events).toHaveLength(2);
    return whole.events[0];
  };

  test.each([0, 1, 63, 64])("keeps %d bytes of payload", (length) => {
    expect(said(length)).toStrictEqual({
      type: `${from}Fence`,
      flags: 0x80000007,
      payload: Uint8Array.from({ length }, (_, i) => i + 1),
    });
  });

  test.each([65, 255])("of %d bytes is read to its end, keeps 64 and says how many it dropped", (length) => {
    expect(said(length)).toStrictEqual({
      type: `${from}Fence`,
      flags: 0x80000007,
      payload: Uint8Array.from({ length: 64 }, (_, i) => i + 1),
      droppedLength: length - 64,
    });
  });
});

describe.each([
  ["client", createClientFramer, hex("ff02 0000")],
  ["server", createServerFramer, hex("ff00 0000")],
] as const)("QEMU's message of a %s", (from, createFramer, unknown) => {
  test("names a submessage that is unknown", () => {
    for (const chunks of [[unknown.slice()], bytewise(unknown)]) {
      expect(runFramer(createFramer(), from, NORMAL, chunks).error).toMatchObject({
        code: "unknownType",
        message: `Cannot read a QEMU ${from} message at 0: submessage ${unknown[1]}`,
      });
    }
  });

  test("names an audio operation that is unknown", () => {
    for (const chunks of [[hex("ff010003")], bytewise(hex("ff010003"))]) {
      expect(runFramer(createFramer(), from, NORMAL, chunks).error).toMatchObject({
        code: "unknownType",
        message: `Cannot read a QEMU ${from} message at 0: audio operation 3`,
      });
    }
  });
});

test.each([
  ["client", createClientFramer],
  ["server", createServerFramer],
] as const)("neatvnc's NTP of a %s is unknown where the client has not listed it", (from, createFramer) => {
  const ntp = join([hex("a0"), new Uint8Array(19)]);
  expect(runFramer(createFramer(), from, NORMAL, bytewise(ntp)).error).toMatchObject({
    code: "unknownType",
    message: `Cannot read a ${from} message at 0: type NTP of neatvnc (160)`,
  });
  expect(runFramer(createFramer(), from, AGREED, bytewise(ntp)).events).toMatchObject([{ type: `${from}Ntp` }]);
});

test("a PalmResizeFrameBuffer sets the size for what follows", () => {
  const resize = hex("0f00 0280 01e0 0015 000b 0000");
  const inside = update(1, raw(20, 10, 1, 1, hex("77")));
  expect(errorOf(() => serverTypes(inside)).code).toBe("malformed");
  expect(serverTypes(resize, inside)).toContain("rectanglePayload");
});

describe.each([
  ["client", createClientFramer],
  ["server", createServerFramer],
] as const)("a message of a %s that we have no layout for", (from, createFramer) => {
  // U8 message-type 200, U8 length, body; and 201, which even the caller does not know.
  const asked: number[] = [];
  const extensions: FramerExtensions = {
    extentOf(session, bytes, at, end) {
      expect(session).toBe(NORMAL);
      asked.push(bytes[at]!);
      if (bytes[at] !== 200) return undefined;
      return end - at < 2 ? 2 : 2 + bytes[at + 1]!;
    },
  };
  const extended = (): Framer<ClientEvent> | Framer<ServerEvent> => createFramer(DEFAULT_LIMITS, extensions);
  const known = from === "client" ? hex("050100010002") : hex("02");
  const stream = join([known, hex("c8 03 010203"), hex("c8 00"), known]);

  test("is cut where the caller says that it ends", () => {
    asked.length = 0;
    const { events, error, raw } = runFramer(extended(), from, NORMAL, [stream.slice()]);
    expect(error).toBeUndefined();
    expect(raw).toStrictEqual(stream);
    expect(events.slice(1, 3)).toStrictEqual([
      { type: "unknownMessage", messageType: 200, bytes: hex("c8 03 010203") },
      { type: "unknownMessage", messageType: 200, bytes: hex("c8 00") },
    ]);
    expect(events).toHaveLength(4);
    expect(asked).toStrictEqual([200, 200]);
  });

  test("is the same for every split in three, and byte by byte", () => {
    const whole = runFramer(extended(), from, NORMAL, [stream.slice()]);
    for (const [i, j] of splitsInThree(stream.length)) {
      expect(runFramer(extended(), from, NORMAL, cut(stream, i, j))).toStrictEqual(whole);
    }
    expect(runFramer(extended(), from, NORMAL, bytewise(stream))).toStrictEqual(whole);
  });

  test("is an error where the caller does not know it either, or is not asked", () => {
    const unknown = join([known, hex("c9")]);
    const error = { code: "unknownType", offset: known.length, reason: "type 201" };
    expect(runFramer(extended(), from, NORMAL, [unknown.slice()]).error).toMatchObject(error);
    expect(runFramer(createFramer(), from, NORMAL, [unknown.slice()]).error).toMatchObject(error);
  });
});

describe("an encoding that we have no end for", () => {
  // U8 length, body.
  const extensions = (drawsPixels: boolean): FramerExtensions => ({
    framingOf(encodingType) {
      expect(encodingType).toBeGreaterThanOrEqual(1024);
      if (encodingType !== 1024) return undefined;
      return {
        drawsPixels,
        advance(walk, bytes, at, end) {
          if (at === end) return 0;
          walk.done = true;
          return 1 + bytes[at]!;
        },
      };
    },
  });
  const stream = join([
    update(2, rectangleHead(0, 0, 1, 1, 1024), hex("03 010203"), raw(0, 0, 1, 1, hex("77"))),
    update(1, rectangleHead(0, 0, 0, 0, 1024), hex("00")),
    hex("02"),
  ]);
  const run = (chunks: readonly Uint8Array[], drawsPixels = true) =>
    runFramer(createServerFramer(DEFAULT_LIMITS, extensions(drawsPixels)), "server", NORMAL, chunks);

  test("is walked as the caller says, however it is split", () => {
    const whole = run([stream.slice()]);
    expect(whole.error).toBeUndefined();
    expect(whole.raw).toStrictEqual(stream);
    expect(whole.events.filter(({ type }) => type === "rectanglePayload")).toStrictEqual([
      { type: "rectanglePayload", bytes: hex("03 010203"), last: true },
      { type: "rectanglePayload", bytes: hex("77"), last: true },
      { type: "rectanglePayload", bytes: hex("00"), last: true },
    ]);
    for (const [i, j] of splitsInThree(stream.length)) expect(run(cut(stream, i, j))).toStrictEqual(whole);
    expect(run(bytewise(stream))).toStrictEqual(whole);
  });

  test("is held to the framebuffer where it draws, and only there", () => {
    const outside = [update(1, rectangleHead(20, 0, 1, 1, 1024), hex("00"))];
    expect(run(outside).error).toMatchObject({ code: "malformed", offset: 4 });
    expect(run(outside, false).error).toBeUndefined();
  });

  test("is an error where the caller does not know it either", () => {
    expect(run([update(1, rectangleHead(0, 0, 1, 1, 1025))]).error).toMatchObject({ code: "unknownType", offset: 4 });
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
