import { Encoding } from "../names.ts";
import type { Encode } from "./context.ts";
import { encodeCorre } from "./corre.ts";
import { encodeHextile } from "./hextile.ts";
import { encodeRaw } from "./raw.ts";
import { encodeRre } from "./rre.ts";
import { encodeTight } from "./tight_encoder.ts";
import { encodeTightPng } from "./tight_png.ts";
import { encodeTrle } from "./trle.ts";
import { encodeUltra } from "./ultra.ts";
import { encodeZlib } from "./zlib.ts";
import { encodeZlibHex } from "./zlib_hex.ts";
import { encodeZrle } from "./zrle.ts";
import { encodeZywrle } from "./zywrle.ts";

/** Every encoding that a server can send pixels in. */
export const ENCODERS: ReadonlyMap<number, Encode> = new Map<number, Encode>([
  [Encoding.Raw, encodeRaw],
  [Encoding.RRE, encodeRre],
  [Encoding.Ultra, encodeUltra],
  [Encoding.CoRRE, encodeCorre],
  [Encoding.Hextile, encodeHextile],
  [Encoding.Zlib, encodeZlib],
  [Encoding.ZlibHex, encodeZlibHex],
  [Encoding.TRLE, encodeTrle],
  [Encoding.ZRLE, encodeZrle],
  [Encoding.ZYWRLE, encodeZywrle],
  [Encoding.Tight, encodeTight],
  [Encoding.TightPNG, encodeTightPng],
]);
