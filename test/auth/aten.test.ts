import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { type Credentials, chooseSecurityType, schemesNamed, type Verifier } from "../../auth/mod.ts";
import { decodeServerInit, extentOfServerInit } from "../../codec/handshake/mod.ts";
import { DEFAULT_LIMITS } from "../../codec/limits.ts";
import { hex, hexOf, join, latin1 } from "../codec/bytes.ts";
import { errorOf } from "../codec/errors.ts";
import { runs } from "../codec/runs.ts";
import { clientContext, serverContext } from "./contexts.ts";
import { meet } from "./meeting.ts";
import { fed } from "./pulling.ts";

const [ATEN] = schemesNamed(["aten"]);
const KNOWN = { username: "ADMIN", password: "secret" };
const GREETING = hex("aff90fb0 00000000 11223344 55667788 99aabbcc ddeeff00");
// The word of the layout: two fields of 24 bytes, with zeros behind the texts.
const LOGIN = `${hexOf(latin1("ADMIN"))}${"00".repeat(19)}${hexOf(latin1("secret"))}${"00".repeat(18)}`;
const SPEAKS = "server speaks as aten";

function client(credentials: Credentials = KNOWN) {
  return fed(ATEN!.client(clientContext(ATEN!, credentials)));
}

function server(verifier: Verifier) {
  return fed(ATEN!.server(serverContext(ATEN!, verifier)));
}

describe("ATEN's security", () => {
  test.each([1, 5, 24])("is 24 bytes that say nothing, then user and password, %d bytes at a time", async (chunk) => {
    expect(await client().feed(GREETING, chunk)).toStrictEqual([SPEAKS, `send ${LOGIN}`, "done"]);
    const verify = vi.fn(() => true);
    const exchange = server({ verify, random: () => GREETING });
    expect(await exchange.feed()).toStrictEqual([SPEAKS, `send ${hexOf(GREETING)}`]);
    expect(await exchange.feed(hex(LOGIN), chunk)).toStrictEqual(["done"]);
    expect(verify.mock.calls).toStrictEqual([["ADMIN", "secret"]]);
  });

  test("has room for 23 bytes of each, and cuts no character in two", async () => {
    const [, sent] = await client({ username: "u".repeat(24), password: `${"p".repeat(22)}é` }).feed(GREETING);
    expect(sent).toBe(`send ${"75".repeat(23)}00${"70".repeat(22)}0000`);
  });

  test("takes a field of 24 bytes without a zero", async () => {
    const verify = vi.fn(() => true);
    const exchange = server({ verify });
    await exchange.feed();
    await exchange.feed(hex("75".repeat(24) + "70".repeat(24)));
    expect(verify.mock.calls).toStrictEqual([["u".repeat(24), "p".repeat(24)]]);
  });

  test("asks the user only once the board has spoken", async () => {
    const ask = vi.fn(async () => KNOWN);
    const exchange = fed(ATEN!.client(clientContext(ATEN!, KNOWN, { ask })));
    expect(await exchange.feed(GREETING.slice(0, 23), 1)).toStrictEqual([SPEAKS]);
    expect(ask).not.toHaveBeenCalled();
    expect(await exchange.feed(join([GREETING.slice(23), hex("00000000")]))).toStrictEqual([`send ${LOGIN}`, "done"]);
    expect(ask.mock.calls).toStrictEqual([[["username", "password"]]]);
  });

  test("turns away who the verifier does", async () => {
    const exchange = server({ verify: () => false });
    await exchange.feed();
    expect(await exchange.feed(hex(LOGIN))).toStrictEqual([
      "authentication: Cannot let the client in: wrong user or password",
    ]);
    expect(() => server({ password: () => "x" })).toThrow(TypeError);
  });

  test("makes the session ATEN's, with ATEN's ServerInit, whatever version it greets with", async () => {
    const options = {
      client: { schemes: [ATEN!], credentials: () => KNOWN },
      server: { schemes: [ATEN!], verifier: { verify: () => true } },
    };
    for (const version of ["3.3", "3.7", "3.8"] as const) {
      for (const { error, session } of Object.values(await meet({ ...options, version }))) {
        expect(error).toBeUndefined();
        expect(session).toMatchObject({ phase: "clientInit", securityType: 16, dialect: "aten" });
        // Size, format, a name of none, and the 12 bytes that no other server has.
        const init = hex("0280 01e0 10 10 00 01 001f 003f 001f 0b 05 00 000000 00000000 0000000000000000 01010101");
        expect(extentOfServerInit(init, 0, init.length, DEFAULT_LIMITS, session)).toBe(init.length);
        expect(decodeServerInit(init, 0, session).atenRights).toStrictEqual(init.slice(-12));
      }
    }
  });

  test("is never run where Tight alone is allowed, and runs ahead of it where it is named first", async () => {
    const named = (names: readonly string[]) => ({
      client: { schemes: schemesNamed(names), credentials: () => KNOWN },
      server: { schemes: [ATEN!], verifier: { verify: () => true, random: () => GREETING.slice() } },
    });
    const tight = schemesNamed(["tightvnc"]).map(({ name }) => name);
    const { client: declined } = await meet(named(tight));
    expect(declined.error).toMatchObject({ name: "RfbError" });
    expect(declined.clear).not.toContain(hexOf(latin1("secret")));
    expect((await meet(named(["aten", ...tight]))).client.error).toBeUndefined();
    expect((await meet(named([...tight, "aten"]))).client.error).toMatchObject({ name: "RfbError" });
  });

  test("comes to a verdict or an RfbError, whatever is said", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
        const exchange = server({ verify: (username) => username === "x" });
        expect((await exchange.feed(bytes)).slice(2).join()).toMatch(/^$|^authentication: |^done$/);
        expect((await client().feed(bytes)).slice(1).join()).toMatch(/^$|^send [0-9a-f]{96},done$/);
      }),
      runs(100),
    );
  });
});

test("NTLM, which no scheme speaks, is named where a server offers nothing else", () => {
  const error = errorOf(() => chooseSecurityType([4], schemesNamed(["vncauth"])));
  expect(error).toMatchObject({ code: "authentication" });
  expect(error.reason).toBe("the server offers [NTLM (4)], and only [vncauth] is allowed");
});
