import { RfbError } from "./errors.ts";
import type { Input } from "./wire.ts";

/**
 * `pull` over `input`, failing for ever with what it failed with once: nothing after a fault can be trusted, or is kept.
 * Offsets become those of the stream.
 */
export function failingForEver<Event, Argument = void>(
  input: Input,
  pull: (argument: Argument) => Event,
): (argument: Argument) => Event {
  let failure: unknown;
  return (argument) => {
    if (input.hasFailed) throw failure;
    try {
      return pull(argument);
    } catch (error) {
      input.hasFailed = true;
      failure = error instanceof RfbError ? error.rebased(input.base, input.start) : error;
      throw failure;
    }
  };
}
