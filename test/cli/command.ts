/**
 * The `rfb` command, run as its users run it: built, and a process of its own.
 *
 * @module
 */

import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";
import { type Child, onLeaving, start, until } from "../peers/process.ts";

/** How a run ended. */
export interface Ended {
  readonly code: string;
  readonly stdout: Uint8Array;
  readonly stderr: string;
  /** What it said on stderr, line by line. */
  readonly lines: readonly string[];
}

/** Starts the command; end it with `stop`. */
export function startRfb(args: readonly string[], env: Readonly<Record<string, string>> = {}): Child {
  return start("node", [MAIN, ...args], { env: { RFB_PASSWORD: "", RFB_USERNAME: "", ...env } });
}

/** Runs the command to its end. */
export function runRfb(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return endOf(startRfb(args, env));
}

/** Runs the command from its sources. */
export function runSources(args: readonly string[]): Promise<Ended> {
  return endOf(start("node", ["--import", "tsx", inRepository("cli/main.ts"), ...args]));
}

/** Waits for a started command to end by itself. */
export async function endOf(child: Child): Promise<Ended> {
  const code = (await child.exited).replace(/^status /, "");
  const stderr = child.stderr();
  return { code, stdout: child.stdout(), stderr, lines: stderr.split("\n").slice(0, -1) };
}

/** A proxy that listens, and where. */
export interface Proxy extends Child {
  /** In the order of the flags. */
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
  /** What `--log json` has told by now. */
  events(): readonly Readonly<Record<string, unknown>>[];
  /** The first such event, now or later. */
  waitForEvent(event: string, connection?: number): Promise<Readonly<Record<string, unknown>>>;
}

/** Starts `rfb proxy` with these flags and `--log json`, and returns once it listens. */
export async function startProxyCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Proxy> {
  const child = startRfb(["proxy", "--log", "json", ...args], env);
  const events = (): Record<string, unknown>[] =>
    child
      .stderr()
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  await child.waitForLog(/"event":"schemes"/);
  const addresses = events().flatMap(({ event, address }) => (event === "listening" ? [String(address)] : []));
  return {
    ...child,
    addresses,
    ports: addresses.map((address) => Number(new URL(address).port)),
    events,
    waitForEvent: (event, connection) =>
      until(`the proxy to tell of "${event}"`, () =>
        events().find((one) => one.event === event && (connection === undefined || one.connection === connection)),
      ),
  };
}

function inRepository(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

// Built once for the tests of a file, dependencies and all: from its sources it takes six times as long to start.
const NAME = `rfb-${process.pid}`;
/** The built command. */
export const MAIN = inRepository(`test/artefacts/${NAME}.js`);
const remove = (): void => rmSync(MAIN, { force: true });
onLeaving({ stop: async () => remove(), stopNow: remove });
await build({
  config: false,
  cwd: inRepository(""),
  entry: { [NAME]: "cli/main.ts" },
  outDir: "test/artefacts",
  tsconfig: "tsconfig.build.json",
  alias: { "@std/bytes": inRepository("vendor/std_bytes/mod.ts") },
  platform: "node",
  target: "node20",
  fixedExtension: false,
  deps: { alwaysBundle: [/./], onlyBundle: false },
  outputOptions: { codeSplitting: false },
  dts: false,
  clean: false,
  logLevel: "silent",
});
