import { describe, expect, test } from "vitest";
import { decodeGiiClientMessage, extentOfGiiClientMessage } from "../../codec/client/mod.ts";
import { decodeGiiServerMessage, extentOfGiiServerMessage } from "../../codec/server/mod.ts";
import { embedded, hex, join } from "./bytes.ts";
import { errorOf } from "./errors.ts";

/** A Device Creation's body without valuators that claims some. */
const creation = (numValuators: string) => join([new Uint8Array(48), hex(numValuators), new Uint8Array(4)]);

describe("a gii message is malformed", () => {
  test.each([
    ["a Version of 0 bytes, not 2", hex("fd81 0000")],
    ["a Version of 4 bytes, not 2", hex("fd01 0400 01000000")],
    ["a Device Destruction of 3 bytes, not 4", hex("fd83 0003 000001")],
    ["a Device Creation of 55 bytes", join([hex("fd82 0037"), new Uint8Array(55)])],
    ["a Device Creation of 57 bytes, not 56", join([hex("fd82 0039"), creation("00000000"), new Uint8Array(1)])],
    ["a Device Creation of 56 bytes, not 172", join([hex("fd02 3800"), creation("01000000")])],
    ["a Device Creation of 56 bytes, not 498216206276", join([hex("fd82 0038"), creation("ffffffff")])],
  ])("of a client: %s", (reason, bytes) => {
    expect(extentOfGiiClientMessage(bytes, 0, bytes.length)).toBe(bytes.length);
    const error = errorOf(() => decodeGiiClientMessage(bytes));
    expect(error).toMatchObject({ code: "malformed", message: `Cannot read a gii message at 0: ${reason}` });
  });

  test.each([
    ["a Version of 2 bytes, not 4", hex("fd81 0002 0001")],
    ["a Device Creation of 5 bytes, not 4", hex("fd02 0500 0100000000")],
  ])("of a server: %s", (reason, bytes) => {
    expect(extentOfGiiServerMessage(bytes, 0, bytes.length)).toBe(bytes.length);
    const error = errorOf(() => decodeGiiServerMessage(bytes));
    expect(error).toMatchObject({ code: "malformed", message: `Cannot read a gii message at 0: ${reason}` });
  });

  test.each([
    // With a size of 0 nothing would ever be read.
    ["an event of 0 bytes in 8", 4, "fd80 0008 00 0e 0000 00000001"],
    ["an event of 7 bytes in 8", 4, "fd80 0008 07 0e 0000 00000001"],
    ["an event of 13 bytes in 12", 4, "fd80 000c 0d 0a 0000 00000001 00000001"],
    ["an event of 9 bytes in 8", 16, "fd80 0014 0c 0a 0000 00000001 00000001  09 0e 0000 00000001"],
    ["an event of 1 bytes in 1", 16, "fd80 000d 0c 0a 0000 00000001 00000001  01"],
    ["a key event of 12 bytes, not 24", 4, "fd80 000c 0c 05 0000 00000001 00000001"],
    ["a pointer event of 8 bytes, not 24", 4, "fd80 0008 08 09 0000 00000001"],
    ["a button event of 16 bytes, not 12", 4, "fd80 0010 10 0a 0000 00000001 00000001 00000000"],
    ["a valuator event of 12 bytes", 4, "fd80 000c 0c 0c 0000 00000001 00000001"],
    ["a valuator event of 16 bytes, not 20", 4, "fd00 1000 10 0c 0000 01000000 00000000 01000000"],
    ["a valuator event of 20 bytes, not 16", 4, "fd80 0014 14 0d 0000 00000001 00000000 00000000 00000007"],
    ["a valuator event of 16 bytes, not 17179869196", 4, "fd80 0010 10 0d 0000 00000001 00000000 ffffffff"],
  ])("for %s", (reason, at, spelt) => {
    const bytes = hex(spelt);
    expect(extentOfGiiClientMessage(bytes, 0, bytes.length)).toBe(bytes.length);
    for (const front of [0, 3]) {
      const error = errorOf(() => decodeGiiClientMessage(embedded(bytes, front, 300, 0x08), front));
      expect(error).toMatchObject({
        code: "malformed",
        message: `Cannot read a gii message at ${front + at}: ${reason}`,
      });
    }
  });
});

test("a gii message is told its length in the order that it says, whatever the sub-type", () => {
  for (const [head, extent] of [
    ["fd80 0102", 4 + 0x0102],
    ["fd00 0102", 4 + 0x0201],
    ["fdff ffff", 4 + 65535],
    ["fd7f 0000", 4],
  ] as const) {
    expect(extentOfGiiClientMessage(hex(head), 0, 4)).toBe(extent);
    expect(extentOfGiiServerMessage(hex(head), 0, 4)).toBe(extent);
  }
});
