import { parentPort, workerData } from "node:worker_threads";
import { countAllocations } from "./allocations.ts";
import { textOf } from "./cases.ts";
import { type Run, runTarget } from "./run.ts";
import { seedsOf } from "./seeds.ts";
import { TARGETS } from "./targets/mod.ts";

/** What a worker is started with, and told again for each target. */
export interface Order extends Pick<Run, "seed" | "first" | "step" | "cases" | "milliseconds"> {
  readonly target: string;
}

/** What a worker says. */
export type Report =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly number: number; readonly message: string; readonly input: string }
  | { readonly type: "done"; readonly tally: Awaited<ReturnType<typeof runTarget>> };

// A number each: the case that is being tried, and how many were.
const progress = new Float64Array((workerData as { readonly progress: SharedArrayBuffer }).progress);
const port = parentPort!;
const tell = (report: Report): void => port.postMessage(report);

countAllocations();
seedsOf();
port.on("message", async (order: Order) => {
  const of = TARGETS.find(({ name }) => name === order.target)!;
  progress[1] = 0;
  const tally = await runTarget(of, {
    ...order,
    began(number) {
      progress[0] = number;
      progress[1]! += 1;
    },
    failed({ number, error, input }) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      tell({ type: "failed", number: number!, message, input: textOf({ found: message.split("\n")[0], input }) });
    },
  });
  tell({ type: "done", tally });
});
tell({ type: "ready" });
