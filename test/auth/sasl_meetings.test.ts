import { describe, expect, test } from "vitest";
import {
  type Credentials,
  PLAIN,
  PLAIN_ANYWHERE,
  type SaslMechanism,
  SCHEMES,
  SCRAM_SHA_1,
  SCRAM_SHA_256,
  type Scheme,
  scramCredentials,
  type Verifier,
} from "../../auth/mod.ts";
import { RfbError } from "../../codec/errors.ts";
import { hexOf, latin1 } from "../codec/bytes.ts";
import { type MeetingOptions, meet } from "./meeting.ts";

const KNOWN = { username: "ada", password: "engine no. 9" } as const;
const STORED = {
  "SHA-1": await scramCredentials("SHA-1", KNOWN.password, { iterations: 4096 }),
  "SHA-256": await scramCredentials("SHA-256", KNOWN.password, { iterations: 4096 }),
};
const VERIFIER: Verifier = {
  scram: async (username, hash) => (username === KNOWN.username ? STORED[hash] : undefined),
  verify: async (username, password) => username === KNOWN.username && password === KNOWN.password,
};

const HOLDERS = SCHEMES.filter(({ name }) => name.endsWith("sasl"));
const VERSIONS = ["3.3", "3.7", "3.8"] as const;
/** All at once, one by one, and in pieces that fit no message. */
const CHUNKS = [undefined, 1, 3] as const;

/** What can be used with a scheme, the password in clear by its own name only. */
const mechanismsOf = ({ tls }: Scheme): readonly SaslMechanism[] => [
  SCRAM_SHA_256,
  SCRAM_SHA_1,
  tls === "x509" ? PLAIN : PLAIN_ANYWHERE,
];

const MEETINGS = HOLDERS.flatMap((scheme) =>
  VERSIONS.flatMap((version) =>
    CHUNKS.flatMap((chunk) =>
      mechanismsOf(scheme).map((mechanism) => {
        return [scheme.name, mechanism.name, version, chunk ?? "all", { scheme, mechanism, chunk }] as const;
      }),
    ),
  ),
);

function meeting(
  scheme: Scheme,
  mechanism: SaslMechanism,
  credentials: Credentials,
  more: Partial<MeetingOptions> = {},
): MeetingOptions {
  return {
    client: { schemes: [scheme], credentials: () => credentials, saslMechanisms: [mechanism] },
    server: { schemes: [scheme], verifier: { ...VERIFIER, saslMechanisms: mechanismsOf(scheme) } },
    ...more,
  };
}

test("SASL is met by itself, inside VeNCrypt in three ways, inside Tight in three, and inside TLS", () => {
  expect(HOLDERS.map(({ path }) => path.join("/")).sort()).toStrictEqual([
    "16/19/263",
    "16/19/264",
    "16/20",
    "18/20",
    "19/20",
    "19/263",
    "19/264",
    "20",
  ]);
});

describe.each(MEETINGS)("%s with %s in %s, %s bytes at a time", (_scheme, name, version, _chunk, how) => {
  const { scheme, mechanism, chunk } = how;
  const pace = { version, ...(chunk !== undefined && { chunk }) };

  test("lets the right client in, and both know by which mechanism", async () => {
    const { client, server } = await meet(meeting(scheme, mechanism, KNOWN, pace));
    for (const { error, session, tls } of [client, server]) {
      expect(error).toBeUndefined();
      expect(tls).toBe(scheme.tls);
      expect(session).toMatchObject({ phase: "clientInit", securityPath: scheme.path, saslMechanism: name });
    }
    expect(client.session).toStrictEqual(server.session);
    const said = `${client.clear}${client.secured}${server.clear}${server.secured}`;
    expect(said.includes(hexOf(latin1(KNOWN.password)))).toBe(name === "PLAIN");
  });

  test("turns a wrong user away as it does a wrong password, and says no more than that", async () => {
    const wrongPassword = await meet(meeting(scheme, mechanism, { ...KNOWN, password: "s3cr3t" }, pace));
    const wrongUser = await meet(meeting(scheme, mechanism, { ...KNOWN, username: "s3cr3t" }, pace));
    for (const { client, server } of [wrongPassword, wrongUser]) {
      expect(server.error).toMatchObject({ code: "authentication", reason: "wrong user or password" });
      // Only 3.8 has room for a reason.
      const said = version === "3.8" ? '"Authentication failed"' : "no reason given";
      expect(client.error).toMatchObject({ code: "authentication", reason: `the server refused: ${said}` });
      for (const { error } of [client, server]) {
        const { message, stack, cause } = error as RfbError;
        expect(error).toBeInstanceOf(RfbError);
        expect(`${message} ${stack} ${String(cause)} ${JSON.stringify(error)}`).not.toMatch(/s3cr3t|ada|engine/);
      }
    }
    const lengths = ({ server }: typeof wrongUser): number[] => [server.clear.length, server.secured.length];
    if (name === "PLAIN") expect(lengths(wrongUser)).toStrictEqual(lengths(wrongPassword));
  });
});
