/**
 * All that is measured, in groups that can be asked for by name.
 *
 * @module
 */

import type { Compression } from "../codec/compression.ts";
import { nodeCompression } from "../compression/node.ts";
import { candidates, folderOf } from "./candidates.ts";
import { clientMessages } from "./client_messages.ts";
import { namedCurves } from "./curves.ts";
import { type Cast, decoderContests, wholeCast } from "./decoders.ts";
import { ENCODED, encoderContests, subjects } from "./encoders.ts";
import { FRAMED, framedUpdates } from "./framed_updates.ts";
import { type Curve, type Growth, measureGrowth } from "./growth.ts";
import { idleMemory } from "./idle_memory.ts";
import { type Contest, type LeftOut, measure, type Row } from "./measure.ts";
import { proxyAgainstPipes, proxyAgainstProxies, proxyConnecting } from "./proxy.ts";
import { type ProxyBench, startProxyBench } from "./proxy_parent.ts";
import { singleBytes } from "./single_bytes.ts";

/** Some contests, rows that were measured by other means, or curves. */
export interface Group {
  readonly what: string;
  /** Our side of a contest stays fit for work when its turn is over, until all is closed. */
  parts(): AsyncIterable<Part> | Iterable<Part>;
}

export type Part = Contest | Row | LeftOut | Curve;

/** All groups, in the order in which they are shown, and what ends the processes that they have started. */
export function allGroups(
  quick: boolean,
  recordings: string | undefined,
): { readonly groups: readonly Group[]; close(): Promise<void> } {
  const folder = recordings ?? folderOf(quick);
  const recorded = candidates(quick, folder);
  const pictures = subjects(quick, folder);
  let cast: Promise<Cast> | undefined;
  let compression: Promise<Compression> | undefined;
  let proxyBench: Promise<ProxyBench> | undefined;
  const bench = (): Promise<ProxyBench> => {
    proxyBench ??= startProxyBench();
    return proxyBench;
  };
  const groups: readonly Group[] = [
    { what: "client messages", parts: () => clientMessages(quick) },
    ...FRAMED.map(([encoding, goal]) => ({
      what: `${encoding} framing`,
      parts: () => framedUpdates(encoding, goal, recorded, quick),
    })),
    { what: "single bytes", parts: () => singleBytes(quick) },
    {
      what: "proxy",
      async *parts() {
        yield* proxyAgainstPipes(await bench(), quick);
        yield* proxyAgainstProxies(await bench(), quick);
      },
    },
    {
      what: "proxy, connecting",
      async *parts() {
        yield* proxyConnecting(await bench());
      },
    },
    { what: "proxy, memory", parts: () => idleMemory(quick) },
    ...recorded.map(({ name, encoding, stream }) => ({
      what: `${encoding} decoder, ${name}`,
      async *parts() {
        cast ??= wholeCast();
        yield* decoderContests(stream(), await cast);
      },
    })),
    ...ENCODED.flatMap((encoding) =>
      pictures.map((subject) => ({
        what: `${encoding} encoder, ${subject.name}`,
        parts: () => encoderContests(encoding, subject),
      })),
    ),
    ...namedCurves(
      quick,
      () => {
        compression ??= nodeCompression();
        return compression;
      },
      bench,
    ).map(({ name, curves }) => ({
      what: `growth, ${name}`,
      async *parts() {
        yield* await curves();
      },
    })),
  ];
  return { groups, close: async () => (await proxyBench)?.close() };
}

/** What a part came to. */
export type Measured = { row: Row } | { leftOut: LeftOut } | { growth: Growth };

/** @throws {Error} a wrong answer */
export async function measured(part: Part, quick: boolean): Promise<Measured> {
  if ("why" in part) return { leftOut: part };
  if ("points" in part) return { growth: await measureGrowth(part, quick) };
  return { row: "ratio" in part ? part : await measure(part, quick) };
}
