import * as fc from "fast-check";
import { expect, test } from "vitest";
import { advanceCopyRect, COPY_RECT_LENGTH, decodeCopyRect, encodeCopyRect } from "../../../codec/encodings/mod.ts";
import { u16s } from "../arbitraries.ts";
import { hex } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { runs } from "../runs.ts";

// xtigervnc-messages/server.bin@2093
const RECORDED = hex("000b 003f");

test("CopyRect is read and written as TigerVNC sends it", () => {
  expect(decodeCopyRect(RECORDED)).toStrictEqual({ srcX: 11, srcY: 63 });
  expect(encodeCopyRect({ srcX: 11, srcY: 63 })).toStrictEqual(RECORDED);
});

test("CopyRect comes back from its bytes as it was", () => {
  fc.assert(
    fc.property(u16s, u16s, (srcX, srcY) => {
      expect(decodeCopyRect(encodeCopyRect({ srcX, srcY }))).toStrictEqual({ srcX, srcY });
    }),
    runs(100),
  );
});

test("a CopyRect payload of another length is truncated or trailing", () => {
  for (const length of [0, 1, 2, 3]) {
    expect(errorOf(() => decodeCopyRect(RECORDED.slice(0, length))).code).toBe("truncated");
  }
  expect(errorOf(() => decodeCopyRect(hex("000b003f00")))).toMatchObject({ code: "trailing", reason: "5 bytes of 4" });
});

test.each([-1, 65536, 0.5])("CopyRect refuses to be written from %d", (value) => {
  expect(() => encodeCopyRect({ srcX: value, srcY: 0 })).toThrow(RangeError);
  expect(() => encodeCopyRect({ srcX: 0, srcY: value })).toThrow(RangeError);
});

test("a CopyRect passes only whole", () => {
  const rectangle = { type: "rectangle", x: 0, y: 0, width: 1, height: 1, encodingType: 1 } as const;
  const bytes = new Uint8Array(9);
  for (let length = 0; length < 6; length++) {
    const walk = { rectangle, bytesPerPixel: 4, done: false };
    expect(advanceCopyRect(walk, bytes, 3, 3 + length)).toBe(length < COPY_RECT_LENGTH ? 0 : 4);
    expect(walk.done).toBe(length >= COPY_RECT_LENGTH);
  }
});
