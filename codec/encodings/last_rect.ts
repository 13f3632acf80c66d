import { Encoding } from "../names.ts";
import { encodeRectangle } from "../server/rectangle.ts";

/** LastRect, rfbproto: ends the update, whatever its head has counted. The whole rectangle: 12 bytes, no payload. */
export function encodeLastRect(): Uint8Array {
  return encodeRectangle({ type: "rectangle", x: 0, y: 0, width: 0, height: 0, encodingType: Encoding.LastRect });
}
