import type { TlsKind } from "../../codec/handshake/exchange.ts";
import type { ClientContext, ServerContext } from "../scheme.ts";

/** A way to prove who one is inside SASL, RFC 4422. */
export interface SaslMechanism {
  /** As it is on the wire: 1 to 20 of `A` to `Z`, `0` to `9`, `-` and `_`. */
  readonly name: string;
  /** The TLS without which it is neither offered nor chosen. */
  readonly tls?: TlsKind;
  /** The client's messages. */
  client(context: ClientContext): SaslClient;
  /** The server's messages; absent where only clients have it. @throws {TypeError} a verifier that cannot check them */
  server?(context: ServerContext): SaslServer;
}

/** A mechanism's client in one exchange. What it throws ends the exchange. */
export interface SaslClient {
  /** What it begins with; undefined where the server is the one to begin. */
  start(): SaslData | Promise<SaslData>;
  /** Its answer to the server's message, the last one too, whose answer is not sent. @throws {RfbError} */
  respond(challenge: SaslData): SaslData | Promise<SaslData>;
  /** Whether the server has proven what it has to. One that lets the client in before is an impostor. */
  isSatisfied(): boolean;
}

/** A mechanism's server in one exchange. */
export interface SaslServer {
  /**
   * Its answer to the client's message, the first of which may be none. Complete: the client is who it says.
   *
   * @throws {RfbError} `authentication`: it is not
   */
  respond(response: SaslData): SaslAnswer | Promise<SaslAnswer>;
}

/** A mechanism's message; undefined: none, which is not the same as an empty one. */
export type SaslData = Uint8Array | undefined;

/** What a mechanism's server says, and whether that was all. */
export interface SaslAnswer {
  /** What to say, if anything. */
  readonly data?: SaslData;
  /** Nothing is left to be said. */
  readonly complete: boolean;
}
