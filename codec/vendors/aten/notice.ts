import { u8 } from "../../wire.ts";
import { type BodyLengths, decodeBody, encodeFixed, extentOfFixed } from "../fixed.ts";

/** Whatever an ATEN board tells but pictures and its cursor. Its contents are not told apart here. */
export interface AtenNotice {
  /** Tells it from other messages. */
  readonly type: "atenNotice";
  /** Its number. */
  readonly messageType: number;
  /** All that follows the number and, where there is one, the length. */
  readonly body: Uint8Array;
}

/**
 * Body lengths by message type, from captures: 22 keepAlive, 51 video info, 53 keyboard and mouse status, 55 mouse
 * info, 57 session message (who came, who left, who is in control), 60 screen status, 62 LED state.
 *
 * 55 is 2 here, as four readers have it, for X9 and X10 boards. Late firmware (X9DRH-7F) sends 3, and nothing in the
 * stream tells; it answers a client's 55 alone, so a client can do without.
 */
export const ATEN_NOTICES: BodyLengths = new Map([
  [22, 1],
  [51, 4],
  [53, 5],
  [55, 2],
  [57, 264],
  [60, 8],
  [62, 1],
]);

/**
 * A notice of an ATEN board.
 *
 *     0  U8   message-type, of {@link ATEN_NOTICES}
 *     1       body
 */
export function decodeAtenNotice(bytes: Uint8Array, at = 0): AtenNotice {
  return { type: "atenNotice", messageType: u8(bytes, at), body: decodeBody(ATEN_NOTICES, bytes, at) };
}

/** As its type says. @throws {RfbError} `unknownType`: none of these */
export function extentOfAtenNotice(bytes: Uint8Array, at: number, end: number): number {
  return extentOfFixed(ATEN_NOTICES, bytes, at, end);
}

/** The message's bytes. @throws {RangeError} a type that is none of these, a body of another length */
export function encodeAtenNotice({ messageType, body }: AtenNotice): Uint8Array {
  return encodeFixed(ATEN_NOTICES, messageType, body);
}
