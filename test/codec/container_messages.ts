import * as fc from "fast-check";
import {
  decodeRepeaterTarget,
  decodeTightChoice,
  decodeTightChoices,
  decodeVencrypt01Subtype,
  decodeVencrypt01Subtypes,
  decodeVencryptIdent,
  decodeXvpLogin,
  encodeRepeaterTarget,
  encodeTightChoice,
  encodeTightChoices,
  encodeVencrypt01Subtype,
  encodeVencrypt01Subtypes,
  encodeVencryptIdent,
  encodeXvpLogin,
  extentOfRepeaterTarget,
  extentOfTightChoice,
  extentOfTightChoices,
  extentOfVencrypt01Subtype,
  extentOfVencrypt01Subtypes,
  extentOfVencryptIdent,
  extentOfXvpLogin,
} from "../../codec/handshake/mod.ts";
import { bytes, recordOf } from "./arbitraries.ts";
import { be32, join, latin1 } from "./bytes.ts";
import { golden, type MessageCase, messageCase, S32 } from "./message_case.ts";

const TIGHT = "rfbproto Tight Security Type";
const VENCRYPT = "rfbproto VeNCrypt";
const VENCRYPT_01 = "VeNCrypt 0.1, by its author's text";

/** Numbers that stand for themselves in 0.1, and those that stand for others. */
const in01 = fc.oneof(
  fc.integer({ min: 256, max: 262 }),
  fc.integer({ min: 0, max: 18 }),
  fc.integer({ min: 26, max: 255 }),
);

const capability = recordOf({
  code: fc.integer({ min: S32[0], max: S32[1] }),
  vendor: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  signature: fc.uint8Array({ minLength: 8, maxLength: 8 }),
});

const id = "ID:1234";
const filled = (text: string, filler: number) =>
  join([latin1(`${text}\0`), new Uint8Array(249 - text.length).fill(filler)]);

/** The messages of the containers, and of the types that hold next to nothing. */
export const CONTAINER_MESSAGES: readonly MessageCase[] = [
  messageCase({
    name: "Tight's choices",
    golden: [
      golden("xtightvnc-tightsecurity-none/server.bin@15", "00000000", {
        type: "tightChoices",
        capabilities: [],
      } as const),
      golden(`${TIGHT}, one tunnel`, join([be32(1), be32(0), latin1("TGHTNOTUNNEL")]), {
        type: "tightChoices",
        capabilities: [{ code: 0, vendor: latin1("TGHT"), signature: latin1("NOTUNNEL") }],
      } as const),
      golden(
        `${TIGHT}, two ways to authenticate`,
        join([be32(2), be32(2), latin1("STDVVNCAUTH_"), be32(129), latin1("TGHTULGNAUTH")]),
        {
          type: "tightChoices",
          capabilities: [
            { code: 2, vendor: latin1("STDV"), signature: latin1("VNCAUTH_") },
            { code: 129, vendor: latin1("TGHT"), signature: latin1("ULGNAUTH") },
          ],
        } as const,
      ),
    ],
    arbitrary: recordOf({
      type: fc.constant("tightChoices" as const),
      capabilities: fc.array(capability, { maxLength: 5 }),
    }),
    extentOf: extentOfTightChoices,
    decode: decodeTightChoices,
    encode: encodeTightChoices,
    claims: [{ limit: "maxTightChoices", most: 0xffffffff, head: be32 }],
  }),
  messageCase({
    name: "Tight's choice",
    golden: [
      golden(TIGHT, "00000081", { type: "tightChoice", code: 129 } as const),
      golden(TIGHT, "ffffffff", { type: "tightChoice", code: -1 } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("tightChoice" as const), code: fc.integer({ min: S32[0], max: S32[1] }) }),
    extentOf: extentOfTightChoice,
    decode: decodeTightChoice,
    encode: encodeTightChoice,
    numbers: { code: S32 },
  }),
  messageCase({
    name: "xvp's login",
    golden: [
      golden("rfbproto xvp Authentication, from the client", join([Uint8Array.of(3, 4), latin1("adavm-7")]), {
        type: "xvpLogin",
        username: latin1("ada"),
        target: latin1("vm-7"),
      } as const),
      golden("rfbproto xvp Authentication, nothing", "0000", {
        type: "xvpLogin",
        username: latin1(""),
        target: latin1(""),
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("xvpLogin" as const), username: bytes(20), target: bytes(20) }),
    extentOf: extentOfXvpLogin,
    decode: decodeXvpLogin,
    encode: encodeXvpLogin,
    refused: [
      { type: "xvpLogin", username: new Uint8Array(256), target: new Uint8Array(0) },
      { type: "xvpLogin", username: new Uint8Array(0), target: new Uint8Array(256) },
    ],
  }),
  messageCase({
    name: "VeNCrypt's Ident",
    golden: [
      golden(VENCRYPT, join([be32(3), latin1("ada")]), { type: "vencryptIdent", username: latin1("ada") } as const),
      golden(VENCRYPT, "00000000", { type: "vencryptIdent", username: latin1("") } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("vencryptIdent" as const), username: bytes(20) }),
    extentOf: extentOfVencryptIdent,
    decode: decodeVencryptIdent,
    encode: encodeVencryptIdent,
    claims: [{ limit: "maxCredentialLength", most: 0xffffffff, head: be32 }],
  }),
  messageCase({
    name: "VeNCrypt 0.1's subtypes",
    golden: [
      golden(VENCRYPT_01, "07 13 14 15 16 17 18 19", {
        type: "vencryptSubtypes",
        subtypes: [256, 257, 258, 259, 260, 261, 262],
      } as const),
      golden(`${VENCRYPT_01}, none`, "00", { type: "vencryptSubtypes", subtypes: [] } as const),
      golden(`${VENCRYPT_01}, numbers that it has not`, "03 12 1a ff", {
        type: "vencryptSubtypes",
        subtypes: [18, 26, 255],
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("vencryptSubtypes" as const), subtypes: fc.array(in01, { maxLength: 9 }) }),
    extentOf: extentOfVencrypt01Subtypes,
    decode: decodeVencrypt01Subtypes,
    encode: encodeVencrypt01Subtypes,
    refused: [
      { type: "vencryptSubtypes", subtypes: [19] },
      { type: "vencryptSubtypes", subtypes: [25] },
      { type: "vencryptSubtypes", subtypes: [263] },
      { type: "vencryptSubtypes", subtypes: [-1] },
      { type: "vencryptSubtypes", subtypes: new Array(256).fill(256) },
    ],
  }),
  messageCase({
    name: "VeNCrypt 0.1's choice",
    golden: [
      golden(VENCRYPT_01, "18", { type: "vencryptSubtype", subtype: 261 } as const),
      golden(`${VENCRYPT_01}, none that suits`, "00", { type: "vencryptSubtype", subtype: 0 } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("vencryptSubtype" as const), subtype: in01 }),
    extentOf: extentOfVencrypt01Subtype,
    decode: decodeVencrypt01Subtype,
    encode: encodeVencrypt01Subtype,
    refused: [{ type: "vencryptSubtype", subtype: 20 }],
  }),
  messageCase({
    name: "a repeater's target",
    golden: [
      golden("UltraVNC's repeater, mode 2", filled(id, 0), { type: "repeaterTarget", target: id } as const),
      golden("UltraVNC's repeater, mode 1", filled("vm.example:5901", 0), {
        type: "repeaterTarget",
        target: "vm.example:5901",
      } as const),
    ],
    arbitrary: recordOf({
      type: fc.constant("repeaterTarget" as const),
      target: fc.string({
        unit: fc.integer({ min: 33, max: 126 }).map((n) => String.fromCharCode(n)),
        minLength: 1,
        maxLength: 249,
      }),
    }),
    extentOf: extentOfRepeaterTarget,
    decode: decodeRepeaterTarget,
    encode: encodeRepeaterTarget,
    refused: ["", "a".repeat(250), "vm 7", "ID:1\0", "vm\u00fc:5900", "ID:1\n"].map((target) => ({
      type: "repeaterTarget" as const,
      target,
    })),
  }),
];
