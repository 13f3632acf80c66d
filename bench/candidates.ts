/**
 * Which streams the decoders go through.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { recordingsIn } from "../test/corpus/check.ts";
import { depthOf, type Stream } from "./decoder_stream.ts";
import { drawings } from "./drawn_streams.ts";
import { type Recorded, recordedIn } from "./recordings.ts";

/** A stream to go through when its turn comes. */
export interface Candidate {
  readonly name: string;
  readonly encoding: string;
  stream(): Stream;
}

/** The whole collection of recordings, where it lies beside the checkout; else the selection that is in it. */
export function folderOf(quick: boolean): string {
  const folders = [...(quick ? [] : ["../../shared/corpus"]), "../test/fixtures/recordings"];
  return folders
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => recordingsIn(path).length > 0)!;
}

/**
 * The streams, grouped by encoding, the largest pictures first. Of a folder's recordings all of 0.2 megapixels or more, and
 * where an encoding has none in 888 or in 565, the largest one; drawn streams for what nobody has recorded. A quick run
 * takes the smallest of each.
 */
export function candidates(quick: boolean, folder: string): readonly Candidate[] {
  const recorded = recordedIn(folder);
  const chosen = quick ? smallest(recorded) : largest(recorded);
  const drawn = quick ? drawings(256, 192) : drawings(1920, 1080);
  const all = [
    ...chosen.map(({ name, stream }) => ({ name, encoding: stream().encoding, stream })),
    ...drawn.map(({ name, encoding, stream }) => ({ name, encoding, stream })),
  ];
  const place = ({ encoding }: Candidate): string => `${ORDER.indexOf(encoding) >>> 0}`.padStart(10) + encoding;
  return all.sort((one, other) => (place(one) < place(other) ? -1 : place(one) > place(other) ? 1 : 0));
}

/** In which an encoding's rows come; others follow. */
const ORDER = ["ZRLE", "Tight", "Tight JPEG", "Hextile", "Zlib", "RRE", "Raw", "CopyRect"];

const LARGE = 200_000;

function largest(recorded: readonly Recorded[]): readonly Recorded[] {
  const bySize = [...recorded].sort((one, other) => areaOf(other) - areaOf(one) || lengthOf(other) - lengthOf(one));
  const large = bySize.filter((one) => areaOf(one) >= LARGE);
  const kinds = new Set(large.map(kindOf));
  const rest = bySize.filter((one) => areaOf(one) < LARGE && depthOf(one.format) !== undefined);
  return [...large, ...firstOfEach(rest).filter((one) => !kinds.has(kindOf(one)))];
}

function smallest(recorded: readonly Recorded[]): readonly Recorded[] {
  const some = recorded.filter((one) => depthOf(one.format) !== undefined && areaOf(one) >= LEAST);
  return firstOfEach(some.sort((one, other) => lengthOf(one) - lengthOf(other)));
}

/** Of 320 × 240: smaller ones are not worth the check. */
const LEAST = 76_800;

function firstOfEach(recorded: readonly Recorded[]): readonly Recorded[] {
  return recorded.filter((one, i) => recorded.findIndex((other) => kindOf(other) === kindOf(one)) === i);
}

function kindOf(one: Recorded): string {
  return `${one.stream().encoding} ${depthOf(one.format)}`;
}

function areaOf({ width, height }: Recorded): number {
  return width * height;
}

function lengthOf(one: Recorded): number {
  return one.stream().bytes.length;
}
