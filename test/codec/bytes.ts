/** The bytes that a hexadecimal text spells; spaces are free. */
export function hex(text: string): Uint8Array {
  const digits = text.replaceAll(/\s+/g, "");
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new TypeError(`Not hexadecimal: ${text}`);
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** One byte for each character: Latin-1. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function join(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** The number in 4 bytes. */
export function be32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** The number in 2 bytes. */
export function be16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}

/** `bytes` at `at` in a larger array whose other bytes are all `filler`. */
export function embedded(bytes: Uint8Array, at: number, behind: number, filler: number): Uint8Array {
  const larger = new Uint8Array(at + bytes.length + behind).fill(filler);
  larger.set(bytes, at);
  return larger;
}

/** Cut at `points`, in copies: a framer may keep its chunks. */
export function cut(bytes: Uint8Array, ...points: readonly number[]): Uint8Array[] {
  const ends = [...points, bytes.length];
  return ends.map((end, i) => bytes.slice(i === 0 ? 0 : ends[i - 1], end));
}

export function bytewise(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

/** Every way to cut `length` bytes in three, empty pieces among them. */
export function* splitsInThree(length: number): Generator<readonly [number, number]> {
  for (let i = 0; i <= length; i++) {
    for (let j = i; j <= length; j++) yield [i, j];
  }
}
