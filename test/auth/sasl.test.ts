import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import {
  ANONYMOUS,
  clientExchange,
  EXTERNAL,
  PLAIN,
  PLAIN_ANYWHERE,
  type SaslMechanism,
  SCRAM_SHA_1,
  SCRAM_SHA_256,
  type Scheme,
  type Verifier,
} from "../../auth/mod.ts";
import { type ClientHandshake, createClientHandshake } from "../../codec/handshake/client_handshake.ts";
import { be32, hex, join, latin1 } from "../codec/bytes.ts";
import { errorOf } from "../codec/errors.ts";
import { runs } from "../codec/runs.ts";
import { clientContext } from "./contexts.ts";
import { fed } from "./pulling.ts";
import {
  ADA,
  AS_CLIENT,
  AS_SERVER,
  CHUNKS,
  challenge,
  client,
  data,
  knowingAda,
  mechanisms,
  OK,
  PASSWORD,
  provingClient,
  SASL,
  send,
  server,
  start,
  TLSSASL,
  TURNED_AWAY,
  WRONG,
  X509SASL,
} from "./sasl_talk.ts";

describe("SASL's client", () => {
  test.each(CHUNKS)("takes the first of its own that is offered, %i bytes at a time", async (chunk) => {
    const offered = mechanisms("PLAIN,DIGEST-MD5,SCRAM-SHA-1,SCRAM-SHA-256");
    expect((await client().feed(offered, chunk))[0]).toBe("client chose SCRAM-SHA-256");
    expect((await client({ saslMechanisms: [SCRAM_SHA_1, SCRAM_SHA_256] }).feed(offered, chunk))[0]).toBe(
      "client chose SCRAM-SHA-1",
    );
    expect(await client({ saslMechanisms: [EXTERNAL, PLAIN] }).feed(offered, chunk)).toStrictEqual([
      "client chose PLAIN",
      send(start("PLAIN", "\0ada\0engine no. 9")),
    ]);
  });

  test("takes no part of a name for the name", async () => {
    const [error] = await client().feed(mechanisms("SCRAM-SHA-256-PLUS,XPLAIN,scram-sha-256"));
    expect(error).toMatch(/^authentication: /);
  });

  test.each([
    ["GSSAPI", "GSSAPI"],
    ["", ""],
    ["GSSAPI, DIGEST-MD5\0", "GSSAPI, DIGEST-MD5"],
    ["GSS\x1b[2JAPI", "GSS, [2JAPI"],
    [`X${"Y".repeat(8000)}`, `X${"Y".repeat(299)}`],
  ])("names what is offered where it is none of its own: %j", async (list, named) => {
    expect(await client().feed(mechanisms(list))).toStrictEqual([
      `authentication: Cannot pass SASL: the server offers [${named}], and only [SCRAM-SHA-256, SCRAM-SHA-1, PLAIN] is allowed`,
    ]);
  });

  test.each([
    ["sasl", SASL],
    ["tlssasl", TLSSASL],
  ])("shows no password with %s, unless it is asked for by name", async (_name, scheme) => {
    expect(await client({}, scheme).feed(mechanisms("PLAIN,LOGIN"))).toStrictEqual([
      "authentication: Cannot pass SASL: the server offers [PLAIN, LOGIN], and only [SCRAM-SHA-256, SCRAM-SHA-1] is " +
        "allowed; PLAIN is for TLS with a certificate; mechanisms that encrypt by themselves are not spoken, TLS does that",
    ]);
    const asked = client({ saslMechanisms: [SCRAM_SHA_256, PLAIN_ANYWHERE] }, scheme);
    expect((await asked.feed(mechanisms("PLAIN,LOGIN")))[1]).toBe(send(start("PLAIN", "\0ada\0engine no. 9")));
  });

  test.each([PLAIN, ANONYMOUS, EXTERNAL])("has said it all at the start with %s", async (mechanism) => {
    for (const [complete, outcome] of [
      [challenge(undefined, 1), ["done"]],
      [challenge("", 1), ["done"]],
      [challenge(undefined, 0), [`unexpected: Cannot pass SASL: the server asks for more than ${mechanism.name} has`]],
      [challenge("more?", 1), [`unexpected: Cannot pass SASL: the server asks for more than ${mechanism.name} has`]],
    ] as const) {
      const exchange = client({ saslMechanisms: [mechanism] });
      await exchange.feed(mechanisms(mechanism.name));
      expect(await exchange.feed(complete)).toStrictEqual(outcome);
    }
  });

  test.each([ANONYMOUS, EXTERNAL])(
    "asks nobody for anything with $name, and says an empty message",
    async (mechanism) => {
      const ask = vi.fn(async () => ADA);
      const context = clientContext(SASL, ADA, { ask, saslMechanisms: [mechanism] });
      const did = await fed(SASL.client(context)).feed(mechanisms(mechanism.name));
      expect(did[1]).toBe(send(start(mechanism.name, "")));
      expect(ask).not.toHaveBeenCalled();
    },
  );

  test("asks nobody before there is a mechanism to answer with", async () => {
    const ask = vi.fn(async () => ADA);
    const context = clientContext(X509SASL, ADA, { ask });
    await fed(X509SASL.client(context)).feed(mechanisms("GSSAPI"));
    expect(ask).not.toHaveBeenCalled();
    await fed(X509SASL.client(context)).feed(mechanisms("PLAIN"));
    expect(ask.mock.calls).toStrictEqual([[["username", "password"]]]);
  });

  test("does not put a NUL into PLAIN", async () => {
    for (const credentials of [
      { username: "a\0b", password: "x" },
      { username: "a", password: "s3cr3t\0" },
    ]) {
      const exchange = client({ credentials, saslMechanisms: [PLAIN] });
      await expect(exchange.feed(mechanisms("PLAIN"))).rejects.toThrow(/^Cannot use PLAIN: there is a NUL in/);
    }
  });

  test("takes a byte behind the data that is no NUL for one, as QEMU does", async () => {
    const { feed, serverFinal } = await provingClient();
    const bytes = challenge(serverFinal, 1);
    bytes[bytes.length - 2] = 0x58;
    expect(await feed(bytes)).toStrictEqual(["done"]);
  });

  test("leaves what comes after the last message alone", async () => {
    const { feed, serverFinal } = await provingClient();
    expect(await feed(join([challenge(serverFinal, 1), OK, hex("ffff")]))).toStrictEqual(["done"]);
  });

  test("runs a mechanism that somebody else has written", async () => {
    const steps: (string | undefined)[] = [];
    const mechanism: SaslMechanism = {
      name: "X-THREE",
      client: () => ({
        start: () => undefined,
        respond(challenge) {
          steps.push(challenge && Buffer.from(challenge).toString());
          return challenge === undefined ? undefined : latin1(`re:${Buffer.from(challenge)}`);
        },
        isSatisfied: () => steps.length === 3,
      }),
    };
    const exchange = client({ saslMechanisms: [mechanism] }, SASL);
    expect((await exchange.feed(mechanisms("X-THREE")))[1]).toBe(send(start("X-THREE", undefined)));
    expect(await exchange.feed(challenge("one", 0))).toStrictEqual([send(data("re:one"))]);
    expect(await exchange.feed(challenge(undefined, 0))).toStrictEqual([send(data(undefined))]);
    // Its last answer is not sent.
    expect(await exchange.feed(challenge("two", 1))).toStrictEqual(["done"]);
    expect(steps).toStrictEqual(["one", undefined, "two"]);
  });
});

describe("SASL's server", () => {
  const verify = (username: string, password: string): boolean => username === "ada" && password === PASSWORD;

  async function afterStart(verifier: Verifier, mechanism: string, first: string | undefined, scheme = X509SASL) {
    const exchange = server(verifier, scheme);
    await exchange.feed();
    return await exchange.feed(start(mechanism, first));
  }

  test("offers what its verifier can check, and no password in clear", async () => {
    const both = { scram: () => undefined, verify };
    const offer = async (verifier: Verifier, scheme = X509SASL): Promise<string[]> => server(verifier, scheme).feed();
    expect(await offer(both)).toStrictEqual([send(mechanisms("SCRAM-SHA-256,SCRAM-SHA-1,PLAIN"))]);
    expect(await offer(both, SASL)).toStrictEqual([send(mechanisms("SCRAM-SHA-256,SCRAM-SHA-1"))]);
    expect(await offer(both, TLSSASL)).toStrictEqual([send(mechanisms("SCRAM-SHA-256,SCRAM-SHA-1"))]);
    expect(await offer({ verify })).toStrictEqual([send(mechanisms("PLAIN"))]);
    const saslMechanisms = [ANONYMOUS, PLAIN_ANYWHERE];
    expect(await offer({ verify, saslMechanisms }, SASL)).toStrictEqual([send(mechanisms("ANONYMOUS,PLAIN"))]);
  });

  test.each([
    ["nothing to check with", {}, SASL],
    ["passwords only, and no TLS", { verify }, SASL],
    ["passwords only, and anonymous TLS", { verify }, TLSSASL],
    ["no verify for PLAIN", { saslMechanisms: [PLAIN] }, X509SASL],
    ["no scram for SCRAM", { verify, saslMechanisms: [SCRAM_SHA_1] }, X509SASL],
    ["no external for EXTERNAL", { verify, saslMechanisms: [EXTERNAL] }, X509SASL],
    ["a mechanism for clients only", { saslMechanisms: [{ name: "X", client: ANONYMOUS.client }] }, X509SASL],
  ] satisfies readonly (readonly [string, Verifier, Scheme])[])("does not start with %s", (_what, verifier, scheme) => {
    expect(() => server(verifier, scheme)).toThrow(TypeError);
  });

  test.each(["GSSAPI", "", "PLAI", "PLAINE", "PLAIN,SCRAM-SHA-1", "plain", "__proto__"])(
    "refuses %j, which was not offered, in a way that can be read",
    async (name) => {
      expect(await afterStart({ verify }, name, "x")).toStrictEqual([
        TURNED_AWAY,
        `authentication: Cannot pass SASL: the client chose "${name}", which was not offered`,
      ]);
    },
  );

  test.each([
    ["\0ada\0engine no. 9", "in"],
    ["ada\0ada\0engine no. 9", "in"],
    ["root\0ada\0engine no. 9", "wrong"],
    ["\0ada\0engine no. 8", "wrong"],
    ["\0bob\0engine no. 9", "wrong"],
    ["\0ada\0", "wrong"],
    ["\0\0engine no. 9", "wrong"],
    ["\0ada\0\x07", "wrong"],
    ["\0ada\0\xff", "wrong"],
    ["", "malformed"],
    ["ada", "malformed"],
    ["\0ada", "malformed"],
    ["\0ada\0engine\0no. 9", "malformed"],
  ])("of PLAIN finds %j %s", async (first, outcome) => {
    const did = (await afterStart({ verify }, "PLAIN", first)).slice(1);
    const expected = {
      in: [send(challenge(undefined, 1)), "done"],
      wrong: [TURNED_AWAY, WRONG],
      malformed: [TURNED_AWAY, "malformed: Cannot read PLAIN: not three texts with a NUL between them"],
    };
    expect(did).toStrictEqual(expected[outcome as keyof typeof expected]);
  });

  test("of PLAIN never asks about an empty password, and asks for a prepared one", async () => {
    const asked = vi.fn(() => true);
    expect((await afterStart({ verify: asked }, "PLAIN", "\0ada\0")).at(-1)).toBe(WRONG);
    expect((await afterStart({ verify: asked }, "PLAIN", "\0ada\0\xc2\xad")).at(-1)).toBe(WRONG);
    expect(asked).not.toHaveBeenCalled();
    expect((await afterStart({ verify: asked }, "PLAIN", "\0I\xc2\xadX\0a\xc2\xa0b")).at(-1)).toBe("done");
    expect(asked.mock.calls).toStrictEqual([["IX", "a b"]]);
  });

  test("of PLAIN takes credentials of 1024 bytes, and none longer", async () => {
    const [fits, over] = ["a".repeat(1024), "a".repeat(1025)];
    const limit = "limit: Cannot accept a length: limit maxCredentialLength is 1024, got 1025";
    expect((await afterStart({ verify: () => true }, "PLAIN", `\0${fits}\0${fits}`)).at(-1)).toBe("done");
    expect((await afterStart({ verify: () => true }, "PLAIN", `\0${over}\0x`)).at(-1)).toBe(limit);
    expect((await afterStart({ verify: () => true }, "PLAIN", `\0x\0${over}`)).at(-1)).toBe(limit);
    expect((await afterStart({ verify: () => true }, "PLAIN", `${over}\0x\0x`)).at(-1)).toBe(limit);
  });

  test.each([
    ["PLAIN", { verify }, "\0ada\0engine no. 9"],
    ["ANONYMOUS", { saslMechanisms: [ANONYMOUS] }, "trace@example"],
    ["EXTERNAL", { saslMechanisms: [EXTERNAL], external: () => true }, ""],
  ] as const)("of %s waits for a client that has said nothing at first", async (name, verifier, first) => {
    const exchange = server(verifier);
    await exchange.feed();
    expect((await exchange.feed(start(name, undefined))).slice(1)).toStrictEqual([send(challenge(undefined, 0))]);
    expect(await exchange.feed(data(first), 1)).toStrictEqual([send(challenge(undefined, 1)), "done"]);
  });

  test("of EXTERNAL asks who may act as whom", async () => {
    const external = vi.fn((authorizationId: string) => authorizationId === "");
    const verifier = { saslMechanisms: [EXTERNAL], external };
    expect((await afterStart(verifier, "EXTERNAL", "")).at(-1)).toBe("done");
    expect((await afterStart(verifier, "EXTERNAL", "root")).at(-1)).toBe(WRONG);
    expect(external.mock.calls).toStrictEqual([[""], ["root"]]);
  });

  test("tells the operator, not the client, why a verifier has failed", async () => {
    const exchange = server({
      verify: () => {
        throw new Error("directory down at 10.0.0.7");
      },
    });
    await exchange.feed();
    await expect(exchange.feed(start("PLAIN", "\0a\0b"))).rejects.toThrow("directory down at 10.0.0.7");
  });

  test.each([
    ["a name of 101", be32(101), "limit maxSaslMechanismLength is 100, got 101"],
    ["a name of 4 GB", be32(0xffffffff), "limit maxSaslMechanismLength is 100, got 4294967295"],
    [
      "data above 1 MiB",
      join([be32(5), latin1("PLAIN"), be32(1048577)]),
      "limit maxSaslDataLength is 1048576, got 1048577",
    ],
  ])("refuses %s from the length alone", async (_what, bytes, reason) => {
    for (const chunk of CHUNKS) {
      const exchange = server({ verify });
      await exchange.feed();
      expect(await exchange.feed(bytes, chunk)).toStrictEqual([`limit: Cannot accept a length: ${reason}`]);
    }
  });
});

describe("Whatever the peer says", () => {
  const OUTCOMES =
    /^(send [0-9a-f]*|done|client chose [A-Z0-9-]+|(truncated|trailing|malformed|unexpected|limit|authentication): .*)$/;

  /** Sound messages, with bytes changed, cut and added. */
  const bent = (sound: readonly Uint8Array[]) =>
    fc
      .tuple(
        fc.constantFrom(...sound),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        fc.uint8Array({ maxLength: 8 }),
      )
      .map(([message, changes, tail]) => {
        const bytes = join([message, tail]);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return bytes;
      });
  const chunks = fc.integer({ min: 1, max: 40 });

  test("a client ends in a value or in an RfbError", async () => {
    const { serverFirst, serverFinal } = AS_CLIENT[1]!;
    const first = bent([mechanisms("SCRAM-SHA-256,PLAIN"), mechanisms("SCRAM-SHA-256")]);
    const rest = bent([
      challenge(serverFirst, 0),
      challenge(serverFinal, 1),
      challenge(undefined, 1),
      challenge("", 0),
    ]);
    await fc.assert(
      fc.asyncProperty(first, fc.array(rest, { maxLength: 4 }), chunks, async (one, more, chunk) => {
        const exchange = client({ nonce: "rOprNGfwEbeRWgbNEkqO", limits: { maxScramIterations: 5000 } });
        for (const bytes of [one, ...more]) {
          for (const did of await exchange.feed(bytes, chunk)) expect(did).toMatch(OUTCOMES);
        }
      }),
      runs(150),
    );
  });

  test("a server ends in a value or in an RfbError, and lets nobody in", async () => {
    const { clientFirst } = AS_SERVER[0]!;
    const first = bent([
      start("SCRAM-SHA-256", clientFirst),
      start("PLAIN", "\0ada\0wrong"),
      start("PLAIN", undefined),
    ]);
    const rest = bent([data("c=biws,r=x,p=QUFB"), data("\0ada\0wrong"), data(undefined)]);
    await fc.assert(
      fc.asyncProperty(first, fc.array(rest, { maxLength: 4 }), chunks, async (one, more, chunk) => {
        const exchange = server({ ...knowingAda(), verify: () => false });
        await exchange.feed();
        for (const bytes of [one, ...more]) {
          for (const did of await exchange.feed(bytes, chunk)) {
            expect(did).toMatch(OUTCOMES);
            expect(did).not.toBe("done");
          }
        }
      }),
      runs(150),
    );
  });
});

describe("A server that closes", () => {
  async function until(...chunks: Uint8Array[]): Promise<ClientHandshake> {
    const handshake = createClientHandshake();
    const authentication = { schemes: [SASL], credentials: () => ADA };
    for (const chunk of [latin1("RFB 003.008\n"), Uint8Array.of(1, 20), ...chunks]) {
      handshake.push(chunk);
      for (let step = handshake.next(); step !== undefined; step = handshake.next()) {
        if (step.type === "wait") await step.until;
        if (step.type === "authenticate") handshake.respond(20, clientExchange(20, authentication));
      }
    }
    return handshake;
  }

  test("within a mechanism says no: QEMU has no other way", async () => {
    const handshake = await until(mechanisms("SCRAM-SHA-256"));
    expect(errorOf(() => handshake.end())).toMatchObject({
      code: "authentication",
      reason: "the server closed within SCRAM-SHA-256: perhaps user or password is wrong",
    });
  });

  test("before that has said nothing", async () => {
    const handshake = await until(mechanisms("SCRAM-SHA-256").subarray(0, 9));
    expect(errorOf(() => handshake.end())).toMatchObject({ code: "truncated" });
  });
});
