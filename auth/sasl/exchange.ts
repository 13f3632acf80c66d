import { RfbError } from "../../codec/errors.ts";
import type { Exchange, ExchangeStep } from "../../codec/handshake/exchange.ts";
import {
  decodeSaslChallenge,
  decodeSaslMechanisms,
  decodeSaslResponse,
  decodeSaslStart,
  encodeSaslChallenge,
  encodeSaslMechanisms,
  encodeSaslResponse,
  encodeSaslStart,
  extentOfSaslChallenge,
  extentOfSaslMechanisms,
  extentOfSaslResponse,
  extentOfSaslStart,
} from "../../codec/handshake/sasl.ts";
import { SecurityStatus } from "../../codec/handshake/security_result.ts";
import { take } from "../../codec/handshake/take.ts";
import { bytesOf, textOf } from "../../codec/text.ts";
import { available, type Input, u32 } from "../../codec/wire.ts";
import { afterwards, DONE } from "../afterwards.ts";
import type { ClientContext, Scheme, ServerContext, Verifier } from "../scheme.ts";
import { send, type Turn } from "../turns.ts";
import type { SaslClient, SaslData, SaslMechanism, SaslServer } from "./mechanism.ts";
import { PLAIN } from "./plain.ts";
import { SCRAM_SHA_1, SCRAM_SHA_256 } from "./scram.ts";

/**
 * The client's side of SASL, rfbproto "SASL Authentication": the first of its mechanisms that the server offers. Security
 * layers, which would encrypt what comes after, are not spoken: TLS does that.
 */
export function saslClient(context: ClientContext): Exchange {
  const { scheme, limits, saslMechanisms = [SCRAM_SHA_256, SCRAM_SHA_1, PLAIN] } = context;
  let stage: Turn = readMechanisms;
  return { next: (input) => stage(input) };

  function readMechanisms(input: Input): ExchangeStep | undefined {
    const message = take(input, extentOfSaslMechanisms, decodeSaslMechanisms, limits);
    if (message === undefined) return undefined;
    const mechanism = chosenAmong(textOf(message.mechanisms), saslMechanisms, scheme);
    const client = mechanism.client(context);
    return later(input, async () => {
      const data = await client.start();
      return () => {
        stage = () => {
          stage = (input) => readChallenge(input, client);
          return send(encodeSaslStart({ type: "saslStart", mechanism: bytesOf(mechanism.name), data }));
        };
        return chose(mechanism.name);
      };
    });
  }

  function readChallenge(input: Input, client: SaslClient): ExchangeStep | undefined {
    const challenge = take(input, extentOfSaslChallenge, decodeSaslChallenge, limits);
    if (challenge === undefined) return undefined;
    const isComplete = challenge.complete !== 0;
    // With nothing to say a server is done, or turns us away: that shows next.
    if (isComplete && (challenge.data?.length ?? 0) === 0) return finish(input, client);
    return later(input, async () => {
      const data = await client.respond(challenge.data);
      if (isComplete) return (input) => finish(input, client);
      return () => {
        stage = (input) => readChallenge(input, client);
        return send(encodeSaslResponse({ type: "saslResponse", data }));
      };
    });
  }

  /** SecurityResult is the handshake's to read. But a server that has yet to prove itself may only say no. */
  function finish(input: Input, client: SaslClient): ExchangeStep | undefined {
    stage = (input) => finish(input, client);
    if (client.isSatisfied()) return DONE;
    if (available(input) < 4) return undefined;
    const status = u32(input.bytes, input.start);
    if (status !== SecurityStatus.Ok && status !== SecurityStatus.Continue) return DONE;
    throw refused("the server lets us in before it has proven that it knows the password");
  }

  /** Goes on as `work` has it, once it is settled. */
  function later(input: Input, work: () => Promise<Turn>): ExchangeStep | undefined {
    const exchange = afterwards(async () => ({ next: await work() }));
    stage = (input) => exchange.next(input);
    return stage(input);
  }
}

/**
 * The server's side of SASL, rfbproto "SASL Authentication". Whatever goes wrong, the client learns that the mechanism is
 * over, and then from SecurityResult that it has failed.
 */
export function saslServer(context: ServerContext): Exchange {
  const { scheme, verifier, limits } = context;
  const offered = (verifier.saslMechanisms ?? mechanismsFor(verifier)).filter(
    (mechanism) => mechanism.server !== undefined && isAllowed(mechanism, scheme),
  );
  if (offered.length === 0) throw new TypeError(`Cannot serve ${scheme.name}: the verifier has no mechanism for it`);
  const servers = new Map(offered.map((mechanism) => [mechanism.name, mechanism.server!(context)]));
  let stage: Turn = sendMechanisms;
  return { next: (input) => stage(input) };

  function sendMechanisms(): ExchangeStep {
    stage = readStart;
    return send(encodeSaslMechanisms({ type: "saslMechanisms", mechanisms: bytesOf([...servers.keys()].join(",")) }));
  }

  function readStart(input: Input): ExchangeStep | undefined {
    const start = take(input, extentOfSaslStart, decodeSaslStart, limits);
    if (start === undefined) return undefined;
    const name = textOf(start.mechanism);
    const server = servers.get(name);
    if (server === undefined) return turnAway(refused(`the client chose "${name}", which was not offered`));
    stage = (input) => answer(input, server, start.data);
    return chose(name);
  }

  function readResponse(input: Input, server: SaslServer): ExchangeStep | undefined {
    const response = take(input, extentOfSaslResponse, decodeSaslResponse, limits);
    return response === undefined ? undefined : answer(input, server, response.data);
  }

  function answer(input: Input, server: SaslServer, response: SaslData): ExchangeStep | undefined {
    const exchange = afterwards(async () => ({ next: await judged(server, response) }));
    stage = (input) => exchange.next(input);
    return stage(input);
  }

  async function judged(server: SaslServer, response: SaslData): Promise<Turn> {
    try {
      const { data, complete } = await server.respond(response);
      return () => {
        stage = complete ? () => DONE : (input) => readResponse(input, server);
        return send(encodeSaslChallenge({ type: "saslChallenge", data, complete: complete ? 1 : 0 }));
      };
    } catch (error) {
      return () => turnAway(error ?? new Error("rejected without a reason"));
    }
  }

  /** Whoever waits for a challenge takes nothing else: a SecurityResult alone would be misread. */
  function turnAway(error: unknown): ExchangeStep {
    stage = () => {
      throw error;
    };
    return send(encodeSaslChallenge({ type: "saslChallenge", data: undefined, complete: 1 }));
  }
}

function chose(mechanism: string): ExchangeStep {
  return { type: "learned", from: "client", message: { type: "saslMechanism", mechanism } };
}

function refused(reason: string): RfbError {
  return new RfbError("authentication", "Cannot pass SASL", reason);
}

/** What a verifier can check without being told how. */
function mechanismsFor({ scram, verify }: Verifier): readonly SaslMechanism[] {
  return [...(scram === undefined ? [] : [SCRAM_SHA_256, SCRAM_SHA_1]), ...(verify === undefined ? [] : [PLAIN])];
}

function isAllowed({ tls }: SaslMechanism, scheme: Scheme): boolean {
  return tls === undefined || tls === scheme.tls;
}

function chosenAmong(list: string, mechanisms: readonly SaslMechanism[], scheme: Scheme): SaslMechanism {
  const offered = list.split(/[\s,]+/).filter((name) => name !== "");
  const allowed = mechanisms.filter((mechanism) => isAllowed(mechanism, scheme));
  const chosen = allowed.find(({ name }) => offered.includes(name));
  if (chosen !== undefined) return chosen;
  const named = offered.join(", ").slice(0, MAXIMUM_QUOTED);
  const reasons = [`the server offers [${named}], and only [${allowed.map(({ name }) => name).join(", ")}] is allowed`];
  const withheld = mechanisms.find(
    ({ name }) => !allowed.some((other) => other.name === name) && offered.includes(name),
  );
  if (withheld !== undefined) reasons.push(`${withheld.name} is for TLS with a certificate`);
  // QEMU and gtk-vnc want 56 bits of encryption from the mechanism itself where no certificate vouches for TLS.
  if (scheme.tls !== "x509") reasons.push("mechanisms that encrypt by themselves are not spoken, TLS does that");
  throw refused(reasons.join("; "));
}

/** Characters of a server's list that an error quotes: it is to stay a line. */
const MAXIMUM_QUOTED = 300;
