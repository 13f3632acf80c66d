import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { argumentsOf } from "../arguments.ts";
import { countAllocations } from "./allocations.ts";
import { saveText, textOf } from "./cases.ts";
import { randomOf } from "./random.ts";
import type { Tally } from "./run.ts";
import { tried } from "./target.ts";
import { TARGETS } from "./targets/mod.ts";
import type { Order, Report } from "./worker.ts";

// `npm run fuzz [-- --seconds N | --cases N] [--target NAME]… [--seed S [--case N]] [--workers N]`: every target in turn, or
// those whose names begin so. A failure is made smaller, and kept in test/fixtures/fuzz, where the test tries it for ever.

/** A case of the slowest target takes a tenth of a second. */
const PATIENCE = 30_000;
const USAGE =
  "npm run fuzz -- [--seconds N | --cases N] [--target NAME]… [--seed S [--case N]] [--workers N] [--list names the targets]";

const { values } = argumentsOf(USAGE, {
  options: {
    seconds: { type: "string" },
    cases: { type: "string", default: "0" },
    target: { type: "string", multiple: true },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    case: { type: "string" },
    workers: { type: "string", default: String(availableParallelism()) },
    list: { type: "boolean" },
  },
});
const seed = numberOf("seed", values.seed);
const cases = numberOf("cases", values.cases);
const seconds = numberOf("seconds", values.seconds ?? (cases > 0 ? "0" : "10"));
const crewSize = Math.max(1, numberOf("workers", values.workers));
const targets = TARGETS.filter(({ name }) => values.target?.some((wanted) => name.startsWith(wanted)) ?? true);
if (targets.length === 0) stop(`No target ${values.target}: there are ${TARGETS.map(({ name }) => name).join(", ")}`);
if (values.list === true) {
  console.log(targets.map(({ name }) => name).join("\n"));
} else if (values.case !== undefined) {
  await reproduce(numberOf("case", values.case));
} else {
  await runAll();
}

/** What a target came to. */
interface Result {
  readonly name: string;
  readonly tally: Tally;
  readonly seconds: number;
}

async function runAll(): Promise<void> {
  const workers = Array.from({ length: crewSize }, (_, index) => crew(index));
  const results: Result[] = [];
  for (const { name } of targets) {
    const began = performance.now();
    const progress = process.stderr.isTTY ? setInterval(() => show(name, began, workers), 500) : undefined;
    const tallies = await Promise.all(workers.map((worker) => worker.run(name)));
    clearInterval(progress);
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    const result = { name, tally: sumOf(tallies), seconds: (performance.now() - began) / 1000 };
    results.push(result);
    console.log(rowOf(result));
  }
  for (const worker of workers) await worker.end();
  const failing = results.filter(({ tally }) => tally.failure !== undefined);
  if (failing.length > 0) console.log(["", "Failing:", ...failing.map(rowOf), ""].join("\n"));
  const failures = results.reduce((sum, { tally }) => sum + (tally.failure ?? 0), 0);
  const all = results.reduce((sum, { tally }) => sum + countOf(tally), 0);
  console.log(`${results.length} targets, ${all} cases, ${failures} failures, seed ${seed}`);
  process.exitCode = failures > 0 ? 1 : 0;
}

/** A worker, and one in its place when a case takes it away for good. */
function crew(index: number) {
  const shared = new SharedArrayBuffer(16);
  const progress = new Float64Array(shared);
  let worker: Worker | undefined;

  function start(): Promise<Worker> {
    // A thread does not take over what makes its parent read TypeScript.
    const url = JSON.stringify(new URL("./worker.ts", import.meta.url));
    const code = `import("tsx/esm/api").then(({ register }) => (register(), import(${url})))`;
    const started = new Worker(code, { eval: true, workerData: { progress: shared } });
    return new Promise((resolve, reject) => {
      started.once("message", () => resolve(started));
      started.once("error", reject);
    });
  }

  return {
    tried: () => progress[1]!,
    async end(): Promise<void> {
      await worker?.terminate();
    },
    async run(target: string): Promise<Tally> {
      const tallies: Tally[] = [];
      worker ??= await start();
      const until = performance.now() + 1000 * seconds;
      const order = { target, seed, step: crewSize, cases, first: index };
      for (let first = index; ; ) {
        worker ??= await start();
        const milliseconds = Math.max(0, until - performance.now());
        const { tally, lost } = await watched(worker, { ...order, first, milliseconds }, progress);
        tallies.push(tally);
        if (!lost) return sumOf(tallies);
        await worker.terminate();
        worker = undefined;
        first = progress[0]! + crewSize;
      }
    },
  };
}

/** Has a worker try a target, and gives it up where a case does not end or takes the worker with it. */
function watched(
  worker: Worker,
  order: Order,
  progress: Float64Array,
): Promise<{ readonly tally: Tally; readonly lost: boolean }> {
  return new Promise((resolve) => {
    let since = performance.now();
    let last = progress[1]!;
    const alarm = setInterval(() => {
      if (progress[1] !== last) [last, since] = [progress[1]!, performance.now()];
      else if (performance.now() - since > PATIENCE) lose(`It has not ended after ${PATIENCE / 1000} seconds`);
    }, 500);
    const over = (tally: Tally, lost: boolean): void => {
      clearInterval(alarm);
      worker.off("message", hear);
      worker.off("error", fall);
      resolve({ tally, lost });
    };
    const lose = (message: string): void => {
      const number = progress[0]!;
      const of = TARGETS.find(({ name }) => name === order.target)!;
      const input = of.make(randomOf(seed, of.name, number));
      tellOf(order.target, number, message, textOf({ found: message, input }));
      over({ failure: 1, value: Math.max(0, progress[1]! - 1) }, true);
    };
    const fall = (error: Error): void => lose(`The worker falls: ${error.stack ?? error.message}`);
    const hear = (report: Report): void => {
      if (report.type === "failed") tellOf(order.target, report.number, report.message, report.input);
      if (report.type === "done") over(report.tally, false);
    };
    worker.on("message", hear);
    worker.on("error", fall);
    worker.postMessage(order);
  });
}

async function reproduce(number: number): Promise<void> {
  countAllocations();
  for (const each of targets) {
    const input = each.make(randomOf(seed, each.name, number));
    console.log(textOf(input));
    const outcome = await tried(each, input);
    console.log(each.name, typeof outcome === "string" ? outcome : outcome.error);
    if (typeof outcome !== "string") process.exitCode = 1;
  }
}

function tellOf(target: string, number: number, message: string, input: string): void {
  const file = saveText(target, input);
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  console.log(
    `FAILURE --target ${target} --seed ${seed} --case ${number}\n  ${file}\n  ${message.split("\n").slice(0, 8).join("\n  ")}`,
  );
}

function show(name: string, began: number, crews: readonly ReturnType<typeof crew>[]): void {
  const count = crews.reduce((sum, each) => sum + each.tried(), 0);
  const elapsed = (performance.now() - began) / 1000;
  process.stderr.write(`\r\x1b[K${name}: ${count} cases, ${Math.round(count / elapsed)} a second`);
}

/** Target, cases, cases a second, failures, values, errors by code. */
function rowOf({ name, tally, seconds }: Result): string {
  const count = countOf(tally);
  const { value = 0, failure = 0, ...errors } = tally;
  const codes = Object.entries(errors).map(([code, times]) => `${code} ${times}`);
  return [
    name.padEnd(22),
    String(count).padStart(9),
    `${Math.round(count / seconds)}/s`.padStart(9),
    `${failure} failures`.padStart(12),
    `  value ${value}, ${codes.join(", ")}`,
  ].join(" ");
}

function countOf(tally: Tally): number {
  return Object.values(tally).reduce((sum, count) => sum + count, 0);
}

function sumOf(tallies: readonly Tally[]): Tally {
  const sum: Record<string, number> = {};
  for (const tally of tallies) for (const [name, count] of Object.entries(tally)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  return Number.isSafeInteger(number) && number >= 0 ? number : stop(`--${name} must be a number, got ${text}`);
}

function stop(reason: string): never {
  console.error(reason);
  process.exit(2);
}
