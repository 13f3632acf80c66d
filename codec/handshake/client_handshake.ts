import { RfbError } from "../errors.ts";
import { DEFAULT_LIMITS, type Limits, within } from "../limits.ts";
import { failingForEver } from "../pull.ts";
import { NEW_SESSION, observe, type Session } from "../session.ts";
import { textOf } from "../text.ts";
import { append, createInput, drain, type Input, u8, u32 } from "../wire.ts";
import type { Exchange, Send, StartRecords, StartTls, Wait } from "./exchange.ts";
import {
  decodeProtocolVersion,
  encodeProtocolVersion,
  extentOfProtocolVersion,
  protocolVersionOf,
  type Version,
  versionToAnswer,
} from "./protocol_version.ts";
import { encodeRepeaterTarget, isRepeaterVersion } from "./repeater.ts";
import {
  decodeSecurityResult,
  extentOfSecurityResult,
  type SecurityResult,
  SecurityStatus,
} from "./security_result.ts";
import { encodeSecurityType } from "./security_type.ts";
import { decodeSecurityTypes, extentOfSecurityTypes } from "./security_types.ts";
import { take } from "./take.ts";

/** What a client's handshake wants done before it is pulled again. */
export type ClientHandshakeStep =
  | Send
  | StartTls
  | StartRecords
  | Wait
  | ChooseSecurity
  | {
      /** The server let us in. `rest` came after, and is for a framer. */
      readonly type: "done";
      readonly rest: Uint8Array;
    };

/**
 * Choose one of these, and call `respond`. UltraVNC asks for another round after type 17 and some others: what was chosen
 * before is then in the session's `securityPath`.
 */
export interface ChooseSecurity {
  /** Tells it from other steps. */
  readonly type: "authenticate";
  /** In the server's order; in 3.3 it is one. */
  readonly securityTypes: readonly number[];
}

/** What a client's handshake is besides. */
export interface ClientHandshakeOptions {
  /**
   * We are talking to an UltraVNC repeater, which is to put us through: `ID:1234`, or `host:5900`. It greets with version
   * 0.0; the server's version follows once it has found it.
   */
  readonly repeater?: string;
}

/** A client's side of everything up to SecurityResult, RFC 6143 §7.1: bytes in, steps out. */
export interface ClientHandshake {
  /** Adds a chunk; it is the handshake's from here on. */
  push(chunk: Uint8Array): void;
  /**
   * The next step, or undefined: feed me.
   *
   * @throws {RfbError} what the server did wrong, or `authentication` with the reason of its refusal
   */
  next(): ClientHandshakeStep | undefined;
  /** Answers `authenticate`. @throws {RangeError} a type that was not offered */
  respond(securityType: number, exchange: Exchange): void;
  /** The server has closed. @throws {RfbError} always: what was still missing, or the refusal it cut short */
  end(): never;
  /** What both sides have agreed on so far. */
  readonly session: Session;
}

/**
 * A client's handshake. On a connection that a server has opened to us (a listening viewer) it is the same: the server speaks
 * first all the same.
 *
 * ```ts
 * import { createClientHandshake } from "rfb-codec";
 *
 * const handshake = createClientHandshake();
 * handshake.push(new TextEncoder().encode("RFB 003.008\n"));
 * handshake.next(); // { type: "send", bytes: "RFB 003.008\n" }
 * handshake.push(Uint8Array.of(2, 19, 2));
 * handshake.next(); // { type: "authenticate", securityTypes: [19, 2] }
 * ```
 *
 * @throws {RangeError} a repeater's target that it has no room for
 */
export function createClientHandshake(
  limits: Limits = DEFAULT_LIMITS,
  { repeater }: ClientHandshakeOptions = {},
): ClientHandshake {
  const input = createInput();
  let wanted = repeater === undefined ? undefined : encodeRepeaterTarget({ type: "repeaterTarget", target: repeater });
  let rounds = 1;
  let session = NEW_SESSION;
  let securityType: number | undefined; // chosen by the caller
  let exchange: Exchange | undefined;

  return {
    push: (chunk) => append(input, chunk),
    next: failingForEver(input, next),
    respond(chosen, through) {
      if (session.phase !== "securityType" && session.phase !== "authentication") {
        throw new TypeError(`Cannot respond in phase ${session.phase}: wait for the authenticate step`);
      }
      if (exchange !== undefined) throw new TypeError("Cannot respond twice");
      if (!session.securityTypes.includes(chosen)) {
        throw new RangeError(`Cannot choose security type ${chosen}: not among [${session.securityTypes}]`);
      }
      securityType = chosen;
      exchange = through;
    },
    end() {
      if (isWithinRefusal(session, input)) throw refusal(undefined);
      if (session.phase === "authentication" && session.saslMechanism !== undefined) {
        // Cyrus SASL's servers, as QEMU, say no in this way.
        const reason = `the server closed within ${session.saslMechanism}: perhaps user or password is wrong`;
        throw new RfbError("authentication", "Cannot pass security", reason, { offset: input.base + input.end });
      }
      throw new RfbError("truncated", "Cannot pass security", `the server closed in phase ${session.phase}`, {
        offset: input.base + input.end,
      });
    },
    get session() {
      return session;
    },
  };

  // Each round moves the session by one message, until there is a step for the caller or a message is not whole.
  function next(): ClientHandshakeStep | undefined {
    for (;;) {
      switch (session.phase) {
        case "serverVersion": {
          const offered = take(input, extentOfProtocolVersion, decodeProtocolVersion, limits);
          if (offered === undefined) return undefined;
          if (wanted !== undefined) {
            const bytes = wanted;
            wanted = undefined;
            if (isRepeaterVersion(offered)) return { type: "send", bytes };
            // Whoever this is, it is not the way to whom we were asked to reach.
            const version = `version ${offered.major}.${offered.minor}, and a repeater's is 0.0`;
            throw new RfbError("unexpected", "Cannot pass a repeater", version);
          }
          const answer = protocolVersionOf(versionToAnswer(offered));
          session = observe(observe(session, "server", offered), "client", answer);
          return { type: "send", bytes: encodeProtocolVersion(answer) };
        }
        case "securityTypes": {
          const message = takeVersioned(extentOfSecurityTypes, decodeSecurityTypes);
          if (message === undefined) return undefined;
          session = observe(session, "server", message);
          if (message.type === "securityRefusal") throw refusal(message.reason);
          return { type: "authenticate", securityTypes: session.securityTypes };
        }
        case "securityType": {
          if (securityType === undefined) return { type: "authenticate", securityTypes: session.securityTypes };
          const choice = { type: "securityType", securityType } as const;
          session = observe(session, "client", choice);
          return { type: "send", bytes: encodeSecurityType(choice) };
        }
        case "authentication": {
          // 3.3 arrives here with no choice to send.
          if (exchange === undefined) return { type: "authenticate", securityTypes: session.securityTypes };
          const step = exchange.next(input);
          if (step?.type === "learned") session = observe(session, step.from, step.message);
          else if (step?.type === "done") session = observe(session, "client", { type: "authenticated" });
          else return step;
          break;
        }
        case "securityResult": {
          const result = takeResult();
          if (result === undefined) return undefined;
          session = observe(session, "server", result);
          if (result.status === SecurityStatus.Continue) {
            beginRound();
            break;
          }
          if (result.status !== SecurityStatus.Ok) throw refusal(result.reason);
          break;
        }
        case "clientInit":
          return { type: "done", rest: drain(input) };
        default:
          throw new TypeError(`Cannot go on with a handshake in phase ${session.phase}`);
      }
    }
  }

  /** UltraVNC: the next list of types. 3.3 has no lists. */
  function beginRound(): void {
    if (session.version === "3.3") {
      throw new RfbError("unexpected", "Cannot read SecurityResult", "a request for another round, in 3.3");
    }
    rounds = within("maxSecurityRounds", rounds + 1, limits);
    securityType = undefined;
    exchange = undefined;
  }

  /** x11vnc's Plain sends its reason without a length: a refusal, whatever is behind it. */
  function takeResult(): SecurityResult | undefined {
    try {
      return takeVersioned(extentOfSecurityResult, decodeSecurityResult);
    } catch (error) {
      if (!(error instanceof RfbError) || error.code !== "limit") throw error;
      const reason = `the server refused, for a reason that is too long: ${error.reason}`;
      throw new RfbError("authentication", "Cannot pass security", reason, { cause: error });
    }
  }

  function takeVersioned<Message>(
    extentOf: (bytes: Uint8Array, at: number, end: number, version: Version, limits: Limits) => number,
    decode: (bytes: Uint8Array, at: number, version: Version) => Message,
  ): Message | undefined {
    const version = session.version!; // agreed on in every phase that asks
    return take(
      input,
      (bytes, at, end) => extentOf(bytes, at, end, version, limits),
      (bytes, at) => decode(bytes, at, version),
      limits,
    );
  }
}

/** Some servers close before the reason they promised is out: that is a refusal all the same. */
function isWithinRefusal({ phase, version }: Session, { bytes, start, end }: Input): boolean {
  if (phase === "securityResult") return end - start >= 4 && isRefusal(u32(bytes, start));
  if (phase !== "securityTypes") return false;
  return version === "3.3" ? end - start >= 4 && u32(bytes, start) === 0 : end > start && u8(bytes, start) === 0;
}

function isRefusal(status: number): boolean {
  return status !== SecurityStatus.Ok && status !== SecurityStatus.Continue;
}

function refusal(reason: Uint8Array | undefined): RfbError {
  const said = textOf(reason ?? new Uint8Array(0), MAXIMUM_QUOTED);
  const quoted = said === "" ? "no reason given" : `"${said}"`;
  return new RfbError("authentication", "Cannot pass security", `the server refused: ${quoted}`);
}

/** Bytes of a reason that an error's message quotes: it is to stay a line. The session has it whole. */
const MAXIMUM_QUOTED = 1024;
