import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { afterEach, beforeEach, vi } from "vitest";
import type { RsaJwk } from "../../auth/mod.ts";

/** A key of OpenSSL's. */
export function keyOf(modulusLength: number, publicExponent = 0x10001): KeyObject {
  return generateKeyPairSync("rsa", { modulusLength, publicExponent }).privateKey;
}

export function jwkOf(key: KeyObject): RsaJwk {
  return key.export({ format: "jwk" }) as unknown as RsaJwk;
}

/** Each client makes a key for its connection, which takes a tenth of a second: in tests of this file it is the same one. */
export function makeOneKeyOnly(): void {
  const generateKey = crypto.subtle.generateKey.bind(crypto.subtle) as (
    ...args: readonly unknown[]
  ) => Promise<CryptoKeyPair>;
  beforeEach(() => {
    vi.spyOn(crypto.subtle, "generateKey").mockImplementation((...args: readonly unknown[]) => {
      made ??= generateKey(...args);
      return made as never;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
}

let made: Promise<CryptoKeyPair> | undefined;
