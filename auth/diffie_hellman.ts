import { bytesToNumberBE, numberToBytesBE } from "@noble/ciphers/utils.js";
import { modPow } from "bigint-mod-arith";
import { RfbError } from "../codec/errors.ts";
import type { RandomSource } from "./scheme.ts";

// Diffie-Hellman over whole numbers. JavaScript's big integers take more time for some exponents than for others;
// each exponent here is drawn for one exchange and never used again, so that there is nothing to learn from many of
// them.

/** Where both sides calculate: powers of the generator, modulo the prime. */
export interface DhGroup {
  readonly generator: bigint;
  readonly prime: bigint;
  /** Bytes of a number on the wire. */
  readonly length: number;
}

/** One side's secret, and what it shows of it. */
export interface DhKeyPair {
  readonly exponent: bigint;
  readonly publicKey: bigint;
}

/**
 * A group that a server has chosen, where its numbers are fit for one.
 *
 * These checks keep the password from who only listens, where it costs nothing: they find a modulus that is no odd
 * number of the length it claims, and generators and keys among 0, 1 and -1, whose powers anybody can tell. That the
 * modulus is prime is not tested. None of them says who the server is: one that is not the right one learns the
 * password in a group that is sound.
 *
 * @throws {RfbError} `insecure`
 */
export function dhGroup(generator: bigint, prime: Uint8Array): DhGroup {
  const group = { generator, prime: bytesToNumberBE(prime), length: prime.length };
  if (group.prime < LEAST_PRIME || group.prime % 2n === 0n) throw insecure("its prime is even or too small");
  checkNumber("generator", generator, group);
  return group;
}

/** A key pair for one exchange. */
export function dhKeyPair({ generator, prime }: DhGroup, random: RandomSource): DhKeyPair {
  // 512 bits withstand more than any group here does, and powers of a hostile group's 8192 bits end in milliseconds.
  const exponent = 2n + (bytesToNumberBE(random(64)) % (prime - 3n));
  return { exponent, publicKey: modPow(generator, exponent, prime) };
}

/**
 * What both sides know once they have seen the other's public key, as long as a number on the wire.
 *
 * For a server: what its client shows it does not matter, once the password is on its way. libvncclient takes bytes for
 * bits and draws one of 256 exponents for 64 bits, 0 and 1 among them.
 *
 * @throws {RfbError} `malformed`: the client's key is no number of the group
 */
export function sharedSecret(group: DhGroup, ours: DhKeyPair, theirs: Uint8Array): Uint8Array {
  const key = bytesToNumberBE(theirs);
  if (key === 0n || key >= group.prime) {
    throw new RfbError("malformed", ACT, "its public key is no number of the group");
  }
  return dhBytes(group, modPow(key, ours.exponent, group.prime));
}

/**
 * The same for a client, which is about to hide a password behind it.
 *
 * @throws {RfbError} `insecure`: the server's key, or what comes of it, is known to everybody
 */
export function secretToHideBehind(group: DhGroup, ours: DhKeyPair, theirs: Uint8Array): Uint8Array {
  const key = bytesToNumberBE(theirs);
  checkNumber("public key", key, group);
  const secret = modPow(key, ours.exponent, group.prime);
  checkNumber("secret", secret, group);
  // The server's key is the generator, or less than 0 by as much: so is the secret our own key, which goes over the wire.
  if (secret === ours.publicKey || secret === group.prime - ours.publicKey) {
    throw insecure("its public key gives the secret away");
  }
  return dhBytes(group, secret);
}

/** A number as it goes over the wire. */
export function dhBytes({ length }: DhGroup, number: bigint): Uint8Array {
  return numberToBytesBE(number, length);
}

const ACT = "Cannot agree on a key";

/** 2 to the 16th: UltraVNC draws its primes below 2 to the 31st. */
const LEAST_PRIME = 65536n;

/** 0, 1 and -1 have no powers but these. */
function checkNumber(what: string, number: bigint, { prime }: DhGroup): void {
  if (number < 2n || number > prime - 2n) throw insecure(`its ${what} is not between 1 and the prime less 1`);
}

function insecure(reason: string): RfbError {
  return new RfbError("insecure", ACT, reason);
}
