import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import {
  decodeServerMessage,
  encodeServerMessage,
  extentOfServerMessage,
  type ServerMessage,
} from "../../../codec/server/mod.ts";
import { NEW_SESSION, type Phase, type Session } from "../../../codec/session.ts";
import { errorOf } from "../errors.ts";
import { MESSAGES } from "../messages.ts";
import { runs } from "../runs.ts";

const inPhase = (phase: Phase): Session => ({ ...NEW_SESSION, phase });
const NORMAL = inPhase("normal");

describe.each(
  MESSAGES.filter(({ framedFrom }) => framedFrom === "server").map((message) => [message.name, message] as const),
)("%s among server messages", (_name, message) => {
  const session: Session = { ...NORMAL, ...message.session };

  test("is told apart by its first byte, and encoded by its type", () => {
    for (const { bytes, value } of message.golden) {
      expect(decodeServerMessage(session, bytes)).toStrictEqual(value);
      expect(encodeServerMessage(value as ServerMessage)).toStrictEqual(message.encode(value));
      expect(extentOfServerMessage(session, bytes, 0, bytes.length, DEFAULT_LIMITS)).toBe(bytes.length);
    }
  });

  test("has the same extents by itself and among them", () => {
    fc.assert(
      fc.property(message.arbitrary, (value) => {
        const bytes = message.encode(value);
        for (let end = 1; end <= bytes.length; end++) {
          expect(extentOfServerMessage(session, bytes, 0, end, DEFAULT_LIMITS)).toBe(
            message.extentOf(bytes, 0, end, DEFAULT_LIMITS),
          );
        }
      }),
      runs(50),
    );
  });
});

test("no byte at all is a message that needs one, whatever stands behind the end", () => {
  for (const filler of [0, 2, 99]) {
    const behind = new Uint8Array(4).fill(filler);
    expect(extentOfServerMessage(NORMAL, behind, 2, 2, DEFAULT_LIMITS)).toBe(1);
  }
  expect(extentOfServerMessage(NORMAL, new Uint8Array(0), 0, 0, DEFAULT_LIMITS)).toBe(1);
});

test("a type that we have no layout for is unknown, with its number and place", () => {
  for (const type of [30, 99, 152, 200]) {
    const bytes = Uint8Array.of(0, 0, type, 0, 0);
    for (const read of [
      () => extentOfServerMessage(NORMAL, bytes, 2, 5, DEFAULT_LIMITS),
      () => decodeServerMessage(NORMAL, bytes, 2),
    ]) {
      expect(errorOf(read)).toMatchObject({ code: "unknownType", reason: `type ${type}`, offset: 2 });
    }
  }
});

test("ServerInit is awaited in its phase alone", () => {
  const session = inPhase("serverInit");
  const init = MESSAGES.find(({ name }) => name === "ServerInit")!;
  for (const { bytes, value } of init.golden) {
    expect(extentOfServerMessage(session, bytes, 0, 2, DEFAULT_LIMITS)).toBe(24);
    expect(extentOfServerMessage(session, bytes, 0, bytes.length, DEFAULT_LIMITS)).toBe(bytes.length);
    expect(decodeServerMessage(session, bytes)).toStrictEqual(value);
    expect(encodeServerMessage(value as ServerMessage)).toStrictEqual(init.encode(value));
  }
});

test.each([
  "serverVersion",
  "clientVersion",
  "securityTypes",
  "securityType",
  "authentication",
  "securityResult",
  "clientInit",
  "refused",
] as const)("a server message in phase %s is unexpected", (phase) => {
  expect(
    errorOf(() => extentOfServerMessage(inPhase(phase), Uint8Array.of(0, 2, 0), 1, 3, DEFAULT_LIMITS)),
  ).toMatchObject({ code: "unexpected", reason: `in phase ${phase}`, offset: 1 });
});

test("encoding what is no server message is the caller's fault", () => {
  expect(() => encodeServerMessage({ type: "keyEvent" } as unknown as ServerMessage)).toThrow(TypeError);
});
