// What runs the portable tests where there is no Node lets nothing pass that has not run.

import { describe, expect, test } from "vitest";
import { readdirSync } from "./files.ts";
import { expectPassed } from "./portable.ts";
import * as shim from "./vitest.ts";

const nothing = (): void => {};
const fails = (): never => {
  throw new Error("no");
};

/** What comes of a file that declares this. */
const reportOf = (declare: () => void) => shim.runFile(async () => declare());

test("a report has what passed, what failed, and what was left out by its name", async () => {
  const report = await reportOf(() => {
    shim.test("passes", nothing);
    shim.test("fails", fails);
    shim.describe("group", () => {
      shim.test.skipIf(true)("one (left out: why)", fails);
      shim.test.skipIf(true).each([1, 2])("each (left out: why)", fails);
      shim.test.skipIf(false)("runs", nothing);
    });
    shim.describe.skipIf(true)("all (left out: why)", fails);
  });
  expect(report).toEqual({
    passed: 2,
    failed: ["fails: no"],
    skipped: [
      "group > one (left out: why)",
      "group > each (left out: why) [0]",
      "group > each (left out: why) [1]",
      "all (left out: why)",
    ],
  });
});

describe("a file has not passed", () => {
  test.each<[string, () => void, RegExp]>([
    ["that has no tests", nothing, /greater than/],
    ["whose tests are all left out", () => shim.test.skipIf(true)("one (left out: why)", nothing), /greater than/],
    [
      "that leaves one out and does not say why",
      () => {
        shim.test("passes", nothing);
        shim.test.skipIf(true)("one", nothing);
      },
      /one/,
    ],
    [
      "of whose tests one fails",
      () => {
        shim.test("passes", nothing);
        shim.test("fails", fails);
      },
      /fails: no/,
    ],
  ])("%s", async (_, declare, said) => {
    const report = await reportOf(declare);
    expect(() => expectPassed(report)).toThrow(said);
  });
});

test("a file passes that says why it leaves one out", async () => {
  expectPassed(
    await reportOf(() => {
      shim.test("passes", nothing);
      shim.test.skipIf(true)("one (left out: why)", nothing);
    }),
  );
});

test("a folder that is not in the bundle is none that is empty", () => {
  expect(() => readdirSync(new URL("file:///shared/corpus/"))).toThrow("Cannot list /shared/corpus/");
});
