import { cmac, ctr } from "@noble/ciphers/aes.js";
import { equalInConstantTime } from "./constant_time.ts";

/**
 * AES-EAX with tags of 16 bytes, as Bellare, Rogaway and Wagner put it together from AES-CTR and AES-CMAC: the
 * ciphertext, and the tag behind it. One nonce must never be used twice with a key.
 *
 * @param key 16, 24 or 32 bytes
 * @param associated in clear, and under the tag's protection all the same
 */
export function sealEax(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, clear: Uint8Array): Uint8Array {
  const start = omac(key, 0, nonce);
  const ciphertext = ctr(key, start).encrypt(clear);
  const sealed = new Uint8Array(ciphertext.length + EAX_TAG_LENGTH);
  sealed.set(ciphertext);
  sealed.set(tagOf(key, start, associated, ciphertext), ciphertext.length);
  return sealed;
}

/** What {@link sealEax} sealed, or undefined where the tag is not that of all this: nothing is decrypted before it is. */
export function openEax(
  key: Uint8Array,
  nonce: Uint8Array,
  associated: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  if (sealed.length < EAX_TAG_LENGTH) return undefined;
  const ciphertext = sealed.subarray(0, -EAX_TAG_LENGTH);
  const start = omac(key, 0, nonce);
  const tag = tagOf(key, start, associated, ciphertext);
  if (!equalInConstantTime(tag, sealed.subarray(-EAX_TAG_LENGTH))) return undefined;
  return ctr(key, start).decrypt(ciphertext);
}

/** Bytes of a tag. */
export const EAX_TAG_LENGTH = 16;

function tagOf(key: Uint8Array, start: Uint8Array, associated: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const tag = omac(key, 2, ciphertext);
  const other = omac(key, 1, associated);
  for (let i = 0; i < EAX_TAG_LENGTH; i++) tag[i]! ^= start[i]! ^ other[i]!;
  return tag;
}

/** CMAC behind a block that tells its three uses apart. */
function omac(key: Uint8Array, use: number, bytes: Uint8Array): Uint8Array {
  const block = new Uint8Array(16);
  block[15] = use;
  return cmac.create(key).update(block).update(bytes).digest();
}
