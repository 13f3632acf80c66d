/**
 * Which runtime the tests are on, and what it cannot do.
 *
 * @module
 */

import { describe, test } from "vitest";
import { RUNTIME, type Runtime } from "./name.ts";

export { RUNTIME, type Runtime } from "./name.ts";

/** Where the title of a test that is left out says why: see `notOn` and `peer`. */
export const REASON = /\((?:not on \w+|not run|left out): .+?\)/;

/** Tests that some runtimes cannot pass. There they are left out, and the title of their group says why. */
export function notOn(runtimes: readonly Runtime[], reason: string, body: () => void): void {
  if (runtimes.includes(RUNTIME)) describe.skip(`(not on ${RUNTIME}: ${reason})`, body);
  else body();
}

/** Why `NODE_TLS_KINDS` holds less on Deno and on Bun. */
export const NO_ANONYMOUS = "its TLS has no ciphers without certificates";

/** The cases whose scheme this runtime's TLS can carry. The others, over anonymous TLS, are left out by name. */
export function carried<Case extends readonly [scheme: string, ...unknown[]]>(cases: readonly Case[]): readonly Case[] {
  if (RUNTIME === "node") return cases;
  const isAnonymous = ([scheme]: Case): boolean => /tls|vino/.test(scheme);
  notOn([RUNTIME], NO_ANONYMOUS, () => {
    test.each(cases.filter(isAnonymous).map(([scheme]) => scheme))("%s", () => {});
  });
  return cases.filter((one) => !isAnonymous(one));
}
