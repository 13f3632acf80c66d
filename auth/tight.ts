import { equals } from "@std/bytes";
import { RfbError } from "../codec/errors.ts";
import type { Capability } from "../codec/handshake/capability.ts";
import type { Exchange, ExchangeStep } from "../codec/handshake/exchange.ts";
import { take } from "../codec/handshake/take.ts";
import {
  decodeTightChoice,
  decodeTightChoices,
  encodeTightChoice,
  encodeTightChoices,
  extentOfTightChoice,
  extentOfTightChoices,
} from "../codec/handshake/tight_security.ts";
import type { Limits } from "../codec/limits.ts";
import { nameOfTightAuthType, TightAuthType } from "../codec/names.ts";
import { bytesOf, textOf } from "../codec/text.ts";
import type { Input } from "../codec/wire.ts";
import type { Scheme } from "./scheme.ts";
import { failing, goOn, send, type Turn } from "./turns.ts";

/**
 * The client's side of Tight, rfbproto "Tight Security Type": no tunnel, then the first of `schemes` that the server offers;
 * goes on as `enter` has it. A server that offers nothing stands for None.
 *
 * A capability counts only with its vendor and its name: 129 is UnixLogin by TightVNC and something else by others.
 */
export function tightClient(
  schemes: readonly Scheme[],
  depth: number,
  enter: (authType: number) => Exchange,
  limits: Limits,
): Exchange {
  let stage: Turn = readTunnels;
  return { next: (input) => stage(input) };

  function readTunnels(input: Input): ExchangeStep | undefined {
    const message = take(input, extentOfTightChoices, decodeTightChoices, limits);
    if (message === undefined) return undefined;
    stage = readAuthTypes;
    const { capabilities } = message;
    if (capabilities.length === 0) return readAuthTypes(input);
    if (capabilities.some(isNoTunnel)) return send(encodeTightChoice({ type: "tightChoice", code: 0 }));
    throw refused(`the server offers the tunnels [${capabilities.map(described).join(", ")}], and none is spoken`);
  }

  function readAuthTypes(input: Input): ExchangeStep | undefined {
    const message = take(input, extentOfTightChoices, decodeTightChoices, limits);
    if (message === undefined) return undefined;
    const { capabilities } = message;
    const isNone = capabilities.length === 0;
    const offered = isNone ? [TightAuthType.None] : capabilities.flatMap(authTypeOf);
    const chosen = schemes.find(({ path }) => offered.includes(path[depth]!))?.path[depth];
    if (chosen === undefined) {
      const named = isNone ? nameOfTightAuthType(TightAuthType.None) : capabilities.map(described).join(", ");
      stage = failing(noneInCommon(schemes, depth, named));
    } else {
      stage = () => choose(chosen, isNone);
    }
    const securityTypes = isNone ? offered : capabilities.map(({ code }) => code);
    return { type: "learned", from: "server", message: { type: "innerSecurityTypes", securityTypes } };
  }

  function choose(authType: number, isSettled: boolean): ExchangeStep {
    const next = goOn(enter(authType));
    stage = (input) => {
      stage = next;
      return isSettled ? next(input) : send(encodeTightChoice({ type: "tightChoice", code: authType }));
    };
    return { type: "learned", from: "client", message: { type: "innerSecurityType", securityType: authType } };
  }
}

/**
 * The server's side of Tight: offers no tunnel, and `schemes` in their order; where None is all there is it offers nothing,
 * which stands for it. Goes on as `enter` has the client's choice.
 */
export function tightServer(
  schemes: readonly Scheme[],
  depth: number,
  enter: (authType: number) => Exchange,
  limits: Limits,
): Exchange {
  const authTypes = [...new Set(schemes.map(({ path }) => path[depth]!))];
  const isNone = authTypes.every((authType) => authType === TightAuthType.None);
  const capabilities = isNone ? [] : authTypes.map(capabilityOf);
  let stage: Turn = sendTunnels;
  return { next: (input) => stage(input) };

  function sendTunnels(): ExchangeStep {
    stage = learnOffer;
    return send(encodeTightChoices({ type: "tightChoices", capabilities: [] }));
  }

  function learnOffer(): ExchangeStep {
    stage = () => {
      stage = isNone ? () => choose(TightAuthType.None) : readAuthType;
      return send(encodeTightChoices({ type: "tightChoices", capabilities }));
    };
    return { type: "learned", from: "server", message: { type: "innerSecurityTypes", securityTypes: authTypes } };
  }

  function readAuthType(input: Input): ExchangeStep | undefined {
    const message = take(input, extentOfTightChoice, decodeTightChoice, limits);
    if (message === undefined) return undefined;
    if (authTypes.includes(message.code)) return choose(message.code);
    throw refused(`the client chose ${nameOfTightAuthType(message.code)}, which was not offered`);
  }

  function choose(authType: number): ExchangeStep {
    stage = goOn(enter(authType));
    return { type: "learned", from: "client", message: { type: "innerSecurityType", securityType: authType } };
  }
}

const NO_TUNNEL = capability(0, "TGHT", "NOTUNNEL");
/** Siemens' panels list only this one, and take the 0 of the other. */
const SIEMENS_SCHANNEL = capability(1, "SICR", "SCHANNEL");

const AUTH_TYPES: readonly Capability[] = [
  capability(TightAuthType.None, "STDV", "NOAUTH__"),
  capability(TightAuthType.VncAuth, "STDV", "VNCAUTH_"),
  capability(TightAuthType.VeNCrypt, "VENC", "VENCRYPT"),
  capability(TightAuthType.SASL, "GTKV", "SASL____"),
  capability(TightAuthType.UnixLogin, "TGHT", "ULGNAUTH"),
];

function capability(code: number, vendor: string, signature: string): Capability {
  return { code, vendor: bytesOf(vendor), signature: bytesOf(signature) };
}

function capabilityOf(authType: number): Capability {
  const known = AUTH_TYPES.find(({ code }) => code === authType);
  if (known === undefined) throw new RangeError(`Cannot offer ${authType} inside Tight: it has no capability`);
  return known;
}

function isNoTunnel(offered: Capability): boolean {
  return isSame(offered, NO_TUNNEL) || isSame(offered, SIEMENS_SCHANNEL);
}

/** The code, where vendor and name are the ones that give it its meaning. */
function authTypeOf(offered: Capability): readonly number[] {
  return AUTH_TYPES.some((known) => isSame(offered, known)) ? [offered.code] : [];
}

function isSame(one: Capability, other: Capability): boolean {
  return one.code === other.code && equals(one.vendor, other.vendor) && equals(one.signature, other.signature);
}

function described({ code, vendor, signature }: Capability): string {
  return `${code} ${textOf(vendor)} ${textOf(signature)}`;
}

function refused(reason: string): RfbError {
  return new RfbError("authentication", "Cannot pass Tight", reason);
}

function noneInCommon(schemes: readonly Scheme[], depth: number, offered: string): RfbError {
  const allowed = schemes.map(({ path }) => nameOfTightAuthType(path[depth]!)).join(", ");
  return refused(`the server offers [${offered}], and only [${allowed}] is allowed`);
}
