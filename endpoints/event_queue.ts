/** Events that wait for whoever iterates. Each is waited for by who put it there, so that the queue is as long as they are many. */
export interface EventQueue<Event> extends AsyncIterable<Event> {
  /**
   * Resolves once the event has been dealt with: the reader has come back for the next one, or left. At once where
   * nobody reads.
   */
  put(event: Event): Promise<void>;
  /** Nothing more will come; what waits is dropped. */
  end(): void;
}

/** A queue that nobody reads yet. One may at a time, from the moment that the loop begins. */
export function createEventQueue<Event>(): EventQueue<Event> {
  let waiting: { readonly event: Event; readonly dealtWith: () => void }[] = [];
  let inHand: (() => void) | undefined;
  let wake: (() => void) | undefined;
  let reader: object | undefined;
  let isOver = false;

  return {
    async put(event) {
      if (reader === undefined || isOver) return;
      await new Promise<void>((resolve) => {
        waiting.push({ event, dealtWith: resolve });
        wake?.();
      });
    },
    end() {
      isOver = true;
      drop();
    },
    [Symbol.asyncIterator]() {
      if (reader !== undefined && !isOver) throw new TypeError("Cannot iterate over the events: somebody does already");
      const self = {};
      reader = self;
      return {
        async next() {
          for (;;) {
            if (isOver || reader !== self) return { done: true, value: undefined };
            inHand?.();
            inHand = undefined;
            const first = waiting.shift();
            if (first !== undefined) {
              inHand = first.dealtWith;
              return { done: false, value: first.event };
            }
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        },
        async return() {
          if (reader === self) {
            reader = undefined;
            drop();
          }
          return { done: true, value: undefined };
        },
      };
    },
  };

  function drop(): void {
    const dropped = waiting;
    waiting = [];
    for (const { dealtWith } of dropped) dealtWith();
    inHand?.();
    inHand = undefined;
    wake?.();
  }
}
