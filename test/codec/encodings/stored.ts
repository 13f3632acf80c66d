import { be32, hex, join } from "../bytes.ts";

/** A length and zlib data that holds the bytes as they are: the first of its stream, or a later one. */
export function stored(bytes: Uint8Array, isFirst = true): Uint8Array {
  const { length } = bytes;
  if (length > 0xffff) throw new RangeError(`Cannot store ${length} bytes in one block`);
  const size = Uint8Array.of(0, length, length >> 8, ~length, ~length >> 8);
  const data = join([hex(isFirst ? "7801" : ""), size, bytes, hex("00 0000 ffff")]);
  return join([be32(data.length), data]);
}
