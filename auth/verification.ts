import { RfbError } from "../codec/errors.ts";
import type { Exchange } from "../codec/handshake/exchange.ts";
import { afterwards, DONE } from "./afterwards.ts";
import type { Verifier } from "./scheme.ts";

/**
 * Asks the verifier about a user and a password as they came, and ends the exchange. Bytes that are not UTF-8 become
 * U+FFFD, which matches nothing that anybody has set.
 */
export function verifying(verify: Verify, username: Uint8Array, password: Uint8Array): Exchange {
  const [user, word] = [username, password].map((bytes) => new TextDecoder().decode(bytes));
  return afterwards(async () => {
    if (await verify(user!, word!)) return { next: () => DONE };
    throw new RfbError("authentication", "Cannot let the client in", "wrong user or password");
  });
}

/** The verifier's `verify`. @throws {TypeError} it has none */
export function verifyOf({ verify }: Verifier, scheme: string): Verify {
  if (verify === undefined) throw new TypeError(`Cannot serve ${scheme}: the verifier has no verify`);
  return verify;
}

type Verify = NonNullable<Verifier["verify"]>;
