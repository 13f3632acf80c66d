import { kindOf, minimal } from "./cases.ts";
import { randomOf } from "./random.ts";
import type { Failure, Outcome, Target } from "./target.ts";
import { tried } from "./target.ts";

/** What to try of one target. */
export interface Run {
  readonly seed: number;
  /** The first case, and the distance to the next: several workers share the cases of a target. */
  readonly first: number;
  readonly step: number;
  /** Stops at whichever comes later… */
  readonly cases: number;
  readonly milliseconds: number;
  /** Told before each case, which may never end. */
  readonly began?: (number: number) => void;
  readonly failed?: (failure: Failure) => void | Promise<void>;
}

/** How often each outcome came. */
export type Tally = Partial<Record<Outcome | "failure", number>>;

/** Tries cases of a target: what came of them. Of failures that look alike, only the first is told of. */
export async function runTarget(
  of: Target,
  { seed, first, step, cases, milliseconds, began, failed }: Run,
): Promise<Tally> {
  const tally: Tally = {};
  const known = new Set<string>();
  const until = performance.now() + milliseconds;
  for (let number = first; number < cases || performance.now() < until; number += step) {
    began?.(number);
    const input = of.make(randomOf(seed, of.name, number));
    const outcome = await tried(of, input);
    const name = typeof outcome === "string" ? outcome : "failure";
    tally[name] = (tally[name] ?? 0) + 1;
    if (typeof outcome === "string" || known.has(kindOf(outcome.error))) continue;
    known.add(kindOf(outcome.error));
    const least = await minimal(of, input, outcome.error);
    await failed?.({ target: of.name, number, input: least, error: outcome.error });
    if (known.size >= MOST_KINDS) break;
  }
  return tally;
}

/** A target that fails in so many ways is looked at first. */
const MOST_KINDS = 12;
