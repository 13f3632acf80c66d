import * as fc from "fast-check";
import {
  decodeRa2Credentials,
  decodeRa2PublicKey,
  decodeRa2Random,
  decodeRa2Subtype,
  encodeRa2Credentials,
  encodeRa2PublicKey,
  encodeRa2Random,
  encodeRa2Subtype,
  extentOfRa2Credentials,
  extentOfRa2PublicKey,
  extentOfRa2Random,
  extentOfRa2Subtype,
} from "../../codec/handshake/mod.ts";
import { bytes, recordOf, u8s } from "./arbitraries.ts";
import { hex, join, latin1 } from "./bytes.ts";
import { golden, type MessageCase, messageCase, U8 } from "./message_case.ts";

const RFBPROTO = "rfbproto RSA-AES Security Type";

/** A modulus of `length` bytes, and 65537 in as many. */
function keyParts(length: number): { readonly modulus: Uint8Array; readonly publicExponent: Uint8Array } {
  const modulus = new Uint8Array(length).map((_, i) => 0xff - (i % 0x100));
  return { modulus, publicExponent: join([new Uint8Array(length - 3), hex("010001")]) };
}

const long = keyParts(256);
const odd = keyParts(129);

/** The messages of the RSA-AES types. */
export const RA2_MESSAGES: readonly MessageCase[] = [
  messageCase({
    name: "RSA-AES public key",
    golden: [
      golden(`${RFBPROTO}, 2048 bits`, join([hex("00000800"), long.modulus, long.publicExponent]), {
        type: "ra2PublicKey",
        keyLength: 2048,
        ...long,
      } as const),
      golden(`${RFBPROTO}, 1025 bits`, join([hex("00000401"), odd.modulus, odd.publicExponent]), {
        type: "ra2PublicKey",
        keyLength: 1025,
        ...odd,
      } as const),
    ],
    arbitrary: fc.integer({ min: 1024, max: 1100 }).chain((keyLength) =>
      recordOf({
        type: fc.constant("ra2PublicKey" as const),
        keyLength: fc.constant(keyLength),
        modulus: bytes(Math.ceil(keyLength / 8), Math.ceil(keyLength / 8)),
        publicExponent: bytes(Math.ceil(keyLength / 8), Math.ceil(keyLength / 8)),
      }),
    ),
    extentOf: extentOfRa2PublicKey,
    decode: decodeRa2PublicKey,
    encode: encodeRa2PublicKey,
    refused: [
      { type: "ra2PublicKey", keyLength: 2048, modulus: long.modulus, publicExponent: hex("010001") },
      { type: "ra2PublicKey", keyLength: 2048, modulus: odd.modulus, publicExponent: long.publicExponent },
      { type: "ra2PublicKey", keyLength: 2049, ...long },
    ],
  }),
  messageCase({
    name: "RSA-AES random",
    golden: [
      golden(`${RFBPROTO}, for a key of 1024 bits`, join([hex("0080"), odd.modulus.subarray(0, 128)]), {
        type: "ra2Random",
        encryptedRandom: odd.modulus.subarray(0, 128),
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("ra2Random" as const), encryptedRandom: bytes(128, 128) }),
    extentOf: (from, at, end) => extentOfRa2Random(from, at, end, 128),
    decode: decodeRa2Random,
    encode: encodeRa2Random,
    refused: [{ type: "ra2Random", encryptedRandom: new Uint8Array(65536) }],
  }),
  messageCase({
    name: "RSA-AES subtype",
    golden: [
      golden(`${RFBPROTO}, user and password`, "01", { type: "ra2Subtype", subtype: 1 } as const),
      golden(`${RFBPROTO}, password`, "02", { type: "ra2Subtype", subtype: 2 } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("ra2Subtype" as const), subtype: u8s }),
    extentOf: extentOfRa2Subtype,
    decode: decodeRa2Subtype,
    encode: encodeRa2Subtype,
    numbers: { subtype: U8 },
  }),
  messageCase({
    name: "RSA-AES credentials",
    golden: [
      golden(RFBPROTO, "03 616461 06 736563726574", {
        type: "ra2Credentials",
        username: latin1("ada"),
        password: latin1("secret"),
      } as const),
      golden(`${RFBPROTO}, password alone`, "00 06 736563726574", {
        type: "ra2Credentials",
        username: latin1(""),
        password: latin1("secret"),
      } as const),
      golden(`${RFBPROTO}, both empty`, "00 00", {
        type: "ra2Credentials",
        username: latin1(""),
        password: latin1(""),
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("ra2Credentials" as const), username: bytes(20), password: bytes(20) }),
    extentOf: extentOfRa2Credentials,
    decode: decodeRa2Credentials,
    encode: encodeRa2Credentials,
    refused: [
      { type: "ra2Credentials", username: new Uint8Array(256), password: latin1("") },
      { type: "ra2Credentials", username: latin1(""), password: new Uint8Array(256) },
    ],
  }),
];
