import { concat, equals, indexOfNeedle, startsWith } from "@std/bytes";
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

describe("indexOfNeedle", () => {
  const source = bytes(0, 1, 2, 1, 2, 1, 2, 3);
  const needle = bytes(1, 2);

  test("finds the first place", () => {
    expect(indexOfNeedle(source, needle)).toBe(1);
    expect(indexOfNeedle(source, bytes(1, 2, 3))).toBe(5);
    expect(indexOfNeedle(source, source)).toBe(0);
  });

  test("is -1 where there is none", () => {
    expect(indexOfNeedle(source, bytes(0, 0))).toBe(-1);
    expect(indexOfNeedle(source, bytes(2, 3, 4))).toBe(-1);
    expect(indexOfNeedle(bytes(1), bytes(1, 2))).toBe(-1);
    expect(indexOfNeedle(bytes(), needle)).toBe(-1);
  });

  test("looks from start on, which counts from the end when negative", () => {
    expect(indexOfNeedle(source, needle, 2)).toBe(3);
    expect(indexOfNeedle(source, needle, 6)).toBe(-1);
    expect(indexOfNeedle(source, needle, 99)).toBe(-1);
    expect(indexOfNeedle(source, needle, -1)).toBe(-1);
    expect(indexOfNeedle(source, needle, -3)).toBe(5);
    expect(indexOfNeedle(source, needle, -99)).toBe(1);
  });

  test("never finds an empty needle", () => {
    expect(indexOfNeedle(source, bytes())).toBe(-1);
    expect(indexOfNeedle(bytes(), bytes())).toBe(-1);
  });

  test("agrees with a search of text", () => {
    fc.assert(
      fc.property(
        small,
        fc.uint8Array({ minLength: 1, maxLength: 3, max: 2 }),
        fc.nat({ max: 14 }),
        (array, part, at) => {
          const text = (of: Uint8Array) => Array.from(of).join("");
          expect(indexOfNeedle(array, part, at)).toBe(at >= array.length ? -1 : text(array).indexOf(text(part), at));
        },
      ),
      runs(300),
    );
  });
});

describe("startsWith", () => {
  test("holds for a prefix", () => {
    expect(startsWith(bytes(0, 1, 2, 1), bytes(0, 1, 2))).toBe(true);
    expect(startsWith(bytes(0, 1), bytes(0, 1))).toBe(true);
    expect(startsWith(bytes(0, 1), bytes())).toBe(true);
    expect(startsWith(bytes(), bytes())).toBe(true);
  });

  test("does not for anything else", () => {
    expect(startsWith(bytes(0, 1, 2), bytes(1, 2))).toBe(false);
    expect(startsWith(bytes(0, 1, 2), bytes(0, 1, 3))).toBe(false);
    expect(startsWith(bytes(0), bytes(0, 1))).toBe(false);
    expect(startsWith(bytes(), bytes(0))).toBe(false);
  });
});
