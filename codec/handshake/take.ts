import type { Limits } from "../limits.ts";
import { available, type Input } from "../wire.ts";

/** Takes one message out of the input once it is whole; undefined before. @throws {RfbError} */
export function take<Message>(
  input: Input,
  extentOf: (bytes: Uint8Array, at: number, end: number, limits: Limits) => number,
  decode: (bytes: Uint8Array, at: number) => Message,
  limits: Limits,
): Message | undefined {
  const need = extentOf(input.bytes, input.start, input.end, limits);
  if (available(input) < need) return undefined;
  const message = decode(input.bytes, input.start);
  input.start += need;
  return message;
}
