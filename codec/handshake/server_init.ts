import { checkFramebufferSize, type Limits, within } from "../limits.ts";
import { SecurityType } from "../names.ts";
import { decodePixelFormat, type PixelFormat, putPixelFormat } from "../pixel_format.ts";
import type { Session } from "../session.ts";
import { putU16, putU32, u16, u32, view } from "../wire.ts";
import { CAPABILITY_LENGTH, type Capability, decodeCapabilities, putCapabilities } from "./capability.ts";

/** What the server shows: size, native format and name of the desktop. */
export interface ServerInit {
  /** Tells it from other messages. */
  readonly type: "serverInit";
  /** Pixels; 0 is legal until a session is picked. */
  readonly framebufferWidth: number;
  /** Pixels. */
  readonly framebufferHeight: number;
  /** In force until the server has processed a SetPixelFormat. */
  readonly serverPixelFormat: PixelFormat;
  /** UTF-8 or Latin-1, perhaps with a NUL at its end: see {@link textOf}. */
  readonly name: Uint8Array;
  /** After Tight security, and only then. */
  readonly capabilities?: InteractionCapabilities;
  /** From ATEN's boards, and only from them: 12 bytes, the last 4 of which say what the user may do. */
  readonly atenRights?: Uint8Array;
}

/** What a server with Tight security can take and say besides RFC 6143. */
export interface InteractionCapabilities {
  /** Messages that the server may send. */
  readonly serverMessages: readonly Capability[];
  /** Messages that clients may send. */
  readonly clientMessages: readonly Capability[];
  /** Encodings that the server knows. */
  readonly encodings: readonly Capability[];
}

/**
 * ServerInit, RFC 6143 §7.3.2; behind it, where the session's security type is Tight, rfbproto "Server Interaction
 * Capabilities".
 *
 *      0  U16           framebuffer-width, framebuffer-height
 *      4  PIXEL_FORMAT  server-pixel-format
 *     20  U32           name-length
 *     24                name
 *
 *      0  U16           number-of-server-messages, number-of-client-messages, number-of-encodings
 *      6                padding
 *      8  CAPABILITY    × number-of-server-messages, × number-of-client-messages, × number-of-encodings
 *
 * In the dialect "aten" 12 bytes stand there in place of that, whatever the security type: 8 that nobody has explained,
 * then U8 video, U8 keyboard and mouse, U8 kick, U8 virtual USB. The framebuffer's size is a made-up one.
 *
 * @throws {RfbError} `malformed`: the pixel format
 */
export function decodeServerInit(bytes: Uint8Array, at = 0, session?: Session): ServerInit {
  const init: ServerInit = {
    type: "serverInit",
    framebufferWidth: u16(bytes, at),
    framebufferHeight: u16(bytes, at + 2),
    serverPixelFormat: decodePixelFormat(bytes, at + 4),
    name: view(bytes, at + 24, u32(bytes, at + 20)),
  };
  if (session?.dialect === "aten") return { ...init, atenRights: view(bytes, at + 24 + init.name.length, ATEN_LENGTH) };
  if (!hasCapabilities(session)) return init;
  const counts = at + 24 + init.name.length;
  view(bytes, counts, COUNTS_LENGTH); // all of it, with padding that nothing follows
  const first = counts + COUNTS_LENGTH;
  const second = first + CAPABILITY_LENGTH * u16(bytes, counts);
  const third = second + CAPABILITY_LENGTH * u16(bytes, counts + 2);
  const capabilities = {
    serverMessages: decodeCapabilities(bytes, first, u16(bytes, counts)),
    clientMessages: decodeCapabilities(bytes, second, u16(bytes, counts + 2)),
    encodings: decodeCapabilities(bytes, third, u16(bytes, counts + 4)),
  };
  return { ...init, capabilities };
}

/**
 * Bytes this message needs, as far as `bytes[at, end)` tells.
 *
 * @throws {RfbError} `limit`: the framebuffer's size, the name's length or the number of capabilities
 */
export function extentOfServerInit(
  bytes: Uint8Array,
  at: number,
  end: number,
  limits: Limits,
  session?: Session,
): number {
  if (end - at < 24) return 24;
  checkFramebufferSize(u16(bytes, at), u16(bytes, at + 2), limits);
  const length = 24 + within("maxNameLength", u32(bytes, at + 20), limits);
  if (session?.dialect === "aten") return length + ATEN_LENGTH;
  if (!hasCapabilities(session)) return length;
  if (end - at < length + COUNTS_LENGTH) return length + COUNTS_LENGTH;
  let count = 0;
  for (let i = at + length; i < at + length + 6; i += 2) count += within("maxCapabilities", u16(bytes, i), limits);
  return length + COUNTS_LENGTH + CAPABILITY_LENGTH * count;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeServerInit(message: ServerInit): Uint8Array {
  const { name, capabilities, atenRights } = message;
  if (atenRights !== undefined && (atenRights.length !== ATEN_LENGTH || capabilities !== undefined)) {
    throw new RangeError(
      `Cannot write atenRights of ${atenRights.length} bytes: not ${ATEN_LENGTH} and no capabilities`,
    );
  }
  const rest = capabilities === undefined ? (atenRights?.length ?? 0) : lengthOf(capabilities);
  const bytes = new Uint8Array(24 + name.length + rest);
  putU16(bytes, 0, message.framebufferWidth);
  putU16(bytes, 2, message.framebufferHeight);
  putPixelFormat(bytes, 4, message.serverPixelFormat);
  putU32(bytes, 20, name.length);
  bytes.set(name, 24);
  if (atenRights !== undefined) bytes.set(atenRights, 24 + name.length);
  if (capabilities === undefined) return bytes;
  let counts = 24 + name.length;
  let at = counts + COUNTS_LENGTH;
  for (const kind of [capabilities.serverMessages, capabilities.clientMessages, capabilities.encodings]) {
    putU16(bytes, counts, kind.length);
    putCapabilities(bytes, at, kind);
    counts += 2;
    at += CAPABILITY_LENGTH * kind.length;
  }
  return bytes;
}

/** Three counts and two bytes of padding. */
const COUNTS_LENGTH = 8;
const ATEN_LENGTH = 12;

/** Whether the server's capabilities stand behind the name: where the client chose Tight from the list, whatever is inside. */
export function hasCapabilities(session: Session | undefined): boolean {
  return session?.securityType === SecurityType.Tight && session.dialect !== "aten";
}

function lengthOf({ serverMessages, clientMessages, encodings }: InteractionCapabilities): number {
  return COUNTS_LENGTH + CAPABILITY_LENGTH * (serverMessages.length + clientMessages.length + encodings.length);
}
