/**
 * What a server sends once security is done: RFC 6143 §7.3.2 and §7.6.
 *
 * @module
 */

import { eitherCutText } from "../cut_text.ts";
import { RfbError } from "../errors.ts";
import { encodeUnknownGii } from "../gii.ts";
import { decodeServerInit, encodeServerInit, extentOfServerInit, type ServerInit } from "../handshake/server_init.ts";
import {
  type Dialect,
  type DialectLayouts,
  type Encoders,
  type Layout,
  type Layouts,
  layoutsByDialect,
  type OwnLayouts,
} from "../layout.ts";
import type { Limits } from "../limits.ts";
import { nameOfServerMessage } from "../names.ts";
import type { Session } from "../session.ts";
import { APPLE_SERVER_ENCODERS, APPLE_SERVER_LAYOUTS, type AppleServerMessage } from "../vendors/apple/mod.ts";
import { ATEN_SERVER_ENCODERS, ATEN_SERVER_LAYOUTS, type AtenServerMessage } from "../vendors/aten/mod.ts";
import {
  TIGHTVNC_SERVER_ENCODERS,
  TIGHTVNC_SERVER_LAYOUTS,
  type TightVncServerMessage,
} from "../vendors/tightvnc/mod.ts";
import {
  ULTRAVNC_SERVER_ENCODERS,
  ULTRAVNC_SERVER_LAYOUTS,
  ULTRAVNC_SERVER_OWN,
  type UltraVncServerMessage,
} from "../vendors/ultravnc/mod.ts";
import { u8 } from "../wire.ts";
import { type Bell, decodeBell, encodeBell, extentOfBell } from "./bell.ts";
import {
  decodeEndOfContinuousUpdates,
  type EndOfContinuousUpdates,
  encodeEndOfContinuousUpdates,
  extentOfEndOfContinuousUpdates,
} from "./end_of_continuous_updates.ts";
import {
  decodeExtendedServerCutText,
  type ExtendedServerCutText,
  encodeExtendedServerCutText,
  extentOfExtendedServerCutText,
} from "./extended_server_cut_text.ts";
import {
  decodeFramebufferUpdate,
  encodeFramebufferUpdate,
  extentOfFramebufferUpdate,
  type FramebufferUpdate,
} from "./framebuffer_update.ts";
import {
  decodeGiiServerMessage,
  encodeGiiDeviceCreated,
  encodeGiiServerVersion,
  extentOfGiiServerMessage,
  type GiiServerMessage,
} from "./gii.ts";
import {
  decodePalmResizeFrameBuffer,
  encodePalmResizeFrameBuffer,
  extentOfPalmResizeFrameBuffer,
  type PalmResizeFrameBuffer,
} from "./palm_resize_frame_buffer.ts";
import {
  decodeQemuServerMessage,
  encodeQemuAudioBegin,
  encodeQemuAudioData,
  encodeQemuAudioEnd,
  extentOfQemuServerMessage,
  type QemuServerMessage,
} from "./qemu.ts";
import {
  decodeServerCutText,
  encodeServerCutText,
  extentOfServerCutText,
  type ServerCutText,
} from "./server_cut_text.ts";
import { decodeServerFence, encodeServerFence, extentOfServerFence, type ServerFence } from "./server_fence.ts";
import { decodeServerNtp, encodeServerNtp, extentOfServerNtp, type ServerNtp } from "./server_ntp.ts";
import { decodeServerXvp, encodeServerXvp, extentOfServerXvp, type ServerXvp } from "./server_xvp.ts";
import {
  decodeSetColourMapEntries,
  encodeSetColourMapEntries,
  extentOfSetColourMapEntries,
  type SetColourMapEntries,
} from "./set_colour_map_entries.ts";

export * from "./bell.ts";
export * from "./end_of_continuous_updates.ts";
export * from "./extended_server_cut_text.ts";
export * from "./framebuffer_update.ts";
export * from "./gii.ts";
export * from "./palm_resize_frame_buffer.ts";
export * from "./qemu.ts";
export * from "./rectangle.ts";
export * from "./server_cut_text.ts";
export * from "./server_fence.ts";
export * from "./server_ntp.ts";
export * from "./server_xvp.ts";
export * from "./set_colour_map_entries.ts";

/** A message from a server, told apart by `type`; of a FramebufferUpdate, the head alone. */
export type ServerMessage =
  | ServerInit
  | FramebufferUpdate
  | SetColourMapEntries
  | Bell
  | ServerCutText
  | ExtendedServerCutText
  | PalmResizeFrameBuffer
  | EndOfContinuousUpdates
  | ServerNtp
  | ServerFence
  | ServerXvp
  | GiiServerMessage
  | QemuServerMessage
  | UltraVncServerMessage
  | TightVncServerMessage
  | AppleServerMessage
  | AtenServerMessage;

/** Every message by its number, in every dialect that says nothing else. */
const STANDARD: Layouts<ServerMessage> = {
  ...ULTRAVNC_SERVER_LAYOUTS,
  0: { extentOf: extentOfFramebufferUpdate, decode: decodeFramebufferUpdate },
  1: { extentOf: extentOfSetColourMapEntries, decode: decodeSetColourMapEntries },
  2: { extentOf: extentOfBell, decode: decodeBell },
  3: eitherCutText<ServerMessage>(
    { extentOf: extentOfServerCutText, decode: decodeServerCutText },
    { extentOf: extentOfExtendedServerCutText, decode: decodeExtendedServerCutText },
  ),
  15: { extentOf: extentOfPalmResizeFrameBuffer, decode: decodePalmResizeFrameBuffer },
  150: { extentOf: extentOfEndOfContinuousUpdates, decode: decodeEndOfContinuousUpdates },
  160: { extentOf: extentOfServerNtp, decode: decodeServerNtp },
  248: { extentOf: extentOfServerFence, decode: decodeServerFence },
  250: { extentOf: extentOfServerXvp, decode: decodeServerXvp },
  253: { extentOf: extentOfGiiServerMessage, decode: decodeGiiServerMessage },
  255: { extentOf: extentOfQemuServerMessage, decode: decodeQemuServerMessage },
};

/** What a dialect changes. */
const OWN: Readonly<Partial<Record<Dialect, OwnLayouts<ServerMessage>>>> = {
  ultravnc: ULTRAVNC_SERVER_OWN,
  tightvnc: TIGHTVNC_SERVER_LAYOUTS,
  apple: APPLE_SERVER_LAYOUTS,
  aten: ATEN_SERVER_LAYOUTS,
};

/** Every message that a server can send, by dialect and number. */
export const SERVER_LAYOUTS: DialectLayouts<ServerMessage> = layoutsByDialect(STANDARD, OWN);

const SERVER_INIT: Layout<ServerMessage> = { extentOf: extentOfServerInit, decode: decodeServerInit };

/**
 * How the server message at `at` is read, or undefined where its number has no layout.
 *
 * @throws {RfbError} `unexpected` before the client's ClientInit
 */
export function serverLayoutOf(session: Session, bytes: Uint8Array, at: number): Layout<ServerMessage> | undefined {
  if (session.phase === "serverInit") return SERVER_INIT;
  if (session.phase !== "normal") {
    throw new RfbError("unexpected", "Cannot read a server message", `in phase ${session.phase}`, { offset: at });
  }
  return SERVER_LAYOUTS[session.dialect][u8(bytes, at)];
}

/**
 * Bytes that the server message at `at` needs, as far as `bytes[at, end)` tells: whole once the answer fits.
 *
 * @throws {RfbError} `unknownType`, `malformed`, `limit`; `unexpected` before the client's ClientInit
 */
export function extentOfServerMessage(
  session: Session,
  bytes: Uint8Array,
  at: number,
  end: number,
  limits: Limits,
): number {
  if (end - at < 1) return 1;
  return knownLayoutOf(session, bytes, at).extentOf(bytes, at, end, limits, session);
}

/** Reads the whole server message at `at`. @throws {RfbError} `unknownType`, `malformed`, `truncated` */
export function decodeServerMessage(session: Session, bytes: Uint8Array, at = 0): ServerMessage {
  return knownLayoutOf(session, bytes, at).decode(bytes, at, session);
}

// A call that is marked pure is left out of bundles that encode nothing; an object with others spread in it is not.
const ENCODERS: Encoders<ServerMessage> = /* @__PURE__ */ (() => ({
  serverInit: encodeServerInit,
  framebufferUpdate: encodeFramebufferUpdate,
  setColourMapEntries: encodeSetColourMapEntries,
  bell: encodeBell,
  serverCutText: encodeServerCutText,
  extendedServerCutText: encodeExtendedServerCutText,
  palmResizeFrameBuffer: encodePalmResizeFrameBuffer,
  endOfContinuousUpdates: encodeEndOfContinuousUpdates,
  serverNtp: encodeServerNtp,
  serverFence: encodeServerFence,
  serverXvp: encodeServerXvp,
  giiServerVersion: encodeGiiServerVersion,
  giiDeviceCreated: encodeGiiDeviceCreated,
  unknownGii: encodeUnknownGii,
  qemuAudioBegin: encodeQemuAudioBegin,
  qemuAudioEnd: encodeQemuAudioEnd,
  qemuAudioData: encodeQemuAudioData,
  ...ULTRAVNC_SERVER_ENCODERS,
  ...TIGHTVNC_SERVER_ENCODERS,
  ...APPLE_SERVER_ENCODERS,
  ...ATEN_SERVER_ENCODERS,
}))();

/** The message's bytes. @throws {RangeError} a field that does not fit the wire */
export function encodeServerMessage(message: ServerMessage): Uint8Array {
  const encode = ENCODERS[message.type] as ((message: ServerMessage) => Uint8Array) | undefined;
  if (encode === undefined) throw new TypeError(`Cannot encode a server message: ${JSON.stringify(message)}`);
  return encode(message);
}

function knownLayoutOf(session: Session, bytes: Uint8Array, at: number): Layout<ServerMessage> {
  const layout = serverLayoutOf(session, bytes, at);
  if (layout !== undefined) return layout;
  const reason = `type ${nameOfServerMessage(u8(bytes, at))}`;
  throw new RfbError("unknownType", "Cannot read a server message", reason, { offset: at });
}
