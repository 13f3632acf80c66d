/**
 * What callers hand in: how it is checked, and how their functions are called, the same on every host.
 *
 * @module
 */

import type { TlsServerOptions } from "./transport.ts";

/**
 * A timer that is set beyond its range goes off at once.
 *
 * @throws {RangeError} it is none that a timer can be set to
 */
export function checkMilliseconds(name: string, value: number | undefined): void {
  if (value === undefined || (value >= 0 && value < 2 ** 31)) return;
  throw new RangeError(`Cannot set ${name} to ${value} milliseconds`);
}

/**
 * Infinity is no bound, where the host has room for that.
 *
 * @throws {RangeError} it is not between the two
 */
export function checkBound(
  name: string,
  value: number | undefined,
  least = 0,
  most: number = Number.POSITIVE_INFINITY,
): void {
  if (value === undefined || (value >= least && value <= most)) return;
  throw new RangeError(`Cannot set ${name} to ${value}`);
}

/**
 * @throws {RangeError} a version that there is not, or none between the two
 */
export function checkVersions(options: Pick<TlsServerOptions, "minVersion" | "maxVersion">): void {
  const { minVersion = "1.2", maxVersion = "1.3" } = options;
  for (const [name, version] of Object.entries({ minVersion, maxVersion })) {
    if (version === "1.2" || version === "1.3") continue;
    throw new RangeError(`Cannot start TLS: ${name} is 1.2 or 1.3, got ${String(version)}`);
  }
  if (minVersion > maxVersion) throw new RangeError("Cannot start TLS: minVersion is 1.3 and maxVersion 1.2");
}

/**
 * Looks at what a listener is told of TLS. A field that it does not know could be one that somebody relies on, such as the
 * authority of its clients under another name.
 *
 * @param known the fields that it can do something with
 * @throws {TypeError} no certificate, no key, or another field
 * @throws {RangeError} a version that there is not, or none between the two
 */
export function checkServerTls(tls: object, known: readonly string[]): void {
  for (const [name, value] of Object.entries(tls)) {
    if (value === undefined || known.includes(name)) continue;
    throw new TypeError(`Cannot start TLS: this server has no ${name}; it has ${known.join(", ")}`);
  }
  const { cert, key, ...versions }: Partial<TlsServerOptions> = tls;
  if (!cert || !key) throw new TypeError("Cannot start TLS: a server needs a cert and its key");
  checkVersions(versions);
}

/**
 * Calls a function of our caller's. What it throws is nobody's to catch, as from a timer: nothing of ours fails over it.
 *
 * @param afterwards what to do where it has thrown
 */
export function callOut(call: () => void, afterwards: () => void = () => {}): void {
  try {
    call();
  } catch (error) {
    surface(error);
    afterwards();
  }
}

/** Makes an error an uncaught one. */
export function surface(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
