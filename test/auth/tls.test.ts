import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { clientExchange, schemesNamed, serverExchange } from "../../auth/mod.ts";
import { append, createInput } from "../../codec/wire.ts";
import { be32, hex, join, latin1 } from "../codec/bytes.ts";
import { runs } from "../codec/runs.ts";
import { VERIFIER } from "./everybody.ts";
import { fed } from "./pulling.ts";

function client(...names: string[]) {
  const credentials = vi.fn(() => ({ password: "password" }));
  return { credentials, ...fed(clientExchange(18, { schemes: schemesNamed(names), credentials })) };
}

function server(...names: string[]) {
  return fed(serverExchange(18, { schemes: schemesNamed(names), verifier: VERIFIER }));
}

describe.each([1, 1000])("A client of TLS (18) that reads %i bytes at a time", (chunk) => {
  test("starts anonymous TLS at once, and chooses from the list inside", async () => {
    const { feed, credentials } = client("vinovnc", "vinonone");
    expect(await feed()).toStrictEqual(["startTls anonymous"]);
    expect(credentials).not.toHaveBeenCalled();
    expect(await feed(hex("03 01 14 02"), chunk)).toStrictEqual(["server offered 1,20,2", "client chose 2", "send 02"]);
    expect(await feed(hex("c1d11ac5216c3bcfd2ed395f1354ffc1"), chunk)).toStrictEqual([
      "send 646d71822fc0a9d1ace63c51d990aa6d",
      "done",
    ]);
  });

  test("has nothing to say after None", async () => {
    const { feed } = client("vinonone");
    await feed();
    expect(await feed(hex("01 01"), chunk)).toStrictEqual(["server offered 1", "client chose 1", "send 01", "done"]);
  });

  test.each([
    [
      "what is not allowed",
      hex("03 12 13 05"),
      "the server offers [TLS (18), VeNCrypt (19), RA2 (5)], and only [VncAuth (2)] is allowed",
    ],
    ["nothing, and says why", join([hex("00"), be32(2), latin1("no")]), 'the server refused: "no"'],
    ["nothing, and does not say why", hex("00 00000000"), "the server refused: no reason given"],
  ])("refuses a server that offers %s", async (_what, bytes, reason) => {
    const { feed } = client("vinovnc");
    await feed();
    expect((await feed(bytes, chunk)).at(-1)).toBe(`authentication: Cannot pass TLS: ${reason}`);
  });

  test("does not take what comes in clear for what comes through TLS", async () => {
    expect(await client("vinonone").feed(hex("0101"))).toStrictEqual([
      "insecure: Cannot start TLS: 2 bytes came in clear ahead of it",
    ]);
  });
});

describe("A server of TLS (18)", () => {
  test("starts TLS at once, and offers its schemes inside in their order", async () => {
    const { feed } = server("vinovnc", "none", "vinonone");
    expect(await feed()).toStrictEqual(["startTls anonymous", "server offered 2,1", "send 020201"]);
    expect(await feed(hex("01"))).toStrictEqual(["client chose 1", "done"]);
  });

  test.each([0, 2, 18, 19, 255])("refuses %i, which was not offered", async (type) => {
    const { feed } = server("vinonone");
    await feed();
    expect((await feed(Uint8Array.of(type)))[0]).toMatch(/^authentication: .*which was not offered$/);
  });

  test("hands on to TLS what came along with the choice of it, and keeps none of it", () => {
    const exchange = serverExchange(18, { schemes: schemesNamed(["vinonone"]), verifier: {} });
    const input = createInput();
    append(input, hex("16030100"));
    expect(exchange.next(input)).toStrictEqual({ type: "startTls", kind: "anonymous", early: hex("16030100") });
    expect(input.end - input.start).toBe(0);
  });
});

test("Either role ends with a step or an RfbError, whatever it is fed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
      for (const role of [client, server]) {
        const { feed } = role("vinonone", "vinovnc");
        await feed();
        expect((await feed(bytes, 3)).length).toBeLessThan(12);
      }
    }),
    runs(300),
  );
});
