import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  append,
  available,
  createInput,
  drain,
  putS32,
  putU8,
  putU16,
  putU32,
  s32,
  u8,
  u16,
  u32,
  view,
} from "../../codec/wire.ts";
import { bytes } from "./arbitraries.ts";
import { bytewise, hex, hexOf, join } from "./bytes.ts";
import { errorOf } from "./errors.ts";
import { runs } from "./runs.ts";

describe("reading numbers", () => {
  const wire = hex("00 80 ff 7f fe 01");

  test("is big-endian, RFC 6143 §7", () => {
    expect([u8(wire, 1), u8(wire, 2)]).toStrictEqual([0x80, 0xff]);
    expect([u16(wire, 0), u16(wire, 1), u16(wire, 4)]).toStrictEqual([0x0080, 0x80ff, 0xfe01]);
    expect([u32(wire, 0), u32(wire, 2)]).toStrictEqual([0x0080ff7f, 0xff7ffe01]);
    expect([s32(wire, 0), s32(wire, 1), s32(wire, 2)]).toStrictEqual([0x0080ff7f, -0x7f008002, -0x008001ff]);
  });

  test("agrees with DataView", () => {
    fc.assert(
      fc.property(bytes(12, 4), fc.nat(), (array, offset) => {
        const at = offset % (array.length - 3);
        const data = new DataView(array.buffer, array.byteOffset, array.length);
        expect([u8(array, at), u16(array, at), u32(array, at), s32(array, at)]).toStrictEqual([
          data.getUint8(at),
          data.getUint16(at),
          data.getUint32(at),
          data.getInt32(at),
        ]);
      }),
      runs(200),
    );
  });

  test.each([
    ["u8", u8, 1],
    ["u16", u16, 2],
    ["u32", u32, 4],
    ["s32", s32, 4],
  ] as const)("%s past the end is truncated, and says where and by how much", (_name, read, width) => {
    for (let at = 6 - width + 1; at < 9; at++) {
      const error = errorOf(() => read(wire, at));
      expect(error).toMatchObject({ code: "truncated", offset: at });
      expect(error.reason).toBe(`${Math.max(0, 6 - at)} bytes of ${width}`);
    }
  });

  test("view hands out the bytes themselves, not a copy", () => {
    const found = view(wire, 2, 3);
    expect(hexOf(found)).toBe("ff7ffe");
    expect(found.buffer).toBe(wire.buffer);
    expect(view(wire, 6, 0)).toHaveLength(0);
    expect(errorOf(() => view(wire, 3, 4))).toMatchObject({ code: "truncated", offset: 3 });
    expect(errorOf(() => view(wire, 7, 0)).code).toBe("truncated");
    expect(errorOf(() => view(wire, 1, 0xffffffff)).code).toBe("truncated");
  });
});

describe("writing numbers", () => {
  test.each([
    ["putU8", putU8, 0xff, "0000ff00000000"],
    ["putU8", putU8, 0, "00000000000000"],
    ["putU16", putU16, 0xfe01, "0000fe01000000"],
    ["putU32", putU32, 0xfe010203, "0000fe01020300"],
    ["putS32", putS32, -2, "0000fffffffe00"],
    ["putS32", putS32, -0x80000000, "00008000000000"],
    ["putS32", putS32, 0x7fffffff, "00007fffffff00"],
  ] as const)("%s touches its own bytes alone", (_name, put, value, expected) => {
    const array = new Uint8Array(7);
    put(array, 2, value);
    expect(hexOf(array)).toBe(expected);
  });

  test.each([
    ["putU8", putU8, 0, 0xff],
    ["putU16", putU16, 0, 0xffff],
    ["putU32", putU32, 0, 0xffffffff],
    ["putS32", putS32, -0x80000000, 0x7fffffff],
  ] as const)("%s refuses what does not fit, and writes nothing", (_name, put, least, most) => {
    for (const value of [least - 1, most + 1, 0.5, Number.NaN, Number.NEGATIVE_INFINITY]) {
      const array = new Uint8Array(4);
      expect(() => put(array, 0, value)).toThrow(RangeError);
      expect(hexOf(array)).toBe("00000000");
    }
  });
});

describe("an input", () => {
  test("keeps a chunk itself while nothing is held", () => {
    const input = createInput();
    const chunk = hex("010203");
    append(input, chunk);
    expect(input.bytes).toBe(chunk);
    expect(available(input)).toBe(3);
    input.start = 3;
    const next = hex("0405");
    append(input, next);
    expect(input.bytes).toBe(next);
    expect(input.base).toBe(3);
  });

  test("drain takes everything once", () => {
    const input = createInput();
    append(input, hex("010203"));
    input.start = 1;
    expect(hexOf(drain(input))).toBe("0203");
    expect(available(input)).toBe(0);
    expect(drain(input)).toHaveLength(0);
    expect(input.base + input.start).toBe(3);
  });

  test("reads as the stream did, whatever the pieces and whenever they are spent", () => {
    const pieces = fc.array(fc.record({ chunk: bytes(40), spend: fc.nat({ max: 60 }) }), { maxLength: 40 });
    fc.assert(
      fc.property(pieces, (steps) => {
        const stream = join(steps.map(({ chunk }) => chunk));
        const copies = steps.map(({ chunk }) => chunk.slice());
        const input = createInput();
        const views: (readonly [Uint8Array, string])[] = [];
        let arrived = 0;
        for (const { chunk, spend } of steps) {
          append(input, chunk);
          arrived += chunk.length;
          const spent = Math.min(spend, available(input));
          const seen = view(input.bytes, input.start, spent);
          views.push([seen, hexOf(seen)]);
          input.start += spent;
          const at = input.base + input.start;
          expect(hexOf(input.bytes.subarray(input.start, input.end))).toBe(hexOf(stream.subarray(at, arrived)));
        }
        // Nothing that was handed out or in has changed since.
        for (const [seen, before] of views) expect(hexOf(seen)).toBe(before);
        for (const [i, { chunk }] of steps.entries()) expect(chunk).toStrictEqual(copies[i]);
      }),
      runs(200),
    );
  });

  test("takes single bytes in linear time: its carry doubles", () => {
    const input = createInput();
    const carries = new Set<Uint8Array>();
    let copied = 0;
    for (const chunk of bytewise(new Uint8Array(100_000))) {
      const before = input.bytes;
      append(input, chunk);
      if (input.bytes !== before) copied += available(input);
      carries.add(input.bytes);
    }
    expect(available(input)).toBe(100_000);
    expect(carries.size).toBeLessThan(20);
    expect(copied).toBeLessThan(200_000);
  });

  test("does not hold spent bytes when its carry fills", () => {
    const input = createInput();
    append(input, new Uint8Array(1));
    for (let i = 0; i < 10_000; i++) {
      append(input, new Uint8Array(10));
      input.start += 10;
    }
    expect(input.bytes.length).toBeLessThan(200);
    expect(input.base + input.start).toBe(100_000);
  });
});
