import { RfbError } from "../codec/errors.ts";
import type { Send, StartRecords, StartTls, TlsKind, Wait } from "../codec/handshake/exchange.ts";
import type { TlsOptions, Transport } from "../transports/transport.ts";
import { sealedTransport } from "./sealed_transport.ts";

/** A handshake and the transport that it runs on, which is another one once TLS has started. */
export interface Link<Handshake> {
  readonly handshake: Handshake;
  transport: Transport;
  /** How to start TLS; absent where no scheme will ask. */
  readonly tls?: (kind: TlsKind) => TlsOptions;
  /** Once it aborts, nothing more is said, asked or waited for. */
  readonly signal?: AbortSignal | undefined;
  /** What TLS was started with, once it was. */
  tlsOptions?: TlsOptions;
  /** A read that is under way already: see {@link whilePresent}. */
  ahead?: Promise<Uint8Array | undefined> | undefined;
}

/** What both handshakes have in common. */
export interface Machine<Step> {
  push(chunk: Uint8Array): void;
  next(): Step | undefined;
  end(): never;
}

/** Steps that need no decision: carried out as they come. */
type Routine = Send | StartTls | StartRecords | Wait;

/** The steps that need a decision, by name. */
export type DecisionType<Step extends { readonly type: string }> = Exclude<Step["type"], Routine["type"]>;

/**
 * Carries a handshake's steps out on its transport, up to the first step of one of these types.
 *
 * @throws {RfbError} the peer's fault, or TLS that failed
 * @throws what the link's signal aborts with
 */
export async function driveTo<Step extends { readonly type: string }, Type extends DecisionType<Step>>(
  link: Link<Machine<Step>>,
  ...types: readonly Type[]
): Promise<Extract<Step, { readonly type: Type }>> {
  for (;;) {
    link.signal?.throwIfAborted();
    const step = link.handshake.next();
    if (step === undefined) {
      const chunk = await unlessAborted(link.signal, readFrom(link));
      if (chunk === undefined) throw whyClosed(link);
      link.handshake.push(chunk);
    } else if (isRoutine(step)) {
      await unlessAborted(link.signal, carryOut(step, link));
    } else if ((types as readonly string[]).includes(step.type)) {
      return step as Extract<Step, { readonly type: Type }>;
    } else {
      throw new TypeError(`Cannot drive a handshake to ${types.join(" or ")}: it is at ${step.type}`);
    }
  }
}

/** The next bytes of a link, the ones that are under way first. */
export function readFrom(link: Link<unknown>): Promise<Uint8Array | undefined> {
  const { ahead } = link;
  link.ahead = undefined;
  return ahead ?? link.transport.read();
}

/**
 * Awaits `work`, which does not read from `link`, and fails as soon as that link's peer leaves. What it sends
 * meanwhile, one read at the most, is kept for the next reader. `work` itself goes on: end what it waits for.
 */
export async function whilePresent<Result>(
  link: Link<unknown>,
  peer: "client" | "server",
  work: Promise<Result>,
): Promise<Result> {
  link.ahead ??= link.transport.read();
  const leaving = link.ahead.then(
    (chunk) => (chunk === undefined ? Promise.reject(left(peer)) : new Promise<never>(() => {})),
    (error: unknown) => Promise.reject(left(peer, error)),
  );
  return await unlessAborted(link.signal, Promise.race([work, leaving]));
}

/**
 * Sends a peer its refusal, if there is one, and ends the connection; a peer that does not read it has a second. Never
 * rejects: the peer may be gone, or its TLS may be what failed.
 */
export async function turnAway(transport: Transport, refusal: Uint8Array): Promise<void> {
  const timer = setTimeout(() => transport.abort(), 1000);
  try {
    if (refusal.length > 0) await transport.write(refusal);
    await transport.close();
  } catch {
    transport.abort();
  } finally {
    clearTimeout(timer);
  }
}

/** `work`, or what the signal aborts with, whichever is first. */
function unlessAborted<Result>(signal: AbortSignal | undefined, work: Promise<Result>): Promise<Result> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** What the handshake says to the end of its bytes, and what may be behind it. */
function whyClosed({ handshake, tlsOptions }: Link<Machine<unknown>>): unknown {
  try {
    return handshake.end();
  } catch (error) {
    if (!(error instanceof RfbError) || error.code !== "truncated") return error;
    if (tlsOptions?.role !== "client" || tlsOptions.kind !== "x509" || tlsOptions.cert !== undefined) return error;
    // In TLS 1.3 a server asks for one when the client takes the handshake for done; QEMU then closes without a word.
    const reason = `${error.reason}; perhaps it demands a client certificate`;
    return new RfbError(error.code, error.act, reason, { offset: error.offset, cause: error });
  }
}

function left(peer: string, cause?: unknown): RfbError {
  return new RfbError("truncated", "Cannot pass security", `the ${peer} left`, { cause });
}

function isRoutine(step: { readonly type: string }): step is Routine {
  return ["send", "startTls", "startRecords", "wait"].includes(step.type);
}

async function carryOut(step: Routine, link: Link<unknown>): Promise<void> {
  switch (step.type) {
    case "send":
      // A peer that takes no more may have said why before it left: reading tells.
      await link.transport.write(step.bytes).catch((error: unknown) => {
        if (error instanceof TypeError) throw error;
      });
      return;
    case "wait":
      await step.until;
      return;
    case "startTls":
      if (link.transport.startTls === undefined || link.tls === undefined) {
        throw new TypeError(`Cannot start ${step.kind} TLS: this transport has none`);
      }
      // The read would take bytes of TLS away. It is there only when the peer answered what it was not asked yet.
      if (link.ahead !== undefined)
        throw new RfbError("insecure", "Cannot start TLS", "the peer spoke ahead of its turn");
      link.tlsOptions = optionsOf(step, link.tls);
      link.transport = await link.transport.startTls(link.tlsOptions);
      if (link.signal?.aborted) link.transport.abort();
      return;
    case "startRecords":
      link.transport = sealedTransport(link.transport, step.records, link.ahead);
      link.ahead = undefined;
      return;
  }
}

/** What the options say, and to a server's TLS what has come of it already. */
function optionsOf({ kind, early }: StartTls, tls: (kind: TlsKind) => TlsOptions): TlsOptions {
  const options = tls(kind);
  return options.role === "server" && early !== undefined && early.length > 0 ? { ...options, early } : options;
}
