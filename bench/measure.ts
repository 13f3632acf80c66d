/**
 * The one way in which everything here is measured: ours and theirs in turns in the same run, so that a busy machine
 * slows both.
 *
 * @module
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Does the work once, and answers with what tells that it was done right. */
export type Once = () => number | Promise<number>;

/** Work on something that is there before the clock starts: made anew for each time. */
export interface Prepared {
  /** Gets everything ready, and answers with the work. */
  prepare(): () => number;
}

/** Work in a process of its own, which keeps its own time. */
export interface Elsewhere {
  /** Does the work so many times, and answers as each of them. */
  run(calls: number): Promise<{ readonly milliseconds: number; readonly answer: number }>;
}

export type Side = Once | Prepared | Elsewhere;

/** Two ways through the same bytes. */
export interface Contest {
  /** The group of rows that it belongs to: a name, and after a comma how it is done. */
  readonly what: string;
  readonly stream: string;
  readonly chunk: string;
  /** What we are measured against. */
  readonly peer: string;
  /** The least ratio wanted, or null. */
  readonly goal: number | null;
  readonly unit: "MB/s" | "Mpx/s" | "events/s" | "connections/s";
  /** Bytes, pixels, events or connections that a call of either side takes. */
  readonly amount: number;
  /** What either side must answer. Checking it is also what keeps the work from being optimised away. */
  readonly expected: number;
  readonly ours: Side;
  readonly theirs: Side;
}

/** What there is no row of, and why. */
export interface LeftOut extends Pick<Contest, "what" | "stream" | "peer"> {
  readonly why: string;
}

/** What came out. */
export interface Row extends Pick<Contest, "what" | "stream" | "chunk" | "peer" | "goal"> {
  /** Of `ours` and `theirs`: a rate, or the memory of one connection. */
  readonly unit: Contest["unit"] | "kB";
  /** Medians over the rounds. */
  readonly ours: number;
  readonly theirs: number;
  /** Median of the rounds' ratios; above 1 we are ahead. */
  readonly ratio: number;
  /** Between the quartiles of the ratios, as a part of `ratio`. */
  readonly spread: number;
  /** What took our time, the most first, where the row falls short. */
  readonly profile?: readonly Leader[] | undefined;
}

/** One of the functions that lead a profile. */
export interface Leader {
  readonly name: string;
  /** From the project's root, `node_modules/` and a package, a module of Node's, or `native`. */
  readonly file: string;
  /** Of the whole time, its part, without what it calls. */
  readonly share: number;
}

/** One side of a contest, or one point of a curve. */
export interface Task {
  /** Whose, for the words of a wrong result. */
  readonly name: string;
  readonly side: Side;
  readonly expected: number;
}

/**
 * Measures one contest. `quick` is one round of milliseconds: it checks as much, and its times mean little.
 *
 * @throws {Error} a side that answers wrongly
 */
export async function measure(contest: Contest, quick: boolean): Promise<Row> {
  const { what, stream, chunk, peer, goal, unit, amount, expected } = contest;
  const { rounds, milliseconds } = quick ? QUICK : FULL;
  const task = (name: "ours" | "theirs"): Task => ({
    name: `${name} against ${peer}, ${stream} in ${chunk}`,
    side: contest[name],
    expected,
  });
  const [our, their] = [task("ours"), task("theirs")];
  const ourCalls = await callsIn(milliseconds, our);
  const theirCalls = await callsIn(milliseconds, their);

  const perCall = unit === "events/s" || unit === "connections/s" ? amount : amount / 1e6;
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let i = 0; i < rounds; i++) {
    ours.push((1000 * perCall * ourCalls) / (await timed(our, ourCalls)));
    theirs.push((1000 * perCall * theirCalls) / (await timed(their, theirCalls)));
  }
  const ratios = ours.map((rate, i) => rate / theirs[i]!);
  return { what, stream, chunk, peer, ours: median(ours), theirs: median(theirs), unit, ...middleOf(ratios), goal };
}

const FULL = { rounds: 11, milliseconds: 100 };
const QUICK = { rounds: 1, milliseconds: 5 };

/** How many calls fill so many milliseconds, found by doubling: the calls that it takes are the warm-up. */
export async function callsIn(milliseconds: number, task: Task): Promise<number> {
  for (let calls = 1; ; calls *= 2) {
    const took = await timed(task, calls);
    if (took >= milliseconds) return Math.max(1, Math.round((calls * milliseconds) / took));
  }
}

/** Told when the clock starts and stops: again and again, where work is prepared. */
export interface Watch {
  start(): void;
  stop(): void;
}

/** Milliseconds that so many calls take. @throws {Error} a wrong answer */
export async function timed(task: Task, calls: number, watch?: Watch): Promise<number> {
  const { side } = task;
  if ("run" in side) {
    watch?.start();
    const { milliseconds, answer } = await side.run(calls);
    watch?.stop();
    check(task, answer);
    return milliseconds;
  }
  if ("prepare" in side) {
    let milliseconds = 0;
    if (!DONE.has(side)) {
      const work = side.prepare();
      check(task, work());
      DONE.set(side, work);
    }
    for (let left = calls; left > 0; left -= AT_ONCE) {
      const works = Array.from({ length: Math.min(left, AT_ONCE) }, () => side.prepare());
      collectGarbage();
      watch?.start();
      const began = performance.now();
      for (const work of works) check(task, work());
      milliseconds += performance.now() - began;
      watch?.stop();
    }
    return milliseconds;
  }
  watch?.start();
  const began = performance.now();
  for (let i = 0; i < calls; i++) {
    const answer = side();
    check(task, typeof answer === "number" ? answer : await answer);
  }
  const milliseconds = performance.now() - began;
  watch?.stop();
  return milliseconds;
}

/** Work of each side that is done, and stays: with the last of its kind would go what V8 has learnt of the kind, and its code. */
const DONE = new WeakMap<Prepared, () => number>();

/** Works that are got ready before the clock is started for them. */
const AT_ONCE = 64;

/** Where the runtime lets us: else what getting ready leaves behind is collected while the clock runs. */
const collectGarbage: () => void = (() => {
  try {
    setFlagsFromString("--expose-gc");
    return runInNewContext("gc");
  } catch {
    return () => {};
  }
})();

function check({ name, expected }: Task, got: number): void {
  if (got !== expected) throw new Error(`Wrong result: ${name}: ${got}, not ${expected}`);
}

/** The ratio of a row, and how far the rounds' ratios are apart. */
export function middleOf(ratios: readonly number[]): Pick<Row, "ratio" | "spread"> {
  const ratio = median(ratios);
  return { ratio, spread: (quantile(ratios, 0.75) - quantile(ratios, 0.25)) / ratio };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = part * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place % 1);
}
