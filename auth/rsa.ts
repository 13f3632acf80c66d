import { bytesToNumberBE, numberToBytesBE } from "@noble/ciphers/utils.js";
import { modInv, modPow } from "bigint-mod-arith";
import { RfbError } from "../codec/errors.ts";
import type { RandomSource } from "./scheme.ts";

// RSAES-PKCS1-v1_5, RFC 8017 §7.2, which Web Crypto does not have. JavaScript's big integers do not take the same time for
// all numbers: what the private key works on is blinded, so that nobody who chose the ciphertext can learn from the time it takes.

/** What a message is encrypted with. */
export interface RsaPublicKey {
  /** Bytes of the modulus. */
  readonly length: number;
  readonly modulus: bigint;
  readonly publicExponent: bigint;
}

/** What it is decrypted with. */
export interface RsaPrivateKey extends RsaPublicKey {
  /** Bits of the modulus. */
  readonly keyLength: number;
  readonly privateExponent: bigint;
  readonly primes: readonly [bigint, bigint];
}

/**
 * A peer's key, both numbers big-endian.
 *
 * @throws {RfbError} `malformed`: numbers that no RSA key has; `insecure`: an exponent so large that it only costs time,
 *   above the 64 bits that OpenSSL takes
 */
export function rsaPublicKey(modulus: Uint8Array, publicExponent: Uint8Array): RsaPublicKey {
  const key = {
    length: modulus.length,
    modulus: bytesToNumberBE(modulus),
    publicExponent: bytesToNumberBE(publicExponent),
  };
  const act = "Cannot accept an RSA key";
  if (modulus[0] === 0) throw new RfbError("malformed", act, "its modulus is shorter than it says");
  if (key.modulus % 2n === 0n) throw new RfbError("malformed", act, "its modulus is even");
  if (key.publicExponent < 3n || key.publicExponent % 2n === 0n) {
    throw new RfbError("malformed", act, "its exponent is not an odd number from 3");
  }
  if (key.publicExponent > MAXIMUM_EXPONENT) throw new RfbError("insecure", act, "its exponent is above 64 bits");
  return key;
}

/** Encrypts at most `length` - 11 bytes. */
export function encryptPkcs1(message: Uint8Array, key: RsaPublicKey, random: RandomSource): Uint8Array {
  const { length, modulus, publicExponent } = key;
  const padded = new Uint8Array(length);
  const padding = length - message.length - 3;
  if (padding < 8) throw new RangeError(`Cannot encrypt ${message.length} bytes with an RSA key of ${length}`);
  padded[1] = 2;
  // Anything but 0, each as likely as the others but for one part in 65536.
  const drawn = random(2 * padding);
  for (let i = 0; i < padding; i++) padded[2 + i] = 1 + ((256 * drawn[2 * i]! + drawn[2 * i + 1]!) % 255);
  padded.set(message, length - message.length);
  return numberToBytesBE(modPow(bytesToNumberBE(padded), publicExponent, modulus), length);
}

/**
 * Decrypts a message of `messageLength` bytes. Where the padding is not that of such a message the answer is random bytes,
 * found in the same time: who could tell one from the other could decrypt anything with the key, bit by bit.
 */
export function decryptPkcs1(
  encrypted: Uint8Array,
  key: RsaPrivateKey,
  messageLength: number,
  random: RandomSource,
): Uint8Array {
  const { length, modulus, publicExponent, privateExponent, primes } = key;
  const blind = 1n + (bytesToNumberBE(random(length)) % (modulus - 1n));
  const blinded = bytesToNumberBE(encrypted) * modPow(blind, publicExponent, modulus);
  const power = modPow(blinded, privateExponent, modulus, [...primes]);
  const padded = numberToBytesBE((power * modInv(blind, modulus)) % modulus, length);

  const separator = length - messageLength - 1;
  let wrong = padded[0]! | (padded[1]! ^ 2) | padded[separator]!;
  for (let i = 2; i < separator; i++) wrong |= (padded[i]! - 1) & 0x100; // of a 0 only
  const keep = (wrong - 1) >> 31; // all ones where nothing is wrong, else 0
  const instead = random(messageLength);
  const message = padded.slice(separator + 1);
  for (let i = 0; i < messageLength; i++) message[i] = (message[i]! & keep) | (instead[i]! & ~keep);
  return message;
}

const MAXIMUM_EXPONENT = 2n ** 64n - 1n;
