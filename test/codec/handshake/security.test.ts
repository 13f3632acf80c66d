import { describe, expect, test } from "vitest";
import {
  chosenAmong,
  decodeSecurityTypes,
  encodeSecurityRefusal,
  encodeSecurityResult,
  encodeSecurityTypes,
  extentOfSecurityResult,
  extentOfSecurityTypes,
  type SecurityRefusal,
  SecurityStatus,
  type SecurityTypes,
} from "../../../codec/handshake/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { hex, hexOf, latin1 } from "../bytes.ts";
import { errorOf } from "../errors.ts";

const choice = (securityType: number) => ({ type: "securityType", securityType }) as const;

test("a choice among what was offered is taken", () => {
  expect(chosenAmong([19, 2], choice(2))).toBe(2);
});

test.each([
  [[19, 2], 1],
  [[2], 0],
  [[], 1],
])("of [%s], %d is an unexpected choice", (offered, chosen) => {
  const error = errorOf(() => chosenAmong(offered, choice(chosen)));
  expect(error).toMatchObject({ code: "unexpected", reason: `${chosen} was not among [${offered}]` });
});

test("a refusal has the form of its version, RFC 6143 §7.1.2 and appendix A", () => {
  const refusal = { type: "securityRefusal", reason: latin1("no") } as const;
  expect(hexOf(encodeSecurityRefusal(refusal, "3.3"))).toBe("00000000000000026e6f");
  expect(hexOf(encodeSecurityRefusal(refusal, "3.7"))).toBe("00000000026e6f");
  expect(hexOf(encodeSecurityRefusal(refusal, "3.8"))).toBe("00000000026e6f");
});

describe("SecurityResult's reason", () => {
  const reason = latin1("no");
  test.each([
    ["3.3", SecurityStatus.Ok, "00000000"],
    ["3.3", SecurityStatus.Failed, "00000001"],
    ["3.3", SecurityStatus.TooManyAttempts, "00000002"],
    ["3.3", SecurityStatus.FailedWithReason, "00000003000000026e6f"],
    ["3.3", SecurityStatus.Continue, "ffffffff"],
    ["3.7", SecurityStatus.Failed, "00000001"],
    ["3.7", SecurityStatus.FailedWithReason, "00000003000000026e6f"],
    ["3.7", SecurityStatus.Continue, "ffffffff"],
    ["3.8", SecurityStatus.Ok, "00000000"],
    ["3.8", SecurityStatus.Failed, "00000001000000026e6f"],
    ["3.8", SecurityStatus.TooManyAttempts, "00000002000000026e6f"],
    ["3.8", SecurityStatus.FailedWithReason, "00000003000000026e6f"],
    ["3.8", SecurityStatus.Continue, "ffffffff"],
    ["3.8", 77, "0000004d000000026e6f"],
  ] as const)("in %s with status %d makes %s", (version, status, expected) => {
    expect(hexOf(encodeSecurityResult({ type: "securityResult", status, reason }, version))).toBe(expected);
    const head = hex(expected).slice(0, 4);
    expect(extentOfSecurityResult(head, 0, 4, version, DEFAULT_LIMITS)).toBe(expected.length > 8 ? 8 : 4);
  });

  test("is empty where 3.8 demands one and there is none", () => {
    expect(hexOf(encodeSecurityResult({ type: "securityResult", status: 1 }, "3.8"))).toBe("0000000100000000");
  });
});

test.each([
  ["3.7", "0100"],
  ["3.8", "020100"],
] as const)("a list that offers 0 in %s is refused, or can be written as it was read", (version, spelt) => {
  const bytes = hex(spelt);
  let read: SecurityTypes | SecurityRefusal;
  try {
    read = decodeSecurityTypes(bytes, 0, version);
  } catch (error) {
    expect(error).toMatchObject({ name: "RfbError", code: "malformed" });
    return;
  }
  expect(encodeSecurityTypes(read as SecurityTypes, version)).toStrictEqual(bytes);
});

test("a list of 255 types is told by its first byte", () => {
  expect(extentOfSecurityTypes(hex("ff"), 0, 1, "3.8", DEFAULT_LIMITS)).toBe(256);
});
