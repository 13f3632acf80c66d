import type { Compression } from "../codec/compression.ts";
import { Encoding } from "../codec/names.ts";

/** What a client can read, and how it wants it. */
export interface WantedEncodings {
  readonly compression?: Compression;
  readonly encodingTypes?: readonly number[];
  readonly compressionLevel?: number;
  readonly qualityLevel?: number;
}

/**
 * What SetEncodings is to say, best first.
 *
 * @throws {RangeError} a level that is not one of 0 to 9
 * @throws {TypeError} a quality level with Tight or TightPNG, and no `decodeJpeg` to read what the server then sends
 */
export function encodingTypesOf(wanted: WantedEncodings): number[] {
  const { compression, compressionLevel, qualityLevel } = wanted;
  const drawing = wanted.encodingTypes ?? [
    Encoding.CopyRect,
    ...(compression === undefined ? [] : COMPRESSED),
    ...UNCOMPRESSED,
  ];
  for (const [name, level] of Object.entries({ compressionLevel, qualityLevel })) {
    if (level === undefined || (Number.isInteger(level) && level >= 0 && level <= 9)) continue;
    throw new RangeError(`Cannot ask for ${name} ${level}: it is 0 to 9`);
  }
  const mayHaveJpeg = drawing.includes(Encoding.Tight) || drawing.includes(Encoding.TightPNG);
  if (qualityLevel !== undefined && mayHaveJpeg && compression?.decodeJpeg === undefined) {
    throw new TypeError("Cannot ask for qualityLevel: Tight would then send JPEG, and no decodeJpeg was given");
  }
  return [
    ...drawing,
    ...PSEUDO,
    ...(compression === undefined ? [] : [Encoding.CursorWithAlpha, Encoding.ExtendedClipboard]),
    ...(compressionLevel === undefined ? [] : [Encoding.CompressionLevel0 + compressionLevel]),
    ...(qualityLevel === undefined ? [] : [Encoding.JPEGQualityLevel0 + qualityLevel]),
  ];
}

/** Fast here, and small: those that need no compression library are the last resort. */
const COMPRESSED = [Encoding.Tight, Encoding.ZRLE, Encoding.Zlib] as const;
const UNCOMPRESSED = [Encoding.Hextile, Encoding.RRE, Encoding.Raw] as const;
const PSEUDO = [
  Encoding.Cursor,
  Encoding.PointerPos,
  Encoding.DesktopSize,
  Encoding.ExtendedDesktopSize,
  Encoding.DesktopName,
  Encoding.LastRect,
  Encoding.Fence,
  Encoding.ContinuousUpdates,
  Encoding.QEMUExtendedKeyEvent,
  Encoding.QEMULEDState,
  Encoding.ExtendedMouseButtons,
] as const;
