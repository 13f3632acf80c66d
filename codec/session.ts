/**
 * What both sides have agreed on so far. The only home of protocol state: clients, servers and
 * proxies all keep one, and none of them matters to it.
 *
 * @module
 */

import type { ClientEvent, RectanglePayload, ServerEvent } from "./framer.ts";
import type { HandshakeMessage } from "./handshake/message.ts";
import { type ProtocolVersion, type Version, versionInForce, versionToAnswer } from "./handshake/protocol_version.ts";
import { SecurityStatus } from "./handshake/security_result.ts";
import type { Dialect } from "./layout.ts";
import { Encoding, SecurityType } from "./names.ts";
import { decodePixelFormat, type PixelFormat } from "./pixel_format.ts";
import type { Rectangle } from "./server/rectangle.ts";

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
  /** What is awaited. */
  readonly phase: Phase;
  /** Whose meaning message numbers have: given by the caller, or else told by the versions and the security type. */
  readonly dialect: Dialect;
  /** As said, digits and all. */
  readonly serverVersion?: ProtocolVersion;
  /** The client's, likewise. */
  readonly clientVersion?: ProtocolVersion;
  /** What both come down to. */
  readonly version?: Version;
  /** Offered by the server, in its order. */
  readonly securityTypes: readonly number[];
  /** The one chosen from the list; of UltraVNC's rounds the last. */
  readonly securityType?: number;
  /**
   * All that was chosen, one inside the other or one round after the other: `[16, 19, 261]` is X509Vnc of VeNCrypt inside
   * Tight. What a number means follows from the one before it.
   */
  readonly securityPath: readonly number[];
  /** What the innermost container other than VeNCrypt has offered. */
  readonly innerSecurityTypes: readonly number[];
  /** What VeNCrypt has offered, in its order. */
  readonly vencryptSubtypes: readonly number[];
  /** The one chosen of those. */
  readonly vencryptSubtype?: number;
  /** What the client chose of what a SASL server offered. */
  readonly saslMechanism?: string;
  /** The server's reason, where it refused; empty where it gave none. */
  readonly refusal?: Uint8Array;
  /** Pixels. */
  readonly framebufferWidth: number;
  /** Pixels. */
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
  /** The client has listed ExtendedClipboard: a cut text of negative length is one of those. */
  readonly extendedClipboard: boolean;
  /** The server has answered ExtendedMouseButtons: a PointerEvent with bit 7 has a byte more. */
  readonly extendedMouseButtons: boolean;
  /** The next payload is a VMwareDisplayModeChange: the format in force from there on. */
  readonly displayModeChanging: boolean;
  /** The desktop's, in whatever encoding. */
  readonly name?: Uint8Array;
}

/** Pixels. */
export interface Size {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** A connection before its first byte. */
export const NEW_SESSION: Session = Object.freeze({
  phase: "serverVersion",
  dialect: "standard",
  securityTypes: [],
  securityPath: [],
  innerSecurityTypes: [],
  vencryptSubtypes: [],
  framebufferWidth: 0,
  framebufferHeight: 0,
  encodingTypes: [],
  extendedClipboard: false,
  extendedMouseButtons: false,
  displayModeChanging: false,
});

/** The security type's own exchange is over. Not on the wire: only who runs the exchange knows. */
export interface Authenticated {
  /** Tells it from other events. */
  readonly type: "authenticated";
}

/** The security type told whose meaning numbers have. Not on the wire: only who runs the exchange knows. */
export interface DialectSettled {
  /** Tells it from other events. */
  readonly type: "dialectSettled";
  /** Whose meaning message numbers have. */
  readonly dialect: Dialect;
}

/** What a session can be told. */
export type SessionEvent = HandshakeMessage | Authenticated | DialectSettled | ClientEvent | ServerEvent;

/**
 * The session after `event`, which `from` sent. A session that the event does not touch comes back as it was.
 *
 * @throws {RfbError} `unknownType`: a version that nobody can agree on; `malformed`: the format of a VMwareDisplayModeChange,
 *   told by the payload's bytes
 */
export function observe(session: Session, from: "client" | "server", event: SessionEvent): Session {
  // What comes by the thousand, in a function that is short enough for V8 to inline.
  switch (event.type) {
    case "pointerEvent":
    case "keyEvent":
    case "framebufferUpdateRequest":
      return session;
    case "rectangle":
      return afterRectangle(session, event);
    case "rectanglePayload":
      return session.displayModeChanging ? afterDisplayMode(session, event) : session;
    default:
      return after(session, from, event);
  }
}

function after(session: Session, from: "client" | "server", event: SessionEvent): Session {
  switch (event.type) {
    case "protocolVersion":
      return from === "server"
        ? { ...session, phase: "clientVersion", serverVersion: event }
        : {
            ...session,
            phase: "securityTypes",
            clientVersion: event,
            version: agreedVersion(session, event),
            dialect: session.dialect === "standard" ? dialectOf(event) : session.dialect,
          };
    case "securityTypes": {
      const offered: Session = { ...session, phase: "securityType", securityTypes: event.securityTypes };
      if (session.version !== "3.3") return offered;
      // 3.3 leaves the client no choice.
      return after(offered, "client", { type: "securityType", securityType: event.securityTypes[0]! });
    }
    case "securityRefusal":
      return { ...session, phase: "refused", refusal: event.reason };
    case "securityType":
      return {
        ...session,
        phase: "authentication",
        securityType: event.securityType,
        securityPath: [...session.securityPath, event.securityType],
        dialect: dialectWith(session, event.securityType),
      };
    case "vencryptSubtypes":
      return { ...session, vencryptSubtypes: event.subtypes };
    case "vencryptSubtype":
      return { ...session, vencryptSubtype: event.subtype, securityPath: [...session.securityPath, event.subtype] };
    case "innerSecurityTypes":
      return { ...session, innerSecurityTypes: event.securityTypes };
    case "innerSecurityType":
      return { ...session, securityPath: [...session.securityPath, event.securityType] };
    case "saslMechanism":
      return { ...session, saslMechanism: event.mechanism };
    case "dialectSettled":
      return { ...session, dialect: event.dialect };
    case "authenticated":
      return { ...session, phase: hasSecurityResult(session) ? "securityResult" : "clientInit" };
    case "securityResult":
      if (event.status === SecurityStatus.Ok) return { ...session, phase: "clientInit" };
      // UltraVNC's next round: what was chosen so far stays.
      return event.status === SecurityStatus.Continue
        ? { ...session, phase: "securityTypes" }
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
      return {
        ...session,
        encodingTypes: event.encodingTypes,
        // What the server said before it heard of a shorter list may still be on its way.
        extendedClipboard: session.extendedClipboard || event.encodingTypes.includes(Encoding.ExtendedClipboard),
      };
    case "palmResizeFrameBuffer":
      return { ...session, framebufferWidth: event.bufferWidth, framebufferHeight: event.bufferHeight };
    case "framebufferUpdate": {
      const { pixelFormatAsked } = session;
      if (pixelFormatAsked === undefined || pixelFormatAsked === session.pixelFormat) return session;
      return { ...session, pixelFormat: pixelFormatAsked };
    }
    case "resizeFrameBuffer":
      return { ...session, framebufferWidth: event.framebufferWidth, framebufferHeight: event.framebufferHeight };
    default:
      return session;
  }
}

/**
 * The framebuffer's size from this rectangle on, where it tells one: DesktopSize, ExtendedDesktopSize (unless it
 * says that a SetDesktopSize has failed), VMwareDisplayModeChange, and all that ATEN's boards draw (unless it has the
 * size that stands for a screen that is off).
 */
export function newSizeOf({ x, y, width, height, encodingType }: Rectangle): Size | undefined {
  switch (encodingType) {
    case Encoding.DesktopSize:
    case Encoding.VMwareDisplayModeChange:
      return { width, height };
    case Encoding.ExtendedDesktopSize:
      // x: who asked, 1 this client; y: the status of what it asked.
      return x === 1 && y !== 0 ? undefined : { width, height };
    case Encoding.AtenAST2100:
    case Encoding.AtenASTJPEG:
    case Encoding.AtenHermon:
    case Encoding.AtenYarkon:
    case Encoding.AtenPilot3:
      // ServerInit's size is a made-up one.
      return width === 0xfd80 && height === 0xfe20 ? undefined : { width, height };
    default:
      return undefined;
  }
}

/**
 * Only after None in 3.3 and 3.7 does no SecurityResult come, be it by itself or inside TLS (18) or Tight; inside
 * VeNCrypt it comes in every version. (noVNC waits for one after Tight's None in 3.7 as well; TightVNC's own servers and
 * viewers do not, and it is theirs.)
 */
export function hasSecurityResult({ version, securityPath }: Session): boolean {
  const isNone = securityPath.at(-1) === SecurityType.None;
  return version === "3.8" || !isNone || securityPath.includes(SecurityType.VeNCrypt);
}

function afterRectangle(session: Session, rectangle: Rectangle): Session {
  if (rectangle.encodingType === Encoding.ExtendedMouseButtons) {
    return session.extendedMouseButtons ? session : { ...session, extendedMouseButtons: true };
  }
  const size = newSizeOf(rectangle);
  if (size === undefined) return session;
  const displayModeChanging = rectangle.encodingType === Encoding.VMwareDisplayModeChange;
  return { ...session, framebufferWidth: size.width, framebufferHeight: size.height, displayModeChanging };
}

function afterDisplayMode(session: Session, { bytes }: RectanglePayload): Session {
  const pixelFormat = decodePixelFormat(bytes);
  return { ...session, displayModeChanging: false, pixelFormat, pixelFormatAsked: pixelFormat };
}

/** The dialect that a version stands for, once the client has answered with it. */
function dialectOf(version: ProtocolVersion): Dialect {
  const { major, minor } = version;
  if (isAten(version)) return "aten";
  if (major !== 3) return "standard";
  if (minor === 889) return "apple";
  return [4, 6, 14, 16].includes(minor) ? "ultravnc" : "standard";
}

/** The dialect that a security type stands for, where nothing has told it before. */
function dialectWith({ dialect }: Session, securityType: number): Dialect {
  if (dialect !== "standard") return dialect;
  if (securityType === SecurityType.Tight) return "tightvnc";
  return securityType === SecurityType.Ultra ? "ultravnc" : "standard";
}

function agreedVersion({ serverVersion }: Session, answered: ProtocolVersion): Version {
  if (serverVersion === undefined) return versionInForce(answered, "3.8");
  const offered = versionToAnswer(serverVersion);
  // ATEN's boards want their own version back, whatever a client can do.
  return isAten(serverVersion) && isAten(answered) ? offered : versionInForce(answered, offered);
}

function isAten({ major, minor }: ProtocolVersion): boolean {
  return major === 55 && minor === 8;
}

const NO_REASON = new Uint8Array(0);
