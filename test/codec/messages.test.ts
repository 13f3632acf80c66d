import { existsSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RfbError } from "../../codec/errors.ts";
import { DEFAULT_LIMITS, type Limits } from "../../codec/limits.ts";
import { embedded, hexOf } from "./bytes.ts";
import { errorOf } from "./errors.ts";
import type { Golden, MessageCase } from "./message_case.ts";
import { MESSAGES } from "./messages.ts";
import { runs } from "./runs.ts";

const FRONT = 3;
const BEHIND = 9;

const RECORDINGS = ["../fixtures/recordings/", "../../../shared/corpus/"].map((path) => new URL(path, import.meta.url));

describe.each(MESSAGES.map((message) => [message.name, message] as const))("%s", (_name, message) => {
  test.each(sourced(message))("is read as in %s", (_source, { bytes, value }) => {
    expect(message.decode(bytes, 0)).toStrictEqual(value);
    expect(message.extentOf(bytes, 0, bytes.length, DEFAULT_LIMITS)).toBe(bytes.length);
  });

  test.each(sourced(message))("is written as in %s, padding aside", (_source, { bytes, value }) => {
    const expected = bytes.slice();
    for (const at of message.padding ?? []) expected[at] = 0;
    expect(hexOf(message.encode(value))).toBe(hexOf(expected));
    expect(hexOf(message.encode(message.decode(bytes, 0)))).toBe(hexOf(expected));
  });

  test("comes back from its bytes as it was", () => {
    fc.assert(
      fc.property(message.arbitrary, (value) => {
        expect(message.decode(message.encode(value), 0)).toStrictEqual(value);
      }),
      runs(100),
    );
  });

  test("is read in the middle of other bytes, which stay as they are", () => {
    eachEncoded(message, runs(50), (bytes, value) => {
      for (const filler of [0x00, 0xff]) {
        const larger = embedded(bytes, FRONT, BEHIND, filler);
        expect(message.decode(larger, FRONT)).toStrictEqual(value);
        expect(message.extentOf(larger, FRONT, larger.length, DEFAULT_LIMITS)).toBe(bytes.length);
        expect(larger).toStrictEqual(embedded(bytes, FRONT, BEHIND, filler));
      }
    });
  });

  test("is incomplete in each prefix, with an extent that never shrinks and nothing read past the end", () => {
    eachEncoded(message, runs(50), (bytes) => {
      let least = 1;
      for (let length = 0; length <= bytes.length; length++) {
        const extents = [0x00, 0xff].map((filler) => {
          const larger = embedded(bytes.subarray(0, length), FRONT, bytes.length - length + BEHIND, filler);
          return message.extentOf(larger, FRONT, FRONT + length, DEFAULT_LIMITS);
        });
        const extent = message.extentOf(bytes.slice(0, length), 0, length, DEFAULT_LIMITS);
        expect(extents).toStrictEqual([extent, extent]);
        if (length < bytes.length) expect(extent).toBeGreaterThan(length);
        expect(extent).toBeGreaterThanOrEqual(least);
        expect(extent).toBeLessThanOrEqual(bytes.length);
        least = extent;
      }
      expect(least).toBe(bytes.length);
    });
  });

  test("is truncated where it is cut short, by more than its padding", () => {
    eachEncoded(message, runs(50), (bytes, value) => {
      for (let length = 0; length < bytes.length; length++) {
        let decoded: unknown;
        try {
          decoded = message.decode(bytes.slice(0, length), 0);
        } catch (error) {
          expect(error).toBeInstanceOf(RfbError);
          // A version breaks off before its pattern ends; a read past the end is what is found first.
          expect((error as RfbError).code).toBe("truncated");
          continue;
        }
        const onlyPadding = Array.from({ length: bytes.length - length }, (_, i) => length + i).every((at) =>
          message.padding?.includes(at),
        );
        // The first byte tells the type, which the caller has read before.
        expect(decoded, `cut to ${length} of ${bytes.length}`).toStrictEqual(value);
        expect(onlyPadding || bytes.length === 1).toBe(true);
      }
    });
  });
});

const recorded = MESSAGES.flatMap(({ name, golden }) =>
  golden.flatMap(({ source, bytes }) => {
    const [, file, at] = /^([\w-]+\/(?:client|server)\.bin)@(\d+)/.exec(source) ?? [];
    if (file === undefined) return [];
    const path = RECORDINGS.map((folder) => new URL(file, folder)).find((url) => existsSync(url));
    return [[name, source, path, Number(at), bytes] as const];
  }),
);

describe("a vector is what was recorded", () => {
  for (const [name, source, path, at, bytes] of recorded) {
    const missing = path === undefined ? " (left out: it lies neither in test/fixtures nor beside the checkout)" : "";
    test.skipIf(path === undefined)(`${name} of ${source}${missing}`, () => {
      expect(hexOf(readFileSync(path!).subarray(at, at + bytes.length))).toBe(hexOf(bytes));
    });
  }
});

const claims = MESSAGES.flatMap((message) =>
  (message.claims ?? []).map((claim) => [claim.limit, message.name, message, claim] as const),
);

describe.each(claims)("%s in %s", (limit, _name, message, claim) => {
  const extentWith = (claimed: number, limits: Limits): number => {
    const head = claim.head(claimed);
    return message.extentOf(head, 0, head.length, limits);
  };

  test("lets a claim at the limit wait for its bytes", () => {
    const most = Math.min(DEFAULT_LIMITS[limit], claim.most);
    for (const [allowed, limits] of [
      [7, { ...DEFAULT_LIMITS, [limit]: 7 }],
      [most, DEFAULT_LIMITS],
    ] as const) {
      expect(extentWith(allowed, limits)).toBeGreaterThanOrEqual(claim.head(allowed).length);
      if (!limit.startsWith("maxFramebuffer")) {
        expect(extentWith(allowed, limits)).toBeGreaterThanOrEqual(claim.head(allowed).length + allowed);
      }
    }
  });

  test("refuses one more from the head alone, and says which limit", () => {
    const limits = { ...DEFAULT_LIMITS, [limit]: 7 };
    const error = errorOf(() => extentWith(8, limits));
    expect(error).toMatchObject({ code: "limit", reason: `limit ${limit} is 7, got 8` });
    if (claim.most > DEFAULT_LIMITS[limit]) {
      expect(errorOf(() => extentWith(DEFAULT_LIMITS[limit] + 1, DEFAULT_LIMITS)).code).toBe("limit");
    }
  });

  test("refuses the most that the field can hold, 4 GB where it has 4 bytes, from the head alone", () => {
    const limits = { ...DEFAULT_LIMITS, [limit]: claim.most - 1 };
    expect(errorOf(() => extentWith(claim.most, limits)).code).toBe("limit");
    if (claim.most > DEFAULT_LIMITS[limit]) {
      expect(errorOf(() => extentWith(claim.most, DEFAULT_LIMITS)).code).toBe("limit");
    }
  });
});

const numbers = MESSAGES.flatMap((message) =>
  Object.entries(message.numbers ?? {}).map(([field, range]) => [field, message.name, message, range] as const),
);

describe.each(numbers)("%s of %s", (field, _name, message, [least, most]) => {
  const withField = (value: number): unknown => ({ ...(message.golden[0]!.value as object), [field]: value });

  test.each([least, most])("may be %d", (value) => {
    expect(message.encode(withField(value))).toHaveLength(message.golden[0]!.bytes.length);
  });

  test.each([least - 1, most + 1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("may not be %d", (value) => {
    expect(() => message.encode(withField(value))).toThrow(RangeError);
  });
});

const refused = MESSAGES.flatMap((message) => (message.refused ? [[message.name, message] as const] : []));

test.each(refused)("the encoder of %s refuses what the wire has no room for", (_name, message) => {
  for (const value of message.refused!) expect(() => message.encode(value)).toThrow(RangeError);
});

function sourced({ golden }: MessageCase): (readonly [string, Golden<unknown>])[] {
  return golden.map((vector) => [vector.source, vector]);
}

/** Vectors and generated values, as bytes. */
function eachEncoded(
  message: MessageCase,
  parameters: { readonly numRuns: number },
  check: (bytes: Uint8Array, value: unknown) => void,
): void {
  // A whole colour map in every prefix is half a million reads: the short vectors say as much.
  for (const { bytes, value } of message.golden) {
    if (bytes.length < 200) check(bytes, value);
  }
  fc.assert(
    fc.property(message.arbitrary, (value) => check(message.encode(value), value)),
    parameters,
  );
}
