import { putU8, putU16, u16 } from "../../wire.ts";

/** Tells the server where a video plays; all 0: nowhere any more. */
export interface VideoRectangleSelection {
  /** Tells it from other messages. */
  readonly type: "videoRectangleSelection";
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
 * VideoRectangleSelection: TightVNC's Java viewer, for servers that offer the capability VRECTSEL.
 *
 *     0  U8   message-type 151
 *     1       padding
 *     2  U16  x, y, width, height
 */
export function decodeVideoRectangleSelection(bytes: Uint8Array, at = 0): VideoRectangleSelection {
  return {
    type: "videoRectangleSelection",
    x: u16(bytes, at + 2),
    y: u16(bytes, at + 4),
    width: u16(bytes, at + 6),
    height: u16(bytes, at + 8),
  };
}

/** Always 10. */
export function extentOfVideoRectangleSelection(): number {
  return 10;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeVideoRectangleSelection({ x, y, width, height }: VideoRectangleSelection): Uint8Array {
  const bytes = new Uint8Array(10);
  putU8(bytes, 0, 151);
  putU16(bytes, 2, x);
  putU16(bytes, 4, y);
  putU16(bytes, 6, width);
  putU16(bytes, 8, height);
  return bytes;
}
