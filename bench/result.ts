/**
 * A run's figures, as `--json` prints them and as they are read again.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Growth } from "./growth.ts";
import type { LeftOut, Row } from "./measure.ts";
import { UsageError } from "./options.ts";

/** Where and when a bench ran. */
export interface Header {
  readonly runtime: string;
  /** Ours, the runtime's, and those of the peers that are there. */
  readonly versions: Readonly<Record<string, string>>;
  readonly cpu: string;
  /** Its operating system, and its memory. */
  readonly machine: string;
  /** ISO 8601. */
  readonly date: string;
  /** Too short a run to quote. */
  readonly quick: boolean;
}

export interface Result {
  readonly header: Header;
  readonly rows: readonly Row[];
  readonly leftOut: readonly LeftOut[];
  readonly growth: readonly Growth[];
}

/** @throws {UsageError} no file, or none that `--json` has printed */
export function readResult(file: string): Result {
  try {
    return RESULT.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error).replaceAll("\n", " ") : (error as Error).message;
    throw new UsageError(`Cannot read ${file} as what --json prints: ${why}`, { cause: error });
  }
}

const PLACE = { what: z.string(), stream: z.string(), peer: z.string() };

const RESULT: z.ZodType<Result> = z.object({
  header: z.object({
    runtime: z.string(),
    versions: z.record(z.string(), z.string()),
    cpu: z.string(),
    // Files from before they had it, and the curves, can still be compared with.
    machine: z.string().default(""),
    date: z.string(),
    quick: z.boolean(),
  }),
  rows: z.array(
    z.object({
      ...PLACE,
      chunk: z.string(),
      unit: z.enum(["MB/s", "Mpx/s", "events/s", "connections/s", "kB"]),
      ours: z.number(),
      theirs: z.number(),
      ratio: z.number(),
      goal: z.number().nullable(),
      spread: z.number(),
      profile: z.array(z.object({ name: z.string(), file: z.string(), share: z.number() })).optional(),
    }),
  ),
  leftOut: z.array(z.object({ ...PLACE, why: z.string() })),
  growth: z
    .array(
      z.object({
        what: z.string(),
        along: z.string(),
        unit: z.templateLiteral(["ns ", z.enum(["a", "an"]), " ", z.string()]),
        points: z.array(z.object({ at: z.string(), cost: z.number() })),
      }),
    )
    .default([]),
});
