import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { schemesNamed } from "../../auth/mod.ts";
import { hex, join, latin1 } from "../codec/bytes.ts";
import { runs } from "../codec/runs.ts";
import { clientContext, serverContext } from "./contexts.ts";
import { KNOWN, VERIFIER } from "./everybody.ts";
import { fed } from "./pulling.ts";

const [XVP, IDENT] = schemesNamed(["xvp", "ident"]) as [
  ReturnType<typeof schemesNamed>[number],
  ReturnType<typeof schemesNamed>[number],
];
const CHALLENGE = "00112233445566778899aabbccddeeff";
const LOGIN = join([Uint8Array.of(3, 3), latin1("adavm7")]);

/** The scheme's own words: VncAuth's answer of a client that knows the password. */
async function answerTo(challenge: string): Promise<Uint8Array> {
  const [sent] = await fed(schemesNamed(["vncauth"])[0]!.client(clientContext(XVP, KNOWN))).feed(hex(challenge));
  return hex(sent!.slice("send ".length));
}

describe("xvp", () => {
  test("has the client speak first: user and machine, then VncAuth", async () => {
    const { feed } = fed(XVP.client(clientContext(XVP, { username: "ada", password: "password", target: "vm7" })));
    expect(await feed()).toStrictEqual(["send 0303616461766d37"]);
    expect(await feed(hex("c1d11ac5216c3bcfd2ed395f1354ffc1"))).toStrictEqual([
      "send 646d71822fc0a9d1ace63c51d990aa6d",
      "done",
    ]);
  });

  test("asks for the password of that user on that machine", async () => {
    const passwordFor = vi.fn(() => KNOWN.password);
    const { feed } = fed(XVP.server(serverContext(XVP, { ...VERIFIER, passwordFor })));
    expect(await feed(LOGIN, 1)).toStrictEqual([`send ${CHALLENGE}`]);
    expect(passwordFor.mock.calls).toStrictEqual([["ada", "vm7"]]);
    expect(await feed(await answerTo(CHALLENGE), 5)).toStrictEqual(["done"]);
  });

  test("challenges whom it does not know as anybody else, and turns them away in the same words", async () => {
    for (const [username, target] of [
      ["ada", "vm7"],
      ["Ada", "vm7"],
      ["ada", "vm8"],
      ["", ""],
    ] as const) {
      const { feed } = fed(XVP.server(serverContext(XVP, VERIFIER)));
      const login = join([Uint8Array.of(username.length, target.length), latin1(username + target)]);
      expect(await feed(login)).toStrictEqual([`send ${CHALLENGE}`]);
      expect(await feed(new Uint8Array(16))).toStrictEqual([
        "authentication: Cannot let the client in: wrong VncAuth password",
      ]);
    }
  });

  test("does not let in one whom it does not know for an empty password", async () => {
    const [sent] = await fed(schemesNamed(["vncauth"])[0]!.client(clientContext(XVP, { password: "" }))).feed(
      hex(CHALLENGE),
    );
    const { feed } = fed(XVP.server(serverContext(XVP, VERIFIER)));
    await feed(join([Uint8Array.of(1, 1), latin1("xy")]));
    expect((await feed(hex(sent!.slice(5))))[0]).toMatch(/^authentication: /);
  });

  test("has room for 255 bytes of each", async () => {
    const long = { username: "u".repeat(255), password: "p", target: "é".repeat(127) };
    const [sent] = await fed(XVP.client(clientContext(XVP, long))).feed();
    expect(sent!.startsWith("send fffe7575")).toBe(true);
    const tooLong = { ...long, target: "é".repeat(128) };
    await expect(fed(XVP.client(clientContext(XVP, tooLong))).feed()).rejects.toThrow(RangeError);
  });

  test("does not start without somebody to ask", () => {
    expect(() => XVP.server(serverContext(XVP, { password: () => "x" }))).toThrow(TypeError);
  });
});

describe("VeNCrypt's Ident", () => {
  test("is a length, then the user's name", async () => {
    expect(await fed(IDENT.client(clientContext(IDENT, { username: "Zoë" }))).feed()).toStrictEqual([
      "send 000000045a6fc3ab",
      "done",
    ]);
  });

  test("asks the verifier about the name, and nothing else", async () => {
    const identify = vi.fn((username: string) => username === "ada");
    const server = () => fed(IDENT.server(serverContext(IDENT, { identify })));
    expect(await server().feed(hex("00000003 616461"), 1)).toStrictEqual(["done"]);
    expect(await server().feed(hex("00000003 416461"), 1)).toStrictEqual([
      "authentication: Cannot let the client in: wrong user or password",
    ]);
    expect(identify.mock.calls).toStrictEqual([["ada"], ["Ada"]]);
  });

  test("refuses a name of more than 1024 bytes from its length", async () => {
    const identify = vi.fn(() => true);
    for (const length of ["00000401", "ffffffff"]) {
      const [outcome] = await fed(IDENT.server(serverContext(IDENT, { identify }))).feed(hex(length));
      expect(outcome).toMatch(/^limit: .*maxCredentialLength is 1024/);
    }
    expect(identify).not.toHaveBeenCalled();
  });

  test("does not start without somebody to ask: a verifier of passwords is none", () => {
    expect(() => IDENT.server(serverContext(IDENT, { verify: () => true }))).toThrow(TypeError);
  });
});

test("Servers of both end with a step or an RfbError, whatever they are fed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
      for (const scheme of [XVP, IDENT]) {
        const did = await fed(scheme.server(serverContext(scheme, VERIFIER))).feed(bytes, 3);
        expect(did).not.toContain("done");
      }
    }),
    runs(200),
  );
});
