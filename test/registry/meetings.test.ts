// What docs/supported.md says of every scheme: our two ends let each other in.

import { describe, expect, test } from "vitest";
import { type Credentials, SCHEMES, type Scheme, scramCredentials, type Verifier, webRandom } from "../../auth/mod.ts";
import { KNOWN, VERIFIER } from "../auth/everybody.ts";
import { meet } from "../auth/meeting.ts";
import { jwkOf, keyOf, makeOneKeyOnly } from "../auth/rsa_keys.ts";

const STORED = await scramCredentials("SHA-256", KNOWN.password, { iterations: 4096 });
const EVERYTHING: Verifier = {
  ...VERIFIER,
  scram: (username, hash) => (username === KNOWN.username && hash === "SHA-256" ? STORED : undefined),
  rsaKey: jwkOf(keyOf(1024)),
  dhKeyLength: 1024,
  random: webRandom,
};

function meeting(scheme: Scheme, credentials: Credentials) {
  return meet({
    client: { schemes: [scheme], credentials: () => credentials, trustsServerKey: () => true },
    server: { schemes: [scheme], verifier: EVERYTHING },
    // Only 3.3 has room for a number above 255.
    version: scheme.path[0]! > 255 ? "3.3" : "3.8",
  });
}

describe.each(SCHEMES.map((scheme) => [scheme.name, scheme] as const))("%s", (_name, scheme) => {
  makeOneKeyOnly();

  test("lets the right client in", async () => {
    for (const { error, session, tls } of Object.values(await meeting(scheme, KNOWN))) {
      expect(error).toBeUndefined();
      expect(session).toMatchObject({ phase: "clientInit", securityPath: scheme.path });
      expect(tls).toBe(scheme.tls);
    }
  });

  const secret = scheme.needs.includes("password") ? "password" : "username";
  if (scheme.needs.length > 0) {
    test(`turns a wrong ${secret} away`, async () => {
      for (const { error } of Object.values(await meeting(scheme, { ...KNOWN, [secret]: "Engine no. 9" }))) {
        expect(error).toMatchObject({ code: "authentication" });
      }
    });
  }
});
