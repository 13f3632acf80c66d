/**
 * Errors that nobody catches.
 *
 * @module
 */

/** The one that `act` has for a consequence, and what that gives. The test run, which would fail over it, is not told. */
export async function uncaughtOf<Result>(act: () => Promise<Result>): Promise<[error: unknown, result: Result]> {
  const others = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  try {
    const error = new Promise((resolve) => process.once("uncaughtException", resolve));
    const result = await act();
    return [await error, result];
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const each of others) process.on("uncaughtException", each);
  }
}
