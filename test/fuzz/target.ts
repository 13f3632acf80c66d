import { RfbError, type RfbErrorCode } from "../../codec/errors.ts";
import { forgetAllocations } from "./allocations.ts";
import type { Random } from "./random.ts";

/** How a case may end; anything else that is thrown is a failure. */
export type Outcome = "value" | RfbErrorCode;

/** One thing that is tried with many inputs. */
export interface Target<Case = unknown> {
  readonly name: string;
  /** Cases that the test runs: fewer where one takes long. */
  readonly usual?: number;
  /** An input: plain data and `Uint8Array`s, so that it can be kept in a file. */
  make(random: Random): Case;
  /** Tries it. @throws whatever is found; an `RfbError` only where none may be */
  check(input: Case): Outcome | Promise<Outcome>;
}

/** Widened, so that one loop can run over all of them. */
export function target<Case>(of: Target<Case>): Target {
  return of as Target;
}

/** A case that went wrong. */
export interface Failure {
  readonly target: string;
  /** Undefined: it came from a file. */
  readonly number: number | undefined;
  readonly input: unknown;
  readonly error: unknown;
}

/** Tries an input: its outcome, or what was thrown. */
export async function tried(of: Target, input: unknown): Promise<Outcome | { readonly error: unknown }> {
  forgetAllocations();
  try {
    const outcome = of.check(input);
    // Most are there at once, and a turn of the event loop for each would cost more than the case.
    return typeof outcome === "string" ? outcome : await outcome;
  } catch (error) {
    return { error };
  }
}

/** What `act` answers, or the RfbError that it throws. @throws whatever else it throws */
export function settled<Value>(act: () => Value): Value | RfbError {
  try {
    return act();
  } catch (error) {
    if (error instanceof RfbError) return error;
    throw error;
  }
}

export function outcomeOf(value: unknown): Outcome {
  return value instanceof RfbError ? value.code : "value";
}

/** @throws {Error} where it is not so */
export function expect(isSo: boolean, otherwise: string | (() => string)): void {
  if (!isSo) throw new Error(typeof otherwise === "string" ? otherwise : otherwise());
}

/** @throws {Error} where `act` changes one of the arrays that it is handed */
export function untouched<Value>(arrays: readonly Uint8Array[], act: () => Value): Value {
  const copies = arrays.map((array) => array.slice());
  try {
    return act();
  } finally {
    for (const [i, array] of arrays.entries()) expect(isEqual(array, copies[i]), "It writes into what it reads");
  }
}

/** Whether both say the same: plain data, typed arrays, RfbErrors by code. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (one instanceof RfbError) return other instanceof RfbError && one.code === other.code;
  if (ArrayBuffer.isView(one)) {
    if (!ArrayBuffer.isView(other)) return false;
    const [ones, others] = [one as Uint8Array, other as Uint8Array];
    if (ones.length !== others.length) return false;
    for (let i = 0; i < ones.length; i++) if (ones[i] !== others[i]) return false;
    return true;
  }
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => isEqual((one as Readonly<Record<string, unknown>>)[key], (other as never)[key]));
}
