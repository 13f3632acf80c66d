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
  /** For who takes next. Held weakly: a key in the options is forgotten when its owner, and what else was made of it, is gone. */
  keep(made: Made): void;
}

/** Nothing is kept yet. */
export function createKept<Options extends object, Made extends object>(
  make: (options: Options) => Made,
): Kept<Options, Made> {
  const kept: WeakRef<Made>[] = [];
  const madeOf = new WeakMap<Made, Options>();
  return {
    take(options) {
      for (const [i, reference] of kept.entries()) {
        const made = reference.deref();
        if (made === undefined || !isDeepStrictEqual(madeOf.get(made), options)) continue;
        kept.splice(i, 1);
        return made;
      }
      const made = make(options);
      madeOf.set(made, options);
      return made;
    },
    keep(made) {
      kept.unshift(new WeakRef(made));
      if (kept.length > MOST) kept.pop();
    },
  };
}

const MOST = 8;
