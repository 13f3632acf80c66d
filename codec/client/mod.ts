/**
 * What a client sends once security is done: RFC 6143 §7.3.1 and §7.5.
 *
 * @module
 */

import { eitherCutText } from "../cut_text.ts";
import { RfbError } from "../errors.ts";
import { encodeUnknownGii } from "../gii.ts";
import { type ClientInit, decodeClientInit, encodeClientInit, extentOfClientInit } from "../handshake/client_init.ts";
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
import { nameOfClientMessage } from "../names.ts";
import type { Session } from "../session.ts";
import { APPLE_CLIENT_ENCODERS, APPLE_CLIENT_LAYOUTS, type AppleClientMessage } from "../vendors/apple/mod.ts";
import { ATEN_CLIENT_ENCODERS, ATEN_CLIENT_LAYOUTS, type AtenClientMessage } from "../vendors/aten/mod.ts";
import {
  TIGHTVNC_CLIENT_ENCODERS,
  TIGHTVNC_CLIENT_LAYOUTS,
  type TightVncClientMessage,
} from "../vendors/tightvnc/mod.ts";
import {
  ULTRAVNC_CLIENT_ENCODERS,
  ULTRAVNC_CLIENT_LAYOUTS,
  ULTRAVNC_CLIENT_OWN,
  type UltraVncClientMessage,
} from "../vendors/ultravnc/mod.ts";
import { VMWARE_CLIENT_ENCODERS, VMWARE_CLIENT_LAYOUTS, type VMwareClientMessage } from "../vendors/vmware/mod.ts";
import { u8 } from "../wire.ts";
import {
  type ClientCutText,
  decodeClientCutText,
  encodeClientCutText,
  extentOfClientCutText,
} from "./client_cut_text.ts";
import { type ClientFence, decodeClientFence, encodeClientFence, extentOfClientFence } from "./client_fence.ts";
import { type ClientNtp, decodeClientNtp, encodeClientNtp, extentOfClientNtp } from "./client_ntp.ts";
import { type ClientXvp, decodeClientXvp, encodeClientXvp, extentOfClientXvp } from "./client_xvp.ts";
import {
  decodeEnableContinuousUpdates,
  type EnableContinuousUpdates,
  encodeEnableContinuousUpdates,
  extentOfEnableContinuousUpdates,
} from "./enable_continuous_updates.ts";
import {
  decodeExtendedClientCutText,
  type ExtendedClientCutText,
  encodeExtendedClientCutText,
  extentOfExtendedClientCutText,
} from "./extended_client_cut_text.ts";
import {
  decodeFixColourMapEntries,
  encodeFixColourMapEntries,
  extentOfFixColourMapEntries,
  type FixColourMapEntries,
} from "./fix_colour_map_entries.ts";
import {
  decodeFramebufferUpdateRequest,
  encodeFramebufferUpdateRequest,
  extentOfFramebufferUpdateRequest,
  type FramebufferUpdateRequest,
} from "./framebuffer_update_request.ts";
import {
  decodeGiiClientMessage,
  encodeGiiClientVersion,
  encodeGiiDeviceCreation,
  encodeGiiDeviceDestruction,
  extentOfGiiClientMessage,
  type GiiClientMessage,
} from "./gii.ts";
import { encodeGiiEvents } from "./gii_events.ts";
import { decodeKeyEvent, encodeKeyEvent, extentOfKeyEvent, type KeyEvent } from "./key_event.ts";
import { decodePointerEvent, encodePointerEvent, extentOfPointerEvent, type PointerEvent } from "./pointer_event.ts";
import {
  decodeQemuClientMessage,
  encodeQemuAudioDisable,
  encodeQemuAudioEnable,
  encodeQemuAudioSetFormat,
  encodeQemuExtendedKeyEvent,
  extentOfQemuClientMessage,
  type QemuClientMessage,
} from "./qemu.ts";
import {
  decodeSetDesktopSize,
  encodeSetDesktopSize,
  extentOfSetDesktopSize,
  type SetDesktopSize,
} from "./set_desktop_size.ts";
import { decodeSetEncodings, encodeSetEncodings, extentOfSetEncodings, type SetEncodings } from "./set_encodings.ts";
import {
  decodeSetPixelFormat,
  encodeSetPixelFormat,
  extentOfSetPixelFormat,
  type SetPixelFormat,
} from "./set_pixel_format.ts";
import {
  decodeSetScaleFactor,
  encodeSetScaleFactor,
  extentOfSetScaleFactor,
  type SetScaleFactor,
} from "./set_scale_factor.ts";

export * from "./client_cut_text.ts";
export * from "./client_fence.ts";
export * from "./client_ntp.ts";
export * from "./client_xvp.ts";
export * from "./enable_continuous_updates.ts";
export * from "./extended_client_cut_text.ts";
export * from "./fix_colour_map_entries.ts";
export * from "./framebuffer_update_request.ts";
export * from "./gii.ts";
export * from "./gii_events.ts";
export * from "./key_event.ts";
export * from "./pointer_event.ts";
export * from "./qemu.ts";
export * from "./set_desktop_size.ts";
export * from "./set_encodings.ts";
export * from "./set_pixel_format.ts";
export * from "./set_scale_factor.ts";

/** A message from a client, told apart by `type`. */
export type ClientMessage =
  | ClientInit
  | SetPixelFormat
  | FixColourMapEntries
  | SetEncodings
  | FramebufferUpdateRequest
  | KeyEvent
  | PointerEvent
  | ClientCutText
  | ExtendedClientCutText
  | SetScaleFactor
  | EnableContinuousUpdates
  | ClientNtp
  | ClientFence
  | ClientXvp
  | SetDesktopSize
  | GiiClientMessage
  | QemuClientMessage
  | UltraVncClientMessage
  | TightVncClientMessage
  | AppleClientMessage
  | AtenClientMessage
  | VMwareClientMessage;

/** Every message by its number, in every dialect that says nothing else. */
const STANDARD: Layouts<ClientMessage> = {
  ...ULTRAVNC_CLIENT_LAYOUTS,
  0: { extentOf: extentOfSetPixelFormat, decode: decodeSetPixelFormat },
  1: { extentOf: extentOfFixColourMapEntries, decode: decodeFixColourMapEntries },
  2: { extentOf: extentOfSetEncodings, decode: decodeSetEncodings },
  3: { extentOf: extentOfFramebufferUpdateRequest, decode: decodeFramebufferUpdateRequest },
  4: { extentOf: extentOfKeyEvent, decode: decodeKeyEvent },
  5: { extentOf: extentOfPointerEvent, decode: decodePointerEvent },
  6: eitherCutText<ClientMessage>(
    { extentOf: extentOfClientCutText, decode: decodeClientCutText },
    { extentOf: extentOfExtendedClientCutText, decode: decodeExtendedClientCutText },
  ),
  15: { extentOf: extentOfSetScaleFactor, decode: decodeSetScaleFactor },
  150: { extentOf: extentOfEnableContinuousUpdates, decode: decodeEnableContinuousUpdates },
  160: { extentOf: extentOfClientNtp, decode: decodeClientNtp },
  248: { extentOf: extentOfClientFence, decode: decodeClientFence },
  250: { extentOf: extentOfClientXvp, decode: decodeClientXvp },
  251: { extentOf: extentOfSetDesktopSize, decode: decodeSetDesktopSize },
  253: { extentOf: extentOfGiiClientMessage, decode: decodeGiiClientMessage },
  255: { extentOf: extentOfQemuClientMessage, decode: decodeQemuClientMessage },
};

/** What a dialect changes. */
const OWN: Readonly<Partial<Record<Dialect, OwnLayouts<ClientMessage>>>> = {
  ultravnc: ULTRAVNC_CLIENT_OWN,
  tightvnc: TIGHTVNC_CLIENT_LAYOUTS,
  apple: APPLE_CLIENT_LAYOUTS,
  aten: ATEN_CLIENT_LAYOUTS,
  vmware: VMWARE_CLIENT_LAYOUTS,
};

/** Every message that a client can send, by dialect and number. */
export const CLIENT_LAYOUTS: DialectLayouts<ClientMessage> = layoutsByDialect(STANDARD, OWN);

const CLIENT_INIT: Layout<ClientMessage> = { extentOf: extentOfClientInit, decode: decodeClientInit };

/**
 * How the client message at `at` is read, or undefined where its number has no layout.
 *
 * @throws {RfbError} `unexpected` before security is done
 */
export function clientLayoutOf(session: Session, bytes: Uint8Array, at: number): Layout<ClientMessage> | undefined {
  if (session.phase === "clientInit") return CLIENT_INIT;
  // A client need not wait for ServerInit: nothing it sends is laid out by it.
  if (session.phase !== "normal" && session.phase !== "serverInit") {
    throw new RfbError("unexpected", "Cannot read a client message", `in phase ${session.phase}`, { offset: at });
  }
  return CLIENT_LAYOUTS[session.dialect][u8(bytes, at)];
}

/**
 * Bytes that the client message at `at` needs, as far as `bytes[at, end)` tells: whole once the answer fits.
 *
 * @throws {RfbError} `unknownType`, `limit`; `unexpected` before security is done
 */
export function extentOfClientMessage(
  session: Session,
  bytes: Uint8Array,
  at: number,
  end: number,
  limits: Limits,
): number {
  if (end - at < 1) return 1;
  return knownLayoutOf(session, bytes, at).extentOf(bytes, at, end, limits, session);
}

/** Reads the whole client message at `at`. @throws {RfbError} `unknownType`, `malformed`, `truncated` */
export function decodeClientMessage(session: Session, bytes: Uint8Array, at = 0): ClientMessage {
  return knownLayoutOf(session, bytes, at).decode(bytes, at, session);
}

// A call that is marked pure is left out of bundles that encode nothing; an object with others spread in it is not.
const ENCODERS: Encoders<ClientMessage> = /* @__PURE__ */ (() => ({
  clientInit: encodeClientInit,
  setPixelFormat: encodeSetPixelFormat,
  fixColourMapEntries: encodeFixColourMapEntries,
  setEncodings: encodeSetEncodings,
  framebufferUpdateRequest: encodeFramebufferUpdateRequest,
  keyEvent: encodeKeyEvent,
  pointerEvent: encodePointerEvent,
  clientCutText: encodeClientCutText,
  extendedClientCutText: encodeExtendedClientCutText,
  setScaleFactor: encodeSetScaleFactor,
  enableContinuousUpdates: encodeEnableContinuousUpdates,
  clientNtp: encodeClientNtp,
  clientFence: encodeClientFence,
  clientXvp: encodeClientXvp,
  setDesktopSize: encodeSetDesktopSize,
  giiClientVersion: encodeGiiClientVersion,
  giiDeviceCreation: encodeGiiDeviceCreation,
  giiDeviceDestruction: encodeGiiDeviceDestruction,
  giiEvents: encodeGiiEvents,
  unknownGii: encodeUnknownGii,
  qemuExtendedKeyEvent: encodeQemuExtendedKeyEvent,
  qemuAudioEnable: encodeQemuAudioEnable,
  qemuAudioDisable: encodeQemuAudioDisable,
  qemuAudioSetFormat: encodeQemuAudioSetFormat,
  ...ULTRAVNC_CLIENT_ENCODERS,
  ...TIGHTVNC_CLIENT_ENCODERS,
  ...APPLE_CLIENT_ENCODERS,
  ...ATEN_CLIENT_ENCODERS,
  ...VMWARE_CLIENT_ENCODERS,
}))();

/** The message's bytes. @throws {RangeError} a field that does not fit the wire */
export function encodeClientMessage(message: ClientMessage): Uint8Array {
  const encode = ENCODERS[message.type] as ((message: ClientMessage) => Uint8Array) | undefined;
  if (encode === undefined) throw new TypeError(`Cannot encode a client message: ${JSON.stringify(message)}`);
  return encode(message);
}

function knownLayoutOf(session: Session, bytes: Uint8Array, at: number): Layout<ClientMessage> {
  const layout = clientLayoutOf(session, bytes, at);
  if (layout !== undefined) return layout;
  const reason = `type ${nameOfClientMessage(u8(bytes, at))}`;
  throw new RfbError("unknownType", "Cannot read a client message", reason, { offset: at });
}
