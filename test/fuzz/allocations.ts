// What is asked of memory, counted where it is asked for: whoever waits for the collector to tell sees a claim of
// gigabytes only if it happens to look in time. Views, copies by `slice` and what libraries do in WebAssembly do not count.

let largest = 0;
let total = 0;

/** From here on, typed arrays that are made with a length count. The answer undoes it. */
export function countAllocations(): () => void {
  const undo = KINDS.map((name) => {
    const original = globalThis[name];
    Object.assign(globalThis, { [name]: counting(original as unknown as Kind) });
    return () => Object.assign(globalThis, { [name]: original });
  });
  return () => {
    for (const each of undo) each();
  };
}

/** Forgets what was asked for so far. */
export function forgetAllocations(): void {
  largest = total = 0;
}

/** @throws {Error} where more bytes were asked for since, at once or in sum */
export function expectAllocations(most: number, mostInAll = 64 * most): void {
  if (largest > most) throw new Error(`It asks for ${largest} bytes at once: at most ${most} make sense`);
  if (total > mostInAll) throw new Error(`It asks for ${total} bytes in all: at most ${mostInAll} make sense`);
}

const KINDS = ["ArrayBuffer", "Uint8Array", "Uint16Array", "Uint32Array", "Int16Array", "Int32Array"] as const;

interface Kind {
  readonly BYTES_PER_ELEMENT?: number;
  readonly prototype: object;
  new (first: unknown, second?: unknown, third?: unknown): object;
}

function counting(Original: Kind): unknown {
  const size = Original.BYTES_PER_ELEMENT ?? 1;
  // A function and no class: what it makes is to be the original's, `subarray` and all.
  function Counting(first: unknown, second?: unknown, third?: unknown): object {
    if (typeof first === "number") {
      const bytes = first * size;
      total += bytes;
      if (bytes > largest) largest = bytes;
      return new Original(first);
    }
    return first === undefined ? new Original(0) : new Original(first, second, third);
  }
  Counting.prototype = Original.prototype;
  return Object.setPrototypeOf(Counting, Original);
}
