import type { DecodeContext } from "../../../codec/encodings/context.ts";
import {
  type Cursor,
  decodeClientRedirect,
  decodeCursor,
  decodeCursorWithAlpha,
  decodeDesktopName,
  decodeExtendedDesktopSize,
  decodeNeatvncPts,
  decodeQemuLedState,
  decodeServerIdentity,
  decodeSupportedEncodings,
  decodeSupportedMessages,
  decodeVmwareCursor,
  decodeVmwareCursorState,
  decodeVmwareDisplayModeChange,
  decodeVmwareKeyRepeat,
  decodeVmwareLedState,
  decodeVmwareVirtualMachineState,
  decodeXCursor,
  encodeClientRedirect,
  encodeCursor,
  encodeCursorWithAlpha,
  encodeDesktopName,
  encodeExtendedDesktopSize,
  encodeNeatvncPts,
  encodeQemuLedState,
  encodeServerIdentity,
  encodeSupportedEncodings,
  encodeSupportedMessages,
  encodeVmwareCursor,
  encodeVmwareCursorState,
  encodeVmwareDisplayModeChange,
  encodeVmwareKeyRepeat,
  encodeVmwareLedState,
  encodeVmwareVirtualMachineState,
  encodeXCursor,
} from "../../../codec/encodings/mod.ts";
import { RfbError } from "../../../codec/errors.ts";
import { Encoding } from "../../../codec/names.ts";
import type { PixelFormat } from "../../../codec/pixel_format.ts";
import { decodeRectangle, RECTANGLE_LENGTH, type Rectangle } from "../../../codec/server/rectangle.ts";
import { be32, join } from "../../codec/bytes.ts";
import { expectAllocations } from "../allocations.ts";
import { mutated } from "../mutations.ts";
import { filled, formatOf, STORED } from "../pictures.ts";
import { ownRectangle, seedsOf } from "../seeds.ts";
import { expect, isEqual, outcomeOf, settled, type Target, target, untouched } from "../target.ts";
import { contextOf, nameOf } from "./decoders.ts";

type Reader = (payload: Uint8Array, rectangle: Rectangle, context: DecodeContext) => unknown;

const CURSORS: ReadonlyMap<number, readonly [Reader, (cursor: Cursor, format: PixelFormat) => Uint8Array]> = new Map([
  [Encoding.Cursor, [decodeCursor, encodeCursor]],
  [Encoding.XCursor, [decodeXCursor, encodeXCursor]],
  [Encoding.CursorWithAlpha, [decodeCursorWithAlpha, encodeCursorWithAlpha]],
  [Encoding.VMwareCursor, [decodeVmwareCursor, encodeVmwareCursor]],
]);

interface CursorCase {
  readonly format: PixelFormat;
  readonly rectangle: Rectangle;
  readonly payload: Uint8Array;
}

const cursorTargets = [...CURSORS].map(([encodingType, [decode, encode]]) =>
  target<CursorCase>({
    name: nameOf(encodingType),
    make(random) {
      const format = formatOf(random);
      const seed = random.pick(seedsOf().rectangles.get(encodingType) ?? [undefined]);
      if (seed !== undefined && random.oneIn(3)) {
        return { format: seed.format, rectangle: seed.rectangle, payload: mutated(random, seed.payload) };
      }
      const { width, height, pixels } = filled(random, random.below(34), random.below(20));
      for (let i = 0; i < pixels.length; i++) if (random.oneIn(4)) pixels[i] = random.u32();
      const cursor: Cursor = { hotspotX: random.below(40), hotspotY: random.below(40), width, height, pixels };
      const whole = encode(cursor, format);
      let rectangle = decodeRectangle(whole);
      let payload: Uint8Array = whole.slice(RECTANGLE_LENGTH);
      const inner =
        encodingType === Encoding.CursorWithAlpha
          ? ownRectangle(random, random.pick([0, 2, 5, 6, 7, 15, 16, 17]))
          : undefined;
      if (inner !== undefined) {
        rectangle = { ...inner.rectangle, encodingType };
        payload = join([be32(inner.rectangle.encodingType), inner.payload]);
      }
      if (random.oneIn(6)) rectangle = { ...rectangle, width: random.below(random.oneIn(9) ? 65536 : 40) };
      return { format, rectangle, payload: random.oneIn(4) ? payload : mutated(random, payload) };
    },
    check({ format, rectangle, payload }) {
      const context = contextOf(format, "rgba", [], STORED);
      const cursor = untouched([payload], () => settled(() => decode(payload, rectangle, context))) as Cursor;
      const area = rectangle.width * rectangle.height;
      // A colour of it each: an XCursor has a bit, and the bitmap is opened out too.
      expectAllocations(2 ** 18 + 64 * payload.length + 8 * Math.min(area, 2 ** 20));
      if (!("pixels" in cursor)) return outcomeOf(cursor);
      expect(cursor.pixels.length === cursor.width * cursor.height, "It has not as many pixels as its size says");
      const again = encode(cursor, format);
      const back = decode(again.subarray(RECTANGLE_LENGTH), decodeRectangle(again), context) as Cursor;
      expect(isEqual(decodeRectangle(again), rectangle), "Its place and size do not come back");
      // What is transparent and what is not, where colours may be lost.
      const isExact =
        encodingType === Encoding.CursorWithAlpha || (encodingType === Encoding.Cursor && format.trueColourFlag !== 0);
      for (let i = 0; i < cursor.pixels.length; i++) {
        const same = isExact
          ? cursor.pixels[i] === back.pixels[i]
          : cursor.pixels[i]! >>> 31 === back.pixels[i]! >>> 31;
        expect(same, () => `Pixel ${i} comes back as ${back.pixels[i]}, not ${cursor.pixels[i]}`);
      }
      return "value";
    },
  }),
);

type Writer = (value: never) => Uint8Array;

const PSEUDO: readonly (readonly [number, Reader, Writer])[] = [
  [Encoding.DesktopName, decodeDesktopName, encodeDesktopName],
  [Encoding.ExtendedDesktopSize, decodeExtendedDesktopSize, encodeExtendedDesktopSize],
  [Encoding.QEMULEDState, decodeQemuLedState, encodeQemuLedState],
  [Encoding.ClientRedirect, decodeClientRedirect, encodeClientRedirect],
  [Encoding.NeatvncPTS, decodeNeatvncPts, encodeNeatvncPts],
  [Encoding.SupportedMessages, decodeSupportedMessages, encodeSupportedMessages],
  [Encoding.SupportedEncodings, decodeSupportedEncodings, encodeSupportedEncodings],
  [Encoding.ServerIdentity, decodeServerIdentity, encodeServerIdentity],
  [Encoding.VMwareCursorState, decodeVmwareCursorState, encodeVmwareCursorState],
  [Encoding.VMwareDisplayModeChange, decodeVmwareDisplayModeChange, encodeVmwareDisplayModeChange],
  [Encoding.VMwareKeyRepeat, decodeVmwareKeyRepeat, encodeVmwareKeyRepeat],
  [Encoding.VMwareLEDState, decodeVmwareLedState, encodeVmwareLedState],
  [Encoding.VMwareVirtualMachineState, decodeVmwareVirtualMachineState, encodeVmwareVirtualMachineState],
];

/** Rectangles that draw nothing, as their readers get them. */
const pseudoTarget = target<CursorCase & { readonly which: number }>({
  name: "pseudo-rectangles",
  make(random) {
    const which = random.below(PSEUDO.length);
    const [encodingType] = PSEUDO[which]!;
    const seed = random.pick(seedsOf().rectangles.get(encodingType) ?? [undefined]);
    const payload =
      seed === undefined || random.oneIn(3) ? random.bytes(random.below(70)) : mutated(random, seed.payload);
    if (seed === undefined && payload.length > 4 && random.oneIn(2)) payload.fill(0, 0, 3);
    const rectangle: Rectangle = seed?.rectangle ?? {
      type: "rectangle",
      x: random.below(4),
      y: random.below(6),
      width: payload.length,
      height: payload.length >> 2,
      encodingType,
    };
    return { which, format: formatOf(random), rectangle, payload };
  },
  check({ which, format, rectangle, payload }) {
    const [, read, write] = PSEUDO[which % PSEUDO.length]!;
    const context = contextOf(format, "rgba", [], STORED);
    const value = untouched([payload], () => settled(() => read(payload, rectangle, context)));
    expectAllocations(2 ** 18 + 64 * payload.length);
    if (value instanceof RfbError) return value.code;
    const again = write(value as never);
    const back = read(again.subarray(RECTANGLE_LENGTH), decodeRectangle(again), context);
    expect(isEqual(back, value), () => `It comes back as ${JSON.stringify(back)}, not ${JSON.stringify(value)}`);
    return "value";
  },
});

export const pseudoTargets: readonly Target[] = [...cursorTargets, pseudoTarget];
