import { numberToBytesBE } from "@noble/ciphers/utils.js";
import { concat } from "@std/bytes";
import { RfbError } from "../codec/errors.ts";
import { MINIMUM_RSA_KEY_LENGTH } from "../codec/handshake/ra2/mod.ts";
import { type Limits, within } from "../codec/limits.ts";
import { u8, u16, view } from "../codec/wire.ts";
import { type RsaPublicKey, rsaPublicKey } from "./rsa.ts";

/**
 * An RSA public key in DER: SubjectPublicKeyInfo of RFC 5280 §4.1.2.7, or RFC 8017's RSAPublicKey that it holds.
 *
 * @throws {RfbError} `truncated`, `malformed`: it is neither; `limit`, `insecure`: too large or too small
 */
export function rsaPublicKeyOfDer(bytes: Uint8Array, limits: Limits): RsaPublicKey {
  let key = elementAt(bytes, 0, SEQUENCE);
  if (key.content[0] === SEQUENCE) {
    const algorithm = elementAt(key.content, 0, SEQUENCE);
    if (algorithm.content.join() !== RSA_ENCRYPTION.slice(2).join()) throw malformed("not of RSA", 0);
    // The first byte counts the bits that are not used: none.
    key = elementAt(elementAt(key.content, algorithm.end, BIT_STRING).content, 1, SEQUENCE);
  }
  const modulus = elementAt(key.content, 0, INTEGER);
  const exponent = elementAt(key.content, modulus.end, INTEGER);
  const number = modulus.content.subarray(modulus.content[0] === 0 ? 1 : 0);
  const keyLength = 8 * number.length - Math.clz32(number[0] ?? 0) + 24;
  within("maxRsaKeyLength", keyLength, limits);
  if (keyLength < MINIMUM_RSA_KEY_LENGTH) {
    const reason = `${keyLength} bits, and ${MINIMUM_RSA_KEY_LENGTH} are the least`;
    throw new RfbError("insecure", "Cannot accept an RSA key", reason);
  }
  return rsaPublicKey(number, exponent.content);
}

/** The key as SubjectPublicKeyInfo. */
export function derOfRsaKey({ modulus, publicExponent }: RsaPublicKey): Uint8Array {
  const key = element(SEQUENCE, concat([integer(modulus), integer(publicExponent)]));
  return element(SEQUENCE, concat([RSA_ENCRYPTION, element(BIT_STRING, concat([Uint8Array.of(0), key]))]));
}

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const SEQUENCE = 0x30;
/** The algorithm rsaEncryption, without parameters. */
const RSA_ENCRYPTION = Uint8Array.of(0x30, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 0x05, 0);

function elementAt(bytes: Uint8Array, at: number, tag: number): { readonly content: Uint8Array; readonly end: number } {
  if (u8(bytes, at) !== tag) throw malformed(`an element of kind ${u8(bytes, at)}, not ${tag}`, at);
  const first = u8(bytes, at + 1);
  // Longer than 65535 bytes is no key.
  if (first > 0x82 || first === 0x80) throw malformed("an element whose length has no end in sight", at + 1);
  const start = at + 2 + Math.max(0, first - 0x80);
  const length = first < 0x80 ? first : first === 0x81 ? u8(bytes, at + 2) : u16(bytes, at + 2);
  const content = view(bytes, start, length);
  return { content, end: start + content.length };
}

function element(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length];
  return concat([Uint8Array.from(head), content]);
}

/** With a 0 in front where the number would be a negative one without it. */
function integer(number: bigint): Uint8Array {
  return element(INTEGER, numberToBytesBE(number, Math.floor(number.toString(2).length / 8) + 1));
}

function malformed(reason: string, offset: number): RfbError {
  return new RfbError("malformed", "Cannot read an RSA key", reason, { offset });
}
