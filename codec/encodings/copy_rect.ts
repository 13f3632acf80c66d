import { RfbError } from "../errors.ts";
import { putU16, u16 } from "../wire.ts";
import type { Walk } from "./walk.ts";

/** Where in the framebuffer a CopyRect's pixels already are. */
export interface CopyRect {
  readonly srcX: number;
  readonly srcY: number;
}

/** Bytes of a CopyRect payload. */
export const COPY_RECT_LENGTH = 4;

/** Never split: a source position is worth reading only whole. */
export function advanceCopyRect(walk: Walk, _bytes: Uint8Array, at: number, end: number): number {
  if (end - at < COPY_RECT_LENGTH) return 0;
  walk.done = true;
  return COPY_RECT_LENGTH;
}

/**
 * CopyRect, RFC 6143 §7.7.2. It refers to the pixels as all earlier rectangles of the update have left them.
 *
 *     0  U16  src-x-position, src-y-position
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length
 */
export function decodeCopyRect(payload: Uint8Array): CopyRect {
  if (payload.length > COPY_RECT_LENGTH) {
    throw new RfbError("trailing", "Cannot read a CopyRect", `${payload.length} bytes of ${COPY_RECT_LENGTH}`);
  }
  return { srcX: u16(payload, 0), srcY: u16(payload, 2) };
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeCopyRect({ srcX, srcY }: CopyRect): Uint8Array {
  const bytes = new Uint8Array(COPY_RECT_LENGTH);
  putU16(bytes, 0, srcX);
  putU16(bytes, 2, srcY);
  return bytes;
}
