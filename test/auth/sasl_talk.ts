/**
 * SASL spelt out: its messages by hand, clients and servers fed by hand, and what others have said.
 *
 * @module
 */

import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import {
  type Credentials,
  type SaslMechanism,
  SCRAM_SHA_1,
  SCRAM_SHA_256,
  type Scheme,
  type ScramCredentials,
  type ScramHash,
  schemesNamed,
  type Verifier,
} from "../../auth/mod.ts";
import { DEFAULT_LIMITS, type Limits } from "../../codec/limits.ts";
import { be32, hexOf, join, latin1 } from "../codec/bytes.ts";
import { clientContext, serverContext } from "./contexts.ts";
import { type Fed, fed } from "./pulling.ts";

export const ADA: Credentials = { username: "ada", password: "engine no. 9" };
export const PASSWORD = "engine no. 9";
export const CHUNKS = [1, 5, 10_000];

export const [SASL, X509SASL, TLSSASL] = schemesNamed(["sasl", "x509sasl", "tlssasl"]) as [Scheme, Scheme, Scheme];

export const WRONG = "authentication: Cannot let the client in: wrong user or password";

/** A mechanism's message as it is on the wire. */
export function data(text: string | undefined): Uint8Array {
  return text === undefined ? be32(0) : join([be32(text.length + 1), latin1(`${text}\0`)]);
}

export function mechanisms(list: string): Uint8Array {
  return join([be32(list.length), latin1(list)]);
}

export function start(mechanism: string, first: string | undefined): Uint8Array {
  return join([be32(mechanism.length), latin1(mechanism), data(first)]);
}

export function challenge(text: string | undefined, complete: 0 | 1): Uint8Array {
  return join([data(text), Uint8Array.of(complete)]);
}

/** What an exchange that sends these bytes is said to have done. */
export function send(...bytes: Uint8Array[]): string {
  return `send ${hexOf(join(bytes))}`;
}

export const OK = be32(0);
export const TURNED_AWAY = send(challenge(undefined, 1));

export interface ClientOptions {
  readonly credentials?: Credentials;
  readonly saslMechanisms?: readonly SaslMechanism[];
  readonly nonce?: string;
  readonly limits?: Partial<Limits>;
}

export function client(
  { credentials = ADA, saslMechanisms, nonce, limits }: ClientOptions = {},
  scheme = X509SASL,
): Fed {
  return fed(
    scheme.client(
      clientContext(scheme, credentials, {
        saslMechanisms,
        ...(nonce !== undefined && { random: () => Buffer.from(nonce, "base64") }),
        limits: { ...DEFAULT_LIMITS, ...limits },
      }),
    ),
  );
}

export function server(verifier: Verifier, scheme = X509SASL, limits: Partial<Limits> = {}): Fed {
  return fed(scheme.server(serverContext(scheme, verifier, { limits: { ...DEFAULT_LIMITS, ...limits } })));
}

/** What the server knows of a password, told by another implementation of the primitives. */
export function derived(hash: ScramHash, password: string, salt: Uint8Array, iterations: number): ScramCredentials {
  const name = hash.replace("-", "").toLowerCase();
  const salted = pbkdf2Sync(password, salt, iterations, hash === "SHA-1" ? 20 : 32, name);
  const hmac = (text: string): Buffer => createHmac(name, salted).update(text).digest();
  const storedKey = createHash(name).update(hmac("Client Key")).digest();
  return { salt, iterations, storedKey: Uint8Array.from(storedKey), serverKey: Uint8Array.from(hmac("Server Key")) };
}

/** The proof of Ada's password, for the salt of the recordings, told by another implementation too. */
export function proofOf(hash: ScramHash, password: string, authMessage: string): string {
  const name = hash.replace("-", "").toLowerCase();
  const salted = pbkdf2Sync(password, Buffer.from(SALT, "base64"), 4096, hash === "SHA-1" ? 20 : 32, name);
  const clientKey = createHmac(name, salted).update("Client Key").digest();
  const signature = createHmac(name, createHash(name).update(clientKey).digest()).update(authMessage).digest();
  return Buffer.from(clientKey.map((byte, i) => byte ^ signature[i]!)).toString("base64");
}

export interface Recorded {
  readonly source: string;
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string;
  readonly clientFirst: string;
  readonly serverFirst: string;
  readonly clientFinal: string;
  readonly serverFinal: string;
}

// The two of the RFCs, then what QEMU 7.2.22 with Cyrus SASL 2.1.28 answered to us.
export const AS_CLIENT: readonly Recorded[] = [
  {
    source: "RFC 5802 §5",
    mechanism: SCRAM_SHA_1,
    username: "user",
    password: "pencil",
    clientFirst: "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    serverFirst: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    clientFinal: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    serverFinal: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
  },
  {
    source: "RFC 7677 §3",
    mechanism: SCRAM_SHA_256,
    username: "user",
    password: "pencil",
    clientFirst: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    serverFirst: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    clientFinal:
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    serverFinal: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
  },
  {
    source: "QEMU",
    mechanism: SCRAM_SHA_256,
    username: "ada",
    password: PASSWORD,
    clientFirst: "n,,n=ada,r=EhkgJy41PENKUVhfZm10e4KJ",
    serverFirst:
      "r=EhkgJy41PENKUVhfZm10e4KJUweM6cbvXB/k5hDBiBMypXaEW30N3L3y,s=VptxEzlNMuowN0Vjjn+QE5HVnfCRqZ5iyGRs6RNyjBw=,i=4096",
    clientFinal:
      "c=biws,r=EhkgJy41PENKUVhfZm10e4KJUweM6cbvXB/k5hDBiBMypXaEW30N3L3y,p=ZImKqnxorUCzm0pTsnuvHI25plmw1krwa9zAMqggs/o=",
    serverFinal: "v=WwgSvM29pVWUBgsovvSjGUH6+oZQ4znHGOtZISjvP+8=",
  },
  {
    source: "QEMU",
    mechanism: SCRAM_SHA_1,
    username: "ada",
    password: PASSWORD,
    clientFirst: "n,,n=ada,r=EhkgJy41PENKUVhfZm10e4KJ",
    serverFirst: "r=EhkgJy41PENKUVhfZm10e4KJyd9kewIX7SeN0Km2fymhJ1j4fJ5spA2o,s=Lw2vFdEBD8pIKesz602sPIpfzaA=,i=4096",
    clientFinal: "c=biws,r=EhkgJy41PENKUVhfZm10e4KJyd9kewIX7SeN0Km2fymhJ1j4fJ5spA2o,p=mMYVDkJwLoez5k6eRZd5U6XOgRs=",
    serverFinal: "v=BlJOkC2umJtNmlQ/mrPK+gQMbaA=",
  },
];

// What libvncclient 0.9.14 with Cyrus SASL 2.1.28 said to us, and went along with.
export const SALT = "EBceJSwzOkFIT1ZdZGtyeQ==";
export const AS_SERVER: readonly Recorded[] = [
  {
    source: "libvncclient",
    mechanism: SCRAM_SHA_256,
    username: "ada",
    password: PASSWORD,
    clientFirst: "n,,n=ada,r=WqzWkFLRP3HooTmlt7084aWWg8c/jlgS",
    serverFirst: `r=WqzWkFLRP3HooTmlt7084aWWg8c/jlgSEhkgJy41PENKUVhfZm10e4KJ,s=${SALT},i=4096`,
    clientFinal:
      "c=biws,r=WqzWkFLRP3HooTmlt7084aWWg8c/jlgSEhkgJy41PENKUVhfZm10e4KJ,p=ixh6YD/5A3xTJwhzR+6x0yzfWW+0ueTVRfKuf38nqCc=",
    serverFinal: "v=ZAALRfQXYDPK7pW8pdazjfvgEL6RzJHjHB0UxPuXrGA=",
  },
  {
    source: "libvncclient",
    mechanism: SCRAM_SHA_1,
    username: "ada",
    password: PASSWORD,
    clientFirst: "n,,n=ada,r=FJXiwaOpPSZDgLI7N8VoK7NXSxnVwBzG",
    serverFirst: `r=FJXiwaOpPSZDgLI7N8VoK7NXSxnVwBzGEhkgJy41PENKUVhfZm10e4KJ,s=${SALT},i=4096`,
    clientFinal: "c=biws,r=FJXiwaOpPSZDgLI7N8VoK7NXSxnVwBzGEhkgJy41PENKUVhfZm10e4KJ,p=J18dRTTK0zHlTlPHU0iBufu7mBw=",
    serverFinal: "v=OgMzDjIK5ncNIXxg0MFCVMWl1pA=",
  },
];

/** A verifier that knows Ada, and whose nonce is that of the recordings. */
export function knowingAda(more: Partial<Verifier> = {}): Verifier {
  const salt = Buffer.from(SALT, "base64");
  return {
    scram: (username, hash) => (username === "ada" ? derived(hash, PASSWORD, salt, 4096) : undefined),
    scramSecret: new Uint8Array(32).fill(7),
    random: () => Buffer.from("EhkgJy41PENKUVhfZm10e4KJ", "base64"),
    ...more,
  };
}

/** A client of SCRAM, up to where it has sent its proof; of RFC 7677 when absent. */
export async function provingClient(options: Partial<ClientOptions> & { serverFirst?: string } = {}) {
  const recorded = AS_CLIENT[1]!;
  const exchange = client({
    credentials: { username: recorded.username, password: recorded.password },
    nonce: "rOprNGfwEbeRWgbNEkqO",
    ...options,
  });
  await exchange.feed(mechanisms("SCRAM-SHA-256"));
  const did = await exchange.feed(challenge(options.serverFirst ?? recorded.serverFirst, 0));
  return { ...exchange, did, ...recorded };
}
