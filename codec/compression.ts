/**
 * What the codec does not do itself: zlib, JPEG, PNG and video. It takes them as arguments, so that those who
 * only frame carry none of it; `rfb-codec/compression` has portable ones.
 *
 * @module
 */

/** One zlib stream that is inflated piece by piece, in order: its window lives as long as the connection. */
export interface Inflater {
  /**
   * All that `deflated`, the stream's next bytes, brings out.
   *
   * @param maximum the most bytes that may come out; one more is a fault, found before much more than that is allocated
   * @returns bytes that are valid until the next call
   * @throws {RfbError} `malformed`: no zlib data; `limit`: more than `maximum`; of data that are both, either
   */
  inflate(deflated: Uint8Array, maximum: number): Uint8Array;
  /**
   * Nothing more will come: gives back at once what a collector would in its own time. Absent where that is nothing. Whoever
   * inflates afterwards has a `TypeError`.
   */
  close?(): void;
}

/** One zlib stream that is deflated piece by piece. */
export interface Deflater {
  /** The piece, deflated and flushed to a byte boundary (Z_SYNC_FLUSH); the first one has the zlib header. */
  deflate(bytes: Uint8Array): Uint8Array;
  /** As an inflater's. What it has brought out stays as it is. */
  close?(): void;
}

/** A decoded picture: R, G, B, A bytes, row by row. */
export interface Image {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** RGBA, row by row from the top. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * Decodes a whole file. A size other than `width` × `height` is a fault, found before the pixels are allocated.
 *
 * @param isDrawnAtOnce the caller is done with the picture before the next call: its data may be the decoder's own
 *   memory, and have three bytes a pixel, R, G, B
 * @throws {RfbError} `malformed`
 */
export type ImageDecoder = (bytes: Uint8Array, width: number, height: number, isDrawnAtOnce?: boolean) => Image;

/** How many samples of colour a JPEG keeps: one a pixel, one for 2 × 1 pixels, one for 2 × 2. */
export type Subsampling = "4:4:4" | "4:2:2" | "4:2:0";

/**
 * Encodes a picture as a whole file. Its alpha is not looked at.
 *
 * @param quality 1 to 100; a PNG has none
 * @param subsampling of a JPEG; a PNG has none
 */
export type ImageEncoder = (image: Image, quality: number, subsampling?: Subsampling) => Uint8Array;

/**
 * A video decoder for one H.264 stream. What it makes of the stream it hands to the function that it was made with:
 * during `decode`, or later, as WebCodecs does; in order, and as often as there is a picture.
 */
export interface H264Decoder {
  /**
   * Takes the stream's next access units, with Annex B's start codes; the first ones begin with SPS, PPS and an IDR.
   *
   * @param accessUnits valid until the call returns: whoever decodes later makes a copy
   * @throws {RfbError} `malformed`
   */
  decode(accessUnits: Uint8Array): void;
  /** Nothing more will come, and no picture is wanted any more. */
  close(): void;
}

/** Makes a decoder. Pictures may be larger than what was asked for: video comes in blocks of 16 × 16. */
export type H264DecoderFactory = (width: number, height: number, show: (picture: Image) => void) => H264Decoder;

/**
 * The libraries that decoders and encoders are handed. Without a picture's decoder, its encodings are ones that we cannot
 * draw: {@link RfbError} `unknownType`. Without `encodeJpeg`, Tight loses nothing; without `encodePng`, TightPNG is a `TypeError`.
 */
export interface Compression {
  /** An inflater for one stream. */
  createInflater(): Inflater;
  /** A deflater for one stream. @param level 0 to 9 */
  createDeflater(level: number): Deflater;
  /** Reads JPEG. */
  readonly decodeJpeg?: ImageDecoder;
  /** Writes JPEG. */
  readonly encodeJpeg?: ImageEncoder;
  /** Reads PNG. */
  readonly decodePng?: ImageDecoder;
  /** Writes PNG. */
  readonly encodePng?: ImageEncoder;
  /** For Open H.264. */
  readonly createH264Decoder?: H264DecoderFactory;
}

/** For those who decode and encode nothing that is compressed: a `TypeError` where it is needed all the same. */
export const NO_COMPRESSION: Compression = Object.freeze({
  createInflater(): never {
    throw new TypeError("Cannot inflate: no compression was given");
  },
  createDeflater(): never {
    throw new TypeError("Cannot deflate: no compression was given");
  },
});
