import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Cursor, decodeVmwareCursor, encodeVmwareCursor } from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import type { PixelFormat } from "../../../codec/pixel_format.ts";
import { be32, hex, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { rectangleHead } from "../streams.ts";
import { artOf, cursors, hidden } from "./cursors.ts";
import { framed, headOf, isSound, parted, sessionIn } from "./framed.ts";
import { decodeContext, FORMATS } from "./rectangles.ts";
import { TEXT_CURSOR, VMWARE_CURSOR } from "./text_cursor.ts";

const VMWARE = 0x574d5664;

function read(whole: Uint8Array, format: PixelFormat): Cursor {
  const { rectangle, payload } = framed(whole, sessionIn(format));
  return decodeVmwareCursor(payload, rectangle, decodeContext(format));
}

function classic(width: number, payload: string, format: PixelFormat): readonly number[] {
  return [...read(join([rectangleHead(0, 0, width, 1, VMWARE), hex(payload)]), format).pixels];
}

describe("an alpha cursor", () => {
  test.each(Object.entries(FORMATS))("is read as TigerVNC sends it, in %s as in any other format", (_, format) => {
    const cursor = read(VMWARE_CURSOR, format);
    expect(cursor).toMatchObject({ hotspotX: 4, hotspotY: 8, width: 9, height: 16 });
    expect(artOf(cursor)).toStrictEqual(TEXT_CURSOR);
  });

  test("has bytes R, G, B, A", () => {
    const { pixels } = decodeVmwareCursor(
      hex("0100 01020304 fffefdfc"),
      headOf(VMWARE, 0, 0, 2, 1),
      decodeContext(FORMATS.bigRgb565),
    );
    expect([...pixels]).toStrictEqual([0x04030201, 0xfcfdfeff]);
  });

  test("is written as TigerVNC writes it, and comes back as it was", () => {
    expect(encodeVmwareCursor(read(VMWARE_CURSOR, FORMATS.rgbx))).toStrictEqual(VMWARE_CURSOR);
    // xtigervnc-vmwarecursor/server.bin@52
    expect(encodeVmwareCursor(hidden)).toStrictEqual(hex("0000 0000 0000 0000 574d5664 0100"));
    fc.assert(
      fc.property(cursors, (cursor) => {
        const { rectangle, payload } = parted(encodeVmwareCursor(cursor));
        expect(decodeVmwareCursor(payload, rectangle, decodeContext(FORMATS.rgb332))).toStrictEqual(cursor);
      }),
      { numRuns: 50 },
    );
  });
});

describe("a classic cursor", () => {
  test("is opaque where the and-mask is 0, and not there where it is all ones and the xor-mask 0", () => {
    expect(classic(2, "0000 00ff e000", FORMATS.rgb332)).toStrictEqual([0xff0000ff, 0]);
    expect(classic(2, "0000 0000ffff 00f80000", FORMATS.rgb565)).toStrictEqual([0xff0000ff, 0]);
    expect(classic(2, "0000 0000ffff f8000000", FORMATS.bigRgb565)).toStrictEqual([0xff0000ff, 0]);
    expect(classic(2, "0000 00000000 ffffff00 0000ff00 00000000", FORMATS.bgrx)).toStrictEqual([0xff0000ff, 0]);
    expect(classic(2, "0000 00ff 0700", FORMATS.colourMap)).toStrictEqual([0xff000007, 0]);
  });

  test("is black where it would change what is below", () => {
    // Inverted; changed in part; kept in part.
    expect(classic(3, "0000 ffff0f ff0f00", FORMATS.rgb332)).toStrictEqual([0xff000000, 0xff000000, 0xff000000]);
  });

  test("is judged by the bits that the format uses, and by no others", () => {
    expect(classic(2, "0000 000000ff ffffff00 0000ff00 000000ff", FORMATS.bgrx)).toStrictEqual([0xff0000ff, 0]);
    expect(classic(2, "0000 c0ff 30c0", FORMATS.rgb222)).toStrictEqual([0xff0000ff, 0]);
  });

  test("is RGBA, whatever the picture is drawn in", () => {
    const payload = hex("0000 0000 e01c");
    const head = headOf(VMWARE, 0, 0, 2, 1);
    const cursor = decodeVmwareCursor(payload, head, decodeContext(FORMATS.rgb332, "values"));
    expect([...cursor.pixels]).toStrictEqual([0xff0000ff, 0xff00ff00]);
  });
});

describe("limits and faults", () => {
  const session = sessionIn(FORMATS.rgb565);
  const context = decodeContext(FORMATS.rgb565);

  test("an unknown type ends the connection: its length is not known", () => {
    const whole = join([rectangleHead(0, 0, 1, 1, VMWARE), hex("0200"), be32(0)]);
    expect(errorOf(() => framed(whole, session))).toMatchObject({ code: "unknownType", reason: "cursor type 2" });
    expect(errorOf(() => decodeVmwareCursor(hex("0200"), headOf(VMWARE, 0, 0, 1, 1), context)).message).toBe(
      "Cannot read a VMwareCursor: cursor type 2",
    );
  });

  test("a side may be as long as the limit says, and no longer", () => {
    const limits = { ...DEFAULT_LIMITS, maxCursorSide: 16 };
    expect(framed(VMWARE_CURSOR, session, limits).payload).toHaveLength(578);
    const strict = { ...limits, maxCursorSide: 15 };
    expect(errorOf(() => framed(VMWARE_CURSOR, session, strict)).reason).toBe("limit maxCursorSide is 15, got 16");
    const { rectangle, payload } = parted(VMWARE_CURSOR);
    expect(errorOf(() => decodeVmwareCursor(payload, rectangle, { ...context, limits: strict })).code).toBe("limit");
  });

  test("a payload of another length is refused", () => {
    const head = headOf(VMWARE, 0, 0, 1, 1);
    expect(errorOf(() => decodeVmwareCursor(hex("01"), head, context)).code).toBe("truncated");
    expect(errorOf(() => decodeVmwareCursor(hex("0100 010203"), head, context)).reason).toBe("5 bytes of 6");
    expect(errorOf(() => decodeVmwareCursor(hex("0000 01020304 05"), head, context)).code).toBe("trailing");
  });

  test("any bytes are a cursor or a fault", () => {
    const formats = fc.constantFrom<PixelFormat>(...Object.values(FORMATS));
    fc.assert(
      fc.property(
        formats,
        fc.nat({ max: 5 }),
        fc.nat({ max: 5 }),
        fc.uint8Array({ maxLength: 210 }),
        (format, ...rest) => {
          const [width, height, payload] = rest;
          if (payload.length > 0) payload[0]! &= 1;
          isSound(() => decodeVmwareCursor(payload, headOf(VMWARE, 0, 0, width, height), decodeContext(format)));
        },
      ),
    );
  });
});
