/**
 * `npm run bench`: what the codec and the proxy cost, each against the least that anybody could do or against what others
 * wrote for the same. It fails on a wrong result, never on a time.
 *
 *     tsx bench/main.ts [--json] [--quick] [--filter NAME] [--recordings FOLDER]
 *
 * @module
 */

import { parseArgs } from "node:util";
import { candidates, folderOf } from "./candidates.ts";
import { clientMessages } from "./client_messages.ts";
import { type Cast, decoderContests, wholeCast } from "./decoders.ts";
import { ENCODED, encoderContests, subjects } from "./encoders.ts";
import { type Contest, type LeftOut, measure, type Row } from "./measure.ts";
import { proxy } from "./proxy.ts";
import { rawUpdates } from "./raw_updates.ts";
import { headerOf, tableOf } from "./report.ts";
import { singleBytes } from "./single_bytes.ts";

const { json, quick, filter, recordings } = parseArgs({
  options: {
    /** Print `{ header, rows, leftOut }`. */
    json: { type: "boolean", default: false },
    /** Some seconds, for CI: one round each, and of the decoders' streams the smallest ones. */
    quick: { type: "boolean", default: false },
    /** Only what has this in its name or in its stream's. */
    filter: { type: "string", default: "" },
    /** Where the decoders' recordings are. */
    recordings: { type: "string" },
  },
}).values;

interface Group {
  readonly what: string;
  contests(): AsyncIterable<Contest | LeftOut>;
}

const folder = recordings ?? folderOf(quick);
const pictures = subjects(quick, folder);
let cast: Promise<Cast> | undefined;

const groups: readonly Group[] = [
  { what: "client messages", contests: () => clientMessages(quick) },
  { what: "raw updates", contests: () => rawUpdates() },
  { what: "single bytes", contests: () => singleBytes(quick) },
  { what: "proxy", contests: () => proxy(quick) },
  ...candidates(quick, folder).map(({ name, encoding, stream }) => ({
    what: `${encoding} decoder, ${name}`,
    async *contests() {
      cast ??= wholeCast();
      yield* decoderContests(stream(), await cast);
    },
  })),
  ...ENCODED.flatMap((encoding) =>
    pictures.map((subject) => ({
      what: `${encoding} encoder, ${subject.name}`,
      contests: () => encoderContests(encoding, subject),
    })),
  ),
].filter(({ what }) => what.includes(filter));
if (groups.length === 0) throw new RangeError(`Cannot run "${filter}": nothing is named like that`);

const rows: Row[] = [];
const leftOut: LeftOut[] = [];
for (const [i, { what, contests }] of groups.entries()) {
  progress(`${i + 1} of ${groups.length}: ${what}`);
  for await (const contest of contests()) {
    if ("why" in contest) leftOut.push(contest);
    else rows.push(await measure(contest, quick));
  }
}
progress("");
const header = headerOf(quick);
console.log(json ? JSON.stringify({ header, rows, leftOut }, null, 2) : tableOf(header, rows, leftOut));

/** Shows what is under way to whoever watches: in one line, or in a log. */
function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line}`);
  else if (!quick && line !== "") process.stderr.write(`${line}\n`);
}
