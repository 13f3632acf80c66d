import type { Exchange, TlsKind } from "../codec/handshake/exchange.ts";
import type { Limits } from "../codec/limits.ts";
import type { RsaJwk } from "./rsa_key.ts";
import type { SaslMechanism } from "./sasl/mechanism.ts";
import type { ScramCredentials, ScramHash } from "./sasl/scram_keys.ts";

/** A way for a client to pass security, in either role. */
export interface Scheme {
  /** As an operator writes it: `x509vnc`. */
  readonly name: string;
  /**
   * The numbers that are chosen, one inside the other: `[2]` is VncAuth, `[19, 261]` VeNCrypt's X509Vnc, `[16, 2]`
   * VncAuth inside Tight; `[17, 2]` VncAuth in the round that UltraVNC asks for after Ultra.
   */
  readonly path: readonly number[];
  /**
   * The TLS that it runs over. This alone decides whether a certificate is demanded: what a server calls its subtypes does not.
   */
  readonly tls?: TlsKind;
  /** The server shows a key and no certificate: the user has to know it. */
  readonly showsKey?: true;
  /** What the client may be asked for. */
  readonly needs: readonly CredentialName[];
  /** What somebody on the wire cannot read or change. */
  readonly protects: "nothing" | "password" | "stream";
  /** No real protection by today's measure: DES, passwords in clear, TLS that anybody can stand in the middle of. */
  readonly legacy: boolean;
  /** The client's messages, once all that is around them is settled and TLS is up. */
  client(context: ClientContext): Exchange;
  /** The server's messages, once all that is around them is settled and TLS is up. */
  server(context: ServerContext): Exchange;
}

/** What a client may know. Texts go over the wire as UTF-8. */
export interface Credentials {
  /** Who the user is. */
  readonly username?: string;
  /** The user's password. */
  readonly password?: string;
  /** xvp: the machine to connect to. */
  readonly target?: string;
}

/** One thing to know. */
export type CredentialName = keyof Credentials;

/** What is asked for, and by which scheme. */
export interface CredentialRequest {
  /** The one that was chosen. */
  readonly scheme: Scheme;
  /** What it cannot do without. */
  readonly needs: readonly CredentialName[];
  /** The server, as the user knows it, where that is known: `vm.example:5900`. */
  readonly server?: string;
  /** For a person: "User name and password for vm.example:5900 (x509plain)". */
  readonly prompt: string;
}

/** Answers for the user: from a file, a prompt, a page. Asked only for what the scheme needs, once TLS is up. */
export type CredentialSource = (request: CredentialRequest) => Credentials | Promise<Credentials>;

/** The key that a server shows where it has no certificate. */
export interface ServerKey {
  /** The one that the key belongs to. */
  readonly scheme: Scheme;
  /** The key as it came. */
  readonly bytes: Uint8Array;
  /** For people to compare: as TigerVNC prints it. */
  readonly fingerprint: string;
}

/** Whether a server's key is the one that it should be. */
export type ServerKeyCheck = (key: ServerKey) => boolean | Promise<boolean>;

/** What a client's exchange works with. */
export interface ClientContext {
  /** The one that was chosen. */
  readonly scheme: Scheme;
  /**
   * What the user answers.
   *
   * @throws {TypeError} one of them is not given
   */
  ask(needs: readonly CredentialName[]): Promise<Credentials>;
  /** Whether the server's key is the one that it should be. */
  readonly trustsServerKey: ServerKeyCheck;
  /** What SASL may use, best first; SCRAM-SHA-256, SCRAM-SHA-1 and PLAIN where absent. */
  readonly saslMechanisms?: readonly SaslMechanism[] | undefined;
  /** Where secrets come from. */
  readonly random: RandomSource;
  /** What the peer may ask for. */
  readonly limits: Limits;
}

/** What a server's exchange works with. */
export interface ServerContext {
  /** The one that was chosen. */
  readonly scheme: Scheme;
  /** What clients are checked with. */
  readonly verifier: Verifier;
  /** Where secrets come from. */
  readonly random: RandomSource;
  /** What the peer may ask for. */
  readonly limits: Limits;
}

/** What a server checks clients with. */
export interface Verifier {
  /** The password of VncAuth, whose proof can only be checked by one who knows it. */
  readonly password?: () => string | Promise<string>;
  /** xvp: the password of a user on a machine, of which no more than 8 bytes count; undefined where there is none. */
  readonly passwordFor?: (username: string, target: string) => string | undefined | Promise<string | undefined>;
  /** Whether a user is let in by the name alone, as the Ident schemes bring it: something else has to vouch for it. */
  readonly identify?: (username: string) => boolean | Promise<boolean>;
  /** Whether user and password, as the Plain schemes bring them, are right. Take as long for an unknown user. */
  readonly verify?: (username: string, password: string) => boolean | Promise<boolean>;
  /** What SASL offers, best first. Where absent: SCRAM for a verifier with `scram`, then PLAIN for one with `verify`. */
  readonly saslMechanisms?: readonly SaslMechanism[];
  /** What SCRAM checks a user with, whose name is prepared; undefined: no such user. Take as long for one. */
  readonly scram?: (
    username: string,
    hash: ScramHash,
  ) => ScramCredentials | undefined | Promise<ScramCredentials | undefined>;
  /**
   * What gives a user that there is not a salt of his own, so that nobody can tell: 32 random bytes, the same in all
   * processes of a server. Drawn once for each verifier where absent.
   */
  readonly scramSecret?: Uint8Array;
  /** Whether SASL EXTERNAL, once TLS has taken the client's certificate, lets it in as this identity; "" is its own. */
  readonly external?: (authorizationId: string) => boolean | Promise<boolean>;
  /** Bits of the prime in Apple's Diffie-Hellman: 2048 where absent. Apple's own servers have 1024. */
  readonly dhKeyLength?: 1024 | 2048;
  /** The key that the RSA-AES schemes show, and Apple's RSA1: a JWK, or PEM. `generateRsaKey` makes one. */
  readonly rsaKey?: RsaJwk | string;
  /** Web Crypto's where absent. */
  readonly random?: RandomSource;
}

/** As many unpredictable bytes. */
export type RandomSource = (length: number) => Uint8Array;

/** Web Crypto's randomness. */
export function webRandom(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
