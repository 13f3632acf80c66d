import { describe, expect, test } from "vitest";
import { extentOfRa2Credentials, extentOfRa2PublicKey, extentOfRa2Random } from "../../../codec/handshake/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { be32, hex, latin1 } from "../bytes.ts";
import { errorOf } from "../errors.ts";

describe("The length of an RSA key", () => {
  const extentOf = (keyLength: number, limits = DEFAULT_LIMITS) => extentOfRa2PublicKey(be32(keyLength), 0, 4, limits);

  test.each([
    [1024, 4 + 2 * 128],
    [1025, 4 + 2 * 129],
    [2048, 4 + 2 * 256],
    [8192, 4 + 2 * 1024],
  ])("may be %d bits: all of it is %d bytes", (keyLength, extent) => {
    expect(extentOf(keyLength)).toBe(extent);
  });

  test.each([0, 1, 512, 1023])("may not be %d bits: anybody could read what it hides", (keyLength) => {
    expect(errorOf(() => extentOf(keyLength))).toMatchObject({
      code: "insecure",
      message: `Cannot accept an RSA key at 0: ${keyLength} bits, and 1024 are the least`,
    });
  });

  test.each([8193, 65536, 0x80000000, 0xffffffff])("may not be %d bits, told by the length alone", (keyLength) => {
    const reason = `limit maxRsaKeyLength is 8192, got ${keyLength}`;
    expect(errorOf(() => extentOf(keyLength))).toMatchObject({ code: "limit", reason });
  });

  test("may have another limit", () => {
    const limits = { ...DEFAULT_LIMITS, maxRsaKeyLength: 4096 };
    expect(extentOf(4096, limits)).toBe(4 + 2 * 512);
    expect(errorOf(() => extentOf(4097, limits)).code).toBe("limit");
  });
});

test.each([0, 127, 129, 65535])("A random of %d bytes is not for a key of 128, told by the length alone", (length) => {
  const head = Uint8Array.of(length >> 8, length);
  expect(errorOf(() => extentOfRa2Random(head, 0, 2, 128))).toMatchObject({
    code: "malformed",
    message: `Cannot read an RSA-AES random at 0: ${length} bytes, for a key of 128`,
  });
});

test("Credentials of 255 bytes each are the most there can be", () => {
  expect(extentOfRa2Credentials(latin1("\u00ff"), 0, 1)).toBe(257);
  const whole = Uint8Array.from({ length: 257 }, () => 0xff);
  expect(extentOfRa2Credentials(whole, 0, 257)).toBe(512);
  expect(extentOfRa2Credentials(hex(""), 0, 0)).toBe(2);
});
