/**
 * Bytes that are being written, as many as it takes.
 *
 * @module
 */

/** What was written so far: `bytes[0, length)`. */
export interface Output {
  bytes: Uint8Array;
  length: number;
}

/** An output with room for some bytes to begin with. */
export function createOutput(capacity = 1024): Output {
  return { bytes: new Uint8Array(capacity), length: 0 };
}

/** Makes room for `count` bytes more, which count as written: the answer is where they begin. They are zero. */
export function extend(output: Output, count: number): number {
  const at = output.length;
  output.length += count;
  if (output.length > output.bytes.length) {
    const larger = new Uint8Array(Math.max(output.length, 2 * output.bytes.length));
    larger.set(output.bytes.subarray(0, at));
    output.bytes = larger;
  }
  return at;
}

/** Writes all of `bytes`. */
export function write(output: Output, bytes: Uint8Array): void {
  const at = extend(output, bytes.length);
  output.bytes.set(bytes, at);
}

/** What was written: a view. */
export function writtenOf(output: Output): Uint8Array {
  return output.bytes.subarray(0, output.length);
}
