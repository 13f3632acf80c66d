import { join } from "../codec/bytes.ts";
import type { Random } from "./random.ts";

const BYTES = [0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 63, 64, 127, 128, 129, 130, 136, 144, 160, 192, 254, 255];
const NUMBERS = [0, 1, 2, 255, 256, 257, 32767, 32768, 65535, 65536, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** `bytes` with up to `most` changes, most often one or two; `other` is what a piece may be taken from. Always a copy. */
export function mutated(random: Random, bytes: Uint8Array, other: Uint8Array = bytes, most = 4): Uint8Array {
  let result: Uint8Array = bytes.slice();
  for (let count = Math.min(random.below(most + 1), random.below(most + 1)); count > 0; count--)
    result = changed(random, result, other);
  return result;
}

/** Places to cut `length` bytes at, in order: none, a few, or all of few. */
export function cutsOf(random: Random, length: number): number[] {
  if (length <= 64 && random.oneIn(3)) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: random.below(6) }, () => random.below(length + 1)).sort((one, other) => one - other);
}

function changed(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const { length } = bytes;
  // The beginning says what the rest means.
  const at = random.below(random.oneIn(3) ? Math.min(length, 24) + 1 : length + 1);
  const piece = 1 + random.below(random.oneIn(4) ? 64 : 4);
  switch (random.below(12)) {
    case 0:
    case 1:
    case 10:
      if (at < length) bytes[at]! ^= 1 << random.below(8);
      return bytes;
    case 2:
    case 3:
    case 11:
      if (at < length) bytes[at] = random.oneIn(2) ? random.pick(BYTES) : random.below(256);
      return bytes;
    case 4:
      return join([bytes.subarray(0, at), bytes.subarray(Math.min(length, at + piece))]);
    case 5:
      return join([bytes.subarray(0, at), random.bytes(piece), bytes.subarray(at)]);
    case 6:
      return bytes.slice(0, at);
    case 7: {
      const from = random.below(other.length + 1);
      return join([bytes.subarray(0, at), other.subarray(from, from + piece), bytes.subarray(at)]);
    }
    case 8:
      if (at + 2 <= length) put(bytes, at, 2, numberNear(random, length - at));
      return bytes;
    default:
      if (at + 4 <= length) put(bytes, at, 4, numberNear(random, length - at));
      return bytes;
  }
}

/** What lengths and counts go wrong at. */
function numberNear(random: Random, length: number): number {
  return random.oneIn(2) ? random.pick(NUMBERS) : Math.max(0, length + random.between(-6, 2));
}

function put(bytes: Uint8Array, at: number, size: number, value: number): void {
  for (let i = 0; i < size; i++) bytes[at + i] = Math.floor(value / 2 ** (8 * (size - 1 - i)));
}
