import type { Exchange, TlsKind } from "../codec/handshake/exchange.ts";
import type { Limits } from "../codec/limits.ts";

/** A way for a client to pass security, in either role. */
export interface Scheme {
  /** As an operator writes it: `x509vnc`. */
  readonly name: string;
  /**
   * The numbers that are chosen, one inside the other: `[2]` is VncAuth, `[19, 261]` VeNCrypt's X509Vnc, `[16, 2]`
   * VncAuth inside Tight.
   */
  readonly path: readonly number[];
  /** The TLS that it runs over. */
  readonly tls?: TlsKind;
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
  readonly username?: string;
  readonly password?: string;
  /** xvp: the machine to connect to. */
  readonly target?: string;
}

/** One thing to know. */
export type CredentialName = keyof Credentials;

/** What is asked for, and by which scheme. */
export interface CredentialRequest {
  readonly scheme: Scheme;
  readonly needs: readonly CredentialName[];
}

/** Answers for the user: from a file, a prompt, a page. Asked only for what the scheme needs, once TLS is up. */
export type CredentialSource = (request: CredentialRequest) => Credentials | Promise<Credentials>;

/** The key that a server shows where it has no certificate. */
export interface ServerKey {
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
  readonly scheme: Scheme;
  /**
   * What the user answers.
   *
   * @throws {TypeError} one of them is not given
   */
  ask(needs: readonly CredentialName[]): Promise<Credentials>;
  readonly trustsServerKey: ServerKeyCheck;
  readonly random: RandomSource;
  readonly limits: Limits;
}

/** What a server's exchange works with. */
export interface ServerContext {
  readonly scheme: Scheme;
  readonly verifier: Verifier;
  readonly random: RandomSource;
  readonly limits: Limits;
}

/** What a server checks clients with. */
export interface Verifier {
  /** The password of VncAuth, whose proof can only be checked by one who knows it. */
  readonly password?: () => string | Promise<string>;
  /** Whether user and password, as the Plain schemes bring them, are right. Take as long for an unknown user. */
  readonly verify?: (username: string, password: string) => boolean | Promise<boolean>;
  /** Web Crypto's where absent. */
  readonly random?: RandomSource;
}

/** As many unpredictable bytes. */
export type RandomSource = (length: number) => Uint8Array;

/** Web Crypto's randomness. */
export function webRandom(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
