import { concat } from "@std/bytes";
import { RfbError } from "../codec/errors.ts";
import type { Exchange, ExchangeStep } from "../codec/handshake/exchange.ts";
import { take } from "../codec/handshake/take.ts";
import {
  decodeVencryptSubtype,
  decodeVencryptSubtypeAck,
  decodeVencryptSubtypes,
  decodeVencryptVersion,
  decodeVencryptVersionAck,
  encodeVencryptSubtype,
  encodeVencryptSubtypeAck,
  encodeVencryptSubtypes,
  encodeVencryptVersion,
  encodeVencryptVersionAck,
  extentOfVencryptSubtype,
  extentOfVencryptSubtypeAck,
  extentOfVencryptSubtypes,
  extentOfVencryptVersion,
  extentOfVencryptVersionAck,
  type VencryptVersion,
} from "../codec/handshake/vencrypt/mod.ts";
import type { Limits } from "../codec/limits.ts";
import { nameOfVencryptSubtype } from "../codec/names.ts";
import { available, type Input } from "../codec/wire.ts";
import type { Scheme } from "./scheme.ts";

/**
 * The client's side of VeNCrypt 0.2, rfbproto "VeNCrypt": takes the first of `schemes` that the server offers, and
 * goes on as `enter` has it once its TLS is up. Any other version of VeNCrypt is declined.
 */
export function vencryptClient(
  schemes: readonly Scheme[],
  depth: number,
  enter: (subtype: number) => Exchange,
  limits: Limits,
): Exchange {
  let stage: Turn = readVersion;
  return { next: (input) => stage(input) };

  function readVersion(input: Input): ExchangeStep | undefined {
    const offered = take(input, extentOfVencryptVersion, decodeVencryptVersion, limits);
    if (offered === undefined) return undefined;
    if (isSpoken(offered)) {
      stage = readVersionAck;
      return send(encodeVencryptVersion(SPOKEN));
    }
    stage = failing(`the server offers version ${offered.major}.${offered.minor}, and only 0.2 is spoken`);
    return send(encodeVencryptVersion(NOT_SPOKEN));
  }

  function readVersionAck(input: Input): ExchangeStep | undefined {
    const ack = take(input, extentOfVencryptVersionAck, decodeVencryptVersionAck, limits);
    if (ack === undefined) return undefined;
    if (ack.status !== 0) throw refused(`the server refused version 0.2 with ${ack.status}`);
    stage = readSubtypes;
    return readSubtypes(input);
  }

  function readSubtypes(input: Input): ExchangeStep | undefined {
    const message = take(input, extentOfVencryptSubtypes, decodeVencryptSubtypes, limits);
    if (message === undefined) return undefined;
    const chosen = schemes.find(({ path }) => message.subtypes.includes(path[depth]!));
    stage = chosen === undefined ? failing(noneInCommon(schemes, depth, message.subtypes)) : () => choose(chosen);
    return { type: "learned", from: "server", message };
  }

  function choose(scheme: Scheme): ExchangeStep {
    const message = { type: "vencryptSubtype", subtype: scheme.path[depth]! } as const;
    stage = () => {
      stage = scheme.tls === undefined ? goOn(enter(scheme.path[depth]!)) : (input) => readSubtypeAck(input, scheme);
      return send(encodeVencryptSubtype(message));
    };
    return { type: "learned", from: "client", message };
  }

  function readSubtypeAck(input: Input, scheme: Scheme): ExchangeStep | undefined {
    const ack = take(input, extentOfVencryptSubtypeAck, decodeVencryptSubtypeAck, limits);
    if (ack === undefined) return undefined;
    if (ack.status !== 1)
      throw refused(`the server refused ${nameOfVencryptSubtype(scheme.path[depth]!)} with ${ack.status}`);
    refuseEarlyBytes(input);
    stage = goOn(enter(scheme.path[depth]!));
    return { type: "startTls", kind: scheme.tls! };
  }
}

/** The server's side of VeNCrypt 0.2: offers `schemes` in their order, and goes on as `enter` has the client's choice. */
export function vencryptServer(
  schemes: readonly Scheme[],
  depth: number,
  enter: (subtype: number) => Exchange,
  limits: Limits,
): Exchange {
  let stage: Turn = sendVersion;
  return { next: (input) => stage(input) };

  function sendVersion(): ExchangeStep {
    stage = readVersion;
    return send(encodeVencryptVersion(SPOKEN));
  }

  function readVersion(input: Input): ExchangeStep | undefined {
    const answer = take(input, extentOfVencryptVersion, decodeVencryptVersion, limits);
    if (answer === undefined) return undefined;
    if (!isSpoken(answer)) {
      stage = failing(`the client answered with version ${answer.major}.${answer.minor}, and only 0.2 is spoken`);
      return send(encodeVencryptVersionAck({ type: "vencryptVersionAck", status: 255 }));
    }
    const message = {
      type: "vencryptSubtypes",
      subtypes: [...new Set(schemes.map(({ path }) => path[depth]!))],
    } as const;
    stage = () => {
      stage = readSubtype;
      const ack = encodeVencryptVersionAck({ type: "vencryptVersionAck", status: 0 });
      return send(concat([ack, encodeVencryptSubtypes(message)]));
    };
    return { type: "learned", from: "server", message };
  }

  function readSubtype(input: Input): ExchangeStep | undefined {
    const message = take(input, extentOfVencryptSubtype, decodeVencryptSubtype, limits);
    if (message === undefined) return undefined;
    const chosen = schemes.find(({ path }) => path[depth] === message.subtype);
    if (chosen === undefined) {
      stage = failing(`the client chose ${nameOfVencryptSubtype(message.subtype)}, which was not offered`);
      return send(encodeVencryptSubtypeAck({ type: "vencryptSubtypeAck", status: 0 }));
    }
    // Before the acknowledgement goes out: whatever comes after it may be the client's ClientHello.
    if (chosen.tls !== undefined) refuseEarlyBytes(input);
    stage = chosen.tls === undefined ? goOn(enter(message.subtype)) : () => sendSubtypeAck(chosen);
    return { type: "learned", from: "client", message };
  }

  function sendSubtypeAck(scheme: Scheme): ExchangeStep {
    stage = () => {
      stage = goOn(enter(scheme.path[depth]!));
      return { type: "startTls", kind: scheme.tls! };
    };
    return send(encodeVencryptSubtypeAck({ type: "vencryptSubtypeAck", status: 1 }));
  }
}

/** What answers the next pull. */
type Turn = (input: Input) => ExchangeStep | undefined;

const SPOKEN: VencryptVersion = { type: "vencryptVersion", major: 0, minor: 2 };
/** What a client says that can speak none of it. */
const NOT_SPOKEN: VencryptVersion = { type: "vencryptVersion", major: 0, minor: 0 };

function isSpoken({ major, minor }: VencryptVersion): boolean {
  return major === SPOKEN.major && minor === SPOKEN.minor;
}

function send(bytes: Uint8Array): ExchangeStep {
  return { type: "send", bytes };
}

function goOn(exchange: Exchange): Turn {
  return (input) => exchange.next(input);
}

function failing(reason: string): Turn {
  return () => {
    throw refused(reason);
  };
}

function refused(reason: string): RfbError {
  return new RfbError("authentication", "Cannot pass VeNCrypt", reason);
}

/** What somebody in the path sends ahead of TLS must not be taken for what comes through it. */
function refuseEarlyBytes(input: Input): void {
  const early = available(input);
  if (early > 0) throw new RfbError("insecure", "Cannot start TLS", `${early} bytes came in clear ahead of it`);
}

function noneInCommon(schemes: readonly Scheme[], depth: number, offered: readonly number[]): string {
  const allowed = schemes.map(({ path }) => nameOfVencryptSubtype(path[depth]!)).join(", ");
  return `the server offers [${offered.map(nameOfVencryptSubtype).join(", ")}], and only [${allowed}] is allowed`;
}
