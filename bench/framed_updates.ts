/**
 * What it costs to find where a server's updates end, with no pixel decoded.
 *
 * @module
 */

import type { Session } from "../codec/session.ts";
import type { Candidate } from "./candidates.ts";
import { depthOf, type Stream } from "./decoder_stream.ts";
import { frameServer } from "./framing.ts";
import type { Contest } from "./measure.ts";
import { rfb2Framer } from "./rfb2.ts";
import { CHUNKS, cut, rawRectangles, rawScreens, SESSION } from "./streams.ts";

/** Payloads whose length is known from the start pass as views: that has to be quicker than copying them once. */
const KNOWN_LENGTH = 2;
/** Walked tile by tile, or from one length to the next: each byte that tells one is looked at. */
const WALKED = 0.1;

/** The encodings that are framed here, and the least ratio wanted of each. */
export const FRAMED: readonly (readonly [encoding: string, goal: number])[] = [
  ["Raw", KNOWN_LENGTH],
  ["ZRLE", KNOWN_LENGTH],
  ["Zlib", KNOWN_LENGTH],
  ["Hextile", WALKED],
  ["Tight", WALKED],
];

/** Framing over copying the same chunks: Raw of our making, and of the other encodings the longest recordings. */
export function* framedUpdates(
  encoding: string,
  goal: number,
  recorded: readonly Candidate[],
  quick: boolean,
): Generator<Contest> {
  const streams = encoding === "Raw" ? rawStreams() : longest(encoding, recorded, quick ? 1 : 2);
  for (const { name, session, bytes } of streams) {
    const copied = new Uint8Array(bytes.length);
    for (const { chunk, length } of CHUNKS) {
      const chunks = cut(bytes, length);
      const contest: Omit<Contest, "peer" | "goal" | "theirs"> = {
        what: `${encoding} framing`,
        stream: name,
        chunk,
        unit: "MB/s",
        amount: bytes.length,
        expected: bytes.length,
        ours: () => frameServer(chunks, session),
      };
      yield { ...contest, peer: "memory copy", goal, theirs: () => copy(chunks, copied) };
      if (encoding === "Raw") yield { ...contest, peer: "rfb2", goal: null, theirs: rfb2Framer(chunks, session) };
    }
  }
}

interface Framed {
  readonly name: string;
  readonly session: Session;
  readonly bytes: Uint8Array;
}

function rawStreams(): readonly Framed[] {
  return [
    { name: "Raw 1920x1080", session: SESSION, bytes: rawScreens(1) },
    // Half a megabyte: what has just been received lies in the processor's cache, and so does this.
    { name: "Raw small rectangles", session: SESSION, bytes: rawRectangles(4) },
  ];
}

/** Of streams that are nothing but updates. */
function longest(encoding: string, recorded: readonly Candidate[], count: number): readonly Framed[] {
  return recorded
    .filter((candidate) => candidate.encoding === encoding)
    .map((candidate) => candidate.stream())
    .filter(
      ({ format, messageTypes }: Stream) => depthOf(format) !== undefined && isOnly("framebufferUpdate", messageTypes),
    )
    .sort((one, other) => other.bytes.length - one.bytes.length)
    .slice(0, count);
}

function isOnly(value: string, values: ReadonlySet<string>): boolean {
  return values.size === 1 && values.has(value);
}

function copy(chunks: readonly Uint8Array[], to: Uint8Array): number {
  let at = 0;
  for (const chunk of chunks) {
    to.set(chunk, at);
    at += chunk.length;
  }
  return at;
}
