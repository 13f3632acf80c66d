/**
 * `npm run bench`: what the codec and the proxy cost, each against the least that anybody could do. It fails on a wrong
 * result, never on a time.
 *
 *     tsx bench/main.ts [--json] [--quick] [--filter NAME]
 *
 * @module
 */

import { parseArgs } from "node:util";
import { clientMessages } from "./client_messages.ts";
import { measure, type Row } from "./measure.ts";
import { proxy } from "./proxy.ts";
import { rawUpdates } from "./raw_updates.ts";
import { headerOf, tableOf } from "./report.ts";
import { singleBytes } from "./single_bytes.ts";

const { json, quick, filter } = parseArgs({
  options: {
    /** Print `{ header, rows }`. */
    json: { type: "boolean", default: false },
    /** A second or two, for CI. */
    quick: { type: "boolean", default: false },
    /** Only the groups whose names contain this. */
    filter: { type: "string", default: "" },
  },
}).values;

const groups = Object.entries({
  "client messages": clientMessages,
  "raw updates": rawUpdates,
  "single bytes": singleBytes,
  proxy,
}).filter(([what]) => what.includes(filter));
if (groups.length === 0) throw new RangeError(`Cannot run "${filter}": nothing is named like that`);

const rows: Row[] = [];
for (const [what, contests] of groups) {
  for await (const contest of contests(quick)) {
    progress(`${what}: ${contest.stream} in ${contest.chunk} against ${contest.peer}`);
    rows.push(await measure(what, contest, quick));
  }
}
progress("");
const header = headerOf(quick);
console.log(json ? JSON.stringify({ header, rows }, null, 2) : tableOf(header, rows));

/** Shows what is under way in one line, to whoever watches. */
function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line}`);
}
