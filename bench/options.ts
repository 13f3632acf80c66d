/**
 * The bench's command line.
 *
 * @module
 */

import { parseArgs } from "node:util";
import type { Runtime } from "../test/runtimes/name.ts";

/** What was asked for. */
export interface Options {
  readonly help: boolean;
  readonly quick: boolean;
  readonly filter: string;
  readonly recordings?: string | undefined;
  readonly runtime?: Runtime | undefined;
  readonly json: boolean;
  readonly compare?: string | undefined;
  readonly write?: string | undefined;
  readonly from?: string | undefined;
}

/** What `--help` prints. */
export const HELP = `npm run bench -- [options]

What the codec and the proxy cost, each against the least that anybody could do, or against what others wrote for the same.
A ratio above 1 says that we are ahead.

  --quick              some seconds, for CI: it checks results, its times mean little
  --filter NAME        only what has this in its name or in its stream's
  --recordings FOLDER  where the decoders' recordings are
  --runtime NAME       run it on node, deno or bun; what one of them cannot do is left out with a word
  --json               print { header, rows, leftOut, growth }
  --compare FILE       set the ratios beside those of an earlier --json; a row is worse if it lost more than either
                       run's spread
  --write FILE         write the page of figures, keeping what stands in it between the marks for notes
  --from FILE          take an earlier --json's figures instead of measuring
  --help               this

libvncclient and libvncserver take part where gcc and libvncserver-dev are installed, websockify and Nova's proxy where Debian's
websockify and python3-nova are, or where PYTHONPATH has what is in them.

Examples:
  npm run bench -- --filter "ZRLE decoder"
  npm run --silent bench -- --json > before.json
  npm run --silent bench -- --json --write docs/performance.md > now.json
  npm run bench -- --from now.json --compare before.json
  npm run bench -- --runtime bun --quick

Exit codes:
  0  done, whatever the times
  1  a side's result was wrong, or something broke
  2  options that make no sense, or a file that cannot be read
`;

/** The caller's fault: an exit code of 2. */
export class UsageError extends Error {}

/** @throws {UsageError} options that make no sense */
export function optionsFrom(args: readonly string[]): Options {
  const { runtime, ...values } = parsed(args);
  if (runtime !== undefined && !isRuntime(runtime)) {
    throw new UsageError(`Cannot run on ${runtime}: --runtime takes ${RUNTIMES.join(", ")}`);
  }
  return { ...values, runtime };
}

/** The same arguments, without the runtime. */
export function withoutRuntime(args: readonly string[]): readonly string[] {
  return args.filter((one, i) => one !== "--runtime" && args[i - 1] !== "--runtime" && !one.startsWith("--runtime="));
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

const OPTIONS = {
  help: { type: "boolean", default: false },
  quick: { type: "boolean", default: false },
  filter: { type: "string", default: "" },
  recordings: { type: "string" },
  runtime: { type: "string" },
  json: { type: "boolean", default: false },
  compare: { type: "string" },
  write: { type: "string" },
  from: { type: "string" },
} as const;

const RUNTIMES: readonly Runtime[] = ["node", "deno", "bun"];

function isRuntime(name: string): name is Runtime {
  return (RUNTIMES as readonly string[]).includes(name);
}
