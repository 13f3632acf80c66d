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
  /**
   * How many times over the subrectangles of one RRE or CoRRE rectangle may paint all of it. Servers' do not overlap; 12
   * bytes that each paint it all would take minutes a MiB.
   */
  readonly maxOverdraw: number;
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
  /**
   * Bytes of a cut text, plain, extended or Apple's. A framer skips a longer one and goes on, and refuses one of 2 GiB or more.
   * TigerVNC: 256 KiB, libvncserver and QEMU: 1 MiB.
   */
  readonly maxCutTextLength: number;
  /** Bytes of one format of an extended clipboard, once inflated. */
  readonly maxClipboardLength: number;
  /** Entries of the colour map that one SetColourMapEntries reaches. */
  readonly maxColourMapEntries: number;
  /** Bytes of a user name, and of a password, in VeNCrypt Plain and Ident and in Tight's UnixLogin. TigerVNC: 1024. */
  readonly maxCredentialLength: number;
  /** Bytes of the mechanisms that a SASL server offers. gtk-vnc and libvncclient: 300. */
  readonly maxSaslMechanismsLength: number;
  /** Bytes of the SASL mechanism that a client names. QEMU: 100. */
  readonly maxSaslMechanismLength: number;
  /** Bytes of one message of a SASL mechanism, with the NUL behind it. QEMU, gtk-vnc and libvncclient: 1 MiB. */
  readonly maxSaslDataLength: number;
  /**
   * Rounds of PBKDF2 that a SCRAM server may ask of a client; a million take a second. Cyrus SASL: 65536. Cloudflare's
   * Workers can do no more than 100000.
   */
  readonly maxScramIterations: number;
  /** Bits of an RSA key's modulus, in the RSA-AES types. TigerVNC and noVNC: 8192. */
  readonly maxRsaKeyLength: number;
  /** Tunnels, and ways to authenticate, that Tight offers. Servers offer up to three. */
  readonly maxTightChoices: number;
  /** Rounds of security types, one after the other, as UltraVNC asks for them. UltraVNC: 6. */
  readonly maxSecurityRounds: number;
  /** Bytes of the prime in Apple's Diffie-Hellman. TigerVNC: 1024. */
  readonly maxDhKeyLength: number;
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
  maxOverdraw: 16,
  maxJpegLength: 16 * 1024 * 1024,
  maxH264Length: 16 * 1024 * 1024,
  maxH264Contexts: 64,
  maxCursorSide: 1024,
  maxEncodings: 1024,
  maxCutTextLength: 1024 * 1024,
  maxClipboardLength: 1024 * 1024,
  maxColourMapEntries: 65536,
  maxCredentialLength: 1024,
  maxSaslMechanismsLength: 8 * 1024,
  maxSaslMechanismLength: 100,
  maxSaslDataLength: 1024 * 1024,
  maxScramIterations: 1_000_000,
  maxRsaKeyLength: 8192,
  maxTightChoices: 64,
  maxSecurityRounds: 8,
  maxDhKeyLength: 1024,
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

/** Holds a size against the limits. @throws {RfbError} `limit`: a side or the area of a framebuffer */
export function checkFramebufferSize(width: number, height: number, limits: Limits): void {
  within("maxFramebufferSide", Math.max(width, height), limits);
  within("maxFramebufferArea", width * height, limits);
}
