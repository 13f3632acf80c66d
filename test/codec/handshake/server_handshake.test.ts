import { describe, expect, test } from "vitest";
import { RfbError } from "../../../codec/errors.ts";
import {
  createClientHandshake,
  createServerHandshake,
  type Exchange,
  type ServerHandshake,
  type Version,
} from "../../../codec/handshake/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { be32, bytewise, cut, hex, hexOf, join, latin1, splitsInThree } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { none, runClient, runServer, type ServerAnswers, scripted, vncAuthClient, vncAuthServer } from "./runs.ts";

const V33 = latin1("RFB 003.003\n");
const V37 = latin1("RFB 003.007\n");
const V38 = latin1("RFB 003.008\n");
const CHALLENGE = hex("c1d11ac5216c3bcfd2ed395f1354ffc1");
const RESPONSE = hex("646d71822fc0a9d1ace63c51d990aa6d");
const PIPELINED = hex("01000000");

const exchangeFor = (securityType: number): Exchange => (securityType === 1 ? none() : vncAuthServer(CHALLENGE));
const offering = (...offer: readonly number[]): ServerAnswers => ({ offer, exchange: exchangeFor });

const GREETING = "send 524642203030332e3030380a";

const sound = [
  ["3.3 with None", [V33], [1], ["offer", "send 00000001", "authenticate 1", "authorise", "done"]],
  ["3.7 with None", [V37, hex("01")], [1], ["offer", "send 0101", "authenticate 1", "authorise", "done"]],
  [
    "3.8 with None",
    [V38, hex("01")],
    [1, 2],
    ["offer", "send 020102", "authenticate 1", "authorise", "send 00000000", "done"],
  ],
  [
    "3.3 with VncAuth",
    [V33, RESPONSE],
    [2],
    ["offer", "send 00000002", "authenticate 2", `send ${hexOf(CHALLENGE)}`, "authorise", "send 00000000", "done"],
  ],
  [
    "3.7 with VncAuth",
    [V37, hex("02"), RESPONSE],
    [2],
    ["offer", "send 0102", "authenticate 2", `send ${hexOf(CHALLENGE)}`, "authorise", "send 00000000", "done"],
  ],
  [
    "3.8 with VncAuth",
    [V38, hex("02"), RESPONSE],
    [19, 2],
    ["offer", "send 021302", "authenticate 2", `send ${hexOf(CHALLENGE)}`, "authorise", "send 00000000", "done"],
  ],
] as const;

describe.each(sound)("a server's handshake in %s", (_name, messages, types, steps) => {
  const answers = offering(...types);
  const handshake = join(messages);
  const stream = join([handshake, PIPELINED]);
  const whole = runServer(createServerHandshake(), [stream.slice()], answers);

  test("takes its steps in order, and hands back what came after", () => {
    expect(whole.error).toBeUndefined();
    expect(whole.steps).toStrictEqual([GREETING, ...steps]);
    expect(whole.rest).toStrictEqual(PIPELINED);
    expect(whole.session.phase).toBe("clientInit");
  });

  test("takes the same steps for every split in three and byte by byte", () => {
    for (const [i, j] of splitsInThree(stream.length)) {
      expect(runServer(createServerHandshake(), cut(stream, i, j), answers), `${i}, ${j}`).toStrictEqual(whole);
    }
    expect(runServer(createServerHandshake(), bytewise(stream), answers)).toStrictEqual(whole);
  });

  test("is truncated where the client closes early, in whatever phase", () => {
    for (let length = 0; length < handshake.length; length++) {
      const { error, session } = runServer(createServerHandshake(), [stream.slice(0, length)], answers, true);
      expect(error).toBeInstanceOf(RfbError);
      expect(error).toMatchObject({
        code: "truncated",
        reason: `the client closed in phase ${session.phase}`,
        offset: length,
      });
    }
  });

  test("lets nobody in who was not accepted", () => {
    const { steps: taken, rest } = runServer(createServerHandshake(), [stream.slice()], { ...answers, accept: false });
    expect(rest).toBeUndefined();
    expect(taken).toStrictEqual([GREETING, ...steps].slice(0, steps.indexOf("authorise") + 1));
  });

  test("meets our client's, byte by byte", () => {
    const server = createServerHandshake(DEFAULT_LIMITS, whole.session.version!);
    const client = createClientHandshake();
    const { toClient, toServer } = meet(server, client, answers, types.at(-1) === 2 ? 2 : 1);
    expect(client.session.phase).toBe("clientInit");
    // Both have seen the same things, so they have come to the same session.
    expect(server.session).toStrictEqual(client.session);
    expect(toClient).toBeGreaterThan(12);
    expect(toServer).toBeGreaterThanOrEqual(12);
  });
});

test.each([
  ["3.8", "003.003", "3.3"],
  ["3.8", "003.005", "3.3"],
  ["3.8", "003.006", "3.3"],
  ["3.8", "003.007", "3.7"],
  ["3.8", "003.009", "3.8"],
  ["3.8", "003.889", "3.8"],
  ["3.7", "003.008", "3.7"],
  ["3.3", "003.008", "3.3"],
  ["3.3", "003.007", "3.3"],
] as const)("a server of %s takes the answer %s for %s", (offered, answer, expected) => {
  const handshake = createServerHandshake(DEFAULT_LIMITS, offered);
  expect(handshake.next()).toStrictEqual({ type: "send", bytes: latin1(`RFB 00${offered.replace(".", ".00")}\n`) });
  expect(handshake.next()).toBeUndefined();
  handshake.push(latin1(`RFB ${answer}\n`));
  expect(handshake.next()).toStrictEqual({ type: "offer" });
  expect(handshake.session.version).toBe(expected);
});

test.each(["002.002", "004.001", "000.000"])("a client's answer %s is turned away in the form of 3.7", (answer) => {
  const handshake = createServerHandshake();
  const { error, steps } = runServer(handshake, [latin1(`RFB ${answer}\n`)], offering(1));
  expect(error).toMatchObject({ code: "unknownType" });
  expect(steps).toStrictEqual([GREETING]);
  // As in xtigervnc-badversion/server.bin@12, but for the words.
  expect(hexOf(handshake.refuse("no"))).toBe("00000000026e6f");
});

test("a client that speaks something else is malformed at its first byte", () => {
  const { error } = runServer(createServerHandshake(), bytewise(latin1("GET / HTTP/1.1")), offering(1));
  expect(error).toMatchObject({ code: "malformed", offset: 0 });
});

describe("offering", () => {
  const asked = (version: Uint8Array) => {
    const handshake = createServerHandshake();
    handshake.next();
    handshake.push(version);
    expect(handshake.next()).toStrictEqual({ type: "offer" });
    return handshake;
  };

  test("is asked for until there is an offer", () => {
    const handshake = asked(V38);
    expect(handshake.next()).toStrictEqual({ type: "offer" });
    handshake.offer([77, 1]);
    expect(handshake.next()).toStrictEqual({ type: "send", bytes: hex("024d01") });
    expect(handshake.session.securityTypes).toStrictEqual([77, 1]);
  });

  test("nothing, a 0, or what the version has no room for is the caller's fault, and may be mended", () => {
    for (const types of [[], [0], [2, 0], [256]]) expect(() => asked(V38).offer(types)).toThrow(RangeError);
    const handshake = asked(V33);
    expect(() => handshake.offer([1, 2])).toThrow(RangeError);
    handshake.offer([2]);
    expect(handshake.next()).toStrictEqual({ type: "send", bytes: be32(2) });
  });

  test("before the version is agreed on is the caller's fault", () => {
    expect(() => createServerHandshake().offer([1])).toThrow(TypeError);
  });
});

test.each([
  [[19, 2], 1],
  [[2], 16],
  [[2], 0],
  [[1], 2],
])("of [%s], a client that answers %d is unexpected, and told so", (types, chosen) => {
  for (const [version, refusal] of [
    [V37, "00000001"],
    [V38, "00000001000000026e6f"],
  ] as const) {
    const handshake = createServerHandshake();
    const { error, steps } = runServer(handshake, [join([version, Uint8Array.of(chosen)])], offering(...types));
    expect(error).toMatchObject({ code: "unexpected", reason: `${chosen} was not among [${types}]` });
    expect(steps.some((step) => step.startsWith("authenticate"))).toBe(false);
    expect(hexOf(handshake.refuse("no"))).toBe(refusal);
  }
});

// The form of a refusal by what has come from the client, and where the server stands then.
const LIST_33 = "0000000000000002" + "6e6f";
const LIST_37 = "00" + "00000002" + "6e6f";
const RESULT = "00000001";
const RESULT_38 = "00000001" + "00000002" + "6e6f";
const stuck = scripted({ take: 999 });
const learnt = (subtype: number): Exchange =>
  scripted({ step: { type: "learned", from: "client", message: { type: "vencryptSubtype", subtype } } }, { take: 999 });
const vncAuth = () => vncAuthServer(CHALLENGE);

describe("a refusal", () => {
  test.each([
    ["awaiting a version", "", 1, stuck, "clientVersion", LIST_37],
    ["before types of 3.3", "RFB 003.003\n", 0, stuck, "securityTypes", LIST_33],
    ["before types of 3.7", "RFB 003.007\n", 0, stuck, "securityTypes", LIST_37],
    ["before types of 3.8", "RFB 003.008\n", 0, stuck, "securityTypes", LIST_37],
    ["awaiting a choice in 3.7", "RFB 003.007\n", 2, stuck, "securityType", RESULT],
    ["awaiting a choice in 3.8", "RFB 003.008\n", 2, stuck, "securityType", RESULT_38],
    ["during None in 3.3", "RFB 003.003\n", 1, stuck, "authentication", ""],
    ["during None in 3.7", "RFB 003.007\n\x01", 1, stuck, "authentication", ""],
    ["during None in 3.8", "RFB 003.008\n\x01", 1, stuck, "authentication", RESULT_38],
    ["during VncAuth in 3.3", "RFB 003.003\n", 2, vncAuth(), "authentication", RESULT],
    ["during VncAuth in 3.7", "RFB 003.007\n\x02", 2, vncAuth(), "authentication", RESULT],
    ["during VncAuth in 3.8", "RFB 003.008\n\x02", 2, vncAuth(), "authentication", RESULT_38],
    ["during VeNCrypt, no subtype yet", "RFB 003.008\n\x13", 19, stuck, "authentication", ""],
    ["during VeNCrypt of 3.7, with a subtype", "RFB 003.007\n\x13", 19, learnt(261), "authentication", RESULT],
    ["during VeNCrypt of 3.8, with a subtype", "RFB 003.008\n\x13", 19, learnt(257), "authentication", RESULT_38],
    ["after VncAuth in 3.3", "RFB 003.003\n0123456789abcdef", 2, vncAuth(), "securityResult", RESULT],
    ["after VncAuth in 3.7", "RFB 003.007\n\x020123456789abcdef", 2, vncAuth(), "securityResult", RESULT],
    ["after VncAuth in 3.8", "RFB 003.008\n\x020123456789abcdef", 2, vncAuth(), "securityResult", RESULT_38],
    ["after None in 3.3", "RFB 003.003\n", 1, none(), "clientInit", ""],
    ["after None in 3.7", "RFB 003.007\n\x01", 1, none(), "clientInit", ""],
    ["after None in 3.8", "RFB 003.008\n\x01", 1, none(), "securityResult", RESULT_38],
  ] as const)("%s has the form that the client reads", (_name, said, type, exchange, phase, expected) => {
    const handshake = createServerHandshake();
    handshake.push(latin1(said));
    for (let step = handshake.next(); step !== undefined; step = handshake.next()) {
      if (step.type === "offer" && type === 0) break;
      if (step.type === "offer") handshake.offer([type]);
      if (step.type === "authenticate") handshake.respond(exchange);
      if (step.type === "authorise") break;
    }
    expect(handshake.session.phase).toBe(phase);
    expect(hexOf(handshake.refuse("no"))).toBe(expected);
  });

  test("before the greeting needs no answer of the client's", () => {
    // xtigervnc-toomany/server.bin, whole.
    expect(hexOf(createServerHandshake().refuse("Too many security failures"))).toBe(
      `524642203030332e3030330a000000000000001a${hexOf(latin1("Too many security failures"))}`,
    );
  });

  test("awaiting a version after a greeting of 3.3 is in the form of 3.3", () => {
    const handshake = createServerHandshake(DEFAULT_LIMITS, "3.3");
    const greeting = handshake.next();
    expect(greeting).toStrictEqual({ type: "send", bytes: V33 });
    // xtigervnc-toomany/server.bin@12: whoever reads 003.003 reads 4 bytes next.
    expect(hexOf(handshake.refuse("Too many security failures"))).toBe(
      "000000000000001a546f6f206d616e79207365637572697479206661696c75726573",
    );
  });

  test("once the client is in is nothing at all", () => {
    const handshake = createServerHandshake();
    expect(runServer(handshake, [join([V38, hex("01")])], offering(1)).rest).toBeDefined();
    expect(handshake.refuse("no")).toHaveLength(0);
  });

  test("is UTF-8, and may be said more than once", () => {
    const handshake = createServerHandshake();
    handshake.next();
    handshake.push(V38);
    handshake.next();
    expect(hexOf(handshake.refuse("né"))).toBe("00000000036ec3a9");
    expect(hexOf(handshake.refuse(""))).toBe("0000000000");
  });

  test.each(["3.3", "3.7", "3.8"] as const)("of a server of %s is understood by our client", (version: Version) => {
    const server = createServerHandshake(DEFAULT_LIMITS, version);
    const client = createClientHandshake();
    const greeting = server.next();
    if (greeting?.type !== "send") throw new TypeError("unreachable");
    client.push(greeting.bytes);
    const answer = client.next();
    if (answer?.type !== "send") throw new TypeError("unreachable");
    server.push(answer.bytes);
    expect(server.next()).toStrictEqual({ type: "offer" });
    client.push(server.refuse("in use"));
    expect(errorOf(() => client.next())).toMatchObject({
      code: "authentication",
      reason: 'the server refused: "in use"',
    });
  });
});

test("an error is thrown for ever, the same one", () => {
  const handshake = createServerHandshake();
  const { error } = runServer(handshake, [join([V38, hex("05")])], offering(1));
  handshake.push(hex("01"));
  for (let i = 0; i < 3; i++) expect(errorOf(() => handshake.next())).toBe(error);
});

test("an exchange's steps are handed on, and its faults are the handshake's", () => {
  const wait = { type: "wait", until: Promise.resolve() } as const;
  const startTls = { type: "startTls", kind: "x509" } as const;
  const handshake = createServerHandshake();
  handshake.next();
  handshake.push(join([V38, hex("13"), hex("0000")]));
  handshake.next();
  handshake.offer([19]);
  handshake.next();
  for (let i = 0; i < 2; i++) expect(handshake.next()).toStrictEqual({ type: "authenticate", securityType: 19 });
  handshake.respond(
    scripted(
      { step: wait },
      { step: startTls },
      { take: 2 },
      { fail: new RfbError("authentication", "Cannot pass it", "no") },
    ),
  );
  expect(handshake.next()).toBe(wait);
  expect(handshake.next()).toBe(startTls);
  expect(errorOf(() => handshake.next())).toMatchObject({ code: "authentication", offset: 15 });
});

/** Carries bytes to and fro, one at a time, until the client is done. */
function meet(
  server: ServerHandshake,
  client: ReturnType<typeof createClientHandshake>,
  answers: ServerAnswers,
  chosen: number,
): { toClient: number; toServer: number } {
  let toClient = 0;
  let toServer = 0;
  for (let round = 0; round < 20; round++) {
    const { sent } = runServer(server, [], answers);
    toClient += sent.length;
    const answer = runClient(client, bytewise(sent), () => [chosen, chosen === 1 ? none() : vncAuthClient(RESPONSE)]);
    if (answer.error !== undefined) throw answer.error;
    toServer += answer.sent.length;
    for (const byte of bytewise(answer.sent)) server.push(byte);
    if (answer.rest !== undefined) {
      runServer(server, [], answers);
      return { toClient, toServer };
    }
  }
  throw new Error("The two never agree");
}

test("answers out of turn are the caller's fault, and let nobody in", () => {
  const handshake = createServerHandshake();
  for (const answer of [
    () => handshake.offer([1]),
    () => handshake.respond(exchangeFor(1)),
    () => handshake.accept(),
  ]) {
    expect(answer).toThrow(TypeError);
  }
  handshake.next();
  handshake.push(V38);
  expect(handshake.next()).toMatchObject({ type: "offer" });
  expect(() => handshake.accept()).toThrow(TypeError);
  handshake.offer([1]);
  handshake.next();
  handshake.push(Uint8Array.of(1));
  expect(handshake.next()).toMatchObject({ type: "authenticate" });
  handshake.respond(exchangeFor(1));
  expect(() => handshake.respond(exchangeFor(1))).toThrow(TypeError);
  expect(() => handshake.accept()).toThrow(TypeError);
});
