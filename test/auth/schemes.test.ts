import { describe, expect, test, vi } from "vitest";
import { type CredentialName, type Credentials, type Scheme, schemesNamed } from "../../auth/mod.ts";
import { RfbError } from "../../codec/errors.ts";
import { hexOf, latin1 } from "../codec/bytes.ts";
import { COMMON_SCHEMES, KNOWN, VERIFIER } from "./everybody.ts";
import { type MeetingOptions, meet } from "./meeting.ts";

const CHALLENGE = "00112233445566778899aabbccddeeff";

const VERSIONS = ["3.3", "3.7", "3.8"] as const;
/** All at once, one by one, and in pieces that fit no message. */
const CHUNKS = [undefined, 1, 3] as const;

/** 3.3 has no second list. */
const versionsOf = ({ path }: Scheme) => (path[0] === 17 ? VERSIONS.slice(1) : VERSIONS);

const MEETINGS = COMMON_SCHEMES.flatMap((scheme) =>
  versionsOf(scheme).flatMap((version) =>
    CHUNKS.map((chunk) => [scheme.name, version, chunk ?? "all", scheme, chunk] as const),
  ),
);

function meeting(scheme: Scheme, credentials: Credentials, more: Partial<MeetingOptions> = {}): MeetingOptions {
  return {
    client: { schemes: [scheme], credentials: () => credentials },
    server: { schemes: [scheme], verifier: VERIFIER },
    ...more,
  };
}

describe.each(MEETINGS)("%s in %s, %s bytes at a time", (_name, version, _chunk, scheme, chunk) => {
  const pace = { version, ...(chunk !== undefined && { chunk }) };
  const needing = (name: CredentialName) => (scheme.needs.includes(name) ? test : () => {});

  test("lets the right client in, over the TLS that it is named for", async () => {
    const { client, server } = await meet(meeting(scheme, KNOWN, pace));
    for (const { error, session, tls } of [client, server]) {
      expect(error).toBeUndefined();
      expect(tls).toBe(scheme.tls);
      expect(session).toMatchObject({
        phase: "clientInit",
        version,
        securityPath: scheme.path,
        // Of Ultra's two rounds the last.
        securityType: scheme.path[scheme.path[0] === 17 ? 1 : 0],
      });
      const vencrypt = scheme.path.indexOf(19);
      expect(session.vencryptSubtype).toBe(vencrypt < 0 ? undefined : scheme.path[vencrypt + 1]);
    }
    expect(client.session).toStrictEqual(server.session);
  });

  needing("password")("turns a wrong password away, and says no more than that", async () => {
    const { client, server } = await meet(meeting(scheme, { ...KNOWN, password: "Engine no. 9" }, pace));
    expect(server.error).toMatchObject({ name: "RfbError", code: "authentication" });
    expect(client.error).toMatchObject({ name: "RfbError", code: "authentication" });
    // Only 3.8 has room for a reason.
    const said = version === "3.8" ? '"Authentication failed"' : "no reason given";
    expect((client.error as RfbError).reason).toBe(`the server refused: ${said}`);
    for (const { error } of [client, server]) expect(String(error)).not.toMatch(/engine|ada/i);
  });

  needing("username")("turns a wrong user away, as it does a wrong password", async () => {
    const wrongUser = await meet(meeting(scheme, { ...KNOWN, username: "Ada" }, pace));
    expect(wrongUser.server.error).toMatchObject({ code: "authentication", reason: expect.stringMatching(/^wrong /) });
    expect(wrongUser.client.error).toMatchObject({ code: "authentication" });
    if (!scheme.needs.includes("password")) return;
    const wrongPassword = await meet(meeting(scheme, { ...KNOWN, password: "Engine no. 9" }, pace));
    expect(wrongUser.server.error).toStrictEqual(wrongPassword.server.error);
    expect(wrongUser.client.error).toStrictEqual(wrongPassword.client.error);
    expect([wrongUser.server.clear, wrongUser.server.secured]).toStrictEqual([
      wrongPassword.server.clear,
      wrongPassword.server.secured,
    ]);
  });
});

describe("A client's credentials", () => {
  test.each(COMMON_SCHEMES.map((scheme) => [scheme.name, scheme] as const))(
    "are asked for once by %s, for what it needs",
    async (_name, scheme) => {
      const credentials = vi.fn(async () => KNOWN);
      const { client } = await meet({ ...meeting(scheme, KNOWN), client: { schemes: [scheme], credentials } });
      expect(client.error).toBeUndefined();
      expect(credentials.mock.calls).toStrictEqual(
        scheme.needs.length === 0 ? [] : [[{ scheme, needs: scheme.needs, prompt: expect.any(String) }]],
      );
    },
  );

  test.each(COMMON_SCHEMES.filter(({ tls }) => tls !== undefined).map((scheme) => [scheme.name, scheme] as const))(
    "of %s stay out of what is sent in clear",
    async (_name, scheme) => {
      const hexOfSecret = (text: string): string => hexOf(latin1(text));
      const { client, server } = await meet(meeting(scheme, KNOWN));
      for (const { clear } of [client, server]) {
        expect(clear).not.toContain(hexOfSecret(KNOWN.password));
        expect(clear).not.toContain(hexOfSecret(KNOWN.username));
        expect(clear).not.toContain(CHALLENGE);
      }
      if (scheme.needs.includes("username")) {
        const password = scheme.needs.includes("password") ? KNOWN.password : "";
        expect(client.secured).toContain(hexOfSecret(KNOWN.username + password));
      } else if (scheme.needs.includes("password")) {
        expect(server.secured).toContain(CHALLENGE);
      }
    },
  );

  test.each(["x509plain", "tlsvnc", "plain", "vncauth"])(
    "that cannot be had end %s with the reason why",
    async (name) => {
      const schemes = schemesNamed([name]);
      const reason = new Error("the vault is sealed");
      for (const credentials of [() => Promise.reject(reason), (): never => thrown(reason)]) {
        const { client, server } = await meet({
          client: { schemes, credentials },
          server: { schemes, verifier: VERIFIER },
        });
        expect(client.error).toBe(reason);
        expect(client.secured).toBe("");
        expect(server.error).toMatchObject({ code: "truncated" });
      }
    },
  );

  test("that are refused without a reason end the exchange all the same", async () => {
    const schemes = schemesNamed(["vncauth"]);
    const { client } = await meet({
      client: { schemes, credentials: () => Promise.reject(undefined) },
      server: { schemes, verifier: VERIFIER },
    });
    expect(client.error).toBeInstanceOf(Error);
  });
});

describe("A server's verifier", () => {
  test("that fails turns the client away with the same words as a wrong password", async () => {
    const schemes = schemesNamed(["x509plain"]);
    const verify = (): never => thrown(new Error("directory down at 10.0.0.7"));
    const failed = await meet({
      client: { schemes, credentials: () => KNOWN },
      server: { schemes, verifier: { verify } },
    });
    const wrong = await meet(meeting(schemes[0]!, { ...KNOWN, password: "" }));
    expect(failed.server.error).toMatchObject({ message: "directory down at 10.0.0.7" });
    expect(failed.server.secured).toBe(wrong.server.secured);
  });

  test("is asked once, with what the client sent, as text", async () => {
    const schemes = schemesNamed(["x509plain"]);
    const verify = vi.fn(() => true);
    const credentials = { username: "Jürgen", password: "pa\u0000ss €" };
    const { server } = await meet({
      client: { schemes, credentials: () => credentials },
      server: { schemes, verifier: { verify } },
    });
    expect(server.error).toBeUndefined();
    expect(verify.mock.calls).toStrictEqual([[credentials.username, credentials.password]]);
  });
});

describe("A server that offers several schemes", () => {
  const offered = schemesNamed(["x509plain", "tlsnone", "vncauth", "none"]);

  test.each([
    [["none"], 1, undefined],
    [["vncauth", "x509plain"], 2, undefined],
    [["tlsnone", "x509plain"], 19, 257],
    [["x509plain", "tlsnone"], 19, 262],
    [["x509vnc", "none"], 19, "none in common"],
  ] as const)("runs what a client with %j chooses", async (allowed, securityType, subtype) => {
    const { client, server } = await meet({
      client: { schemes: schemesNamed(allowed), credentials: () => KNOWN },
      server: { schemes: offered, verifier: VERIFIER },
    });
    expect(client.session.securityTypes).toStrictEqual([19, 2, 1]);
    expect(client.session.securityType).toBe(securityType);
    if (subtype === "none in common") {
      // Which subtypes there are shows only after 19 was chosen, and there is no way back to None.
      expect(client.error).toMatchObject({ code: "authentication" });
      expect(client.session.vencryptSubtype).toBeUndefined();
    } else {
      expect([client.error, server.error]).toStrictEqual([undefined, undefined]);
      expect(client.session.vencryptSubtype).toBe(subtype);
    }
  });
});

function thrown(error: Error): never {
  throw error;
}

test("No error of a failed meeting tells a secret", async () => {
  const secret = "s3cr3t-passphrase";
  const credentials = { username: "s3cr3t-user", password: secret, target: "s3cr3t-vm" };
  for (const scheme of COMMON_SCHEMES.filter(({ needs }) => needs.length > 0)) {
    const { client, server } = await meet(meeting(scheme, credentials));
    for (const { error } of [client, server]) {
      expect(error).toBeInstanceOf(RfbError);
      const { message, stack, cause } = error as RfbError;
      expect(`${message} ${stack} ${String(cause)} ${JSON.stringify(error)}`).not.toContain("s3cr3t");
    }
  }
});
