import { Encoding } from "../names.ts";
import { decodeAtenHermon } from "./aten.ts";
import type { Decode } from "./context.ts";
import { drawCopyRect } from "./copy_rect.ts";
import { decodeCorre } from "./corre.ts";
import { decodeHextile } from "./hextile.ts";
import { decodeJpeg } from "./jpeg.ts";
import { decodeOpenH264 } from "./open_h264.ts";
import { decodeRaw } from "./raw.ts";
import { decodeRre } from "./rre.ts";
import { decodeTight } from "./tight.ts";
import { decodeTightPng } from "./tight_png.ts";
import { decodeTrle } from "./trle.ts";
import { decodeUltra } from "./ultra.ts";
import { decodeSolidColor } from "./ultra_cache.ts";
import { decodeUltraZip } from "./ultra_zip.ts";
import { decodeZlib } from "./zlib.ts";
import { decodeZlibHex } from "./zlib_hex.ts";
import { decodeZrle } from "./zrle.ts";
import { decodeZywrle } from "./zywrle.ts";

/** Every encoding that draws pixels, and that we can draw. */
export const DECODERS: ReadonlyMap<number, Decode> = new Map<number, Decode>([
  [Encoding.Raw, decodeRaw],
  [Encoding.CopyRect, drawCopyRect],
  [Encoding.RRE, decodeRre],
  [Encoding.Ultra, decodeUltra],
  [Encoding.UltraZip, decodeUltraZip],
  [Encoding.UltraSolidColor, decodeSolidColor],
  [Encoding.CoRRE, decodeCorre],
  [Encoding.Hextile, decodeHextile],
  [Encoding.Zlib, decodeZlib],
  [Encoding.ZlibHex, decodeZlibHex],
  [Encoding.Tight, decodeTight],
  [Encoding.TightPNG, decodeTightPng],
  [Encoding.TRLE, decodeTrle],
  [Encoding.ZRLE, decodeZrle],
  [Encoding.ZYWRLE, decodeZywrle],
  [Encoding.JPEG, decodeJpeg],
  [Encoding.OpenH264, decodeOpenH264],
  [Encoding.AtenHermon, decodeAtenHermon],
]);
