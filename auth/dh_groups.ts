import type { DhGroup } from "./diffie_hellman.ts";

const MODP_1024 =
  "0x" +
  "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
  "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
  "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff";

const MODP_2048 =
  "0x" +
  "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
  "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
  "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f" +
  "83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b" +
  "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510" +
  "15728e5a8aacaa68ffffffffffffffff";

/**
 * The groups that a server of ours offers, by the bits of their primes: RFC 2409 §6.2, and RFC 3526 §3. Half the
 * prime less 1 is prime as well, so that no power but those of 0, 1 and -1 is among a few.
 */
export const dhGroups: Readonly<Record<1024 | 2048, DhGroup>> = {
  1024: { generator: 2n, prime: BigInt(MODP_1024), length: 128 },
  2048: { generator: 2n, prime: BigInt(MODP_2048), length: 256 },
};
