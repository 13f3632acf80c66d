import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { clientExchange, schemesNamed, serverExchange } from "../../auth/mod.ts";
import { createClientHandshake, decodeServerInit } from "../../codec/handshake/mod.ts";
import { be32, hex, hexOf, join, latin1 } from "../codec/bytes.ts";
import { runClient } from "../codec/handshake/runs.ts";
import { runs } from "../codec/runs.ts";
import { VERIFIER } from "./everybody.ts";
import { fed } from "./pulling.ts";

const CREDENTIALS = { username: "u", password: "password" };

function client(...names: string[]) {
  const credentials = vi.fn(() => CREDENTIALS);
  return { credentials, ...fed(clientExchange(16, { schemes: schemesNamed(names), credentials })) };
}

function server(...names: string[]) {
  return fed(serverExchange(16, { schemes: schemesNamed(names), verifier: VERIFIER }));
}

/** Capabilities as they are on the wire: `[2, "STDVVNCAUTH_"]`. */
function list(...capabilities: (readonly [number, string])[]): Uint8Array {
  return join([be32(capabilities.length), ...capabilities.map(([code, name]) => join([be32(code), latin1(name)]))]);
}

const NO_TUNNEL = [0, "TGHTNOTUNNEL"] as const;
const NONE = [1, "STDVNOAUTH__"] as const;
const VNC_AUTH = [2, "STDVVNCAUTH_"] as const;
const VENCRYPT = [19, "VENCVENCRYPT"] as const;
const SASL = [20, "GTKVSASL____"] as const;
const UNIX = [129, "TGHTULGNAUTH"] as const;
const EXTERNAL = [130, "TGHTXTRNAUTH"] as const;

describe.each([1, 1000])("A client of Tight that reads %i bytes at a time", (chunk) => {
  test("takes no tunnel, and the first of its own that is offered", async () => {
    const { feed } = client("tightvnc", "tightnone");
    expect(await feed(list([7, "VENDTUNNEL7_"], NO_TUNNEL), chunk)).toStrictEqual(["send 00000000"]);
    expect(await feed(list(NONE, EXTERNAL, VNC_AUTH), chunk)).toStrictEqual([
      "server offered 1,130,2",
      "client chose 2",
      "send 00000002",
    ]);
    expect(await feed(hex("00112233445566778899aabbccddeeff"), chunk)).toHaveLength(2);
  });

  test("has nothing to choose where no tunnel and no authentication is offered", async () => {
    const { feed } = client("tightvnc", "tightnone");
    expect(await feed(join([list(), list()]), chunk)).toStrictEqual(["server offered 1", "client chose 1", "done"]);
  });

  test("answers Siemens' lone SCHANNEL with no tunnel", async () => {
    expect(await client("tightnone").feed(list([1, "SICRSCHANNEL"]), chunk)).toStrictEqual(["send 00000000"]);
  });

  test.each([
    ["another code", [1, "TGHTNOTUNNEL"]],
    ["another vendor", [0, "SICRNOTUNNEL"]],
    ["another name", [0, "TGHTSSLTUNNL"]],
    ["SCHANNEL of somebody else", [1, "TGHTSCHANNEL"]],
  ] as const)("refuses a tunnel of %s, and says nothing", async (_what, tunnel) => {
    const [code, name] = tunnel;
    const described = `${code} ${name.slice(0, 4)} ${name.slice(4)}`;
    expect(await client("tightnone").feed(list(tunnel), chunk)).toStrictEqual([
      `authentication: Cannot pass Tight: the server offers the tunnels [${described}], and none is spoken`,
    ]);
  });

  test("sends user and password in clear to UnixLogin", async () => {
    const { feed } = client("tightunix");
    expect(await feed(join([list(), list(UNIX)]), chunk)).toStrictEqual([
      "server offered 129",
      "client chose 129",
      "send 00000081",
      "send 00000001000000087570617373776f7264",
      "done",
    ]);
  });

  test("passes VeNCrypt inside as it does outside", async () => {
    const { feed, credentials } = client("tightx509plain");
    expect(await feed(join([list(), list(VENCRYPT)]), chunk)).toStrictEqual([
      "server offered 19",
      "client chose 19",
      "send 00000013",
    ]);
    expect(await feed(hex("0002"), chunk)).toStrictEqual(["send 0002"]);
    expect(await feed(hex("00 01 00000106"), chunk)).toStrictEqual([
      "server offered 262",
      "client chose 262",
      "send 00000106",
    ]);
    expect(credentials).not.toHaveBeenCalled();
    expect((await feed(hex("01")))[0]).toBe("startTls x509");
  });

  test.each([
    ["nothing, which stands for None", [], "None (1)"],
    ["None", [NONE], "1 STDV NOAUTH__"],
    ["the right number with the wrong name", [[2, "STDVNOAUTH__"]], "2 STDV NOAUTH__"],
    ["the right name with the wrong number", [[1, "STDVVNCAUTH_"]], "1 STDV VNCAUTH_"],
    ["the right number of another vendor", [[2, "XXXXVNCAUTH_"]], "2 XXXX VNCAUTH_"],
    ["others", [SASL, UNIX, EXTERNAL], "20 GTKV SASL____, 129 TGHT ULGNAUTH, 130 TGHT XTRNAUTH"],
  ] as const)("refuses a server that offers %s", async (_what, offered, described) => {
    const { feed, credentials } = client("tightvnc");
    const did = await feed(join([list(), list(...offered)]), chunk);
    expect(did.at(-1)).toBe(
      `authentication: Cannot pass Tight: the server offers [${described}], and only [VncAuth (2)] is allowed`,
    );
    expect(did.filter((what) => what.startsWith("send"))).toStrictEqual([]);
    expect(credentials).not.toHaveBeenCalled();
  });

  test.each([
    ["tunnels", new Uint8Array(0)],
    ["ways to authenticate", list()],
  ])("takes 64 %s and no more", async (_what, before) => {
    const at = async (count: number) => (await client("tightnone").feed(join([before, be32(count)]), chunk)).at(-1);
    expect(await at(64)).toBeUndefined();
    expect(await at(65)).toBe("limit: Cannot accept a length: limit maxTightChoices is 64, got 65");
    // ATEN's boards begin with random bytes here.
    expect(await at(0xffffffff)).toBe("limit: Cannot accept a length: limit maxTightChoices is 64, got 4294967295");
  });
});

describe.each([1, 1000])("A server of Tight that reads %i bytes at a time", (chunk) => {
  test("offers its schemes in their order, by their capabilities", async () => {
    const { feed } = server("tightunix", "tightx509none", "none", "tighttlsnone", "tightvnc", "tightnone", "tightsasl");
    const did = await feed();
    expect(did).toStrictEqual([
      "send 00000000",
      "server offered 129,19,2,1,20",
      `send ${hexOf(list(UNIX, VENCRYPT, VNC_AUTH, NONE, SASL))}`,
    ]);
    expect(await feed(be32(1), chunk)).toStrictEqual(["client chose 1", "done"]);
  });

  test("offers nothing where None is all there is", async () => {
    expect(await server("tightnone", "none").feed()).toStrictEqual([
      "send 00000000",
      "server offered 1",
      "send 00000000",
      "client chose 1",
      "done",
    ]);
  });

  test.each([0, 1, 19, 130, 0xffffffff])("refuses %i, which was not offered", async (code) => {
    const { feed } = server("tightvnc");
    await feed();
    const [refused] = await feed(be32(code), chunk);
    expect(refused).toMatch(/^authentication: Cannot pass Tight: the client chose .*, which was not offered$/);
  });

  test("checks user and password of UnixLogin", async () => {
    for (const [word, outcome] of [
      ["engine no. 9", "done"],
      ["engine no. 8", "authentication: Cannot let the client in: wrong user or password"],
    ] as const) {
      const { feed } = server("tightunix");
      await feed();
      await feed(be32(129), chunk);
      expect(await feed(join([be32(3), be32(12), latin1(`ada${word}`)]), chunk)).toStrictEqual([outcome]);
    }
  });
});

/** xtightvnc-tightsecurity-none/server.bin, up to the end of ServerInit. */
const RECORDED = hex(`
  524642203030332e3030380a02011000000000000000000000000000a000782018000100ff00ff00ff10080000000000
  00001d726f6f74277320636f72707573206465736b746f702028766d3a32352900000000000c00000000000153544456
  434f50595245435400000002535444565252455f5f5f5f5f0000000453544456434f5252455f5f5f0000000553544456
  48455854494c455f00000006545244565a4c49425f5f5f5f000000075447485454494748545f5f5fffffff0054474854
  434f4d50524c564cffffffe0544748544a504547514c564cffffff10544748545831314355525352ffffff1154474854
  5243484355525352ffffff1854474854504f494e54504f53ffffff20544748544c41535452454354
`);

test("TightVNC's own server, as recorded, offers nothing and lets us in", () => {
  const schemes = schemesNamed(["tightnone"]);
  const run = runClient(createClientHandshake(), [RECORDED.slice()], () => [
    16,
    clientExchange(16, { schemes, credentials: () => ({}) }),
  ]);
  expect(run.error).toBeUndefined();
  expect(run.session).toMatchObject({ securityPath: [16, 1], dialect: "tightvnc", phase: "clientInit" });
  const { capabilities } = decodeServerInit(run.rest!, 0, run.session);
  expect(capabilities!.encodings.map(({ code }) => code)).toStrictEqual([
    1, 2, 4, 5, 6, 7, -256, -32, -240, -239, -232, -224,
  ]);
});

test("Either role ends with a step or an RfbError, whatever it is fed", async () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 24 }),
    fc.constantFrom(list(), list(NO_TUNNEL), list(NONE), list(VNC_AUTH, NONE), list(UNIX), be32(1), be32(2), be32(129)),
  );
  const names = ["tightnone", "tightvnc", "tightunix", "tightplain", "tighttlsnone"];
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 6 }), fc.subarray(names, { minLength: 1 }), async (pieces, some) => {
      for (const role of [client, server]) {
        const { feed } = role(...some);
        // Anything but an RfbError would be thrown.
        const did = [...(await feed()), ...(await feed(join(pieces), 5))];
        expect(did.length).toBeLessThan(20);
      }
    }),
    runs(300),
  );
});
