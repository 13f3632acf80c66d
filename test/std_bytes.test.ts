import { concat, equals } from "@std/bytes";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runs } from "./codec/runs.ts";

// The behaviour that @std/bytes documents on JSR, with its own examples.

const small = fc.uint8Array({ maxLength: 12, max: 2 });
const bytes = (...numbers: readonly number[]) => Uint8Array.from(numbers);

describe("concat", () => {
  test("joins arrays in order", () => {
    expect(concat([bytes(0, 1, 2), bytes(3, 4, 5)])).toStrictEqual(bytes(0, 1, 2, 3, 4, 5));
  });

  test("of nothing is empty, and of one a copy", () => {
    expect(concat([])).toStrictEqual(bytes());
    expect(concat([bytes(), bytes()])).toStrictEqual(bytes());
    const one = bytes(1, 2);
    const copy = concat([one]);
    copy[0] = 9;
    expect(one).toStrictEqual(bytes(1, 2));
  });

  test("takes views for what they show", () => {
    expect(concat([bytes(9, 1, 2, 9).subarray(1, 3), bytes(3)])).toStrictEqual(bytes(1, 2, 3));
  });

  test("agrees with the arrays' own", () => {
    fc.assert(
      fc.property(fc.array(small), (arrays) => {
        expect(Array.from(concat(arrays))).toStrictEqual(arrays.flatMap((array) => Array.from(array)));
      }),
      runs(100),
    );
  });
});

describe("equals", () => {
  test("holds for the same bytes", () => {
    expect(equals(bytes(1, 2, 3), bytes(1, 2, 3))).toBe(true);
    expect(equals(bytes(), bytes())).toBe(true);
    expect(equals(bytes(0, 1, 2).subarray(1), bytes(1, 2))).toBe(true);
  });

  test("does not for another byte or length", () => {
    expect(equals(bytes(1, 2, 3), bytes(4, 5, 6))).toBe(false);
    expect(equals(bytes(1, 2, 3), bytes(1, 2))).toBe(false);
    expect(equals(bytes(1, 2), bytes(1, 2, 0))).toBe(false);
    for (const at of [0, 1, 2000, 4002]) {
      const changed = new Uint8Array(4003);
      changed[at] = 1;
      expect(equals(new Uint8Array(4003), changed)).toBe(false);
    }
  });
});
