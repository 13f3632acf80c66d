import { RfbError } from "../../codec/errors.ts";

/** The RfbError that `act` throws; anything else that it does is a failure. */
export function errorOf(act: () => unknown): RfbError {
  let value: unknown;
  try {
    value = act();
  } catch (error) {
    if (error instanceof RfbError) return error;
    throw error;
  }
  throw new Error(`Expected an RfbError, got ${JSON.stringify(value)}`);
}
