import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CLIENT_LAYOUTS, decodeClientMessage } from "../../codec/client/mod.ts";
import { RfbError } from "../../codec/errors.ts";
import { createClientFramer, createServerFramer } from "../../codec/framer.ts";
import { decodeServerInit, encodeServerInit, extentOfServerInit } from "../../codec/handshake/mod.ts";
import { type Dialect, layoutsByDialect } from "../../codec/layout.ts";
import { DEFAULT_LIMITS } from "../../codec/limits.ts";
import { decodeServerMessage, SERVER_LAYOUTS } from "../../codec/server/mod.ts";
import { NEW_SESSION, observe, type Session } from "../../codec/session.ts";
import { bytes, u8s } from "./arbitraries.ts";
import { bytewise, cut, hex, join, latin1, splitsInThree } from "./bytes.ts";
import { errorOf } from "./errors.ts";
import { runs } from "./runs.ts";
import { NORMAL, runFramer } from "./streams.ts";
import { VENDOR_MESSAGES } from "./vendor_messages.ts";

const DIALECTS: readonly Dialect[] = ["standard", "ultravnc", "tightvnc", "apple", "aten", "vmware"];
const speaking = (dialect: Dialect): Session => ({ ...NORMAL, dialect });

/** What a number means: the message's type, by dialect; a dialect that is left out: as in the standard. */
type Meanings = { readonly standard: string | undefined } & Partial<Record<Dialect, string | undefined>>;

const CLIENT_MEANINGS: readonly (readonly [number, Meanings])[] = [
  [4, { standard: "keyEvent", aten: "atenKeyEvent" }],
  [5, { standard: "pointerEvent", aten: "atenPointerEvent" }],
  [6, { standard: "clientCutText" }],
  [7, { standard: "fileTransfer", apple: undefined, aten: "atenCommand" }],
  [8, { standard: "setScale", apple: "appleCommand", aten: "atenCommand" }],
  [9, { standard: "setServerInput", apple: "appleCommand", aten: undefined }],
  [10, { standard: "setSW", apple: "appleCommand", aten: undefined }],
  [11, { standard: "textChat", apple: "appleCommand", aten: undefined }],
  [12, { standard: undefined, ultravnc: "keyFrameRequest" }],
  [13, { standard: "keepAlive", apple: "appleCommand", aten: undefined }],
  [14, { standard: undefined }],
  [16, { standard: undefined }],
  [18, { standard: undefined, apple: "appleSetEncryption" }],
  [20, { standard: "requestSession", apple: undefined, aten: "atenCommand" }],
  [21, { standard: "setSession", apple: "appleCommand", aten: "atenCommand" }],
  [31, { standard: undefined, apple: "appleClipboard" }],
  [33, { standard: undefined, apple: "appleViewerInfo" }],
  [55, { standard: undefined, aten: "atenCommand" }],
  [80, { standard: "notifyPluginStreaming", apple: undefined, aten: undefined }],
  [127, { standard: undefined, vmware: "vmwareMessage" }],
  [130, { standard: undefined, tightvnc: "fileListRequest" }],
  [133, { standard: undefined, tightvnc: "fileUploadData" }],
  [136, { standard: undefined, tightvnc: "fileCreateDirRequest" }],
  [151, { standard: undefined, tightvnc: "videoRectangleSelection" }],
  [252, { standard: undefined }],
  [254, { standard: undefined, ultravnc: "setMonitor" }],
];

const SERVER_MEANINGS: readonly (readonly [number, Meanings])[] = [
  [2, { standard: "bell" }],
  [4, { standard: "resizeFrameBuffer", apple: "appleAck", aten: "atenCursor" }],
  [5, { standard: undefined, ultravnc: "keyFrameUpdate" }],
  [7, { standard: "fileTransfer", apple: "appleNop", aten: undefined }],
  [11, { standard: "textChat", apple: undefined, aten: undefined }],
  [13, { standard: "keepAlive", apple: undefined, aten: undefined }],
  [20, { standard: undefined, apple: "appleStateChange" }],
  [22, { standard: undefined, aten: "atenNotice" }],
  [31, { standard: undefined, apple: "appleClipboard" }],
  [32, { standard: undefined, apple: "appleDragEvent" }],
  [55, { standard: undefined, aten: "atenNotice" }],
  [57, { standard: undefined, aten: "atenNotice" }],
  [80, { standard: undefined, ultravnc: "notifyPluginStreaming" }],
  [81, { standard: undefined, apple: "appleDisplayInfo2" }],
  [127, { standard: undefined }],
  [130, { standard: undefined, tightvnc: "fileListData" }],
  [131, { standard: undefined, tightvnc: "fileDownloadData" }],
  [133, { standard: undefined, tightvnc: "fileDownloadFailed" }],
  [173, { standard: "serverState", apple: undefined, aten: undefined }],
  [252, { standard: undefined, ultravnc: "monitorInfo" }],
  [254, { standard: undefined }],
];

describe.each([
  ["client", CLIENT_MEANINGS, CLIENT_LAYOUTS, decodeClientMessage],
  ["server", SERVER_MEANINGS, SERVER_LAYOUTS, decodeServerMessage],
] as const)("a %s's message", (from, meanings, layouts, decode) => {
  const each = meanings.flatMap(([messageType, meaning]) =>
    DIALECTS.map(
      (dialect) => [messageType, dialect, dialect in meaning ? meaning[dialect] : meaning.standard] as const,
    ),
  );

  test.each(each)("of number %d in the dialect %s is %s", (messageType, dialect, type) => {
    // Sound as any of them: lengths of 2 where lengths are, a command of 1, and enough of it.
    const array = new Uint8Array(400);
    array[0] = messageType;
    if (type === "vmwareMessage") array[3] = 4;
    if (type === "appleSetEncryption") array[3] = 2;
    if (type === undefined) {
      expect(layouts[dialect][messageType]).toBeUndefined();
      const error = errorOf(() => decode(speaking(dialect), array));
      expect(error).toMatchObject({ code: "unknownType", act: `Cannot read a ${from} message`, offset: 0 });
      expect(error.reason).toMatch(new RegExp(`^type (.+ \\(${messageType}\\)|${messageType})$`));
    } else {
      expect(decode(speaking(dialect), array)).toMatchObject({ type });
    }
  });
});

test("a dialect's own undefined takes the standard's layout away, and from that dialect alone", () => {
  const layout = { extentOf: () => 1, decode: () => "it" };
  const other = { extentOf: () => 2, decode: () => "another" };
  const layouts = layoutsByDialect<string>({ 1: layout, 2: layout }, { apple: { 1: undefined, 3: other } });
  expect(layouts.apple.slice(0, 4)).toStrictEqual([undefined, undefined, layout, other]);
  for (const dialect of DIALECTS.filter((one) => one !== "apple")) {
    expect(layouts[dialect].slice(0, 4)).toStrictEqual([undefined, layout, layout, undefined]);
    expect(layouts[dialect]).toHaveLength(256);
  }
});

test.each([
  [createClientFramer, "client", 252, "tight (252)"],
  [createServerFramer, "server", 252, "tight, MonitorInfo of UltraVNC (252)"],
  [createClientFramer, "client", 12, "KeyFrameRequest of UltraVNC, SessionVisibility of Apple (12)"],
  [createServerFramer, "server", 57, "SessionMessage of ATEN (57)"],
  [createServerFramer, "server", 199, "199"],
] as const)("%o names what it cannot read from a %s: %d", (createFramer, from, messageType, name) => {
  const { error } = runFramer(createFramer() as never, from, NORMAL, [Uint8Array.of(messageType, 0, 0, 0)]);
  expect(error).toMatchObject({ code: "unknownType", reason: `type ${name}`, offset: 0 });
});

describe("the dialect", () => {
  const version = (session: Session, from: "client" | "server", text: string): Session =>
    observe(session, from, {
      type: "protocolVersion",
      major: Number(text.slice(0, 3)),
      minor: Number(text.slice(4)),
    });
  const versions = (offered: string, answered: string, session = NEW_SESSION): Session =>
    version(version(session, "server", offered), "client", answered);
  const choosing = (session: Session, securityType: number): Session =>
    observe(observe(session, "server", { type: "securityTypes", securityTypes: [securityType] }), "client", {
      type: "securityType",
      securityType,
    });

  test.each([
    ["003.004", "003.004", "ultravnc", "3.3"],
    ["003.006", "003.006", "ultravnc", "3.3"],
    ["003.014", "003.014", "ultravnc", "3.8"],
    ["003.016", "003.016", "ultravnc", "3.8"],
    ["003.889", "003.889", "apple", "3.8"],
    ["055.008", "055.008", "aten", "3.8"],
    ["003.003", "003.003", "standard", "3.3"],
    ["003.005", "003.005", "standard", "3.3"],
    ["003.007", "003.007", "standard", "3.7"],
    ["003.008", "003.008", "standard", "3.8"],
    ["003.889", "003.008", "standard", "3.8"],
    ["055.008", "003.008", "standard", "3.8"],
    ["003.016", "003.003", "standard", "3.3"],
  ] as const)("of an offer of %s answered with %s is %s", (offered, answered, dialect, inForce) => {
    expect(versions(offered, answered)).toMatchObject({ dialect, version: inForce });
  });

  test("is no one's before the client has answered", () => {
    for (const offered of ["003.006", "003.889", "055.008"]) {
      expect(version(NEW_SESSION, "server", offered).dialect).toBe("standard");
    }
  });

  test("of 055.008 is for a server that has offered it", () => {
    expect(errorOf(() => versions("003.008", "055.008")).code).toBe("unknownType");
    expect(errorOf(() => version(NEW_SESSION, "client", "055.008")).code).toBe("unknownType");
  });

  test.each([
    [16, "tightvnc"],
    [17, "ultravnc"],
    [1, "standard"],
    [2, "standard"],
    [19, "standard"],
    [30, "standard"],
  ] as const)("of security type %d is %s, chosen by the client or, in 3.3, by the server", (securityType, dialect) => {
    expect(choosing(versions("003.008", "003.008"), securityType).dialect).toBe(dialect);
    expect(
      observe(versions("003.003", "003.003"), "server", { type: "securityTypes", securityTypes: [securityType] })
        .dialect,
    ).toBe(dialect);
  });

  test("is not changed by an offer of Tight that is not taken", () => {
    const offered = observe(versions("003.008", "003.008"), "server", {
      type: "securityTypes",
      securityTypes: [2, 16],
    });
    expect(offered.dialect).toBe("standard");
    expect(observe(offered, "client", { type: "securityType", securityType: 2 }).dialect).toBe("standard");
  });

  test("that the versions have told stays, whatever the security type", () => {
    expect(choosing(versions("055.008", "055.008"), 16).dialect).toBe("aten");
    expect(choosing(versions("003.889", "003.889"), 16).dialect).toBe("apple");
    expect(choosing(versions("003.016", "003.016"), 16).dialect).toBe("ultravnc");
  });

  test.each(DIALECTS.filter((dialect) => dialect !== "standard"))(
    "that the caller has given as %s stays, whatever is said",
    (dialect) => {
      const given: Session = { ...NEW_SESSION, dialect };
      for (const said of ["003.003", "003.006", "003.008", "003.016", "003.889", "055.008"]) {
        for (const securityType of [1, 2, 16, 17]) {
          expect(choosing(versions(said, said, given), securityType).dialect).toBe(dialect);
        }
      }
    },
  );

  test("never changes once messages flow", () => {
    for (const dialect of DIALECTS) {
      let session = speaking(dialect);
      for (const message of VENDOR_MESSAGES) {
        for (const { value } of message.golden) session = observe(session, message.framedFrom!, value as never);
      }
      expect(session.dialect).toBe(dialect);
    }
  });
});

test("UltraVNC's ResizeFrameBuffer changes the framebuffer's size, in its place among rectangles", () => {
  const stream = hex("04 00 0002 0001 00 00 0001 0000 0000 0002 0001 00000000 1122 04 00 0000 0000");
  const { events, session, error } = runFramer(createServerFramer(), "server", NORMAL, [stream]);
  expect(error).toBeUndefined();
  expect(events.map(({ type }) => type)).toStrictEqual([
    "resizeFrameBuffer",
    "framebufferUpdate",
    "rectangle",
    "rectanglePayload",
    "framebufferUpdateEnd",
    "resizeFrameBuffer",
  ]);
  expect(session).toMatchObject({ framebufferWidth: 0, framebufferHeight: 0 });
  expect(observe(NORMAL, "server", events[0]!)).toStrictEqual({ ...NORMAL, framebufferWidth: 2, framebufferHeight: 1 });
  const outside = runFramer(createServerFramer(), "server", NORMAL, [
    hex("04 00 0002 0001 00 00 0001 0000 0000 0003 0001 00000000 112233"),
  ]);
  expect(outside.error).toMatchObject({ code: "malformed" });
});

describe("a FileHeader for a file that cannot be sent", () => {
  const head = hex("07 04 0000 ffffffff 00000002 433a");
  const read = (...pieces: Uint8Array[]) => {
    const run = runFramer(createServerFramer(), "server", NORMAL, pieces);
    if (run.error !== undefined) throw run.error;
    return run.events.map((event) => (event.type === "fileTransfer" ? event.sizeHigh : event.type));
  };

  test("has a size-high from UltraVNC, and none from libvncserver: the byte behind tells, however they come", () => {
    for (const [behind, expected] of [
      [hex("ffffffff 02"), [0xffffffff, "bell"]],
      [hex("02"), [undefined, "bell"]],
      [hex("07 02 0000 00000000 00000000"), [undefined, undefined]],
    ] as const) {
      const stream = join([head, behind]);
      for (const [i, j] of splitsInThree(stream.length)) expect(read(...cut(stream, i, j))).toStrictEqual(expected);
      expect(read(...bytewise(stream))).toStrictEqual(expected);
    }
  });

  test("waits for the byte behind", () => {
    expect(read(head)).toStrictEqual([]);
    expect(read(join([head, hex("ffffff")]))).toStrictEqual([]);
    expect(read(join([head, hex("ffffffff")]))).toStrictEqual([0xffffffff]);
  });
});

describe("ServerInit of an ATEN board", () => {
  const init = hex("0280 01e0 20180001 00ff 00ff 00ff 100800 000000 00000004 4154454e 0102030405060708 01010001");
  const session: Session = { ...NEW_SESSION, phase: "serverInit", dialect: "aten", securityType: 16, version: "3.8" };

  test("has 12 bytes behind the name, and no capabilities of Tight", () => {
    const value = decodeServerInit(init, 0, session);
    expect(value).toMatchObject({ name: latin1("ATEN"), atenRights: hex("0102030405060708 01010001") });
    expect(value.capabilities).toBeUndefined();
    expect(encodeServerInit(value)).toStrictEqual(init);
    for (let length = 0; length <= init.length; length++) {
      const extent = extentOfServerInit(init, 0, length, DEFAULT_LIMITS, session);
      expect(extent).toBe(length < 24 ? 24 : init.length);
    }
    expect(errorOf(() => decodeServerInit(init.subarray(0, init.length - 1), 0, session)).code).toBe("truncated");
  });

  test("ends with its name in every other dialect", () => {
    for (const dialect of DIALECTS.filter((one) => one !== "aten")) {
      const other: Session = { ...session, dialect, securityType: 1 };
      expect(extentOfServerInit(init, 0, init.length, DEFAULT_LIMITS, other)).toBe(init.length - 12);
      expect(decodeServerInit(init, 0, other).atenRights).toBeUndefined();
    }
  });

  test("is framed in the session's dialect", () => {
    const stream = join([init, hex("16 00")]);
    const whole = runFramer(createServerFramer(), "server", session, [stream.slice()]);
    expect(whole.events.map(({ type }) => type)).toStrictEqual(["serverInit", "atenNotice"]);
    for (const [i, j] of splitsInThree(stream.length)) {
      expect(runFramer(createServerFramer(), "server", session, cut(stream, i, j))).toStrictEqual(whole);
    }
  });

  test("takes 12 bytes of rights, and not with capabilities", () => {
    const value = decodeServerInit(init, 0, session);
    const none = { serverMessages: [], clientMessages: [], encodings: [] };
    expect(() => encodeServerInit({ ...value, atenRights: new Uint8Array(11) })).toThrow(RangeError);
    expect(() => encodeServerInit({ ...value, capabilities: none })).toThrow(RangeError);
  });
});

test("Apple's SetEncryption has 1 or 2 for a command, and a bounded number of methods", () => {
  const read = (spelt: string, limits = DEFAULT_LIMITS) =>
    errorOf(() => CLIENT_LAYOUTS.apple[18]!.extentOf(hex(spelt), 0, 8, limits, speaking("apple")));
  expect(read("12 00 0003 0001 0000")).toMatchObject({ code: "malformed", reason: "command 3, not 1 or 2" });
  expect(read("12 00 0000 0001 0000").code).toBe("malformed");
  expect(read("12 00 0001 0001 ffff", { ...DEFAULT_LIMITS, maxVendorLength: 0xffff })).toMatchObject({ code: "limit" });
});

test("VMware's length counts its own 4 bytes, and cannot be less", () => {
  const read = (spelt: string) =>
    errorOf(() => CLIENT_LAYOUTS.vmware[127]!.extentOf(hex(spelt), 0, 4, DEFAULT_LIMITS, speaking("vmware")));
  for (const length of ["0000", "0003"]) expect(read(`7f 00 ${length}`).code).toBe("malformed");
});

describe.each(VENDOR_MESSAGES.map((message) => [message.name, message] as const))(
  "%s in a stream",
  (_name, message) => {
    const from = message.framedFrom!;
    const createFramer = from === "client" ? createClientFramer : createServerFramer;
    const session: Session = { ...NORMAL, ...message.session };
    // Behind it, one that all dialects share.
    const tail = from === "client" ? hex("03 00 0000 0000 0001 0001") : hex("02");
    const framed = (chunks: readonly Uint8Array[]) => runFramer(createFramer() as never, from, session, chunks);

    test("comes out the same for every split in three, and byte by byte", () => {
      for (const { bytes: spelt, value } of message.golden) {
        const stream = join([spelt, tail]);
        const whole = framed([stream.slice()]);
        expect(whole.error).toBeUndefined();
        expect(whole.events).toHaveLength(2);
        expect(whole.events[0]).toStrictEqual(value);
        expect(whole.raw).toStrictEqual(stream);
        expect(framed(bytewise(stream))).toStrictEqual(whole);
        // Of a long one, the splits next to its ends and middle.
        const near = (point: number) => stream.length < 60 || point < 12 || point > stream.length - 12;
        for (const [i, j] of splitsInThree(stream.length)) {
          if (near(i) && near(j)) expect(framed(cut(stream, i, j))).toStrictEqual(whole);
        }
      }
    });
  },
);

describe.each(DIALECTS)("any bytes in the dialect %s", (dialect) => {
  // Often one of this dialect's vectors, changed a little.
  const vectors = VENDOR_MESSAGES.filter(
    ({ session }) => session?.dialect === undefined || session.dialect === "standard" || session.dialect === dialect,
  ).flatMap(({ golden }) => golden.map((vector) => vector.bytes));
  const changed = fc
    .tuple(fc.array(fc.constantFrom(...vectors), { minLength: 1, maxLength: 4 }), fc.nat(), u8s, bytes(3))
    .map(([chosen, at, byte, rest]) => {
      const stream = join([...chosen, rest]);
      stream[at % stream.length] = byte;
      return stream;
    });

  test.each([
    ["client", createClientFramer],
    ["server", createServerFramer],
  ] as const)("from a %s come out the same however they are split, or are an RfbError", (from, createFramer) => {
    const session = speaking(dialect);
    const limits = { ...DEFAULT_LIMITS, maxFileTransferLength: 40, maxVendorLength: 40, maxTextChatLength: 40 };
    const framed = (chunks: readonly Uint8Array[]) => {
      const run = runFramer(createFramer(limits) as never, from, session, chunks);
      if (run.error !== undefined && !(run.error instanceof RfbError)) throw run.error;
      return { ...run, error: run.error?.message };
    };
    fc.assert(
      fc.property(fc.oneof(bytes(60), changed), fc.nat(), (stream, point) => {
        const whole = framed([stream.slice()]);
        expect(framed(bytewise(stream))).toStrictEqual(whole);
        expect(framed(cut(stream, point % (stream.length + 1)))).toStrictEqual(whole);
      }),
      runs(300),
    );
  });
});
