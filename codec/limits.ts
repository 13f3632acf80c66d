/**
 * How much of anything a peer may claim.
 *
 * @module
 */

import { RfbError } from "./errors.ts";

/** What a peer may claim, at most. Checked before anything waits or allocates for it. */
export interface Limits {
  /** Bytes of a reason for a refusal. libvncclient takes 1 MiB. */
  readonly maxReasonLength: number;
  /** Bytes of the desktop's name, in ServerInit and DesktopName. */
  readonly maxNameLength: number;
  /** Pixels of a framebuffer's width, and of its height. TigerVNC: 16384. */
  readonly maxFramebufferSide: number;
  /** Pixels of a framebuffer. */
  readonly maxFramebufferArea: number;
  /** Bytes of a rectangle's payload; where it claims a length, also never more than twice its pixels and 64 KiB. */
  readonly maxRectangleLength: number;
  /** Bytes of all rectangles of one update, their heads included. */
  readonly maxUpdateLength: number;
  /** Bytes of a JPEG rectangle, which has no length of its own. */
  readonly maxJpegLength: number;
  /** Bytes of one H.264 rectangle. */
  readonly maxH264Length: number;
  /** H.264 contexts, each a decoder of its own; the least recently used goes first. */
  readonly maxH264Contexts: number;
  /** Pixels of a cursor's width, and of its height. TigerVNC: 256, libvncclient: below 1024. */
  readonly maxCursorSide: number;
  /** Encodings in one SetEncodings. The format allows 65535; libvncclient sends up to 64. */
  readonly maxEncodings: number;
  /** Bytes of a ClientCutText or ServerCutText. TigerVNC: 256 KiB, libvncserver and QEMU: 1 MiB. */
  readonly maxCutTextLength: number;
  /** Bytes of one format of an extended clipboard, once inflated. */
  readonly maxClipboardLength: number;
  /** Entries of the colour map that one SetColourMapEntries reaches. */
  readonly maxColourMapEntries: number;
  /** Bytes of a user name, and of a password, in VeNCrypt Plain. TigerVNC: 1024. */
  readonly maxCredentialLength: number;
  /** Capabilities of each kind in Tight's ServerInit. */
  readonly maxCapabilities: number;
  /** Bytes of one TextChat. UltraVNC: 4096, libvncserver: 10 MiB. */
  readonly maxTextChatLength: number;
  /** Bytes of one block of a file transfer. */
  readonly maxFileTransferLength: number;
  /** Bytes of one block of QEMU audio. TigerVNC: 1 MiB. */
  readonly maxAudioLength: number;
  /** Bytes of a message or rectangle of a vendor's own, where none of the above says. */
  readonly maxVendorLength: number;
}

/** The limits in force where none are given. */
export const DEFAULT_LIMITS: Limits = Object.freeze({
  maxReasonLength: 64 * 1024,
  maxNameLength: 64 * 1024,
  maxFramebufferSide: 16384,
  maxFramebufferArea: 2 ** 26,
  maxRectangleLength: 64 * 1024 * 1024,
  maxUpdateLength: 1024 * 1024 * 1024,
  maxJpegLength: 16 * 1024 * 1024,
  maxH264Length: 16 * 1024 * 1024,
  maxH264Contexts: 64,
  maxCursorSide: 1024,
  maxEncodings: 1024,
  maxCutTextLength: 1024 * 1024,
  maxClipboardLength: 1024 * 1024,
  maxColourMapEntries: 65536,
  maxCredentialLength: 1024,
  maxCapabilities: 1024,
  maxTextChatLength: 4096,
  maxFileTransferLength: 1024 * 1024,
  maxAudioLength: 1024 * 1024,
  maxVendorLength: 1024 * 1024,
});

/**
 * `value`, where the named limit allows it.
 *
 * @throws {RfbError} `limit`
 */
export function within(name: keyof Limits, value: number, limits: Limits): number {
  if (value > limits[name]) {
    throw new RfbError("limit", "Cannot accept a length", `limit ${name} is ${limits[name]}, got ${value}`);
  }
  return value;
}

/** @throws {RfbError} `limit`: a side or the area of a framebuffer */
export function checkFramebufferSize(width: number, height: number, limits: Limits): void {
  within("maxFramebufferSide", Math.max(width, height), limits);
  within("maxFramebufferArea", width * height, limits);
}
