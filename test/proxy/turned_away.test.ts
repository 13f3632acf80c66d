import { describe, expect, test, vi } from "vitest";
import { RfbError } from "../../codec/errors.ts";
import type { ProxyLogEntry } from "../../proxy/mod.ts";
import { hex, hexOf, join, latin1 } from "../codec/bytes.ts";
import { type BedOptions, bed, INTERNAL, only, soon } from "./bed.ts";
import {
  CHALLENGE,
  counted,
  GENERIC,
  RESPONSE,
  subtypes,
  turnedAway,
  types,
  u32s,
  V33,
  V37,
  V38,
  VERSIONS,
  type Version,
  versionBytes,
} from "./bytes.ts";
import { type Act, hears, play, says, tls } from "./peer.ts";

/** A server that does not let the proxy in, or whom the proxy does not trust. */
interface Failure {
  readonly name: string;
  readonly schemes?: readonly string[];
  /** What the server does; it then waits for the proxy to close. */
  readonly script: readonly Act[];
  /** It closes by itself, at the end of its script. */
  readonly closes?: true;
  readonly log: Partial<ProxyLogEntry>;
  /** What the client may be told, where it is not the generic text. */
  readonly words?: Uint8Array;
  readonly bed?: BedOptions;
}

const saying = (text: string | RegExp): string => expect.stringMatching(text);

/** Before anything is chosen. The log has the stage "server security types". */
const EARLY: readonly Failure[] = [
  ...(["003.002", "003.001", "002.009", "000.001"] as const).map((version) => ({
    name: `a server of version ${version}`,
    script: [says(latin1(`RFB ${version}\n`))],
    log: { reason: saying(/^Cannot answer a ProtocolVersion.*: version \d\.\d$/) },
  })),
  {
    name: "a repeater",
    script: [says(latin1("RFB 000.000\n"))],
    log: { reason: saying("000.000 is a repeater") },
  },
  ...[
    "SSH-2.0-OpenSSH_9.2\r\n",
    "\x16\x03\x01",
    "RFB 3.8\n",
    "RFB 003.008 ",
    "rfb 003.008\n",
    "RFB  03.008\n",
    "\0",
  ].map((text) => ({
    name: `a server that says ${JSON.stringify(text)}`,
    script: [says(latin1(text))],
    log: { reason: saying(/^Cannot read a ProtocolVersion at \d+/) },
  })),
  ...(
    [
      ["a short reason", "already in use", "already in use"],
      ["a reason of 256 bytes", "x".repeat(256), "x".repeat(256)],
      ["a reason of 257 bytes", `${"y".repeat(256)}z`, "y".repeat(256)],
      ["a reason of 64 KiB", "w".repeat(65536), "w".repeat(256)],
      ["a reason that drives a terminal", "\x1b]0;pwned\x07 \r\nSet-Cookie: \x9b31m\0", "]0;pwned   Set-Cookie:  31m"],
      ["a reason that ends in NUL, as QEMU's", "in use\0", "in use"],
      ["an empty reason", "", undefined],
      ["a reason of nothing but control characters", "\0\r\n\x1b\t", undefined],
    ] as const
  ).map(([name, reason, words]) => ({
    name: `no security types and ${name}`,
    script: [says(V38), hears(V38), says(hex("00"), counted(reason))],
    log: { reason: saying(/^Cannot pass security at \d+: the server refused: /), serverVersion: "3.8" },
    ...(words !== undefined && { words: latin1(words) }),
  })),
  {
    name: "no security types and a reason in UTF-8",
    script: [says(V38), hears(V38), says(hex("00"), counted(new TextEncoder().encode("schon belegt – später")))],
    log: { reason: saying("schon belegt – später") },
    words: new TextEncoder().encode("schon belegt – später"),
  },
  {
    name: "no security types and a reason in 3.7",
    script: [says(V37), hears(V37), says(hex("00"), counted("cheese"))],
    log: { reason: saying("cheese"), serverVersion: "3.7" },
    words: latin1("cheese"),
  },
  {
    name: "no security types and a reason in 3.3",
    script: [says(V33), hears(V33), says(hex("00000000"), counted("Too many security failures"))],
    log: { reason: saying("Too many security failures"), serverVersion: "3.3" },
    words: latin1("Too many security failures"),
  },
  ...([65537, 0x7fffffff, 0x80000000, 0xffffffff] as const).map((length) => ({
    name: `no security types and a reason of ${length} bytes claimed`,
    script: [says(V38), hears(V38), says(hex("00"), u32s(length), latin1("some of it"))],
    log: { reason: saying(`limit maxReasonLength is 65536, got ${length}`) },
  })),
  ...["", "000000", "00000010", "00000010 6162"].map((cut) => ({
    name: `no security types and a close after ${hex(cut).length} bytes of the reason`,
    script: [says(V38), hears(V38), says(hex(`00${cut}`))],
    closes: true as const,
    log: { reason: "Cannot pass security: the server refused: no reason given" },
  })),
  {
    name: "a server that closes at once",
    script: [],
    closes: true,
    log: { reason: saying("the server closed in phase serverVersion") },
  },
  {
    name: "a server that closes inside its version",
    script: [says(V38.slice(0, 7))],
    closes: true,
    log: { reason: saying("the server closed in phase serverVersion") },
  },
  {
    name: "a server that closes after its version",
    script: [says(V38), hears(V38)],
    closes: true,
    log: { reason: saying("the server closed in phase securityTypes"), serverVersion: "3.8" },
  },
  {
    name: "a server that closes inside its list",
    script: [says(V38), hears(V38), says(hex("0301"))],
    closes: true,
    log: { reason: saying("the server closed in phase securityTypes") },
  },
  ...(
    [
      [["none"], [2, 5], ["VncAuth (2)", "RA2 (5)"]],
      [["vncauth"], [1], ["None (1)"]],
      [["x509none"], [1, 2], ["None (1)", "VncAuth (2)"]],
      [
        ["x509none", "vncauth"],
        [113, 129, 7, 255],
        ["MSLogonII (113)", "RA2_256 (129)", "SSPI (7)", "255"],
      ],
      [["none"], [0], ["Invalid (0)"]],
    ] as const
  ).map(([schemes, offered, securityTypes]) => ({
    name: `types ${offered} where ${schemes} is allowed`,
    schemes,
    script: [says(V38), hears(V38), says(types(...offered))],
    log: {
      reason: saying(/^Cannot choose a security type: the server offers/),
      securityTypes,
      securityType: undefined,
    },
  })),
  ...([2, 16, 0xfffffffa, 0x0100, 0x01000000] as const).map((type) => ({
    name: `type ${type} in 3.3 where none is allowed`,
    schemes: ["none"],
    script: [says(V33), hears(V33), says(u32s(type))],
    // In 3.3 the server's type is chosen as soon as it is offered.
    log: {
      reason: saying(/^Cannot choose a security type: the server offers/),
      securityType: saying(new RegExp(`\\b${type}\\b`)),
    },
  })),
];

const VENCRYPT = [says(V38), hears(V38), says(types(19)), hears(hex("13"))];
const VENCRYPT_02 = [...VENCRYPT, says(hex("0002")), hears(hex("0002"))];

function offering(...numbers: readonly number[]): readonly Act[] {
  return [...VENCRYPT_02, says(hex("00"), subtypes(...numbers))];
}

const BEFORE_TLS = [...offering(260), hears(u32s(260))];
const OVER_TLS = [...BEFORE_TLS, says(hex("01")), tls("x509")];
const NONE_38 = [says(V38), hears(V38), says(types(1)), hears(hex("01"))];
const VNC_AUTH_38 = [says(V38), hears(V38), says(types(2)), hears(hex("02")), says(CHALLENGE), hears(RESPONSE)];
const VNC_AUTH_37 = [says(V37), hears(V37), says(types(2)), hears(hex("02")), says(CHALLENGE), hears(RESPONSE)];
const VNC_AUTH_33 = [says(V33), hears(V33), says(u32s(2)), says(CHALLENGE), hears(RESPONSE)];

const SECRET = `no such user on ${INTERNAL}`;

/** From the choice on. The log has the stage "server security". */
const LATE: readonly Failure[] = [
  ...["0000", "0003", "0100", "ffff"].map((version) => ({
    name: `VeNCrypt's version ${version}`,
    schemes: ["x509none"],
    script: [...VENCRYPT, says(hex(version)), hears(hex("0000"))],
    log: {
      reason: saying(/^Cannot pass VeNCrypt at \d+: the server offers version \d+\.\d+, and only 0\.2 is spoken$/),
      securityType: "VeNCrypt (19)",
    },
  })),
  ...["01", "02", "ff"].map((ack) => ({
    name: `an acknowledgement of ${ack}`,
    schemes: ["x509none"],
    script: [...VENCRYPT_02, says(hex(ack))],
    log: { reason: saying(/^Cannot pass VeNCrypt at \d+: the server refused version 0\.2 with/) },
  })),
  ...(
    [
      [[], []],
      [
        [261, 262],
        ["X509Vnc (261)", "X509Plain (262)"],
      ],
      [
        [256, 257, 258, 259],
        ["Plain (256)", "TLSNone (257)", "TLSVnc (258)", "TLSPlain (259)"],
      ],
      [
        [265, 999, 0xffffffff],
        ["Ident (265)", "999", "4294967295"],
      ],
      [
        [1, 2, 19],
        ["None (1)", "VncAuth (2)", "VeNCrypt (19)"],
      ],
    ] as const
  ).map(([offered, vencryptSubtypes]) => ({
    name: `subtypes [${offered}] where x509none and none are allowed`,
    schemes: ["x509none", "none"],
    script: offering(...offered),
    log: {
      reason: saying("and only \\[X509None \\(260\\)\\] is allowed"),
      vencryptSubtypes,
      vencryptSubtype: undefined,
    },
  })),
  ...["00", "02", "ff"].map((ack) => ({
    name: `a second acknowledgement of ${ack}`,
    schemes: ["x509none"],
    script: [...BEFORE_TLS, says(hex(ack))],
    log: { reason: saying(/the server refused X509None \(260\) with/), vencryptSubtype: "X509None (260)" },
  })),
  {
    name: "bytes in clear behind the second acknowledgement",
    schemes: ["x509none"],
    script: [...BEFORE_TLS, says(hex("01 00000000"))],
    log: { reason: saying(/^Cannot start TLS.*: .* bytes .*in clear/) },
  },
  {
    name: "TLS that fails",
    schemes: ["x509none"],
    script: [...BEFORE_TLS, says(hex("01"))],
    log: { reason: `Cannot start TLS: the certificate is made out to ${INTERNAL}` },
    bed: {
      wrapServer: (transport) => ({
        ...transport,
        startTls: async () => {
          throw new RfbError("insecure", "Cannot start TLS", `the certificate is made out to ${INTERNAL}`);
        },
      }),
    },
  },
  {
    name: "TLS that the transport cannot carry",
    schemes: ["x509none"],
    script: [...BEFORE_TLS, says(hex("01"))],
    log: { reason: "Cannot start x509 TLS: this transport has none" },
    bed: { server: { tlsKinds: [] } },
  },
  {
    name: "TLS in whose middle the server leaves",
    schemes: ["x509none"],
    script: [...BEFORE_TLS, says(hex("01"))],
    closes: true,
    log: { reason: saying(/^Cannot start TLS: /) },
  },
  ...(
    [
      ["1 and a reason", NONE_38, "none", join([u32s(1), counted(SECRET)]), SECRET],
      ["1 and a reason after VncAuth", VNC_AUTH_38, "vncauth", join([u32s(1), counted(SECRET)]), SECRET],
      ["1 and a reason inside TLS", OVER_TLS, "x509none", join([u32s(1), counted(SECRET)]), SECRET],
      ["1 and an empty reason", VNC_AUTH_38, "vncauth", u32s(1, 0), "no reason given"],
      ["2 and a reason", VNC_AUTH_38, "vncauth", join([u32s(2), counted(SECRET)]), SECRET],
      ["77 and a reason", VNC_AUTH_38, "vncauth", join([u32s(77), counted(SECRET)]), SECRET],
      ["1 in 3.7", VNC_AUTH_37, "vncauth", u32s(1), "no reason given"],
      ["1 in 3.3", VNC_AUTH_33, "vncauth", u32s(1), "no reason given"],
      ["2 in 3.3", VNC_AUTH_33, "vncauth", u32s(2), "no reason given"],
      ["UltraVNC's 3 and a reason", VNC_AUTH_38, "vncauth", join([u32s(3), counted(SECRET)]), SECRET],
      ["UltraVNC's 3 and a reason in 3.7", VNC_AUTH_37, "vncauth", join([u32s(3), counted(SECRET)]), SECRET],
      ["UltraVNC's 3 and a reason in 3.3", VNC_AUTH_33, "vncauth", join([u32s(3), counted(SECRET)]), SECRET],
      [
        "UltraVNC's continue and a list",
        NONE_38,
        "none",
        hex("ffffffff 02 01 02"),
        "Cannot choose a security type: the server offers",
      ],
      [
        "1 and a reason of 4 GB claimed",
        NONE_38,
        "none",
        u32s(1, 0xffffffff),
        "limit maxReasonLength is 65536, got 4294967295",
      ],
    ] as const
  ).map(([name, script, scheme, result, reason]) => ({
    name: `a SecurityResult of ${name}`,
    schemes: [scheme],
    script: [...script, says(result)],
    log: { reason: saying(reason) },
  })),
  ...["", "00", "00000001", "00000001 000000", "00000001 00000004 6e6f"].map((cut) => ({
    name: `a close after ${hex(cut).length} bytes of SecurityResult`,
    schemes: ["vncauth"],
    script: [...VNC_AUTH_38, says(hex(cut))],
    closes: true as const,
    log: {
      reason: saying(
        hex(cut).length < 4 ? "the server closed in phase securityResult" : "the server refused: no reason given",
      ),
    },
  })),
  {
    name: "a server in 3.7 that leaves instead of a challenge",
    schemes: ["vncauth"],
    script: VNC_AUTH_37.slice(0, 4),
    closes: true,
    log: { reason: saying("the server closed in phase authentication"), securityType: "VncAuth (2)" },
  },
];

function sendsAll(script: readonly Act[]): boolean {
  return script.every((act) => act.type !== "send" || act.bytes.length > 0);
}

/** Plays the failure with a client of this version, which is let see all that it may; its bytes and the log. */
async function failing({ script, closes, schemes, bed: more }: Failure, version: Version, chunk?: number) {
  const scene = bed({
    ...(schemes && { schemes }),
    client: { chunk },
    ...more,
    server: { chunk, ...more?.server },
  });
  const { client, server } = scene;
  await client.send(versionBytes(version), version === "3.3" ? new Uint8Array(0) : hex("01"));
  // A server that sends nothing is a script with nothing to send.
  const acts = sendsAll(script) ? script : script.filter((act) => act.type !== "send" || act.bytes.length > 0);
  await soon("server", play(server, acts));
  if (closes) await server.close();
  const heard = await soon("client", client.rest());
  await soon("serve", scene.served);
  const more2 = closes ? new Uint8Array(0) : await soon("server's end", server.rest());
  expect(scene.open()).toStrictEqual([]);
  return { heard: hexOf(heard), afterwards: hexOf(more2), entry: only(scene.log) };
}

const cases = (failures: readonly Failure[]) =>
  failures.flatMap((failure) => VERSIONS.map((version) => [failure.name, version, failure] as const));

describe("Before anything is chosen, a client is turned away", () => {
  test.each(cases(EARLY))("by %s, in %s", async (_name, version, failure) => {
    for (const chunk of [undefined, 1]) {
      const { heard, afterwards, entry } = await failing(failure, version, chunk);
      expect(heard).toBe(hexOf(join([V38, turnedAway(version, "before it is offered anything", failure.words)])));
      expect(afterwards).toBe(""); // nothing was chosen
      expect(entry).toMatchObject({
        event: "failed",
        stage: "server security types",
        clientVersion: version,
        securityType: undefined,
        vencryptSubtype: undefined,
        ...failure.log,
      });
    }
  });
});

describe("After its choice, a client is turned away", () => {
  test.each(cases(LATE))("by %s, in %s", async (_name, version, failure) => {
    for (const chunk of [undefined, 1]) {
      const { heard, afterwards, entry } = await failing(failure, version, chunk);
      const answer =
        version === "3.3"
          ? turnedAway(version, "before it is offered anything")
          : join([hex("0101"), turnedAway(version, "after its choice")]);
      expect(heard).toBe(hexOf(join([V38, answer])));
      expect(afterwards).toBe("");
      expect(entry).toMatchObject({
        event: "failed",
        stage: "server security",
        clientVersion: version,
        ...failure.log,
      });
      expect(JSON.stringify(entry)).not.toMatch(/"password"|adapassword/);
    }
  });
});

describe("A client is turned away for its own bytes", () => {
  test.each([
    ["an HTTP request", latin1("GET / HTTP/1.1\r\nHost: vm\r\n\r\n")],
    ["a ClientHello", hex("160301020001")],
    ["the first byte that is wrong", latin1("X")],
    ["the last byte that is wrong", latin1("RFB 003.008\r")],
    ["a version with letters", latin1("RFB 00x.008\n")],
    ["version 4.0", latin1("RFB 004.000\n")],
    ["version 2.9", latin1("RFB 002.009\n")],
    ["version 0.0", latin1("RFB 000.000\n")],
    ["version 12.34", latin1("RFB 012.034\n")],
    ["a repeater's address", new Uint8Array(250)],
  ])("in its version: %s", async (_what, bytes) => {
    for (const chunk of [undefined, 1]) {
      const dial = vi.fn(() => Promise.reject(new Error("not to be dialled")));
      const scene = bed({ client: { chunk }, dial });
      await scene.client.send(bytes);
      const heard = hexOf(await soon("client", scene.client.rest()));
      expect(heard).toBe(hexOf(join([V38, turnedAway("3.8", "before its version is known")])));
      await soon("serve", scene.served);
      expect(dial).not.toHaveBeenCalled();
      expect(scene.open()).not.toContain("client");
      expect(only(scene.log)).toMatchObject({
        event: "failed",
        stage: "client version",
        reason: expect.stringMatching(/^Cannot (read|accept) a ProtocolVersion/),
      });
    }
  });

  test.each([0, 2, 5, 16, 18, 19, 113, 255])("in its choice: type %i, in 3.7 and 3.8", async (type) => {
    for (const version of ["3.7", "3.8"] as const) {
      // The server offers the type as well; what counts is what the client was offered.
      for (const chunk of [undefined, 1]) {
        const scene = bed({ schemes: ["vncauth", "none"], client: { chunk }, server: { chunk } });
        await scene.client.send(versionBytes(version));
        await soon("server", play(scene.server, [says(V38), hears(V38), says(types(2, type || 1, 1))]));
        await soon("offer", scene.client.hear(V38, hex("0101")));
        await scene.client.send(Uint8Array.of(type));
        const heard = hexOf(await soon("client", scene.client.rest()));
        expect(heard).toBe(hexOf(turnedAway(version, "after a wrong choice")));
        // With the server, nothing of a scheme was ever begun.
        expect(hexOf(await soon("server's end", scene.server.rest()))).toBe("");
        await soon("serve", scene.served);
        expect(scene.open()).toStrictEqual([]);
        expect(only(scene.log)).toMatchObject({
          event: "failed",
          stage: "client security type",
          reason: `Cannot accept a security type at 13: ${type} was not among [1]`,
          securityType: undefined,
        });
      }
    }
  });
});

describe("A dial that fails", () => {
  test.each(VERSIONS)("turns a client in %s away without the reason", async (version) => {
    for (const dial of [
      () => Promise.reject(new Error(`connect ECONNREFUSED ${INTERNAL}:5900`)),
      (): never => {
        throw new Error(`connect ECONNREFUSED ${INTERNAL}:5900`);
      },
    ]) {
      const scene = bed({ dial });
      await scene.client.send(versionBytes(version));
      const heard = hexOf(await soon("client", scene.client.rest()));
      expect(heard).toBe(hexOf(join([V38, turnedAway(version, "before it is offered anything")])));
      await soon("serve", scene.served);
      expect(only(scene.log)).toMatchObject({
        event: "failed",
        stage: "dial",
        reason: `connect ECONNREFUSED ${INTERNAL}:5900`,
        clientVersion: version,
      });
    }
  });
});

describe("Credentials that cannot be had", () => {
  test.each(VERSIONS)("turn a client in %s away without the reason", async (version) => {
    const scene = bed({
      schemes: ["vncauth"],
      credentials: () => Promise.reject(new Error(`vault at ${INTERNAL} is sealed`)),
    });
    await scene.client.send(versionBytes(version), version === "3.3" ? new Uint8Array(0) : hex("01"));
    await soon("server", play(scene.server, [says(V38), hears(V38), says(types(2)), hears(hex("02"))]));
    const heard = hexOf(await soon("client", scene.client.rest()));
    const answer =
      version === "3.3"
        ? turnedAway(version, "before it is offered anything")
        : join([hex("0101"), turnedAway(version, "after its choice")]);
    expect(heard).toBe(hexOf(join([V38, answer])));
    await soon("serve", scene.served);
    expect(only(scene.log)).toMatchObject({ stage: "server security", reason: `vault at ${INTERNAL} is sealed` });
    expect(hexOf(await soon("server's end", scene.server.rest()))).toBe("");
  });
});

describe("A server's reason that is passed on", () => {
  async function passedOn(reason: Uint8Array): Promise<Uint8Array> {
    const scene = bed();
    await scene.client.send(V38);
    await soon("server", play(scene.server, [says(V38), hears(V38), says(hex("00"), counted(reason))]));
    const heard = await soon("client", scene.client.rest());
    await soon("serve", scene.served);
    return heard.slice(V38.length + 5);
  }

  test("is still UTF-8 when it is cut, and not a jumble of its halves", async () => {
    const reason = `x${"é".repeat(200)}`; // an é lies across the 256th byte
    const heard = new TextDecoder("utf-8", { fatal: true }).decode(await passedOn(new TextEncoder().encode(reason)));
    expect(reason.startsWith(heard.replace(/\ufffd$/, ""))).toBe(true);
    expect(heard.length).toBeGreaterThan(100);
  });

  test("has at most 256 bytes also where it was Latin-1", async () => {
    expect((await passedOn(new Uint8Array(300).fill(0xe9))).length).toBeLessThanOrEqual(256);
  });

  test("does not turn the direction of text, or hide any", async () => {
    const heard = await passedOn(new TextEncoder().encode("in \u202euse\u2066 by\u200b x\u2028y\ufeff"));
    expect(new TextDecoder().decode(heard)).toMatch(/^in +use +by +x +y$/);
  });
});

test("The generic text is what this file takes it for", () => {
  expect(GENERIC).toHaveLength(0x23);
});
