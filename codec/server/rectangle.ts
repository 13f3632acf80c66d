import { putS32, putU16, s32, u16 } from "../wire.ts";

/** The head of one rectangle of an update: place, size and how its payload is encoded. */
export interface Rectangle {
  /** Tells it from other events. */
  readonly type: "rectangle";
  /** Pixels. */
  readonly x: number;
  /** Pixels from the top. */
  readonly y: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Signed; pseudo-encodings give the other fields meanings of their own. */
  readonly encodingType: number;
}

/** Bytes of a rectangle's head. */
export const RECTANGLE_LENGTH = 12;

/**
 * The head of a rectangle, RFC 6143 §7.6.1.
 *
 *     0  U16  x-position, y-position, width, height
 *     8  S32  encoding-type
 */
export function decodeRectangle(bytes: Uint8Array, at = 0): Rectangle {
  return {
    type: "rectangle",
    x: u16(bytes, at),
    y: u16(bytes, at + 2),
    width: u16(bytes, at + 4),
    height: u16(bytes, at + 6),
    encodingType: s32(bytes, at + 8),
  };
}

/** Always 12: the head alone. */
export function extentOfRectangle(): number {
  return RECTANGLE_LENGTH;
}

/** The head alone: its payload goes after it. */
export function encodeRectangle(rectangle: Rectangle): Uint8Array {
  const bytes = new Uint8Array(RECTANGLE_LENGTH);
  putU16(bytes, 0, rectangle.x);
  putU16(bytes, 2, rectangle.y);
  putU16(bytes, 4, rectangle.width);
  putU16(bytes, 6, rectangle.height);
  putS32(bytes, 8, rectangle.encodingType);
  return bytes;
}
