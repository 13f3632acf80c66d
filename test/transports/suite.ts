/**
 * What every transport has to do, run over pairs of each.
 *
 * @module
 */

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Transport } from "../../transports/transport.ts";

/** Makes connected pairs. */
export interface Pairs {
  /** Two ends of a new connection. */
  connect(): Promise<[Transport, Transport]>;
  stop?(): Promise<void>;
}

export interface SuiteOptions {
  /**
   * The most that writes may take while nobody reads, in bytes: our buffers and the operating system's. Absent where a
   * receiver has no way to hold its sender back.
   */
  readonly bound?: number;
}

const MEGABYTE = 1024 * 1024;

export function describeTransport(name: string, open: () => Promise<Pairs>, options: SuiteOptions): void {
  describe(name, () => {
    let pairs: Pairs;
    const transports: Transport[] = [];

    beforeAll(async () => {
      pairs = await open();
    });
    afterEach(() => {
      for (const transport of transports.splice(0)) transport.abort();
    });
    afterAll(() => pairs.stop?.());

    async function connect(): Promise<[Transport, Transport]> {
      const pair = await pairs.connect();
      transports.push(...pair);
      return pair;
    }

    it("carries bytes both ways", async () => {
      const [a, b] = await connect();
      await a.write(Uint8Array.of(1, 2, 3));
      expect(await readExactly(b, 3)).toEqual(Uint8Array.of(1, 2, 3));
      await b.write(Uint8Array.of(4));
      expect(await readExactly(a, 1)).toEqual(Uint8Array.of(4));
    });

    it("gives arrays whose slice is a copy", async () => {
      const [a, b] = await connect();
      await a.write(Uint8Array.of(1, 2));
      const bytes = await b.read();
      expect(bytes!.constructor).toBe(Uint8Array);
    });

    it("keeps 5 MB each way whole and in order", async () => {
      const [a, b] = await connect();
      const size = 5 * MEGABYTE;
      await Promise.all([
        send(a, size, 1, [1, 1460, 65536, 300_000]),
        send(b, size, 2, [4096, 17, 100_000]),
        check(b, size, 1),
        check(a, size, 2),
      ]);
    });

    it("takes a write larger than any buffer", async () => {
      const [a, b] = await connect();
      const pieces = MEGABYTE; // as WebSockets bound a message
      await Promise.all([send(a, 4 * pieces, 3, [pieces]), check(b, 4 * pieces, 3)]);
    });

    it("takes an empty write and gives no empty read", async () => {
      const [a, b] = await connect();
      await a.write(new Uint8Array(0));
      await a.write(Uint8Array.of(7));
      expect(await b.read()).toEqual(Uint8Array.of(7));
    });

    const unless = options.bound === undefined ? " (not run: its receivers cannot hold their senders back)" : "";
    it.skipIf(unless !== "")(`stops the writer while nobody reads, and loses nothing${unless}`, async () => {
      const [a, b] = await connect();
      const piece = 16 * 1024;
      let taken = 0;
      let stop = false;
      const writing = (async () => {
        while (!stop) {
          await a.write(pattern(taken, piece, 4));
          taken += piece;
        }
      })();
      const stalled = await steady(() => taken);
      expect(stalled).toBeLessThan(options.bound!);
      if (process.env.MEASURE !== undefined) console.log(`${name}: a writer stalls after ${stalled} bytes`);
      stop = true;
      await Promise.all([writing, check(b, stalled + piece, 4)]);
    });

    it("ends reads with undefined once the peer has closed, after what was sent", async () => {
      const [a, b] = await connect();
      const size = 64 * 1024;
      await a.write(pattern(0, size, 5));
      const reading = check(b, size, 5);
      await a.close();
      await reading;
      expect(await b.read()).toBeUndefined();
      expect(await b.read()).toBeUndefined();
    });

    it("sends what was written before it closes, also where writing waits", async () => {
      const [a, b] = await connect();
      const size = 3 * MEGABYTE;
      const writing = Promise.allSettled([a.write(pattern(0, MEGABYTE, 6)), a.write(pattern(MEGABYTE, MEGABYTE, 6))]);
      const last = a.write(pattern(2 * MEGABYTE, MEGABYTE, 6)).catch(() => {});
      const closing = a.close();
      await check(b, size, 6);
      await Promise.all([writing, last, closing]);
      expect(await b.read()).toBeUndefined();
    });

    it("sends what was written although the peer has sent bytes that nobody read", async () => {
      const [a, b] = await connect();
      await b.write(pattern(0, 50_000, 7));
      const size = 200_000;
      const writing = a.write(pattern(0, size, 8));
      const closing = a.close();
      await check(b, size, 8);
      await Promise.all([writing, closing]);
    });

    it("ends a pending read at close, and later reads", async () => {
      const [a] = await connect();
      const reading = a.read();
      const closing = a.close();
      expect(await reading).toBeUndefined();
      expect(await a.read()).toBeUndefined();
      await closing;
      await a.close();
    });

    it("ends a pending read at abort, and later reads", async () => {
      const [a, b] = await connect();
      const reading = a.read();
      a.abort();
      expect(await reading).toBeUndefined();
      expect(await a.read()).toBeUndefined();
      await a.close();
      a.abort();
      expect(await b.read().catch(() => undefined)).toBeUndefined();
    });

    it("forgets unread bytes at abort", async () => {
      const [a, b] = await connect();
      await b.write(pattern(0, 1000, 1));
      await a.read();
      await b.write(pattern(0, 1000, 1));
      a.abort();
      expect(await a.read()).toBeUndefined();
    });

    it("rejects a waiting write at abort, and later writes", async () => {
      const [a] = await connect();
      const writing = stall(a);
      await steady(() => 0);
      a.abort();
      await expect(writing).rejects.toThrow("Cannot write");
      await expect(a.write(Uint8Array.of(1))).rejects.toThrow("Cannot write");
    });

    it("rejects a waiting write when the peer breaks the connection", async () => {
      const [a, b] = await connect();
      const writing = stall(a);
      await steady(() => 0);
      b.abort();
      await expect(writing).rejects.toThrow();
      await expect(a.write(Uint8Array.of(1))).rejects.toThrow();
      // A reset is an error to some and an end to others, but never a wait.
      await a.read().catch(() => undefined);
    });

    it("refuses a second read at once, and the first goes on", async () => {
      const [a, b] = await connect();
      const reading = a.read();
      await expect(a.read()).rejects.toThrow(TypeError);
      await b.write(Uint8Array.of(9));
      expect(await reading).toEqual(Uint8Array.of(9));
    });

    it("rejects writes after close", async () => {
      const [a] = await connect();
      await a.close();
      await expect(a.write(Uint8Array.of(1))).rejects.toThrow("Cannot write");
    });

    it("survives both ends closing at once", async () => {
      const [a, b] = await connect();
      await Promise.all([a.close(), b.close()]);
      expect(await a.read()).toBeUndefined();
      expect(await b.read()).toBeUndefined();
    });

    it("ends one direction and goes on with the other, where it can", async () => {
      const [a, b] = await connect();
      if (a.closeWrite === undefined) return;
      await a.write(Uint8Array.of(1));
      await a.closeWrite();
      expect(await readExactly(b, 1)).toEqual(Uint8Array.of(1));
      expect(await b.read()).toBeUndefined();
      await expect(a.write(Uint8Array.of(1))).rejects.toThrow("Cannot write");
      await Promise.all([send(b, MEGABYTE, 9, [10_000]), check(a, MEGABYTE, 9)]);
      await b.close();
      expect(await a.read()).toBeUndefined();
    });
  });
}

/** Bytes [at, at + length) of an endless stream that repeats with no round period. */
export function pattern(at: number, length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = ((at + i) * 7 + seed * 31 + Math.floor((at + i) / 251)) & 255;
  return bytes;
}

async function send(to: Transport, size: number, seed: number, lengths: readonly number[]): Promise<void> {
  for (let at = 0, i = 0; at < size; i++) {
    const length = Math.min(lengths[i % lengths.length]!, size - at);
    await to.write(pattern(at, length, seed));
    at += length;
  }
}

/** Reads `size` bytes of the pattern. */
async function check(from: Transport, size: number, seed: number): Promise<void> {
  for (let at = 0; at < size; ) {
    const bytes = await from.read();
    if (bytes === undefined) throw new Error(`The connection ended at ${at} of ${size}`);
    if (Buffer.compare(bytes, pattern(at, bytes.length, seed)) !== 0) throw new Error(`Wrong bytes at ${at}`);
    at += bytes.length;
    if (at > size) throw new Error(`${at - size} bytes too many`);
  }
}

export async function readExactly(from: Transport, size: number): Promise<Uint8Array> {
  const whole = new Uint8Array(size);
  for (let at = 0; at < size; ) {
    const bytes = await from.read();
    if (bytes === undefined) throw new Error(`The connection ended at ${at} of ${size}`);
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}

/** Writes until a write waits for ever; rejects as that one does. */
async function stall(to: Transport): Promise<void> {
  for (;;) await to.write(new Uint8Array(64 * 1024));
}

/** The value once it has not changed for a while. */
async function steady(value: () => number): Promise<number> {
  for (let last = -1; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    if (value() === last) return last;
    last = value();
  }
}
