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
