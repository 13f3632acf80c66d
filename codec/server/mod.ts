/**
 * What a server sends once security is done: RFC 6143 §7.3.2 and §7.6.
 *
 * @module
 */

import { RfbError } from "../errors.ts";
import { decodeServerInit, encodeServerInit, extentOfServerInit, type ServerInit } from "../handshake/server_init.ts";
import type { Limits } from "../limits.ts";
import type { Session } from "../session.ts";
import { u8 } from "../wire.ts";
import { type Bell, decodeBell, encodeBell, extentOfBell } from "./bell.ts";
import {
  decodeFramebufferUpdate,
  encodeFramebufferUpdate,
  extentOfFramebufferUpdate,
  type FramebufferUpdate,
} from "./framebuffer_update.ts";
import {
  decodeServerCutText,
  encodeServerCutText,
  extentOfServerCutText,
  type ServerCutText,
} from "./server_cut_text.ts";
import {
  decodeSetColourMapEntries,
  encodeSetColourMapEntries,
  extentOfSetColourMapEntries,
  type SetColourMapEntries,
} from "./set_colour_map_entries.ts";

export * from "./bell.ts";
export * from "./framebuffer_update.ts";
export * from "./rectangle.ts";
export * from "./server_cut_text.ts";
export * from "./set_colour_map_entries.ts";

/** A message from a server, told apart by `type`; of a FramebufferUpdate, the head alone. */
export type ServerMessage = ServerInit | FramebufferUpdate | SetColourMapEntries | Bell | ServerCutText;

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
  if (session.phase === "serverInit") return extentOfServerInit(bytes, at, end, limits);
  if (session.phase !== "normal") {
    throw new RfbError("unexpected", "Cannot read a server message", `in phase ${session.phase}`, { offset: at });
  }
  if (end - at < 1) return 1;
  switch (u8(bytes, at)) {
    case 0:
      return extentOfFramebufferUpdate();
    case 1:
      return extentOfSetColourMapEntries(bytes, at, end, limits);
    case 2:
      return extentOfBell();
    case 3:
      return extentOfServerCutText(bytes, at, end, limits);
    default:
      throw unknownType(bytes, at);
  }
}

/** Reads the whole server message at `at`. @throws {RfbError} `unknownType`, `malformed`, `truncated` */
export function decodeServerMessage(session: Session, bytes: Uint8Array, at = 0): ServerMessage {
  if (session.phase === "serverInit") return decodeServerInit(bytes, at);
  switch (u8(bytes, at)) {
    case 0:
      return decodeFramebufferUpdate(bytes, at);
    case 1:
      return decodeSetColourMapEntries(bytes, at);
    case 2:
      return decodeBell();
    case 3:
      return decodeServerCutText(bytes, at);
    default:
      throw unknownType(bytes, at);
  }
}

/** @throws {RangeError} a field that does not fit the wire */
export function encodeServerMessage(message: ServerMessage): Uint8Array {
  switch (message.type) {
    case "serverInit":
      return encodeServerInit(message);
    case "framebufferUpdate":
      return encodeFramebufferUpdate(message);
    case "setColourMapEntries":
      return encodeSetColourMapEntries(message);
    case "bell":
      return encodeBell(message);
    case "serverCutText":
      return encodeServerCutText(message);
    default: {
      const never: never = message;
      throw new TypeError(`Cannot encode a server message: ${JSON.stringify(never)}`);
    }
  }
}

function unknownType(bytes: Uint8Array, at: number): RfbError {
  return new RfbError("unknownType", "Cannot read a server message", `type ${u8(bytes, at)}`, { offset: at });
}
