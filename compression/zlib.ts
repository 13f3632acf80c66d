/**
 * Zlib streams (RFC 1950) by pako: the same in every runtime.
 *
 * @module
 */

import {
  Z_BUF_ERROR,
  Z_NEED_DICT,
  Z_STREAM_END,
  Z_SYNC_FLUSH,
  ZStream,
  zlibDeflate,
  zlibDeflateInit,
  zlibInflate,
  zlibInflateInit,
} from "pako";
import type { Deflater, Inflater } from "../codec/compression.ts";
import { RfbError } from "../codec/errors.ts";

/**
 * An inflater for one stream that pako inflates. Once it has thrown an {@link RfbError}, it throws the same for ever:
 * what follows in the stream cannot be read.
 */
export function createInflater(): Inflater {
  const stream = new ZStream();
  zlibInflateInit(stream);
  return faithful(pakoRun(stream), nothingToFree);
}

function pakoRun(stream: ZStream): (deflated: Uint8Array, maximum: number) => Uint8Array {
  let held = NONE;
  return (deflated, maximum) => {
    const most = maximum + SPARE;
    let output = held.length > 0 ? held : new Uint8Array(Math.min(most, 4 * deflated.length + 512));
    let size = 0;
    stream.input = deflated;
    stream.next_in = 0;
    stream.avail_in = deflated.length;
    for (;;) {
      stream.output = output;
      stream.next_out = size;
      stream.avail_out = Math.min(output.length, most) - size;
      const status = zlibInflate(stream, Z_SYNC_FLUSH);
      size = stream.next_out;
      if (size > maximum) throw exceeded(maximum);
      if (status === Z_NEED_DICT) throw malformed(PRESET);
      if (status < 0 && status !== Z_BUF_ERROR) throw malformed(stream.msg || `pako's status ${status}`);
      if (status === Z_STREAM_END && stream.avail_in > 0) throw trailing(stream.avail_in);
      if (status === Z_STREAM_END || stream.avail_out > 0) break;
      const larger = new Uint8Array(Math.min(most, 2 * output.length));
      larger.set(output);
      output = larger;
    }
    stream.input = stream.output = NONE;
    held = output.length <= HELD ? output : NONE;
    return output.subarray(0, size);
  };
}

/** An inflater of what `run` does, with its arguments checked and its first fault repeated for ever; `free` is called once. */
export function faithful(run: (deflated: Uint8Array, maximum: number) => Uint8Array, free: () => void): Inflater {
  let fault: RfbError | undefined;
  let isClosed = false;
  return {
    inflate(deflated, maximum) {
      if (!Number.isSafeInteger(maximum) || maximum < 0) {
        throw new RangeError(`Cannot inflate: the maximum must be a count of bytes, got ${maximum}`);
      }
      if (isClosed) throw new TypeError("Cannot inflate: the inflater is closed");
      if (fault !== undefined) throw fault;
      if (deflated.length === 0) return NONE;
      try {
        return run(deflated, maximum);
      } catch (error) {
        if (error instanceof RfbError) fault = error;
        throw error;
      }
    },
    close() {
      if (!isClosed) free();
      isClosed = true;
    },
  };
}

/** A deflater for one stream. @param level 0 to 9 @throws {RangeError} of any other level */
export function createDeflater(level: number): Deflater {
  checkLevel(level);
  const stream = new ZStream();
  zlibDeflateInit(stream, level);
  return closable((bytes) => {
    stream.input = bytes;
    stream.next_in = 0;
    stream.avail_in = bytes.length;
    let output = new Uint8Array((bytes.length >> 1) + 64);
    let size = 0;
    for (;;) {
      stream.output = output;
      stream.next_out = size;
      stream.avail_out = output.length - size;
      zlibDeflate(stream, Z_SYNC_FLUSH);
      size = stream.next_out;
      if (stream.avail_out > 0) break;
      // By far more than the six bytes below which a flush would write its mark twice.
      const larger = new Uint8Array(2 * output.length);
      larger.set(output);
      output = larger;
    }
    stream.input = stream.output = NONE;
    return output.slice(0, size);
  }, nothingToFree);
}

/** A deflater of what `run` does; `free` is called once. */
export function closable(run: (bytes: Uint8Array) => Uint8Array, free: () => void): Deflater {
  let isClosed = false;
  return {
    deflate(bytes) {
      if (isClosed) throw new TypeError("Cannot deflate: the deflater is closed");
      return run(bytes);
    },
    close() {
      if (!isClosed) free();
      isClosed = true;
    },
  };
}

function nothingToFree(): void {}

/** @throws {RangeError} unless it is an integer from 0 to 9 */
export function checkLevel(level: number): void {
  if (!Number.isInteger(level) || level < 0 || level > 9) {
    throw new RangeError(`Cannot deflate: the level must be 0 to 9, got ${level}`);
  }
}

/** What is wrong with a stream. */
export function malformed(reason: string): RfbError {
  return new RfbError("malformed", ACT, reason);
}

/** What is wrong with a stream that wants to be told what it refers to: no server's does. */
export const PRESET = "it needs a preset dictionary";

/** Something follows the stream's end. */
export function trailing(bytes: number): RfbError {
  return malformed(`${bytes} bytes after its end`);
}

/** Too much comes out. */
export function exceeded(maximum: number): RfbError {
  return new RfbError("limit", ACT, `more than ${maximum} bytes come out`);
}

const ACT = "Cannot inflate a zlib stream";
const NONE: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/**
 * Bytes of room above the maximum. One would tell too much from enough, but only with more room than the longest match
 * takes does pako copy without looking where the room ends.
 */
const SPARE = 512;

/** Bytes that a stream keeps for its next output: most rectangles are smaller, and a connection has six streams. */
export const HELD: number = 2 << 20;
