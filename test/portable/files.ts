/**
 * What tests read of `node:fs`, for hosts without files: the bundle for them has this module in its place, and `EMBEDDED` in it.
 *
 * @module
 */

/** By path from the root, in base64. */
declare const EMBEDDED: Readonly<Record<string, string>>;

export function existsSync(url: URL): boolean {
  return url.pathname in EMBEDDED;
}

export function readFileSync(url: URL, encoding?: "utf8"): Uint8Array | string {
  const base64 = EMBEDDED[url.pathname];
  if (base64 === undefined) throw new Error(`Cannot read ${url.pathname}: it is not in the bundle`);
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return encoding === undefined ? bytes : new TextDecoder().decode(bytes);
}

/** Single files are in the bundle, and no folder. */
export function readdirSync(url: URL): never {
  throw new Error(`Cannot list ${url.pathname}: it is not in the bundle`);
}
