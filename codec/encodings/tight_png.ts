import type { Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import type { DecodeContext, EncodeContext } from "./context.ts";
import { drawTight, PLAIN } from "./tight.ts";
import { encodeWith, imageOf, measured } from "./tight_encoder.ts";

/**
 * TightPNG, rfbproto "Tight PNG Encoding": Tight, where 10 in the control byte's upper half is a LENGTH and a PNG picture
 * as large as the rectangle. Deflated pixels should not occur, but servers send small rectangles so: they are drawn, and
 * share their zlib streams with Tight's.
 *
 * @throws {RfbError} as decodeTight; `unknownType`: a PNG picture, and no decoder for it was given
 */
export function decodeTightPng(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface): void {
  drawTight(payload, rectangle, context, into, true);
}

/**
 * One colour, a JPEG picture where the client has named a quality, or a PNG picture.
 *
 * @throws {RangeError} other than one colour: wider than 2048 pixels, or a picture of more than 4 MiB
 * @throws {TypeError} no PNG encoder was given
 */
export function encodeTightPng(area: Surface, context: EncodeContext): Uint8Array {
  return encodeWith(area, context, () => {
    const { encodePng } = context.compression;
    if (encodePng === undefined) throw new TypeError("Cannot encode a PNG picture: no encoder was given");
    return measured(PLAIN << 4, encodePng(imageOf(area), 100));
  });
}
