import { expect, test } from "vitest";
import { RfbError } from "../../codec/errors.ts";

test("an RfbError says the act, the place and the value", () => {
  const error = new RfbError("malformed", "Cannot read a ZRLE tile", "palette index 9 of 4", { offset: 132 });
  expect(error.message).toBe("Cannot read a ZRLE tile at 132: palette index 9 of 4");
  expect(error.name).toBe("RfbError");
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ code: "malformed", offset: 132 });
});

test("an RfbError without a place leaves it out", () => {
  const error = new RfbError("limit", "Cannot accept a length", "limit maxNameLength is 8, got 9");
  expect(error.message).toBe("Cannot accept a length: limit maxNameLength is 8, got 9");
  expect(error.offset).toBeUndefined();
  expect("cause" in error).toBe(false);
});

test("an RfbError keeps its cause", () => {
  const cause = new Error("inner");
  expect(new RfbError("insecure", "Cannot start TLS", "no", { cause }).cause).toBe(cause);
});

test("a rebased error counts from the start of the stream, and an offset stands in where it had none", () => {
  const cause = new Error("inner");
  const placed = new RfbError("malformed", "Cannot read", "it", { offset: 5, cause }).rebased(100, 7);
  expect(placed).toMatchObject({ code: "malformed", act: "Cannot read", reason: "it", offset: 105, cause });
  expect(new RfbError("limit", "Cannot read", "it").rebased(100, 7).offset).toBe(107);
  expect(new RfbError("limit", "Cannot read", "it", { offset: 0 }).rebased(100, 7).offset).toBe(100);
});
