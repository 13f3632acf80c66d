/**
 * Zlib streams (RFC 1950) by the host's own zlib, for as long as a connection lives.
 *
 * What `node:zlib` documents is either asynchronous or at an end after one piece. Its streams have a synchronous
 * `writeSync` inside, which Node, Deno and Bun have alike; a host that has none gets pako.
 *
 * @module
 */

import { constants, createDeflate, createInflate as createZlibInflate } from "node:zlib";
import type { Deflater, Inflater } from "../codec/compression.ts";
import {
  checkLevel,
  closable,
  exceeded,
  faithful,
  HELD,
  malformed,
  PRESET,
  createDeflater as portableDeflater,
  createInflater as portableInflater,
  trailing,
} from "./zlib.ts";

/**
 * An inflater for one stream that the host's zlib inflates. Once it has thrown an `RfbError`, it throws the same for
 * ever.
 */
export function createInflater(): Inflater {
  if (!isAble()) return portableInflater();
  const stream = createStream(createZlibInflate({ chunkSize: LEAST_CHUNK }));
  return faithful(nativeRun(stream), stream.close);
}

/** A deflater for one stream. @param level 0 to 9 @throws {RangeError} of any other level */
export function createDeflater(level: number): Deflater {
  checkLevel(level);
  if (!isAble()) return portableDeflater(level);
  const stream = createStream(createDeflate({ level, chunkSize: LEAST_CHUNK }));
  return closable((bytes) => {
    let output = new Uint8Array((bytes.length >> 1) + 64);
    let size = 0;
    let left = bytes.length;
    for (;;) {
      stream.write(bytes, bytes.length - left, left, output, size);
      left = stream.state[IN_LEFT]!;
      size = output.length - stream.state[OUT_LEFT]!;
      if (size < output.length) break;
      // By far more than the six bytes below which a flush would write its mark twice.
      const larger = new Uint8Array(2 * output.length);
      larger.set(output);
      output = larger;
    }
    return output.slice(0, size);
  }, stream.close);
}

function nativeRun(stream: Stream): (deflated: Uint8Array, maximum: number) => Uint8Array {
  let held = new Uint8Array(0);
  return (deflated, maximum) => {
    // One byte above the maximum is what tells too much from enough.
    const most = maximum + 1;
    let output = held.length > 0 ? held : new Uint8Array(Math.min(most, 16 * deflated.length + 512));
    let size = 0;
    let left = deflated.length;
    for (;;) {
      const room = Math.min(output.length, most);
      stream.write(deflated, deflated.length - left, left, output, size, room);
      // Of a piece with a fault no host tells how much came out before it.
      if (stream.fault !== undefined) throw malformed(stream.fault);
      left = stream.state[IN_LEFT]!;
      size = room - stream.state[OUT_LEFT]!;
      if (size > maximum) throw exceeded(maximum);
      if (size < room) break;
      const larger = new Uint8Array(Math.min(most, 4 * output.length));
      larger.set(output);
      output = larger;
    }
    // Only a stream that has ended leaves bytes behind where there was room for more.
    if (left > 0) throw trailing(left);
    held = output.length <= HELD ? output : new Uint8Array(0);
    return output.subarray(0, size);
  };
}

/** What a stream of `node:zlib` has inside. */
interface Handle {
  writeSync(
    flush: number,
    input: Uint8Array,
    from: number,
    length: number,
    output: Uint8Array,
    to: number,
    room: number,
  ): void;
  close(): void;
  onerror: (message: string) => void;
}

interface Stream {
  /** How much room was left in the output by the last write, and how much of the input. */
  readonly state: Uint32Array;
  /** What was wrong with the input, in zlib's words. */
  readonly fault: string | undefined;
  /** Goes on with the input until it is used up, or the output full. */
  write(input: Uint8Array, from: number, length: number, output: Uint8Array, to: number, end?: number): void;
  /** Nothing may be written any more: Node would end the process. */
  close(): void;
}

const OUT_LEFT = 0;
const IN_LEFT = 1;

function createStream(owner: object): Stream {
  // The handle lives on without its owner, by those that can call it.
  const { _handle: handle, _writeState: state } = owner as {
    readonly _handle: Handle;
    readonly _writeState: Uint32Array;
  };
  const heard = listenTo(handle);
  const stream: Stream = {
    state,
    get fault() {
      return heard.fault;
    },
    write(input, from, length, output, to, end = output.length) {
      handle.writeSync(constants.Z_SYNC_FLUSH, input, from, length, output, to, end - to);
    },
    close() {
      UNUSED.unregister(stream);
      handle.close();
    },
  };
  UNUSED.register(stream, handle, stream);
  return stream;
}

/** Hears what is wrong. Here no stream can be seen: the handle keeps what it is given, and must not lead back to its stream. */
function listenTo(handle: Handle): { readonly fault: string | undefined } {
  const heard: { fault: string | undefined } = { fault: undefined };
  handle.onerror = (message) => {
    heard.fault = message === "Missing dictionary" ? PRESET : message;
  };
  return heard;
}

/** Not everybody closes a stream, and Deno frees its memory only then. */
const UNUSED = /* @__PURE__ */ new FinalizationRegistry<Handle>((handle) => handle.close());

let able: boolean | undefined;

/** Whether this host's zlib has what this file takes for granted: tried once. */
function isAble(): boolean {
  able ??= attempt();
  return able;
}

function attempt(): boolean {
  try {
    const said = Uint8Array.from({ length: 300 }, (_, i) => i * i);
    const deflated = new Uint8Array(1000);
    const inflated = new Uint8Array(1000);
    const deflater = createStream(createDeflate({ chunkSize: LEAST_CHUNK }));
    const inflater = createStream(createZlibInflate({ chunkSize: LEAST_CHUNK }));
    deflater.write(said, 0, 300, deflated, 0);
    inflater.write(deflated, 0, 1000 - deflater.state[OUT_LEFT]!, inflated, 0);
    if (inflater.state[OUT_LEFT] !== 700 || said.some((byte, i) => inflated[i] !== byte)) return false;
    inflater.write(new Uint8Array(9).fill(0xff), 0, 9, inflated, 0);
    const { fault } = inflater;
    deflater.close();
    inflater.close();
    return fault !== undefined;
  } catch {
    return false;
  }
}

/** Of the buffer for asynchronous output, which is never used. Node refuses less. */
const LEAST_CHUNK = 64;
