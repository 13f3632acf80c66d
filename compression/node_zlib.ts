/**
 * Zlib streams by the zlib of Node (and of what does as Node does).
 *
 * Its synchronous functions keep nothing from one call to the next, so each piece is a stream of its own here, without
 * header and with the window handed in as a dictionary. A deflated piece may refer to nothing else, provided that it
 * begins and ends at a block's boundary and at a byte's: where one does not, pako takes over until one does.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { ZStream, zlibInflateInit, zlibInflateInit2, zlibInflateSetDictionary } from "pako";
import type { Deflater, Inflater } from "../codec/compression.ts";
import {
  checkLevel,
  faithful,
  pakoRun,
  createDeflater as portableDeflater,
  createInflater as portableInflater,
} from "./zlib.ts";

/**
 * An inflater for one stream that Node inflates; where Node's zlib is not the real one (Deno's does not take the
 * dictionary), pako. Once it has thrown an `RfbError`, it throws the same for ever.
 *
 * The checksum at a stream's end is compared only where all of the stream came in pieces that pako saw.
 */
export function createInflater(): Inflater {
  return isAble() ? faithful(nativeRun()) : portableInflater();
}

/** A deflater for one stream. @param level 0 to 9 @throws {RangeError} of any other level */
export function createDeflater(level: number): Deflater {
  checkLevel(level);
  if (!isAble()) return portableDeflater(level);
  const past = createWindow();
  let isFirst = true;
  return {
    deflate(bytes) {
      const piece = deflateRawSync(bytes, {
        level,
        finishFlush: constants.Z_SYNC_FLUSH,
        chunkSize: Math.max(256, bytes.length + (bytes.length >> 8) + 64),
        ...past.asDictionary(),
      });
      past.push(bytes);
      if (!isFirst) return owned(piece);
      isFirst = false;
      const headed = new Uint8Array(2 + piece.length);
      headed[0] = 0x78;
      headed[1] = FLAGS_BY_LEVEL[level]!;
      headed.set(piece, 2);
      return headed;
    },
  };
}

function nativeRun(): (deflated: Uint8Array, maximum: number) => Uint8Array {
  const past = createWindow();
  const mark = randomBytes(MARK);
  let hasHeader = false;
  let slow: Slow | undefined;

  function quick(deflated: Uint8Array, maximum: number): Uint8Array | undefined {
    const from = hasHeader ? 0 : 2;
    if (!endsInFlush(deflated, from) || (!hasHeader && !isHeader(deflated))) return undefined;
    // A last block of stored bytes that nobody can foresee is appended. The stream ends, and its output ends in them,
    // only if the piece before was whole: amid a block they would be read as something else.
    const size = deflated.length - from;
    const probe = new Uint8Array(size + 5 + MARK);
    probe.set(from === 0 ? deflated : deflated.subarray(from));
    probe.set([1, MARK, 0, ~MARK, 0xff], size);
    probe.set(mark, size + 5);
    let output: Buffer;
    try {
      output = inflateRawSync(probe, {
        maxOutputLength: maximum + MARK,
        chunkSize: Math.max(LEAST_CHUNK, Math.min(maximum + MARK + 1, Math.max(CHUNK, 8 * probe.length))),
        ...past.asDictionary(),
      });
    } catch {
      return undefined; // Too much, no zlib data, or amid a block: pako tells which.
    }
    const end = output.length - MARK;
    return end >= 0 && mark.equals(output.subarray(end)) ? owned(output).subarray(0, end) : undefined;
  }

  return (deflated, maximum) => {
    let output = slow === undefined ? quick(deflated, maximum) : undefined;
    if (output === undefined) {
      slow ??= createSlow(hasHeader, past);
      output = slow.run(deflated, maximum);
      if (isAtBoundary(slow.stream)) slow = undefined;
    }
    // The header lies behind whoever has come to a boundary, and nobody else asks.
    hasHeader = true;
    past.push(output);
    return output;
  };
}

interface Slow {
  readonly stream: ZStream;
  run(deflated: Uint8Array, maximum: number): Uint8Array;
}

/** pako, from the stream's beginning or from a boundary amid it. */
function createSlow(isAmid: boolean, past: Window): Slow {
  const stream = new ZStream();
  if (!isAmid) {
    zlibInflateInit(stream);
    return { stream, run: pakoRun(stream, 0) };
  }
  zlibInflateInit2(stream, RAW);
  const { dictionary } = past.asDictionary();
  if (dictionary !== undefined) zlibInflateSetDictionary(stream, dictionary);
  return { stream, run: pakoRun(stream, CHECKSUM) };
}

/** zlib's report of where it stopped: 128 between two blocks, 64 in the last one, below that the bits left over. */
function isAtBoundary({ data_type }: ZStream): boolean {
  return (data_type & 0xff) === 128;
}

function isHeader(deflated: Uint8Array): boolean {
  const [method = 0, flags = 0] = deflated;
  return (method & 15) === 8 && method >> 4 <= 7 && (flags & 32) === 0 && (256 * method + flags) % 31 === 0;
}

/** A flush ends in an empty stored block. What ends otherwise is hardly ever whole, and not worth the attempt. */
function endsInFlush(deflated: Uint8Array, from: number): boolean {
  const end = deflated.length;
  return (
    end - from >= 5 &&
    deflated[end - 4] === 0 &&
    deflated[end - 3] === 0 &&
    deflated[end - 2] === 0xff &&
    deflated[end - 1] === 0xff
  );
}

interface Window {
  push(bytes: Uint8Array): void;
  /** The last 32 KiB, as an option of Node's: an empty dictionary is none. */
  asDictionary(): { readonly dictionary?: Uint8Array };
}

function createWindow(): Window {
  let held = new Uint8Array(0);
  let end = 0;
  return {
    push(bytes) {
      const added = bytes.length > WINDOW ? bytes.subarray(bytes.length - WINDOW) : bytes;
      if (end + added.length > held.length) {
        const kept = held.subarray(Math.max(0, end - Math.max(0, WINDOW - added.length)), end);
        // Twice the window: it moves once in so many bytes. Streams that stay short take less.
        const wanted = Math.min(2 * WINDOW, 2 * (kept.length + added.length));
        if (wanted > held.length) {
          const larger = new Uint8Array(wanted);
          larger.set(kept);
          held = larger;
        } else {
          held.set(kept);
        }
        end = kept.length;
      }
      held.set(added, end);
      end += added.length;
    },
    asDictionary: () => (end === 0 ? {} : { dictionary: held.subarray(Math.max(0, end - WINDOW), end) }),
  };
}

/** Node's buffers may share a pool with others': the caller gets an array that shares nothing that is in use. */
function owned(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

let able: boolean | undefined;

/** Whether this host's zlib takes a dictionary for raw data: tried once. */
function isAble(): boolean {
  able ??= attempt();
  return able;
}

function attempt(): boolean {
  try {
    const dictionary = new Uint8Array(300).map((_, i) => i * i);
    const options = { dictionary, finishFlush: constants.Z_SYNC_FLUSH };
    const deflated = deflateRawSync(dictionary, options);
    const inflated = inflateRawSync(deflated, { ...options, maxOutputLength: 300 });
    return deflated.length < 100 && Buffer.compare(inflated, dictionary) === 0;
  } catch {
    return false;
  }
}

const WINDOW = 32768;
const MARK = 16;
const CHUNK = 16384;
/** Node refuses less. */
const LEAST_CHUNK = 64;
/** Fifteen bits of window, no header. */
const RAW = -15;
/** Bytes of Adler-32 after a stream's last block. */
const CHECKSUM = 4;
const FLAGS_BY_LEVEL = [0x01, 0x01, 0x5e, 0x5e, 0x5e, 0x5e, 0x9c, 0xda, 0xda, 0xda];
