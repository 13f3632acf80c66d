/**
 * What Emscripten's code takes for granted of its host.
 *
 * @module
 */

interface Scope {
  WorkerGlobalScope?: unknown;
  location?: unknown;
  process?: { type?: unknown };
}

/**
 * Runs a factory of Emscripten's where there is no `location` and no file, as in a Cloudflare Worker: it asks for both
 * on its way to a file that it is not to load. The properties are there during the call, which must not wait.
 */
export function withoutFiles<Result>(run: () => Result): Result {
  const scope = globalThis as unknown as Scope;
  if (scope.WorkerGlobalScope === undefined) return run();
  const lacksLocation = scope.location === undefined;
  // Node's modules, in a Worker that is compatible with Node, are what Electron's renderer does without.
  const host = scope.process;
  const type = host?.type;
  try {
    if (lacksLocation) scope.location = { href: "" };
    if (host !== undefined) host.type = "renderer";
    return run();
  } finally {
    if (lacksLocation) delete scope.location;
    if (host !== undefined) {
      if (type === undefined) delete host.type;
      else host.type = type;
    }
  }
}

/**
 * Runs the first call that answers with bytes. For each such answer the package copies its memory by the constructor that
 * it finds under this name at the first one, and keeps to that. Here it finds one that copies nothing: from then on the
 * answers are views. Where the name cannot be set, they stay copies.
 */
export function withoutCopies(run: () => void): void {
  const own = Uint8ClampedArray;
  try {
    Reflect.set(globalThis, "Uint8ClampedArray", sameView);
    run();
  } finally {
    Reflect.set(globalThis, "Uint8ClampedArray", own);
  }
}

/** For a constructor that returns an object, that is what `new` makes. */
function sameView(view: Uint8Array): Uint8Array {
  return view;
}
