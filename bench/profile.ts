/**
 * Where our time goes in a row that falls short, as V8's sampling profiler sees it.
 *
 * @module
 */

import { fork } from "node:child_process";
import type { Profiler } from "node:inspector";
import { fileURLToPath } from "node:url";
import { RUNTIME } from "../test/runtimes/name.ts";
import { type Contest, callsIn, type Leader, type Task, timed } from "./measure.ts";
import type { Place } from "./profile_process.ts";

/** What leads in our side of that row, in a process of its own; undefined where there is none to be had, which fails no bench. */
export async function profileElsewhere(place: Place): Promise<readonly Leader[] | undefined> {
  if (RUNTIME !== "node") return undefined;
  const program = fileURLToPath(new URL("profile_process.ts", import.meta.url));
  const child = fork(program, [JSON.stringify(place)], { execArgv: ["--import", "tsx"] });
  return new Promise((resolve) => {
    child.once("error", () => resolve(undefined));
    child.once("disconnect", () => resolve(undefined)); // which comes behind all messages
    child.once("message", (leaders) => resolve((leaders as readonly Leader[] | null) ?? undefined));
  });
}

/**
 * What leads in a run of our side alone, its preparing and all waiting left out. Of a side elsewhere it is what this process does
 * for it. Undefined where there is none to be had: that fails no bench.
 */
export async function profileOf({ what, stream, ours, expected }: Contest): Promise<readonly Leader[] | undefined> {
  try {
    const name = `ours in the profile of ${what}, ${stream}`;
    const leaders = leadersOf(...(await profileBy({ name, side: ours, expected })));
    return leaders.length === 0 ? undefined : leaders;
  } catch (error) {
    console.error(`Cannot profile ${what}, ${stream}: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/** Microseconds, on the clock of `process.hrtime`, which is the profiler's. */
export type Stretch = readonly [from: number, to: number];

/** A profile, and the stretches of it in which the work was done. */
async function profileBy(task: Task): Promise<readonly [Profiler.Profile, readonly Stretch[]]> {
  const { Session } = await import("node:inspector/promises");
  const session = new Session();
  try {
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: MICROSECONDS });
    const calls = await callsIn(MILLISECONDS, task);
    await session.post("Profiler.start");
    const stretches: Stretch[] = [];
    let from = 0;
    await timed(task, calls, {
      start: () => {
        from = now();
      },
      stop: () => void stretches.push([from, now()]),
    });
    const { profile } = await session.post("Profiler.stop");
    return [profile, stretches];
  } finally {
    session.disconnect();
  }
}

const MILLISECONDS = 300;
const MICROSECONDS = 100;

function now(): number {
  return Number(process.hrtime.bigint()) / 1000;
}

/** The functions that most samples met at work themselves, and not in what they had called. */
export function leadersOf(profile: Profiler.Profile, stretches: readonly Stretch[]): readonly Leader[] {
  const { nodes, startTime, samples = [], timeDeltas = [] } = profile;
  const functions = functionsOf(nodes);
  let at = startTime;
  let all = 0;
  for (const [i, id] of samples.entries()) {
    at += timeDeltas[i]!;
    const one = functions.get(id)!;
    if (one.name === "(idle)" || !stretches.some(([from, to]) => from <= at && at < to)) continue;
    one.samples++;
    all++;
  }
  return [...new Set(functions.values())]
    .map(({ name, file, samples }) => ({ name, file, share: samples / all }))
    .filter(({ share }) => share >= LEAST)
    .sort((one, other) => other.share - one.share)
    .slice(0, MOST);
}

const LEAST = 0.03;
const MOST = 6;

interface Sampled extends Pick<Leader, "name" | "file"> {
  samples: number;
}

/** By nodes, of which a function has one for each way to it. */
function functionsOf(nodes: readonly Profiler.ProfileNode[]): ReadonlyMap<number, Sampled> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const byNode = new Map<number, Sampled>();
  const byName = new Map<string, Sampled>();
  const visit = ({ id, callFrame, children = [] }: Profiler.ProfileNode, caller: string): void => {
    const { functionName, url } = callFrame;
    const isWasm = url.startsWith("wasm:");
    const name = isWasm ? wasmName(functionName) : functionName || "(anonymous)";
    const file = isWasm ? caller : fileOf(url);
    const key = `${name} ${file}`;
    const one = byName.get(key) ?? { name, file, samples: 0 };
    byName.set(key, one);
    byNode.set(id, one);
    for (const child of children) visit(byId.get(child)!, file === NATIVE ? caller : file);
  };
  visit(nodes[0]!, NATIVE);
  return byNode;
}

/** The file of what has none: V8 itself, and functions of its own and Node's. WebAssembly has its caller's. */
export const NATIVE = "native";

/** The name that a module has for it, or one for all without. */
function wasmName(name: string): string {
  return /^(wasm-function\[|js-to-wasm:|wasm-to-js:)/.test(name) ? "(WebAssembly)" : name;
}

function fileOf(url: string): string {
  if (url === "") return NATIVE;
  const inPackage = /.*\/(node_modules\/(?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (inPackage !== undefined) return inPackage;
  if (url.startsWith(ROOT)) return url.slice(ROOT.length);
  return url.startsWith("file:") ? url.slice(url.lastIndexOf("/") + 1) : url;
}

const ROOT = new URL("..", import.meta.url).href;
