import type { Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { copyArea } from "../surfaces.ts";
import { putU16, u16 } from "../wire.ts";
import type { DecodeContext } from "./context.ts";
import { expectLength } from "./payload.ts";
import { type Advance, advanceWhole } from "./walk.ts";

/** Where in the framebuffer a CopyRect's pixels already are. */
export interface CopyRect {
  /** Pixels from the left, of where to copy from. */
  readonly srcX: number;
  /** Pixels from the top. */
  readonly srcY: number;
}

/** Bytes of a CopyRect payload. */
export const COPY_RECT_LENGTH = 4;

/** Never split: a source position is worth reading only whole. */
export const advanceCopyRect: Advance = advanceWhole(COPY_RECT_LENGTH);

/**
 * CopyRect, RFC 6143 §7.7.2. It refers to the pixels as all earlier rectangles of the update have left them.
 *
 *     0  U16  src-x-position, src-y-position
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length
 */
export function decodeCopyRect(payload: Uint8Array): CopyRect {
  expectLength(payload, COPY_RECT_LENGTH, "Cannot read a CopyRect");
  return { srcX: u16(payload, 0), srcY: u16(payload, 2) };
}

/** Moves the pixels. @throws {RfbError} as {@link decodeCopyRect}; `malformed`: a source outside the framebuffer */
export function drawCopyRect(payload: Uint8Array, rectangle: Rectangle, _context: DecodeContext, into: Surface): void {
  const { srcX, srcY } = decodeCopyRect(payload);
  copyArea(into, rectangle.x, rectangle.y, rectangle.width, rectangle.height, srcX, srcY);
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeCopyRect({ srcX, srcY }: CopyRect): Uint8Array {
  const bytes = new Uint8Array(COPY_RECT_LENGTH);
  putU16(bytes, 0, srcX);
  putU16(bytes, 2, srcY);
  return bytes;
}
