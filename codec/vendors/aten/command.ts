import { u8 } from "../../wire.ts";
import { type BodyLengths, decodeBody, encodeFixed, extentOfFixed } from "../fixed.ts";

/** Whatever else a client tells an ATEN board. Its contents are not told apart here. */
export interface AtenCommand {
  /** Tells it from other messages. */
  readonly type: "atenCommand";
  /** Its number. */
  readonly messageType: number;
  /** All that follows the number and, where there is one, the length. */
  readonly body: Uint8Array;
}

/**
 * Body lengths by message type, from captures and the names in the board's firmware; one source for most.
 *
 * 7 runImage, 8 and 58 hotPlug, 20 quality, 21 keepAliveAck, 22 keepAlive, 24 brightness, 25 cursor, 26 power
 * (0 off, 1 on, 2 reset, 3 soft off), 50 video settings, 51 video info, 52 and 53 keyboard, 54 and 55 mouse mode,
 * 56 session message, 59 quality of service, 60 and 61 language or screen status, 62 LED state.
 */
export const ATEN_COMMANDS: BodyLengths = new Map([
  [7, 2],
  [8, 1],
  [20, 2],
  [21, 8],
  [22, 1],
  [24, 2],
  [25, 0],
  [26, 1],
  [50, 4],
  [51, 0],
  [52, 2],
  [53, 0],
  [54, 2],
  [55, 0],
  [56, 72],
  [58, 0],
  [59, 12],
  [60, 0],
  [61, 8],
  [62, 0],
]);

/**
 * A command to an ATEN board.
 *
 *     0  U8   message-type, of {@link ATEN_COMMANDS}
 *     1       body
 */
export function decodeAtenCommand(bytes: Uint8Array, at = 0): AtenCommand {
  return { type: "atenCommand", messageType: u8(bytes, at), body: decodeBody(ATEN_COMMANDS, bytes, at) };
}

/** As its type says. @throws {RfbError} `unknownType`: none of these */
export function extentOfAtenCommand(bytes: Uint8Array, at: number, end: number): number {
  return extentOfFixed(ATEN_COMMANDS, bytes, at, end);
}

/** The message's bytes. @throws {RangeError} a type that is none of these, a body of another length */
export function encodeAtenCommand({ messageType, body }: AtenCommand): Uint8Array {
  return encodeFixed(ATEN_COMMANDS, messageType, body);
}
