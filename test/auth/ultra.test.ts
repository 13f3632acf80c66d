import { describe, expect, test } from "vitest";
import { chooseSecurityType, clientExchange, schemesNamed, securityTypesOf, serverExchange } from "../../auth/mod.ts";
import { createServerHandshake } from "../../codec/handshake/mod.ts";
import { be32, hex, join, latin1 } from "../codec/bytes.ts";
import { errorOf } from "../codec/errors.ts";
import { none, runServer } from "../codec/handshake/runs.ts";
import { KNOWN, VERIFIER } from "./everybody.ts";
import { meet } from "./meeting.ts";
import { fed } from "./pulling.ts";

const ultra = () => fed(clientExchange(17, { schemes: schemesNamed(["ultravnc"]), credentials: () => KNOWN }));

describe("A client of Ultra (17)", () => {
  test.each([0xffffffff, 1, 2, 3])("leaves a result of %i for the handshake", async (status) => {
    expect(await ultra().feed(be32(status), 1)).toStrictEqual(["done"]);
  });

  test("is let in by nobody for having chosen it", async () => {
    expect(await ultra().feed(be32(0))).toStrictEqual([
      "unexpected: Cannot pass Ultra: the server asks for nothing inside",
    ]);
  });

  test("knows the SecureVNC plugin when it meets it, by its length in little-endian", async () => {
    expect(await ultra().feed(hex("9000 a1b2c3d4"))).toStrictEqual([
      "unknownType: Cannot pass Ultra: 0x9000a1b2 is no result; perhaps the SecureVNC plugin, not spoken",
    ]);
  });
});

describe("UltraVNC's next round", () => {
  test("has only what is allowed after what was chosen", () => {
    const schemes = schemesNamed(["ultravnc", "none", "vncauth"]);
    expect(chooseSecurityType([1, 2], schemes, [17])).toBe(2);
    // None is allowed on its own, and not inside Ultra.
    expect(errorOf(() => chooseSecurityType([1], schemes, [17]))).toMatchObject({
      code: "authentication",
      reason: "the server offers [None (1)] after [17], and only [ultravnc] is allowed",
    });
    // Nor is another round after what was to be the last.
    expect(errorOf(() => chooseSecurityType([1, 2, 104], schemes, [2]))).toMatchObject({ code: "authentication" });
    expect(securityTypesOf(schemes, "3.8")).toStrictEqual([17, 1, 2]);
    expect(securityTypesOf(schemes, "3.8", [17])).toStrictEqual([2]);
    expect(securityTypesOf(schemes, "3.3")).toStrictEqual([1]);
    expect(securityTypesOf(schemesNamed(["ultravnc"]), "3.3")).toStrictEqual([]);
  });

  test("has no exchange for what is not allowed in it", () => {
    const schemes = schemesNamed(["ultravnc", "none"]);
    expect(() => clientExchange(1, { schemes, credentials: () => KNOWN }, undefined, [17])).toThrow(RangeError);
    expect(() => serverExchange(1, { schemes, verifier: VERIFIER }, undefined, [17])).toThrow(RangeError);
  });

  test.each(["3.7", "3.8"] as const)(
    "in %s is not passed by a client that wants more than it is offered",
    async (version) => {
      const { client, server } = await meet({
        client: { schemes: schemesNamed(["ultravnc"]), credentials: () => KNOWN },
        server: { schemes: schemesNamed(["ultranone"]), verifier: VERIFIER },
        version,
      });
      expect(client.error).toMatchObject({ code: "authentication" });
      expect(client.session.phase).toBe("securityType");
      expect(server.error).toMatchObject({ code: "truncated" });
    },
  );

  test("is asked for by a server after Ultra, and never an authorisation", () => {
    const handshake = createServerHandshake();
    const said = join([latin1("RFB 003.008\n"), hex("11"), hex("01")]);
    let round = 0;
    const run = runServer(handshake, [said], {
      get offer() {
        round += 1;
        return round === 1 ? [17] : [1];
      },
      exchange: none,
    });
    expect(run.steps).toStrictEqual([
      "send 524642203030332e3030380a",
      "offer",
      "send 0111",
      "authenticate 17",
      "send ffffffff",
      "offer",
      "send 0101",
      "authenticate 1",
      "authorise",
      "send 00000000",
      "done",
    ]);
    expect(run.session).toMatchObject({ securityPath: [17, 1], phase: "clientInit" });
  });

  test("comes eight times at the most", () => {
    const said = join([latin1("RFB 003.008\n"), hex("11".repeat(12))]);
    const { error, steps } = runServer(createServerHandshake(), [said], { offer: [17], exchange: none });
    expect(error).toMatchObject({ code: "limit" });
    expect(steps.filter((step) => step === "send ffffffff")).toHaveLength(7);
  });

  test("is refused in the form of a list", () => {
    const handshake = createServerHandshake();
    handshake.next();
    handshake.push(join([latin1("RFB 003.008\n"), hex("11")]));
    handshake.next();
    handshake.offer([17]);
    handshake.next();
    handshake.next();
    handshake.respond(none());
    expect(handshake.next()).toStrictEqual({ type: "send", bytes: hex("ffffffff") });
    expect(handshake.refuse("no")).toStrictEqual(hex("00 00000002 6e6f"));
  });

  test("has no place in 3.3, where a server cannot offer it", () => {
    const handshake = createServerHandshake();
    handshake.next();
    handshake.push(latin1("RFB 003.003\n"));
    handshake.next();
    expect(() => handshake.offer([17])).toThrow("Cannot offer Ultra in 3.3");
  });
});
