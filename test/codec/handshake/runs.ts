import { RfbError } from "../../../codec/errors.ts";
import type { ClientHandshake, Exchange, ExchangeStep, ServerHandshake } from "../../../codec/handshake/mod.ts";
import {
  decodeVencryptSubtypes,
  encodeVencryptSubtype,
  encodeVencryptSubtypes,
  extentOfVencryptSubtypes,
  take,
} from "../../../codec/handshake/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import type { Session } from "../../../codec/session.ts";
import type { Input } from "../../../codec/wire.ts";
import { hexOf, join } from "../bytes.ts";

/** What a handshake did with a stream. */
export interface HandshakeRun {
  /** "send 0102", "authenticate 19,2", "done"… */
  readonly steps: readonly string[];
  /** All that was to be sent. */
  readonly sent: Uint8Array;
  /** What came after the handshake, once it is done. */
  readonly rest: Uint8Array | undefined;
  readonly session: Session;
  /** What was thrown, if anything was; with `closing`, by end() at the latest. */
  readonly error: unknown;
}

export type ClientAnswers = (offered: readonly number[]) => readonly [number, Exchange];

export interface ServerAnswers {
  readonly offer: readonly number[];
  exchange(securityType: number): Exchange;
  /** False: stop at `authorise`. */
  readonly accept?: boolean;
}

/** Feeds a client's handshake chunk by chunk; with `closing`, the server closes after the last. */
export function runClient(
  handshake: ClientHandshake,
  chunks: readonly Uint8Array[],
  answer: ClientAnswers,
  closing = false,
): HandshakeRun {
  return run(handshake, chunks, closing, (step) => {
    if (step.type === "authenticate") handshake.respond(...answer(step.securityTypes));
    return step.type === "authenticate" ? `authenticate ${step.securityTypes}` : undefined;
  });
}

/** Feeds a server's handshake chunk by chunk; with `closing`, the client closes after the last. */
export function runServer(
  handshake: ServerHandshake,
  chunks: readonly Uint8Array[],
  answers: ServerAnswers,
  closing = false,
): HandshakeRun {
  return run(handshake, chunks, closing, (step) => {
    switch (step.type) {
      case "offer":
        handshake.offer(answers.offer);
        return "offer";
      case "authenticate":
        handshake.respond(answers.exchange(step.securityType));
        return `authenticate ${step.securityType}`;
      case "authorise":
        if (answers.accept === false) return "stop";
        handshake.accept();
        return "authorise";
      default:
        return undefined;
    }
  });
}

interface Pulled<Step> {
  push(chunk: Uint8Array): void;
  next(): Step | undefined;
  end(): never;
  readonly session: Session;
}

interface AnyStep {
  readonly type: string;
  readonly bytes?: Uint8Array;
  readonly rest?: Uint8Array;
  readonly kind?: string;
}

function run<Step extends AnyStep>(
  handshake: Pulled<Step>,
  chunks: readonly Uint8Array[],
  closing: boolean,
  answer: (step: Step) => string | undefined,
): HandshakeRun {
  const steps: string[] = [];
  const sent: Uint8Array[] = [];
  let rest: Uint8Array | undefined;
  let error: unknown;
  try {
    // A server speaks first: pulled before anything has come.
    for (const [i, chunk] of [new Uint8Array(0), ...chunks].entries()) {
      if (rest !== undefined) {
        rest = join([rest, chunk]);
        continue;
      }
      handshake.push(chunk);
      for (;;) {
        const step = handshake.next();
        if (step === undefined) break;
        if (steps.length > 50 + 3 * i) throw new Error(`More steps than a handshake has: ${steps.length}`);
        const said = answer(step);
        if (said === "stop") break;
        steps.push(said ?? [step.type, step.kind, step.bytes && hexOf(step.bytes)].filter(Boolean).join(" "));
        if (step.bytes !== undefined) sent.push(step.bytes);
        if (step.type === "startTls") return { steps, sent: join(sent), rest, session: handshake.session, error };
        if (step.type !== "done") continue;
        rest = step.rest!;
        break;
      }
    }
    if (closing && rest === undefined) handshake.end();
  } catch (thrown) {
    error = thrown;
  }
  return { steps, sent: join(sent), rest, session: handshake.session, error };
}

/** One line of a security type's script: bytes to take, a step to answer with, or a fault. */
export type Line =
  | { readonly take: number | ((bytes: Uint8Array, at: number, end: number) => number) }
  | { readonly step: ExchangeStep }
  | { readonly fail: RfbError };

/** A security type that takes and says what it is told to, then is done. */
export function scripted(...lines: readonly Line[]): Exchange {
  let at = 0;
  return {
    next(input: Input): ExchangeStep | undefined {
      for (;;) {
        const line = lines[at];
        if (line === undefined) return { type: "done" };
        if ("take" in line) {
          const { take: wanted } = line;
          const extentOf = typeof wanted === "number" ? () => wanted : wanted;
          if (take(input, extentOf, () => true, DEFAULT_LIMITS) === undefined) return undefined;
          at += 1;
          continue;
        }
        at += 1;
        if ("fail" in line) throw line.fail;
        return line.step;
      }
    },
  };
}

const sending = (bytes: Uint8Array): Line => ({ step: { type: "send", bytes } });

export const none = (): Exchange => scripted();

/** VncAuth without DES: the response is given. */
export const vncAuthClient = (response: Uint8Array): Exchange => scripted({ take: 16 }, sending(response));

export const vncAuthServer = (challenge: Uint8Array): Exchange => scripted(sending(challenge), { take: 16 });

/** VeNCrypt up to TLS, choosing `subtype` whatever was offered, as the recorded clients did. */
export function vencryptClient(subtype: number, accepted: boolean): Exchange {
  const tls = { type: "startTls", kind: subtype < 260 ? "anonymous" : "x509" } as const;
  return scripted(
    { take: 2 },
    sending(Uint8Array.of(0, 2)),
    { take: 1 },
    { take: extentOfVencryptSubtypes },
    sending(encodeVencryptSubtype({ type: "vencryptSubtype", subtype })),
    { step: { type: "learned", from: "client", message: { type: "vencryptSubtype", subtype } } },
    { take: 1 },
    accepted ? { step: tls } : { fail: new RfbError("authentication", "Cannot pass VeNCrypt", "no such subtype") },
  );
}

export function vencryptServer(offered: Uint8Array, subtype: number, accepted: boolean): Exchange {
  const message = decodeVencryptSubtypes(offered);
  return scripted(
    sending(Uint8Array.of(0, 2)),
    { take: 2 },
    sending(Uint8Array.of(0)),
    sending(encodeVencryptSubtypes(message)),
    { step: { type: "learned", from: "server", message } },
    { take: 4 },
    ...(accepted
      ? ([
          { step: { type: "learned", from: "client", message: { type: "vencryptSubtype", subtype } } },
          sending(Uint8Array.of(1)),
          { step: { type: "startTls", kind: subtype < 260 ? "anonymous" : "x509" } },
        ] as const)
      : [sending(Uint8Array.of(0)), { fail: new RfbError("unexpected", "Cannot accept a subtype", `${subtype}`) }]),
  );
}
