import { describe, expect, test, vi } from "vitest";
import { type Credentials, generateRsaKey, type Scheme, schemesNamed, type Verifier } from "../../auth/mod.ts";
import { RfbError } from "../../codec/errors.ts";
import { hexOf, latin1 } from "../codec/bytes.ts";
import { KNOWN } from "./everybody.ts";
import { type MeetingOptions, meet } from "./meeting.ts";

// What Apple's, UltraVNC's and ATEN's servers have for user and password: our client and our server meet.

const SCHEMES = schemesNamed(["dh", "applersa1", "mslogon2", "mslogon", "aten"]);
const VERIFIER: Verifier = {
  verify: async (username, password) => username === KNOWN.username && password === KNOWN.password,
  rsaKey: await generateRsaKey(),
  dhKeyLength: 1024,
};

const VERSIONS = ["3.3", "3.7", "3.8"] as const;
/** Only 3.3 has room for a number above 255. */
const MEETINGS = SCHEMES.flatMap((scheme) =>
  VERSIONS.filter((version) => version === "3.3" || scheme.path[0]! <= 255).flatMap((version) =>
    ([1, 3, undefined] as const).map((chunk) => [scheme.name, version, chunk ?? "all", scheme, chunk] as const),
  ),
);

function meeting(scheme: Scheme, credentials: Credentials, more: Partial<MeetingOptions> = {}): MeetingOptions {
  return {
    client: { schemes: [scheme], credentials: () => credentials, trustsServerKey: () => true },
    server: { schemes: [scheme], verifier: VERIFIER },
    version: scheme.path[0]! > 255 ? "3.3" : "3.8",
    ...more,
  };
}

function hexOfText(text: string): string {
  return hexOf(latin1(text));
}

describe.each(MEETINGS)("%s in %s, %s bytes at a time", (name, version, _chunk, scheme, chunk) => {
  const pace = { version, ...(chunk !== undefined && { chunk }) };

  test("lets the right client in", async () => {
    const { client, server } = await meet(meeting(scheme, KNOWN, pace));
    for (const { error, session } of [client, server]) {
      expect(error).toBeUndefined();
      expect(session).toMatchObject({ phase: "clientInit", version, securityPath: scheme.path });
    }
    expect(client.session).toStrictEqual(server.session);
    // Who reads along: anybody can calculate what MSLogon hides, but it takes a moment.
    expect(client.clear.includes(hexOfText(KNOWN.password))).toBe(name === "aten");
    expect(client.clear.includes(hexOfText(KNOWN.username))).toBe(name === "aten");
  });

  test("turns a wrong user away as it does a wrong password, and says no more than that", async () => {
    const wrong = [
      { ...KNOWN, password: "Engine no. 9" },
      { ...KNOWN, username: "Ada" },
    ];
    const [password, username] = await Promise.all(wrong.map((each) => meet(meeting(scheme, each, pace))));
    for (const { client, server } of [password!, username!]) {
      expect(server.error).toMatchObject({ code: "authentication", reason: "wrong user or password" });
      const said = version === "3.8" ? '"Authentication failed"' : "no reason given";
      expect(client.error).toMatchObject({ code: "authentication", reason: `the server refused: ${said}` });
    }
    expect(username!.client.error).toStrictEqual(password!.client.error);
    expect(username!.server.error).toStrictEqual(password!.server.error);
  });
});

test.each(SCHEMES.map((scheme) => [scheme.name, scheme] as const))(
  "%s asks the user once, and tells no secret in an error",
  async (_name, scheme) => {
    const secrets = { username: "s3cr3t-user", password: "s3cr3t-password" };
    const credentials = vi.fn(async () => secrets);
    const { client, server } = await meet({
      ...meeting(scheme, secrets),
      client: { schemes: [scheme], credentials, trustsServerKey: () => true },
    });
    expect(credentials.mock.calls).toMatchObject([[{ scheme, needs: ["username", "password"] }]]);
    for (const { error } of [client, server]) {
      expect(error).toBeInstanceOf(RfbError);
      const { message, stack, cause } = error as RfbError;
      expect(`${message} ${stack} ${String(cause)} ${JSON.stringify(error)}`).not.toContain("s3cr3t");
    }
  },
);

test.each(SCHEMES.map((scheme) => [scheme.name, scheme] as const))(
  "%s says of a verifier that fails what it says of a wrong password",
  async (_name, scheme) => {
    const failing = { ...VERIFIER, verify: (): never => thrown(new Error("directory down at 10.0.0.7")) };
    const failed = await meet(meeting(scheme, KNOWN, { server: { schemes: [scheme], verifier: failing } }));
    const wrong = await meet(meeting(scheme, { ...KNOWN, password: "" }));
    expect(failed.server.error).toMatchObject({ message: "directory down at 10.0.0.7" });
    expect(failed.client.error).toStrictEqual(wrong.client.error);
  },
);

test("RSA1 tells nothing to a server whose key nobody knows", async () => {
  const [rsa1] = schemesNamed(["applersa1"]);
  const credentials = vi.fn(() => KNOWN);
  const { client } = await meet({ ...meeting(rsa1!, KNOWN), client: { schemes: [rsa1!], credentials } });
  expect(client.error).toMatchObject({ code: "insecure", act: "Cannot trust the server's key" });
  expect(credentials).not.toHaveBeenCalled();
});

test("A server that has MSLogon's old number too offers it to who speaks 3.3, and to nobody else", async () => {
  const both = schemesNamed(["mslogon", "mslogon2"]);
  const options = {
    client: { schemes: both, credentials: () => KNOWN },
    server: { schemes: both, verifier: VERIFIER },
  };
  const offered = async (version: (typeof VERSIONS)[number]) =>
    (await meet({ ...options, version })).client.session.securityTypes;
  expect(await offered("3.3")).toStrictEqual([0xfffffffa]);
  expect(await offered("3.7")).toStrictEqual([113]);
  expect(await offered("3.8")).toStrictEqual([113]);
});

function thrown(error: Error): never {
  throw error;
}
