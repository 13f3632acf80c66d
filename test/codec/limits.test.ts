import { expect, test } from "vitest";
import { checkFramebufferSize, DEFAULT_LIMITS, within } from "../../codec/limits.ts";
import { errorOf } from "./errors.ts";

test("the default limits cannot be changed by accident", () => {
  expect(Object.isFrozen(DEFAULT_LIMITS)).toBe(true);
});

test("within hands back what the limit allows, and refuses one more by name", () => {
  const limits = { ...DEFAULT_LIMITS, maxNameLength: 5 };
  expect(within("maxNameLength", 5, limits)).toBe(5);
  expect(errorOf(() => within("maxNameLength", 6, limits))).toMatchObject({
    code: "limit",
    message: "Cannot accept a length: limit maxNameLength is 5, got 6",
  });
});

test.each([
  [16384, 4096],
  [4096, 16384],
  [8192, 8192],
  [0, 0],
  [16384, 0],
])("a framebuffer may measure %d × %d", (width, height) => {
  expect(() => checkFramebufferSize(width, height, DEFAULT_LIMITS)).not.toThrow();
});

test.each([
  [16385, 1, "maxFramebufferSide"],
  [1, 16385, "maxFramebufferSide"],
  [16385, 0, "maxFramebufferSide"],
  [8193, 8192, "maxFramebufferArea"],
  [65535, 65535, "maxFramebufferSide"],
])("a framebuffer of %d × %d is over %s", (width, height, limit) => {
  const error = errorOf(() => checkFramebufferSize(width, height, DEFAULT_LIMITS));
  expect(error.code).toBe("limit");
  expect(error.reason).toContain(limit);
});
