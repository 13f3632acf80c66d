import { Encoding } from "../names.ts";

/** The compression level that the client asks for, 0 to 9, if it does. */
export function compressionLevelOf(encodingTypes: readonly number[]): number | undefined {
  return levelIn(encodingTypes, Encoding.CompressionLevel0, Encoding.CompressionLevel9);
}

/** The JPEG quality that the client asks for, 0 to 9; undefined: it wants no losses. */
export function qualityLevelOf(encodingTypes: readonly number[]): number | undefined {
  return levelIn(encodingTypes, Encoding.JPEGQualityLevel0, Encoding.JPEGQualityLevel9);
}

function levelIn(encodingTypes: readonly number[], lowest: number, highest: number): number | undefined {
  const asked = encodingTypes.find((type) => type >= lowest && type <= highest);
  return asked === undefined ? undefined : asked - lowest;
}
