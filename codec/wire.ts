/**
 * Numbers on the wire, and the bytes that have arrived but were not read yet.
 * Everything is big-endian, RFC 6143 §7; only pixel values are not.
 *
 * @module
 */

import { RfbError } from "./errors.ts";

/** Reads an unsigned byte. @throws {RfbError} `truncated` */
export function u8(bytes: Uint8Array, at: number): number {
  const value = bytes[at];
  if (value === undefined) throw truncated(bytes, at, 1);
  return value;
}

/** Reads 2 bytes, unsigned. @throws {RfbError} `truncated` */
export function u16(bytes: Uint8Array, at: number): number {
  const low = bytes[at + 1];
  if (low === undefined) throw truncated(bytes, at, 2);
  return (bytes[at]! << 8) | low;
}

/** Reads 4 bytes, signed. @throws {RfbError} `truncated` */
export function s32(bytes: Uint8Array, at: number): number {
  const low = bytes[at + 3];
  if (low === undefined) throw truncated(bytes, at, 4);
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | low;
}

/** Reads 4 bytes, unsigned. @throws {RfbError} `truncated` */
export function u32(bytes: Uint8Array, at: number): number {
  return s32(bytes, at) >>> 0;
}

/** The `length` bytes at `at`: a view, not a copy. @throws {RfbError} `truncated` */
export function view(bytes: Uint8Array, at: number, length: number): Uint8Array {
  if (at + length > bytes.length) throw truncated(bytes, at, length);
  return bytes.subarray(at, at + length);
}

/** Writes an unsigned byte. @throws {RangeError} outside 0 to 255 */
export function putU8(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = fitting(value, 0, 0xff);
}

/** Writes 2 bytes, unsigned. @throws {RangeError} outside 0 to 65535 */
export function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = fitting(value, 0, 0xffff) >> 8;
  bytes[at + 1] = value;
}

/** Writes 4 bytes, unsigned. @throws {RangeError} outside 0 to 4294967295 */
export function putU32(bytes: Uint8Array, at: number, value: number): void {
  put32(bytes, at, fitting(value, 0, 0xffffffff));
}

/** Writes 4 bytes, signed. @throws {RangeError} outside -2147483648 to 2147483647 */
export function putS32(bytes: Uint8Array, at: number, value: number): void {
  put32(bytes, at, fitting(value, -0x80000000, 0x7fffffff));
}

/** Received bytes in `bytes[start, end)`; what lies outside is spent or not filled yet. */
export interface Input {
  /** Received, or room for what is to come. */
  bytes: Uint8Array;
  /** That of `bytes`, which takes long to be asked for. */
  buffer: ArrayBufferLike;
  /** That of `bytes`, as well. */
  byteOffset: number;
  /** Of framers: where the last event begins. */
  from: number;
  /** Where what was not read yet begins. */
  start: number;
  /** Where it ends. */
  end: number;
  /** Where `bytes[0]` stands in the stream. */
  base: number;
  /** A fault was found in it: what comes after that is not kept. */
  hasFailed: boolean;
}

/** An input that nothing has arrived in. */
export function createInput(): Input {
  return { bytes: EMPTY, buffer: EMPTY.buffer, byteOffset: 0, from: 0, start: 0, end: 0, base: 0, hasFailed: false };
}

/** How many bytes are there to read. */
export function available(input: Input): number {
  return input.end - input.start;
}

/**
 * Adds a chunk. With nothing held, the chunk itself becomes the input; otherwise it is copied
 * behind what is held, into a carry that doubles, so that a message in single bytes costs linear
 * time. Nothing before `end` is ever written to: views handed out earlier stay as they were.
 */
export function append(input: Input, chunk: Uint8Array): void {
  if (input.hasFailed) return;
  const held = input.end - input.start;
  if (held === 0) {
    input.base += input.end;
    become(input, chunk, 0, chunk.length);
    return;
  }
  if (input.end + chunk.length > input.bytes.length) {
    const carry = new Uint8Array(Math.max(2 * (held + chunk.length), MINIMUM_CARRY));
    carry.set(input.bytes.subarray(input.start, input.end));
    input.base += input.start;
    become(input, carry, 0, held);
  }
  input.bytes.set(chunk, input.end);
  input.end += chunk.length;
}

/** Makes `bytes[start, end)` what is there. */
export function become(input: Input, bytes: Uint8Array, start: number, end: number): void {
  input.bytes = bytes;
  ({ buffer: input.buffer, byteOffset: input.byteOffset } = bytes);
  input.start = start;
  input.end = end;
}

/** What was read from `from` on: the chunk, if it is all of it, or a view, which `subarray` takes twice as long to make. */
export function readFrom({ bytes, buffer, byteOffset, start }: Input, from: number): Uint8Array {
  if (from === 0 && start === bytes.length) return bytes;
  return new Uint8Array(buffer, byteOffset + from, start - from);
}

/** Takes all that is there, as a view, and leaves the input empty. */
export function drain(input: Input): Uint8Array {
  const rest = input.bytes.subarray(input.start, input.end);
  input.start = input.end;
  return rest;
}

const EMPTY: Uint8Array = new Uint8Array(0);
/** So small that engines keep it in their own heap. */
const MINIMUM_CARRY = 64;

function put32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function fitting(value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`Cannot write ${value}: not an integer from ${least} to ${most}`);
  }
  return value;
}

function truncated(bytes: Uint8Array, at: number, length: number): RfbError {
  return new RfbError("truncated", "Cannot read a field", `${Math.max(0, bytes.length - at)} bytes of ${length}`, {
    offset: at,
  });
}
