import { equals } from "@std/bytes";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RfbError } from "../../codec/errors.ts";
import { compressLzo1x, decompressLzo1x } from "../../codec/lzo1x.ts";
import { hex, hexOf, join, latin1 } from "./bytes.ts";
import { errorOf } from "./errors.ts";

const END = "110000";

function decompress(text: string, length: number): string {
  return hexOf(decompressLzo1x(hex(text), 0, length));
}

describe("decompressing, by hand from the format", () => {
  test("nothing but the end is nothing", () => {
    expect(decompress(END, 0)).toBe("");
  });

  test("the first byte may be a number of literals", () => {
    expect(decompress(`12 aa ${END}`, 1)).toBe("aa");
    expect(decompress(`15 01020304 ${END}`, 4)).toBe("01020304");
    expect(decompress(`ff ${"ab".repeat(238)} ${END}`, 238)).toBe("ab".repeat(238));
  });

  test("a run has 4 to 18 literals, or any number from 19 on", () => {
    expect(decompress(`01 01020304 ${END}`, 4)).toBe("01020304");
    expect(decompress(`0f ${"cd".repeat(18)} ${END}`, 18)).toBe("cd".repeat(18));
    expect(decompress(`0001 ${"cd".repeat(19)} ${END}`, 19)).toBe("cd".repeat(19));
    expect(decompress(`00ff ${"cd".repeat(273)} ${END}`, 273)).toBe("cd".repeat(273));
    expect(decompress(`000001 ${"cd".repeat(274)} ${END}`, 274)).toBe("cd".repeat(274));
  });

  test("a short copy has 3 to 8 bytes, and up to 3 literals follow it", () => {
    expect(decompress(`14 010203 48 00 ${END}`, 6)).toBe("010203010203");
    expect(decompress(`14 010203 60 00 ${END}`, 7)).toBe("01020303030303");
    expect(decompress(`14 010203 e4 00 ${END}`, 11)).toBe("0102030203020302030203");
    expect(decompress(`14 010203 4b 00 040506 ${END}`, 9)).toBe("010203010203040506");
  });

  test("a short copy reaches back from 1 to 2048 bytes", () => {
    expect(far(2048, "5c ff")).toBe("00550000");
    expect(far(1500, `${hexOf(Uint8Array.of(0x40 | ((1499 & 7) << 2), 1499 >> 3))}`)).toBe("00550000");
  });

  test("a long copy has any number of bytes", () => {
    expect(decompress(`13 0102 21 0400 ${END}`, 5)).toBe("0102010201");
    expect(decompress(`13 0102 3f 0700 aabbcc ${END}`, 38)).toBe(`0102${"0102".repeat(16)}01aabbcc`);
    expect(decompress(`13 0102 20 01 0400 ${END}`, 36)).toBe("0102".repeat(18));
    expect(decompress(`13 0102 20 0001 0400 ${END}`, 2 + 33 + 256)).toBe(`${"0102".repeat(145)}01`);
  });

  test("a long copy reaches back to 16384 bytes, and a longer one to 49151", () => {
    expect(far(16384, "21 fcff")).toBe("00550000");
    expect(far(16385, "11 0400")).toBe("00550000");
    expect(far(32767, "11 fcff")).toBe("00550000");
    expect(far(32768, "19 0000")).toBe("00550000");
    expect(far(49151, "19 fcff")).toBe("00550000");
  });

  test("a small instruction after 1 to 3 literals copies 2 bytes, from up to 1024 back", () => {
    expect(decompress(`13 0102 04 00 ${END}`, 4)).toBe("01020102");
    expect(decompress(`14 010203 49 00 04 08 00 ${END}`, 9)).toBe("010203010203040203");
    // The literal makes it a byte less to go back to 0x55.
    const literals = Uint8Array.from({ length: 1020 }, (_, i) => (i === 0 ? 0x55 : i & 0x3f));
    // 1020 = 18 + 255 × 3 + 237; 3 from 1 back and a literal; 2 from 1024 back.
    const data = join([hex("00 000000 ed"), literals, hex("41 00 99 0c ff"), hex(END)]);
    expect(hexOf(decompressLzo1x(data, 0, 1026).subarray(1020))).toBe("3b3b3b995501");
  });

  test("a small instruction after a run copies 3 bytes, from 2049 to 3072 back", () => {
    const literals = Uint8Array.from({ length: 3072 }, (_, i) => i % 251);
    // 3072 = 18 + 255 × 11 + 249
    const run = join([hex("00 0000000000000000000000 f9"), literals]);
    const copied = (instruction: string): string =>
      hexOf(decompressLzo1x(join([run, hex(instruction), hex(END)]), 0, 3075).subarray(3072));
    expect(copied("0c ff")).toBe("000102");
    expect(copied("00 00")).toBe(hexOf(literals.subarray(1023, 1026)));
  });

  test("it begins where it is said to", () => {
    expect(hexOf(decompressLzo1x(hex(`ffffff 12 aa ${END}`), 3, 1))).toBe("aa");
  });
});

/** 0x55 and zeros, up to where `copy` reaches back to the first of them and copies 3 bytes: the last four. */
function far(distance: number, copy: string): string {
  const more = distance - 2 - 33; // zeros from a copy, above what its instruction holds
  const steps = Math.ceil(more / 255) - 1;
  const length = hexOf(Uint8Array.of(...new Uint8Array(steps), more - 255 * steps));
  const data = hex(`13 5500 20 ${length} 0000 ${copy} ${END}`);
  return hexOf(decompressLzo1x(data, 0, distance + 3).subarray(distance - 1));
}

describe("faults, one by one", () => {
  test.each([
    ["no bytes at all", "", 0, "truncated", "it ends before its end"],
    ["literals that are missing", "15 010203", 4, "truncated", "it ends before its end"],
    ["a run without a length", "00", 4, "truncated", "it ends before its end"],
    ["a run whose length has no end", "000000", 4, "truncated", "it ends before its end"],
    ["a short copy without its distance", "13 0102 44", 5, "truncated", "it ends before its end"],
    ["a long copy without its distance", "13 0102 21 04", 5, "truncated", "it ends before its end"],
    ["a small copy without its distance", "13 0102 04", 4, "truncated", "it ends before its end"],
    ["a long copy whose length has no end", "13 0102 20 0000", 5, "truncated", "it ends before its end"],
    ["literals after a copy that are missing", "13 0102 45 00", 6, "truncated", "it ends before its end"],
    ["no end", "13 0102 44 00", 5, "truncated", "it ends before its end"],
    ["a copy from before the first byte", `13 0102 48 00 ${END}`, 5, "malformed", "a copy from 3 bytes back, after 2"],
    ["a copy of nothing", `11 0400 ${END}`, 3, "malformed", "a copy from 16385 bytes back, after 0"],
    ["literals past the end", `15 01020304 ${END}`, 3, "malformed", "more than 3 bytes"],
    ["a copy past the end", `13 0102 44 00 ${END}`, 4, "malformed", "more than 4 bytes"],
    ["fewer bytes than promised", `13 0102 ${END}`, 3, "malformed", "2 bytes of 3"],
    ["bytes after the end", `12 aa ${END} 00`, 1, "trailing", "1 bytes after the end"],
  ])("%s", (_name, text, length, code, reason) => {
    expect(errorOf(() => decompress(text, length))).toMatchObject({ code, act: "Cannot read LZO1X data", reason });
  });

  test("the offset tells where", () => {
    expect(errorOf(() => decompress(`13 0102 48 00 ${END}`, 5)).message).toBe(
      "Cannot read LZO1X data at 5: a copy from 3 bytes back, after 2",
    );
  });

  test("more than 255 times its bytes are never promised in earnest, so none are allocated", () => {
    expect(errorOf(() => decompressLzo1x(hex(END), 0, 766)).reason).toBe("766 bytes of 3, which have 765 at most");
    expect(errorOf(() => decompressLzo1x(hex(END), 0, 2 ** 32)).code).toBe("malformed");
  });

  test("every prefix of sound data is a fault", () => {
    const data = compressLzo1x(latin1("abcabcabcabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz".repeat(5)));
    for (let end = 0; end < data.length; end++) {
      expect(errorOf(() => decompressLzo1x(data.subarray(0, end), 0, 305)).code).toMatch(/truncated|malformed/);
    }
  });
});

describe("compressing", () => {
  test("what can be said by hand", () => {
    expect(hexOf(compressLzo1x(hex("")))).toBe(END);
    expect(hexOf(compressLzo1x(hex("aa")))).toBe(`12aa${END}`);
    expect(hexOf(compressLzo1x(new Uint8Array(40)))).toBe(`120020060000${END}`);
  });

  test("incompressible bytes grow by a run's head and the end", () => {
    const noise = Uint8Array.from({ length: 65536 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);
    expect(compressLzo1x(noise).length).toBeLessThanOrEqual(noise.length + 3 + 2 + Math.ceil(noise.length / 255));
  });

  /** Literals and copies of any length and distance. */
  const texts = fc
    .array(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ bytes, length: 0, distance: 0 })),
        fc.record({
          bytes: fc.constant(new Uint8Array(0)),
          length: fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 3000 })),
          distance: fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 3000 }), fc.nat({ max: 60000 })),
        }),
      ),
      { maxLength: 60 },
    )
    .map((parts) => {
      const text: number[] = [];
      for (const { bytes, length, distance } of parts) {
        text.push(...bytes);
        for (let i = 0; i < length; i++) text.push(text[text.length - 1 - distance] ?? 7);
      }
      return Uint8Array.from(text);
    });

  test("any bytes come back", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const copy = text.slice();
        const data = compressLzo1x(text);
        expect(equals(decompressLzo1x(data, 0, text.length), text)).toBe(true);
        expect(equals(text, copy)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("every length comes back, of many kinds", () => {
    for (let length = 0; length < 600; length++) {
      for (const text of [
        new Uint8Array(length),
        Uint8Array.from({ length }, (_, i) => i),
        Uint8Array.from({ length }, (_, i) => Math.imul(i + length, 0x9e3779b1) >>> 24),
        Uint8Array.from({ length }, (_, i) => (Math.imul(i + length, 0x9e3779b1) >>> 30) & 1),
      ]) {
        if (hexOf(decompressLzo1x(compressLzo1x(text), 0, length)) !== hexOf(text)) throw new Error(`${length} bytes`);
      }
    }
  });

  test("copies are found as far back as the format reaches", () => {
    const marked = (distance: number): Uint8Array => {
      const text = Uint8Array.from({ length: distance + 64 }, (_, i) => (Math.imul(i, 0x9e3779b1) >>> 16) & 0xff);
      text.copyWithin(distance, 0, 64);
      return text;
    };
    for (const distance of [64, 2047, 2048, 2049, 16383, 16384, 16385, 32768, 49150, 49151, 49152, 60000]) {
      const text = marked(distance);
      expect(equals(decompressLzo1x(compressLzo1x(text), 0, text.length), text), String(distance)).toBe(true);
    }
  });
});

test("any bytes are data or a fault, and never more than they promise", () => {
  const seen = { data: 0, faults: 0 };
  const changed = fc
    .tuple(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }),
    )
    .map(([text, changes]) => {
      const data = compressLzo1x(join([text, text])).slice();
      for (const [at, value] of changes) data[at % data.length] = value;
      return { data, length: 2 * text.length };
    });
  const random = fc.record({ data: fc.uint8Array({ maxLength: 60 }), length: fc.nat({ max: 400 }) });
  fc.assert(
    fc.property(fc.oneof(changed, random), ({ data, length }) => {
      const copy = data.slice();
      try {
        expect(decompressLzo1x(data, 0, length)).toHaveLength(length);
        seen.data += 1;
      } catch (error) {
        if (!(error instanceof RfbError)) throw error;
        seen.faults += 1;
      }
      expect(equals(data, copy)).toBe(true);
    }),
    { numRuns: 2000 },
  );
  expect(seen.data).toBeGreaterThan(0);
  expect(seen.faults).toBeGreaterThan(0);
});
