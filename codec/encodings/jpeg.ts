import { concat } from "@std/bytes";
import { RfbError } from "../errors.ts";
import type { Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { u8, u16, view } from "../wire.ts";
import type { DecodeContext, DecoderMemory } from "./context.ts";
import { decoderOf, drawImage } from "./images.ts";
import { counted, type Walk } from "./walk.ts";

// Markers of ITU-T T.81, table B.1: the byte after 0xff.
const HUFFMAN_TABLES = 0xc4;
const START = 0xd8;
const END = 0xd9;
const SCAN = 0xda;
const QUANTISATION_TABLES = 0xdb;

// Stages of the walk.
const AT_START = 0;
const AT_MARKER = 1;
const IN_SCAN = 2;

/**
 * Goes from marker to marker up to the end of the picture, which has no length of its own. Segments are skipped by their
 * lengths, for there may be a whole picture in one; scans are searched, each byte once.
 */
export function advanceJpeg(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  if (walk.stage === IN_SCAN) {
    const length = lengthOfScan(bytes, at, end);
    if (length > 0) return passing(walk, length);
    if (end - at < 2) return 0;
    walk.stage = AT_MARKER;
  }
  if (end - at < 2) return 0;
  const marker = markerAt(bytes, at);
  if (walk.stage === AT_START) {
    checkStart(marker, at);
    walk.stage = AT_MARKER;
    return passing(walk, 2);
  }
  if (marker === 0xff) return passing(walk, 1); // a fill byte
  if (marker === END) {
    walk.done = true;
    return passing(walk, 2);
  }
  if (!hasLength(marker)) return passing(walk, 2);
  if (end - at < 4) return 0;
  if (marker === SCAN) walk.stage = IN_SCAN;
  return passing(walk, lengthOfSegment(bytes, at));
}

/**
 * JPEG, rfbproto "JPEG Encoding": one picture, ITU-T T.81, as large as the rectangle. RealVNC's has its Huffman and
 * quantisation tables only where they differ from those before: they are remembered, and put in again behind its start.
 *
 * @throws {RfbError} `truncated`, `malformed`; `unknownType`: no decoder for JPEG was given
 */
export function decodeJpeg(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface): void {
  const { compression, memory, pixels } = context;
  const decode = decoderOf("JPEG", compression.decodeJpeg, ACT);
  const picture = withTables(payload, memory);
  drawImage(decode(picture, rectangle.width, rectangle.height, true), rectangle, pixels, into);
}

const ACT = "Cannot read a JPEG rectangle";

function passing(walk: Walk, length: number): number {
  return counted(walk, length, "maxJpegLength");
}

/** Bytes up to the next marker; 0 where there is one at `at`, or where it takes one byte more to tell. */
function lengthOfScan(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end) {
    const found = bytes.indexOf(0xff, i);
    if (found < 0 || found >= end) return end - at;
    if (found + 1 === end) return found - at;
    const next = bytes[found + 1]!;
    // A byte of 0xff is followed by 0; restart markers belong to the scan; 0xff before 0xff fills.
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return found - at;
    i = found + (next === 0xff ? 1 : 2);
  }
  return end - at;
}

function withTables(picture: Uint8Array, memory: DecoderMemory): Uint8Array {
  const huffman: Uint8Array[] = [];
  const quantisation: Uint8Array[] = [];
  checkStart(markerAt(picture, 0), 0);
  let marker = START;
  for (let at = 2; marker !== SCAN && marker !== END; ) {
    marker = markerAt(picture, at);
    if (hasLength(marker)) {
      const segment = view(picture, at, lengthOfSegment(picture, at));
      if (marker === HUFFMAN_TABLES) huffman.push(segment);
      if (marker === QUANTISATION_TABLES) quantisation.push(segment);
      at += segment.length;
    } else {
      at += marker === 0xff ? 1 : 2;
    }
  }
  memory.jpegTables ??= {};
  const { jpegTables } = memory;
  const missing: Uint8Array[] = [];
  if (quantisation.length > 0) jpegTables.quantisation = concat(quantisation);
  else if (jpegTables.quantisation !== undefined) missing.push(jpegTables.quantisation);
  if (huffman.length > 0) jpegTables.huffman = concat(huffman);
  else if (jpegTables.huffman !== undefined) missing.push(jpegTables.huffman);
  if (missing.length === 0) return picture;
  return concat([picture.subarray(0, 2), ...missing, picture.subarray(2)]);
}

function checkStart(marker: number, at: number): void {
  if (marker !== START) throw new RfbError("malformed", ACT, `it begins with marker ${marker}`, { offset: at });
}

function markerAt(bytes: Uint8Array, at: number): number {
  const first = u8(bytes, at);
  if (first !== 0xff) throw new RfbError("malformed", ACT, `${first} where a marker should be`, { offset: at });
  return u8(bytes, at + 1);
}

function hasLength(marker: number): boolean {
  return marker !== 0xff && marker !== 0x01 && (marker < 0xd0 || marker > END);
}

/** Bytes of the segment at `at`, its marker included. */
function lengthOfSegment(bytes: Uint8Array, at: number): number {
  const length = u16(bytes, at + 2);
  if (length < 2) throw new RfbError("malformed", ACT, `a segment of ${length} bytes`, { offset: at });
  return 2 + length;
}
