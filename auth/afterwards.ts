import type { Exchange, ExchangeStep } from "../codec/handshake/exchange.ts";

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

/** An exchange that says its piece, and is over. */
export function saying(bytes: Uint8Array): Exchange {
  let said = false;
  return {
    next() {
      if (said) return DONE;
      said = true;
      return { type: "send", bytes };
    },
  };
}
