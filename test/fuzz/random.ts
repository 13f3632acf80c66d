/** Numbers that are always the same for a seed. */
export interface Random {
  /** 0 to 2³² - 1. */
  u32(): number;
  /** 0 to `count` - 1. */
  below(count: number): number;
  /** `least` to `most`. */
  between(least: number, most: number): number;
  /** Once in so many times. */
  oneIn(count: number): boolean;
  pick<Value>(from: readonly Value[]): Value;
  bytes(length: number): Uint8Array;
}

/** The numbers of one case. Neighbours have nothing in common. */
export function randomOf(seed: number, name: string, number: number): Random {
  let a = seed | 0;
  for (let i = 0; i < name.length; i++) a = Math.imul(a ^ name.charCodeAt(i), 0x01000193);
  let b = number | 0;
  let c = Math.floor(number / 2 ** 32) | 0;
  let counter = 1;

  // sfc32: small, fast, and good enough to find its way through a decoder.
  function u32(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  }
  for (let i = 0; i < 12; i++) u32();

  const below = (count: number): number => Math.floor((u32() / 2 ** 32) * count);
  return {
    u32,
    below,
    between: (least, most) => least + below(most - least + 1),
    oneIn: (count) => below(count) === 0,
    pick: (from) => from[below(from.length)]!,
    bytes(length) {
      const bytes = new Uint8Array(length);
      for (let i = 0; i < length; i++) bytes[i] = u32() >>> 24;
      return bytes;
    },
  };
}
