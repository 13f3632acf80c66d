import { describe, expect, test } from "vitest";
import type { HandshakeMessage } from "../../codec/handshake/mod.ts";
import { hasSecurityResult, NEW_SESSION, observe, type Session, type SessionEvent } from "../../codec/session.ts";
import { hex, latin1 } from "./bytes.ts";
import { errorOf } from "./errors.ts";
import { COLOUR_MAP, RGB332, RGB565BE, RGB888LE } from "./messages.ts";
import { NORMAL } from "./streams.ts";

const version = (minor: number, major = 3) => ({ type: "protocolVersion", major, minor }) as const;

function told(...events: readonly (readonly ["client" | "server", SessionEvent])[]): Session {
  return events.reduce((session, [from, event]) => observe(session, from, event), NEW_SESSION);
}

describe("an event that changes nothing brings the same session back", () => {
  const rectangle = { type: "rectangle", x: 0, y: 0, width: 5, height: 5, encodingType: 0 } as const;
  test.each([
    ["server", { type: "bell" }],
    ["server", { type: "serverCutText", text: latin1("x") }],
    ["server", { type: "setColourMapEntries", firstColour: 0, colours: [] }],
    ["server", { type: "framebufferUpdate", numberOfRectangles: 3 }],
    ["server", rectangle],
    ["server", { ...rectangle, encodingType: 1 }],
    ["server", { ...rectangle, encodingType: -224 }],
    ["server", { type: "rectanglePayload", bytes: hex("00"), last: true }],
    ["server", { type: "framebufferUpdateEnd" }],
    ["client", { type: "framebufferUpdateRequest", incremental: 1, x: 0, y: 0, width: 1, height: 1 }],
    ["client", { type: "keyEvent", downFlag: 1, key: 65 }],
    ["client", { type: "pointerEvent", buttonMask: 1, x: 0, y: 0 }],
    ["client", { type: "clientCutText", text: latin1("x") }],
    ["server", { type: "serverFence", flags: 0x80000000, payload: hex("00") }],
    ["client", { type: "clientFence", flags: 0, payload: hex("00") }],
    ["server", { type: "endOfContinuousUpdates" }],
    ["client", { type: "enableContinuousUpdates", enableFlag: 1, x: 0, y: 0, width: 5, height: 5 }],
    ["client", { type: "setDesktopSize", width: 500, height: 350, screens: [] }],
    ["server", { type: "extendedServerCutText", flags: 0x02000001, maximumSizes: [], deflated: hex("") }],
    ["client", { type: "setScaleFactor", scaleFactor: 2 }],
    ["server", { ...rectangle, encodingType: -258 }],
  ] as const)("%s: %j", (from, event) => {
    expect(observe(NORMAL, from, event)).toBe(NORMAL);
  });
});

test("a session is never changed in place", () => {
  const before = structuredClone(NORMAL);
  observe(NORMAL, "client", { type: "setEncodings", encodingTypes: [7] });
  observe(NORMAL, "client", { type: "setPixelFormat", pixelFormat: RGB565BE });
  observe(NORMAL, "server", { type: "rectangle", x: 0, y: 0, width: 9, height: 9, encodingType: -223 });
  expect(NORMAL).toStrictEqual(before);
  expect(Object.isFrozen(NEW_SESSION)).toBe(true);
});

test("a session can be stored and restored", () => {
  const { refusal: _, ...plain } = NORMAL;
  expect(JSON.parse(JSON.stringify(plain))).toStrictEqual(plain);
});

describe("the handshake", () => {
  test("moves from phase to phase", () => {
    const steps: readonly (readonly ["client" | "server", SessionEvent, string])[] = [
      ["server", version(8), "clientVersion"],
      ["client", version(8), "securityTypes"],
      ["server", { type: "securityTypes", securityTypes: [19, 2] }, "securityType"],
      ["client", { type: "securityType", securityType: 19 }, "authentication"],
      ["server", { type: "vencryptSubtypes", subtypes: [261] }, "authentication"],
      ["client", { type: "vencryptSubtype", subtype: 261 }, "authentication"],
      ["client", { type: "authenticated" }, "securityResult"],
      ["server", { type: "securityResult", status: 0 }, "clientInit"],
      ["client", { type: "clientInit", sharedFlag: 1 }, "serverInit"],
      [
        "server",
        {
          type: "serverInit",
          framebufferWidth: 7,
          framebufferHeight: 8,
          serverPixelFormat: RGB332,
          name: latin1("n"),
        },
        "normal",
      ],
    ];
    let session: Session = NEW_SESSION;
    for (const [from, event, phase] of steps) {
      session = observe(session, from, event);
      expect(session.phase).toBe(phase);
    }
    expect(session).toStrictEqual({
      phase: "normal",
      dialect: "standard",
      serverVersion: version(8),
      clientVersion: version(8),
      version: "3.8",
      securityTypes: [19, 2],
      securityType: 19,
      securityPath: [19, 261],
      innerSecurityTypes: [],
      vencryptSubtypes: [261],
      vencryptSubtype: 261,
      framebufferWidth: 7,
      framebufferHeight: 8,
      pixelFormat: RGB332,
      encodingTypes: [],
      extendedClipboard: false,
      extendedMouseButtons: false,
      displayModeChanging: false,
      name: latin1("n"),
    });
  });

  test.each([
    [version(889), 19, "apple"],
    [version(4), 19, "ultravnc"],
    [version(6), 19, "ultravnc"],
    [version(14), 19, "ultravnc"],
    [version(16), 16, "ultravnc"],
    [version(8), 16, "tightvnc"],
    [version(8), 19, "standard"],
    [version(7), 2, "standard"],
  ] as const)("of the answer %j and security type %d tells the dialect %s", (answer, securityType, dialect) => {
    const session = told(["server", answer], ["client", answer], ["client", { type: "securityType", securityType }]);
    expect(session.dialect).toBe(dialect);
  });

  test("does not touch a dialect that the caller has given", () => {
    const given: Session = { ...NEW_SESSION, dialect: "vmware" };
    const answered = observe(observe(given, "server", version(8)), "client", version(889));
    expect(answered.dialect).toBe("vmware");
    expect(observe(answered, "client", { type: "securityType", securityType: 16 }).dialect).toBe("vmware");
  });

  test("in 3.3 leaves no choice", () => {
    const session = told(
      ["server", version(8)],
      ["client", version(3)],
      ["server", { type: "securityTypes", securityTypes: [2] }],
    );
    expect(session).toMatchObject({ phase: "authentication", securityType: 2, securityTypes: [2] });
  });

  test.each([
    [8, 8, "3.8"],
    [8, 7, "3.7"],
    [8, 3, "3.3"],
    [8, 5, "3.3"],
    [889, 889, "3.8"],
    [8, 9, "3.8"],
    [7, 8, "3.7"],
    [3, 8, "3.3"],
    [3, 7, "3.3"],
    [4, 7, "3.3"],
  ] as const)("agrees, of 3.%d and the answer 3.%d, on %s", (serverMinor, clientMinor, agreed) => {
    const session = told(["server", version(serverMinor)], ["client", version(clientMinor)]);
    expect(session).toMatchObject({
      version: agreed,
      serverVersion: version(serverMinor),
      clientVersion: version(clientMinor),
    });
  });

  test("that nobody can agree on is an unknown version", () => {
    const greeted = told(["server", version(8)]);
    expect(errorOf(() => observe(greeted, "client", version(0, 4))).code).toBe("unknownType");
    expect(errorOf(() => observe(told(["server", version(0, 0)]), "client", version(8))).code).toBe("unknownType");
  });

  test.each([
    ["3.3", [1], false, "clientInit"],
    ["3.7", [1], false, "clientInit"],
    ["3.8", [1], true, "securityResult"],
    ["3.3", [2], true, "securityResult"],
    ["3.7", [2], true, "securityResult"],
    // Inside VeNCrypt always; inside Tight and TLS as by itself.
    ["3.7", [19, 260], true, "securityResult"],
    ["3.8", [19, 260], true, "securityResult"],
    ["3.3", [19, 1], true, "securityResult"],
    ["3.7", [16, 19, 257], true, "securityResult"],
    ["3.7", [16, 1], false, "clientInit"],
    ["3.8", [16, 1], true, "securityResult"],
    ["3.7", [16, 129], true, "securityResult"],
    ["3.3", [18, 1], false, "clientInit"],
    ["3.7", [18, 2], true, "securityResult"],
    ["3.8", [18, 1], true, "securityResult"],
    ["3.7", [17], true, "securityResult"],
    ["3.7", [17, 1], false, "clientInit"],
    ["3.7", [22], true, "securityResult"],
  ] as const)("of %s with the security %j has a SecurityResult: %s", (agreed, securityPath, expected, phase) => {
    const session: Session = { ...NEW_SESSION, version: agreed, securityPath, phase: "authentication" };
    expect(hasSecurityResult(session)).toBe(expected);
    expect(observe(session, "client", { type: "authenticated" }).phase).toBe(phase);
  });

  test.each([
    [{ type: "securityRefusal", reason: latin1("no") }, latin1("no")],
    [{ type: "securityResult", status: 1, reason: latin1("no") }, latin1("no")],
    [{ type: "securityResult", status: 2 }, latin1("")],
  ] as const)("ends with the refusal %j", (event: HandshakeMessage, refusal) => {
    expect(observe(NEW_SESSION, "server", event)).toMatchObject({ phase: "refused", refusal });
  });
});

describe("UltraVNC's request for another round", () => {
  test("asks for types again, and keeps what was chosen", () => {
    const chosen = told(
      ["server", version(8)],
      ["client", version(8)],
      ["server", { type: "securityTypes", securityTypes: [17, 2] }],
      ["client", { type: "securityType", securityType: 17 }],
      ["client", { type: "authenticated" }],
    );
    expect(chosen).toMatchObject({ phase: "securityResult", securityPath: [17] });
    const again = observe(chosen, "server", { type: "securityResult", status: 0xffffffff });
    expect(again).toStrictEqual({ ...chosen, phase: "securityTypes" });
    const second = observe(again, "server", { type: "securityTypes", securityTypes: [2] });
    expect(observe(second, "client", { type: "securityType", securityType: 2 })).toMatchObject({
      phase: "authentication",
      securityPath: [17, 2],
      securityType: 2,
      dialect: "ultravnc",
    });
  });
});

test("what was offered and chosen inside is told, one inside the other", () => {
  const inside = told(
    ["server", version(8)],
    ["client", version(8)],
    ["server", { type: "securityTypes", securityTypes: [16] }],
    ["client", { type: "securityType", securityType: 16 }],
    ["server", { type: "innerSecurityTypes", securityTypes: [19, 2] }],
    ["client", { type: "innerSecurityType", securityType: 19 }],
    ["server", { type: "vencryptSubtypes", subtypes: [262, 2] }],
    ["client", { type: "vencryptSubtype", subtype: 262 }],
  );
  expect(inside).toMatchObject({
    phase: "authentication",
    securityType: 16,
    securityPath: [16, 19, 262],
    innerSecurityTypes: [19, 2],
    vencryptSubtypes: [262, 2],
    dialect: "tightvnc",
  });
});

describe("a pixel format", () => {
  const head = { type: "framebufferUpdate", numberOfRectangles: 1 } as const;
  const ask = (session: Session, pixelFormat: typeof RGB332) =>
    observe(session, "client", { type: "setPixelFormat", pixelFormat });

  test("that is asked for takes effect with the next update", () => {
    const asked = ask(NORMAL, RGB565BE);
    expect(asked).toMatchObject({ pixelFormat: NORMAL.pixelFormat, pixelFormatAsked: RGB565BE });
    for (const event of [
      { type: "bell" },
      { type: "rectangle", x: 0, y: 0, width: 1, height: 1, encodingType: 0 },
      { type: "framebufferUpdateEnd" },
    ] as const) {
      expect(observe(asked, "server", event)).toBe(asked);
    }
    const updated = observe(asked, "server", head);
    expect(updated.pixelFormat).toBe(RGB565BE);
    expect(observe(updated, "server", head)).toBe(updated);
  });

  test("asked for twice is the last one", () => {
    expect(observe(ask(ask(NORMAL, RGB565BE), COLOUR_MAP), "server", head).pixelFormat).toBe(COLOUR_MAP);
  });

  test("asked for before ServerInit is not lost", () => {
    const early = ask({ ...NEW_SESSION, phase: "serverInit" }, RGB565BE);
    const init = {
      type: "serverInit",
      framebufferWidth: 1,
      framebufferHeight: 1,
      serverPixelFormat: RGB888LE,
      name: latin1(""),
    } as const;
    const begun = observe(early, "server", init);
    expect(begun.pixelFormat).toBe(RGB888LE);
    expect(observe(begun, "server", head).pixelFormat).toBe(RGB565BE);
  });
});

test("SetEncodings replaces the list", () => {
  const first = observe(NORMAL, "client", { type: "setEncodings", encodingTypes: [1, 2] });
  expect(observe(first, "client", { type: "setEncodings", encodingTypes: [7] }).encodingTypes).toStrictEqual([7]);
});

test("an extended clipboard is agreed on once the client has listed it, and for good", () => {
  const list = (session: Session, ...encodingTypes: readonly number[]) =>
    observe(session, "client", { type: "setEncodings", encodingTypes });
  const listed = list(NORMAL, 0, 0xc0a1e5ce | 0);
  expect(list(NORMAL, 0, 7).extendedClipboard).toBe(false);
  expect(listed.extendedClipboard).toBe(true);
  expect(list(listed, 0).extendedClipboard).toBe(true);
});

test("more mouse buttons are agreed on once the server has answered", () => {
  const answer = { type: "rectangle", x: 0, y: 0, width: 0, height: 0, encodingType: -316 } as const;
  const listed = observe(NORMAL, "client", { type: "setEncodings", encodingTypes: [-316] });
  expect(listed.extendedMouseButtons).toBe(false);
  const agreed = observe(listed, "server", answer);
  expect(agreed).toStrictEqual({ ...listed, extendedMouseButtons: true });
  expect(observe(agreed, "server", answer)).toBe(agreed);
});

test("a PalmResizeFrameBuffer sets the size to the buffer's, whatever the desktop's is", () => {
  const resize = { desktopWidth: 640, desktopHeight: 480, bufferWidth: 320, bufferHeight: 240 } as const;
  expect(observe(NORMAL, "server", { type: "palmResizeFrameBuffer", ...resize })).toStrictEqual({
    ...NORMAL,
    framebufferWidth: 320,
    framebufferHeight: 240,
  });
});

test("an ExtendedDesktopSize sets the size, unless it says that this client's wish was not granted", () => {
  const sized = (x: number, y: number) =>
    observe(NORMAL, "server", { type: "rectangle", x, y, width: 640, height: 400, encodingType: -308 });
  for (const [reason, status] of [
    [0, 0],
    [0, 1],
    [1, 0],
    [2, 3],
  ] as const) {
    expect(sized(reason, status)).toMatchObject({ framebufferWidth: 640, framebufferHeight: 400 });
  }
  for (const status of [1, 2, 3, 4]) expect(sized(1, status)).toBe(NORMAL);
});

test("a VMwareDisplayModeChange sets the size, and the format with its payload, for what was asked for too", () => {
  const asked = observe(NORMAL, "client", { type: "setPixelFormat", pixelFormat: RGB332 });
  const head = { type: "rectangle", x: 0, y: 0, width: 640, height: 400, encodingType: 0x574d5669 } as const;
  const changing = observe(asked, "server", head);
  expect(changing).toMatchObject({ framebufferWidth: 640, displayModeChanging: true, pixelFormat: NORMAL.pixelFormat });
  const bytes = hex("10 10 01 01 001f 003f 001f 0b 05 00 000000");
  const changed = observe(changing, "server", { type: "rectanglePayload", bytes, last: true });
  expect(changed).toMatchObject({ displayModeChanging: false, pixelFormat: RGB565BE, pixelFormatAsked: RGB565BE });
  expect(observe(changed, "server", { type: "framebufferUpdate", numberOfRectangles: 1 })).toBe(changed);
});

test("a DesktopSize sets the size, to nothing too", () => {
  const sized = (width: number, height: number) =>
    observe(NORMAL, "server", { type: "rectangle", x: 3, y: 4, width, height, encodingType: -223 });
  expect(sized(640, 400)).toStrictEqual({ ...NORMAL, framebufferWidth: 640, framebufferHeight: 400 });
  expect(sized(0, 0)).toMatchObject({ framebufferWidth: 0, framebufferHeight: 0 });
});
