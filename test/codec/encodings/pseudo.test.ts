import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ANNOUNCEMENTS,
  decodeDesktopSize,
  decodeKeyboardLedState,
  decodeNeatvncPts,
  decodePointerPos,
  decodeQemuLedState,
  decodeQemuPointerMotionChange,
  decodeServerIdentity,
  decodeSupportedEncodings,
  decodeSupportedMessages,
  decodeVmwareCursorPosition,
  decodeVmwareCursorState,
  decodeVmwareDisplayModeChange,
  decodeVmwareKeyRepeat,
  decodeVmwareLedState,
  decodeVmwareVirtualMachineState,
  encodeAnnouncement,
  encodeDesktopSize,
  encodeKeyboardLedState,
  encodeLastRect,
  encodeNeatvncPts,
  encodePointerPos,
  encodeQemuLedState,
  encodeQemuPointerMotionChange,
  encodeServerIdentity,
  encodeSupportedEncodings,
  encodeSupportedMessages,
  encodeVmwareCursorPosition,
  encodeVmwareCursorState,
  encodeVmwareDisplayModeChange,
  encodeVmwareKeyRepeat,
  encodeVmwareLedState,
  encodeVmwareVirtualMachineState,
  FRAMING,
  framingOf,
} from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { pixelFormats, recordOf, s32s, u8s, u16s, u32s } from "../arbitraries.ts";
import { hex, latin1 } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { framed, headOf, isSound, parted, sessionIn } from "./framed.ts";
import { FORMATS } from "./rectangles.ts";

/** A pseudo-encoding whose rectangle is a plain value, of always the same length. */
interface Case<Value> {
  readonly name: string;
  readonly decode: (payload: Uint8Array, rectangle: Rectangle) => Value;
  readonly encode: (value: Value) => Uint8Array;
  /** Whole rectangles: of the recording, or else by hand from the specification. */
  readonly vectors: readonly (readonly [source: string, bytes: string, value: Value])[];
  readonly values: fc.Arbitrary<Value>;
  /** Values that do not fit. */
  readonly unfit: readonly Value[];
  /** Bytes of the payload. */
  readonly length: number;
}

function caseOf<Value>(one: Case<Value>): Case<unknown> {
  return one as unknown as Case<unknown>;
}

const CASES: readonly Case<unknown>[] = [
  caseOf({
    name: "DesktopSize",
    decode: (_, rectangle) => decodeDesktopSize(rectangle),
    encode: encodeDesktopSize,
    vectors: [["qemu-zrle-rgb888be@87392", "0000 0000 0280 0190 ffffff21", { width: 640, height: 400 }]],
    values: recordOf({ width: fc.nat({ max: 4096 }), height: fc.nat({ max: 4096 }) }),
    unfit: [{ width: 65536, height: 1 }],
    length: 0,
  }),
  caseOf({
    name: "PointerPos",
    decode: (_, rectangle) => decodePointerPos(rectangle),
    encode: encodePointerPos,
    vectors: [
      ["xtightvnc-messages@408", "00c8 0096 0000 0000 ffffff18", { x: 200, y: 150 }],
      ["x11vnc-pseudo@97120", "012c 00c8 0000 0000 ffffff18", { x: 300, y: 200 }],
    ],
    values: recordOf({ x: u16s, y: u16s }),
    unfit: [{ x: -1, y: 0 }],
    length: 0,
  }),
  caseOf({
    name: "VMwareCursorPosition",
    decode: (_, rectangle) => decodeVmwareCursorPosition(rectangle),
    encode: encodeVmwareCursorPosition,
    vectors: [["xtigervnc-vmwarecursor@20214", "003c 0028 0000 0000 574d5666", { x: 60, y: 40 }]],
    values: recordOf({ x: u16s, y: u16s }),
    unfit: [{ x: 0, y: 65536 }],
    length: 0,
  }),
  caseOf({
    name: "QEMUPointerMotionChange",
    decode: (_, rectangle) => decodeQemuPointerMotionChange(rectangle),
    encode: encodeQemuPointerMotionChange,
    vectors: [["rfbproto", "0001 0000 0000 0000 fffffeff", { absoluteFlag: 1 }]],
    values: recordOf({ absoluteFlag: u16s }),
    unfit: [{ absoluteFlag: 65536 }],
    length: 0,
  }),
  caseOf({
    name: "KeyboardLedState",
    decode: (_, rectangle) => decodeKeyboardLedState(rectangle),
    encode: encodeKeyboardLedState,
    vectors: [["libvncserver's header", "0082 0000 0000 0000 fffe0000", { state: 0x82 }]],
    values: recordOf({ state: u16s }),
    unfit: [{ state: 65536 }],
    length: 0,
  }),
  caseOf({
    name: "QEMULEDState",
    decode: decodeQemuLedState,
    encode: encodeQemuLedState,
    vectors: [
      ["xtigervnc-ledstate@64", "0000 0000 0000 0000 fffffefb 02", { state: 2 }],
      ["xtigervnc-ledstate@7313", "0000 0000 0000 0000 fffffefb 06", { state: 6 }],
    ],
    values: recordOf({ state: u8s }),
    unfit: [{ state: 256 }],
    length: 1,
  }),
  caseOf({
    name: "VMwareLEDState",
    decode: decodeVmwareLedState,
    encode: encodeVmwareLedState,
    vectors: [
      ["xtigervnc-vmwareled@7017", "0000 0000 0000 0000 574d5668 00000004", { ledFlags: 4 }],
      ["xtigervnc-vmwareled@7061", "0000 0000 0000 0000 574d5668 00000006", { ledFlags: 6 }],
    ],
    values: recordOf({ ledFlags: u32s }),
    unfit: [{ ledFlags: -1 }, { ledFlags: 2 ** 32 }],
    length: 4,
  }),
  caseOf({
    name: "VMwareCursorState",
    decode: decodeVmwareCursorState,
    encode: encodeVmwareCursorState,
    vectors: [["rfbproto", "0000 0000 0000 0000 574d5665 0005", { cursorState: 5 }]],
    values: recordOf({ cursorState: u16s }),
    unfit: [{ cursorState: 65536 }],
    length: 2,
  }),
  caseOf({
    name: "VMwareKeyRepeat",
    decode: decodeVmwareKeyRepeat,
    encode: encodeVmwareKeyRepeat,
    vectors: [
      [
        "rfbproto",
        "0000 0000 0000 0000 574d5667 0001 80000000 000003e8",
        { keyRepeatEnabled: 1, period: 0x80000000, delay: 1000 },
      ],
    ],
    values: recordOf({ keyRepeatEnabled: u16s, period: u32s, delay: u32s }),
    unfit: [{ keyRepeatEnabled: 65536, period: 0, delay: 0 }],
    length: 10,
  }),
  caseOf({
    name: "VMwareDisplayModeChange",
    decode: decodeVmwareDisplayModeChange,
    encode: encodeVmwareDisplayModeChange,
    vectors: [
      [
        "qemu-resize-extended@134868",
        "0000 0000 0280 01e0 574d5669 20180001 00ff00ff00ff 100800 000000",
        { width: 640, height: 480, pixelFormat: FORMATS.bgrx },
      ],
    ],
    values: recordOf({ width: fc.nat({ max: 4096 }), height: fc.nat({ max: 4096 }), pixelFormat: pixelFormats }),
    unfit: [{ width: 65536, height: 0, pixelFormat: FORMATS.bgrx }],
    length: 16,
  }),
  caseOf({
    name: "VMwareVirtualMachineState",
    decode: decodeVmwareVirtualMachineState,
    encode: encodeVmwareVirtualMachineState,
    vectors: [["rfbproto", "0000 0000 0000 0000 574d566a 0003", { vmStateFlags: 3 }]],
    values: recordOf({ vmStateFlags: u16s }),
    unfit: [{ vmStateFlags: -1 }],
    length: 2,
  }),
  caseOf({
    name: "NeatvncPTS",
    decode: decodeNeatvncPts,
    encode: encodeNeatvncPts,
    vectors: [
      ["by hand", "0000 0000 0000 0000 fffffc18 0000000100000002", { pts: 0x100000002n }],
      ["by hand", "0000 0000 0000 0000 fffffc18 ffffffffffffffff", { pts: 0xffffffffffffffffn }],
    ],
    values: recordOf({ pts: fc.bigInt({ min: 0n, max: 0xffffffffffffffffn }) }),
    unfit: [{ pts: 2n ** 64n }, { pts: -1n }],
    length: 8,
  }),
  caseOf({
    name: "SupportedMessages",
    decode: decodeSupportedMessages,
    encode: encodeSupportedMessages,
    vectors: [
      [
        "x11vnc-pseudo@1462",
        `0000 0000 0040 0000 fffe0001 ff81${"00".repeat(29)}08 1f80${"00".repeat(30)}`,
        { clientMessages: [0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 251], serverMessages: [0, 1, 2, 3, 4, 15] },
      ],
    ],
    values: recordOf({
      clientMessages: fc.uniqueArray(u8s).map((types) => types.sort((a, b) => a - b)),
      serverMessages: fc.uniqueArray(u8s).map((types) => types.sort((a, b) => a - b)),
    }),
    unfit: [
      { clientMessages: [256], serverMessages: [] },
      { clientMessages: [], serverMessages: [-1] },
      { clientMessages: [0.5], serverMessages: [] },
    ],
    length: 64,
  }),
];

const session = sessionIn(FORMATS.rgb332);

describe.each(CASES)("$name", ({ decode, encode, vectors, values, unfit, length }) => {
  test.each(vectors)("is read and written as in %s", (_source, text, value) => {
    const { rectangle, payload } = framed(hex(text), session);
    expect(payload).toHaveLength(length);
    expect(decode(payload, rectangle)).toStrictEqual(value);
    expect(encode(value)).toStrictEqual(hex(text));
  });

  test("comes back as it was written", () => {
    fc.assert(
      fc.property(values, (value) => {
        const whole = encode(value);
        expect(whole).toHaveLength(12 + length);
        const { rectangle, payload } = parted(whole);
        expect(decode(payload, rectangle)).toStrictEqual(value);
      }),
    );
  });

  test("refuses to write what does not fit", () => {
    for (const value of unfit) expect(() => encode(value)).toThrow(RangeError);
  });

  // The others have none, and read the head.
  if (length > 0)
    test("refuses a payload of another length", () => {
      const { rectangle, payload } = parted(hex(vectors[0]![1]));
      expect(errorOf(() => decode(payload.subarray(1), rectangle))).toMatchObject({
        code: "truncated",
        reason: `${length - 1} bytes of ${length}`,
      });
      const longer = new Uint8Array(length + 1);
      longer.set(payload);
      expect(errorOf(() => decode(longer, rectangle))).toMatchObject({
        code: "trailing",
        reason: `${length + 1} bytes of ${length}`,
      });
    });

  test("takes any bytes, or is a fault", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2 * length + 2 }), u16s, u16s, (payload, x, width) => {
        isSound(() => decode(payload, headOf(0, x, 0, width, 0)));
      }),
    );
  });
});

test("QEMU sends its LED state and its announcements with a size, which says nothing", () => {
  // qemu-audio/server.bin@59, @75, @91 and @107
  for (const text of [
    "0000 0000 02d0 0190 fffffefd",
    "0000 0000 02d0 0190 fffffefe",
    "0000 0000 02d0 0190 fffffeff",
    "0000 0000 0001 0001 fffffefb 00",
  ]) {
    const { rectangle, payload, session: after } = framed(hex(text), session);
    expect(after).toMatchObject({ framebufferWidth: 100, framebufferHeight: 100 });
    if (rectangle.encodingType === -257)
      expect(decodeQemuPointerMotionChange(rectangle)).toStrictEqual({ absoluteFlag: 0 });
    if (rectangle.encodingType === -261) expect(decodeQemuLedState(payload)).toStrictEqual({ state: 0 });
  }
});

test("LastRect is written as TigerVNC sends it", () => {
  // xtigervnc-messages/server.bin@2065
  expect(encodeLastRect()).toStrictEqual(hex("0000 0000 0000 0000 ffffff20"));
  expect(framed(encodeLastRect(), session).payload).toHaveLength(0);
});

test("VMwareDisplayModeChange changes the session's size and format", () => {
  const whole = encodeVmwareDisplayModeChange({ width: 7, height: 5, pixelFormat: FORMATS.bigRgb565 });
  expect(framed(whole, session).session).toMatchObject({
    framebufferWidth: 7,
    framebufferHeight: 5,
    pixelFormat: FORMATS.bigRgb565,
  });
  // Sizes past the limit are refused before they come into force.
  const large = encodeVmwareDisplayModeChange({ width: 16385, height: 5, pixelFormat: FORMATS.bigRgb565 });
  expect(errorOf(() => framed(large, session)).code).toBe("limit");
  const broken = hex("0000 0000 0280 01e0 574d5669 21180001 00ff00ff00ff 100800 000000");
  expect(errorOf(() => framed(broken, session)).code).toBe("malformed");
});

describe("an announcement", () => {
  test.each([
    ["QEMUExtendedKeyEvent", -258, "xtigervnc-messages@77", "0000 0000 0000 0000 fffffefe"],
    ["QEMUAudio", -259, "rfbproto", "0000 0000 0000 0000 fffffefd"],
    ["ExtendedMouseButtons", -316, "rfbproto", "0000 0000 0000 0000 fffffec4"],
    ["NeatvncNTP", -1001, "by hand", "0000 0000 0000 0000 fffffc17"],
  ])("of %s (%d) is an empty rectangle: %s", (_name, encodingType, _source, text) => {
    expect(encodeAnnouncement(encodingType)).toStrictEqual(hex(text));
    expect(framed(hex(text), session).payload).toHaveLength(0);
  });

  test("of ExtendedMouseButtons changes the session", () => {
    expect(framed(encodeAnnouncement(-316), session).session.extendedMouseButtons).toBe(true);
  });

  test("of anything else is refused", () => {
    expect(ANNOUNCEMENTS.size).toBe(4);
    for (const encodingType of [0, -223, -257, -313]) expect(() => encodeAnnouncement(encodingType)).toThrow(TypeError);
  });
});

describe("libvncserver's lists, which are as long as they claim to be wide", () => {
  // x11vnc-pseudo/server.bin@1538
  const ENCODINGS = hex(`
    0000 0000 0058 0016 fffe0002
    00000000 00000001 00000002 00000004 00000005 00000006 00000010 00000011 00000007 00000009 ffff0009
    ffffff10 ffffff11 ffffff18 ffffff20 ffffff21 fffffecc fffe0000 fffe0001 fffe0002 fffe0003 c0a1e5ce
  `);
  // x11vnc-pseudo/server.bin@1638
  const IDENTITY = hex(`
    0000 0000 001e 0000 fffe0003
    756e6b6e6f776e20284c6962564e4353657276657220302e392e31342900
  `);

  test("SupportedEncodings is read and written as x11vnc sends it", () => {
    const encodingTypes = [
      Encoding.Raw,
      Encoding.CopyRect,
      Encoding.RRE,
      Encoding.CoRRE,
      Encoding.Hextile,
      Encoding.Zlib,
      Encoding.ZRLE,
      Encoding.ZYWRLE,
      Encoding.Tight,
      Encoding.Ultra,
      Encoding.UltraZip,
      Encoding.XCursor,
      Encoding.Cursor,
      Encoding.PointerPos,
      Encoding.LastRect,
      Encoding.DesktopSize,
      Encoding.ExtendedDesktopSize,
      Encoding.KeyboardLedState,
      Encoding.SupportedMessages,
      Encoding.SupportedEncodings,
      Encoding.ServerIdentity,
      Encoding.ExtendedClipboard,
    ];
    expect(decodeSupportedEncodings(framed(ENCODINGS, session).payload)).toStrictEqual({ encodingTypes });
    expect(encodeSupportedEncodings({ encodingTypes })).toStrictEqual(ENCODINGS);
  });

  test("SupportedEncodings comes back as it was written, and refuses what it cannot hold", () => {
    fc.assert(
      fc.property(fc.array(s32s), (encodingTypes) => {
        const { payload } = parted(encodeSupportedEncodings({ encodingTypes }));
        expect(decodeSupportedEncodings(payload)).toStrictEqual({ encodingTypes });
      }),
    );
    expect(encodeSupportedEncodings({ encodingTypes: new Array<number>(16383).fill(0) })).toHaveLength(12 + 65532);
    expect(() => encodeSupportedEncodings({ encodingTypes: new Array<number>(16384).fill(0) })).toThrow(RangeError);
    expect(() => encodeSupportedEncodings({ encodingTypes: [0xffffff11] })).toThrow(RangeError);
    expect(errorOf(() => decodeSupportedEncodings(hex("0000000000"))).message).toBe(
      "Cannot read SupportedEncodings: 5 bytes",
    );
  });

  test("ServerIdentity is read and written as x11vnc sends it, its NUL with it", () => {
    const { payload } = framed(IDENTITY, session);
    expect(decodeServerIdentity(payload)).toStrictEqual({ identity: latin1("unknown (LibVNCServer 0.9.14)\0") });
    expect(encodeServerIdentity({ identity: payload })).toStrictEqual(IDENTITY);
    expect(encodeServerIdentity({ identity: new Uint8Array(65535) })).toHaveLength(12 + 65535);
    expect(() => encodeServerIdentity({ identity: new Uint8Array(65536) })).toThrow(RangeError);
  });

  test("they may be as long as the limit says, and no longer", () => {
    const limits = { ...DEFAULT_LIMITS, maxVendorLength: 30 };
    expect(framed(IDENTITY, session, limits).payload).toHaveLength(30);
    for (const whole of [IDENTITY, ENCODINGS, encodeSupportedMessages({ clientMessages: [], serverMessages: [] })]) {
      const claimed = whole[5]!;
      expect(errorOf(() => framed(whole, session, { ...limits, maxVendorLength: claimed - 1 })).reason).toBe(
        `limit maxVendorLength is ${claimed - 1}, got ${claimed}`,
      );
    }
  });
});

describe("the table of encodings", () => {
  test("says which of them must lie inside the framebuffer", () => {
    for (const [encodingType, { drawsPixels }] of FRAMING) {
      const isPseudo = encodingType < 0 || encodingType > 0x50000000;
      // TightPNG, the cache of UltraVNC and libvncserver's H.264 have numbers like pseudo-encodings.
      const isPicture = [
        Encoding.TightPNG,
        Encoding.VaH264,
        Encoding.UltraCache,
        Encoding.UltraXORZlib,
        Encoding.UltraXORMonoRectZlib,
        Encoding.UltraXORMultiColorZlib,
        Encoding.UltraSolidColor,
      ].some((number) => number === encodingType);
      const isAten = encodingType >= 0x57 && encodingType <= 0x61;
      expect(drawsPixels, String(encodingType)).toBe((!isPseudo || isPicture) && !isAten);
    }
  });

  test("has none whose end is not known, whatever an object's keys are", () => {
    for (const number of [20, 22, 24, 0x7fffffff, -1, -1100, Number.NaN]) expect(framingOf(number)).toBeUndefined();
    expect(framingOf("constructor" as unknown as number)).toBeUndefined();
  });

  test("has none that are only ever asked for", () => {
    for (const number of [-32, -23, -256, -247, -305, -309, -312, -313, -317, -512, -412, -768, -763]) {
      expect(framingOf(number)).toBeUndefined();
    }
  });
});
