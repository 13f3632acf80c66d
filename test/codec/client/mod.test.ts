import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ClientMessage,
  decodeClientMessage,
  encodeClientMessage,
  extentOfClientMessage,
} from "../../../codec/client/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { NEW_SESSION, type Phase, type Session } from "../../../codec/session.ts";
import { errorOf } from "../errors.ts";
import { MESSAGES } from "../messages.ts";
import { runs } from "../runs.ts";

const inPhase = (phase: Phase): Session => ({ ...NEW_SESSION, phase });
const NORMAL = inPhase("normal");

describe.each(
  MESSAGES.filter(({ framedFrom }) => framedFrom === "client").map((message) => [message.name, message] as const),
)("%s among client messages", (_name, message) => {
  const session: Session = { ...NORMAL, ...message.session };

  test("is told apart by its first byte, and encoded by its type", () => {
    for (const { bytes, value } of message.golden) {
      expect(decodeClientMessage(session, bytes)).toStrictEqual(value);
      expect(encodeClientMessage(value as ClientMessage)).toStrictEqual(message.encode(value));
      expect(extentOfClientMessage(session, bytes, 0, bytes.length, DEFAULT_LIMITS)).toBe(bytes.length);
    }
  });

  test("has the same extents by itself and among them", () => {
    fc.assert(
      fc.property(message.arbitrary, (value) => {
        const bytes = message.encode(value);
        for (let end = 1; end <= bytes.length; end++) {
          expect(extentOfClientMessage(session, bytes, 0, end, DEFAULT_LIMITS)).toBe(
            message.extentOf(bytes, 0, end, DEFAULT_LIMITS),
          );
        }
      }),
      runs(50),
    );
  });
});

test("no byte at all is a message that needs one, whatever stands behind the end", () => {
  for (const filler of [0, 5, 99]) {
    const behind = new Uint8Array(4).fill(filler);
    expect(extentOfClientMessage(NORMAL, behind, 2, 2, DEFAULT_LIMITS)).toBe(1);
  }
  expect(extentOfClientMessage(NORMAL, new Uint8Array(0), 0, 0, DEFAULT_LIMITS)).toBe(1);
});

test("a type that we have no layout for is unknown, with its number and place", () => {
  for (const type of [30, 99, 152, 200]) {
    const bytes = Uint8Array.of(0, 0, type, 0, 0);
    for (const read of [
      () => extentOfClientMessage(NORMAL, bytes, 2, 5, DEFAULT_LIMITS),
      () => decodeClientMessage(NORMAL, bytes, 2),
    ]) {
      expect(errorOf(read)).toMatchObject({ code: "unknownType", reason: `type ${type}`, offset: 2 });
    }
  }
});

test("ClientInit is awaited in its phase alone, and any byte is one", () => {
  const session = inPhase("clientInit");
  for (const flag of [0, 1, 5, 255]) {
    const bytes = Uint8Array.of(flag);
    expect(extentOfClientMessage(session, bytes, 0, 1, DEFAULT_LIMITS)).toBe(1);
    expect(decodeClientMessage(session, bytes)).toStrictEqual({ type: "clientInit", sharedFlag: flag });
  }
  expect(encodeClientMessage({ type: "clientInit", sharedFlag: 9 })).toStrictEqual(Uint8Array.of(9));
});

test("a client need not wait for ServerInit", () => {
  const bytes = Uint8Array.of(5, 1, 0, 2, 0, 3);
  expect(extentOfClientMessage(inPhase("serverInit"), bytes, 0, 6, DEFAULT_LIMITS)).toBe(6);
  expect(decodeClientMessage(inPhase("serverInit"), bytes)).toMatchObject({ type: "pointerEvent" });
});

test.each([
  "serverVersion",
  "clientVersion",
  "securityTypes",
  "securityType",
  "authentication",
  "securityResult",
  "refused",
] as const)("a client message in phase %s is unexpected", (phase) => {
  expect(
    errorOf(() => extentOfClientMessage(inPhase(phase), Uint8Array.of(0, 5, 0), 1, 3, DEFAULT_LIMITS)),
  ).toMatchObject({ code: "unexpected", reason: `in phase ${phase}`, offset: 1 });
});

test("encoding what is no client message is the caller's fault", () => {
  expect(() => encodeClientMessage({ type: "bell" } as unknown as ClientMessage)).toThrow(TypeError);
});
