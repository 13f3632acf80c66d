import { concat } from "@std/bytes";
import { RfbError } from "../codec/errors.ts";
import type { Exchange, ExchangeStep } from "../codec/handshake/exchange.ts";
import { take } from "../codec/handshake/take.ts";
import {
  decodeVencrypt01Subtype,
  decodeVencrypt01Subtypes,
  decodeVencryptSubtype,
  decodeVencryptSubtypeAck,
  decodeVencryptSubtypes,
  decodeVencryptVersion,
  decodeVencryptVersionAck,
  encodeVencrypt01Subtype,
  encodeVencrypt01Subtypes,
  encodeVencryptSubtype,
  encodeVencryptSubtypeAck,
  encodeVencryptSubtypes,
  encodeVencryptVersion,
  encodeVencryptVersionAck,
  extentOfVencrypt01Subtype,
  extentOfVencrypt01Subtypes,
  extentOfVencryptSubtype,
  extentOfVencryptSubtypeAck,
  extentOfVencryptSubtypes,
  extentOfVencryptVersion,
  extentOfVencryptVersionAck,
  isInVencrypt01,
  type VencryptVersion,
} from "../codec/handshake/vencrypt/mod.ts";
import type { Limits } from "../codec/limits.ts";
import { nameOfVencryptSubtype, SecurityType } from "../codec/names.ts";
import { available, type Input, u8 } from "../codec/wire.ts";
import type { Scheme } from "./scheme.ts";
import { failing, goOn, refuseEarlyBytes, send, type Turn } from "./turns.ts";

/**
 * The client's side of VeNCrypt, rfbproto "VeNCrypt": takes the first of `schemes` that the server offers, and goes on
 * as `enter` has it once its TLS is up. Version 0.2 is spoken, and 0.1 with a server that has no more; any other is declined.
 *
 * Which TLS that is, the scheme says, and never the server: 263 and 264 mean SASL over TLS with a certificate and over TLS
 * without to some, and the reverse to others. A client that allows 263 over TLS with a certificate, and meets a server that
 * means the other kind, demands a certificate, which that server does not have: TLS fails, and nothing was said.
 *
 * 0.1 is obsolete, and nobody was found who speaks it. The lists are of bytes there. Its author has the server acknowledge
 * the version as in 0.2, others have the list follow at once; both are taken, for a 0 can begin no list that is of use.
 */
export function vencryptClient(
  schemes: readonly Scheme[],
  depth: number,
  enter: (subtype: number) => Exchange,
  limits: Limits,
): Exchange {
  let stage: Turn = readVersion;
  let layout = VERSION_0_2;
  return { next: (input) => stage(input) };

  function readVersion(input: Input): ExchangeStep | undefined {
    const offered = take(input, extentOfVencryptVersion, decodeVencryptVersion, limits);
    if (offered === undefined) return undefined;
    if (isVersion(offered, VERSION_0_2)) {
      stage = readVersionAck;
      return send(encodeVencryptVersion(VERSION_0_2.version));
    }
    if (isVersion(offered, VERSION_0_1)) {
      layout = VERSION_0_1;
      stage = readBareVersionAck;
      return send(encodeVencryptVersion(VERSION_0_1.version));
    }
    stage = failing(refused(`the server offers version ${offered.major}.${offered.minor}, and only 0.2 is spoken`));
    return send(encodeVencryptVersion(NOT_SPOKEN));
  }

  function readVersionAck(input: Input): ExchangeStep | undefined {
    const ack = take(input, extentOfVencryptVersionAck, decodeVencryptVersionAck, limits);
    if (ack === undefined) return undefined;
    if (ack.status !== 0) throw refused(`the server refused version 0.2 with ${ack.status}`);
    stage = readSubtypes;
    return readSubtypes(input);
  }

  /** In 0.1, where it may not be there. */
  function readBareVersionAck(input: Input): ExchangeStep | undefined {
    if (available(input) === 0) return undefined;
    if (u8(input.bytes, input.start) === 0) input.start += 1;
    stage = readSubtypes;
    return readSubtypes(input);
  }

  function readSubtypes(input: Input): ExchangeStep | undefined {
    const message = take(input, layout.extentOfSubtypes, layout.decodeSubtypes, limits);
    if (message === undefined) return undefined;
    const inside = allowedIn(layout, schemes, depth);
    const chosen = inside.find(({ path }) => message.subtypes.includes(path[depth]!));
    stage = chosen === undefined ? failing(noneInCommon(inside, depth, message.subtypes)) : () => choose(chosen);
    return { type: "learned", from: "server", message };
  }

  function choose(scheme: Scheme): ExchangeStep {
    const subtype = scheme.path[depth]!;
    const message = { type: "vencryptSubtype", subtype } as const;
    stage = () => {
      stage = startsTls(scheme, depth) ? (input) => readSubtypeAck(input, scheme) : goOn(enter(subtype));
      return send(layout.encodeSubtype(message));
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

/**
 * How a server of VeNCrypt answers a client that wants version 0.1, which nobody does: "acknowledged" as its author has it,
 * with a 0 ahead of the subtypes as in 0.2; "bare" without.
 */
export type Vencrypt01 = "acknowledged" | "bare";

/**
 * The server's side of VeNCrypt: offers `schemes` in their order, and goes on as `enter` has the client's choice. Version
 * 0.2 is spoken, and 0.1 only where `vencrypt01` says how.
 */
export function vencryptServer(
  schemes: readonly Scheme[],
  depth: number,
  enter: (subtype: number) => Exchange,
  limits: Limits,
  vencrypt01?: Vencrypt01,
): Exchange {
  let stage: Turn = sendVersion;
  let layout = VERSION_0_2;
  let inside: readonly Scheme[] = [];
  return { next: (input) => stage(input) };

  function sendVersion(): ExchangeStep {
    stage = readVersion;
    return send(encodeVencryptVersion(VERSION_0_2.version));
  }

  function readVersion(input: Input): ExchangeStep | undefined {
    const answer = take(input, extentOfVencryptVersion, decodeVencryptVersion, limits);
    if (answer === undefined) return undefined;
    if (vencrypt01 !== undefined && isVersion(answer, VERSION_0_1)) layout = VERSION_0_1;
    if (!isVersion(answer, layout)) {
      const reason = `the client answered with version ${answer.major}.${answer.minor}, and only 0.2 is spoken`;
      stage = failing(refused(reason));
      return send(encodeVencryptVersionAck({ type: "vencryptVersionAck", status: 255 }));
    }
    inside = allowedIn(layout, schemes, depth);
    const subtypes = [...new Set(inside.map(({ path }) => path[depth]!))];
    const message = { type: "vencryptSubtypes", subtypes } as const;
    const isBare = layout === VERSION_0_1 && vencrypt01 === "bare";
    stage = () => {
      stage = readSubtype;
      const ack = encodeVencryptVersionAck({ type: "vencryptVersionAck", status: 0 });
      const list = layout.encodeSubtypes(message);
      return send(isBare ? list : concat([ack, list]));
    };
    return { type: "learned", from: "server", message };
  }

  function readSubtype(input: Input): ExchangeStep | undefined {
    const message = take(input, layout.extentOfSubtype, layout.decodeSubtype, limits);
    if (message === undefined) return undefined;
    const chosen = inside.find(({ path }) => path[depth] === message.subtype);
    if (chosen === undefined) {
      stage = failing(refused(`the client chose ${nameOfVencryptSubtype(message.subtype)}, which was not offered`));
      return send(encodeVencryptSubtypeAck({ type: "vencryptSubtypeAck", status: 0 }));
    }
    // Before the acknowledgement goes out: whatever comes after it may be the client's ClientHello.
    if (startsTls(chosen, depth)) refuseEarlyBytes(input);
    stage = startsTls(chosen, depth) ? () => sendSubtypeAck(chosen) : goOn(enter(message.subtype));
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

/** A version, and what its lists look like. */
const VERSION_0_2 = {
  version: versionOf(0, 2),
  extentOfSubtypes: extentOfVencryptSubtypes,
  decodeSubtypes: decodeVencryptSubtypes,
  encodeSubtypes: encodeVencryptSubtypes,
  extentOfSubtype: extentOfVencryptSubtype,
  decodeSubtype: decodeVencryptSubtype,
  encodeSubtype: encodeVencryptSubtype,
};

const VERSION_0_1: typeof VERSION_0_2 = {
  version: versionOf(0, 1),
  extentOfSubtypes: extentOfVencrypt01Subtypes,
  decodeSubtypes: decodeVencrypt01Subtypes,
  encodeSubtypes: encodeVencrypt01Subtypes,
  extentOfSubtype: extentOfVencrypt01Subtype,
  decodeSubtype: decodeVencrypt01Subtype,
  encodeSubtype: encodeVencrypt01Subtype,
};

/** What a client says that can speak none of it. */
const NOT_SPOKEN = versionOf(0, 0);

function versionOf(major: number, minor: number): VencryptVersion {
  return { type: "vencryptVersion", major, minor };
}

function isVersion({ major, minor }: VencryptVersion, { version }: typeof VERSION_0_2): boolean {
  return major === version.major && minor === version.minor;
}

/** VeNCrypt inside itself would never end, and 0.1 has seven subtypes and no more. */
function allowedIn(layout: typeof VERSION_0_2, schemes: readonly Scheme[], depth: number): readonly Scheme[] {
  return schemes.filter(({ path }) =>
    layout === VERSION_0_1 ? isInVencrypt01(path[depth]!) : path[depth] !== SecurityType.VeNCrypt,
  );
}

/** Whether the subtype is one of its own that runs over TLS; a nested security type sees to that itself. */
function startsTls({ tls, path }: Scheme, depth: number): boolean {
  return tls !== undefined && path.length === depth + 1;
}

function refused(reason: string): RfbError {
  return new RfbError("authentication", "Cannot pass VeNCrypt", reason);
}

function noneInCommon(schemes: readonly Scheme[], depth: number, offered: readonly number[]): RfbError {
  const allowed = schemes.map(({ path }) => nameOfVencryptSubtype(path[depth]!)).join(", ");
  return refused(
    `the server offers [${offered.map(nameOfVencryptSubtype).join(", ")}], and only [${allowed}] is allowed`,
  );
}
