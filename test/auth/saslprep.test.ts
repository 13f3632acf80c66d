import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { saslprep } from "../../auth/mod.ts";
import { runs } from "../codec/runs.ts";

describe("SASLprep", () => {
  test.each([
    // RFC 4013 §3.
    ["I\u00adX", "IX"],
    ["user", "user"],
    ["USER", "USER"],
    ["\u00aa", "a"],
    ["\u2168", "IX"],
    // RFC 4013 §2.1, §2.2 and RFC 3454 table B.1.
    ["a\u00a0b\u3000c", "a b c"],
    ["soft\u200d\u2060\ufeffly", "softly"],
    ["e\u0301", "\u00e9"],
    ["\uff21\uff22", "AB"],
    ["", ""],
    // What it leaves alone: a blank, marks, and scripts from left to right.
    ["engine no. 9!", "engine no. 9!"],
    ["\u043f\u0430\u0440\u043e\u043b\u044c", "\u043f\u0430\u0440\u043e\u043b\u044c"],
    // RFC 3454 §6: right to left at both ends, and signs in between.
    ["\u05d0-1-\u05d1", "\u05d0-1-\u05d1"],
    ["\u0627", "\u0627"],
    // Younger than Unicode 3.2.
    ["\u{1f511}", "\u{1f511}"],
  ])("makes %j of it: %j", (text, prepared) => {
    expect(saslprep(text)).toBe(prepared);
  });

  test.each([
    // RFC 4013 §3: a control character, and a check of directions that fails.
    "\u0007",
    "\u06271",
    // One of each table of RFC 3454 that RFC 4013 §2.3 forbids.
    "a\0",
    "\u007f",
    "\u0085",
    "\u2028",
    "\ue000",
    "\u{f0000}",
    "\ufdd0",
    "\u{1ffff}",
    "\ud800",
    "\ufffd",
    "\u2ff0",
    "\u0341a\u200e",
    "\u202e",
    "\u{e0001}",
    // Letters of both directions, and a first one that is of none.
    "a\u05d0",
    "\u05d0a\u05d0",
    "1\u05d0",
  ])("does not allow %j", (text) => {
    expect(saslprep(text)).toBeUndefined();
  });

  test("leaves what it has prepared as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const prepared = saslprep(text);
        if (prepared !== undefined) expect(saslprep(prepared)).toBe(prepared);
      }),
      runs(500),
    );
  });
});
