import * as fc from "fast-check";
import {
  decodeSaslChallenge,
  decodeSaslMechanisms,
  decodeSaslResponse,
  decodeSaslStart,
  encodeSaslChallenge,
  encodeSaslMechanisms,
  encodeSaslResponse,
  encodeSaslStart,
  extentOfSaslChallenge,
  extentOfSaslMechanisms,
  extentOfSaslResponse,
  extentOfSaslStart,
} from "../../codec/handshake/mod.ts";
import { bytes, recordOf, u8s } from "./arbitraries.ts";
import { be32, hex, join, latin1 } from "./bytes.ts";
import { golden, type MessageCase, messageCase, U8 } from "./message_case.ts";

const SASL = "rfbproto SASL Authentication";

const QEMU_OFFERS = "SCRAM-SHA-256,SCRAM-SHA-1,PLAIN,DIGEST-MD5,ANONYMOUS";

const data = fc.option(bytes(20), { nil: undefined });

/** A text with the NUL that its length counts. */
function counted(text: string): Uint8Array {
  return join([be32(text.length + 1), latin1(`${text}\0`)]);
}

/** The messages of SASL. */
export const SASL_MESSAGES: readonly MessageCase[] = [
  messageCase({
    name: "SASL's mechanisms",
    golden: [
      golden("QEMU 7.2.22, with Cyrus SASL 2.1.28", join([be32(QEMU_OFFERS.length), latin1(QEMU_OFFERS)]), {
        type: "saslMechanisms",
        mechanisms: latin1(QEMU_OFFERS),
      } as const),
      golden(`${SASL}, none`, "00000000", { type: "saslMechanisms", mechanisms: latin1("") } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("saslMechanisms" as const), mechanisms: bytes(20) }),
    extentOf: extentOfSaslMechanisms,
    decode: decodeSaslMechanisms,
    encode: encodeSaslMechanisms,
    claims: [{ limit: "maxSaslMechanismsLength", most: 0xffffffff, head: be32 }],
  }),
  messageCase({
    name: "SASL's start",
    golden: [
      golden(`${SASL}, with a first message`, "00000005 504c41494e 00000005 00610062 00", {
        type: "saslStart",
        mechanism: latin1("PLAIN"),
        data: latin1("\0a\0b"),
      } as const),
      golden(`${SASL}, with an empty one`, "00000008 45585445524e414c 00000001 00", {
        type: "saslStart",
        mechanism: latin1("EXTERNAL"),
        data: latin1(""),
      } as const),
      golden(`${SASL}, with none`, "00000006 475353415049 00000000", {
        type: "saslStart",
        mechanism: latin1("GSSAPI"),
        data: undefined,
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("saslStart" as const), mechanism: bytes(20), data }),
    extentOf: extentOfSaslStart,
    decode: decodeSaslStart,
    encode: encodeSaslStart,
    claims: [
      { limit: "maxSaslMechanismLength", most: 0xffffffff, head: be32 },
      { limit: "maxSaslDataLength", most: 0xffffffff, head: (length) => join([hex("00000001 58"), be32(length)]) },
    ],
  }),
  messageCase({
    name: "SASL's challenge",
    golden: [
      golden("QEMU 7.2.22, with Cyrus SASL 2.1.28", join([counted("v=BlJOkC2umJtNmlQ/mrPK+gQMbaA="), hex("01")]), {
        type: "saslChallenge",
        data: latin1("v=BlJOkC2umJtNmlQ/mrPK+gQMbaA="),
        complete: 1,
      } as const),
      golden("QEMU 7.2.22, after PLAIN", "00000000 01", {
        type: "saslChallenge",
        data: undefined,
        complete: 1,
      } as const),
      golden(`${SASL}, an empty one that is not the last`, "00000001 00 00", {
        type: "saslChallenge",
        data: latin1(""),
        complete: 0,
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("saslChallenge" as const), data, complete: u8s }),
    extentOf: extentOfSaslChallenge,
    decode: decodeSaslChallenge,
    encode: encodeSaslChallenge,
    numbers: { complete: U8 },
    claims: [{ limit: "maxSaslDataLength", most: 0xffffffff, head: be32 }],
  }),
  messageCase({
    name: "SASL's response",
    golden: [
      golden(`${SASL}, by hand`, "00000003 6869 00", { type: "saslResponse", data: latin1("hi") } as const),
      golden(`${SASL}, none`, "00000000", { type: "saslResponse", data: undefined } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("saslResponse" as const), data }),
    extentOf: extentOfSaslResponse,
    decode: decodeSaslResponse,
    encode: encodeSaslResponse,
    claims: [{ limit: "maxSaslDataLength", most: 0xffffffff, head: be32 }],
  }),
];
