import { SCHEMES, type Scheme, type Verifier } from "../../auth/mod.ts";

/** What the user knows. */
export const KNOWN = { username: "ada", password: "engine no. 9", target: "vm7" } as const;

/** A server's that knows the same; its randomness is no secret. */
export const VERIFIER: Verifier = {
  password: async () => KNOWN.password,
  passwordFor: async (username, target) =>
    username === KNOWN.username && target === KNOWN.target ? KNOWN.password : undefined,
  identify: async (username) => username === KNOWN.username,
  verify: async (username, password) => username === KNOWN.username && password === KNOWN.password,
  random: (length) => Uint8Array.from({ length }, (_, i) => 0x11 * i),
};

/** Schemes that need more than this verifier, or cryptography that differs from run to run: each has its own tests. */
const OF_THEIR_OWN = /sasl|ra2|dh$|mslogon|aten|applersa1/;

/** The others: none, VncAuth, Plain, Ident and xvp, in all that can hold them. */
export const COMMON_SCHEMES: readonly Scheme[] = SCHEMES.filter(({ name }) => !OF_THEIR_OWN.test(name));
