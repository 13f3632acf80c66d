import type { Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import type { DecodeContext, EncodeContext } from "./context.ts";
import { advanceParts, drawParts, encodeParts } from "./rre.ts";
import type { Walk } from "./walk.ts";

/** The length follows from the number of subrectangles. @throws {RfbError} `malformed`, `limit` */
export function advanceCorre(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  return advanceParts(walk, bytes, at, end, CORRE);
}

/**
 * CoRRE, rfbproto "CoRRE Encoding": RRE with places and sizes of a byte each.
 *
 *     0  U32    number-of-subrectangles
 *     4  PIXEL  background-pixel-value
 *        PIXEL  subrectangle-pixel-value  × number-of-subrectangles
 *        U8     x-position, y-position, width, height
 *
 * A rectangle should be no larger than 255 × 255; a larger one is drawn all the same, if only as far as a byte reaches.
 *
 * @throws {RfbError} `truncated`, `trailing`; `malformed`: a subrectangle that leaves the rectangle, or more of them
 * than pixels; `limit`: they paint the rectangle more often than any server does
 */
export function decodeCorre(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface): void {
  drawParts(payload, rectangle, context, into, CORRE);
}

/**
 * The payload, which may be longer than a Raw one: see {@link encodeRre}.
 *
 * @throws {RangeError} more than 255 × 255 pixels
 */
export function encodeCorre(area: Surface, context: EncodeContext): Uint8Array {
  const { width, height } = area;
  if (width > LARGEST_SIDE || height > LARGEST_SIDE) {
    throw new RangeError(`Cannot encode a CoRRE rectangle of ${width}x${height}: at most 255x255`);
  }
  return encodeParts(area, context, CORRE);
}

const LARGEST_SIDE = 255;
const CORRE = { act: "Cannot read a CoRRE rectangle", place: 4 } as const;
