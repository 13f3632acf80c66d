import { u8 } from "../../wire.ts";
import { type BodyLengths, decodeBody, encodeFixed, extentOfFixed } from "../fixed.ts";

/** What a client tells a Mac that has a length of its own. Its contents are not told apart here. */
export interface AppleCommand {
  /** Tells it from other messages. */
  readonly type: "appleCommand";
  /** Its number. */
  readonly messageType: number;
  /** All that follows the number and, where there is one, the length. */
  readonly body: Uint8Array;
}

/**
 * Body lengths by message type, from captures that agree:
 *
 * - 8 SetServerScaling: padding, F64 factor
 * - 9 AutoFramebufferUpdate: padding, U16 version 1, U32 interval, U16 x, y, width, height
 * - 10 SetMode: padding, U16 mode, 0 to watch and 1 to control
 * - 11 ClipboardRequest: U8 format, 2 of padding, U32 session
 * - 13 SetDisplay: U8 all displays, 2 of padding, U32 display
 * - 21 AutoPasteboard: padding, U16 command, 1 to begin and 2 to end, 4 of padding
 */
export const APPLE_COMMANDS: BodyLengths = new Map([
  [8, 9],
  [9, 15],
  [10, 3],
  [11, 7],
  [13, 7],
  [21, 7],
]);

/**
 * A command to a Mac.
 *
 *     0  U8   message-type, of {@link APPLE_COMMANDS}
 *     1       body
 */
export function decodeAppleCommand(bytes: Uint8Array, at = 0): AppleCommand {
  return { type: "appleCommand", messageType: u8(bytes, at), body: decodeBody(APPLE_COMMANDS, bytes, at) };
}

/** As its type says. @throws {RfbError} `unknownType`: none of these */
export function extentOfAppleCommand(bytes: Uint8Array, at: number, end: number): number {
  return extentOfFixed(APPLE_COMMANDS, bytes, at, end);
}

/** The message's bytes. @throws {RangeError} a type that is none of these, a body of another length */
export function encodeAppleCommand({ messageType, body }: AppleCommand): Uint8Array {
  return encodeFixed(APPLE_COMMANDS, messageType, body);
}
