import type { Compression, Deflater, Inflater } from "../compression.ts";
import type { Limits } from "../limits.ts";
import type { PixelWriters } from "../pixel_writers.ts";
import type { PixelReaders, Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import type { Session } from "../session.ts";
import type { H264Context } from "./open_h264.ts";

/** What decoding needs besides the bytes. */
export interface DecodeContext {
  /** As it is when the rectangle begins. */
  readonly session: Session;
  /** Of the session's format. */
  readonly pixels: PixelReaders;
  /** What the peer may ask for. */
  readonly limits: Limits;
  /** What inflates, deflates and knows pictures. */
  readonly compression: Compression;
  /** What lasts from one rectangle to the next. */
  readonly memory: DecoderMemory;
  /** See the decoder's options. */
  readonly onPicture?: ((picture: Surface, rectangle: Rectangle) => void) | undefined;
}

/** What encodings remember from one rectangle to the next, for as long as the connection lives. Each keeps its own. */
export interface DecoderMemory {
  /** The stream of Zlib. */
  zlib?: Inflater;
  /** The stream of ZRLE and ZYWRLE. */
  zrle?: Inflater;
  /** The four streams of Tight. */
  readonly tight: (Inflater | undefined)[];
  /** ZlibHex's stream of raw tiles. */
  zlibHexRaw?: Inflater;
  /** ZlibHex's stream of other tiles. */
  zlibHex?: Inflater;
  /** What Ultra was decompressed into. */
  lzo1x?: Uint8Array;
  /** The tables of the last JPEG rectangle that had some: RealVNC sends them once. */
  jpegTables?: { huffman?: Uint8Array; quantisation?: Uint8Array };
  /** Videos by place and size, the one used longest ago first. */
  h264?: Map<string, H264Context>;
}

/**
 * Draws one rectangle.
 *
 * @param payload all of it
 * @param into the framebuffer; the framer has made sure that the rectangle is inside
 * @throws {RfbError} `truncated`, `trailing`, `malformed`, `limit`
 */
export type Decode = (payload: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface) => void;

/** What encoding needs besides the pixels. */
export interface EncodeContext {
  /** Of the client's format. */
  readonly pixels: PixelWriters;
  /** What inflates, deflates and knows pictures. */
  readonly compression: Compression;
  /** What lasts from one rectangle to the next. */
  readonly memory: EncoderMemory;
  /** 0 to 9, as the client asked. */
  readonly compressionLevel: number;
  /** 0 to 9, as the client asked; undefined: nothing may be lost. */
  readonly qualityLevel: number | undefined;
  /** What the client can take. */
  readonly encodingTypes: readonly number[];
}

/** What encoders remember from one rectangle to the next, for as long as the connection lives. */
export interface EncoderMemory {
  /** The stream of Zlib. */
  zlib?: Deflater;
  /** The stream of ZRLE and ZYWRLE. */
  zrle?: Deflater;
  /** The four streams of Tight. */
  readonly tight: (Deflater | undefined)[];
  /** The level that Tight's deflaters were made with. */
  tightLevel?: number;
  /** ZlibHex's stream of raw tiles. */
  zlibHexRaw?: Deflater;
  /** ZlibHex's stream of other tiles. */
  zlibHex?: Deflater;
}

/** Lets go of the streams of a connection that is over. */
export function closeStreams({ zlib, zrle, tight, zlibHexRaw, zlibHex }: DecoderMemory | EncoderMemory): void {
  for (const stream of [zlib, zrle, zlibHexRaw, zlibHex, ...tight]) stream?.close?.();
}

/**
 * The payload that draws these pixels.
 *
 * @param area the rectangle's RGBA pixels, and no others
 * @throws {RangeError} more pixels than the encoding can hold
 */
export type Encode = (area: Surface, context: EncodeContext) => Uint8Array;
