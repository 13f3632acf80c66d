/** Fails unless that does, by itself and not because nothing listens: what is for another runtime has to say so. */
export async function failsHere(attempt: () => Promise<unknown>): Promise<void> {
  const outcome = await attempt().then(
    () => "nothing",
    (error: unknown) => (error as Error).message || "an error without a word",
  );
  if (/^nothing|without a word|refused/i.test(outcome)) {
    throw new Error(`Expected a failure of what is for another runtime, got ${outcome}: ${attempt}`);
  }
}

/** Where nothing listens. */
export const NOWHERE = { host: "127.0.0.1", port: 1 } as const;
