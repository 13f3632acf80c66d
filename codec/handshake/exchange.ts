import type { Input } from "../wire.ts";
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
  | Wait
  | Learned
  | { /** The security type has nothing more to say. */ readonly type: "done" };

/** Write these bytes. */
export interface Send {
  readonly type: "send";
  readonly bytes: Uint8Array;
}

/**
 * Encrypt the connection, then feed what it decrypts. Nothing is held back in clear: bytes that
 * came early have failed the exchange.
 */
export interface StartTls {
  readonly type: "startTls";
  readonly kind: TlsKind;
}

/** `x509`: the server shows a certificate. `anonymous`: nobody does (ADH), which TLS 1.3 no longer has. */
export type TlsKind = "x509" | "anonymous";

/** Somebody is being asked, for credentials say: pull again once it is settled. */
export interface Wait {
  readonly type: "wait";
  readonly until: Promise<unknown>;
}

/** What was offered or chosen inside: for the session and a log. */
export interface Learned {
  readonly type: "learned";
  readonly from: "client" | "server";
  readonly message: VencryptSubtypes | VencryptSubtypeChoice;
}
