/** Wakes one waiter. A ring that nobody waits for is kept for the next one. */
export interface Alarm {
  ring(): void;
  wait(): Promise<void>;
}

/** It has not rung. */
export function createAlarm(): Alarm {
  let hasRung = false;
  let wake = (): void => {};
  return {
    ring() {
      hasRung = true;
      wake();
    },
    async wait() {
      if (!hasRung) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      hasRung = false;
    },
  };
}
