import type { Exchange, ExchangeStep } from "../codec/handshake/exchange.ts";
import type { Input } from "../codec/wire.ts";

/** The step of an exchange that has nothing more to say. */
export const DONE: ExchangeStep = Object.freeze({ type: "done" });

/** An exchange that waits for `make`, then goes on as what it made. */
export function afterwards(make: () => Promise<Exchange>): Exchange {
  let made: Exchange | undefined;
  let failure: unknown;
  let making: Promise<void> | undefined;
  return {
    next(input) {
      if (made !== undefined) return made.next(input);
      if (failure !== undefined) throw failure;
      making ??= make().then(
        (exchange) => {
          made = exchange;
        },
        (error: unknown) => {
          failure = error ?? new Error("rejected without a reason");
        },
      );
      return { type: "wait", until: making };
    },
  };
}

/** An exchange that says its piece, then goes on as `onward`, or is over. */
export function saying(bytes: Uint8Array, onward?: Exchange): Exchange {
  let said = false;
  return {
    next(input) {
      if (said) return onward === undefined ? DONE : onward.next(input);
      said = true;
      return { type: "send", bytes };
    },
  };
}

/** An exchange that reads until `read` answers with how to go on. */
export function reading(read: (input: Input) => Exchange | undefined): Exchange {
  let onward: Exchange | undefined;
  return {
    next(input) {
      onward ??= read(input);
      return onward?.next(input);
    },
  };
}
