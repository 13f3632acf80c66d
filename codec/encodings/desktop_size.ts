import { Encoding } from "../names.ts";
import { encodeRectangle, type Rectangle } from "../server/rectangle.ts";

/** The framebuffer's size from here on. */
export interface DesktopSize {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** DesktopSize, RFC 6143 §7.8.2: the rectangle's width and height are the new size; its place says nothing. */
export function decodeDesktopSize({ width, height }: Rectangle): DesktopSize {
  return { width, height };
}

/** The whole rectangle: 12 bytes, no payload. */
export function encodeDesktopSize({ width, height }: DesktopSize): Uint8Array {
  return encodeRectangle({ type: "rectangle", x: 0, y: 0, width, height, encodingType: Encoding.DesktopSize });
}
