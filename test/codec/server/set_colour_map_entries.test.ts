import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { extentOfSetColourMapEntries } from "../../../codec/server/mod.ts";
import { be16, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";

const head = (firstColour: number, count: number) => join([Uint8Array.of(1, 0), be16(firstColour), be16(count)]);

test("SetColourMapEntries may reach the last index", () => {
  expect(extentOfSetColourMapEntries(head(65535, 1), 0, 6, DEFAULT_LIMITS)).toBe(12);
  expect(extentOfSetColourMapEntries(head(1, 65535), 0, 6, DEFAULT_LIMITS)).toBe(6 + 6 * 65535);
});

test.each([
  [65535, 2],
  [2, 65535],
  [65535, 65535],
])("SetColourMapEntries from %d on with %d entries leaves the map", (firstColour, count) => {
  const bytes = join([new Uint8Array(4), head(firstColour, count)]);
  expect(errorOf(() => extentOfSetColourMapEntries(bytes, 4, 10, DEFAULT_LIMITS))).toMatchObject({
    code: "malformed",
    reason: `${count} entries from ${firstColour} on, of 65536`,
    offset: 4,
  });
});
