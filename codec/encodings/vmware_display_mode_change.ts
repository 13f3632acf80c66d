import { Encoding } from "../names.ts";
import { decodePixelFormat, encodePixelFormat, PIXEL_FORMAT_LENGTH, type PixelFormat } from "../pixel_format.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { expectLength, wholeRectangle } from "./payload.ts";
import { type Advance, advanceWhole } from "./walk.ts";

/** The framebuffer's size and the format of its pixels, from the very next rectangle on. The colour map is empty then. */
export interface VmwareDisplayModeChange {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** The format from there on. */
  readonly pixelFormat: PixelFormat;
}

/** Always 16 bytes, never split: a session reads them. */
export const advanceVmwareDisplayModeChange: Advance = advanceWhole(PIXEL_FORMAT_LENGTH);

/**
 * VMware Display Mode Change ("WMVi"), rfbproto: the rectangle's size is the new one.
 *
 *     0  PIXEL_FORMAT  pixel-format
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length; `malformed`: the format
 */
export function decodeVmwareDisplayModeChange(payload: Uint8Array, rectangle: Rectangle): VmwareDisplayModeChange {
  expectLength(payload, PIXEL_FORMAT_LENGTH, "Cannot read a VMwareDisplayModeChange");
  return { width: rectangle.width, height: rectangle.height, pixelFormat: decodePixelFormat(payload) };
}

/** The whole rectangle. @throws {RangeError} a field that does not fit */
export function encodeVmwareDisplayModeChange({ width, height, pixelFormat }: VmwareDisplayModeChange): Uint8Array {
  return wholeRectangle(Encoding.VMwareDisplayModeChange, 0, 0, width, height, encodePixelFormat(pixelFormat));
}
