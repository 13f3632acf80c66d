/**
 * Which runtime the tests are on, and what it cannot do.
 *
 * @module
 */

import { describe } from "vitest";
import { RUNTIME, type Runtime } from "./name.ts";

export { RUNTIME, type Runtime } from "./name.ts";

/** Tests that some runtimes cannot pass. There they are left out, and the title of their group says why. */
export function notOn(runtimes: readonly Runtime[], reason: string, body: () => void): void {
  if (runtimes.includes(RUNTIME)) describe.skip(`(not on ${RUNTIME}: ${reason})`, body);
  else body();
}
