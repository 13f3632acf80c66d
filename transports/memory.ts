/**
 * Two transports joined in memory, for tests: no sockets, no clock.
 *
 * @module
 */

import { RfbError } from "../codec/errors.ts";
import type { TlsKind, TlsOptions, TlsSession, Transport } from "./transport.ts";

/** How a pair in memory behaves. */
export interface MemoryOptions {
  /** The most bytes that one read gives: 1 finds the reader that expects a message whole. No bound when absent. */
  readonly chunk?: number | undefined;
  /** A write waits while the other end has more than this many bytes to read; 64 KiB when absent. */
  readonly highWaterMark?: number | undefined;
  /** What `startTls` pretends to carry; it can carry nothing when absent. */
  readonly tlsKinds?: readonly TlsKind[] | undefined;
}

/**
 * Two ends of one connection: what is written to one is read from the other.
 *
 * With `tlsKinds`, both ends have a `startTls` that encrypts nothing and checks no certificate: it
 * resolves once the other end has called it in the other role and for the same kind, and fails as a
 * real one does if bytes in clear are still unread.
 *
 * @throws {RangeError} `chunk` or `highWaterMark` is not a positive integer
 */
export function createMemoryPair(options: MemoryOptions = {}): [Transport, Transport] {
  const settings: Settings = {
    chunk: positive("chunk", options.chunk ?? Number.MAX_SAFE_INTEGER),
    highWaterMark: positive("highWaterMark", options.highWaterMark ?? 64 * 1024),
    tlsKinds: options.tlsKinds ?? [],
  };
  return pairOf(settings);
}

interface Settings {
  readonly chunk: number;
  readonly highWaterMark: number;
  readonly tlsKinds: readonly TlsKind[];
}

/** One direction. */
interface Pipe {
  readonly chunks: Uint8Array[];
  /** Bytes in `chunks`. */
  size: number;
  /** The writer has ended it: undefined follows the last chunk. */
  ended: boolean;
  /** The reader takes no more. */
  cut: boolean;
  wakeReader: (() => void) | undefined;
  readonly writers: (() => void)[];
}

/** Where the two ends meet to start TLS. */
interface Meeting {
  first: { readonly options: TlsOptions; join(other: TlsOptions): Transport } | undefined;
  refuse: ((reason: string) => void) | undefined;
}

function pairOf(settings: Settings, tls?: TlsSession): [Transport, Transport] {
  const [there, back] = [createPipe(), createPipe()];
  const meeting: Meeting = { first: undefined, refuse: undefined };
  return [endOf(back, there, settings, meeting, tls), endOf(there, back, settings, meeting, tls)];
}

function endOf(input: Pipe, output: Pipe, settings: Settings, meeting: Meeting, tls?: TlsSession): Transport {
  let phase: "open" | "closed" | "spent" = "open";
  let successor: Transport | undefined;

  async function read(): Promise<Uint8Array | undefined> {
    checkNotSpent();
    if (input.wakeReader !== undefined) throw new TypeError("Cannot read: another read is pending");
    while (phase === "open" && input.size === 0 && !input.ended) {
      await new Promise<void>((resolve) => {
        input.wakeReader = resolve;
      });
      input.wakeReader = undefined;
    }
    return phase === "open" && input.size > 0 ? take(input, settings) : undefined;
  }

  async function write(bytes: Uint8Array): Promise<void> {
    checkNotSpent();
    if (phase === "closed" || output.ended || output.cut) throw closedError();
    if (bytes.length === 0) return;
    output.chunks.push(bytes.slice()); // the reader's to keep, and the writer may use its array again
    output.size += bytes.length;
    output.wakeReader?.();
    while (output.size > settings.highWaterMark && !output.ended && !output.cut) {
      await new Promise<void>((resolve) => output.writers.push(resolve));
    }
    // After an end the bytes still reach the reader; after a cut nobody reads them.
    if (output.cut) throw closedError();
  }

  async function closeWrite(): Promise<void> {
    checkNotSpent();
    end(output);
  }

  function shut(sendRest: boolean): void {
    meeting.refuse?.("the peer closed the connection");
    successor?.abort();
    if (phase === "closed") return;
    phase = "closed";
    if (!sendRest) cut(output);
    end(output);
    cut(input);
  }

  async function startTls(options: TlsOptions): Promise<Transport> {
    checkNotSpent();
    if (!settings.tlsKinds.includes(options.kind)) throw new TypeError(`Cannot start TLS: no ${options.kind} here`);
    if (input.wakeReader !== undefined) throw new TypeError("Cannot start TLS: a read is pending");
    if (phase === "closed" || input.ended) throw tlsError("the peer closed the connection");
    phase = "spent";
    // Of a handshake that has no bytes nothing can have come yet.
    if (input.size > 0 || (options.role === "server" && options.early !== undefined)) {
      shut(false);
      throw tlsError("the peer sent bytes in clear");
    }
    successor = meeting.first === undefined ? await waitForOther(options) : meeting.first.join(options);
    return successor;
  }

  function waitForOther(options: TlsOptions): Promise<Transport> {
    return new Promise((resolve, reject) => {
      const refuse = (reason: string): RfbError => {
        const error = tlsError(reason);
        reject(error);
        return error;
      };
      meeting.refuse = refuse;
      meeting.first = {
        options,
        join(other) {
          meeting.refuse = undefined;
          if (input.size > 0) throw refuse("the peer sent bytes in clear");
          if (other.role === options.role) throw refuse(`both ends are the ${other.role}`);
          if (other.kind !== options.kind) throw refuse(`one end wants ${options.kind}, the other ${other.kind}`);
          const [mine, theirs] = pairOf({ ...settings, tlsKinds: [] }, { version: "none: in memory" });
          resolve(mine);
          return theirs;
        },
      };
    });
  }

  function checkNotSpent(): void {
    if (phase === "spent") throw new TypeError("Cannot use this transport: TLS took its place");
  }

  return {
    read,
    write,
    closeWrite,
    async close() {
      shut(true);
    },
    abort: () => shut(false),
    tlsKinds: settings.tlsKinds,
    ...(settings.tlsKinds.length > 0 && { startTls }),
    ...(tls !== undefined && { tls }),
    peer: "memory",
  };
}

function createPipe(): Pipe {
  return { chunks: [], size: 0, ended: false, cut: false, wakeReader: undefined, writers: [] };
}

function take(pipe: Pipe, { chunk, highWaterMark }: Settings): Uint8Array {
  const first = pipe.chunks[0]!;
  const bytes = first.length <= chunk ? first : first.slice(0, chunk);
  if (bytes === first) pipe.chunks.shift();
  else pipe.chunks[0] = first.subarray(chunk);
  pipe.size -= bytes.length;
  if (pipe.size <= highWaterMark) wakeWriters(pipe);
  return bytes;
}

function end(pipe: Pipe): void {
  pipe.ended = true;
  pipe.wakeReader?.();
  wakeWriters(pipe);
}

function cut(pipe: Pipe): void {
  pipe.cut = true;
  pipe.chunks.length = pipe.size = 0;
  pipe.wakeReader?.();
  wakeWriters(pipe);
}

function wakeWriters(pipe: Pipe): void {
  for (const wake of pipe.writers.splice(0)) wake();
}

function positive(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${name} must be 1 or more, got ${value}`);
  return value;
}

function closedError(): Error {
  return new Error("Cannot write: the connection is closed");
}

function tlsError(reason: string): RfbError {
  return new RfbError("insecure", "Cannot start TLS", reason);
}
