import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { schemesNamed, serverExchange } from "../../auth/mod.ts";
import { DEFAULT_LIMITS } from "../../codec/limits.ts";
import { be32, hex, join, latin1 } from "../codec/bytes.ts";
import { runs } from "../codec/runs.ts";
import { clientContext, serverContext } from "./contexts.ts";
import { fed } from "./pulling.ts";

const [PLAIN] = schemesNamed(["plain"]);

function server(verify: (username: string, password: string) => boolean) {
  return fed(PLAIN!.server(serverContext(PLAIN!, { verify })));
}

function client(username: string, password: string) {
  return fed(PLAIN!.client(clientContext(PLAIN!, { username, password })));
}

function message(usernameLength: number, passwordLength: number): Uint8Array {
  const text = "u".repeat(usernameLength) + "p".repeat(passwordLength);
  return join([be32(usernameLength), be32(passwordLength), latin1(text)]);
}

describe("VeNCrypt's Plain", () => {
  test("is two lengths, then user and password, in UTF-8", async () => {
    expect(await client("bob", "hé!").feed()).toStrictEqual(["send 0000000300000004626f6268c3a921", "done"]);
    expect(await client("", "").feed()).toStrictEqual(["send 0000000000000000", "done"]);
  });

  test("takes a user and a password of 1024 bytes each", async () => {
    const verify = vi.fn(() => true);
    expect(await server(verify).feed(message(1024, 1024), 7)).toStrictEqual(["done"]);
    expect(verify.mock.calls).toStrictEqual([["u".repeat(1024), "p".repeat(1024)]]);
  });

  test.each([
    ["a user of 1025", join([be32(1025), be32(0)]), 1025],
    ["a password of 1025", join([be32(0), be32(1025)]), 1025],
    ["a user of 4 GB", join([be32(0xffffffff), be32(0)]), 0xffffffff],
    ["a password of 4 GB", join([be32(8), be32(0xffffffff)]), 0xffffffff],
    ["both of 4 GB", hex("ffffffff ffffffff"), 0xffffffff],
    ["lengths that come to 16 once 32 bits run over", hex("fffffff8 00000018"), 0xfffffff8],
    ["lengths that are -1 and 9 to who reads them with a sign", hex("ffffffff 00000009"), 0xffffffff],
  ])("refuses %s bytes from the lengths alone", async (_what, bytes, named) => {
    const verify = vi.fn(() => true);
    for (const chunk of [1, 8]) {
      const [outcome, ...more] = await server(verify).feed(bytes, chunk);
      expect(outcome).toBe(`limit: Cannot accept a length: limit maxCredentialLength is 1024, got ${named}`);
      expect(more).toStrictEqual([]);
    }
    expect(verify).not.toHaveBeenCalled();
  });

  test("waits for the last byte before it asks anybody", async () => {
    const verify = vi.fn(() => true);
    const exchange = server(verify);
    const bytes = message(3, 4);
    expect(await exchange.feed(bytes.subarray(0, -1), 1)).toStrictEqual([]);
    expect(verify).not.toHaveBeenCalled();
    expect(await exchange.feed(bytes.subarray(-1))).toStrictEqual(["done"]);
  });

  test("does not mistake bytes that are not UTF-8 for a password that is", async () => {
    const asked: string[] = [];
    await server((_username, password) => asked.push(password) < 0).feed(hex("00000001 00000003 75 ff fe 80"));
    expect(asked).toStrictEqual(["\ufffd\ufffd\ufffd"]);
  });

  test("turns away who the verifier does, by a promise too", async () => {
    const wrong = ["authentication: Cannot let the client in: wrong user or password"];
    expect(await server(() => false).feed(message(1, 1))).toStrictEqual(wrong);
    const later = fed(PLAIN!.server(serverContext(PLAIN!, { verify: async () => false })));
    expect(await later.feed(message(1, 1))).toStrictEqual(wrong);
  });

  test("brings any user and password across", async () => {
    const text = fc.string({ unit: "grapheme", maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(text, text, fc.integer({ min: 1, max: 9 }), async (username, password, chunk) => {
        const [sent] = await client(username, password).feed();
        const verify = vi.fn(() => true);
        expect(await server(verify).feed(hex(sent!.slice("send ".length)), chunk)).toStrictEqual(["done"]);
        expect(verify.mock.calls).toStrictEqual([[username, password]]);
      }),
      runs(100),
    );
  });

  test("does not start without somebody to ask", () => {
    expect(() => PLAIN!.server(serverContext(PLAIN!, { password: () => "x" }))).toThrow(TypeError);
  });

  test("may be told other limits", async () => {
    const limits = { ...DEFAULT_LIMITS, maxCredentialLength: 4 };
    const over = fed(serverExchange(19, { schemes: [PLAIN!], verifier: { verify: () => true } }, limits));
    await over.feed();
    await over.feed(hex("0002"));
    expect(await over.feed(join([be32(256), message(5, 1)]))).toStrictEqual([
      "client chose 256",
      "limit: Cannot accept a length: limit maxCredentialLength is 4, got 5",
    ]);
  });
});
