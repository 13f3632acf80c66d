/**
 * The one way in which everything here is measured: ours and theirs in turns in the same run, so that a busy machine
 * slows both.
 *
 * @module
 */

/** Does the work once, and answers with what tells that it was done right. */
export type Side = () => number | Promise<number>;

/** Two ways through the same bytes. */
export interface Contest {
  readonly stream: string;
  readonly chunk: string;
  /** What we are measured against. */
  readonly peer: string;
  /** The least ratio wanted, or null. */
  readonly goal: number | null;
  readonly unit: "MB/s" | "events/s";
  /** Bytes, or events, that a call of either side takes. */
  readonly amount: number;
  /** What either side must answer. Checking it is also what keeps the work from being optimised away. */
  readonly expected: number;
  readonly ours: Side;
  readonly theirs: Side;
}

/** What came out. */
export interface Row extends Pick<Contest, "stream" | "chunk" | "peer" | "goal" | "unit"> {
  readonly what: string;
  /** Medians over the rounds, in `unit`. */
  readonly ours: number;
  readonly theirs: number;
  /** Median of the rounds' ratios; above 1 we are ahead. */
  readonly ratio: number;
  /** Between the quartiles of the ratios, as a part of `ratio`. */
  readonly spread: number;
}

/**
 * Measures one contest. `quick` trades exactness for a run of milliseconds; it checks as much.
 *
 * @throws {Error} a side that answers wrongly
 */
export async function measure(what: string, contest: Contest, quick: boolean): Promise<Row> {
  const { stream, chunk, peer, goal, unit, amount } = contest;
  const { rounds, milliseconds } = quick ? QUICK : FULL;
  const ourCalls = await warmUp("ours", contest, milliseconds);
  const theirCalls = await warmUp("theirs", contest, milliseconds);

  const perCall = unit === "MB/s" ? amount / 1e6 : amount;
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
const QUICK = { rounds: 3, milliseconds: 5 };

/** How many calls fill a round, found by doubling: the calls that it takes are the warm-up. */
async function warmUp(side: "ours" | "theirs", contest: Contest, milliseconds: number): Promise<number> {
  for (let calls = 1; ; calls *= 2) {
    const took = await timed(side, contest, calls);
    if (took >= milliseconds) return Math.max(1, Math.round((calls * milliseconds) / took));
  }
}

async function timed(side: "ours" | "theirs", contest: Contest, calls: number): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < calls; i++) {
    const answer = contest[side]();
    const got = typeof answer === "number" ? answer : await answer;
    if (got !== contest.expected) {
      const { stream, chunk, peer, expected } = contest;
      throw new Error(`Wrong result: ${side} against ${peer}, ${stream} in ${chunk}: ${got}, not ${expected}`);
    }
  }
  return performance.now() - began;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = part * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place % 1);
}
