/**
 * The last few of what takes long to make, to be taken again.
 *
 * @module
 */

import { isDeepStrictEqual } from "node:util";

/** What was made before, by the options that it was made of. */
export interface Kept<Options, Made> {
  /** One that was made of the same options and is no longer kept then, or a new one. */
  take(options: Options): Made;
  /**
   * For who takes next. Held weakly: a key in the options is forgotten once the connections that use it are gone. What was
   * made of options that can be changed in place, such as arrays, is not kept.
   */
  keep(made: Made): void;
}

/** Nothing is kept yet. */
export function createKept<Options extends object, Made extends object>(
  make: (options: Options) => Made,
): Kept<Options, Made> {
  let kept: WeakRef<Made>[] = [];
  const madeOf = new WeakMap<Made, Options>();
  return {
    take(options) {
      kept = kept.filter((reference) => reference.deref() !== undefined);
      const i = kept.findIndex((reference) => isDeepStrictEqual(madeOf.get(reference.deref()!), options));
      const found = i === -1 ? undefined : kept.splice(i, 1)[0]!.deref();
      if (found !== undefined) return found;
      const made = make(options);
      if (Object.values(options).every((value) => typeof value !== "object")) madeOf.set(made, options);
      return made;
    },
    keep(made) {
      if (!madeOf.has(made)) return;
      kept.unshift(new WeakRef(made));
      if (kept.length > MOST) kept.pop();
    },
  };
}

const MOST = 8;
