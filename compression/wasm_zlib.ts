/**
 * Zlib streams by zlib itself in WebAssembly, twice as fast as pako and more, where a host lets us compile it.
 *
 * @module
 */

import { concat } from "@std/bytes";
import type { Compression } from "../codec/compression.ts";
import { ZLIB } from "../vendor/zlib_streams/module.ts";
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

/** What makes streams. */
export type Zlib = Pick<Compression, "createInflater" | "createDeflater">;

/** Zlib, compiled once; undefined where the host does not let us, as Cloudflare Workers and some pages do not. */
export function loadZlib(): Promise<Zlib | undefined> {
  loaded ??= load();
  return loaded;
}

let loaded: Promise<Zlib | undefined> | undefined;

async function load(): Promise<Zlib | undefined> {
  try {
    return createZlib(await WebAssembly.compile(Uint8Array.from(atob(ZLIB), (character) => character.charCodeAt(0))));
  } catch {
    return undefined;
  }
}

function createZlib(module: WebAssembly.Module): Zlib {
  const instances = [instantiate(module)];
  const unused = new FinalizationRegistry<() => void>((end) => end());

  /** One with room for a stream; undefined where there is none, and pako has to do. */
  function withRoom(): Instance | undefined {
    const found = instances.find(({ streams }) => streams < MOST_STREAMS);
    if (found !== undefined || instances.length === MOST_INSTANCES) return found;
    try {
      const made = instantiate(module);
      instances.push(made);
      return made;
    } catch {
      return undefined;
    }
  }

  function hold(owner: Instance, at: number, end: (at: number) => number): Stream {
    owner.streams++;
    const free = freeing(owner, at, end);
    const stream = {
      owner,
      at,
      close() {
        unused.unregister(stream);
        free();
      },
    };
    unused.register(stream, free, stream);
    return stream;
  }

  return {
    createInflater() {
      const owner = withRoom();
      if (owner === undefined) return portableInflater();
      const { inflate_new, inflate_init, inflate_end } = owner.zlib;
      const at = inflate_new();
      inflate_init(at);
      const stream = hold(owner, at, inflate_end);
      return faithful(inflating(stream), stream.close);
    },
    createDeflater(level) {
      checkLevel(level);
      const owner = withRoom();
      if (owner === undefined) return portableDeflater(level);
      const { deflate_new, deflate_init, deflate_end } = owner.zlib;
      const at = deflate_new();
      deflate_init(at, level);
      const stream = hold(owner, at, deflate_end);
      return closable(deflating(stream), stream.close);
    },
  };
}

/** Made where no stream can be seen: what is kept for a stream's end must not lead back to it. */
function freeing(owner: Instance, at: number, end: (at: number) => number): () => void {
  return () => {
    end(at);
    owner.streams--;
  };
}

function inflating(stream: Stream): (deflated: Uint8Array, maximum: number) => Uint8Array {
  const { zlib, bytes, input, output } = stream.owner;
  let held = NONE;
  return (deflated, maximum) => {
    const { at } = stream;
    let inflated = held.length > 0 ? held : new Uint8Array(Math.min(maximum, 4 * deflated.length + 512));
    let size = 0;
    for (let from = 0; from < deflated.length; ) {
      const end = Math.min(deflated.length, from + INPUT);
      bytes.set(deflated.subarray(from, end), input);
      let room = 0;
      for (let next = input; room === 0; ) {
        const result = zlib.inflate_process(at, next, input + end - from - next, output, OUTPUT, Z_SYNC_FLUSH);
        const status = result >> STATUS;
        const produced = result & PRODUCED;
        next += zlib.inflate_last_consumed(at);
        if (size + produced > maximum) throw exceeded(maximum);
        if (status === Z_NEED_DICT) throw malformed(PRESET);
        if (status < 0 && status !== Z_BUF_ERROR) throw malformed(messageOf(stream, status));
        if (size + produced > inflated.length) {
          const larger = new Uint8Array(Math.min(maximum, Math.max(2 * inflated.length, size + produced)));
          larger.set(inflated.subarray(0, size));
          inflated = larger;
        }
        inflated.set(bytes.subarray(output, output + produced), size);
        size += produced;
        const left = deflated.length - from - (next - input);
        if (status === Z_STREAM_END && left > 0) throw trailing(left);
        room = OUTPUT - produced;
      }
      from = end;
    }
    held = inflated.length <= HELD ? inflated : NONE;
    return inflated.subarray(0, size);
  };
}

function deflating(stream: Stream): (piece: Uint8Array) => Uint8Array {
  const { zlib, bytes, input, output } = stream.owner;
  return (piece) => {
    const { at } = stream;
    const parts: Uint8Array[] = [];
    let from = 0;
    do {
      const end = Math.min(piece.length, from + INPUT);
      bytes.set(piece.subarray(from, end), input);
      const flush = end === piece.length ? Z_SYNC_FLUSH : Z_NO_FLUSH;
      let room = 0;
      for (let next = input; room === 0; ) {
        const result = zlib.deflate_process(at, next, input + end - from - next, output, OUTPUT, flush);
        const produced = result & PRODUCED;
        next += zlib.deflate_last_consumed(at);
        if (produced > 0) parts.push(bytes.slice(output, output + produced));
        room = OUTPUT - produced;
      }
      from = end;
    } while (from < piece.length);
    return parts.length === 1 ? parts[0]! : concat(parts);
  };
}

/** What is wrong with a stream, in zlib's words: `z_stream` begins the stream's memory, and `msg` is its seventh word. */
function messageOf({ owner: { bytes }, at }: Stream, status: number): string {
  const message = new DataView(bytes.buffer).getUint32(at + 24, true);
  if (message === 0) return `zlib's status ${status}`;
  return String.fromCharCode(...bytes.subarray(message, bytes.indexOf(0, message)));
}

/** A zlib with a memory of its own, of fixed size. */
interface Instance {
  readonly zlib: Exports;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where all its streams, one at a time, are handed bytes. */
  readonly input: number;
  /** Where they leave theirs. */
  readonly output: number;
  /** How many it has. */
  streams: number;
}

/** What belongs to one is freed when it is closed, or nobody refers to it: whoever uses `at` holds all of it. */
interface Stream {
  readonly owner: Instance;
  /** Where its state is. */
  readonly at: number;
  /** Nothing may use it any more. */
  close(): void;
}

/** What the package's WebAssembly exports. A result has a status in its highest byte, and how many bytes came out below. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  _initialize(): void;
  malloc(length: number): number;
  inflate_new(): number;
  inflate_init(at: number): number;
  inflate_process(at: number, input: number, length: number, output: number, room: number, flush: number): number;
  inflate_last_consumed(at: number): number;
  inflate_end(this: void, at: number): number;
  deflate_new(): number;
  deflate_init(at: number, level: number): number;
  deflate_process(at: number, input: number, length: number, output: number, room: number, flush: number): number;
  deflate_last_consumed(at: number): number;
  deflate_end(this: void, at: number): number;
}

function instantiate(module: WebAssembly.Module): Instance {
  const zlib = new WebAssembly.Instance(module).exports as unknown as Exports;
  zlib._initialize();
  const [input, output] = [zlib.malloc(INPUT), zlib.malloc(OUTPUT)];
  return { zlib, bytes: new Uint8Array(zlib.memory.buffer), input, output, streams: 0 };
}

const STATUS = 24;
const PRODUCED = 0xffffff;
const Z_NO_FLUSH = 0;
const Z_SYNC_FLUSH = 2;
const Z_STREAM_END = 1;
const Z_NEED_DICT = 2;
const Z_BUF_ERROR = -5;

/** Bytes that go in at once. Each stream keeps room for as many. */
const INPUT = 16 * 1024;
/** Bytes that come out at once. Behind each such piece zlib copies its window. */
const OUTPUT = 256 * 1024;
/** Of one instance, which has 16 MB and no more: a deflater takes less than 300 kB, so there is always room for what one wants. */
const MOST_STREAMS = 32;
/**
 * A host has addresses for some thousand instances, and streams that nobody closes are given back only once they are collected
 * and the host has a turn of its own.
 */
const MOST_INSTANCES = 8;
const NONE: Uint8Array<ArrayBuffer> = new Uint8Array(0);
