/**
 * The one way in which everything here is measured: ours and theirs in turns in the same run, so that a busy machine
 * slows both.
 *
 * @module
 */

/** Does the work once, and answers with what tells that it was done right. */
export type Once = () => number | Promise<number>;

/** Work in a process of its own, which keeps its own time. */
export interface Elsewhere {
  /** Does the work so many times, and answers as each of them. */
  run(calls: number): Promise<{ readonly milliseconds: number; readonly answer: number }>;
}

export type Side = Once | Elsewhere;

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
  readonly unit: "MB/s" | "Mpx/s" | "events/s";
  /** Bytes, pixels or events that a call of either side takes. */
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
export interface Row extends Pick<Contest, "what" | "stream" | "chunk" | "peer" | "goal" | "unit"> {
  /** Medians over the rounds, in `unit`. */
  readonly ours: number;
  readonly theirs: number;
  /** Median of the rounds' ratios; above 1 we are ahead. */
  readonly ratio: number;
  /** Between the quartiles of the ratios, as a part of `ratio`. */
  readonly spread: number;
}

/**
 * Measures one contest. `quick` is one round of milliseconds: it checks as much, and its times mean little.
 *
 * @throws {Error} a side that answers wrongly
 */
export async function measure(contest: Contest, quick: boolean): Promise<Row> {
  const { what, stream, chunk, peer, goal, unit, amount } = contest;
  const { rounds, milliseconds } = quick ? QUICK : FULL;
  const ourCalls = await warmUp("ours", contest, milliseconds);
  const theirCalls = await warmUp("theirs", contest, milliseconds);

  const perCall = unit === "events/s" ? amount : amount / 1e6;
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let i = 0; i < rounds; i++) {
    ours.push((1000 * perCall * ourCalls) / (await timed("ours", contest, ourCalls)));
    theirs.push((1000 * perCall * theirCalls) / (await timed("theirs", contest, theirCalls)));
  }
  const ratios = ours.map((rate, i) => rate / theirs[i]!);
  const ratio = quantile(ratios, 0.5);
  return {
    what,
    stream,
    chunk,
    peer,
    ours: quantile(ours, 0.5),
    theirs: quantile(theirs, 0.5),
    unit,
    ratio,
    goal,
    spread: (quantile(ratios, 0.75) - quantile(ratios, 0.25)) / ratio,
  };
}

const FULL = { rounds: 11, milliseconds: 100 };
const QUICK = { rounds: 1, milliseconds: 5 };

/** How many calls fill a round, found by doubling: the calls that it takes are the warm-up. */
async function warmUp(side: "ours" | "theirs", contest: Contest, milliseconds: number): Promise<number> {
  for (let calls = 1; ; calls *= 2) {
    const took = await timed(side, contest, calls);
    if (took >= milliseconds) return Math.max(1, Math.round((calls * milliseconds) / took));
  }
}

async function timed(name: "ours" | "theirs", contest: Contest, calls: number): Promise<number> {
  const side = contest[name];
  if (typeof side !== "function") {
    const { milliseconds, answer } = await side.run(calls);
    check(name, contest, answer);
    return milliseconds;
  }
  const began = performance.now();
  for (let i = 0; i < calls; i++) {
    const answer = side();
    check(name, contest, typeof answer === "number" ? answer : await answer);
  }
  return performance.now() - began;
}

function check(name: "ours" | "theirs", { stream, chunk, peer, expected }: Contest, got: number): void {
  if (got === expected) return;
  throw new Error(`Wrong result: ${name} against ${peer}, ${stream} in ${chunk}: ${got}, not ${expected}`);
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = part * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place % 1);
}
