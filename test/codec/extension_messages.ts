import * as fc from "fast-check";
import {
  decodeClientFence,
  decodeClientNtp,
  decodeClientXvp,
  decodeEnableContinuousUpdates,
  decodeExtendedClientCutText,
  decodeFixColourMapEntries,
  decodeGiiClientMessage,
  decodePointerEvent,
  decodeQemuClientMessage,
  decodeSetDesktopSize,
  decodeSetScaleFactor,
  encodeClientFence,
  encodeClientMessage,
  encodeClientNtp,
  encodeClientXvp,
  encodeEnableContinuousUpdates,
  encodeExtendedClientCutText,
  encodeFixColourMapEntries,
  encodePointerEvent,
  encodeSetDesktopSize,
  encodeSetScaleFactor,
  extentOfClientFence,
  extentOfClientNtp,
  extentOfClientXvp,
  extentOfEnableContinuousUpdates,
  extentOfExtendedClientCutText,
  extentOfFixColourMapEntries,
  extentOfGiiClientMessage,
  extentOfPointerEvent,
  extentOfQemuClientMessage,
  extentOfSetDesktopSize,
  extentOfSetScaleFactor,
  type GiiClientMessage,
  type GiiEvent,
  type QemuClientMessage,
} from "../../codec/client/mod.ts";
import { ClipboardAction, type ExtendedCutText } from "../../codec/clipboard.ts";
import { formatsOf } from "../../codec/extended_cut_text.ts";
import { decodeServerInit, encodeServerInit, extentOfServerInit, type ServerInit } from "../../codec/handshake/mod.ts";
import { Encoding, SecurityType } from "../../codec/names.ts";
import {
  decodeEndOfContinuousUpdates,
  decodeExtendedServerCutText,
  decodeGiiServerMessage,
  decodePalmResizeFrameBuffer,
  decodeQemuServerMessage,
  decodeServerFence,
  decodeServerNtp,
  decodeServerXvp,
  encodeEndOfContinuousUpdates,
  encodeExtendedServerCutText,
  encodePalmResizeFrameBuffer,
  encodeServerFence,
  encodeServerMessage,
  encodeServerNtp,
  encodeServerXvp,
  extentOfEndOfContinuousUpdates,
  extentOfExtendedServerCutText,
  extentOfGiiServerMessage,
  extentOfPalmResizeFrameBuffer,
  extentOfQemuServerMessage,
  extentOfServerFence,
  extentOfServerNtp,
  extentOfServerXvp,
  type GiiServerMessage,
  type QemuServerMessage,
} from "../../codec/server/mod.ts";
import { NEW_SESSION, type Session } from "../../codec/session.ts";
import { bytes, pixelFormats, recordOf, s32s, u8s, u16s, u32s } from "./arbitraries.ts";
import { be16, be32, hex, join, latin1 } from "./bytes.ts";
import { type Claim, golden, type MessageCase, messageCase, U8, U16, U32 } from "./message_case.ts";

// What servers and clients say besides RFC 6143, as rfbproto lays it out; no maker's own dialects.

function agreedOn(session: Partial<Session>): Session {
  return { ...NEW_SESSION, phase: "normal", ...session };
}

const MOUSE_BUTTONS = { extendedMouseButtons: true } as const;
const CLIPBOARD = { extendedClipboard: true } as const;
const NTP = { encodingTypes: [Encoding.NeatvncNTP] } as const;
const TIGHT = { securityType: SecurityType.Tight } as const;

const rectangles = { x: u16s, y: u16s, width: u16s, height: u16s } as const;

const fences = { flags: u32s, payload: bytes(64) } as const;

const refusedFences = [
  { flags: 0, payload: new Uint8Array(65) },
  { flags: 2 ** 32, payload: new Uint8Array(0) },
  { flags: -1, payload: new Uint8Array(0) },
] as const;

const times = { t0: u32s, t1: u32s, t2: u32s, t3: u32s } as const;

const NONE: Uint8Array = new Uint8Array(0);

function clipboard(flags: number, maximumSizes: readonly number[] = [], deflated = NONE): ExtendedCutText {
  return { flags, maximumSizes, deflated };
}

const formatBits = fc.nat({ max: 0xffffff });

const clipboards: fc.Arbitrary<ExtendedCutText> = fc.oneof(
  fc
    .tuple(fc.nat({ max: 0xff }), formatBits, fc.array(u32s, { minLength: 16, maxLength: 16 }))
    .map(([actions, formats, sizes]) => {
      const flags = ((actions | 1) * 2 ** 24 + formats) >>> 0;
      return clipboard(flags, sizes.slice(0, formatsOf(flags).length));
    }),
  fc
    .tuple(fc.constantFrom(ClipboardAction.Request, ClipboardAction.Peek, ClipboardAction.Notify), formatBits)
    .map(([action, formats]) => clipboard(action + formats)),
  fc
    .tuple(formatBits, bytes(40))
    .map(([formats, deflated]) => clipboard(ClipboardAction.Provide + formats, [], deflated)),
);

const refusedClipboards = [
  clipboard(0),
  clipboard(0x0000_0001),
  clipboard(0x0600_0001),
  clipboard(0x8000_0001),
  clipboard(0x0100_0001),
  clipboard(0x0100_0001, [1, 2]),
  clipboard(0x0100_0001, [2 ** 32]),
  clipboard(0x0100_0001, [1], new Uint8Array(1)),
  clipboard(0x0200_0001, [1]),
  clipboard(0x0200_0001, [], new Uint8Array(1)),
];

function clipboardClaim(messageType: number): Claim {
  return {
    limit: "maxCutTextLength",
    most: 0x7fffffff,
    head: (length) => join([Uint8Array.of(messageType, 0, 0, 0), be32(-length)]),
  };
}

const SERVER_CLIPBOARD = hex(
  "789c62606050284e2d2a4b2d522849ad285178d43045e1c9de054f97ee5538bc9297ebc3fc590d0c00000000ffff",
);
const CLIENT_CLIPBOARD = hex(
  "789c636060d04e2bcacf5528c9485548cec94ccd2b5178d43045e1d9f4a5cfe6ac79b16a9ec287f9331a78b98a5393f3f3521800b74613f0",
);

/** Text, and NULs up to the length. */
function filled(text: string, length: number): Uint8Array {
  const name = new Uint8Array(length);
  name.set(latin1(text));
  return name;
}

const giiEvents: fc.Arbitrary<GiiEvent> = fc.oneof(
  recordOf({
    type: fc.constant("key" as const),
    eventType: fc.integer({ min: 5, max: 7 }),
    deviceOrigin: u32s,
    modifiers: u32s,
    symbol: u32s,
    label: u32s,
    button: u32s,
  }),
  recordOf({
    type: fc.constant("pointer" as const),
    eventType: fc.integer({ min: 8, max: 9 }),
    deviceOrigin: u32s,
    x: s32s,
    y: s32s,
    z: s32s,
    wheel: s32s,
  }),
  recordOf({
    type: fc.constant("button" as const),
    eventType: fc.integer({ min: 10, max: 11 }),
    deviceOrigin: u32s,
    buttonNumber: u32s,
  }),
  recordOf({
    type: fc.constant("valuator" as const),
    eventType: fc.integer({ min: 12, max: 13 }),
    deviceOrigin: u32s,
    first: u32s,
    values: fc.array(s32s, { maxLength: 5 }),
  }),
  recordOf({
    type: fc.constant("unknown" as const),
    eventType: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 14, max: 255 })),
    body: bytes(20, 6),
  }),
);

const valuators = recordOf({
  index: u32s,
  longName: bytes(74, 74),
  shortName: bytes(4, 4),
  rangeMin: s32s,
  rangeCenter: s32s,
  rangeMax: s32s,
  siUnit: u32s,
  siAdd: s32s,
  siMul: s32s,
  siDiv: s32s,
  siShift: s32s,
});

const unknownGii = (least: number) =>
  recordOf({
    type: fc.constant("unknownGii" as const),
    bigEndian: fc.boolean(),
    subType: fc.integer({ min: least, max: 127 }),
    body: bytes(30),
  });

const giiClientMessages: fc.Arbitrary<GiiClientMessage> = fc.oneof(
  recordOf({ type: fc.constant("giiClientVersion" as const), bigEndian: fc.boolean(), version: u16s }),
  recordOf({
    type: fc.constant("giiDeviceCreation" as const),
    bigEndian: fc.boolean(),
    deviceName: bytes(31, 31),
    vendorId: u32s,
    productId: u32s,
    canGenerate: u32s,
    numRegisters: u32s,
    numButtons: u32s,
    valuators: fc.array(valuators, { maxLength: 2 }),
  }),
  recordOf({ type: fc.constant("giiDeviceDestruction" as const), bigEndian: fc.boolean(), deviceOrigin: u32s }),
  recordOf({
    type: fc.constant("giiEvents" as const),
    bigEndian: fc.boolean(),
    events: fc.array(giiEvents, { maxLength: 4 }),
  }),
  unknownGii(4),
);

const TABLET = {
  index: 0,
  longName: filled("Pressure", 74),
  shortName: filled("2", 4),
  rangeMin: -1,
  rangeCenter: 1024,
  rangeMax: 2047,
  siUnit: 13,
  siAdd: 0,
  siMul: 1,
  siDiv: 2,
  siShift: -3,
} as const;

const capabilities = fc.array(recordOf({ code: s32s, vendor: bytes(4, 4), signature: bytes(8, 8) }), { maxLength: 3 });

const capability = (code: number, name: string) => ({
  code,
  vendor: latin1(name.slice(0, 4)),
  signature: latin1(name.slice(4)),
});

const TIGHT_SERVER_INIT = {
  type: "serverInit",
  framebufferWidth: 160,
  framebufferHeight: 120,
  serverPixelFormat: {
    bitsPerPixel: 32,
    depth: 24,
    bigEndianFlag: 0,
    trueColourFlag: 1,
    redMax: 255,
    greenMax: 255,
    blueMax: 255,
    redShift: 16,
    greenShift: 8,
    blueShift: 0,
  },
  name: latin1("root's corpus desktop (vm:25)"),
  capabilities: {
    serverMessages: [],
    clientMessages: [],
    encodings: [
      capability(1, "STDVCOPYRECT"),
      capability(2, "STDVRRE_____"),
      capability(4, "STDVCORRE___"),
      capability(5, "STDVHEXTILE_"),
      capability(6, "TRDVZLIB____"),
      capability(7, "TGHTTIGHT___"),
      capability(-256, "TGHTCOMPRLVL"),
      capability(-32, "TGHTJPEGQLVL"),
      capability(-240, "TGHTX11CURSR"),
      capability(-239, "TGHTRCHCURSR"),
      capability(-232, "TGHTPOINTPOS"),
      capability(-224, "TGHTLASTRECT"),
    ],
  },
} as const;

const clientMessages: readonly MessageCase[] = [
  messageCase({
    name: "FixColourMapEntries",
    framedFrom: "client",
    golden: [
      golden("the layout of SetColourMapEntries", "01 00 00fe 0002 ffff 8000 0000 0001 0203 0405", {
        type: "fixColourMapEntries",
        firstColour: 254,
        colours: [
          { red: 65535, green: 32768, blue: 0 },
          { red: 1, green: 0x0203, blue: 0x0405 },
        ],
      } as const),
      golden("the layout of SetColourMapEntries, no entry", "01 ff 0003 0000", {
        type: "fixColourMapEntries",
        firstColour: 3,
        colours: [],
      } as const),
    ],
    arbitrary: recordOf({
      type: fc.constant("fixColourMapEntries" as const),
      firstColour: fc.integer({ min: 0, max: 65536 - 12 }),
      colours: fc.array(recordOf({ red: u16s, green: u16s, blue: u16s }), { maxLength: 12 }),
    }),
    extentOf: extentOfFixColourMapEntries,
    decode: decodeFixColourMapEntries,
    encode: encodeFixColourMapEntries,
    padding: [1],
    numbers: { firstColour: U16 },
    claims: [
      {
        limit: "maxColourMapEntries",
        most: 0xffff,
        head: (count) => join([Uint8Array.of(1, 0), be16(0), be16(count)]),
      },
    ],
    refused: [
      { type: "fixColourMapEntries", firstColour: 0, colours: [{ red: 65536, green: 0, blue: 0 }] },
      { type: "fixColourMapEntries", firstColour: 0, colours: new Array(65536).fill({ red: 0, green: 0, blue: 0 }) },
    ],
  }),
  messageCase({
    name: "PointerEvent with ExtendedMouseButtons",
    framedFrom: "client",
    session: MOUSE_BUTTONS,
    golden: [
      golden("rfbproto ExtendedMouseButtons, the button forward", "05 80 0032 003c 02", {
        type: "pointerEvent",
        buttonMask: 0x80,
        x: 50,
        y: 60,
        extendedButtonMask: 2,
      } as const),
      golden("rfbproto ExtendedMouseButtons, all buttons there are", "05 ff ffff 0000 ff", {
        type: "pointerEvent",
        buttonMask: 0xff,
        x: 65535,
        y: 0,
        extendedButtonMask: 0xff,
      } as const),
      golden("xtigervnc-messages/client.bin@325, where bit 7 is not set", "05 01 0032 003c", {
        type: "pointerEvent",
        buttonMask: 1,
        x: 50,
        y: 60,
      } as const),
    ],
    arbitrary: fc.oneof(
      recordOf({
        type: fc.constant("pointerEvent" as const),
        buttonMask: fc.integer({ min: 0, max: 0x7f }),
        x: u16s,
        y: u16s,
      }),
      recordOf({
        type: fc.constant("pointerEvent" as const),
        buttonMask: fc.integer({ min: 0x80, max: 0xff }),
        x: u16s,
        y: u16s,
        extendedButtonMask: u8s,
      }),
    ),
    extentOf: (array, at, end, limits) => extentOfPointerEvent(array, at, end, limits, agreedOn(MOUSE_BUTTONS)),
    decode: (array, at) => decodePointerEvent(array, at, agreedOn(MOUSE_BUTTONS)),
    encode: encodePointerEvent,
    numbers: { buttonMask: [0x80, 0xff], x: U16, y: U16, extendedButtonMask: U8 },
    refused: [{ type: "pointerEvent", buttonMask: 0x7f, x: 0, y: 0, extendedButtonMask: 0 }],
  }),
  messageCase({
    name: "ExtendedClientCutText",
    framedFrom: "client",
    session: CLIPBOARD,
    golden: [
      golden("xtigervnc-extendedclipboard/client.bin@64, capabilities", "06 000000 fffffff8 1f000001 00000000", {
        type: "extendedClientCutText",
        ...clipboard(0x1f000001, [0]),
      } as const),
      golden("xtigervnc-extendedclipboard/client.bin@80, notify", "06 000000 fffffffc 08000001", {
        type: "extendedClientCutText",
        ...clipboard(0x08000001),
      } as const),
      golden(
        "xtigervnc-extendedclipboard/client.bin@92, provide",
        join([hex("06 000000 ffffffc4 10000001"), CLIENT_CLIPBOARD]),
        { type: "extendedClientCutText", ...clipboard(0x10000001, [], CLIENT_CLIPBOARD) } as const,
      ),
      golden("xtigervnc-extendedclipboard/client.bin@160, request", "06 000000 fffffffc 02000001", {
        type: "extendedClientCutText",
        ...clipboard(0x02000001),
      } as const),
      golden("xtigervnc-extendedclipboard/client.bin@192, peek", "06 000000 fffffffc 04000001", {
        type: "extendedClientCutText",
        ...clipboard(0x04000001),
      } as const),
      golden(
        "rfbproto Extended Clipboard, capabilities for every format that has a name",
        "06 000000 ffffffe8 1b00001f 01400000 00200000 00200000 00000000 00000001",
        {
          type: "extendedClientCutText",
          ...clipboard(0x1b00001f, [20 * 2 ** 20, 2 ** 21, 2 ** 21, 0, 1]),
        } as const,
      ),
    ],
    arbitrary: clipboards.map((message) => ({ type: "extendedClientCutText" as const, ...message })),
    extentOf: extentOfExtendedClientCutText,
    decode: decodeExtendedClientCutText,
    encode: encodeExtendedClientCutText,
    padding: [1, 2, 3],
    claims: [clipboardClaim(6)],
    refused: refusedClipboards.map((message) => ({ type: "extendedClientCutText" as const, ...message })),
    drops: true,
  }),
  messageCase({
    name: "SetScaleFactor",
    framedFrom: "client",
    golden: [golden("the layout of PalmVNC", "0f 02 aaaa", { type: "setScaleFactor", scaleFactor: 2 } as const)],
    arbitrary: recordOf({ type: fc.constant("setScaleFactor" as const), scaleFactor: u8s }),
    extentOf: extentOfSetScaleFactor,
    decode: decodeSetScaleFactor,
    encode: encodeSetScaleFactor,
    padding: [2, 3],
    numbers: { scaleFactor: U8 },
  }),
  messageCase({
    name: "EnableContinuousUpdates",
    framedFrom: "client",
    golden: [
      golden("xtigervnc-continuous/client.bin@126", "96 01 0000 0000 0190 012c", {
        type: "enableContinuousUpdates",
        enableFlag: 1,
        x: 0,
        y: 0,
        width: 400,
        height: 300,
      } as const),
      golden("xtigervnc-continuous/client.bin@651", "96 00 0000 0000 0190 012c", {
        type: "enableContinuousUpdates",
        enableFlag: 0,
        x: 0,
        y: 0,
        width: 400,
        height: 300,
      } as const),
      golden("rfbproto EnableContinuousUpdates, a part", "96 ff 0102 0304 0506 0708", {
        type: "enableContinuousUpdates",
        enableFlag: 255,
        x: 0x0102,
        y: 0x0304,
        width: 0x0506,
        height: 0x0708,
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("enableContinuousUpdates" as const), enableFlag: u8s, ...rectangles }),
    extentOf: extentOfEnableContinuousUpdates,
    decode: decodeEnableContinuousUpdates,
    encode: encodeEnableContinuousUpdates,
    numbers: { enableFlag: U8, x: U16, y: U16, width: U16, height: U16 },
  }),
  messageCase({
    name: "ClientNtp",
    framedFrom: "client",
    session: NTP,
    golden: [
      golden("the layout of neatvnc", "a0 aaaaaa 00000001 00000002 fffffffe 80000000", {
        type: "clientNtp",
        t0: 1,
        t1: 2,
        t2: 0xfffffffe,
        t3: 0x80000000,
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("clientNtp" as const), ...times }),
    extentOf: (array, at, end, limits) => extentOfClientNtp(array, at, end, limits, agreedOn(NTP)),
    decode: decodeClientNtp,
    encode: encodeClientNtp,
    padding: [1, 2, 3],
    numbers: { t0: U32, t1: U32, t2: U32, t3: U32 },
  }),
  messageCase({
    name: "ClientFence",
    framedFrom: "client",
    golden: [
      golden("xtigervnc-continuous/client.bin@100", "f8 000000 00000000 01 00", {
        type: "clientFence",
        flags: 0,
        payload: hex("00"),
      } as const),
      golden("xtigervnc-continuous/client.bin@136", "f8 000000 00000001 01 01", {
        type: "clientFence",
        flags: 1,
        payload: hex("01"),
      } as const),
      golden(
        "rfbproto Fence, a request of 64 bytes",
        join([hex("f8 aabbcc 80000007 40"), new Uint8Array(64).fill(9)]),
        {
          type: "clientFence",
          flags: 0x80000007,
          payload: new Uint8Array(64).fill(9),
        } as const,
      ),
    ],
    arbitrary: recordOf({ type: fc.constant("clientFence" as const), ...fences }),
    extentOf: extentOfClientFence,
    decode: decodeClientFence,
    encode: encodeClientFence,
    padding: [1, 2, 3],
    numbers: { flags: U32 },
    refused: refusedFences.map((fence) => ({ type: "clientFence" as const, ...fence })),
    drops: true,
  }),
  messageCase({
    name: "xvp Client Message",
    framedFrom: "client",
    golden: [
      golden("x11vnc-pseudo/client.bin@325", "fa 00 01 02", {
        type: "clientXvp",
        xvpExtensionVersion: 1,
        xvpMessageCode: 2,
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("clientXvp" as const), xvpExtensionVersion: u8s, xvpMessageCode: u8s }),
    extentOf: extentOfClientXvp,
    decode: decodeClientXvp,
    encode: encodeClientXvp,
    padding: [1],
    numbers: { xvpExtensionVersion: U8, xvpMessageCode: U8 },
  }),
  messageCase({
    name: "SetDesktopSize",
    framedFrom: "client",
    golden: [
      golden(
        "xtigervnc-extendeddesktopsize/client.bin@122",
        "fb 00 01f4 015e 01 00 00000000 0000 0000 01f4 015e 00000000",
        {
          type: "setDesktopSize",
          width: 500,
          height: 350,
          screens: [{ id: 0, x: 0, y: 0, width: 500, height: 350, flags: 0 }],
        } as const,
      ),
      golden(
        "xtigervnc-extendeddesktopsize/client.bin@210, two screens",
        "fb 00 0280 0190 02 00 00000001 0000 0000 0140 0190 00000000 00000002 0140 0000 0140 0190 00000000",
        {
          type: "setDesktopSize",
          width: 640,
          height: 400,
          screens: [
            { id: 1, x: 0, y: 0, width: 320, height: 400, flags: 0 },
            { id: 2, x: 320, y: 0, width: 320, height: 400, flags: 0 },
          ],
        } as const,
      ),
      golden("rfbproto SetDesktopSize, no screen", "fb 11 0001 0002 00 22", {
        type: "setDesktopSize",
        width: 1,
        height: 2,
        screens: [],
      } as const),
    ],
    arbitrary: recordOf({
      type: fc.constant("setDesktopSize" as const),
      width: u16s,
      height: u16s,
      screens: fc.array(recordOf({ id: u32s, ...rectangles, flags: u32s }), { maxLength: 4 }),
    }),
    extentOf: extentOfSetDesktopSize,
    decode: decodeSetDesktopSize,
    encode: encodeSetDesktopSize,
    padding: [1, 7],
    numbers: { width: U16, height: U16 },
    refused: [
      [{ id: 2 ** 32, x: 0, y: 0, width: 1, height: 1, flags: 0 }],
      [{ id: 0, x: -1, y: 0, width: 1, height: 1, flags: 0 }],
      [{ id: 0, x: 0, y: 65536, width: 1, height: 1, flags: 0 }],
      new Array(256).fill({ id: 0, x: 0, y: 0, width: 1, height: 1, flags: 0 }),
    ].map((screens) => ({ type: "setDesktopSize" as const, width: 1, height: 1, screens })),
  }),
  messageCase<GiiClientMessage>({
    name: "gii Client Message",
    framedFrom: "client",
    golden: [
      golden("rfbproto gii, Version", "fd 81 0002 0001", { type: "giiClientVersion", bigEndian: true, version: 1 }),
      golden("rfbproto gii, Version, little-endian", "fd 01 0200 0100", {
        type: "giiClientVersion",
        bigEndian: false,
        version: 1,
      }),
      golden(
        "rfbproto gii, Device Creation without valuators, little-endian",
        join([hex("fd 02 3800"), filled("pad", 32), hex("78563412 0b000000 00300000 00000000 00000000 02000000")]),
        {
          type: "giiDeviceCreation",
          bigEndian: false,
          deviceName: filled("pad", 31),
          vendorId: 0x12345678,
          productId: 11,
          canGenerate: 0x3000,
          numRegisters: 0,
          numButtons: 2,
          valuators: [],
        },
      ),
      golden(
        "rfbproto gii, Device Creation",
        join([
          hex("fd 82 00ac"),
          filled("tablet", 32),
          hex("00000001 00000002 00003f00 00000000 00000001 00000003"),
          hex("00000000"),
          filled("Pressure", 75),
          filled("2", 5),
          hex("ffffffff 00000400 000007ff 0000000d 00000000 00000001 00000002 fffffffd"),
        ]),
        {
          type: "giiDeviceCreation",
          bigEndian: true,
          deviceName: filled("tablet", 31),
          vendorId: 1,
          productId: 2,
          canGenerate: 0x3f00,
          numRegisters: 0,
          numButtons: 3,
          valuators: [TABLET],
        },
      ),
      golden("rfbproto gii, Device Destruction", "fd 83 0004 00000007", {
        type: "giiDeviceDestruction",
        bigEndian: true,
        deviceOrigin: 7,
      }),
      golden("rfbproto gii, no event", "fd 80 0000", { type: "giiEvents", bigEndian: true, events: [] }),
      golden(
        "rfbproto gii, an event of each kind",
        join([
          hex("fd 80 0060"),
          hex("18 05 0000 00000001 00000002 00000003 00000004 00000005"),
          hex("18 08 0000 00000001 ffffffff 00000002 80000000 fffffffd"),
          hex("0c 0b 0000 00000001 00000003"),
          hex("18 0d 0000 00000001 00000004 00000002 fffffff6 7fffffff"),
          hex("0c 0e 0102 03040506 0708090a"),
        ]),
        {
          type: "giiEvents",
          bigEndian: true,
          events: [
            { type: "key", eventType: 5, deviceOrigin: 1, modifiers: 2, symbol: 3, label: 4, button: 5 },
            { type: "pointer", eventType: 8, deviceOrigin: 1, x: -1, y: 2, z: -0x80000000, wheel: -3 },
            { type: "button", eventType: 11, deviceOrigin: 1, buttonNumber: 3 },
            { type: "valuator", eventType: 13, deviceOrigin: 1, first: 4, values: [-10, 0x7fffffff] },
            { type: "unknown", eventType: 14, body: hex("0102 03040506 0708090a") },
          ],
        },
      ),
      golden(
        "rfbproto gii, events, little-endian",
        "fd 00 2c00  18 09 0000 01000000 ffffffff 02000000 00000080 fdffffff  14 0c 0000 01000000 04000000 01000000 f6ffffff",
        {
          type: "giiEvents",
          bigEndian: false,
          events: [
            { type: "pointer", eventType: 9, deviceOrigin: 1, x: -1, y: 2, z: -0x80000000, wheel: -3 },
            { type: "valuator", eventType: 12, deviceOrigin: 1, first: 4, values: [-10] },
          ],
        },
      ),
      golden("rfbproto gii, an unknown sub-type, little-endian", "fd 05 0300 010203", {
        type: "unknownGii",
        bigEndian: false,
        subType: 5,
        body: hex("010203"),
      }),
    ],
    arbitrary: giiClientMessages,
    extentOf: extentOfGiiClientMessage,
    decode: decodeGiiClientMessage,
    encode: encodeClientMessage,
    numbers: { version: U16 },
    refused: [
      { type: "giiDeviceDestruction", bigEndian: true, deviceOrigin: 2 ** 32 },
      { type: "unknownGii", bigEndian: false, subType: 128, body: NONE },
      { type: "unknownGii", bigEndian: true, subType: -1, body: NONE },
      { type: "unknownGii", bigEndian: true, subType: 4, body: new Uint8Array(65536) },
      ...[
        { type: "key", eventType: 8, deviceOrigin: 1, modifiers: 0, symbol: 0, label: 0, button: 0 } as const,
        { type: "pointer", eventType: 7, deviceOrigin: 1, x: 0, y: 0, z: 0, wheel: 0 } as const,
        { type: "pointer", eventType: 8, deviceOrigin: 1, x: 2 ** 31, y: 0, z: 0, wheel: 0 } as const,
        { type: "button", eventType: 12, deviceOrigin: 1, buttonNumber: 1 } as const,
        { type: "valuator", eventType: 11, deviceOrigin: 1, first: 0, values: [] } as const,
        { type: "valuator", eventType: 12, deviceOrigin: 1, first: 0, values: new Array<number>(60).fill(0) } as const,
        { type: "unknown", eventType: 5, body: new Uint8Array(6) } as const,
        { type: "unknown", eventType: 14, body: new Uint8Array(5) } as const,
        { type: "unknown", eventType: 14, body: new Uint8Array(254) } as const,
      ].map((event) => ({ type: "giiEvents" as const, bigEndian: true, events: [event] })),
      ...[
        { deviceName: new Uint8Array(32) },
        { valuators: [{ ...TABLET, longName: new Uint8Array(75) }] },
        { valuators: [{ ...TABLET, shortName: new Uint8Array(5) }] },
        { valuators: new Array<typeof TABLET>(565).fill(TABLET) },
      ].map((fields) => ({
        type: "giiDeviceCreation" as const,
        bigEndian: true,
        deviceName: NONE,
        vendorId: 0,
        productId: 0,
        canGenerate: 0,
        numRegisters: 0,
        numButtons: 0,
        valuators: [],
        ...fields,
      })),
    ],
  }),
  messageCase<QemuClientMessage>({
    name: "QEMU Client Message",
    framedFrom: "client",
    golden: [
      golden("qemu-audio/client.bin@164", "ff 00 0001 0000ffe5 0000003a", {
        type: "qemuExtendedKeyEvent",
        downFlag: 1,
        keysym: 0xffe5,
        keycode: 0x3a,
      }),
      golden("xtigervnc-messages/client.bin@291", "ff 00 0000 00000061 0000001e", {
        type: "qemuExtendedKeyEvent",
        downFlag: 0,
        keysym: 0x61,
        keycode: 0x1e,
      }),
      golden("qemu-audio/client.bin@110", "ff 01 0000", { type: "qemuAudioEnable" }),
      golden("qemu-audio/client.bin@284", "ff 01 0001", { type: "qemuAudioDisable" }),
      golden("qemu-audio/client.bin@100", "ff 01 0002 03 01 00002b11", {
        type: "qemuAudioSetFormat",
        sampleFormat: 3,
        numberOfChannels: 1,
        frequency: 11025,
      }),
    ],
    arbitrary: fc.oneof<fc.Arbitrary<QemuClientMessage>[]>(
      recordOf({ type: fc.constant("qemuExtendedKeyEvent" as const), downFlag: u16s, keysym: u32s, keycode: u32s }),
      fc.constantFrom({ type: "qemuAudioEnable" } as const, { type: "qemuAudioDisable" } as const),
      recordOf({
        type: fc.constant("qemuAudioSetFormat" as const),
        sampleFormat: u8s,
        numberOfChannels: u8s,
        frequency: u32s,
      }),
    ),
    extentOf: extentOfQemuClientMessage,
    decode: decodeQemuClientMessage,
    encode: encodeClientMessage,
    numbers: { downFlag: U16, keysym: U32, keycode: U32 },
    refused: [
      { type: "qemuAudioSetFormat", sampleFormat: 256, numberOfChannels: 1, frequency: 1 },
      { type: "qemuAudioSetFormat", sampleFormat: 0, numberOfChannels: -1, frequency: 1 },
      { type: "qemuAudioSetFormat", sampleFormat: 0, numberOfChannels: 1, frequency: 2 ** 32 },
    ],
  }),
];

const serverMessages: readonly MessageCase[] = [
  messageCase<ServerInit>({
    name: "ServerInit with capabilities",
    session: TIGHT,
    golden: [
      golden(
        "xtightvnc-tightsecurity-none/server.bin@27",
        join([
          hex("00a0 0078 2018000100ff00ff00ff100800000000 0000001d"),
          latin1("root's corpus desktop (vm:25)"),
          hex("0000 0000 000c 0000"),
          ...TIGHT_SERVER_INIT.capabilities.encodings.flatMap(({ code, vendor, signature }) => [
            be32(code),
            vendor,
            signature,
          ]),
        ]),
        TIGHT_SERVER_INIT,
      ),
      golden(
        "rfbproto Tight Security Type, one of each kind",
        join([
          hex("00a0 0078 2018000100ff00ff00ff100800000000 00000000"),
          hex("0001 0001 0001 0000"),
          hex("00000082"),
          latin1("TGHTFTS_LSDT"),
          hex("00000097"),
          latin1("TGHTVRECTSEL"),
          hex("fffffecf"),
          latin1("GGI_GII_____"),
        ]),
        {
          ...TIGHT_SERVER_INIT,
          name: NONE,
          capabilities: {
            serverMessages: [capability(130, "TGHTFTS_LSDT")],
            clientMessages: [capability(151, "TGHTVRECTSEL")],
            encodings: [capability(-305, "GGI_GII_____")],
          },
        },
      ),
    ],
    arbitrary: recordOf({
      type: fc.constant("serverInit" as const),
      framebufferWidth: fc.integer({ min: 0, max: 16384 }),
      framebufferHeight: fc.integer({ min: 0, max: 4096 }),
      serverPixelFormat: pixelFormats,
      name: bytes(20),
      capabilities: recordOf({
        serverMessages: capabilities,
        clientMessages: capabilities,
        encodings: capabilities,
      }),
    }),
    extentOf: (array, at, end, limits) => extentOfServerInit(array, at, end, limits, agreedOn(TIGHT)),
    decode: (array, at) => decodeServerInit(array, at, agreedOn(TIGHT)),
    encode: encodeServerInit,
    padding: [17, 18, 19],
    claims: [0, 2, 4].map((offset) => ({
      limit: "maxCapabilities",
      most: 0xffff,
      head: (count) => join([new Uint8Array(24 + offset), be16(count), new Uint8Array(6 - offset)]),
    })),
    refused: [
      { code: 2 ** 31, vendor: new Uint8Array(4), signature: new Uint8Array(8) },
      { code: 0, vendor: new Uint8Array(3), signature: new Uint8Array(8) },
      { code: 0, vendor: new Uint8Array(4), signature: new Uint8Array(9) },
    ]
      .map((wrong) => ({ serverMessages: [], clientMessages: [wrong], encodings: [] }))
      .map((wrong) => ({ ...TIGHT_SERVER_INIT, capabilities: wrong })),
  }),
  messageCase({
    name: "ExtendedServerCutText",
    framedFrom: "server",
    session: CLIPBOARD,
    golden: [
      golden("xtigervnc-continuous/server.bin@74, capabilities", "03 000000 fffffff8 1f000001 00000000", {
        type: "extendedServerCutText",
        ...clipboard(0x1f000001, [0]),
      } as const),
      golden("xtigervnc-extendedclipboard/server.bin@2386, request", "03 000000 fffffffc 02000001", {
        type: "extendedServerCutText",
        ...clipboard(0x02000001),
      } as const),
      golden("xtigervnc-extendedclipboard/server.bin@2398, notify", "03 000000 fffffffc 08000001", {
        type: "extendedServerCutText",
        ...clipboard(0x08000001),
      } as const),
      golden(
        "xtigervnc-extendedclipboard/server.bin@2410, provide",
        join([hex("03 000000 ffffffce 10000001"), SERVER_CLIPBOARD]),
        { type: "extendedServerCutText", ...clipboard(0x10000001, [], SERVER_CLIPBOARD) } as const,
      ),
    ],
    arbitrary: clipboards.map((message) => ({ type: "extendedServerCutText" as const, ...message })),
    extentOf: extentOfExtendedServerCutText,
    decode: decodeExtendedServerCutText,
    encode: encodeExtendedServerCutText,
    padding: [1, 2, 3],
    claims: [clipboardClaim(3)],
    refused: refusedClipboards.map((message) => ({ type: "extendedServerCutText" as const, ...message })),
    drops: true,
  }),
  messageCase({
    name: "PalmResizeFrameBuffer",
    framedFrom: "server",
    golden: [
      golden("the layout of PalmVNC", "0f aa 0280 01e0 0140 00f0 aaaa", {
        type: "palmResizeFrameBuffer",
        desktopWidth: 640,
        desktopHeight: 480,
        bufferWidth: 320,
        bufferHeight: 240,
      } as const),
    ],
    arbitrary: recordOf({
      type: fc.constant("palmResizeFrameBuffer" as const),
      desktopWidth: u16s,
      desktopHeight: u16s,
      bufferWidth: fc.integer({ min: 0, max: 16384 }),
      bufferHeight: fc.integer({ min: 0, max: 4096 }),
    }),
    extentOf: extentOfPalmResizeFrameBuffer,
    decode: decodePalmResizeFrameBuffer,
    encode: encodePalmResizeFrameBuffer,
    padding: [1, 10, 11],
    numbers: { desktopWidth: U16, desktopHeight: U16, bufferWidth: U16, bufferHeight: U16 },
    claims: [
      { limit: "maxFramebufferSide", most: 0xffff, head: (side) => join([hex("0f00 ffffffff"), be16(side), be16(1)]) },
      { limit: "maxFramebufferSide", most: 0xffff, head: (side) => join([hex("0f00 ffffffff"), be16(1), be16(side)]) },
      { limit: "maxFramebufferArea", most: 16384, head: (area) => join([hex("0f00 ffffffff"), be16(area), be16(1)]) },
    ],
  }),
  messageCase({
    name: "EndOfContinuousUpdates",
    framedFrom: "server",
    golden: [golden("xtigervnc-continuous/server.bin@73", "96", { type: "endOfContinuousUpdates" } as const)],
    arbitrary: fc.constant({ type: "endOfContinuousUpdates" as const }),
    extentOf: extentOfEndOfContinuousUpdates,
    decode: decodeEndOfContinuousUpdates,
    encode: encodeEndOfContinuousUpdates,
  }),
  messageCase({
    name: "ServerNtp",
    framedFrom: "server",
    session: NTP,
    golden: [
      golden("the layout of neatvnc", "a0 aaaaaa 00000001 00000002 fffffffe 80000000", {
        type: "serverNtp",
        t0: 1,
        t1: 2,
        t2: 0xfffffffe,
        t3: 0x80000000,
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("serverNtp" as const), ...times }),
    extentOf: (array, at, end, limits) => extentOfServerNtp(array, at, end, limits, agreedOn(NTP)),
    decode: decodeServerNtp,
    encode: encodeServerNtp,
    padding: [1, 2, 3],
    numbers: { t0: U32, t1: U32, t2: U32, t3: U32 },
  }),
  messageCase({
    name: "ServerFence",
    framedFrom: "server",
    golden: [
      golden("xtigervnc-continuous/server.bin@63", "f8 000000 80000000 01 00", {
        type: "serverFence",
        flags: 0x80000000,
        payload: hex("00"),
      } as const),
      golden("xtigervnc-continuous/server.bin@163", "f8 000000 80000001 01 01", {
        type: "serverFence",
        flags: 0x80000001,
        payload: hex("01"),
      } as const),
      golden("rfbproto Fence, an answer without payload", "f8 aabbcc 00000005 00", {
        type: "serverFence",
        flags: 5,
        payload: NONE,
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("serverFence" as const), ...fences }),
    extentOf: extentOfServerFence,
    decode: decodeServerFence,
    encode: encodeServerFence,
    padding: [1, 2, 3],
    numbers: { flags: U32 },
    refused: refusedFences.map((fence) => ({ type: "serverFence" as const, ...fence })),
    drops: true,
  }),
  messageCase({
    name: "xvp Server Message",
    framedFrom: "server",
    golden: [
      golden("rfbproto xvp Server Message, it is known", "fa 00 01 01", {
        type: "serverXvp",
        xvpExtensionVersion: 1,
        xvpMessageCode: 1,
      } as const),
      golden("rfbproto xvp Server Message, it has failed", "fa aa 01 00", {
        type: "serverXvp",
        xvpExtensionVersion: 1,
        xvpMessageCode: 0,
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("serverXvp" as const), xvpExtensionVersion: u8s, xvpMessageCode: u8s }),
    extentOf: extentOfServerXvp,
    decode: decodeServerXvp,
    encode: encodeServerXvp,
    padding: [1],
    numbers: { xvpExtensionVersion: U8, xvpMessageCode: U8 },
  }),
  messageCase<GiiServerMessage>({
    name: "gii Server Message",
    framedFrom: "server",
    golden: [
      golden("rfbproto gii, Version", "fd 81 0004 0002 0001", {
        type: "giiServerVersion",
        bigEndian: true,
        maximumVersion: 2,
        minimumVersion: 1,
      }),
      golden("rfbproto gii, Version, little-endian", "fd 01 0400 0200 0100", {
        type: "giiServerVersion",
        bigEndian: false,
        maximumVersion: 2,
        minimumVersion: 1,
      }),
      golden("rfbproto gii, Device Creation, little-endian", "fd 02 0400 04030201", {
        type: "giiDeviceCreated",
        bigEndian: false,
        deviceOrigin: 0x01020304,
      }),
      golden("rfbproto gii, Device Creation, which failed", "fd 82 0004 00000000", {
        type: "giiDeviceCreated",
        bigEndian: true,
        deviceOrigin: 0,
      }),
      golden("rfbproto gii, an unknown sub-type", "fd 83 0003 010203", {
        type: "unknownGii",
        bigEndian: true,
        subType: 3,
        body: hex("010203"),
      }),
    ],
    arbitrary: fc.oneof<fc.Arbitrary<GiiServerMessage>[]>(
      recordOf({
        type: fc.constant("giiServerVersion" as const),
        bigEndian: fc.boolean(),
        maximumVersion: u16s,
        minimumVersion: u16s,
      }),
      recordOf({ type: fc.constant("giiDeviceCreated" as const), bigEndian: fc.boolean(), deviceOrigin: u32s }),
      unknownGii(3),
    ),
    extentOf: extentOfGiiServerMessage,
    decode: decodeGiiServerMessage,
    encode: encodeServerMessage,
    numbers: { maximumVersion: U16, minimumVersion: U16 },
    refused: [{ type: "giiDeviceCreated", bigEndian: false, deviceOrigin: -1 }],
  }),
  messageCase<QemuServerMessage>({
    name: "QEMU Server Message",
    framedFrom: "server",
    golden: [
      golden("qemu-audio/server.bin@37552", "ff 01 0001", { type: "qemuAudioBegin" }),
      golden("rfbproto QEMU Server Message, audio end", "ff 01 0000", { type: "qemuAudioEnd" }),
      golden("qemu-audio/server.bin@467292", `ff 01 0002 00000034 ff7fff7f ${"0080".repeat(12)} ${"ff7f".repeat(12)}`, {
        type: "qemuAudioData",
        data: hex(`ff7fff7f ${"0080".repeat(12)} ${"ff7f".repeat(12)}`),
      }),
    ],
    arbitrary: fc.oneof<fc.Arbitrary<QemuServerMessage>[]>(
      fc.constantFrom({ type: "qemuAudioBegin" } as const, { type: "qemuAudioEnd" } as const),
      recordOf({ type: fc.constant("qemuAudioData" as const), data: bytes(40) }),
    ),
    extentOf: extentOfQemuServerMessage,
    decode: decodeQemuServerMessage,
    encode: encodeServerMessage,
    claims: [{ limit: "maxAudioLength", most: 0xffffffff, head: (length) => join([hex("ff 01 0002"), be32(length)]) }],
  }),
];

export const EXTENSION_MESSAGES: readonly MessageCase[] = [...clientMessages, ...serverMessages];
