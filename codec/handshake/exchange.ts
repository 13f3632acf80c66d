import type { DialectSettled } from "../session.ts";
import type { Input } from "../wire.ts";
import type { InnerSecurityType, InnerSecurityTypes } from "./inner_security.ts";
import type { SaslMechanismChoice } from "./sasl.ts";
import type { VencryptSubtypeChoice, VencryptSubtypes } from "./vencrypt/mod.ts";

/**
 * A security type's own messages, in one role: pulled like everything else. It reads from the
 * handshake's input, so it never has bytes to hand back. Made in `auth/`.
 */
export interface Exchange {
  /**
   * The next step, or undefined: feed me.
   *
   * @throws {RfbError} the peer's fault, or its refusal; the exchange is then over
   */
  next(input: Input): ExchangeStep | undefined;
}

/** What an exchange wants done before it is pulled again. */
export type ExchangeStep =
  | Send
  | StartTls
  | StartRecords
  | Wait
  | Learned
  | { /** The security type has nothing more to say. */ readonly type: "done" };

/** Write these bytes. */
export interface Send {
  /** Tells it from other steps. */
  readonly type: "send";
  /** What the peer gets. */
  readonly bytes: Uint8Array;
}

/**
 * Encrypt the connection, then feed what it decrypts. Nothing is held back in clear: bytes that
 * came early have failed the exchange.
 */
export interface StartTls {
  /** Tells it from other steps. */
  readonly type: "startTls";
  /** Whether there are certificates. */
  readonly kind: TlsKind;
  /**
   * A server's only: what has come of TLS already, from a client that need not wait for an answer before it starts. It is
   * TLS's to judge.
   */
  readonly early?: Uint8Array;
}

/**
 * Put this layer around the connection, in both directions; then feed what it opens. It has taken over what came
 * ahead of it, which may be whole records.
 */
export interface StartRecords {
  /** Tells it from other steps. */
  readonly type: "startRecords";
  /** Encrypts and decrypts all that follows. */
  readonly records: RecordLayer;
}

/** Encryption of the protocol's own: bytes in clear on our side, sealed ones on the wire. */
export interface RecordLayer {
  /** The bytes, as they go over the wire. */
  seal(bytes: Uint8Array): Uint8Array;
  /** Adds what came over the wire. */
  push(chunk: Uint8Array): void;
  /** The next bytes in clear, or undefined: feed me. @throws {RfbError} `insecure`: a record that was tampered with */
  next(): Uint8Array | undefined;
  /** The peer has closed. @throws {RfbError} `truncated`: within a record */
  end(): void;
}

/** `x509`: the server shows a certificate. `anonymous`: nobody does (ADH), which TLS 1.3 no longer has. */
export type TlsKind = "x509" | "anonymous";

/** Somebody is being asked, for credentials say: pull again once it is settled. */
export interface Wait {
  /** Tells it from other steps. */
  readonly type: "wait";
  /** Settles when there is more to do. */
  readonly until: Promise<unknown>;
}

/** What was offered or chosen inside: for the session and a log. */
export interface Learned {
  /** Tells it from other steps. */
  readonly type: "learned";
  /** Whose message it is. */
  readonly from: "client" | "server";
  /** What was said. */
  readonly message:
    | VencryptSubtypes
    | VencryptSubtypeChoice
    | InnerSecurityTypes
    | InnerSecurityType
    | DialectSettled
    | SaslMechanismChoice;
}
