import { RfbError } from "../codec/errors.ts";
import type { ClientContext } from "./scheme.ts";

/**
 * Asks the user about a server's key.
 *
 * @throws {RfbError} `insecure`: the user does not know it
 */
export async function checkTrust(bytes: Uint8Array, { scheme, trustsServerKey }: ClientContext): Promise<void> {
  const fingerprint = await fingerprintOf(bytes);
  if (await trustsServerKey({ scheme, bytes: bytes.slice(), fingerprint })) return;
  const reason = `fingerprint ${fingerprint}: if that is the right server's, trust it by trustsServerKey`;
  throw new RfbError("insecure", "Cannot trust the server's key", reason);
}

/** As TigerVNC and noVNC show it. */
async function fingerprintOf(key: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", Uint8Array.from(key)));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("-");
}
