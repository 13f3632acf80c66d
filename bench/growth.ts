/**
 * How a cost grows with something: the cost of one unit, at one size after the other.
 *
 * @module
 */

import { callsIn, median, type Side, timed } from "./measure.ts";

/** A cost to be measured. */
export interface Curve {
  /** Who has it. */
  readonly what: string;
  /** What grows. */
  readonly along: string;
  /** What a cost is one of. */
  readonly unit: `ns ${"a" | "an"} ${string}`;
  readonly points: readonly Point[];
}

export interface Point {
  /** How large what grows is here. */
  readonly at: string;
  /** Units that a call costs. */
  readonly amount: number;
  readonly expected: number;
  readonly side: Side;
}

/** What came out. */
export interface Growth extends Pick<Curve, "what" | "along" | "unit"> {
  readonly points: readonly {
    readonly at: string;
    /** Median over the rounds, in `unit`. */
    readonly cost: number;
  }[];
}

/** Measures one curve, its points in turns. @throws {Error} a wrong answer */
export async function measureGrowth(curve: Curve, quick: boolean): Promise<Growth> {
  const { what, along, unit, points } = curve;
  const { rounds, milliseconds } = quick ? QUICK : FULL;
  const tasks = points.map((point) => ({ ...point, name: `${what}, ${along} ${point.at}` }));
  const calls: number[] = [];
  for (const task of tasks) calls.push(await callsIn(milliseconds, task));
  const costs: number[][] = points.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, task] of tasks.entries()) {
      costs[i]!.push((1e6 * (await timed(task, calls[i]!))) / (calls[i]! * task.amount));
    }
  }
  return { what, along, unit, points: points.map(({ at }, i) => ({ at, cost: median(costs[i]!) })) };
}

const FULL = { rounds: 7, milliseconds: 60 };
const QUICK = { rounds: 1, milliseconds: 2 };
