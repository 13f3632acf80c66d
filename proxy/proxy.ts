import { type ClientAuthentication, type ServerAuthentication, schemesNamed } from "../auth/mod.ts";
import { createServerHandshake } from "../codec/handshake/server_handshake.ts";
import { DEFAULT_LIMITS, type Limits } from "../codec/limits.ts";
import { textOf } from "../codec/text.ts";
import type { ClientTls } from "../endpoints/client.ts";
import { turnAway } from "../endpoints/link.ts";
import type { ServerTls } from "../endpoints/server.ts";
import { checkMilliseconds } from "../transports/callers.ts";
import type { Transport } from "../transports/transport.ts";
import { negotiatedFacts, type ProxyLogEntry } from "./log.ts";
import { isOpen, type Negotiation, negotiate } from "./negotiate.ts";
import { countByNetwork } from "./network.ts";
import type { ClientPolicy } from "./policy.ts";
import { relay } from "./relay.ts";

/** What a proxy is made with. */
export interface SecurityProxyOptions {
  /** Opens a connection to the VNC server, for each client anew. Gives up when the signal aborts. */
  readonly dial: (signal: AbortSignal) => Promise<Transport>;
  /** What may be used towards the server, best first, and with which credentials. */
  readonly authentication: ClientAuthentication;
  /** How the server's TLS is checked. */
  readonly tls?: ClientTls;
  /**
   * What clients are offered, in this order, and checked with; those that run over TLS only where their transport can carry it.
   * None when absent: then whoever connects is in.
   */
  readonly clientAuthentication?: ServerAuthentication;
  /** What clients are shown in TLS. */
  readonly clientTls?: ServerTls;
  /** Milliseconds that a client which fails to authenticate, in whatever way, waits to hear of it: 2000 when absent. */
  readonly failureDelay?: number;
  /**
   * Where clients authenticate, those from one address (of IPv6: one /64) that may be at it at a time, which includes the delay after a failure;
   * one more is turned away. 10 when absent. Behind another proxy all have one address.
   */
  readonly maxHandshakes?: number;
  /** Milliseconds for everything up to SecurityResult: 10 000 when absent. */
  readonly handshakeTimeout?: number;
  /** Clients at a time; one more is turned away. No limit when absent. */
  readonly maxConnections?: number;
  /**
   * What clients may send, once they are in: {@link viewOnly}, or a rule of yours. All of it when absent, and unread; else a
   * client whose messages cannot be told apart is cut off.
   */
  readonly policy?: ClientPolicy;
  /** What the peer may ask for; {@link DEFAULT_LIMITS} when absent. */
  readonly limits?: Limits;
  /** Gets an entry for each thing that happens; nothing is logged when absent. */
  readonly log?: (entry: ProxyLogEntry) => void;
}

/**
 * Stands between clients that speak no security, or some of their own, and servers that demand it. Towards the client it is a
 * server that offers None or what it is told to; towards the server a client that takes an allowed scheme; after that it carries
 * bytes.
 */
export interface RfbSecurityProxy {
  /**
   * Serves one client, and resolves when it is over. Never rejects: the log says how it went.
   *
   * @param arrived when it came, as `performance.now()` tells time, if its time runs already: now when absent
   */
  serve(client: Transport, arrived?: number): Promise<void>;
  /** Clients being served. */
  readonly connections: number;
  /**
   * Resolves once no client is left: after so many milliseconds the rest are cut off, which takes a second at the most. Nobody
   * is served any more from then on.
   */
  drain(milliseconds: number): Promise<void>;
}

/** A proxy on any transports: nothing in it belongs to one runtime. */
export function createSecurityProxy(options: SecurityProxyOptions): RfbSecurityProxy {
  const { dial, authentication, tls = {}, handshakeTimeout = 10_000, limits = DEFAULT_LIMITS } = options;
  const { clientAuthentication = OPEN, clientTls = {}, failureDelay = 2000 } = options;
  const { maxConnections = Number.POSITIVE_INFINITY, policy, log = () => {} } = options;
  const maxHandshakes = isOpen(clientAuthentication) ? Number.POSITIVE_INFINITY : (options.maxHandshakes ?? 10);
  checkMilliseconds("handshakeTimeout", handshakeTimeout);
  checkMilliseconds("failureDelay", failureDelay);
  if (!(maxConnections >= 0)) throw new RangeError(`Cannot set maxConnections to ${maxConnections}`);
  if (!(maxHandshakes >= 1)) throw new RangeError(`Cannot set maxHandshakes to ${maxHandshakes}`);
  const handshakes = countByNetwork();
  const serving = new Map<Promise<void>, () => void>();
  let count = 0;
  let timeIsUp = false;

  return {
    async serve(client, arrived = performance.now()) {
      const connection = ++count;
      const under = handshakes.of(client.peer);
      const isFull = serving.size >= maxConnections;
      if (isFull || under >= maxHandshakes) {
        const reason = isFull
          ? `already serving ${serving.size} clients`
          : `${under} clients of its address are at their handshake already`;
        tell({ event: "failed", connection, client: client.peer, milliseconds: 0, stage: "client version", reason });
        await turnAway(client, createServerHandshake(limits).refuse(TOO_MANY));
        return;
      }
      const cutOff = new AbortController();
      const cut = (): void => cutOff.abort(new Error("the proxy is stopping"));
      const served = serveOne(client, connection, arrived, cutOff);
      serving.set(served, cut);
      if (timeIsUp) cut();
      await served;
      serving.delete(served);
    },
    get connections() {
      return serving.size;
    },
    async drain(milliseconds) {
      checkMilliseconds("drain", milliseconds);
      const timer = setTimeout(() => {
        timeIsUp = true;
        for (const cut of serving.values()) cut();
      }, milliseconds);
      while (serving.size > 0) await Promise.all(serving.keys());
      clearTimeout(timer);
      timeIsUp = true;
    },
  };

  /** `over` aborts when the client is to be given up: by the deadline, by a failure, or from outside. */
  async function serveOne(
    transport: Transport,
    connection: number,
    arrived: number,
    over: AbortController,
  ): Promise<void> {
    const { signal } = over;
    const client: Negotiation["client"] = {
      handshake: createServerHandshake(limits),
      transport,
      tls: (kind) => ({ ...clientTls, role: "server", kind }),
      signal,
    };
    const negotiation: Negotiation = { client, stage: "client version" };
    const settled = handshakes.begin(transport.peer);
    const told = (event: ProxyLogEntry["event"], more: Partial<ProxyLogEntry>): void => {
      const { server, stage } = negotiation;
      const milliseconds = Math.round(performance.now() - arrived);
      const facts = negotiatedFacts(client.handshake.session, server?.handshake.session, server?.transport);
      tell({ event, connection, client: transport.peer, milliseconds, stage, ...facts, ...more });
    };

    const late = (): void => over.abort(new Error(`not done after ${handshakeTimeout} ms`));
    const timer = setTimeout(late, arrived + handshakeTimeout - performance.now());
    try {
      const sides = await negotiate(negotiation, {
        dial,
        authentication,
        tls,
        clientAuthentication,
        policy,
        limits,
        signal,
      });
      clearTimeout(timer);
      settled();
      told("negotiated", {});
      negotiation.stage = "relay";
      const bytes = { toServer: 0, toClient: 0 };
      const { ended, cause } = await relay(sides.client, sides.server, bytes, signal);
      const broken = cause === undefined ? `the ${ended} closed` : `the ${ended} broke off: ${reasonOf(cause)}`;
      const reason = signal.aborted ? reasonOf(signal.reason) : broken;
      told("closed", { reason, bytesToServer: bytes.toServer, bytesToClient: bytes.toClient });
    } catch (error) {
      clearTimeout(timer);
      told("failed", { reason: reasonOf(error) });
      // However it failed: whoever guesses passwords could also leave, or send nonsense, and be back at once.
      const isOffered = client.handshake.session.securityTypes.length > 0;
      const isRejected = negotiation.stage === "client security" && isOffered;
      if (isRejected) await pause(failureDelay, signal);
      over.abort(error);
      negotiation.server?.transport.abort();
      await turnAway(client.transport, client.handshake.refuse(isRejected ? REJECTED : wordsForClient(negotiation)));
      settled();
    }
  }

  /** A log that fails takes no client with it. */
  function tell(entry: ProxyLogEntry): void {
    try {
      log(entry);
    } catch {}
  }
}

/** A server that turns us away before any security speaks to the client; all else stays in the log. */
function wordsForClient({ server }: Negotiation): string {
  const session = server?.handshake.session;
  if (session?.refusal === undefined || session.securityTypes.length > 0) return GENERIC;
  return textOf(session.refusal, MAXIMUM_PASSED_ON) || GENERIC;
}

/** So long, unless the signal aborts. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const OPEN: ServerAuthentication = { schemes: schemesNamed(["none"]), verifier: {} };
const GENERIC = "The connection could not be secured";
const REJECTED = "Authentication failed";
const TOO_MANY = "Too many connections";
/** Bytes of a server's words that a client is shown. */
const MAXIMUM_PASSED_ON = 256;
