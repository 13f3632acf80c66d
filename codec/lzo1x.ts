/**
 * LZO1X, which Ultra and UltraZip compress with: literals, and copies of what came out before. There is no specification;
 * what instructions mean is as the kernel of Linux describes it in "LZO stream format".
 *
 *     0 to 15    after no literals: 3 + L literals (0: 18 + more), and then, as the state is "after a run":
 *     0000DDSS   after 1 to 3 literals: copies 2 bytes from 1 + D + 4 × next
 *     0000DDSS   after a run: copies 3 bytes from 2049 + D + 4 × next
 *     0001HLLL   copies 2 + L bytes (0: 9 + more) from 16384 + 16384 × H + D of the next two; 16384 itself is the end
 *     001LLLLL   copies 2 + L bytes (0: 33 + more) from 1 + D of the next two
 *     01LDDDSS   copies 3 + L bytes from 1 + D + 8 × next
 *     1LLDDDSS   copies 5 + L bytes from 1 + D + 8 × next
 *
 * S literals follow every copy. The next two bytes are little-endian: D × 4 + S. "More" is 255 for each byte of 0,
 * and then the first that is not. A stream may also begin with 17 + the number of its first literals.
 *
 * @module
 */

import { RfbError } from "./errors.ts";
import { createOutput, extend, type Output, write, writtenOf } from "./output.ts";

/** What one call leaves to the next: memory that was taken before need not be cleared and collected. */
export interface Lzo1xMemory {
  /** What was filled last. */
  lzo1x?: Uint8Array;
}

/**
 * The `length` bytes that `bytes` from `at` on hold: a view, valid until the next call with the same memory.
 *
 * @throws {RfbError} `malformed`: no LZO1X data, or of more or fewer bytes, and of no more than it could have is ever
 *   allocated; `truncated`; `trailing`: bytes after the end
 */
export function decompressLzo1x(bytes: Uint8Array, at: number, length: number, memory: Lzo1xMemory = {}): Uint8Array {
  const most = MOST_OF_A_BYTE * (bytes.length - at);
  if (length > most) throw malformed(at, `${length} bytes of ${bytes.length - at}, which have ${most} at most`);
  let into = memory.lzo1x;
  if (into === undefined || into.length < length + BEYOND) {
    into = new Uint8Array(length + BEYOND);
    if (length <= MOST_HELD) memory.lzo1x = into;
  }
  fill(into, length, bytes, at);
  return into.subarray(0, length);
}

/** Bytes that a copy reaches back. */
export const MOST_DISTANCE = 49151;

const MOST_HELD = 256 * 1024;

/** Bytes behind the end that may be written to, for copies in pieces of four and eight. */
const BEYOND = 8;

/** LZO1X data that holds `bytes`. Greedy: the last place with the same four bytes, and as far as they agree. */
export function compressLzo1x(bytes: Uint8Array): Uint8Array {
  const output = createOutput(64 + (bytes.length >> 2));
  const last = new Int32Array(1 << HASH_BITS).fill(-MOST_DISTANCE - 1);
  const stop = bytes.length - 4;
  let unwritten = 0; // where the literals begin
  let at = 0;
  while (at <= stop) {
    const four = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    const hash = Math.imul(four, 0x9e3779b1) >>> (32 - HASH_BITS);
    const candidate = last[hash]!;
    last[hash] = at;
    if (at - candidate > MOST_DISTANCE || !agree(bytes, candidate, at)) {
      // The longer nothing is found, the less is looked at: what cannot be compressed costs little.
      at += 1 + ((at - unwritten) >> 6);
      continue;
    }
    let end = at + 4;
    for (let other = candidate + 4; end < bytes.length && bytes[end] === bytes[other]; end++) other++;
    let begin = at;
    const distance = at - candidate;
    while (begin > unwritten && begin > distance && bytes[begin - 1] === bytes[begin - 1 - distance]) begin--;
    putLiterals(output, bytes, unwritten, begin);
    putCopy(output, end - begin, distance);
    unwritten = end;
    at = end;
  }
  putLiterals(output, bytes, unwritten, bytes.length);
  write(output, END);
  return writtenOf(output);
}

const ACT = "Cannot read LZO1X data";
const MOST_OF_A_BYTE = 255;
const HASH_BITS = 14;
const END: Uint8Array = Uint8Array.of(17, 0, 0);

/** Fills all of `into[0, room)`, behind which {@link BEYOND} more bytes are. */
function fill(into: Uint8Array, room: number, bytes: Uint8Array, at: number): void {
  const end = bytes.length;
  const source = new DataView(bytes.buffer, bytes.byteOffset, end);
  const words = new DataView(into.buffer, into.byteOffset, into.length);
  let from = at; // in bytes
  let to = 0; // in into
  let literals = 0; // of the last instruction: 0, 1 to 3, or 4 for a run
  let run = 0; // literals to copy now

  if (from < end && bytes[from]! > 17) {
    run = bytes[from++]! - 17;
    literals = Math.min(run, 4);
  }
  for (;;) {
    if (run > 0) {
      // Checked once for all that the following copies.
      if (run > end - from) throw truncated(end);
      if (run > room - to) throw tooMuch(from, room);
      if (run >= LONG) into.set(bytes.subarray(from, from + run), to);
      else if (run + BEYOND > end - from) for (let i = 0; i < run; i++) into[to + i] = bytes[from + i]!;
      else for (let i = 0; i < run; i += 4) words.setInt32(to + i, source.getInt32(from + i, true), true);
      from += run;
      to += run;
      run = 0;
    }

    if (from >= end) throw truncated(end);
    const instruction = bytes[from++]!;
    let length: number;
    let distance: number;
    let low: number; // the byte that has S
    if (instruction >= 64) {
      if (from >= end) throw truncated(end);
      low = instruction;
      length = (instruction >> 5) + 1;
      distance = 1 + ((instruction >> 2) & 7) + (bytes[from++]! << 3);
    } else if (instruction >= 16) {
      const mask = instruction >= 32 ? 31 : 7;
      length = instruction & mask;
      if (length === 0) {
        length = mask;
        while (from < end && bytes[from] === 0) {
          length += 255;
          from++;
        }
        if (from < end) length += bytes[from++]!;
      }
      length += 2;
      if (end - from < 2) throw truncated(end);
      low = bytes[from]!;
      distance = (low >> 2) + (bytes[from + 1]! << 6);
      from += 2;
      if (instruction >= 32) distance += 1;
      else {
        distance += 16384 + ((instruction & 8) << 11);
        if (distance === 16384) break;
      }
    } else if (literals === 0) {
      run = instruction;
      if (run === 0) {
        run = 15;
        while (from < end && bytes[from] === 0) {
          run += 255;
          from++;
        }
        if (from < end) run += bytes[from++]!;
      }
      run += 3;
      literals = 4;
      continue;
    } else {
      if (from >= end) throw truncated(end);
      low = instruction;
      length = literals === 4 ? 3 : 2;
      distance = (literals === 4 ? 2049 : 1) + (instruction >> 2) + (bytes[from++]! << 2);
    }

    if (distance > to) throw malformed(from, `a copy from ${distance} bytes back, after ${to}`);
    if (length > room - to) throw tooMuch(from, room);
    if (length >= LONG && (distance >= NEAR || distance < 4)) repeat(into, to, distance, length);
    else if (distance < 4) for (let i = to; i < to + length; i++) into[i] = into[i - distance]!;
    else {
      // Eight at a time, in whatever order within four: what goes too far is written over.
      for (let i = to; i < to + length; i += 8) {
        words.setInt32(i, words.getInt32(i - distance, true), true);
        words.setInt32(i + 4, words.getInt32(i + 4 - distance, true), true);
      }
    }
    to += length;
    literals = low & 3;
    if (literals > end - from) throw truncated(end);
    if (literals > room - to) throw tooMuch(from, room);
    // Four of which up to three count: nothing to guess for a processor.
    if (end - from >= 4) words.setInt32(to, source.getInt32(from, true), true);
    else for (let i = 0; i < literals; i++) into[to + i] = bytes[from + i]!;
    from += literals;
    to += literals;
  }
  if (to < room) throw malformed(from, `${to} bytes of ${room}`);
  if (from < end) throw new RfbError("trailing", ACT, `${end - from} bytes after the end`, { offset: from });
}

/** From so many bytes on, a call is worth it; a copy from nearer than NEAR takes many calls. */
const LONG = 128;
const NEAR = 64;

/** Repeats what stands `distance` bytes back, in pieces that grow: what was written can be copied too. */
function repeat(into: Uint8Array, to: number, distance: number, length: number): void {
  const from = to - distance;
  const end = to + length;
  for (let at = to; at < end; ) {
    const piece = Math.min(at - from, end - at);
    into.copyWithin(at, from, from + piece);
    at += piece;
  }
}

function agree(bytes: Uint8Array, a: number, b: number): boolean {
  return (
    bytes[a] === bytes[b] &&
    bytes[a + 1] === bytes[b + 1] &&
    bytes[a + 2] === bytes[b + 2] &&
    bytes[a + 3] === bytes[b + 3]
  );
}

function putLiterals(output: Output, bytes: Uint8Array, from: number, end: number): void {
  const count = end - from;
  if (count === 0) return;
  if (output.length === 0 && count <= 238) putByte(output, 17 + count);
  else if (output.length > 0 && count <= 3) output.bytes[output.length - 2]! |= count;
  else putLength(output, 0, count - 3, 15);
  write(output, bytes.subarray(from, end));
}

function putCopy(output: Output, length: number, distance: number): void {
  if (distance <= 2048 && length <= 8) {
    const at = extend(output, 2);
    output.bytes[at] = ((length - 1) << 5) | (((distance - 1) & 7) << 2);
    output.bytes[at + 1] = (distance - 1) >> 3;
    return;
  }
  const isNear = distance <= 16384;
  const from = isNear ? distance - 1 : distance - 16384;
  if (isNear) putLength(output, 32, length - 2, 31);
  else putLength(output, 16 | ((from & 16384) >> 11), length - 2, 7);
  const at = extend(output, 2);
  output.bytes[at] = (from & 63) << 2;
  output.bytes[at + 1] = (from & 16383) >> 6;
}

/** An instruction and its length, of which `most` fits into it. */
function putLength(output: Output, instruction: number, length: number, most: number): void {
  if (length <= most) {
    putByte(output, instruction | length);
    return;
  }
  const zeros = Math.ceil((length - most) / 255) - 1;
  const at = extend(output, 2 + zeros); // zero already
  output.bytes[at] = instruction;
  output.bytes[at + 1 + zeros] = length - most - 255 * zeros;
}

function putByte(output: Output, byte: number): void {
  const at = extend(output, 1); // before output.bytes is looked at: it may be another one
  output.bytes[at] = byte;
}

function truncated(end: number): RfbError {
  return new RfbError("truncated", ACT, "it ends before its end", { offset: end });
}

function tooMuch(from: number, room: number): RfbError {
  return malformed(from, `more than ${room} bytes`);
}

function malformed(from: number, reason: string): RfbError {
  return new RfbError("malformed", ACT, reason, { offset: from });
}
