import { RfbError } from "./errors.ts";
import type { Input } from "./wire.ts";

/**
 * `pull` over `input`, failing for ever with what it failed with once: nothing after a fault can be trusted, or is kept.
 * Offsets become those of the stream.
 */
export function failingForEver<Arguments extends readonly unknown[], Event>(
  input: Input,
  pull: (...args: Arguments) => Event,
): (...args: Arguments) => Event {
  let failure: unknown;
  return (...args) => {
    if (input.hasFailed) throw failure;
    try {
      return pull(...args);
    } catch (error) {
      input.hasFailed = true;
      failure = error instanceof RfbError ? error.rebased(input.base, input.start) : error;
      throw failure;
    }
  };
}
