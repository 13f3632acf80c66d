import type { Exchange, TlsKind } from "../codec/handshake/exchange.ts";
import type { Limits } from "../codec/limits.ts";

/** A way for a client to pass security, in either role. */
export interface Scheme {
  /** As an operator writes it: `x509vnc`. */
  readonly name: string;
  readonly securityType: number;
  /** Its number inside VeNCrypt. */
  readonly subtype?: number;
  /** The TLS that it runs over. */
  readonly tls?: TlsKind;
  /** What the client must know. */
  readonly needs: readonly CredentialName[];
  /** What somebody on the wire cannot read or change. */
  readonly protects: "nothing" | "password" | "stream";
  /** No real protection by today's measure: DES, passwords in clear, TLS that anybody can stand in the middle of. */
  readonly legacy: boolean;
  /** The client's messages, once TLS is up. */
  client(credentials: Credentials, limits: Limits): Exchange;
  /** The server's messages, once TLS is up. */
  server(verifier: Verifier, limits: Limits): Exchange;
}

/** What a client may know. Texts go over the wire as UTF-8. */
export interface Credentials {
  readonly username?: string;
  readonly password?: string;
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
