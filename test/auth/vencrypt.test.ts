import { describe, expect, test, vi } from "vitest";
import { clientExchange, type Scheme, schemesNamed, serverExchange, type Verifier } from "../../auth/mod.ts";
import { be32, hex, join } from "../codec/bytes.ts";
import { fed } from "./pulling.ts";

const CREDENTIALS = { username: "u", password: "password" };

function client(...names: string[]) {
  const credentials = vi.fn(() => CREDENTIALS);
  return { credentials, ...fed(clientExchange(19, { schemes: schemesNamed(names), credentials })) };
}

function server(...names: string[]) {
  const verifier: Verifier = { password: () => "password", verify: () => true, random: () => new Uint8Array(16) };
  return fed(serverExchange(19, { schemes: schemesNamed(names), verifier }));
}

/** A list of subtypes as it is on the wire. */
function list(...subtypes: number[]): Uint8Array {
  return join([Uint8Array.of(subtypes.length), ...subtypes.map(be32)]);
}

const YES = hex("00");

describe.each([1, 1000])("A client of VeNCrypt that reads %i bytes at a time", (chunk) => {
  test.each([
    ["x509none", [260], "startTls x509"],
    ["x509vnc", [261], "startTls x509"],
    ["x509plain", [262], "startTls x509"],
    ["tlsnone", [257], "startTls anonymous"],
    ["tlsvnc", [258], "startTls anonymous"],
    ["tlsplain", [259], "startTls anonymous"],
  ] as const)("takes %s from version to TLS", async (name, [subtype], startTls) => {
    const { feed, credentials } = client(name);
    expect(await feed(hex("0002"), chunk)).toStrictEqual(["send 0002"]);
    expect(await feed(YES)).toStrictEqual([]);
    expect(await feed(list(subtype), chunk)).toStrictEqual([
      `server offered ${subtype}`,
      `client chose ${subtype}`,
      `send 00000${subtype.toString(16)}`,
    ]);
    expect(credentials).not.toHaveBeenCalled();
    const after = await feed(hex("01"));
    expect(after[0]).toBe(startTls);
    // Nothing is said before the server's turn, except by Plain, whose turn it is.
    expect(after.slice(1)).toStrictEqual(
      name.endsWith("none")
        ? ["done"]
        : name.endsWith("plain")
          ? ["send 00000001000000087570617373776f7264", "done"]
          : [],
    );
  });

  test("takes plain with no acknowledgement and no TLS", async () => {
    const { feed } = client("plain");
    await feed(hex("0002"), chunk);
    expect(await feed(join([YES, list(256)]), chunk)).toStrictEqual([
      "server offered 256",
      "client chose 256",
      "send 00000100",
      "send 00000001000000087570617373776f7264",
      "done",
    ]);
  });

  test.each(["0100", "0003", "0000", "0200", "ffff"])(
    "declines version %s with 0.0, and goes no further",
    async (version) => {
      const { feed, credentials } = client("x509none", "plain");
      const [major, minor] = hex(version);
      const refused = `authentication: Cannot pass VeNCrypt: the server offers version ${major}.${minor}, and only 0.2 is spoken`;
      expect(await feed(hex(version), chunk)).toStrictEqual(["send 0000", refused]);
      expect(await feed(join([YES, list(256)]))).toStrictEqual([refused]);
      expect(credentials).not.toHaveBeenCalled();
    },
  );

  test.each([1, 2, 255])("takes an acknowledgement of %i for a refusal", async (ack) => {
    const { feed } = client("x509none");
    await feed(hex("0002"), chunk);
    // The list of subtypes that follows counts no more.
    expect(await feed(join([Uint8Array.of(ack), list(260)]), chunk)).toStrictEqual([
      `authentication: Cannot pass VeNCrypt: the server refused version 0.2 with ${ack}`,
    ]);
  });

  test.each([0, 2, 255])("takes a second acknowledgement of %i for a refusal", async (ack) => {
    const { feed, credentials } = client("x509plain");
    await feed(hex("0002"), chunk);
    await feed(join([YES, list(262)]), chunk);
    expect(await feed(Uint8Array.of(ack))).toStrictEqual([
      `authentication: Cannot pass VeNCrypt: the server refused X509Plain (262) with ${ack}`,
    ]);
    expect(credentials).not.toHaveBeenCalled();
  });

  test.each([
    ["none", list(), ""],
    ["only weaker ones", list(256, 257, 258, 259), "Plain (256), TLSNone (257), TLSVnc (258), TLSPlain (259)"],
    ["only unknown ones", list(268, 999, 0xffffffff, 0), "268, 999, 4294967295, Invalid (0)"],
    ["only SASL", list(263, 264), "X509SASL (263), TLSSASL (264)"],
    ["security types that we know outside", list(1, 2, 19), "None (1), VncAuth (2), VeNCrypt (19)"],
    ["numbers that are allowed ones in their lower bits", list(0x10000 + 262, 262 - 256), "65798, RA2ne (6)"],
  ])("refuses a server that offers %s", async (_what, subtypes, named) => {
    const { feed, credentials } = client("x509plain", "vncauth", "none");
    await feed(hex("0002"), chunk);
    const did = await feed(join([YES, subtypes]), chunk);
    expect(did).toStrictEqual([
      expect.stringMatching(/^server offered /),
      `authentication: Cannot pass VeNCrypt: the server offers [${named}], and only [X509Plain (262)] is allowed`,
    ]);
    expect(credentials).not.toHaveBeenCalled();
  });

  test("finds its subtype among unknown and nested ones, in its own order", async () => {
    const { feed } = client("x509vnc", "x509none");
    await feed(hex("0002"), chunk);
    const offered = [1, 2, 265, 999, 260, 0xffffffff, 261, 19];
    expect(await feed(join([YES, list(...offered)]), chunk)).toStrictEqual([
      `server offered ${offered}`,
      "client chose 261",
      "send 00000105",
    ]);
  });

  test("takes a list of 255, the last of them its own", async () => {
    const { feed } = client("x509none");
    await feed(hex("0002"), chunk);
    const offered = [...Array.from({ length: 254 }, (_, i) => 1000 + i), 260];
    expect((await feed(join([YES, list(...offered)]), chunk)).slice(1)).toStrictEqual([
      "client chose 260",
      "send 00000104",
    ]);
  });
});

describe("Bytes ahead of TLS", () => {
  test.each([
    ["one byte", "00"],
    ["a SecurityResult that says yes", "00000000"],
    ["a challenge", "00112233445566778899aabbccddeeff"],
    ["what looks like TLS", "160303"],
  ])("are an attack on a client: %s", async (_what, early) => {
    for (const name of ["x509none", "x509vnc", "x509plain", "tlsnone"]) {
      const { feed, credentials } = client(name);
      await feed(hex("0002"));
      await feed(join([YES, list(260, 261, 262, 257)]));
      expect(await feed(hex(`01${early}`))).toStrictEqual([
        `insecure: Cannot start TLS: ${early.length / 2} bytes came in clear ahead of it`,
      ]);
      expect(credentials).not.toHaveBeenCalled();
    }
  });

  test("are an attack on a client also when they come with all that went before", async () => {
    const { feed } = client("x509none");
    const did = await feed(join([hex("0002"), YES, list(260), hex("01"), hex("00000000")]));
    expect(did.at(-1)).toBe("insecure: Cannot start TLS: 4 bytes came in clear ahead of it");
    expect(did).not.toContain("startTls x509");
  });

  test.each(["00", "00000001 00000001 75 70", "160301"])("are an attack on a server: %s", async (early) => {
    for (const [name, subtype] of [
      ["x509plain", 262],
      ["tlsnone", 257],
    ] as const) {
      const { feed } = server(name);
      await feed();
      await feed(hex("0002"));
      const bytes = join([be32(subtype), hex(early)]);
      // Refused before the acknowledgement: what follows one may be the client's ClientHello.
      expect(await feed(bytes)).toStrictEqual([
        `insecure: Cannot start TLS: ${bytes.length - 4} bytes came in clear ahead of it`,
      ]);
    }
  });

  test("are none where there is no TLS: Plain's credentials may come at once", async () => {
    const { feed } = server("plain");
    await feed();
    await feed(hex("0002"));
    expect(await feed(join([be32(256), hex("00000001 00000001 75 70")]))).toStrictEqual(["client chose 256", "done"]);
  });
});

describe.each([1, 1000])("A server of VeNCrypt that reads %i bytes at a time", (chunk) => {
  test("offers its schemes in their order, and only those of VeNCrypt", async () => {
    const { feed } = server("x509vnc", "none", "tlsnone", "vncauth", "x509plain", "plain");
    expect(await feed()).toStrictEqual(["send 0002"]);
    expect(await feed(hex("0002"), chunk)).toStrictEqual([
      "server offered 261,257,262,256",
      "send 00 04 00000105 00000101 00000106 00000100".replaceAll(/(?<!send) /g, ""),
    ]);
  });

  test.each(["0000", "0001", "0003", "0100", "0200", "ffff"])("refuses version %s with 255", async (version) => {
    const { feed } = server("x509none");
    await feed();
    const [major, minor] = hex(version);
    expect(await feed(hex(version), chunk)).toStrictEqual([
      "send ff",
      `authentication: Cannot pass VeNCrypt: the client answered with version ${major}.${minor}, and only 0.2 is spoken`,
    ]);
  });

  test.each([
    [257, "TLSNone (257)"],
    [256, "Plain (256)"],
    [0, "Invalid (0)"],
    [1, "None (1)"],
    [2, "VncAuth (2)"],
    [19, "VeNCrypt (19)"],
    [265, "Ident (265)"],
    [0xffffffff, "4294967295"],
    [0x10000 + 260, "65796"],
  ])("refuses the subtype %i, which was not offered", async (subtype, named) => {
    const { feed } = server("x509none", "none", "vncauth");
    await feed();
    await feed(hex("0002"), chunk);
    const refused = `authentication: Cannot pass VeNCrypt: the client chose ${named}, which was not offered`;
    expect(await feed(be32(subtype), chunk)).toStrictEqual(["send 00", refused]);
    expect(await feed(be32(260))).toStrictEqual([refused]);
  });

  test.each([
    ["x509none", 260, ["send 01", "startTls x509", "done"]],
    ["tlsnone", 257, ["send 01", "startTls anonymous", "done"]],
    ["x509vnc", 261, ["send 01", "startTls x509", `send ${"00".repeat(16)}`]],
    ["tlsvnc", 258, ["send 01", "startTls anonymous", `send ${"00".repeat(16)}`]],
    ["x509plain", 262, ["send 01", "startTls x509"]],
    ["tlsplain", 259, ["send 01", "startTls anonymous"]],
    ["plain", 256, []],
  ] as const)(
    "acknowledges %s with 1 where TLS follows, and with nothing where none does",
    async (name, subtype, then) => {
      const { feed } = server(name);
      await feed();
      await feed(hex("0002"), chunk);
      expect(await feed(be32(subtype), chunk)).toStrictEqual([`client chose ${subtype}`, ...then]);
    },
  );
});

describe.each([1, 1000])("A client of VeNCrypt 0.1 that reads %i bytes at a time", (chunk) => {
  test.each([
    ["with an acknowledgement, as its author has it", "00"],
    ["with none", ""],
  ])("chooses from a list of bytes %s", async (_how, ack) => {
    const { feed } = client("x509vnc", "plain");
    expect(await feed(hex("0001"), chunk)).toStrictEqual(["send 0001"]);
    expect(await feed(hex(`${ack} 03 13 15 18`), chunk)).toStrictEqual([
      "server offered 256,258,261",
      "client chose 261",
      "send 18",
    ]);
    expect(await feed(hex("01"))).toStrictEqual(["startTls x509"]);
  });

  test("has no acknowledgement behind Plain", async () => {
    const { feed } = client("plain");
    await feed(hex("0001"), chunk);
    expect((await feed(hex("01 13"), chunk)).slice(1)).toStrictEqual([
      "client chose 256",
      "send 13",
      "send 00000001000000087570617373776f7264",
      "done",
    ]);
  });

  test("takes none of its bytes for a security type, nor for a subtype of 0.2", async () => {
    const { feed, credentials } = client("vencryptvnc", "vencryptnone", "x509sasl", "ident", "x509none");
    await feed(hex("0001"), chunk);
    expect((await feed(hex("04 01 02 14 1a"), chunk)).at(-1)).toBe(
      "authentication: Cannot pass VeNCrypt: the server offers [None (1), VncAuth (2), TLSNone (257), 26], and only [X509None (260)] is allowed",
    );
    expect(credentials).not.toHaveBeenCalled();
  });
});

describe("A server of VeNCrypt 0.1", () => {
  const server01 = (vencrypt01: "acknowledged" | "bare", ...names: string[]) =>
    fed(serverExchange(19, { schemes: schemesNamed(names), verifier: { verify: () => true }, vencrypt01 }));

  test.each([
    ["acknowledged", "send 00021913"],
    ["bare", "send 021913"],
  ] as const)("that is %s sends those of its schemes that 0.1 has", async (how, listed) => {
    const { feed } = server01(how, "x509plain", "vencryptnone", "x509ident", "plain");
    expect(await feed()).toStrictEqual(["send 0002"]);
    expect(await feed(hex("0001"), 1)).toStrictEqual(["server offered 262,256", listed]);
    expect(await feed(hex("19"))).toStrictEqual(["client chose 262", "send 01", "startTls x509"]);
  });

  test("refuses what it has not offered, and other versions still", async () => {
    const chosen = server01("bare", "x509plain");
    await chosen.feed();
    await chosen.feed(hex("0001"));
    expect((await chosen.feed(hex("13")))[0]).toBe("send 00");
    const other = server01("acknowledged", "x509plain");
    await other.feed();
    expect((await other.feed(hex("0003")))[0]).toBe("send ff");
  });

  test("speaks 0.2 with who wants that", async () => {
    const { feed } = server01("bare", "plain");
    await feed();
    expect(await feed(hex("0002"))).toStrictEqual(["server offered 256", "send 000100000100"]);
  });
});

describe("A security type inside VeNCrypt", () => {
  test.each([1, 1000])("is run without an acknowledgement and without TLS, %i bytes at a time", async (chunk) => {
    const near = client("vencryptvnc");
    await near.feed(hex("0002"), chunk);
    expect(await near.feed(join([YES, list(1, 2, 261)]), chunk)).toStrictEqual([
      "server offered 1,2,261",
      "client chose 2",
      "send 00000002",
    ]);
    expect(await near.feed(hex("c1d11ac5216c3bcfd2ed395f1354ffc1"), chunk)).toStrictEqual([
      "send 646d71822fc0a9d1ace63c51d990aa6d",
      "done",
    ]);
    const far = server("vencryptvnc");
    await far.feed();
    await far.feed(hex("0002"), chunk);
    expect(await far.feed(be32(2), chunk)).toStrictEqual(["client chose 2", `send ${"00".repeat(16)}`]);
  });

  test("is not what allows it outside, nor the reverse", async () => {
    for (const [name, offered] of [
      ["vencryptnone", 2],
      ["x509none", 1],
    ] as const) {
      const { feed } = client(name, "none", "vncauth");
      await feed(hex("0002"));
      expect((await feed(join([YES, list(offered)]))).at(-1)).toMatch(/^authentication: /);
    }
  });

  test("is never VeNCrypt again, whatever a caller allows", async () => {
    const [x509none] = schemesNamed(["x509none"]);
    const nested: Scheme = { ...x509none!, path: [19, 19, 260] };
    const near = fed(clientExchange(19, { schemes: [nested], credentials: () => CREDENTIALS }));
    await near.feed(hex("0002"));
    expect((await near.feed(join([YES, list(19)]))).at(-1)).toMatch(/^authentication: /);
    const far = fed(serverExchange(19, { schemes: [nested], verifier: {} }));
    await far.feed();
    expect(await far.feed(hex("0002"))).toStrictEqual(["server offered ", "send 0000"]);
  });

  test("may be TLS (18), which starts for itself", async () => {
    const [vino] = schemesNamed(["vinonone"]);
    const schemes: Scheme[] = [{ ...vino!, path: [19, 18, 1] }];
    const { feed } = fed(clientExchange(19, { schemes, credentials: () => CREDENTIALS }));
    await feed(hex("0002"));
    expect(await feed(join([YES, list(18)]))).toStrictEqual([
      "server offered 18",
      "client chose 18",
      "send 00000012",
      "startTls anonymous",
    ]);
  });
});

describe("263 and 264, which servers disagree about", () => {
  test.each([
    ["x509sasl", 263, "startTls x509"],
    ["tlssasl", 264, "startTls anonymous"],
  ] as const)(
    "have %s run over the TLS that it is named for, whatever the server calls %i",
    async (name, subtype, tls) => {
      const { feed, credentials } = client(name);
      await feed(hex("0002"));
      await feed(join([YES, list(263, 264)]));
      expect(await feed(hex("01"))).toStrictEqual([tls]);
      expect(credentials).not.toHaveBeenCalled();
      expect(subtype).toBe(schemesNamed([name])[0]!.path[1]);
    },
  );

  test("can be allowed the other way round, by a scheme that says so", async () => {
    const [x509sasl] = schemesNamed(["x509sasl"]);
    const spec: Scheme = { ...x509sasl!, name: "x509sasl of rfbproto", path: [19, 264] };
    const { feed } = fed(clientExchange(19, { schemes: [spec], credentials: () => CREDENTIALS }));
    await feed(hex("0002"));
    await feed(join([YES, list(263, 264)]));
    expect(await feed(hex("01"))).toStrictEqual(["startTls x509"]);
  });
});
