/**
 * Declares tests that need a program which may not be installed.
 *
 * @module
 */

import { afterAll, beforeAll, describe, test } from "vitest";
import { findProgram, type Leaving, startedUntilNow, stopSince } from "./process.ts";

export { findProgram } from "./process.ts";

/** A program's name, or a question answered with the reason why not, if there is one. */
export type Need = string | (() => string | undefined);

/**
 * A group of tests that run against real programs. What they start is stopped when the group ends.
 *
 * Where a program is missing the group is left out, its title and a line on stderr say why; with
 * REQUIRE_PEERS=1 in the environment it fails instead, so that a complete run cannot be incomplete.
 */
export function peer(title: string, needs: readonly Need[], body: () => void): void {
  const reasons = needs.map(reasonAgainst).filter((reason) => reason !== undefined);
  if (reasons.length === 0) {
    describe(title, () => {
      let before: ReadonlySet<Leaving> = new Set();
      beforeAll(() => {
        before = startedUntilNow();
      });
      afterAll(() => stopSince(before));
      body();
    });
    return;
  }
  const reason = reasons.join(", ");
  if (process.env.REQUIRE_PEERS === "1") {
    describe(title, () => {
      test("has the programs it needs", () => {
        throw new Error(`Cannot run "${title}": ${reason}, and REQUIRE_PEERS=1 asks for it`);
      });
    });
    return;
  }
  process.stderr.write(`Peer tests not run: "${title}": ${reason}\n`);
  describe.skip(`${title} (not run: ${reason})`, body);
}

function reasonAgainst(need: Need): string | undefined {
  if (typeof need === "function") return need();
  return findProgram(need) === undefined ? `${need} is not installed` : undefined;
}
