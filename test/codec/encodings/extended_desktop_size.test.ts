import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeExtendedDesktopSize,
  type ExtendedDesktopSize,
  encodeExtendedDesktopSize,
} from "../../../codec/encodings/mod.ts";
import type { Screen } from "../../../codec/screens.ts";
import { recordOf, u16s, u32s } from "../arbitraries.ts";
import { hex, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { hasCorpus, withCorpus } from "../recordings.ts";
import { framed, headOf, isSound, parted, sessionIn } from "./framed.ts";
import { rectanglesOf } from "./recorded.ts";
import { FORMATS } from "./rectangles.ts";

const EXTENDED = -308;
const session = sessionIn(FORMATS.rgb332);

const screens: fc.Arbitrary<Screen> = recordOf({ id: u32s, x: u16s, y: u16s, width: u16s, height: u16s, flags: u32s });

test.each([
  [
    // xtigervnc-messages/server.bin@89
    "TigerVNC",
    "0000 0000 0190 012c fffffecc 01000000 6b8b4567 0000 0000 0190 012c 00000000",
    {
      reason: 0,
      status: 0,
      width: 400,
      height: 300,
      screens: [{ id: 0x6b8b4567, x: 0, y: 0, width: 400, height: 300, flags: 0 }],
    },
  ],
  [
    // qemu-resize-extended/server.bin@8194
    "QEMU",
    "0000 0000 0280 01e0 fffffecc 01000000 00000000 0000 0000 0280 01e0 00000000",
    {
      reason: 0,
      status: 0,
      width: 640,
      height: 480,
      screens: [{ id: 0, x: 0, y: 0, width: 640, height: 480, flags: 0 }],
    },
  ],
  [
    // x11vnc-pseudo/server.bin@52
    "x11vnc",
    "0000 0000 0190 012c fffffecc 01000000 00000001 0000 0000 0190 012c 00000000",
    {
      reason: 0,
      status: 0,
      width: 400,
      height: 300,
      screens: [{ id: 1, x: 0, y: 0, width: 400, height: 300, flags: 0 }],
    },
  ],
] as const)("ExtendedDesktopSize is read and written as %s sends it", (_name, text, value) => {
  const { rectangle, payload, session: after } = framed(hex(text), session);
  expect(decodeExtendedDesktopSize(payload, rectangle)).toStrictEqual(value);
  expect(encodeExtendedDesktopSize(value)).toStrictEqual(hex(text));
  expect(after).toMatchObject({ framebufferWidth: value.width, framebufferHeight: value.height });
});

describe("the answer to a SetDesktopSize", () => {
  const answer = (status: number): ExtendedDesktopSize => ({ reason: 1, status, width: 7, height: 5, screens: [] });

  test.each([
    [0, 7, 5],
    [1, 100, 100],
    [4, 100, 100],
  ])("of status %d leaves the session with %d × %d pixels", (status, framebufferWidth, framebufferHeight) => {
    const { rectangle, payload, session: after } = framed(encodeExtendedDesktopSize(answer(status)), session);
    expect(decodeExtendedDesktopSize(payload, rectangle)).toStrictEqual(answer(status));
    expect(after).toMatchObject({ framebufferWidth, framebufferHeight });
  });
});

test("any screens come back, of 0 to 255", () => {
  const values = recordOf<ExtendedDesktopSize>({
    reason: u16s,
    status: u16s,
    width: u16s,
    height: u16s,
    screens: fc.array(screens, { maxLength: 20 }),
  });
  fc.assert(
    fc.property(values, (value) => {
      const { rectangle, payload } = parted(encodeExtendedDesktopSize(value));
      expect(decodeExtendedDesktopSize(payload, rectangle)).toStrictEqual(value);
    }),
  );
  const screen: Screen = { id: 1, x: 2, y: 3, width: 4, height: 5, flags: 6 };
  const many = { reason: 0, status: 0, width: 9, height: 9, screens: new Array<Screen>(255).fill(screen) };
  expect(framed(encodeExtendedDesktopSize(many), session).payload).toHaveLength(4 + 16 * 255);
  expect(() => encodeExtendedDesktopSize({ ...many, screens: [...many.screens, screen] })).toThrow(RangeError);
  expect(() => encodeExtendedDesktopSize({ ...many, screens: [{ ...screen, flags: -1 }] })).toThrow(RangeError);
});

describe("faults", () => {
  const head = headOf(EXTENDED, 0, 0, 1, 1);

  test("a payload of another length is refused", () => {
    expect(errorOf(() => decodeExtendedDesktopSize(hex("000000"), head)).message).toBe(
      "Cannot read an ExtendedDesktopSize at 0: 3 bytes of 4",
    );
    expect(errorOf(() => decodeExtendedDesktopSize(hex("01000000 00"), head)).reason).toBe("5 bytes of 20");
    expect(errorOf(() => decodeExtendedDesktopSize(join([hex("01000000"), new Uint8Array(17)]), head)).code).toBe(
      "trailing",
    );
  });

  test("a size past the limit is refused before it comes into force", () => {
    expect(errorOf(() => framed(hex("0000 0000 ffff 0001 fffffecc 00000000"), session)).code).toBe("limit");
  });

  test("any bytes are screens or a fault", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (payload) => {
        isSound(() => decodeExtendedDesktopSize(payload, head));
      }),
    );
  });
});

test.skipIf(!hasCorpus)(
  `every one that TigerVNC sent for SetDesktopSize is read and written as it came${withCorpus}`,
  () => {
    const recorded = rectanglesOf("xtigervnc-extendeddesktopsize", EXTENDED);
    expect(recorded).toHaveLength(21);
    const reasons = new Set<number>();
    for (const { rectangle, payload } of recorded) {
      const value = decodeExtendedDesktopSize(payload, rectangle);
      reasons.add(value.reason);
      expect(parted(encodeExtendedDesktopSize(value))).toStrictEqual({ rectangle, payload });
    }
    expect(reasons).toStrictEqual(new Set([0, 1]));
  },
);
