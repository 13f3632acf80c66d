/**
 * `npm run bench`: what the codec and the proxy cost, each against the least that anybody could do or against what others
 * wrote for the same. It fails on a wrong result, never on a time. `--help` has its options.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { RUNTIME } from "../test/runtimes/name.ts";
import { compared, comparisonText } from "./compare.ts";
import { isShort } from "./goals.ts";
import { allGroups, measured } from "./groups.ts";
import type { Growth } from "./growth.ts";
import { notesIn, pageOf } from "./markdown.ts";
import type { LeftOut, Row } from "./measure.ts";
import { HELP, type Options, optionsFrom, UsageError, withoutRuntime } from "./options.ts";
import { profileElsewhere } from "./profile.ts";
import { headerOf, tableOf } from "./report.ts";
import { type Result, readResult } from "./result.ts";
import { runOn } from "./runtimes.ts";

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

/** The exit code. @throws {UsageError} */
async function main(args: readonly string[]): Promise<number> {
  const options = optionsFrom(args);
  const { help, runtime, json, compare, write, from } = options;
  if (help) {
    console.log(HELP);
    return 0;
  }
  if (runtime !== undefined && runtime !== RUNTIME) return runOn(runtime, withoutRuntime(args));
  const earlier = compare === undefined ? undefined : readResult(compare);
  const result = from === undefined ? await run(options) : readResult(from);
  if (write !== undefined) writeFileSync(write, pageOf(result, notesIn(write)));
  console.log(json ? JSON.stringify(result, null, 2) : tableOf(result));
  if (earlier !== undefined) {
    const text = comparisonText(compared(result.rows, earlier.rows), [earlier.header, result.header]);
    // What reads JSON from stdout is not to stumble over it.
    if (json) console.error(text);
    else console.log(`\n${text}`);
  }
  return 0;
}

async function run({ quick, filter, recordings }: Options): Promise<Result> {
  const all = allGroups(quick, recordings);
  const groups = all.groups.filter(({ what }) => what.includes(filter));
  if (groups.length === 0) throw new UsageError(`Cannot run "${filter}": nothing is named like that`);
  const rows: Row[] = [];
  const leftOut: LeftOut[] = [];
  const growth: Growth[] = [];
  try {
    for (const [i, { what, parts }] of groups.entries()) {
      progress(`${i + 1} of ${groups.length}: ${what}`, quick);
      for await (const part of parts()) {
        const one = await measured(part, quick);
        if ("row" in one) {
          const isExplained = !quick && "expected" in part && isShort(one.row);
          const profile = isExplained ? await profileElsewhere({ ...one.row, group: what, recordings }) : undefined;
          rows.push(profile === undefined ? one.row : { ...one.row, profile });
        } else if ("leftOut" in one) leftOut.push(one.leftOut);
        else growth.push(one.growth);
      }
    }
    return { header: headerOf(quick), rows, leftOut, growth };
  } finally {
    await all.close();
    progress("", quick);
  }
}

/** Shows what is under way to whoever watches: in one line, or in a log. */
function progress(line: string, quick: boolean): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line}`);
  else if (!quick && line !== "") process.stderr.write(`${line}\n`);
}
