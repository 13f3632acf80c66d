/**
 * What a JPEG file says of itself, read before a decoder allocates or works for it.
 *
 * @module
 */

import { RfbError } from "../codec/errors.ts";

/**
 * Goes through the markers to the file's end (ITU T.81, Annex B) and decodes nothing.
 *
 * @throws {RfbError} `malformed`: another size, a kind that no VNC server sends (arithmetic coding, four components,
 * twelve bits), more scans than a picture needs, fewer bytes than its blocks take, or no end
 */
export function checkJpeg(bytes: Uint8Array, width: number, height: number): void {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) throw malformed("it does not begin with SOI", 0);
  let scansLeft = -1;
  let at = 2;
  for (;;) {
    if (at < bytes.length && bytes[at] !== 0xff) throw malformed("no marker where one is due", at);
    while (bytes[at] === 0xff) at++; // Any number of them may stand before a marker's number.
    const marker = at < bytes.length ? bytes[at]! : -1;
    if (marker === EOI) {
      if (scansLeft < 0) throw malformed("it has no picture", at);
      // What a decoder allocates for so many pixels would come of nothing.
      const least = Math.floor((width * height) / MOST_PIXELS_OF_A_BYTE);
      if (bytes.length < least) throw malformed(`${bytes.length} bytes of at least ${least}`, at);
      return;
    }
    // Numbers below SOF0 and RST0 to SOI have no length, and no place here.
    if (marker >= 0 && (marker < SOF0 || (marker >= 0xd0 && marker <= SOI))) {
      throw malformed(`marker ${marker} out of place`, at);
    }
    const size = at + 2 < bytes.length ? 256 * bytes[at + 1]! + bytes[at + 2]! : -1;
    if (size === 0 || size === 1) throw malformed(`a segment of ${size} bytes`, at);
    if (size < 0 || at + 1 + size > bytes.length) throw malformed("it is cut off", bytes.length);
    if (marker === SOS) {
      if (scansLeft-- <= 0) throw malformed(scansLeft < -1 ? "a scan before the header" : "too many scans", at);
      at = endOfScan(bytes, at + 1 + size);
      continue;
    }
    if (isFrameHeader(marker)) {
      if (scansLeft >= 0) throw malformed("a second header", at);
      scansLeft = scansOf(bytes, at, size, width, height);
    }
    at += 1 + size;
  }
}

/** @returns how many scans the frame may have: sequential ones show a component each, at least */
function scansOf(bytes: Uint8Array, at: number, size: number, width: number, height: number): number {
  const marker = bytes[at]!;
  if (marker > SOF2) throw malformed(`frames of kind ${marker - SOF0} are not supported`, at);
  if (size < 11) throw malformed(`a header of ${size} bytes`, at);
  const [depth, rows, columns] = [
    bytes[at + 3]!,
    256 * bytes[at + 4]! + bytes[at + 5]!,
    256 * bytes[at + 6]! + bytes[at + 7]!,
  ];
  const components = bytes[at + 8]!;
  if (depth !== 8) throw malformed(`${depth} bits a sample are not supported`, at);
  if (columns !== width || rows !== height) {
    throw malformed(`its size is ${columns} × ${rows}, not ${width} × ${height}`, at);
  }
  if (components !== 1 && components !== 3) throw malformed(`${components} components are not supported`, at);
  return marker === SOF2 ? MAX_SCANS : components;
}

/** Entropy-coded data has 00 after each FF that is no marker, and restart markers in between. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next === undefined) break;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  throw malformed("it is cut off", bytes.length);
}

function isFrameHeader(marker: number): boolean {
  return marker >= SOF0 && marker <= 0xcf && marker !== DHT && marker !== JPG && marker !== DAC;
}

function malformed(reason: string, offset: number): RfbError {
  return new RfbError("malformed", "Cannot decode a JPEG", reason, { offset });
}

const SOF0 = 0xc0;
const SOF2 = 0xc2;
const DHT = 0xc4;
const JPG = 0xc8;
const DAC = 0xcc;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;

/** Each costs a pass over all pixels, however few its bytes. libjpeg writes 10; libjpeg-turbo's own cap is 500. */
const MAX_SCANS = 64;

/** A block of 64 pixels takes a bit at least: the code of its first coefficient. */
const MOST_PIXELS_OF_A_BYTE = 512;
