import { expect, test } from "vitest";
import {
  advanceDesktopSize,
  advanceLastRect,
  decodeDesktopSize,
  encodeDesktopSize,
  encodeLastRect,
  encodingEntryOf,
} from "../../../codec/encodings/mod.ts";
import { decodeRectangle } from "../../../codec/server/mod.ts";
import { hex } from "../bytes.ts";

// qemu-zrle-rgb888be/server.bin@87392 and xtigervnc-messages/server.bin@2065
const DESKTOP_SIZE = hex("0000 0000 0280 0190 ffffff21");
const LAST_RECT = hex("0000 0000 0000 0000 ffffff20");

test("DesktopSize is read and written as QEMU sends it", () => {
  expect(decodeDesktopSize(decodeRectangle(DESKTOP_SIZE))).toStrictEqual({ width: 640, height: 400 });
  expect(encodeDesktopSize({ width: 640, height: 400 })).toStrictEqual(DESKTOP_SIZE);
  expect(() => encodeDesktopSize({ width: 65536, height: 1 })).toThrow(RangeError);
});

test("LastRect is written as TigerVNC sends it", () => {
  expect(encodeLastRect()).toStrictEqual(LAST_RECT);
});

test.each([
  ["DesktopSize", advanceDesktopSize, DESKTOP_SIZE],
  ["LastRect", advanceLastRect, LAST_RECT],
] as const)("%s has no payload", (_name, advance, head) => {
  const walk = { rectangle: decodeRectangle(head), bytesPerPixel: 4, done: false };
  expect(advance(walk)).toBe(0);
  expect(walk.done).toBe(true);
});

test("an encoding that draws pixels must lie inside the framebuffer, a pseudo-encoding need not", () => {
  expect([0, 1, -223, -224].map((number) => encodingEntryOf(number)?.drawsPixels)).toStrictEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("an encoding without a known end has no entry, whatever an object's keys are", () => {
  for (const number of [20, 0x7fffffff, -1, Number.NaN]) expect(encodingEntryOf(number)).toBeUndefined();
  expect(encodingEntryOf("constructor" as unknown as number)).toBeUndefined();
});
