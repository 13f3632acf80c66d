import { putU8, putU16, u8, u16 } from "../wire.ts";

/** From here on (or, with flag 0, no more) the server sends changes in this area without being asked. */
export interface EnableContinuousUpdates {
  /** Tells it from other messages. */
  readonly type: "enableContinuousUpdates";
  /** Any value but 0 is true. */
  readonly enableFlag: number;
  /** Pixels. */
  readonly x: number;
  /** Pixels from the top. */
  readonly y: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/**
 * EnableContinuousUpdates, rfbproto. Only to a server that has sent EndOfContinuousUpdates.
 *
 *     0  U8   message-type 150
 *     1  U8   enable-flag
 *     2  U16  x-position, y-position, width, height
 */
export function decodeEnableContinuousUpdates(bytes: Uint8Array, at = 0): EnableContinuousUpdates {
  return {
    type: "enableContinuousUpdates",
    enableFlag: u8(bytes, at + 1),
    x: u16(bytes, at + 2),
    y: u16(bytes, at + 4),
    width: u16(bytes, at + 6),
    height: u16(bytes, at + 8),
  };
}

/** Always 10. */
export function extentOfEnableContinuousUpdates(): number {
  return 10;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeEnableContinuousUpdates(message: EnableContinuousUpdates): Uint8Array {
  const bytes = new Uint8Array(10);
  putU8(bytes, 0, 150);
  putU8(bytes, 1, message.enableFlag);
  putU16(bytes, 2, message.x);
  putU16(bytes, 4, message.y);
  putU16(bytes, 6, message.width);
  putU16(bytes, 8, message.height);
  return bytes;
}
