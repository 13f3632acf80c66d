import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type CredentialName,
  chooseSecurityType,
  clientExchange,
  type Means,
  SCHEMES,
  schemesNamed,
  securityTypesOf,
  serverExchange,
  usableSchemes,
  whyUnavailable,
} from "../../auth/mod.ts";
import type { TlsKind } from "../../codec/handshake/exchange.ts";
import { be32, hex, join } from "../codec/bytes.ts";
import { errorOf } from "../codec/errors.ts";
import { runs } from "../codec/runs.ts";
import { fed } from "./pulling.ts";

const NAMES = SCHEMES.map(({ name }) => name);
const ALL: Means = { tlsKinds: ["x509", "anonymous"], credentials: ["username", "password"] };

/** An operator's list, in any order. */
const allowed = fc
  .subarray(NAMES, { minLength: 1 })
  .chain((names) => fc.shuffledSubarray(names, { minLength: names.length }));

const X509 = ["x509plain", "x509sasl", "x509vnc", "x509none"];

describe("The schemes", () => {
  // rfbproto, "Security Types" and "VeNCrypt".
  test.each([
    ["x509plain", 19, 262, "x509", ["username", "password"], "stream", false],
    ["x509vnc", 19, 261, "x509", ["password"], "stream", false],
    ["x509none", 19, 260, "x509", [], "stream", false],
    ["tlsplain", 19, 259, "anonymous", ["username", "password"], "stream", true],
    ["tlsvnc", 19, 258, "anonymous", ["password"], "stream", true],
    ["tlsnone", 19, 257, "anonymous", [], "stream", true],
    ["plain", 19, 256, undefined, ["username", "password"], "nothing", true],
    ["vncauth", 2, undefined, undefined, ["password"], "password", true],
    ["none", 1, undefined, undefined, [], "nothing", true],
    ["x509sasl", 19, 263, "x509", ["username", "password"], "stream", false],
    ["tlssasl", 19, 264, "anonymous", ["username", "password"], "stream", true],
    ["ident", 19, 265, undefined, ["username"], "nothing", true],
    ["tlsident", 19, 266, "anonymous", ["username"], "stream", true],
    ["x509ident", 19, 267, "x509", ["username"], "stream", false],
    ["vencryptnone", 19, 1, undefined, [], "nothing", true],
    ["vencryptvnc", 19, 2, undefined, ["password"], "password", true],
    ["vencryptsasl", 19, 20, undefined, ["username", "password"], "password", false],
    ["xvp", 22, undefined, undefined, ["username", "password", "target"], "password", true],
    ["vinonone", 18, 1, "anonymous", [], "stream", true],
    ["vinovnc", 18, 2, "anonymous", ["password"], "stream", true],
    ["vinosasl", 18, 20, "anonymous", ["username", "password"], "stream", true],
    ["ultranone", 17, 1, undefined, [], "nothing", true],
    ["ultravnc", 17, 2, undefined, ["password"], "password", true],
    ["ultramslogon2", 17, 113, undefined, ["username", "password"], "nothing", true],
    ["tightnone", 16, 1, undefined, [], "nothing", true],
    ["tightvnc", 16, 2, undefined, ["password"], "password", true],
    ["tightsasl", 16, 20, undefined, ["username", "password"], "password", false],
    ["tightunix", 16, 129, undefined, ["username", "password"], "nothing", true],
    ["tightplain", 16, [19, 256], undefined, ["username", "password"], "nothing", true],
    ["tightx509plain", 16, [19, 262], "x509", ["username", "password"], "stream", false],
    ["tighttlsvnc", 16, [19, 258], "anonymous", ["password"], "stream", true],
  ] as const)("have %s as the registry has it", (name, securityType, inside, tls, needs, protects, legacy) => {
    const [scheme] = schemesNamed([name]);
    expect(scheme).toMatchObject({ name, needs, protects, legacy });
    expect(scheme!.path).toStrictEqual([securityType, inside ?? []].flat());
    expect(scheme!.tls).toBe(tls);
  });

  test("are no two of them alike", () => {
    expect(new Set(NAMES).size).toBe(SCHEMES.length);
    expect(new Set(SCHEMES.map(({ path }) => path.join("/"))).size).toBe(SCHEMES.length);
  });

  test("have names that can be written after a flag", () => {
    for (const name of NAMES) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
  });

  test("come by name in the order asked for", () => {
    fc.assert(
      fc.property(allowed, (names) => {
        expect(schemesNamed(names).map(({ name }) => name)).toStrictEqual(names);
      }),
      runs(100),
    );
  });

  test.each(["", "X509none", "vencrypt", "tls", "tight", "__proto__", "toString"])("do not include %j", (name) => {
    expect(() => schemesNamed(["none", name])).toThrow(RangeError);
    expect(() => schemesNamed([name])).toThrow(`"${name}"`);
  });
});

describe("The choice of a security type", () => {
  test("is the operator's first that is offered, whatever the server's order", () => {
    const offered = fc.uniqueArray(fc.oneof(fc.constantFrom(1, 2, 19), fc.integer({ min: 0, max: 255 })), {
      maxLength: 9,
    });
    fc.assert(
      fc.property(allowed, offered, (names, types) => {
        const schemes = schemesNamed(names);
        const possible = schemes.map(({ path }) => path[0]!).filter((type) => types.includes(type));
        if (possible.length > 0) expect(chooseSecurityType(types, schemes)).toBe(possible[0]);
        else expect(errorOf(() => chooseSecurityType(types, schemes)).code).toBe("authentication");
      }),
      runs(500),
    );
  });

  test.each([
    [[], ["none"]],
    [[2, 5], ["none"]],
    [[1], ["x509none"]],
    [
      [16, 18, 113, 129, 7, 255, 30],
      ["x509none", "vncauth", "none"],
    ],
    [[0], ["none", "vncauth", "plain"]],
  ])("is none where %j is offered and %j is allowed", (offered, names) => {
    const { code, message } = errorOf(() => chooseSecurityType(offered, schemesNamed(names)));
    expect(code).toBe("authentication");
    for (const name of names) expect(message).toContain(name);
    for (const type of offered) expect(message).toContain(String(type));
  });

  test("is nothing at all where nothing is allowed", () => {
    expect(errorOf(() => chooseSecurityType([1, 2, 19], [])).code).toBe("authentication");
  });

  test("inside VeNCrypt is the operator's first that is offered, and never one that is not allowed", async () => {
    const subtypes = fc.array(
      fc.oneof(fc.integer({ min: 256, max: 262 }), fc.nat(300), fc.constantFrom(265, 999, 0xffffffff, 65536 + 260)),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(allowed, subtypes, async (names, offered) => {
        const schemes = schemesNamed(names);
        fc.pre(schemes.some(({ path }) => path[0] === 19));
        const { feed } = fed(clientExchange(19, { schemes, credentials: () => ({ username: "", password: "" }) }));
        await feed(hex("0002"));
        const did = await feed(join([hex("00"), Uint8Array.of(offered.length), ...offered.map(be32)]));
        const best = schemes.find(({ path }) => path[0] === 19 && offered.includes(path[1]!));
        const chose = did.filter((what) => what.startsWith("client chose"));
        expect(chose).toStrictEqual(best === undefined ? [] : [`client chose ${best.path[1]}`]);
        const sent = did.find((what) => what.startsWith("send "));
        expect(sent).toBe(best === undefined ? undefined : `send 0000${best.path[1]!.toString(16).padStart(4, "0")}`);
        if (best === undefined) expect(did.at(-1)).toMatch(/^authentication: /);
      }),
      runs(300),
    );
  });

  test("fails where a credential source leaves out what the scheme needs", async () => {
    const exchange = clientExchange(2, { schemes: schemesNamed(["vncauth"]), credentials: () => ({ username: "u" }) });
    await expect(fed(exchange).feed(new Uint8Array(16))).rejects.toThrow("Cannot use vncauth: no password was given");
  });

  test("has no exchange for a type that no allowed scheme is of", () => {
    const none = schemesNamed(["none"]);
    expect(() => clientExchange(2, { schemes: none, credentials: () => ({}) })).toThrow(RangeError);
    expect(() => serverExchange(19, { schemes: none, verifier: {} })).toThrow(RangeError);
    expect(() => clientExchange(0, { schemes: SCHEMES, credentials: () => ({}) })).toThrow(RangeError);
  });

  test("is offered by a server each once, in the schemes' order", () => {
    expect(securityTypesOf(schemesNamed(["tlsnone", "none", "x509none", "vncauth", "plain"]))).toStrictEqual([
      19, 1, 2,
    ]);
    expect(securityTypesOf([])).toStrictEqual([]);
  });
});

describe("An operator's list", () => {
  test.each([
    ["tlsnone", { tlsKinds: ["x509"] }, "this transport cannot carry anonymous TLS"],
    ["tlsplain", { tlsKinds: [], credentials: [] }, "this transport cannot carry anonymous TLS"],
    ["x509none", { tlsKinds: ["anonymous"] }, "this transport cannot carry TLS with certificates"],
    ["x509vnc", { credentials: ["username"] }, "no password is given"],
    ["x509plain", { credentials: ["password"] }, "no username is given"],
    ["plain", { credentials: [], tlsKinds: [] }, "no username and no password is given"],
    ["vncauth", { credentials: [] }, "no password is given"],
    ["none", { credentials: [], tlsKinds: [] }, undefined],
    ["x509none", { hasServerName: false }, "there is no server name that the certificate could be compared with"],
    ["tlsnone", { hasServerName: false }, undefined],
    ["tlsnone", { minVersion: "1.3" }, "TLS 1.3 has no anonymous TLS"],
    ["x509none", { minVersion: "1.3" }, undefined],
    ["plain", { tlsKinds: [] }, undefined],
    ["xvp", {}, "no target is given"],
    ["xvp", { credentials: ["username", "password", "target"] }, undefined],
    ["x509ident", { credentials: ["password"] }, "no username is given"],
    ["vinonone", { tlsKinds: ["x509"] }, "this transport cannot carry anonymous TLS"],
    ["vinonone", { minVersion: "1.3" }, "TLS 1.3 has no anonymous TLS"],
    ["tightx509none", { hasServerName: false }, "there is no server name that the certificate could be compared with"],
    ["tightvnc", { credentials: [] }, "no password is given"],
    ["vencryptnone", { tlsKinds: [], credentials: [] }, undefined],
  ] satisfies readonly (readonly [string, Partial<Means>, string | undefined])[])(
    "is told of %s with %j: %s",
    (name, means, why) => {
      const [scheme] = schemesNamed([name]);
      expect(whyUnavailable(scheme!, { ...ALL, ...means })).toBe(why);
      const { schemes, unavailable } = usableSchemes([name], { ...ALL, ...means });
      expect(schemes).toStrictEqual(why === undefined ? [scheme] : []);
      expect(unavailable).toStrictEqual(why === undefined ? [] : [{ name, reason: why }]);
    },
  );

  test("comes down to what the means allow, each once and in its order", () => {
    const kinds = fc.subarray<TlsKind>(["x509", "anonymous"]);
    const credentials = fc.subarray<CredentialName>(["username", "password"]);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...NAMES), { maxLength: 12 }),
        kinds,
        credentials,
        (names, tlsKinds, known) => {
          const means = { tlsKinds, credentials: known };
          const { schemes, unavailable } = usableSchemes(names, means);
          const usable = schemesNamed([...new Set(names)]).filter(({ tls, needs }) => {
            return (tls === undefined || tlsKinds.includes(tls)) && needs.every((name) => known.includes(name));
          });
          expect(schemes).toStrictEqual(usable);
          const said = unavailable.map(({ name }) => name);
          for (const scheme of usable) expect(said).not.toContain(scheme.name);
          expect(new Set([...schemes.map(({ name }) => name), ...said])).toStrictEqual(new Set(names));
        },
      ),
      runs(300),
    );
  });

  test.each([
    [
      ["username", "password"],
      ["x509plain", "x509sasl", "x509vnc", "x509none"],
    ],
    [["password"], ["x509vnc", "x509none"]],
    [["username"], ["x509none"]],
    [[], ["x509none"]],
  ] as const)(
    "has vencrypt stand for the X509 schemes that %j allow, the one that proves most first",
    (credentials, expected) => {
      const { schemes, unavailable } = usableSchemes(["vencrypt"], { ...ALL, credentials });
      expect(schemes.map(({ name }) => name)).toStrictEqual(expected);
      expect(unavailable.map(({ name }) => name)).toStrictEqual(
        X509.filter((name) => !(expected as readonly string[]).includes(name)),
      );
    },
  );

  test("never has vencrypt stand for anonymous TLS or for none", () => {
    const reason = "this transport cannot carry TLS with certificates";
    expect(usableSchemes(["vencrypt"], { ...ALL, tlsKinds: ["anonymous"] })).toStrictEqual({
      schemes: [],
      unavailable: X509.map((name) => ({ name, reason })),
    });
  });

  test("keeps a scheme where it was named first, before or after vencrypt", () => {
    const named = (...names: string[]): string[] => usableSchemes(names, ALL).schemes.map(({ name }) => name);
    expect(named("x509none", "vencrypt")).toStrictEqual(["x509none", "x509plain", "x509sasl", "x509vnc"]);
    expect(named("none", "vencrypt", "x509none")).toStrictEqual([
      "none",
      "x509plain",
      "x509sasl",
      "x509vnc",
      "x509none",
    ]);
  });

  test("is refused for a name that nothing has, wherever it stands", () => {
    for (const names of [["wibble"], ["none", "wibble"], ["vencrypt", "wibble"], ["VeNCrypt"]]) {
      expect(() => usableSchemes(names, ALL)).toThrow(RangeError);
    }
  });
});
