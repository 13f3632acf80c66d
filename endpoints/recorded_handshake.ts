import { RfbError } from "../codec/errors.ts";
import {
  type Capability,
  chosenAmong,
  decodeProtocolVersion,
  decodeSecurityResult,
  decodeSecurityType,
  decodeSecurityTypes,
  decodeTightChoice,
  decodeTightChoices,
  decodeVencryptIdent,
  decodeVencryptPlain,
  decodeVencryptSubtype,
  decodeVencryptSubtypeAck,
  decodeVencryptSubtypes,
  decodeVencryptVersion,
  decodeVencryptVersionAck,
  decodeXvpLogin,
  extentOfProtocolVersion,
  extentOfSecurityResult,
  extentOfSecurityType,
  extentOfSecurityTypes,
  extentOfTightChoice,
  extentOfTightChoices,
  extentOfVencryptIdent,
  extentOfVencryptPlain,
  extentOfVencryptSubtype,
  extentOfVencryptSubtypeAck,
  extentOfVencryptSubtypes,
  extentOfVencryptVersion,
  extentOfVencryptVersionAck,
  extentOfXvpLogin,
  type ProtocolVersion,
  take,
} from "../codec/handshake/mod.ts";
import { type Limits, within } from "../codec/limits.ts";
import {
  nameOfSecurityType,
  nameOfTightAuthType,
  SecurityType,
  TightAuthType,
  VencryptSubtype,
} from "../codec/names.ts";
import { observe, type Session, type SessionEvent } from "../codec/session.ts";
import { textOf } from "../codec/text.ts";
import { available, type Input } from "../codec/wire.ts";

/** Where a recorded handshake has led: to messages that can be framed, or into TLS, where nothing can be read. */
export type HandshakeOutcome = "messages" | "tls";

/** Both sides of a handshake that somebody else has led. */
export interface RecordedHandshake {
  /** What has been agreed on so far; up to date when {@link RecordedHandshake.read} throws, too. */
  readonly session: Session;
  /**
   * Reads all of it, from the start of both streams, and leaves in the inputs what follows.
   *
   * @throws {RfbError} `authentication`: the server refused; `truncated`: a side closed in the middle of it; what was
   *   wrong with a message; `unknownType`: a security type whose exchange has no layout here
   */
  read(): HandshakeOutcome;
}

/** A handshake between the two sides, from ProtocolVersion to the client's ClientInit exclusive. */
export function createRecordedHandshake(
  start: Session,
  server: Input,
  client: Input,
  limits: Limits,
): RecordedHandshake {
  let session = start;
  return {
    get session() {
      return session;
    },
    read() {
      saw("server", required(server, "server", extentOfProtocolVersion, decodeProtocolVersion));
      const answer = required(client, "client", extentOfProtocolVersion, decodeProtocolVersion);
      sawAnswer(answer);
      for (let round = 1; ; round++) {
        within("maxSecurityRounds", round, limits);
        readSecurityTypes();
        if (session.phase === "securityType") {
          const choice = required(client, "client", extentOfSecurityType, decodeSecurityType);
          chosenAmong(session.securityTypes, choice);
          saw("client", choice);
        }
        if (readExchange(session.securityType!) === "tls") return "tls";
        saw("client", { type: "authenticated" });
        if (session.phase === "securityResult") readSecurityResult();
        if (session.phase !== "securityTypes") return "messages";
      }
    },
  };

  function saw(from: "client" | "server", event: SessionEvent): void {
    session = observe(session, from, event);
  }

  /** A server that cannot agree on a version says so in the form of 3.7 or 3.3; TigerVNC does. */
  function sawAnswer(answer: ProtocolVersion): void {
    try {
      saw("client", answer);
    } catch {
      session = { ...session, phase: "securityTypes", clientVersion: answer, version: "3.7" };
    }
  }

  function readSecurityTypes(): void {
    const version = session.version!;
    const message = take(
      server,
      (bytes, at, end) => extentOfSecurityTypes(bytes, at, end, version, limits),
      (bytes, at) => decodeSecurityTypes(bytes, at, version),
      limits,
    );
    if (message === undefined) throw available(server) > 0 ? refused(undefined) : closed("server");
    saw("server", message);
    if (message.type === "securityRefusal") throw refused(message.reason);
  }

  function readSecurityResult(): void {
    const version = session.version!;
    const told = available(server) >= 4;
    const result = take(
      server,
      (bytes, at, end) => extentOfSecurityResult(bytes, at, end, version, limits),
      (bytes, at) => decodeSecurityResult(bytes, at, version),
      limits,
    );
    if (result === undefined) throw told ? refused(undefined) : closed("server");
    saw("server", result);
    if (session.phase === "refused") throw refused(result.reason);
  }

  function readExchange(securityType: number): HandshakeOutcome {
    switch (securityType) {
      case SecurityType.None:
      case SecurityType.Ultra:
        return "messages";
      case SecurityType.TLS:
        return "tls";
      case SecurityType.xvp:
        required(client, "client", extentOfXvpLogin, decodeXvpLogin);
        skipVncAuth();
        return "messages";
      case SecurityType.VncAuth:
        skipVncAuth();
        return "messages";
      case SecurityType.Tight:
        return readTight();
      case SecurityType.VeNCrypt:
        return readVencrypt();
      default: {
        const reason = `no layout of what follows ${nameOfSecurityType(securityType)}`;
        throw new RfbError("unknownType", "Cannot read the authentication", reason);
      }
    }
  }

  function skipVncAuth(): void {
    skip(server, "server", 16);
    skip(client, "client", 16);
  }

  // rfbproto "Tight Security Type": tunnels, then authentication; each choice is there only where something was offered.
  function readTight(): HandshakeOutcome {
    if (readTightChoices().length > 0) required(client, "client", extentOfTightChoice, decodeTightChoice);
    const offered = readTightChoices().map(({ code }) => code);
    saw("server", { type: "innerSecurityTypes", securityTypes: offered });
    const chosen =
      offered.length === 0
        ? TightAuthType.None
        : required(client, "client", extentOfTightChoice, decodeTightChoice).code;
    saw("client", { type: "innerSecurityType", securityType: chosen });
    switch (chosen) {
      case TightAuthType.None:
      case TightAuthType.VncAuth:
      case TightAuthType.VeNCrypt:
        return readExchange(chosen);
      case TightAuthType.UnixLogin:
        required(client, "client", extentOfVencryptPlain, decodeVencryptPlain);
        return "messages";
      default: {
        const reason = `no layout of what follows ${nameOfTightAuthType(chosen)} inside Tight`;
        throw new RfbError("unknownType", "Cannot read the authentication", reason);
      }
    }
  }

  function readVencrypt(): HandshakeOutcome {
    required(server, "server", extentOfVencryptVersion, decodeVencryptVersion);
    required(client, "client", extentOfVencryptVersion, decodeVencryptVersion);
    const ack = required(server, "server", extentOfVencryptVersionAck, decodeVencryptVersionAck);
    if (ack.status !== 0) throw refused(undefined);
    saw("server", required(server, "server", extentOfVencryptSubtypes, decodeVencryptSubtypes));
    const choice = required(client, "client", extentOfVencryptSubtype, decodeVencryptSubtype);
    saw("client", choice);
    switch (choice.subtype) {
      case VencryptSubtype.Plain:
        required(client, "client", extentOfVencryptPlain, decodeVencryptPlain);
        return "messages";
      case VencryptSubtype.Ident:
        required(client, "client", extentOfVencryptIdent, decodeVencryptIdent);
        return "messages";
      case SecurityType.VeNCrypt:
        throw new RfbError("unexpected", "Cannot read the authentication", "VeNCrypt inside VeNCrypt");
    }
    if (choice.subtype < 256) return readExchange(choice.subtype);
    const { status } = required(server, "server", extentOfVencryptSubtypeAck, decodeVencryptSubtypeAck);
    if (status !== 1) throw refused(undefined);
    return "tls";
  }

  function readTightChoices(): readonly Capability[] {
    return required(server, "server", extentOfTightChoices, decodeTightChoices).capabilities;
  }

  function required<Message>(
    input: Input,
    whose: "client" | "server",
    extentOf: (bytes: Uint8Array, at: number, end: number, limits: Limits) => number,
    decode: (bytes: Uint8Array, at: number) => Message,
  ): Message {
    const message = take(input, extentOf, decode, limits);
    if (message === undefined) throw closed(whose);
    return message;
  }

  function skip(input: Input, whose: "client" | "server", length: number): void {
    if (available(input) < length) throw closed(whose);
    input.start += length;
  }

  function closed(whose: "client" | "server"): RfbError {
    const input = whose === "server" ? server : client;
    const reason = `the ${whose}'s bytes end in phase ${session.phase}`;
    return new RfbError("truncated", "Cannot pass security", reason, { offset: input.base + input.end });
  }

  function refused(reason: Uint8Array | undefined): RfbError {
    const said = reason === undefined ? "" : textOf(reason, 1024);
    const quoted = said === "" ? "no reason given" : `"${said}"`;
    return new RfbError("authentication", "Cannot pass security", `the server refused: ${quoted}`);
  }
}
