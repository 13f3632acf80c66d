/**
 * What both sides have agreed on so far. The only home of protocol state: clients, servers and
 * proxies all keep one, and none of them matters to it.
 *
 * @module
 */

import type { ClientMessage } from "./client/mod.ts";
import type { ServerEvent } from "./framer.ts";
import type { HandshakeMessage } from "./handshake/message.ts";
import { type ProtocolVersion, type Version, versionInForce, versionToAnswer } from "./handshake/protocol_version.ts";
import { SecurityStatus } from "./handshake/security_result.ts";
import { Encoding, SecurityType } from "./names.ts";
import type { PixelFormat } from "./pixel_format.ts";

/** What is awaited. `authentication` is the security type's own exchange; `refused` is the end. */
export type Phase =
  | "serverVersion"
  | "clientVersion"
  | "securityTypes"
  | "securityType"
  | "authentication"
  | "securityResult"
  | "clientInit"
  | "serverInit"
  | "normal"
  | "refused";

/** One connection, as both sides' messages have made it. Plain data: it can be stored and restored. */
export interface Session {
  readonly phase: Phase;
  /** As said, digits and all. */
  readonly serverVersion?: ProtocolVersion;
  readonly clientVersion?: ProtocolVersion;
  /** What both come down to. */
  readonly version?: Version;
  /** Offered by the server, in its order. */
  readonly securityTypes: readonly number[];
  readonly securityType?: number;
  readonly vencryptSubtypes: readonly number[];
  readonly vencryptSubtype?: number;
  /** The server's reason, where it refused; empty where it gave none. */
  readonly refusal?: Uint8Array;
  /** Pixels. */
  readonly framebufferWidth: number;
  readonly framebufferHeight: number;
  /** The format that the server's pixels are in, once ServerInit has come. */
  readonly pixelFormat?: PixelFormat;
  /**
   * The format that the client last asked for. It is taken to be in force from the next update on:
   * that holds for a client that has no update outstanding when it asks, and no other can be sure.
   */
  readonly pixelFormatAsked?: PixelFormat;
  /** The client's last SetEncodings. */
  readonly encodingTypes: readonly number[];
  readonly name?: Uint8Array;
}

/** A connection before its first byte. */
export const NEW_SESSION: Session = Object.freeze({
  phase: "serverVersion",
  securityTypes: [],
  vencryptSubtypes: [],
  framebufferWidth: 0,
  framebufferHeight: 0,
  encodingTypes: [],
});

/** The security type's own exchange is over. Not on the wire: only who runs the exchange knows. */
export interface Authenticated {
  readonly type: "authenticated";
}

/** What a session can be told. */
export type SessionEvent = HandshakeMessage | Authenticated | ClientMessage | ServerEvent;

/**
 * The session after `event`, which `from` sent. A session that the event does not touch comes back as it was.
 *
 * @throws {RfbError} `unknownType`: a version that nobody can agree on
 */
export function observe(session: Session, from: "client" | "server", event: SessionEvent): Session {
  switch (event.type) {
    case "protocolVersion":
      return from === "server"
        ? { ...session, phase: "clientVersion", serverVersion: event }
        : { ...session, phase: "securityTypes", clientVersion: event, version: agreedVersion(session, event) };
    case "securityTypes":
      // 3.3 leaves the client no choice.
      return session.version === "3.3"
        ? {
            ...session,
            phase: "authentication",
            securityTypes: event.securityTypes,
            securityType: event.securityTypes[0]!,
          }
        : { ...session, phase: "securityType", securityTypes: event.securityTypes };
    case "securityRefusal":
      return { ...session, phase: "refused", refusal: event.reason };
    case "securityType":
      return { ...session, phase: "authentication", securityType: event.securityType };
    case "vencryptSubtypes":
      return { ...session, vencryptSubtypes: event.subtypes };
    case "vencryptSubtype":
      return { ...session, vencryptSubtype: event.subtype };
    case "authenticated":
      return { ...session, phase: hasSecurityResult(session) ? "securityResult" : "clientInit" };
    case "securityResult":
      return event.status === SecurityStatus.Ok
        ? { ...session, phase: "clientInit" }
        : { ...session, phase: "refused", refusal: event.reason ?? NO_REASON };
    case "clientInit":
      return { ...session, phase: "serverInit" };
    case "serverInit":
      return {
        ...session,
        phase: "normal",
        framebufferWidth: event.framebufferWidth,
        framebufferHeight: event.framebufferHeight,
        pixelFormat: event.serverPixelFormat,
        name: event.name,
      };
    case "setPixelFormat":
      return { ...session, pixelFormatAsked: event.pixelFormat };
    case "setEncodings":
      return { ...session, encodingTypes: event.encodingTypes };
    case "framebufferUpdate": {
      const { pixelFormatAsked } = session;
      if (pixelFormatAsked === undefined || pixelFormatAsked === session.pixelFormat) return session;
      return { ...session, pixelFormat: pixelFormatAsked };
    }
    case "rectangle":
      return event.encodingType === Encoding.DesktopSize
        ? { ...session, framebufferWidth: event.width, framebufferHeight: event.height }
        : session;
    default:
      return session;
  }
}

/** Only after None in 3.3 and 3.7 does no SecurityResult come. */
export function hasSecurityResult({ version, securityType }: Session): boolean {
  return version === "3.8" || securityType !== SecurityType.None;
}

function agreedVersion({ serverVersion }: Session, answered: ProtocolVersion): Version {
  return versionInForce(answered, serverVersion === undefined ? "3.8" : versionToAnswer(serverVersion));
}

const NO_REASON = new Uint8Array(0);
