import { type Limits, within } from "../../limits.ts";
import { putU8, putU32, u32, view } from "../../wire.ts";

/** Where an ATEN board's pointer is, and perhaps what it looks like. */
export interface AtenCursor {
  /** Tells it from other messages. */
  readonly type: "atenCursor";
  /** Pixels. */
  readonly x: number;
  /** Pixels from the top. */
  readonly y: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** 1: a shape follows. */
  readonly flag: number;
  /** 4 bytes that nobody has explained and 2 for each pixel, RGB555; nothing but where `flag` is 1. */
  readonly shape: Uint8Array;
}

/**
 * The cursor of ATEN's boards, from captures; old ones send no shape.
 *
 *      0  U8   message-type 4
 *      1  U32  x, y, width, height
 *     17  U32  flag
 *     21       shape, 4 + 2 × width × height bytes, if flag is 1
 */
export function decodeAtenCursor(bytes: Uint8Array, at = 0): AtenCursor {
  const width = u32(bytes, at + 9);
  const height = u32(bytes, at + 13);
  const flag = u32(bytes, at + 17);
  return {
    type: "atenCursor",
    x: u32(bytes, at + 1),
    y: u32(bytes, at + 5),
    width,
    height,
    flag,
    shape: view(bytes, at + HEAD, shapeLengthOf(width, height, flag)),
  };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the shape's sides */
export function extentOfAtenCursor(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < HEAD) return HEAD;
  const width = u32(bytes, at + 9);
  const height = u32(bytes, at + 13);
  const flag = u32(bytes, at + 17);
  if (flag === 1) within("maxCursorSide", Math.max(width, height), limits);
  return HEAD + shapeLengthOf(width, height, flag);
}

/** The message's bytes. @throws {RangeError} a field that does not fit, a shape of another length */
export function encodeAtenCursor({ x, y, width, height, flag, shape }: AtenCursor): Uint8Array {
  const length = shapeLengthOf(width, height, flag);
  if (shape.length !== length) {
    throw new RangeError(`Cannot write a cursor's shape of ${shape.length} bytes: not ${length}`);
  }
  const bytes = new Uint8Array(HEAD + length);
  putU8(bytes, 0, 4);
  putU32(bytes, 1, x);
  putU32(bytes, 5, y);
  putU32(bytes, 9, width);
  putU32(bytes, 13, height);
  putU32(bytes, 17, flag);
  bytes.set(shape, HEAD);
  return bytes;
}

const HEAD = 21;

function shapeLengthOf(width: number, height: number, flag: number): number {
  return flag === 1 ? 4 + 2 * width * height : 0;
}
