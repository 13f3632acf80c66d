import { describe, expect, test } from "vitest";
import {
  decodeProtocolVersion,
  encodeProtocolVersion,
  extentOfProtocolVersion,
  protocolVersionOf,
  versionInForce,
  versionToAnswer,
} from "../../../codec/handshake/mod.ts";
import { latin1 } from "../bytes.ts";
import { errorOf } from "../errors.ts";

const version = (major: number, minor: number) => ({ type: "protocolVersion", major, minor }) as const;

describe("the pattern", () => {
  test.each([
    ["HTTP", "HTTP/1.1 400 Bad", 0],
    ["TLS", "\x16\x03\x01\x02\x00\x01", 0],
    ["SSH", "SSH-2.0-OpenSSH", 0],
    ["lower case", "rfb 003.008\n", 0],
    ["two spaces", "RFB  03.008\n", 4],
    ["a sign", "RFB -03.008\n", 4],
    ["a letter among the digits", "RFB 00x.008\n", 6],
    ["a comma", "RFB 003,008\n", 7],
    ["a hexadecimal minor", "RFB 003.00a\n", 10],
    ["a carriage return", "RFB 003.008\r", 11],
    ["a NUL at the end", "RFB 003.008\0", 11],
    ["a digit just outside, below", "RFB 00/.008\n", 6],
    ["a digit just outside, above", "RFB 00:.008\n", 6],
  ])("refuses %s at its first wrong byte, as soon as that is there", (_name, text, wrong) => {
    const bytes = latin1(`ab${text}`);
    for (let end = 2; end <= 2 + wrong; end++) expect(extentOfProtocolVersion(bytes, 2, end)).toBe(12);
    expect(errorOf(() => extentOfProtocolVersion(bytes, 2, 2 + wrong + 1))).toMatchObject({
      code: "malformed",
      offset: 2 + wrong,
    });
    if (text.length >= 12) expect(errorOf(() => decodeProtocolVersion(bytes, 2)).code).toBe("malformed");
  });

  test("says which byte stood where which was expected", () => {
    expect(errorOf(() => decodeProtocolVersion(latin1("RFB 003.008\r"))).message).toBe(
      'Cannot read a ProtocolVersion at 11: byte 0x0d where "RFB xxx.yyy\\n" has "\\n"',
    );
  });

  test("looks no further than 12 bytes", () => {
    expect(extentOfProtocolVersion(latin1("RFB 003.008\n\x01\x02"), 0, 14)).toBe(12);
  });
});

test("the three versions are spelt as RFC 6143 §7.1.1 has them", () => {
  for (const [number, text] of [
    ["3.3", "RFB 003.003\n"],
    ["3.7", "RFB 003.007\n"],
    ["3.8", "RFB 003.008\n"],
  ] as const) {
    expect(encodeProtocolVersion(protocolVersionOf(number))).toStrictEqual(latin1(text));
  }
});

describe("a client", () => {
  test.each([
    [3, 3, "3.3"],
    [3, 4, "3.3"],
    [3, 5, "3.3"],
    [3, 6, "3.3"],
    [3, 7, "3.7"],
    [3, 8, "3.8"],
    [3, 9, "3.8"],
    [3, 10, "3.8"],
    [3, 14, "3.8"],
    [3, 16, "3.8"],
    [3, 889, "3.8"],
    [4, 0, "3.8"],
    [4, 1, "3.8"],
    [5, 0, "3.8"],
    [55, 8, "3.8"],
    [999, 999, "3.8"],
  ] as const)("answers %d.%d with %s", (major, minor, answer) => {
    expect(versionToAnswer(version(major, minor))).toBe(answer);
  });

  test.each([
    [0, 0, "000.000 is a repeater, not a server"],
    [0, 1, "version 0.1"],
    [1, 8, "version 1.8"],
    [2, 2, "version 2.2"],
    [2, 999, "version 2.999"],
    [3, 0, "version 3.0"],
    [3, 2, "version 3.2"],
  ] as const)("has no answer to %d.%d", (major, minor, reason) => {
    expect(errorOf(() => versionToAnswer(version(major, minor)))).toMatchObject({ code: "unknownType", reason });
  });
});

describe("a server", () => {
  test.each([
    [3, 0, ["3.3", "3.3", "3.3"]],
    [3, 3, ["3.3", "3.3", "3.3"]],
    [3, 4, ["3.3", "3.3", "3.3"]],
    [3, 5, ["3.3", "3.3", "3.3"]],
    [3, 6, ["3.3", "3.3", "3.3"]],
    [3, 7, ["3.3", "3.7", "3.7"]],
    [3, 8, ["3.3", "3.7", "3.8"]],
    [3, 9, ["3.3", "3.7", "3.8"]],
    [3, 889, ["3.3", "3.7", "3.8"]],
  ] as const)("takes the answer %d.%d for no more than it has offered", (major, minor, expected) => {
    expect((["3.3", "3.7", "3.8"] as const).map((offered) => versionInForce(version(major, minor), offered))).toEqual(
      expected,
    );
  });

  test.each([
    [0, 0],
    [2, 2],
    [2, 8],
    [4, 0],
    [4, 1],
    [5, 0],
    [999, 8],
  ])("cannot go on with the answer %d.%d", (major, minor) => {
    expect(errorOf(() => versionInForce(version(major, minor), "3.8"))).toMatchObject({
      code: "unknownType",
      reason: `version ${major}.${minor}`,
    });
  });
});
