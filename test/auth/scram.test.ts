import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import {
  clientExchange,
  SCRAM_SHA_256,
  type ScramCredentials,
  scramCredentials,
  serverExchange,
  type Verifier,
} from "../../auth/mod.ts";
import { be32, hex, join } from "../codec/bytes.ts";
import { runs } from "../codec/runs.ts";
import { fed } from "./pulling.ts";
import {
  AS_CLIENT,
  AS_SERVER,
  CHUNKS,
  challenge,
  client,
  data,
  derived,
  knowingAda,
  mechanisms,
  OK,
  PASSWORD,
  proofOf,
  provingClient,
  SASL,
  send,
  server,
  start,
  TURNED_AWAY,
  WRONG,
} from "./sasl_talk.ts";

describe.each(CHUNKS)("SCRAM in chunks of %i", (chunk) => {
  test.each(AS_CLIENT.map((recorded) => [recorded.mechanism.name, recorded.source, recorded] as const))(
    "says as a client of %s what %s has, and takes the server's word",
    async (name, _source, { username, password, clientFirst, serverFirst, clientFinal, serverFinal }) => {
      const exchange = client({ credentials: { username, password }, nonce: clientFirst.split("r=")[1]! });
      expect(await exchange.feed(mechanisms(`GSSAPI,${name}`), chunk)).toStrictEqual([
        `client chose ${name}`,
        send(start(name, clientFirst)),
      ]);
      expect(await exchange.feed(challenge(serverFirst, 0), chunk)).toStrictEqual([send(data(clientFinal))]);
      expect(await exchange.feed(challenge(serverFinal, 1), chunk)).toStrictEqual(["done"]);
    },
  );

  test.each(AS_SERVER.map((recorded) => [recorded.mechanism.name, recorded.source, recorded] as const))(
    "lets in, as a server of %s, who %s has shown to know the password",
    async (name, _source, { mechanism, clientFirst, serverFirst, clientFinal, serverFinal }) => {
      const exchange = server(knowingAda({ saslMechanisms: [mechanism] }));
      expect(await exchange.feed()).toStrictEqual([send(mechanisms(name))]);
      expect(await exchange.feed(start(name, clientFirst), chunk)).toStrictEqual([
        `client chose ${name}`,
        send(challenge(serverFirst, 0)),
      ]);
      expect(await exchange.feed(data(clientFinal), chunk)).toStrictEqual([send(challenge(serverFinal, 1)), "done"]);
    },
  );
});

describe("A SCRAM client", () => {
  test("answers nothing to a server that says so in a message of its own that it is done", async () => {
    const { feed, serverFinal } = await provingClient();
    expect(await feed(challenge(serverFinal, 0))).toStrictEqual([send(data(undefined))]);
    expect(await feed(challenge(undefined, 1))).toStrictEqual(["done"]);
  });

  test("takes no other word for a server's proof", async () => {
    const signature = Buffer.from("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "base64");
    for (let bit = 0; bit < 256; bit += 17) {
      const bent = Uint8Array.from(signature);
      bent[bit >> 3]! ^= 1 << (bit & 7);
      const { feed } = await provingClient();
      expect(await feed(challenge(`v=${Buffer.from(bent).toString("base64")}`, 1))).toStrictEqual([
        "authentication: Cannot trust a SCRAM server: it does not know the password",
      ]);
    }
    const { feed } = await provingClient();
    expect(await feed(challenge(`v=${signature.subarray(0, 16).toString("base64")}`, 1))).toStrictEqual([
      "authentication: Cannot trust a SCRAM server: it does not know the password",
    ]);
  });

  test.each([undefined, ""])("does not go in where the server has proven nothing, with %j", async (nothing) => {
    for (const result of [OK, hex("ffffffff")]) {
      const { feed } = await provingClient();
      expect(await feed(challenge(nothing, 1))).toStrictEqual([]);
      expect(await feed(result, 1)).toStrictEqual([
        "authentication: Cannot pass SASL: the server lets us in before it has proven that it knows the password",
      ]);
    }
    const early = client();
    await early.feed(mechanisms("SCRAM-SHA-256"));
    expect((await early.feed(join([challenge(nothing, 1), OK])))[0]).toMatch(
      /^authentication: .* before it has proven/,
    );
  });

  test("leaves a refusal to the handshake, which has its reason", async () => {
    const { feed } = await provingClient();
    expect(await feed(join([challenge(undefined, 1), be32(1)]))).toStrictEqual(["done"]);
  });

  test("tells the error that a server names, in one line", async () => {
    const { feed } = await provingClient();
    expect(await feed(challenge("e=invalid-proof\r\n\x1b[2J,x=1", 1))).toStrictEqual([
      'authentication: Cannot pass SASL: the server refused: "invalid-proof [2J"',
    ]);
  });

  test.each([
    ["the nonce alone", "r=rOprNGfwEbeRWgbNEkqO,s=QUFBQQ==,i=4096"],
    ["another's nonce", "r=rOprNGfwEbeRWgbNEkqo3rfcNH,s=QUFBQQ==,i=4096"],
  ])("does not go on with %s", async (_what, serverFirst) => {
    const { did } = await provingClient({ serverFirst });
    expect(did).toStrictEqual([
      "authentication: Cannot trust a SCRAM server: the nonce is not ours and another one behind it",
    ]);
  });

  test("does not hash less often than 4096 times, nor more often than the limit", async () => {
    const serverFirst = (i: number | string): string => `r=rOprNGfwEbeRWgbNEkqOx,s=QUFBQQ==,i=${i}`;
    for (const few of [1, 4095]) {
      const { did } = await provingClient({ serverFirst: serverFirst(few) });
      expect(did).toStrictEqual([
        `authentication: Cannot trust a SCRAM server: ${few} iterations, and 4096 are the least`,
      ]);
    }
    for (const many of [1_000_001, 4_294_967_295, 9_999_999_999]) {
      const begun = performance.now();
      const { did } = await provingClient({ serverFirst: serverFirst(many) });
      expect(did).toStrictEqual([`limit: Cannot accept a length: limit maxScramIterations is 1000000, got ${many}`]);
      expect(performance.now() - begun).toBeLessThan(200);
    }
    const limits = { maxScramIterations: 5000 };
    expect((await provingClient({ serverFirst: serverFirst(5000), limits })).did[0]).toMatch(/^send /);
    expect((await provingClient({ serverFirst: serverFirst(5001), limits })).did[0]).toMatch(/^limit: /);
  });

  const ODD_COUNTS = ["0", "04096", "-1", "4096.5", "1e5", "", "99999999999", "0x2000"];
  const firstWith = (iterations: string): string => `r=rOprNGfwEbeRWgbNEkqOx,s=QUFBQQ==,i=${iterations}`;

  test.each([
    ["nothing", "", "no r= where it belongs"],
    ["no salt", "r=rOprNGfwEbeRWgbNEkqOx,i=4096", "no s= where it belongs"],
    ["no count", "r=rOprNGfwEbeRWgbNEkqOx,s=QUFBQQ==", "no i= where it belongs"],
    ["another order", "s=QUFBQQ==,r=rOprNGfwEbeRWgbNEkqOx,i=4096", "no r= where it belongs"],
    ["an empty salt", "r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096", "not base64"],
    ["a salt that is not base64", "r=rOprNGfwEbeRWgbNEkqOx,s=QUFBQ,i=4096", "not base64"],
    [
      "an extension to be understood",
      "m=x,r=rOprNGfwEbeRWgbNEkqOx,s=QUFBQQ==,i=4096",
      "an extension that has to be understood",
    ],
    ["a control character", "r=rOprNGfwEbeRWgbNEkqO\x01,s=QUFBQQ==,i=4096", "a nonce that is not printable ASCII"],
    ["what is not UTF-8", "r=rOprNGfwEbeRWgbNEkqO\xff,s=QUFBQQ==,i=4096", "not UTF-8"],
    ...ODD_COUNTS.map((i) => [`${i || "no number"} rounds`, firstWith(i), "the iteration count is no number"]),
  ] as [string, string, string][])("cannot read a first message with %s", async (_what, serverFirst, reason) => {
    const { did } = await provingClient({ serverFirst });
    expect(did).toStrictEqual([`malformed: Cannot read SCRAM's server-first-message: ${reason}`]);
  });

  test("skips extensions that it need not understand", async () => {
    const { did } = await provingClient({ serverFirst: "r=rOprNGfwEbeRWgbNEkqOx,s=QUFBQQ==,i=4096,x=1,y=2" });
    expect(did[0]).toMatch(/^send /);
  });

  test.each([
    ["no verifier", "x=1", "no v= where it belongs"],
    ["a verifier that is not base64", "v=*", "not base64"],
    ["an empty one", "v=", "not base64"],
  ])("cannot read a last message with %s", async (_what, serverFinal, reason) => {
    const { feed } = await provingClient();
    expect(await feed(challenge(serverFinal, 1))).toStrictEqual([
      `malformed: Cannot read SCRAM's server-final-message: ${reason}`,
    ]);
  });

  test("has nothing more to say after the last message", async () => {
    const { feed, serverFinal } = await provingClient();
    await feed(challenge(serverFinal, 0));
    expect(await feed(challenge("once more", 0))).toStrictEqual([
      "unexpected: Cannot pass SASL: the server asks for more than SCRAM has",
    ]);
  });

  test("prepares user and password, and writes a name's commas and equals signs out", async () => {
    const first = async (username: string): Promise<string> => {
      const [, sent] = await client({ credentials: { username, password: "x" }, nonce: "AAAA" }).feed(
        mechanisms("SCRAM-SHA-1"),
      );
      return Buffer.from(sent!.slice("send ".length), "hex")
        .toString()
        .slice(4 + 11 + 4, -1);
    };
    expect(await first("a=b,c")).toBe("n,,n=a=3Db=2Cc,r=AAAA");
    expect(await first("I\u00adX\u2168")).toBe("n,,n=IXIX,r=AAAA");
    const [typed, stored] = await Promise.all(
      ["pen\u00adcil", "pencil"].map(async (password) => {
        return (await provingClient({ credentials: { username: "user", password } })).did;
      }),
    );
    expect(typed).toStrictEqual(stored);
  });

  test.each([
    [
      { username: "\u0007", password: "x" },
      "Cannot use SCRAM: the user name has a character that SASLprep does not allow",
    ],
    [
      { username: "u", password: "s3cr3t\u0007" },
      "Cannot use SCRAM: the password has a character that SASLprep does not allow",
    ],
    [{ username: "\u00ad", password: "x" }, "Cannot use SCRAM: the user name is empty"],
  ])("does not take %j", async (credentials, message) => {
    await expect(client({ credentials }).feed(mechanisms("SCRAM-SHA-1"))).rejects.toThrow(new RangeError(message));
  });
});

describe("A SCRAM server", () => {
  const FIRST = "n,,n=ada,r=rOprNGfwEbeRWgbNEkqO";

  /** The server's challenge to a first message. */
  async function challenged(clientFirst: string, verifier: Verifier = knowingAda()) {
    const exchange = server(verifier);
    await exchange.feed();
    return { ...exchange, did: (await exchange.feed(start("SCRAM-SHA-256", clientFirst))).slice(1) };
  }

  function textOf(did: readonly string[]): string {
    const bytes = Buffer.from(did[0]!.slice("send ".length), "hex");
    return bytes.subarray(4, -2).toString();
  }

  test("turns a proof away that is wrong in any one bit, or cut short", async () => {
    const { clientFirst, clientFinal } = AS_SERVER[0]!;
    const [before, proof] = clientFinal.split(",p=");
    for (let bit = 0; bit < 256; bit += 5) {
      const bent = Buffer.from(proof!, "base64");
      bent[bit >> 3]! ^= 1 << (bit & 7);
      const { feed } = await challenged(clientFirst);
      expect(await feed(data(`${before},p=${bent.toString("base64")}`))).toStrictEqual([TURNED_AWAY, WRONG]);
    }
    for (const length of [1, 20, 31, 33]) {
      const cut = Buffer.concat([Buffer.from(proof!, "base64"), Buffer.alloc(1)]).subarray(0, length);
      const { feed } = await challenged(clientFirst);
      expect(await feed(data(`${before},p=${cut.toString("base64")}`))).toStrictEqual([TURNED_AWAY, WRONG]);
    }
  });

  test("does not let an answer to an earlier challenge in", async () => {
    const { clientFirst, clientFinal } = AS_SERVER[0]!;
    const random = (): Uint8Array => Buffer.from("FJXiwaOpPSZDgLI7N8VoK7NX", "base64");
    const { feed } = await challenged(clientFirst, knowingAda({ random }));
    expect(await feed(data(clientFinal))).toStrictEqual([TURNED_AWAY, WRONG]);
  });

  // Proofs of one who knows the password, by another implementation of the primitives.
  test.each([
    ["as itself", "n,,", "n,,", "", "done"],
    ["with channel binding that it takes us not to have", "y,,", "y,,", "", "done"],
    ["to act as itself", "n,a=ada,", "n,a=ada,", "", "done"],
    ["to act as another", "n,a=root,", "n,a=root,", "", WRONG],
    ["with another header than it said", "n,,", "y,,", "", WRONG],
    ["with less of a header", "n,,", "n,", "", WRONG],
    ["with more of a nonce", "n,,", "n,,", "x", WRONG],
  ])("finds who proves to know the password %s", async (_what, said, bound, more, outcome) => {
    const { feed, did } = await challenged(FIRST.replace("n,,", said));
    const serverFirst = textOf(did);
    const withoutProof = `c=${Buffer.from(bound).toString("base64")},${serverFirst.split(",")[0]}${more}`;
    const proof = proofOf("SHA-256", PASSWORD, `${FIRST.slice(3)},${serverFirst},${withoutProof}`);
    expect((await feed(data(`${withoutProof},p=${proof}`))).at(-1)).toBe(outcome);
  });

  test("has no channel binding", async () => {
    const demanding = await challenged("p=tls-exporter,,n=ada,r=x");
    expect(demanding.did).toStrictEqual([
      TURNED_AWAY,
      "unexpected: Cannot read SCRAM's client-first-message: channel binding, which was not offered",
    ]);
  });

  test("has for a stranger a salt like anybody's, the same each time, and the same words in the end", async () => {
    const verifier = knowingAda({ scram: (username, hash) => users[hash].get(username) });
    const users = {
      "SHA-1": new Map<string, ScramCredentials>(),
      "SHA-256": new Map([["ada", await scramCredentials("SHA-256", PASSWORD)]]),
    };
    const first = (name: string): string => FIRST.replace("ada", name);
    const [ada, bob, bobAgain, eve] = await Promise.all(
      ["ada", "bob", "bob", "eve"].map(async (name) => textOf((await challenged(first(name), verifier)).did)),
    );
    expect(bob).toBe(bobAgain);
    expect(new Set([ada, bob, eve]).size).toBe(3);
    const shape = (text: string): string => text.replace(/s=[A-Za-z0-9+/]{22}==/, "s=…");
    expect(shape(bob!)).toBe(shape(ada!));
    expect(shape(bob!)).toContain("s=…");
    const restarted = { ...verifier, scramSecret: new Uint8Array(32).fill(8) };
    expect(textOf((await challenged(first("bob"), restarted)).did)).not.toBe(bob);

    for (const name of ["ada", "bob", "\u0007"]) {
      const { feed, did } = await challenged(first(name), verifier);
      const nonce = textOf(did).split(",")[0];
      expect(await feed(data(`c=biws,${nonce},p=${Buffer.alloc(32).toString("base64")}`))).toStrictEqual([
        TURNED_AWAY,
        WRONG,
      ]);
    }
  });

  test("keeps a stranger's salt as long as its verifier, where no secret is given", async () => {
    const { scramSecret: _, random: __, ...verifier } = knowingAda();
    const stranger = FIRST.replace("ada", "bob");
    const saltOf = (did: readonly string[]): string => textOf(did).split(",")[1]!;
    const salts = [await challenged(stranger, verifier), await challenged(stranger, verifier)].map(({ did }) =>
      saltOf(did),
    );
    expect(salts[0]).toBe(salts[1]);
    expect(saltOf((await challenged(stranger, { ...verifier })).did)).not.toBe(salts[0]);
  });

  test("lets nobody in by the stranger's keys of zeros, whatever the proof", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), async (proof) => {
        const { feed, did } = await challenged(FIRST.replace("ada", "bob"));
        const nonce = textOf(did).split(",")[0];
        const final = `c=biws,${nonce},p=${Buffer.from(proof).toString("base64")}`;
        expect((await feed(data(final))).at(-1)).toBe(WRONG);
      }),
      runs(50),
    );
  });

  test("waits for a client that has said nothing at first", async () => {
    const { clientFirst, serverFirst } = AS_SERVER[0]!;
    const exchange = server(knowingAda());
    await exchange.feed();
    expect((await exchange.feed(start("SCRAM-SHA-256", undefined))).slice(1)).toStrictEqual([
      send(challenge(undefined, 0)),
    ]);
    expect(await exchange.feed(data(clientFirst))).toStrictEqual([send(challenge(serverFirst, 0))]);
  });

  test("looks a name up as it is meant, and as it is prepared", async () => {
    const scram = vi.fn(() => undefined);
    await challenged("n,,n=a=3Db=2Cc,r=x", knowingAda({ scram }));
    await challenged("y,a=,n=I\u00c2\u00adX,r=x", knowingAda({ scram }));
    expect(scram.mock.calls).toStrictEqual([["a=b,c", "SHA-256"]]);
    await challenged("n,,n=I\u00c2\u00adX,r=x", knowingAda({ scram })); // UTF-8 of a soft hyphen
    expect(scram.mock.calls[1]).toStrictEqual(["IX", "SHA-256"]);
  });

  test.each([
    ["an empty one", "", "no gs2 header"],
    ["no header", "n=ada,r=x", "no gs2 header"],
    ["no name", "n,,r=x", "no n= where it belongs"],
    ["an empty name", "n,,n=,r=x", "a name that is none"],
    ["a name with an equals sign", "n,,n=a=b,r=x", "a name that is none"],
    ["a name with a NUL", "n,,n=a\0b,r=x", "a name that is none"],
    ["no nonce", "n,,n=ada", "no r= where it belongs"],
    ["an empty nonce", "n,,n=ada,r=", "a nonce that is not printable ASCII"],
    ["an extension to be understood", "n,,m=1,n=ada,r=x", "an extension that has to be understood"],
    ["an identity that is none", "n,b=x,n=ada,r=x", "no a= where it belongs"],
    ["what is not UTF-8", "n,,n=\xff,r=x", "not UTF-8"],
  ])("cannot read %s", async (_what, clientFirst, reason) => {
    const { did } = await challenged(clientFirst);
    expect(did).toStrictEqual([TURNED_AWAY, `malformed: Cannot read SCRAM's client-first-message: ${reason}`]);
  });

  test.each([
    ["none", undefined, "there is none"],
    ["an empty one", "", "no c= where it belongs"],
    ["one without a nonce", "c=biws,p=QUFB", "no r= where it belongs"],
    ["one without a proof", "c=biws,r=x", "no p= where it belongs"],
    ["one with something behind the proof", "c=biws,r=x,p=QUFB,x=1", "no p= where it belongs"],
    ["a proof that is not base64", "c=biws,r=x,p=***", "not base64"],
  ])("cannot read as an answer %s", async (_what, clientFinal, reason) => {
    const { feed } = await challenged(FIRST);
    const expected =
      clientFinal === "c=biws,p=QUFB" || clientFinal === "c=biws,r=x"
        ? expect.stringContaining("where it belongs")
        : reason;
    const [said, error] = await feed(data(clientFinal));
    expect(said).toBe(TURNED_AWAY);
    expect(error!.replace("malformed: Cannot read SCRAM's client-final-message: ", "")).toStrictEqual(expected);
  });

  test("takes no name longer than a credential may be", async () => {
    const long = await challenged(`n,,n=${"a".repeat(1025)},r=x`);
    expect(long.did.at(-1)).toBe("limit: Cannot accept a length: limit maxCredentialLength is 1024, got 1025");
    expect((await challenged(`n,,n=${"a".repeat(1024)},r=x`)).did).toHaveLength(1);
  });
});

describe("What a server keeps of a password", () => {
  test.each(["SHA-1", "SHA-256"] as const)("is for %s as another implementation has it", async (hash) => {
    const salt = hex("00112233445566778899aabbccddeeff");
    expect(await scramCredentials(hash, "pencil", { salt, iterations: 4096 })).toStrictEqual(
      derived(hash, "pencil", salt, 4096),
    );
  });

  test("has a salt of its own each time, and 50000 iterations", async () => {
    const [one, other] = [await scramCredentials("SHA-256", "pencil"), await scramCredentials("SHA-256", "pencil")];
    expect(one).toMatchObject({ iterations: 50_000 });
    expect(one.salt).toHaveLength(16);
    expect(one.salt).not.toStrictEqual(other.salt);
    expect(one.storedKey).not.toStrictEqual(other.storedKey);
  });

  test("is nothing for too few iterations, or a password that is not allowed", async () => {
    await expect(scramCredentials("SHA-1", "x", { iterations: 4095 })).rejects.toThrow(RangeError);
    await expect(scramCredentials("SHA-1", "s3cr3t\u0007")).rejects.toThrow(/^(?!.*s3cr3t)/);
  });
});

test("A client and a server agree on any user and password, and on no other", async () => {
  const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(word, word, word, async (username, password, other) => {
      const known = await scramCredentials("SHA-256", password, { iterations: 4096 }).catch(() => undefined);
      fc.pre(known !== undefined);
      const verifier: Verifier = { scram: () => known, saslMechanisms: [SCRAM_SHA_256] };
      const meet = async (typed: string): Promise<string[]> => {
        const a = fed(clientExchange(20, { schemes: [SASL], credentials: () => ({ username, password: typed }) }));
        const b = fed(serverExchange(20, { schemes: [SASL], verifier }));
        let did = await b.feed();
        for (let turn = 0; did.some((what) => what.startsWith("send ")); turn++) {
          did = await (turn % 2 === 0 ? a : b).feed(hex(did.find((what) => what.startsWith("send "))!.slice(5)));
        }
        return did;
      };
      let outcome: string[];
      try {
        outcome = await meet(password);
      } catch (error) {
        fc.pre(!(error instanceof RangeError)); // a name that SASLprep does not allow
        throw error;
      }
      expect(outcome.at(-1)).toBe("done");
      const elsewhere = await meet(other).catch((error: unknown) => [String(error)]);
      if (other.normalize("NFKC") !== password.normalize("NFKC")) expect(elsewhere.at(-1)).not.toBe("done");
    }),
    runs(30),
  );
});
