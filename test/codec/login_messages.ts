import * as fc from "fast-check";
import {
  decodeAppleDhParameters,
  decodeAppleDhResponse,
  decodeAppleRsa1Ack,
  decodeAppleRsa1Key,
  decodeAppleRsa1KeyRequest,
  decodeAppleRsa1Login,
  decodeAtenGreeting,
  decodeAtenLogin,
  decodeMsLogonParameters,
  decodeMsLogonResponse,
  decodeNtlmMessage,
  encodeAppleDhParameters,
  encodeAppleDhResponse,
  encodeAppleRsa1Ack,
  encodeAppleRsa1Key,
  encodeAppleRsa1KeyRequest,
  encodeAppleRsa1Login,
  encodeAtenGreeting,
  encodeAtenLogin,
  encodeMsLogonParameters,
  encodeMsLogonResponse,
  encodeNtlmMessage,
  extentOfAppleDhParameters,
  extentOfAppleDhResponse,
  extentOfAppleRsa1Ack,
  extentOfAppleRsa1Key,
  extentOfAppleRsa1KeyRequest,
  extentOfAppleRsa1Login,
  extentOfAtenGreeting,
  extentOfAtenLogin,
  extentOfMsLogonParameters,
  extentOfMsLogonResponse,
  extentOfNtlmMessage,
} from "../../codec/handshake/mod.ts";
import { bytes, recordOf, u8s, u16s, u32s } from "./arbitraries.ts";
import { be32, hex, join, latin1 } from "./bytes.ts";
import { golden, type MessageCase, messageCase, U8, U16, U32 } from "./message_case.ts";

const DH = "rfbproto Diffie-Hellman Authentication";
const MS_LOGON = "rfbproto MSLogonII Authentication";
const RSA1 = "a client's source that macOS let in";

/** As many bytes as told, counted up from `first`. */
function counted(length: number, first: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => first + i);
}

const exactly = (length: number) => bytes(length, length);

/** The messages of the vendors' logins. */
export const LOGIN_MESSAGES: readonly MessageCase[] = [
  messageCase({
    name: "Apple's Diffie-Hellman parameters",
    golden: [
      golden(`${DH}, a key of 4 bytes`, "0002 0004 fffffffb 0000abcd", {
        type: "appleDhParameters",
        generator: 2,
        prime: hex("fffffffb"),
        publicKey: hex("0000abcd"),
      } as const),
      golden(`${DH}, a key of 128 bytes`, join([hex("0005 0080"), counted(128, 0x80), counted(128, 0)]), {
        type: "appleDhParameters",
        generator: 5,
        prime: counted(128, 0x80),
        publicKey: counted(128, 0),
      } as const),
      golden(`${DH}, a key of none`, "0000 0000", {
        type: "appleDhParameters",
        generator: 0,
        prime: hex(""),
        publicKey: hex(""),
      } as const),
    ],
    arbitrary: fc.nat({ max: 40 }).chain((keySize) =>
      recordOf({
        type: fc.constant("appleDhParameters" as const),
        generator: u16s,
        prime: exactly(keySize),
        publicKey: exactly(keySize),
      }),
    ),
    extentOf: extentOfAppleDhParameters,
    decode: decodeAppleDhParameters,
    encode: encodeAppleDhParameters,
    claims: [
      {
        limit: "maxDhKeyLength",
        most: 0xffff,
        head: (length) => join([hex("0002"), be32(length).subarray(2)]),
      },
    ],
    numbers: { generator: U16 },
    refused: [
      { type: "appleDhParameters", generator: 2, prime: hex("0b"), publicKey: hex("0002") },
      { type: "appleDhParameters", generator: 2, prime: counted(65536, 1), publicKey: counted(65536, 1) },
    ],
  }),
  messageCase({
    name: "Apple's Diffie-Hellman response",
    golden: [
      golden(`${DH}, a key of 4 bytes`, join([counted(128, 0), hex("0102fffe")]), {
        type: "appleDhResponse",
        credentials: counted(128, 0),
        publicKey: hex("0102fffe"),
      } as const),
    ],
    arbitrary: recordOf({
      type: fc.constant("appleDhResponse" as const),
      credentials: exactly(128),
      publicKey: exactly(4),
    }),
    extentOf: () => extentOfAppleDhResponse(4),
    decode: (from, at) => decodeAppleDhResponse(from, at, 4),
    encode: encodeAppleDhResponse,
    refused: [127, 129].map(
      (length) => ({ type: "appleDhResponse", credentials: counted(length, 0), publicKey: hex("01020304") }) as const,
    ),
  }),
  messageCase({
    name: "MSLogon parameters",
    golden: [
      golden(MS_LOGON, "0000000000010001 0000000025182617 000000000e12d0f5", {
        type: "msLogonParameters",
        generator: hex("0000000000010001"),
        prime: hex("0000000025182617"),
        publicKey: hex("000000000e12d0f5"),
      } as const),
    ],
    arbitrary: recordOf({
      type: fc.constant("msLogonParameters" as const),
      generator: exactly(8),
      prime: exactly(8),
      publicKey: exactly(8),
    }),
    extentOf: extentOfMsLogonParameters,
    decode: decodeMsLogonParameters,
    encode: encodeMsLogonParameters,
    refused: [
      { type: "msLogonParameters", generator: hex("02"), prime: counted(8, 1), publicKey: counted(8, 1) },
      { type: "msLogonParameters", generator: counted(8, 1), prime: counted(9, 1), publicKey: counted(8, 1) },
      { type: "msLogonParameters", generator: counted(8, 1), prime: counted(8, 1), publicKey: counted(7, 1) },
    ],
  }),
  messageCase({
    name: "MSLogon response",
    golden: [
      golden(MS_LOGON, join([hex("000000000abc7cfd"), counted(256, 3), counted(64, 7)]), {
        type: "msLogonResponse",
        publicKey: hex("000000000abc7cfd"),
        username: counted(256, 3),
        password: counted(64, 7),
      } as const),
    ],
    arbitrary: recordOf({
      type: fc.constant("msLogonResponse" as const),
      publicKey: exactly(8),
      username: exactly(256),
      password: exactly(64),
    }),
    extentOf: extentOfMsLogonResponse,
    decode: decodeMsLogonResponse,
    encode: encodeMsLogonResponse,
    refused: [
      { type: "msLogonResponse", publicKey: counted(8, 0), username: counted(255, 0), password: counted(64, 0) },
      { type: "msLogonResponse", publicKey: counted(8, 0), username: counted(256, 0), password: counted(65, 0) },
    ],
  }),
  messageCase({
    name: "ATEN's greeting",
    golden: [
      golden("what is known of ATEN's boards", counted(24, 1), { type: "atenGreeting", unknown: counted(24, 1) }),
    ],
    arbitrary: recordOf({ type: fc.constant("atenGreeting" as const), unknown: exactly(24) }),
    extentOf: extentOfAtenGreeting,
    decode: decodeAtenGreeting,
    encode: encodeAtenGreeting,
    refused: [23, 25].map((length) => ({ type: "atenGreeting", unknown: counted(length, 1) }) as const),
  }),
  messageCase({
    name: "ATEN's login",
    golden: [
      golden(
        "what is known of ATEN's boards",
        join([latin1("ADMIN"), new Uint8Array(19), latin1("secret"), new Uint8Array(18)]),
        {
          type: "atenLogin",
          username: join([latin1("ADMIN"), new Uint8Array(19)]),
          password: join([latin1("secret"), new Uint8Array(18)]),
        } as const,
      ),
    ],
    arbitrary: recordOf({
      type: fc.constant("atenLogin" as const),
      username: exactly(24),
      password: exactly(24),
    }),
    extentOf: extentOfAtenLogin,
    decode: decodeAtenLogin,
    encode: encodeAtenLogin,
    refused: [
      { type: "atenLogin", username: latin1("ADMIN"), password: counted(24, 1) },
      { type: "atenLogin", username: counted(24, 1), password: counted(25, 1) },
    ],
  }),
  messageCase({
    name: "NTLM message",
    golden: [
      golden("what is known of VMRC", join([hex("0000000c"), latin1("NTLMSSP\0"), hex("01000000")]), {
        type: "ntlmMessage",
        data: join([latin1("NTLMSSP\0"), hex("01000000")]),
      } as const),
      golden("what is known of VMRC, nothing in it", "00000000", { type: "ntlmMessage", data: hex("") } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("ntlmMessage" as const), data: bytes(40) }),
    extentOf: extentOfNtlmMessage,
    decode: decodeNtlmMessage,
    encode: encodeNtlmMessage,
    claims: [{ limit: "maxVendorLength", most: 0xffffffff, head: be32 }],
  }),
  messageCase({
    name: "Apple's RSA1 request",
    golden: [
      golden(RSA1, "0000000a 0100 52534131 0000 0000", { type: "appleRsa1KeyRequest", version: 0x0100 } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("appleRsa1KeyRequest" as const), version: u16s }),
    extentOf: extentOfAppleRsa1KeyRequest,
    decode: decodeAppleRsa1KeyRequest,
    encode: encodeAppleRsa1KeyRequest,
    numbers: { version: U16 },
  }),
  messageCase({
    name: "Apple's RSA1 key",
    golden: [
      golden(RSA1, join([hex("0000012d 0100 00000126"), counted(294, 0x30), hex("00")]), {
        type: "appleRsa1Key",
        version: 0x0100,
        publicKey: counted(294, 0x30),
        unknown: 0,
      } as const),
      golden(`${RSA1}, but for the key`, "00000007 0100 00000000 00", {
        type: "appleRsa1Key",
        version: 0x0100,
        publicKey: hex(""),
        unknown: 0,
      } as const),
    ],
    arbitrary: recordOf({
      type: fc.constant("appleRsa1Key" as const),
      version: u16s,
      publicKey: bytes(40),
      unknown: u8s,
    }),
    extentOf: extentOfAppleRsa1Key,
    decode: decodeAppleRsa1Key,
    encode: encodeAppleRsa1Key,
    claims: [{ limit: "maxVendorLength", most: 0xffffffff, head: be32 }],
    numbers: { version: U16, unknown: U8 },
  }),
  messageCase({
    name: "Apple's RSA1 login",
    golden: [
      golden(RSA1, join([hex("0000018a 0100 52534131 0001"), counted(128, 5), hex("0001"), counted(256, 9)]), {
        type: "appleRsa1Login",
        version: 0x0100,
        credentials: counted(128, 5),
        encryptedKey: counted(256, 9),
      } as const),
    ],
    arbitrary: recordOf({
      type: fc.constant("appleRsa1Login" as const),
      version: u16s,
      credentials: exactly(128),
      encryptedKey: exactly(256),
    }),
    extentOf: () => extentOfAppleRsa1Login(256),
    decode: (from, at) => decodeAppleRsa1Login(from, at, 256),
    encode: encodeAppleRsa1Login,
    numbers: { version: U16 },
    refused: [127, 129].map(
      (length) =>
        ({
          type: "appleRsa1Login",
          version: 0x0100,
          credentials: counted(length, 5),
          encryptedKey: counted(256, 9),
        }) as const,
    ),
  }),
  messageCase({
    name: "Apple's RSA1 acknowledgement",
    golden: [golden(RSA1, "00000000", { type: "appleRsa1Ack", length: 0 } as const)],
    arbitrary: recordOf({ type: fc.constant("appleRsa1Ack" as const), length: u32s }),
    extentOf: extentOfAppleRsa1Ack,
    decode: decodeAppleRsa1Ack,
    encode: encodeAppleRsa1Ack,
    numbers: { length: U32 },
  }),
];
