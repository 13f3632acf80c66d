import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clientExchange, schemesNamed, serverExchange, type Verifier } from "../../auth/mod.ts";
import { hex, hexOf } from "../codec/bytes.ts";
import { runs } from "../codec/runs.ts";
import { fed } from "./pulling.ts";

// What servers asked, and what a client of another make answered; the password is "password". Recorded.
const LET_IN = [
  ["QEMU 7.2.22, in 3.8", "e2ca642c32e624fdd422609ee2b2c877", "6b08a40d161d8d01480a49eb7f9b7154"],
  [
    "x11vnc 0.9.16 (libvncserver 0.9.14), in 3.8",
    "412e4ee1368b1c43766e2a2e6246732f",
    "01dc6d713fd7d555175771c50e816b2e",
  ],
  ["TigerVNC Xtigervnc 1.12.0, in 3.3", "0994e47b8b371063cac67fe4944aeff0", "192612590608369989f6e5c34f13d14d"],
  ["TigerVNC Xtigervnc 1.12.0, in 3.7", "45d10e43c01f93e389c29ba52612b895", "20e74ee33e1584567fd29fc67812e8ab"],
  ["TigerVNC Xtigervnc 1.12.0, in 3.8", "c1d11ac5216c3bcfd2ed395f1354ffc1", "646d71822fc0a9d1ace63c51d990aa6d"],
] as const;

// Likewise, where the answer was 16 zeros and the server said no.
const TURNED_AWAY = [
  ["QEMU 7.2.22, in 3.8", "c9045556a1853d1e00633747aab2e80b"],
  ["x11vnc 0.9.16 (libvncserver 0.9.14), in 3.3", "b66d7b57d4e85a81c88ce33754036ad0"],
  ["TigerVNC Xtigervnc 1.12.0, in 3.8", "4ec6e7fb6ef65830f3db2059f494fc9b"],
] as const;

const WRONG = "authentication: Cannot let the client in: wrong VncAuth password";

function client(password: string) {
  return fed(clientExchange(2, { schemes: schemesNamed(["vncauth"]), credentials: () => ({ password }) }));
}

function server(verifier: Verifier) {
  return fed(serverExchange(2, { schemes: schemesNamed(["vncauth"]), verifier }));
}

describe("VncAuth", () => {
  test.each(LET_IN)("answers the challenge of %s as its client did", async (_server, challenge, response) => {
    for (const chunk of [1, 16]) {
      expect(await client("password").feed(hex(challenge), chunk)).toStrictEqual([`send ${response}`, "done"]);
    }
  });

  test.each(LET_IN)("lets in the client that %s let in", async (_server, challenge, response) => {
    for (const chunk of [1, 16]) {
      const exchange = server({ password: () => "password", random: () => hex(challenge) });
      expect(await exchange.feed()).toStrictEqual([`send ${challenge}`]);
      expect(await exchange.feed(hex(response), chunk)).toStrictEqual(["done"]);
    }
  });

  test.each(TURNED_AWAY)("turns away the client that %s turned away", async (_server, challenge) => {
    const exchange = server({ password: () => "password", random: () => hex(challenge) });
    await exchange.feed();
    expect(await exchange.feed(new Uint8Array(16))).toStrictEqual([WRONG]);
  });

  test("turns a response away that is wrong in any one bit", async () => {
    const [, challenge, response] = LET_IN[0];
    for (let bit = 0; bit < 128; bit++) {
      const bent = hex(response);
      bent[bit >> 3]! ^= 0x80 >> (bit & 7);
      const exchange = server({ password: () => "password", random: () => hex(challenge) });
      await exchange.feed();
      expect(await exchange.feed(bent)).toStrictEqual([WRONG]);
    }
  });

  test("counts the first 8 bytes of a password, and each of them", async () => {
    const [, challenge, response] = LET_IN[0];
    expect(await client("password and more").feed(hex(challenge))).toStrictEqual([`send ${response}`, "done"]);
    for (const other of ["passwor", "passworD", "Password", "", "pässword"]) {
      expect((await client(other).feed(hex(challenge)))[0]).not.toBe(`send ${response}`);
    }
  });

  test("takes UTF-8 bytes of a password: a 9th byte is cut off even inside a character", async () => {
    const challenge = hex(LET_IN[0][1]);
    const [whole] = await client("1234567é").feed(challenge); // é is 2 bytes, the second the 9th
    const [cut] = await client("1234567ê").feed(challenge); // its first byte is the same
    expect(whole).toBe(cut);
  });

  test("takes a challenge and a response only when they are whole, and leaves a tail alone", async () => {
    const [, challenge, response] = LET_IN[0];
    expect(await client("password").feed(hex(challenge).subarray(0, 15))).toStrictEqual([]);
    expect(await client("password").feed(hex(`${challenge}ffff`))).toStrictEqual([`send ${response}`, "done"]);
    const exchange = server({ password: () => "password", random: () => hex(challenge) });
    await exchange.feed();
    expect(await exchange.feed(hex(response).subarray(0, 15))).toStrictEqual([]);
    expect(await exchange.feed(hex(response).subarray(15))).toStrictEqual(["done"]);
  });

  test("draws another challenge for each client from the host's randomness", async () => {
    const challenges = new Set<string>();
    for (let i = 0; i < 200; i++) challenges.add((await server({ password: () => "x" }).feed())[0]!);
    expect(challenges.size).toBe(200);
    for (const challenge of challenges) expect(challenge).toMatch(/^send [0-9a-f]{32}$/);
  });

  test("asks the handed-in randomness for 16 bytes, once for each client", async () => {
    const asked: number[] = [];
    const random = (length: number): Uint8Array => {
      asked.push(length);
      return new Uint8Array(length).fill(asked.length);
    };
    expect(await server({ password: () => "x", random }).feed()).toStrictEqual([`send ${"01".repeat(16)}`]);
    expect(await server({ password: () => "x", random }).feed()).toStrictEqual([`send ${"02".repeat(16)}`]);
    expect(asked).toStrictEqual([16, 16]);
  });

  test("does not let an answer to an earlier challenge in", async () => {
    const [, challenge, response] = LET_IN[0];
    const [, another] = LET_IN[1];
    const exchange = server({ password: () => "password", random: () => hex(another) });
    await exchange.feed();
    expect(challenge).not.toBe(another);
    expect(await exchange.feed(hex(response))).toStrictEqual([WRONG]);
  });

  test("agrees between both roles on any password and challenge, and on no other password", async () => {
    const word = fc.string({ minLength: 0, maxLength: 12 });
    const block = fc.uint8Array({ minLength: 16, maxLength: 16 });
    await fc.assert(
      fc.asyncProperty(word, word, block, async (password, other, challenge) => {
        const random = (): Uint8Array => challenge;
        const [answer] = await client(password).feed(challenge);
        const response = hex(answer!.slice("send ".length));
        const right = server({ password: async () => password, random });
        expect(await right.feed()).toStrictEqual([`send ${hexOf(challenge)}`]);
        expect(await right.feed(response)).toStrictEqual(["done"]);
        // DES ignores the lowest bit of a key's byte, which is the password's highest: no ASCII text differs there.
        const key = (text: string): string => text.replace(/\0+$/, "").slice(0, 8);
        fc.pre(key(password).replace(/\0+$/, "") !== key(other).replace(/\0+$/, ""));
        const wrong = server({ password: () => other, random });
        await wrong.feed();
        expect(await wrong.feed(response)).toStrictEqual([WRONG]);
      }),
      runs(100),
    );
  });

  test("does not start without a password to check with", () => {
    expect(() => server({})).toThrow(TypeError);
  });
});
