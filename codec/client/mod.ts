/**
 * What a client sends once security is done: RFC 6143 §7.3.1 and §7.5.
 *
 * @module
 */

import { RfbError } from "../errors.ts";
import { type ClientInit, decodeClientInit, encodeClientInit, extentOfClientInit } from "../handshake/client_init.ts";
import type { Limits } from "../limits.ts";
import type { Session } from "../session.ts";
import { u8 } from "../wire.ts";
import {
  type ClientCutText,
  decodeClientCutText,
  encodeClientCutText,
  extentOfClientCutText,
} from "./client_cut_text.ts";
import {
  decodeFramebufferUpdateRequest,
  encodeFramebufferUpdateRequest,
  extentOfFramebufferUpdateRequest,
  type FramebufferUpdateRequest,
} from "./framebuffer_update_request.ts";
import { decodeKeyEvent, encodeKeyEvent, extentOfKeyEvent, type KeyEvent } from "./key_event.ts";
import { decodePointerEvent, encodePointerEvent, extentOfPointerEvent, type PointerEvent } from "./pointer_event.ts";
import { decodeSetEncodings, encodeSetEncodings, extentOfSetEncodings, type SetEncodings } from "./set_encodings.ts";
import {
  decodeSetPixelFormat,
  encodeSetPixelFormat,
  extentOfSetPixelFormat,
  type SetPixelFormat,
} from "./set_pixel_format.ts";

export * from "./client_cut_text.ts";
export * from "./framebuffer_update_request.ts";
export * from "./key_event.ts";
export * from "./pointer_event.ts";
export * from "./set_encodings.ts";
export * from "./set_pixel_format.ts";

/** A message from a client, told apart by `type`. */
export type ClientMessage =
  | ClientInit
  | SetPixelFormat
  | SetEncodings
  | FramebufferUpdateRequest
  | KeyEvent
  | PointerEvent
  | ClientCutText;

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
  if (session.phase === "clientInit") return extentOfClientInit();
  // A client need not wait for ServerInit: nothing it sends is laid out by it.
  if (session.phase !== "normal" && session.phase !== "serverInit") {
    throw new RfbError("unexpected", "Cannot read a client message", `in phase ${session.phase}`, { offset: at });
  }
  if (end - at < 1) return 1;
  switch (u8(bytes, at)) {
    case 0:
      return extentOfSetPixelFormat();
    case 2:
      return extentOfSetEncodings(bytes, at, end, limits);
    case 3:
      return extentOfFramebufferUpdateRequest();
    case 4:
      return extentOfKeyEvent();
    case 5:
      return extentOfPointerEvent();
    case 6:
      return extentOfClientCutText(bytes, at, end, limits);
    default:
      throw unknownType(bytes, at);
  }
}

/** Reads the whole client message at `at`. @throws {RfbError} `unknownType`, `malformed`, `truncated` */
export function decodeClientMessage(session: Session, bytes: Uint8Array, at = 0): ClientMessage {
  if (session.phase === "clientInit") return decodeClientInit(bytes, at);
  switch (u8(bytes, at)) {
    case 0:
      return decodeSetPixelFormat(bytes, at);
    case 2:
      return decodeSetEncodings(bytes, at);
    case 3:
      return decodeFramebufferUpdateRequest(bytes, at);
    case 4:
      return decodeKeyEvent(bytes, at);
    case 5:
      return decodePointerEvent(bytes, at);
    case 6:
      return decodeClientCutText(bytes, at);
    default:
      throw unknownType(bytes, at);
  }
}

/** @throws {RangeError} a field that does not fit the wire */
export function encodeClientMessage(message: ClientMessage): Uint8Array {
  switch (message.type) {
    case "clientInit":
      return encodeClientInit(message);
    case "setPixelFormat":
      return encodeSetPixelFormat(message);
    case "setEncodings":
      return encodeSetEncodings(message);
    case "framebufferUpdateRequest":
      return encodeFramebufferUpdateRequest(message);
    case "keyEvent":
      return encodeKeyEvent(message);
    case "pointerEvent":
      return encodePointerEvent(message);
    case "clientCutText":
      return encodeClientCutText(message);
    default: {
      const never: never = message;
      throw new TypeError(`Cannot encode a client message: ${JSON.stringify(never)}`);
    }
  }
}

function unknownType(bytes: Uint8Array, at: number): RfbError {
  return new RfbError("unknownType", "Cannot read a client message", `type ${u8(bytes, at)}`, { offset: at });
}
