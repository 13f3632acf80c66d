import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { RUNTIME } from "../test/runtimes/name.ts";
import { type LeftOut, median, middleOf, type Row } from "./measure.ts";
import { IDLE_CONNECTIONS, type Scheme } from "./proxy_memory.ts";

/** kB that an idle connection may hold. */
const ALLOWED = 150;

/** Rows whose ratio is what a connection may hold over what it holds: above 1 we are below it. */
export async function* idleMemory(quick: boolean): AsyncGenerator<Row | LeftOut> {
  for (const [scheme, name] of [
    ["none", "None"],
    ["x509none", "X509None"],
  ] as const) {
    const what = "proxy, memory";
    const stream = `${name}, idle, ${IDLE_CONNECTIONS} open`;
    const peer = `at most ${ALLOWED} kB`;
    if (RUNTIME !== "node") {
      yield { what, stream, peer, why: "it is measured on Node, whose garbage can be collected on demand" };
      continue;
    }
    const kilobytes: number[] = [];
    for (let i = 0; i < (quick ? 1 : 5); i++) kilobytes.push((await bytesEach(scheme)) / 1000);
    const ratio = middleOf(kilobytes.map((one) => ALLOWED / one));
    yield {
      what,
      stream,
      chunk: "whole",
      peer,
      ours: median(kilobytes),
      theirs: ALLOWED,
      unit: "kB",
      ...ratio,
      goal: 1,
    };
  }
}

/** Of a connection, in a process of its own. */
function bytesEach(scheme: Scheme): Promise<number> {
  const program = fileURLToPath(new URL("proxy_memory.ts", import.meta.url));
  const child = fork(program, [scheme], { execArgv: [...process.execArgv, "--expose-gc"] });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`The process of the proxy's memory ended with ${code}`)));
    child.once("message", (message) => resolve(message as number));
  });
}
