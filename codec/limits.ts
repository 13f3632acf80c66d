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
  /** Bytes of the desktop's name in ServerInit. */
  readonly maxNameLength: number;
  /** Pixels of a framebuffer's width, and of its height. TigerVNC: 16384. */
  readonly maxFramebufferSide: number;
  /** Pixels of a framebuffer. */
  readonly maxFramebufferArea: number;
  /** Encodings in one SetEncodings. The format allows 65535; libvncclient sends up to 64. */
  readonly maxEncodings: number;
  /** Bytes of a ClientCutText or ServerCutText. TigerVNC: 256 KiB, libvncserver and QEMU: 1 MiB. */
  readonly maxCutTextLength: number;
  /** Entries of the colour map that one SetColourMapEntries reaches. */
  readonly maxColourMapEntries: number;
  /** Bytes of a user name, and of a password, in VeNCrypt Plain. TigerVNC: 1024. */
  readonly maxCredentialLength: number;
}

/** The limits in force where none are given. */
export const DEFAULT_LIMITS: Limits = Object.freeze({
  maxReasonLength: 64 * 1024,
  maxNameLength: 64 * 1024,
  maxFramebufferSide: 16384,
  maxFramebufferArea: 2 ** 26,
  maxEncodings: 1024,
  maxCutTextLength: 1024 * 1024,
  maxColourMapEntries: 65536,
  maxCredentialLength: 1024,
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
