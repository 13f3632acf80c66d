import { describe, expect, test } from "vitest";
import { RfbError } from "../../../codec/errors.ts";
import { createClientHandshake, type Exchange, type ExchangeStep } from "../../../codec/handshake/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { be32, bytewise, cut, hex, hexOf, join, latin1, splitsInThree } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { type ClientAnswers, none, runClient, scripted, vencryptClient, vncAuthClient } from "./runs.ts";

const V33 = latin1("RFB 003.003\n");
const V37 = latin1("RFB 003.007\n");
const V38 = latin1("RFB 003.008\n");
const CHALLENGE = hex("c1d11ac5216c3bcfd2ed395f1354ffc1");
const RESPONSE = hex("646d71822fc0a9d1ace63c51d990aa6d");
const PIPELINED = hex("00010203");
const TEXT = latin1("Too many");
const REASON = join([be32(TEXT.length), TEXT]);

/** The first type offered, with its script. */
const answer: ClientAnswers = (offered) => [offered[0]!, exchangeFor(offered[0]!)];

function exchangeFor(securityType: number): Exchange {
  if (securityType === 1) return none();
  return securityType === 2 ? vncAuthClient(RESPONSE) : vencryptClient(261, true);
}

const sound = [
  ["3.3 with None", [V33, be32(1)], ["send 524642203030332e3030330a", "authenticate 1", "done"]],
  ["3.7 with None", [V37, hex("0101")], ["send 524642203030332e3030370a", "authenticate 1", "send 01", "done"]],
  [
    "3.8 with None",
    [V38, hex("0101"), be32(0)],
    ["send 524642203030332e3030380a", "authenticate 1", "send 01", "done"],
  ],
  [
    "3.3 with VncAuth",
    [V33, be32(2), CHALLENGE, be32(0)],
    ["send 524642203030332e3030330a", "authenticate 2", `send ${hexOf(RESPONSE)}`, "done"],
  ],
  [
    "3.7 with VncAuth",
    [V37, hex("020201"), CHALLENGE, be32(0)],
    ["send 524642203030332e3030370a", "authenticate 2,1", "send 02", `send ${hexOf(RESPONSE)}`, "done"],
  ],
  [
    "3.8 with VncAuth",
    [V38, hex("020213"), CHALLENGE, be32(0)],
    ["send 524642203030332e3030380a", "authenticate 2,19", "send 02", `send ${hexOf(RESPONSE)}`, "done"],
  ],
] as const;

describe.each(sound)("a client's handshake in %s", (_name, messages, steps) => {
  const handshake = join(messages);
  const stream = join([handshake, PIPELINED]);
  const whole = runClient(createClientHandshake(), [stream.slice()], answer);

  test("takes its steps in order, and hands back what came after", () => {
    expect(whole.error).toBeUndefined();
    expect(whole.steps).toStrictEqual(steps);
    expect(whole.rest).toStrictEqual(PIPELINED);
    expect(whole.session.phase).toBe("clientInit");
  });

  test("takes the same steps for every split in three and byte by byte", () => {
    for (const [i, j] of splitsInThree(stream.length)) {
      expect(runClient(createClientHandshake(), cut(stream, i, j), answer), `${i}, ${j}`).toStrictEqual(whole);
    }
    expect(runClient(createClientHandshake(), bytewise(stream), answer)).toStrictEqual(whole);
  });

  test("is truncated where the server closes early, in whatever phase", () => {
    for (let length = 0; length < handshake.length; length++) {
      const { error, session } = runClient(createClientHandshake(), [stream.slice(0, length)], answer, true);
      expect(error).toBeInstanceOf(RfbError);
      expect(error).toMatchObject({
        code: "truncated",
        reason: `the server closed in phase ${session.phase}`,
        offset: length,
      });
    }
  });

  test("leaves the bytes it was given alone", () => {
    const chunks = cut(stream, 5, 14);
    const copies = chunks.map((chunk) => chunk.slice());
    runClient(createClientHandshake(), chunks, answer);
    expect(chunks).toStrictEqual(copies);
  });
});

test.each([
  ["003.003", "003.003"],
  ["003.005", "003.003"],
  ["003.006", "003.003"],
  ["003.007", "003.007"],
  ["003.008", "003.008"],
  ["003.010", "003.008"],
  ["003.889", "003.008"],
  ["004.001", "003.008"],
  ["005.000", "003.008"],
  ["055.008", "003.008"],
])("a server's %s is answered with %s", (offered, expected) => {
  const handshake = createClientHandshake();
  handshake.push(latin1(`RFB ${offered}\n`));
  expect(handshake.next()).toStrictEqual({ type: "send", bytes: latin1(`RFB ${expected}\n`) });
  expect(handshake.session).toMatchObject({
    serverVersion: { major: Number(offered.slice(0, 3)), minor: Number(offered.slice(4)) },
    clientVersion: { major: 3, minor: Number(expected.slice(4)) },
    version: `3.${Number(expected.slice(4))}`,
  });
  expect(handshake.next()).toBeUndefined();
});

test.each(["000.000", "002.002", "003.002"])("a server's %s has no answer", (offered) => {
  const { error, sent } = runClient(createClientHandshake(), [latin1(`RFB ${offered}\n`)], answer);
  expect(error).toMatchObject({ code: "unknownType" });
  expect(sent).toHaveLength(0);
});

test("a peer that speaks something else is refused at its first byte", () => {
  const { error } = runClient(createClientHandshake(), bytewise(latin1("SSH-2.0")), answer);
  expect(error).toMatchObject({ code: "malformed", offset: 0 });
});

// The version, what the server says after it, and how much of that has to be there for a refusal.
const refusals = [
  ["3.3, instead of a type", V33, join([be32(0), REASON]), 4],
  ["3.7, instead of types", V37, join([hex("00"), REASON]), 1],
  ["3.8, instead of types", V38, join([hex("00"), REASON]), 1],
  ["3.8, after None", V38, join([hex("0101"), be32(1), REASON]), 2 + 4],
  ["3.8, after VncAuth", V38, join([hex("0102"), CHALLENGE, be32(1), REASON]), 2 + 16 + 4],
  ["3.8, for too many attempts", V38, join([hex("0102"), CHALLENGE, be32(2), REASON]), 2 + 16 + 4],
  ["UltraVNC's 3 in 3.3", V33, join([be32(2), CHALLENGE, be32(3), REASON]), 4 + 16 + 4],
  ["UltraVNC's 3 in 3.7", V37, join([hex("0102"), CHALLENGE, be32(3), REASON]), 2 + 16 + 4],
  ["UltraVNC's 3 in 3.8", V38, join([hex("0101"), be32(3), REASON]), 2 + 4],
] as const;

describe.each(refusals)("a refusal in %s", (_name, version, said, refusing) => {
  const stream = join([version, said]);
  const whole = runClient(createClientHandshake(), [stream.slice()], answer);

  test("is an authentication error with the reason", () => {
    expect(whole.error).toMatchObject({
      code: "authentication",
      act: "Cannot pass security",
      reason: 'the server refused: "Too many"',
    });
    expect(whole.session).toMatchObject({ phase: "refused", refusal: TEXT });
  });

  test("is the same for every split in three and byte by byte", () => {
    for (const [i, j] of splitsInThree(stream.length)) {
      expect(runClient(createClientHandshake(), cut(stream, i, j), answer)).toStrictEqual(whole);
    }
    expect(runClient(createClientHandshake(), bytewise(stream), answer)).toStrictEqual(whole);
  });

  test("is one without a reason where the server closes inside it, and truncated before", () => {
    for (let length = 12; length < stream.length; length++) {
      const { error } = runClient(createClientHandshake(), [stream.slice(0, length)], answer, true);
      if (length - 12 >= refusing) {
        expect(error).toMatchObject({ code: "authentication", reason: "the server refused: no reason given" });
      } else {
        expect(error).toMatchObject({ code: "truncated", offset: length });
      }
    }
  });

  test("with an empty reason says that there is none", () => {
    const empty = join([stream.subarray(0, stream.length - REASON.length), be32(0)]);
    const { error, session } = runClient(createClientHandshake(), [empty], answer);
    expect(error).toMatchObject({ code: "authentication", reason: "the server refused: no reason given" });
    expect(session.refusal).toHaveLength(0);
  });

  test("with a reason of 4 GB is over the limit as soon as it says so", () => {
    const huge = join([stream.subarray(0, stream.length - REASON.length), be32(0xffffffff)]);
    const { error } = runClient(createClientHandshake(), [huge], answer);
    expect(`${error}`).toContain("limit maxReasonLength is 65536, got 4294967295");
  });

  test("is thrown again and again, the same one", () => {
    const handshake = createClientHandshake();
    const { error } = runClient(handshake, [stream.slice()], answer);
    handshake.push(V38);
    for (let i = 0; i < 3; i++) {
      let thrown: unknown;
      try {
        handshake.next();
      } catch (caught) {
        thrown = caught;
      }
      expect(thrown).toBe(error);
    }
  });
});

test.each([
  ["3.3", join([V33, be32(2), CHALLENGE, be32(1)])],
  ["3.7", join([V37, hex("0102"), CHALLENGE, be32(1)])],
])("a failed SecurityResult of %s is a refusal without a reason", (_name, stream) => {
  const { error, session } = runClient(createClientHandshake(), [stream], answer);
  expect(error).toMatchObject({ code: "authentication", reason: "the server refused: no reason given" });
  expect(session.phase).toBe("refused");
});

test("the NUL that QEMU counts is not shown", () => {
  const reason = latin1("Authentication failed\0");
  const stream = join([V38, hex("0102"), CHALLENGE, be32(1), be32(reason.length), reason]);
  const { error, session } = runClient(createClientHandshake(), [stream], answer);
  expect((error as RfbError).reason).toBe('the server refused: "Authentication failed"');
  expect(session.refusal).toStrictEqual(reason);
});

const CONTINUE = be32(0xffffffff);

test("a request for another round has no place in 3.3, and is no refusal", () => {
  const stream = join([V33, be32(2), CHALLENGE, CONTINUE]);
  expect(runClient(createClientHandshake(), [stream], answer).error).toMatchObject({ code: "unexpected" });
});

describe("UltraVNC's rounds", () => {
  const first = [V38, hex("021102"), CONTINUE];

  test("go on with another list, and tell what was chosen before", () => {
    const stream = join([...first, hex("0102"), CHALLENGE, be32(0), PIPELINED]);
    for (const chunks of [[stream.slice()], bytewise(stream)]) {
      const run = runClient(createClientHandshake(), chunks, (offered) =>
        offered[0] === 17 ? [17, none()] : [2, vncAuthClient(RESPONSE)],
      );
      expect(run.steps).toStrictEqual([
        "send 524642203030332e3030380a",
        "authenticate 17,2",
        "send 11",
        "authenticate 2",
        "send 02",
        `send ${hexOf(RESPONSE)}`,
        "done",
      ]);
      expect(run.session).toMatchObject({ securityPath: [17, 2], securityType: 2, dialect: "ultravnc" });
      expect(run.rest).toStrictEqual(PIPELINED);
    }
  });

  test("may end in a refusal, of 3.7 as well, with UltraVNC's reason", () => {
    for (const [version, said] of [
      [V38, join([hex("00"), REASON])],
      [V37, join([hex("00"), REASON])],
      [V37, join([hex("0102"), CHALLENGE, be32(3), REASON])],
    ] as const) {
      const { error } = runClient(createClientHandshake(), [join([version, hex("0111"), CONTINUE, said])], (offered) =>
        offered[0] === 17 ? [17, none()] : answer(offered),
      );
      expect(error).toMatchObject({ code: "authentication", reason: 'the server refused: "Too many"' });
    }
  });

  test("are eight at the most", () => {
    const rounds = (count: number) =>
      join([V38, ...Array.from({ length: count }, () => join([hex("0101"), CONTINUE]))]);
    const seven = runClient(createClientHandshake(), [join([rounds(7), hex("0101"), be32(0)])], answer);
    expect(seven.error).toBeUndefined();
    expect(seven.rest).toHaveLength(0);
    const eight = runClient(createClientHandshake(), [rounds(8)], answer);
    expect(eight.error).toMatchObject({ code: "limit", reason: "limit maxSecurityRounds is 8, got 9" });
  });

  test("are truncated where the server closes in between, and not refused", () => {
    for (const length of [0, 1, 4]) {
      const stream = join([V38, hex("0111"), CONTINUE, hex("0202")]).subarray(0, 14 + length);
      const { error } = runClient(createClientHandshake(), [stream], () => [17, none()], true);
      expect(error).toMatchObject({ code: "truncated" });
    }
  });
});

test("limits hold for the reason", () => {
  const limits = { ...DEFAULT_LIMITS, maxReasonLength: 2 };
  const refusing = (length: number) => {
    const stream = join([V38, hex("00"), be32(length), new Uint8Array(length).fill(0x6e)]);
    return runClient(createClientHandshake(limits), [stream], answer).error;
  };
  expect(refusing(2)).toMatchObject({ code: "authentication" });
  expect(refusing(3)).toMatchObject({ code: "limit", offset: 12 });
});

test("a result is a refusal whatever its reason: x11vnc's Plain sends one without a length", () => {
  const stream = join([V38, hex("0101"), hex("00000001"), latin1("unixpw denied")]);
  const { error } = runClient(createClientHandshake(), [stream], () => [1, none()]);
  const reason = `the server refused, for a reason that is too long: limit maxReasonLength is 65536, got ${0x756e6978}`;
  expect(error).toMatchObject({ code: "authentication", reason });
});

describe("choosing", () => {
  const offering = () => {
    const handshake = createClientHandshake();
    handshake.push(join([V38, hex("021302")]));
    handshake.next();
    expect(handshake.next()).toStrictEqual({ type: "authenticate", securityTypes: [19, 2] });
    return handshake;
  };

  test("is asked for until there is an answer", () => {
    const handshake = offering();
    for (let i = 0; i < 3; i++) expect(handshake.next()).toMatchObject({ type: "authenticate" });
    handshake.respond(2, vncAuthClient(RESPONSE));
    expect(handshake.next()).toStrictEqual({ type: "send", bytes: hex("02") });
    expect(handshake.session.securityType).toBe(2);
  });

  test("a type that was not offered is the caller's fault, and may be mended", () => {
    const handshake = offering();
    for (const type of [1, 0, 257]) expect(() => handshake.respond(type, none())).toThrow(RangeError);
    expect(handshake.next()).toMatchObject({ type: "authenticate" });
    handshake.respond(19, none());
    expect(handshake.next()).toStrictEqual({ type: "send", bytes: hex("13") });
  });

  test("in 3.3 there is only the server's choice", () => {
    const handshake = createClientHandshake();
    handshake.push(join([V33, be32(2)]));
    handshake.next();
    for (let i = 0; i < 2; i++) expect(handshake.next()).toStrictEqual({ type: "authenticate", securityTypes: [2] });
    expect(() => handshake.respond(1, none())).toThrow(RangeError);
    handshake.respond(2, vncAuthClient(RESPONSE));
    expect(handshake.next()).toBeUndefined();
  });

  test("before the types are there is the caller's fault", () => {
    const handshake = createClientHandshake();
    expect(() => handshake.respond(1, none())).toThrow(TypeError);
    handshake.push(V38);
    handshake.next();
    expect(() => handshake.respond(1, none())).toThrow(TypeError);
  });

  test("after it is all over is the caller's fault", () => {
    const handshake = createClientHandshake();
    expect(runClient(handshake, [join([V38, hex("0101"), be32(0)])], answer).rest).toHaveLength(0);
    expect(() => handshake.respond(1, none())).toThrow(TypeError);
  });
});

describe("an exchange", () => {
  const authenticating = (exchange: Exchange) => {
    const handshake = createClientHandshake();
    handshake.push(join([V38, hex("0113")]));
    handshake.next();
    handshake.next();
    handshake.respond(19, exchange);
    expect(handshake.next()).toMatchObject({ type: "send" });
    return handshake;
  };

  test.each([
    [{ type: "send", bytes: hex("0102") }],
    [{ type: "startTls", kind: "anonymous" }],
    [{ type: "wait", until: Promise.resolve() }],
  ] as const)("hands on its step %j, and is pulled again", (step: ExchangeStep) => {
    const handshake = authenticating(scripted({ step }));
    expect(handshake.next()).toBe(step);
    expect(handshake.next()).toBeUndefined();
    expect(handshake.session.phase).toBe("securityResult");
  });

  test("tells the session what it has learned", () => {
    const handshake = authenticating(
      scripted(
        { step: { type: "learned", from: "server", message: { type: "vencryptSubtypes", subtypes: [261, 257] } } },
        { step: { type: "learned", from: "client", message: { type: "vencryptSubtype", subtype: 261 } } },
        { take: 1 },
      ),
    );
    expect(handshake.next()).toBeUndefined();
    expect(handshake.session).toMatchObject({
      phase: "authentication",
      vencryptSubtypes: [261, 257],
      vencryptSubtype: 261,
    });
  });

  test("that fails has failed the handshake, at its place in the stream", () => {
    const handshake = authenticating(
      scripted({ take: 2 }, { fail: new RfbError("authentication", "Cannot pass it", "no") }),
    );
    handshake.push(hex("00"));
    expect(handshake.next()).toBeUndefined();
    handshake.push(hex("0203"));
    const error = errorOf(() => handshake.next());
    expect(error).toMatchObject({ code: "authentication", offset: 12 + 2 + 2 });
    expect(errorOf(() => handshake.next())).toBe(error);
  });
});

test("a SecurityResult follows None inside VeNCrypt in 3.7 too", () => {
  const handshake = createClientHandshake();
  const stream = join([V37, hex("0113"), be32(0), PIPELINED]);
  const run = runClient(handshake, [stream], () => [19, none()]);
  expect(run.rest).toStrictEqual(PIPELINED);
});

test("the session tells each phase", () => {
  const handshake = createClientHandshake();
  const phases = [handshake.session.phase];
  for (const chunk of bytewise(join([V38, hex("0102"), CHALLENGE, be32(0)]))) {
    handshake.push(chunk);
    for (let step = handshake.next(); step !== undefined && step.type !== "done"; step = handshake.next()) {
      if (step.type === "authenticate") handshake.respond(...answer(step.securityTypes));
      phases.push(handshake.session.phase);
    }
    phases.push(handshake.session.phase);
  }
  expect([...new Set(phases)]).toStrictEqual([
    "serverVersion",
    "securityTypes",
    "securityType",
    "authentication",
    "securityResult",
    "clientInit",
  ]);
});
