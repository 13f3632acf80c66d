import { concat } from "@std/bytes";
import { RfbError } from "../errors.ts";
import { DEFAULT_LIMITS, type Limits, within } from "../limits.ts";
import { SecurityType } from "../names.ts";
import { failingForEver } from "../pull.ts";
import { hasSecurityResult, NEW_SESSION, observe, type Phase, type Session } from "../session.ts";
import { bytesOf } from "../text.ts";
import { append, createInput, drain } from "../wire.ts";
import type { Exchange, Send, StartRecords, StartTls, Wait } from "./exchange.ts";
import {
  decodeProtocolVersion,
  encodeProtocolVersion,
  extentOfProtocolVersion,
  protocolVersionOf,
  type Version,
  versionToAnswer,
} from "./protocol_version.ts";
import { encodeRepeaterTarget } from "./repeater.ts";
import { encodeSecurityResult, SecurityStatus } from "./security_result.ts";
import { chosenAmong, decodeSecurityType, extentOfSecurityType } from "./security_type.ts";
import { encodeSecurityRefusal, encodeSecurityTypes } from "./security_types.ts";
import { take } from "./take.ts";

/** What a server's handshake wants done before it is pulled again. */
export type ServerHandshakeStep =
  | Send
  | StartTls
  | StartRecords
  | Wait
  | {
      /**
       * The version is agreed on, or the client has chosen Ultra (17) and another round begins: call `offer` with the
       * security types.
       */
      readonly type: "offer";
    }
  | {
      /** The client chose, among what was offered: call `respond` with the type's exchange. */
      readonly type: "authenticate";
      readonly securityType: number;
    }
  | {
      /** The client has shown what it had to show: call `accept`, or `refuse` it after all. */
      readonly type: "authorise";
    }
  | {
      /** The client is in. `rest` came after, and is for a framer. */
      readonly type: "done";
      readonly rest: Uint8Array;
    };

/** What a server's handshake is besides. */
export interface ServerHandshakeOptions {
  /** We are talking to an UltraVNC repeater, and viewers find us there under this: `ID:1234`. It goes out first. */
  readonly repeater?: string;
}

/** A server's side of everything up to SecurityResult, RFC 6143 §7.1: bytes in, steps out. */
export interface ServerHandshake {
  /** Adds a chunk; it is the handshake's from here on. */
  push(chunk: Uint8Array): void;
  /** The next step, or undefined: feed me. @throws {RfbError} what the client did wrong; answer it with `refuse` */
  next(): ServerHandshakeStep | undefined;
  /** Answers `offer`. @throws {RangeError} none, or, for a client that speaks 3.3, more than one, or Ultra */
  offer(securityTypes: readonly number[]): void;
  /** Answers `authenticate`. */
  respond(exchange: Exchange): void;
  /** Answers `authorise`. */
  accept(): void;
  /**
   * The bytes that turn the client away, in the form that its version and the moment allow; none where there is none. Can
   * be called at any time, also after `next` has thrown. The client reads the reason: keep internals out of it.
   */
  refuse(reason: string): Uint8Array;
  /** The client has closed. @throws {RfbError} `truncated`, always */
  end(): never;
  /** What both sides have agreed on so far. */
  readonly session: Session;
}

/**
 * A server's handshake; `offered` is the version to greet with.
 *
 * ```ts
 * import { createServerHandshake, SecurityType } from "rfb-codec";
 *
 * const handshake = createServerHandshake();
 * handshake.next(); // { type: "send", bytes: "RFB 003.008\n" }
 * handshake.push(new TextEncoder().encode("RFB 003.008\n"));
 * handshake.next(); // { type: "offer" }
 * handshake.offer([SecurityType.None]);
 * handshake.next(); // { type: "send", bytes: [1, 1] }
 * ```
 *
 * @throws {RangeError} a repeater's target that it has no room for
 */
export function createServerHandshake(
  limits: Limits = DEFAULT_LIMITS,
  offered: Version = "3.8",
  { repeater }: ServerHandshakeOptions = {},
): ServerHandshake {
  const input = createInput();
  let introduction =
    repeater === undefined ? undefined : encodeRepeaterTarget({ type: "repeaterTarget", target: repeater });
  let rounds = 1;
  let session = NEW_SESSION;
  let securityTypes: readonly number[] | undefined;
  let exchange: Exchange | undefined;
  let answered = false; // the client has chosen, whatever it chose
  let asked = false; // whether to let the client in
  let accepted = false;

  return {
    push: (chunk) => append(input, chunk),
    next: failingForEver(input, next),
    offer(types) {
      checkPhase(session, "securityTypes", "offer");
      if (types.includes(0)) throw new RangeError("Cannot offer security type 0: it stands for a refusal");
      if (session.version === "3.3" && types.includes(SecurityType.Ultra)) {
        throw new RangeError("Cannot offer Ultra in 3.3: it has no second list");
      }
      encodeSecurityTypes({ type: "securityTypes", securityTypes: types }, versionOf(session));
      securityTypes = types;
    },
    respond(through) {
      checkPhase(session, "authentication", "respond");
      if (exchange !== undefined) throw new TypeError("Cannot respond twice");
      exchange = through;
    },
    accept() {
      if (!asked) throw new TypeError(`Cannot accept in phase ${session.phase}: wait for the authorise step`);
      accepted = true;
    },
    refuse: (reason) => refusalOf(session, answered, bytesOf(reason)),
    end() {
      throw new RfbError("truncated", "Cannot pass security", `the client closed in phase ${session.phase}`, {
        offset: input.base + input.end,
      });
    },
    get session() {
      return session;
    },
  };

  // Each round moves the session by one message, until there is a step for the caller or a message is not whole.
  function next(): ServerHandshakeStep | undefined {
    for (;;) {
      switch (session.phase) {
        case "serverVersion": {
          if (introduction !== undefined) {
            const bytes = introduction;
            introduction = undefined;
            return { type: "send", bytes };
          }
          const greeting = protocolVersionOf(offered);
          session = observe(session, "server", greeting);
          return { type: "send", bytes: encodeProtocolVersion(greeting) };
        }
        case "clientVersion": {
          const answer = take(input, extentOfProtocolVersion, decodeProtocolVersion, limits);
          if (answer === undefined) return undefined;
          session = observe(session, "client", answer);
          break;
        }
        case "securityTypes": {
          if (securityTypes === undefined) return { type: "offer" };
          const message = { type: "securityTypes", securityTypes } as const;
          session = observe(session, "server", message);
          return { type: "send", bytes: encodeSecurityTypes(message, versionOf(session)) };
        }
        case "securityType": {
          const choice = take(input, extentOfSecurityType, decodeSecurityType, limits);
          if (choice === undefined) return undefined;
          answered = true;
          chosenAmong(session.securityTypes, choice);
          session = observe(session, "client", choice);
          break;
        }
        case "authentication": {
          if (exchange === undefined) return { type: "authenticate", securityType: session.securityType! };
          const step = exchange.next(input);
          if (step?.type === "learned") session = observe(session, step.from, step.message);
          else if (step?.type === "done") session = observe(session, "client", { type: "authenticated" });
          else return step;
          break;
        }
        case "securityResult": {
          if (session.securityPath.at(-1) === SecurityType.Ultra) return beginRound();
          if (!accepted) return authorise();
          const result = { type: "securityResult", status: SecurityStatus.Ok } as const;
          session = observe(session, "server", result);
          return { type: "send", bytes: encodeSecurityResult(result, versionOf(session)) };
        }
        case "clientInit":
          if (!accepted) return authorise();
          return { type: "done", rest: drain(input) };
        default:
          throw new TypeError(`Cannot go on with a handshake in phase ${session.phase}`);
      }
    }
  }

  /** Ultra lets nobody in: it stands for the types of the next list. */
  function beginRound(): ServerHandshakeStep {
    rounds = within("maxSecurityRounds", rounds + 1, limits);
    securityTypes = undefined;
    exchange = undefined;
    answered = false;
    const result = { type: "securityResult", status: SecurityStatus.Continue } as const;
    session = observe(session, "server", result);
    return { type: "send", bytes: encodeSecurityResult(result, versionOf(session)) };
  }

  function authorise(): ServerHandshakeStep {
    asked = true;
    return { type: "authorise" };
  }
}

function checkPhase({ phase }: Session, expected: Phase, act: string): void {
  if (phase !== expected) throw new TypeError(`Cannot ${act} in phase ${phase}: that is for phase ${expected}`);
}

function refusalOf(session: Session, answered: boolean, reason: Uint8Array): Uint8Array {
  switch (session.phase) {
    case "serverVersion": {
      // Before a word was said: TigerVNC greets as 3.3, whose refusal needs no answer.
      const greeting = encodeProtocolVersion(protocolVersionOf("3.3"));
      return concat([greeting, encodeSecurityRefusal({ type: "securityRefusal", reason }, "3.3")]);
    }
    case "clientVersion":
      // The client's version was never settled. TigerVNC answers in the form of 3.7 as well; who was greeted with 3.3
      // can only expect that one.
      return encodeSecurityRefusal({ type: "securityRefusal", reason }, greetedWith(session) === "3.3" ? "3.3" : "3.7");
    case "securityTypes":
      return encodeSecurityRefusal({ type: "securityRefusal", reason }, versionOf(session));
    case "authentication":
      // Until it is settled what runs inside, the client reads nothing but lists and VeNCrypt's own acknowledgements.
      // ATEN's boards have no list inside the number that is Tight's elsewhere.
      if (CONTAINERS.includes(session.securityPath.at(-1)!) && session.dialect !== "aten") return NOTHING;
      return failedResult(session, reason);
    case "securityType":
      // A 3.7 client that chooses None takes the next bytes for ServerInit, and it may be about to.
      if (!answered && session.version === "3.7" && session.securityTypes.includes(SecurityType.None)) return NOTHING;
      return failedResult(session, reason);
    case "securityResult":
      return failedResult(session, reason);
    default:
      return NOTHING;
  }
}

function failedResult(session: Session, reason: Uint8Array): Uint8Array {
  // After None, 3.3 and 3.7 take the next bytes for ServerInit.
  if (!hasSecurityResult(session)) return NOTHING;
  const result = { type: "securityResult", status: SecurityStatus.Failed, reason } as const;
  return encodeSecurityResult(result, versionOf(session));
}

function greetedWith({ serverVersion }: Session): Version | undefined {
  return serverVersion && versionToAnswer(serverVersion);
}

function versionOf(session: Session): Version {
  if (session.version === undefined) throw new TypeError(`No version is agreed on in phase ${session.phase}`);
  return session.version;
}

const CONTAINERS: readonly number[] = [SecurityType.Tight, SecurityType.TLS, SecurityType.VeNCrypt];
const NOTHING = new Uint8Array(0);
