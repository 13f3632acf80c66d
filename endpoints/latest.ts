/** Events that wait to be read, of each type the newest only: it cannot grow. */
export interface Latest<Event extends { readonly type: string }> {
  add(event: Event): void;
  /** Nothing more will come; with an error, the reader is told once all is read. */
  end(error?: unknown): void;
  /** The next event, or undefined once all is over. Each goes to one reader. */
  next(): Promise<Event | undefined>;
  readonly isOver: boolean;
}

/** Nothing has happened yet. @param whenRead what an event is by the time that it is read */
export function createLatest<Event extends { readonly type: string }>(
  whenRead: (event: Event) => Event = (event) => event,
): Latest<Event> {
  const waiting = new Map<Event["type"], Event>();
  let readers: (() => void)[] = [];
  let isOver = false;
  let failure: unknown;
  const wake = (): void => {
    const woken = readers;
    readers = [];
    for (const reader of woken) reader();
  };
  return {
    add(event) {
      waiting.set(event.type, event);
      wake();
    },
    end(error) {
      isOver = true;
      failure = error;
      wake();
    },
    async next() {
      for (;;) {
        for (const [type, event] of waiting) {
          waiting.delete(type);
          return whenRead(event);
        }
        if (failure !== undefined) throw failure;
        if (isOver) return undefined;
        await new Promise<void>((resolve) => readers.push(resolve));
      }
    },
    get isOver() {
      return isOver;
    },
  };
}
