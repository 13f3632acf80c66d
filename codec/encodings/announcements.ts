import { Encoding } from "../names.ts";
import { bareRectangle } from "./payload.ts";

/**
 * Encodings by which a server says that it knows messages of this name, and nothing else: from then on they may be sent.
 * There is no payload, and the rectangle's place and size say nothing.
 */
export const ANNOUNCEMENTS: ReadonlySet<number> = new Set<number>([
  Encoding.QEMUExtendedKeyEvent,
  Encoding.QEMUAudio,
  Encoding.ExtendedMouseButtons,
  Encoding.NeatvncNTP,
]);

/**
 * The whole rectangle: 12 bytes, no payload. To be sent once, when a client first lists the encoding.
 *
 * @throws {TypeError} an encoding that is none of {@link ANNOUNCEMENTS}
 */
export function encodeAnnouncement(encodingType: number): Uint8Array {
  if (!ANNOUNCEMENTS.has(encodingType)) throw new TypeError(`Cannot announce ${encodingType}: no announcement`);
  return bareRectangle(encodingType);
}
