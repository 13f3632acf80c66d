import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import {
  decodeClientCutText,
  decodeFramebufferUpdateRequest,
  decodeKeyEvent,
  decodePointerEvent,
  decodeSetEncodings,
  decodeSetPixelFormat,
  encodeClientCutText,
  encodeFramebufferUpdateRequest,
  encodeKeyEvent,
  encodePointerEvent,
  encodeSetEncodings,
  encodeSetPixelFormat,
  extentOfClientCutText,
  extentOfFramebufferUpdateRequest,
  extentOfKeyEvent,
  extentOfPointerEvent,
  extentOfSetEncodings,
  extentOfSetPixelFormat,
  type SetEncodings,
} from "../../codec/client/mod.ts";
import {
  decodeClientInit,
  decodeProtocolVersion,
  decodeSecurityResult,
  decodeSecurityType,
  decodeSecurityTypes,
  decodeServerInit,
  decodeVencryptPlain,
  decodeVencryptSubtype,
  decodeVencryptSubtypeAck,
  decodeVencryptSubtypes,
  decodeVencryptVersion,
  decodeVencryptVersionAck,
  decodeVncAuthChallenge,
  decodeVncAuthResponse,
  encodeClientInit,
  encodeProtocolVersion,
  encodeSecurityRefusal,
  encodeSecurityResult,
  encodeSecurityType,
  encodeSecurityTypes,
  encodeServerInit,
  encodeVencryptPlain,
  encodeVencryptSubtype,
  encodeVencryptSubtypeAck,
  encodeVencryptSubtypes,
  encodeVencryptVersion,
  encodeVencryptVersionAck,
  encodeVncAuthChallenge,
  encodeVncAuthResponse,
  extentOfClientInit,
  extentOfProtocolVersion,
  extentOfSecurityResult,
  extentOfSecurityType,
  extentOfSecurityTypes,
  extentOfServerInit,
  extentOfVencryptPlain,
  extentOfVencryptSubtype,
  extentOfVencryptSubtypeAck,
  extentOfVencryptSubtypes,
  extentOfVencryptVersion,
  extentOfVencryptVersionAck,
  extentOfVncAuthChallenge,
  extentOfVncAuthResponse,
  type SecurityRefusal,
  type SecurityResult,
  type SecurityTypes,
  type Version,
} from "../../codec/handshake/mod.ts";
import { decodePixelFormat, encodePixelFormat, type PixelFormat } from "../../codec/pixel_format.ts";
import {
  decodeBell,
  decodeFramebufferUpdate,
  decodeRectangle,
  decodeServerCutText,
  decodeSetColourMapEntries,
  encodeBell,
  encodeFramebufferUpdate,
  encodeRectangle,
  encodeServerCutText,
  encodeSetColourMapEntries,
  extentOfBell,
  extentOfFramebufferUpdate,
  extentOfRectangle,
  extentOfServerCutText,
  extentOfSetColourMapEntries,
} from "../../codec/server/mod.ts";
import { bytes, pixelFormats, recordOf, s32s, u8s, u16s, u32s } from "./arbitraries.ts";
import { be16, be32, hex, join, latin1 } from "./bytes.ts";
import { CONTAINER_MESSAGES } from "./container_messages.ts";
import { EXTENSION_MESSAGES } from "./extension_messages.ts";
import { LOGIN_MESSAGES } from "./login_messages.ts";
import { cutTextClaim, type Golden, golden, type MessageCase, messageCase, S32, U8, U16, U32 } from "./message_case.ts";
import { RA2_MESSAGES } from "./ra2_messages.ts";
import { SASL_MESSAGES } from "./sasl_messages.ts";
import { VENDOR_MESSAGES } from "./vendor_messages.ts";

// Every message once. `messages.test.ts` asks the same of all of them; the fuzzing starts from their vectors.

function trueColour(
  bitsPerPixel: number,
  depth: number,
  bigEndianFlag: number,
  [redMax, greenMax, blueMax]: readonly [number, number, number],
  [redShift, greenShift, blueShift]: readonly [number, number, number],
  trueColourFlag = 1,
): PixelFormat {
  return {
    bitsPerPixel,
    depth,
    bigEndianFlag,
    trueColourFlag,
    redMax,
    greenMax,
    blueMax,
    redShift,
    greenShift,
    blueShift,
  };
}

export const RGB888LE: PixelFormat = trueColour(32, 24, 0, [255, 255, 255], [16, 8, 0]);
export const RGB565BE: PixelFormat = trueColour(16, 16, 1, [31, 63, 31], [11, 5, 0]);
export const RGB332: PixelFormat = trueColour(8, 8, 0, [7, 7, 3], [5, 2, 0]);
export const COLOUR_MAP: PixelFormat = trueColour(8, 8, 0, [0, 0, 0], [0, 0, 0], 0);

const UTF8_NAME = hex("636f72707573 2072656e616d6564 20 e28094 20 c3a9"); // "corpus renamed — é"

const pixelFormatGolden: readonly Golden<PixelFormat>[] = [
  golden("qemu-none-v33/server.bin@20", "20 18 00 01 00ff 00ff 00ff 10 08 00 000000", RGB888LE),
  golden(
    "x11vnc-none-v33/server.bin@20, where the flag is 255",
    "20 18 00 ff 00ff 00ff 00ff 10 08 00 000000",
    trueColour(32, 24, 0, [255, 255, 255], [16, 8, 0], 255),
  ),
  golden("qemu-raw-rgb565be/client.bin@18", "10 10 01 01 001f 003f 001f 0b 05 00 000000", RGB565BE),
  golden(
    "x11vnc-raw-rgb555le/client.bin@18",
    "10 0f 00 01 001f 001f 001f 0a 05 00 000000",
    trueColour(16, 15, 0, [31, 31, 31], [10, 5, 0]),
  ),
  golden(
    "xtigervnc-zrle-rgb444le/client.bin@18",
    "10 0c 00 01 000f 000f 000f 08 04 00 000000",
    trueColour(16, 12, 0, [15, 15, 15], [8, 4, 0]),
  ),
  golden(
    "qemu-zrle-rgb101010le/client.bin@18",
    "20 1e 00 01 03ff 03ff 03ff 14 0a 00 000000",
    trueColour(32, 30, 0, [1023, 1023, 1023], [20, 10, 0]),
  ),
  golden(
    "x11vnc-zrle-rgbx888be/client.bin@18",
    "20 18 01 01 00ff 00ff 00ff 18 10 08 000000",
    trueColour(32, 24, 1, [255, 255, 255], [24, 16, 8]),
  ),
  golden(
    "x11vnc-tight-q2-bgr888le/client.bin@18",
    "20 18 00 01 00ff 00ff 00ff 00 08 10 000000",
    trueColour(32, 24, 0, [255, 255, 255], [0, 8, 16]),
  ),
  golden("qemu-none-v37/client.bin@18", "08 08 00 01 0007 0007 0003 05 02 00 000000", RGB332),
  golden(
    "xtigervnc-raw-rgb222/client.bin@18",
    "08 06 00 01 0003 0003 0003 04 02 00 000000",
    trueColour(8, 6, 0, [3, 3, 3], [4, 2, 0]),
  ),
  golden("x11vnc-hextile-pal8/client.bin@18", "08 08 00 00 0000 0000 0000 00 00 00 000000", COLOUR_MAP),
];

const versionGolden = (source: string, text: string, major: number, minor: number) =>
  golden(source, latin1(text), { type: "protocolVersion", major, minor } as const);

const securityTypesOf = (...securityTypes: readonly number[]) => ({ type: "securityTypes", securityTypes }) as const;

const refusalOf = (reason: string) => ({ type: "securityRefusal", reason: latin1(reason) }) as const;

function securityTypesCase(
  version: Version,
  vectors: readonly Golden<SecurityTypes | SecurityRefusal>[],
): MessageCase<SecurityTypes | SecurityRefusal> {
  const types: fc.Arbitrary<SecurityTypes> =
    version === "3.3"
      ? fc.integer({ min: 1, max: 0xffffffff }).map((type) => securityTypesOf(type))
      : fc
          .array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 255 })
          .map((types) => securityTypesOf(...types));
  const refusals = bytes(40).map((reason) => ({ type: "securityRefusal", reason }) as const);
  return {
    name: `SecurityTypes of ${version}`,
    golden: vectors,
    arbitrary: fc.oneof(types, refusals),
    extentOf: (bytes, at, end, limits) => extentOfSecurityTypes(bytes, at, end, version, limits),
    decode: (bytes, at) => decodeSecurityTypes(bytes, at, version),
    encode: (message) =>
      message.type === "securityTypes"
        ? encodeSecurityTypes(message, version)
        : encodeSecurityRefusal(message, version),
    claims: [
      {
        limit: "maxReasonLength",
        most: 0xffffffff,
        head: (length) => join([new Uint8Array(version === "3.3" ? 4 : 1), be32(length)]),
      },
    ],
    refused: [
      securityTypesOf(),
      ...(version === "3.3"
        ? [securityTypesOf(0), securityTypesOf(1, 2), securityTypesOf(2 ** 32), securityTypesOf(-1)]
        : [securityTypesOf(256), securityTypesOf(-1), securityTypesOf(...new Array<number>(256).fill(1))]),
    ],
  };
}

function securityResultCase(version: Version, vectors: readonly Golden<SecurityResult>[]): MessageCase<SecurityResult> {
  const withReason = version === "3.8" ? u32s.filter((status) => status !== 0 && status < 0xffffffff) : fc.constant(3);
  const without =
    version === "3.8"
      ? fc.constantFrom(0, 0xffffffff)
      : fc.oneof(
          fc.constantFrom(0, 1, 2),
          u32s.filter((n) => n !== 3),
        );
  return {
    name: `SecurityResult of ${version}`,
    golden: vectors,
    arbitrary: fc.oneof(
      recordOf({ type: fc.constant("securityResult" as const), status: withReason, reason: bytes(40) }),
      recordOf({ type: fc.constant("securityResult" as const), status: without }),
    ),
    extentOf: (bytes, at, end, limits) => extentOfSecurityResult(bytes, at, end, version, limits),
    decode: (bytes, at) => decodeSecurityResult(bytes, at, version),
    encode: (message) => encodeSecurityResult(message, version),
    claims: [
      {
        limit: "maxReasonLength",
        most: 0xffffffff,
        head: (length) => join([be32(version === "3.8" ? 1 : 3), be32(length)]),
      },
    ],
    refused: [-1, 2 ** 32, 0.5].map((status) => ({ type: "securityResult", status }) as const),
  };
}

const ok = { type: "securityResult", status: 0 } as const;
const failed = { type: "securityResult", status: 1 } as const;
const failedFor = (reason: string, status = 1) => ({ type: "securityResult", status, reason: latin1(reason) }) as const;

// The colour cube of TigerVNC: 8 levels of red, 8 of green, 4 of blue, red fastest.
const colourCube = Array.from({ length: 256 }, (_, i) => ({
  red: Math.floor(((i % 8) * 255) / 7) * 257,
  green: Math.floor(((Math.floor(i / 8) % 8) * 255) / 7) * 257,
  blue: Math.floor((Math.floor(i / 64) * 255) / 3) * 257,
}));

const recordedColourMap = new Uint8Array(
  readFileSync(new URL("../fixtures/xtigervnc-zrle-pal8.colour_map.bin", import.meta.url)),
);

const handshakeMessages: readonly MessageCase[] = [
  messageCase({
    name: "ProtocolVersion",
    golden: [
      versionGolden("qemu-none-v33/server.bin@0", "RFB 003.008\n", 3, 8),
      versionGolden("xtigervnc-toomany/server.bin@0", "RFB 003.003\n", 3, 3),
      versionGolden("qemu-none-v37/client.bin@0", "RFB 003.007\n", 3, 7),
      versionGolden("xtigervnc-none-v35/client.bin@0", "RFB 003.005\n", 3, 5),
      versionGolden("qemu-badversion/client.bin@0", "RFB 003.009\n", 3, 9),
      versionGolden("xtigervnc-badversion/client.bin@0", "RFB 002.002\n", 2, 2),
      versionGolden("RFC 6143 §7.1.1 with the number of Apple's Screen Sharing", "RFB 003.889\n", 3, 889),
      versionGolden("RFC 6143 §7.1.1 with the number of a repeater", "RFB 000.000\n", 0, 0),
      versionGolden("RFC 6143 §7.1.1 with the number of an ATEN BMC", "RFB 055.008\n", 55, 8),
    ],
    arbitrary: recordOf({
      type: fc.constant("protocolVersion" as const),
      major: fc.nat({ max: 999 }),
      minor: fc.nat({ max: 999 }),
    }),
    extentOf: extentOfProtocolVersion,
    decode: decodeProtocolVersion,
    encode: encodeProtocolVersion,
    numbers: { major: [0, 999], minor: [0, 999] },
  }),
  messageCase(
    securityTypesCase("3.3", [
      golden("qemu-none-v33/server.bin@12", "00000001", securityTypesOf(1)),
      golden("x11vnc-vncauth-wrong-v33/server.bin@12", "00000002", securityTypesOf(2)),
      golden("RFC 6143 appendix A with RealVNC's 4294967290", "fffffffa", securityTypesOf(0xfffffffa)),
      golden(
        "xtigervnc-toomany/server.bin@12",
        "00000000 0000001a 546f6f206d616e79207365637572697479206661696c75726573",
        refusalOf("Too many security failures"),
      ),
    ]),
  ),
  messageCase(
    securityTypesCase("3.7", [
      golden("qemu-none-v37/server.bin@12", "01 01", securityTypesOf(1)),
      golden("xtigervnc-vncauth-wrong-v37/server.bin@12", "01 02", securityTypesOf(2)),
      golden(
        "xtigervnc-badversion/server.bin@12",
        "00 00000031 436c69656e74206e656564732070726f746f636f6c2076657273696f6e20322e322c207365727665722068617320332e38",
        refusalOf("Client needs protocol version 2.2, server has 3.8"),
      ),
    ]),
  ),
  messageCase(
    securityTypesCase("3.8", [
      golden("qemu-raw-rgb565be/server.bin@12", "01 01", securityTypesOf(1)),
      golden("qemu-vencrypt-tlsnone/server.bin@12", "01 13", securityTypesOf(19)),
      golden("xtigervnc-vencrypt-tlsnone/server.bin@12", "02 13 02", securityTypesOf(19, 2)),
      golden("xtightvnc-messages/server.bin@12", "02 01 10", securityTypesOf(1, 16)),
      golden(
        "xtightvnc-toomany/server.bin@12",
        "00 00000020 546f6f206d616e792061757468656e7469636174696f6e206661696c75726573",
        refusalOf("Too many authentication failures"),
      ),
      golden("RFC 6143 §7.1.2, an empty reason", "00 00000000", refusalOf("")),
    ]),
  ),
  messageCase({
    name: "SecurityType",
    golden: [
      golden("qemu-raw-rgb565be/client.bin@12", "01", { type: "securityType", securityType: 1 } as const),
      golden("xtigervnc-vncauth-v38/client.bin@12", "02", { type: "securityType", securityType: 2 } as const),
      golden("x11vnc-badsecurity/client.bin@12", "10", { type: "securityType", securityType: 16 } as const),
      golden("x11vnc-vencrypt/client.bin@12", "13", { type: "securityType", securityType: 19 } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("securityType" as const), securityType: u8s }),
    extentOf: extentOfSecurityType,
    decode: decodeSecurityType,
    encode: encodeSecurityType,
    numbers: { securityType: U8 },
  }),
  messageCase(
    securityResultCase("3.3", [
      golden("xtigervnc-vncauth-v33/server.bin@32", "00000000", ok),
      golden("xtigervnc-vncauth-wrong-v33/server.bin@32", "00000001", failed),
      golden("UltraVNC's 3, with a reason", "00000003 00000002 6e6f", failedFor("no", 3)),
    ]),
  ),
  messageCase(
    securityResultCase("3.7", [
      golden("xtigervnc-vncauth-v37/server.bin@30", "00000000", ok),
      golden("xtigervnc-vncauth-wrong-v37/server.bin@30", "00000001", failed),
      golden("UltraVNC's 3, with a reason", "00000003 00000002 6e6f", failedFor("no", 3)),
    ]),
  ),
  messageCase(
    securityResultCase("3.8", [
      golden("qemu-raw-rgb565be/server.bin@14", "00000000", ok),
      golden(
        "qemu-vncauth-wrong/server.bin@30, which counts its NUL",
        "00000001 00000016 41757468656e7469636174696f6e206661696c656400",
        failedFor("Authentication failed\0"),
      ),
      golden(
        "x11vnc-vncauth-wrong-v38/server.bin@30",
        "00000001 00000016 70617373776f726420636865636b206661696c656421",
        failedFor("password check failed!"),
      ),
      golden(
        "xtigervnc-vncauth-wrong-v38/server.bin@30",
        "00000001 00000016 41757468656e7469636174696f6e206661696c757265",
        failedFor("Authentication failure"),
      ),
      golden(
        "xtigervnc-nevershared/server.bin@14, after None",
        "00000001 0000001c 5468652073657276657220697320616c726561647920696e20757365",
        failedFor("The server is already in use"),
      ),
      golden("UltraVNC's 0xffffffff, another round", "ffffffff", { type: "securityResult", status: 0xffffffff }),
    ]),
  ),
  messageCase({
    name: "VncAuthChallenge",
    golden: [
      golden("xtigervnc-vncauth-v38/server.bin@14", "c1d11ac5216c3bcfd2ed395f1354ffc1", {
        type: "vncAuthChallenge",
        challenge: hex("c1d11ac5216c3bcfd2ed395f1354ffc1"),
      } as const),
      golden("qemu-vncauth/server.bin@14", "e2ca642c32e624fdd422609ee2b2c877", {
        type: "vncAuthChallenge",
        challenge: hex("e2ca642c32e624fdd422609ee2b2c877"),
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("vncAuthChallenge" as const), challenge: bytes(16, 16) }),
    extentOf: extentOfVncAuthChallenge,
    decode: decodeVncAuthChallenge,
    encode: encodeVncAuthChallenge,
    refused: [0, 15, 17].map((length) => ({ type: "vncAuthChallenge", challenge: new Uint8Array(length) }) as const),
  }),
  messageCase({
    name: "VncAuthResponse",
    golden: [
      golden("xtigervnc-vncauth-v38/client.bin@13", "646d71822fc0a9d1ace63c51d990aa6d", {
        type: "vncAuthResponse",
        response: hex("646d71822fc0a9d1ace63c51d990aa6d"),
      } as const),
      golden("qemu-vncauth/client.bin@13", "6b08a40d161d8d01480a49eb7f9b7154", {
        type: "vncAuthResponse",
        response: hex("6b08a40d161d8d01480a49eb7f9b7154"),
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("vncAuthResponse" as const), response: bytes(16, 16) }),
    extentOf: extentOfVncAuthResponse,
    decode: decodeVncAuthResponse,
    encode: encodeVncAuthResponse,
    refused: [0, 15, 17].map((length) => ({ type: "vncAuthResponse", response: new Uint8Array(length) }) as const),
  }),
  messageCase({
    name: "VeNCrypt version",
    golden: [
      golden("qemu-vencrypt-tlsnone/server.bin@14", "00 02", { type: "vencryptVersion", major: 0, minor: 2 } as const),
      golden("x11vnc-vencrypt/client.bin@13", "00 02", { type: "vencryptVersion", major: 0, minor: 2 } as const),
      golden("rfbproto VeNCrypt, the older version", "00 01", {
        type: "vencryptVersion",
        major: 0,
        minor: 1,
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("vencryptVersion" as const), major: u8s, minor: u8s }),
    extentOf: extentOfVencryptVersion,
    decode: decodeVencryptVersion,
    encode: encodeVencryptVersion,
    numbers: { major: U8, minor: U8 },
  }),
  messageCase({
    name: "VeNCrypt version acknowledgement",
    golden: [
      golden("qemu-vencrypt-tlsnone/server.bin@16", "00", { type: "vencryptVersionAck", status: 0 } as const),
      golden("rfbproto VeNCrypt, a refusal", "ff", { type: "vencryptVersionAck", status: 255 } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("vencryptVersionAck" as const), status: u8s }),
    extentOf: extentOfVencryptVersionAck,
    decode: decodeVencryptVersionAck,
    encode: encodeVencryptVersionAck,
    numbers: { status: U8 },
  }),
  messageCase({
    name: "VeNCrypt subtypes",
    golden: [
      golden("qemu-vencrypt-tlsnone/server.bin@17", "01 00000101", {
        type: "vencryptSubtypes",
        subtypes: [257],
      } as const),
      golden("x11vnc-vencrypt/server.bin@17", "02 00000101 00000104", {
        type: "vencryptSubtypes",
        subtypes: [257, 260],
      } as const),
      golden(
        "xtigervnc-vencrypt-tlsnone/server.bin@18",
        "08 00000101 00000102 00000103 00000104 00000105 00000106 00000100 00000002",
        { type: "vencryptSubtypes", subtypes: [257, 258, 259, 260, 261, 262, 256, 2] } as const,
      ),
      golden("rfbproto VeNCrypt, none left", "00", { type: "vencryptSubtypes", subtypes: [] } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("vencryptSubtypes" as const), subtypes: fc.array(u32s) }),
    extentOf: extentOfVencryptSubtypes,
    decode: decodeVencryptSubtypes,
    encode: encodeVencryptSubtypes,
    refused: [[-1], [2 ** 32], new Array<number>(256).fill(257)].map(
      (subtypes) => ({ type: "vencryptSubtypes", subtypes }) as const,
    ),
  }),
  messageCase({
    name: "VeNCrypt subtype",
    golden: [
      golden("qemu-vencrypt-tlsnone/client.bin@15", "00000101", { type: "vencryptSubtype", subtype: 257 } as const),
      golden("qemu-vencrypt-x509vnc/client.bin@15", "00000105", { type: "vencryptSubtype", subtype: 261 } as const),
      golden("xtigervnc-vencrypt-badsub/client.bin@15", "000003e7", { type: "vencryptSubtype", subtype: 999 } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("vencryptSubtype" as const), subtype: u32s }),
    extentOf: extentOfVencryptSubtype,
    decode: decodeVencryptSubtype,
    encode: encodeVencryptSubtype,
    numbers: { subtype: U32 },
  }),
  messageCase({
    name: "VeNCrypt subtype acknowledgement",
    golden: [
      golden("qemu-vencrypt-tlsnone/server.bin@22", "01", { type: "vencryptSubtypeAck", status: 1 } as const),
      golden("xtigervnc-vencrypt-badsub/server.bin@51", "00", { type: "vencryptSubtypeAck", status: 0 } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("vencryptSubtypeAck" as const), status: u8s }),
    extentOf: extentOfVencryptSubtypeAck,
    decode: decodeVencryptSubtypeAck,
    encode: encodeVencryptSubtypeAck,
    numbers: { status: U8 },
  }),
  messageCase({
    name: "VeNCrypt Plain",
    golden: [
      golden("rfbproto VeNCrypt", "00000004 00000006 75736572 736563726574", {
        type: "vencryptPlain",
        username: latin1("user"),
        password: latin1("secret"),
      } as const),
      golden("rfbproto VeNCrypt, both empty", "00000000 00000000", {
        type: "vencryptPlain",
        username: latin1(""),
        password: latin1(""),
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("vencryptPlain" as const), username: bytes(20), password: bytes(20) }),
    extentOf: extentOfVencryptPlain,
    decode: decodeVencryptPlain,
    encode: encodeVencryptPlain,
    claims: [
      { limit: "maxCredentialLength", most: 0xffffffff, head: (length) => join([be32(length), be32(0)]) },
      { limit: "maxCredentialLength", most: 0xffffffff, head: (length) => join([be32(0), be32(length)]) },
    ],
  }),
];

const clientMessages: readonly MessageCase[] = [
  messageCase({
    name: "ClientInit",
    golden: [
      golden("qemu-raw-rgb565be/client.bin@13", "01", { type: "clientInit", sharedFlag: 1 } as const),
      golden("RFC 6143 §7.3.1", "00", { type: "clientInit", sharedFlag: 0 } as const),
      golden("RFC 6143 §7.3.1 with Apple's 0xc1", "c1", { type: "clientInit", sharedFlag: 0xc1 } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("clientInit" as const), sharedFlag: u8s }),
    extentOf: extentOfClientInit,
    decode: decodeClientInit,
    encode: encodeClientInit,
    numbers: { sharedFlag: U8 },
  }),
  messageCase({
    name: "SetPixelFormat",
    framedFrom: "client",
    golden: [
      golden("qemu-raw-rgb565be/client.bin@14", "00000000 10 10 01 01 001f 003f 001f 0b 05 00 000000", {
        type: "setPixelFormat",
        pixelFormat: RGB565BE,
      } as const),
      golden("x11vnc-hextile-pal8/client.bin@14", "00000000 08 08 00 00 0000 0000 0000 00 00 00 000000", {
        type: "setPixelFormat",
        pixelFormat: COLOUR_MAP,
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("setPixelFormat" as const), pixelFormat: pixelFormats }),
    extentOf: extentOfSetPixelFormat,
    decode: decodeSetPixelFormat,
    encode: encodeSetPixelFormat,
    padding: [1, 2, 3, 17, 18, 19],
    refused: [{ type: "setPixelFormat", pixelFormat: { ...RGB565BE, redMax: 65536 } }],
  }),
  messageCase<SetEncodings>({
    name: "SetEncodings",
    framedFrom: "client",
    golden: [
      golden("qemu-raw-rgb565be/client.bin@34", "02 00 0001 00000000", { type: "setEncodings", encodingTypes: [0] }),
      golden("x11vnc-fallback/client.bin@34", "02 00 0005 00000008 0000000f fffffefc 00000032 00000001", {
        type: "setEncodings",
        encodingTypes: [8, 15, -260, 50, 1],
      }),
      golden(
        "qemu-audio/client.bin@34",
        "02 00 000d 00000005 ffffff11 fffffec6 ffffff21 fffffecc fffffeff fffffefe fffffefd fffffefb fffffecd 574d5669 fffffecb ffffff20",
        {
          type: "setEncodings",
          encodingTypes: [5, -239, -314, -223, -308, -257, -258, -259, -261, -307, 0x574d5669, -309, -224],
        },
      ),
      golden("RFC 6143 §7.5.2, an empty list", "02 00 0000", { type: "setEncodings", encodingTypes: [] }),
    ],
    arbitrary: recordOf({ type: fc.constant("setEncodings" as const), encodingTypes: fc.array(s32s) }),
    extentOf: extentOfSetEncodings,
    decode: decodeSetEncodings,
    encode: encodeSetEncodings,
    padding: [1],
    claims: [{ limit: "maxEncodings", most: 0xffff, head: (count) => join([Uint8Array.of(2, 0), be16(count)]) }],
    refused: [[0x80000000], [-0x80000001], [0.5], new Array<number>(65536).fill(0)].map(
      (encodingTypes) => ({ type: "setEncodings", encodingTypes }) as const,
    ),
  }),
  messageCase({
    name: "FramebufferUpdateRequest",
    framedFrom: "client",
    golden: [
      golden("qemu-audio/client.bin@90", "03 00 0000 0000 02d0 0190", {
        type: "framebufferUpdateRequest",
        incremental: 0,
        x: 0,
        y: 0,
        width: 720,
        height: 400,
      } as const),
      golden("xtigervnc-switching/client.bin@102", "03 00 0025 0015 00d3 0085", {
        type: "framebufferUpdateRequest",
        incremental: 0,
        x: 37,
        y: 21,
        width: 211,
        height: 133,
      } as const),
      golden("xtigervnc-smallrects-hextile/client.bin@102, nothing at all", "03 01 0000 0000 0000 0000", {
        type: "framebufferUpdateRequest",
        incremental: 1,
        x: 0,
        y: 0,
        width: 0,
        height: 0,
      } as const),
    ],
    arbitrary: recordOf({
      type: fc.constant("framebufferUpdateRequest" as const),
      incremental: u8s,
      x: u16s,
      y: u16s,
      width: u16s,
      height: u16s,
    }),
    extentOf: extentOfFramebufferUpdateRequest,
    decode: decodeFramebufferUpdateRequest,
    encode: encodeFramebufferUpdateRequest,
    numbers: { incremental: U8, x: U16, y: U16, width: U16, height: U16 },
  }),
  messageCase({
    name: "KeyEvent",
    framedFrom: "client",
    golden: [
      golden("x11vnc-pseudo/client.bin@140", "04 01 0000 0000ffe5", { type: "keyEvent", downFlag: 1, key: 0xffe5 }),
      golden("x11vnc-pseudo/client.bin@148", "04 00 0000 0000ffe5", { type: "keyEvent", downFlag: 0, key: 0xffe5 }),
      golden("xtigervnc-messages/client.bin@303", "04 01 0000 00000062", { type: "keyEvent", downFlag: 1, key: 0x62 }),
      golden("RFC 6143 §7.5.4, the euro sign as a Unicode keysym", "04 ff 0000 010020ac", {
        type: "keyEvent",
        downFlag: 255,
        key: 0x010020ac,
      }),
    ],
    arbitrary: recordOf({ type: fc.constant("keyEvent" as const), downFlag: u8s, key: u32s }),
    extentOf: extentOfKeyEvent,
    decode: decodeKeyEvent,
    encode: encodeKeyEvent,
    padding: [2, 3],
    numbers: { downFlag: U8, key: U32 },
  }),
  messageCase({
    name: "PointerEvent",
    framedFrom: "client",
    golden: [
      golden("xtigervnc-messages/client.bin@325", "05 01 0032 003c", {
        type: "pointerEvent",
        buttonMask: 1,
        x: 50,
        y: 60,
      } as const),
      golden("xtigervnc-messages/client.bin@337", "05 08 0034 003c", {
        type: "pointerEvent",
        buttonMask: 8,
        x: 52,
        y: 60,
      } as const),
      golden("qemu-audio/client.bin@258, relative", "05 01 8004 7ffc", {
        type: "pointerEvent",
        buttonMask: 1,
        x: 0x8004,
        y: 0x7ffc,
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("pointerEvent" as const), buttonMask: u8s, x: u16s, y: u16s }),
    extentOf: extentOfPointerEvent,
    decode: decodePointerEvent,
    encode: encodePointerEvent,
    numbers: { buttonMask: U8, x: U16, y: U16 },
  }),
  messageCase({
    name: "ClientCutText",
    framedFrom: "client",
    golden: [
      golden("xtightvnc-messages/client.bin@212", "06 000000 00000005 68656c6c6f", {
        type: "clientCutText",
        text: latin1("hello"),
      } as const),
      golden("x11vnc-pseudo/client.bin@302", "06 000000 0000000f 66726f6d2074686520636c69656e74", {
        type: "clientCutText",
        text: latin1("from the client"),
      } as const),
      golden("xtigervnc-messages/client.bin@180", "06 000000 00000013 74657874206f662074686520636c69656e74e9", {
        type: "clientCutText",
        text: latin1("text of the clienté"),
      } as const),
      golden("RFC 6143 §7.5.6, empty", "06 000000 00000000", { type: "clientCutText", text: latin1("") } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("clientCutText" as const), text: bytes(40) }),
    extentOf: extentOfClientCutText,
    decode: decodeClientCutText,
    encode: encodeClientCutText,
    padding: [1, 2, 3],
    claims: [cutTextClaim(6)],
  }),
];

const serverMessages: readonly MessageCase[] = [
  messageCase({
    name: "ServerInit",
    golden: [
      golden(
        "qemu-none-v33/server.bin@16",
        "02d0 0190 2018000100ff00ff00ff100800000000 0000000d 51454d552028636f7270757329",
        {
          type: "serverInit",
          framebufferWidth: 720,
          framebufferHeight: 400,
          serverPixelFormat: RGB888LE,
          name: latin1("QEMU (corpus)"),
        } as const,
      ),
      golden("x11vnc-none-v37/server.bin@14", "0190 012c 201800ff00ff00ff00ff100800000000 00000006 636f72707573", {
        type: "serverInit",
        framebufferWidth: 400,
        framebufferHeight: 300,
        serverPixelFormat: { ...RGB888LE, trueColourFlag: 255 },
        name: latin1("corpus"),
      } as const),
      golden(
        "xtigervnc-none-v37/server.bin@14",
        join([hex("0190 012c 2018000100ff00ff00ff100800000000 00000015"), UTF8_NAME]),
        {
          type: "serverInit",
          framebufferWidth: 400,
          framebufferHeight: 300,
          serverPixelFormat: RGB888LE,
          name: UTF8_NAME,
        } as const,
      ),
    ],
    arbitrary: recordOf({
      type: fc.constant("serverInit" as const),
      framebufferWidth: fc.integer({ min: 0, max: 16384 }),
      framebufferHeight: fc.integer({ min: 0, max: 4096 }),
      serverPixelFormat: pixelFormats,
      name: bytes(40),
    }),
    extentOf: extentOfServerInit,
    decode: decodeServerInit,
    encode: encodeServerInit,
    padding: [17, 18, 19],
    numbers: { framebufferWidth: U16, framebufferHeight: U16 },
    claims: [
      { limit: "maxNameLength", most: 0xffffffff, head: (length) => join([new Uint8Array(20), be32(length)]) },
      {
        limit: "maxFramebufferSide",
        most: 0xffff,
        head: (side) => join([be16(side), be16(1), new Uint8Array(20)]),
      },
      {
        limit: "maxFramebufferSide",
        most: 0xffff,
        head: (side) => join([be16(1), be16(side), new Uint8Array(20)]),
      },
      {
        limit: "maxFramebufferArea",
        most: 16384, // on one side
        head: (area) => join([be16(area), be16(1), new Uint8Array(20)]),
      },
    ],
    refused: [{ ...RGB565BE, blueShift: 256 }].map(
      (serverPixelFormat) =>
        ({
          type: "serverInit",
          framebufferWidth: 1,
          framebufferHeight: 1,
          serverPixelFormat,
          name: new Uint8Array(0),
        }) as const,
    ),
  }),
  messageCase({
    name: "FramebufferUpdate",
    framedFrom: "server",
    golden: [
      golden("xtigervnc-messages/server.bin@48", "00 00 0004", { type: "framebufferUpdate", numberOfRectangles: 4 }),
      golden("xtigervnc-messages/server.bin@121", "00 00 ffff", {
        type: "framebufferUpdate",
        numberOfRectangles: 65535,
      }),
      golden("x11vnc-fallback/server.bin@224368, its padding not 0", "00 e0 0009", {
        type: "framebufferUpdate",
        numberOfRectangles: 9,
      }),
      golden("RFC 6143 §7.6.1, none", "00 00 0000", { type: "framebufferUpdate", numberOfRectangles: 0 }),
    ],
    arbitrary: recordOf({ type: fc.constant("framebufferUpdate" as const), numberOfRectangles: u16s }),
    extentOf: extentOfFramebufferUpdate,
    decode: decodeFramebufferUpdate,
    encode: encodeFramebufferUpdate,
    padding: [1],
    numbers: { numberOfRectangles: U16 },
  }),
  messageCase({
    name: "SetColourMapEntries",
    framedFrom: "server",
    golden: [
      golden("xtigervnc-zrle-pal8/server.bin@63", recordedColourMap, {
        type: "setColourMapEntries",
        firstColour: 0,
        colours: colourCube,
      } as const),
      golden("RFC 6143 §7.6.2", "01 00 00fe 0002 ffff 8000 0000 0001 0203 0405", {
        type: "setColourMapEntries",
        firstColour: 254,
        colours: [
          { red: 65535, green: 32768, blue: 0 },
          { red: 1, green: 0x0203, blue: 0x0405 },
        ],
      } as const),
      golden("RFC 6143 §7.6.2, no entry", "01 00 0003 0000", {
        type: "setColourMapEntries",
        firstColour: 3,
        colours: [],
      } as const),
    ],
    arbitrary: recordOf({
      type: fc.constant("setColourMapEntries" as const),
      firstColour: fc.integer({ min: 0, max: 65536 - 12 }),
      colours: fc.array(recordOf({ red: u16s, green: u16s, blue: u16s }), { maxLength: 12 }),
    }),
    extentOf: extentOfSetColourMapEntries,
    decode: decodeSetColourMapEntries,
    encode: encodeSetColourMapEntries,
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
      ...(["red", "green", "blue"] as const).flatMap((channel) =>
        [-1, 65536, 0.5].map((value) => [{ red: 0, green: 0, blue: 0, [channel]: value }]),
      ),
      new Array(65536).fill({ red: 0, green: 0, blue: 0 }),
    ].map((colours) => ({ type: "setColourMapEntries", firstColour: 0, colours }) as const),
  }),
  messageCase({
    name: "Bell",
    framedFrom: "server",
    golden: [
      golden("xtigervnc-messages/server.bin@2552", "02", { type: "bell" } as const),
      golden("x11vnc-pseudo/server.bin@49722", "02", { type: "bell" } as const),
    ],
    arbitrary: fc.constant({ type: "bell" as const }),
    extentOf: extentOfBell,
    decode: decodeBell,
    encode: encodeBell,
  }),
  messageCase({
    name: "ServerCutText",
    framedFrom: "server",
    golden: [
      golden(
        "xtigervnc-messages/server.bin@3891",
        "03 000000 0000001f 636c69702066726f6d207365727665723a20636166e90a6c696e652074776f",
        { type: "serverCutText", text: latin1("clip from server: café\nline two") } as const,
      ),
      golden("RFC 6143 §7.6.4, empty", "03 000000 00000000", { type: "serverCutText", text: latin1("") } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("serverCutText" as const), text: bytes(40) }),
    extentOf: extentOfServerCutText,
    decode: decodeServerCutText,
    encode: encodeServerCutText,
    padding: [1, 2, 3],
    claims: [cutTextClaim(3)],
  }),
];

const parts: readonly MessageCase[] = [
  messageCase({
    name: "PixelFormat",
    golden: pixelFormatGolden,
    arbitrary: pixelFormats,
    extentOf: () => 16,
    decode: decodePixelFormat,
    encode: encodePixelFormat,
    padding: [13, 14, 15],
    numbers: {
      bitsPerPixel: U8,
      depth: U8,
      bigEndianFlag: U8,
      trueColourFlag: U8,
      redMax: U16,
      greenMax: U16,
      blueMax: U16,
      redShift: U8,
      greenShift: U8,
      blueShift: U8,
    },
  }),
  messageCase({
    name: "Rectangle",
    golden: [
      golden("xtigervnc-messages/server.bin@125", "00d4 0000 00bc 008e 00000010", {
        type: "rectangle",
        x: 212,
        y: 0,
        width: 188,
        height: 142,
        encodingType: 16,
      } as const),
      golden("xtigervnc-messages/server.bin@2081", "000b 000b 00c6 004e 00000001", {
        type: "rectangle",
        x: 11,
        y: 11,
        width: 198,
        height: 78,
        encodingType: 1,
      } as const),
      golden("xtigervnc-messages/server.bin@2065", "0000 0000 0000 0000 ffffff20", {
        type: "rectangle",
        x: 0,
        y: 0,
        width: 0,
        height: 0,
        encodingType: -224,
      } as const),
      golden("qemu-zrle-rgb888be/server.bin@87392", "0000 0000 0280 0190 ffffff21", {
        type: "rectangle",
        x: 0,
        y: 0,
        width: 640,
        height: 400,
        encodingType: -223,
      } as const),
    ],
    arbitrary: recordOf({
      type: fc.constant("rectangle" as const),
      x: u16s,
      y: u16s,
      width: u16s,
      height: u16s,
      encodingType: s32s,
    }),
    extentOf: extentOfRectangle,
    decode: decodeRectangle,
    encode: encodeRectangle,
    numbers: { x: U16, y: U16, width: U16, height: U16, encodingType: S32 },
  }),
];

export const MESSAGES: readonly MessageCase[] = [
  ...handshakeMessages,
  ...clientMessages,
  ...serverMessages,
  ...parts,
  ...EXTENSION_MESSAGES,
  ...CONTAINER_MESSAGES,
  ...LOGIN_MESSAGES,
  ...RA2_MESSAGES,
  ...SASL_MESSAGES,
  ...VENDOR_MESSAGES,
];
