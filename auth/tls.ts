import { RfbError } from "../codec/errors.ts";
import type { Exchange, ExchangeStep } from "../codec/handshake/exchange.ts";
import { decodeSecurityType, encodeSecurityType, extentOfSecurityType } from "../codec/handshake/security_type.ts";
import { decodeSecurityTypes, encodeSecurityTypes, extentOfSecurityTypes } from "../codec/handshake/security_types.ts";
import { take } from "../codec/handshake/take.ts";
import type { Limits } from "../codec/limits.ts";
import { nameOfSecurityType } from "../codec/names.ts";
import { textOf } from "../codec/text.ts";
import { drain, type Input } from "../codec/wire.ts";
import type { Scheme } from "./scheme.ts";
import { failing, goOn, refuseEarlyBytes, send, type Turn } from "./turns.ts";

/**
 * The client's side of the security type TLS (18) of Vino and gtk-vnc: anonymous TLS at once, without an acknowledgement,
 * and a list of security types through it, in the form of 3.7 whatever the version. Takes the first of `schemes` that the
 * server offers, and goes on as `enter` has it.
 */
export function tlsClient(
  schemes: readonly Scheme[],
  depth: number,
  enter: (securityType: number) => Exchange,
  limits: Limits,
): Exchange {
  let stage: Turn = startTls;
  return { next: (input) => stage(input) };

  function startTls(input: Input): ExchangeStep {
    refuseEarlyBytes(input);
    stage = readTypes;
    return { type: "startTls", kind: "anonymous" };
  }

  function readTypes(input: Input): ExchangeStep | undefined {
    const message = take(input, extentOfTypes, decodeTypes, limits);
    if (message === undefined) return undefined;
    if (message.type === "securityRefusal") {
      const reason = textOf(message.reason, 1024);
      throw refused(`the server refused: ${reason === "" ? "no reason given" : `"${reason}"`}`);
    }
    const { securityTypes } = message;
    const chosen = schemes.find(({ path }) => securityTypes.includes(path[depth]!))?.path[depth];
    stage = chosen === undefined ? failing(noneInCommon(schemes, depth, securityTypes)) : () => choose(chosen);
    return { type: "learned", from: "server", message: { type: "innerSecurityTypes", securityTypes } };
  }

  function choose(securityType: number): ExchangeStep {
    stage = () => {
      stage = goOn(enter(securityType));
      return send(encodeSecurityType({ type: "securityType", securityType }));
    };
    return { type: "learned", from: "client", message: { type: "innerSecurityType", securityType } };
  }
}

/**
 * The server's side of the security type TLS (18): offers `schemes` in their order, and goes on as `enter` has the
 * client's choice. What the client has said behind its choice of TLS is its ClientHello: it need not wait for anything.
 */
export function tlsServer(
  schemes: readonly Scheme[],
  depth: number,
  enter: (securityType: number) => Exchange,
  limits: Limits,
): Exchange {
  const securityTypes = [...new Set(schemes.map(({ path }) => path[depth]!))];
  let stage: Turn = startTls;
  return { next: (input) => stage(input) };

  function startTls(input: Input): ExchangeStep {
    stage = learnOffer;
    return { type: "startTls", kind: "anonymous", early: drain(input) };
  }

  function learnOffer(): ExchangeStep {
    stage = () => {
      stage = readType;
      return send(encodeSecurityTypes({ type: "securityTypes", securityTypes }, "3.7"));
    };
    return { type: "learned", from: "server", message: { type: "innerSecurityTypes", securityTypes } };
  }

  function readType(input: Input): ExchangeStep | undefined {
    const choice = take(input, extentOfSecurityType, decodeSecurityType, limits);
    if (choice === undefined) return undefined;
    const { securityType } = choice;
    if (!securityTypes.includes(securityType)) {
      throw refused(`the client chose ${nameOfSecurityType(securityType)}, which was not offered`);
    }
    stage = goOn(enter(securityType));
    return { type: "learned", from: "client", message: { type: "innerSecurityType", securityType } };
  }
}

function extentOfTypes(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return extentOfSecurityTypes(bytes, at, end, "3.7", limits);
}

function decodeTypes(bytes: Uint8Array, at: number): ReturnType<typeof decodeSecurityTypes> {
  return decodeSecurityTypes(bytes, at, "3.7");
}

function refused(reason: string): RfbError {
  return new RfbError("authentication", "Cannot pass TLS", reason);
}

function noneInCommon(schemes: readonly Scheme[], depth: number, offered: readonly number[]): RfbError {
  const allowed = schemes.map(({ path }) => nameOfSecurityType(path[depth]!)).join(", ");
  return refused(`the server offers [${offered.map(nameOfSecurityType).join(", ")}], and only [${allowed}] is allowed`);
}
