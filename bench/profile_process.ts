/**
 * The profile of one row, run as a process of its own, in which nothing else has taught V8 anything. It takes the row's
 * {@link Place} as its argument, and tells its parent what leads.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { allGroups } from "./groups.ts";
import type { Leader, Row } from "./measure.ts";
import { profileOf } from "./profile.ts";

/** Which row, of which group. */
export interface Place extends Pick<Row, "what" | "stream" | "chunk" | "peer"> {
  readonly group: string;
  readonly recordings: string | undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const leaders = await leadersAt(JSON.parse(process.argv[2]!));
  process.send!(leaders ?? null, () => process.exit());
}

async function leadersAt({ group, recordings, ...place }: Place): Promise<readonly Leader[] | undefined> {
  const { groups, close } = allGroups(false, recordings);
  try {
    for await (const part of groups.find(({ what }) => what === group)!.parts()) {
      if ("expected" in part && isAt(part, place)) return await profileOf(part);
    }
    return undefined;
  } finally {
    await close();
  }
}

function isAt(row: Pick<Row, "what" | "stream" | "chunk" | "peer">, place: typeof row): boolean {
  return row.what === place.what && row.stream === place.stream && row.chunk === place.chunk && row.peer === place.peer;
}
