import { describe, expect, test } from "vitest";
import type { Image } from "../../../codec/compression.ts";
import {
  advanceOpenH264,
  advanceVaH264,
  createWalk,
  type DecodeContext,
  decodeOpenH264,
} from "../../../codec/encodings/mod.ts";
import { RfbError } from "../../../codec/errors.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import type { Surface } from "../../../codec/pixels.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { createSurface } from "../../../codec/surfaces.ts";
import { be32, hex, hexOf, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { NORMAL } from "../streams.ts";
import { decodeContext, drawn, FORMATS, rgba, sketch } from "./rectangles.ts";

const RESET_CONTEXT = 1;
const RESET_ALL_CONTEXTS = 2;

function headOf(x: number, y: number, width: number, height: number): Rectangle {
  return { type: "rectangle", x, y, width, height, encodingType: Encoding.OpenH264 };
}

function payloadOf(accessUnits: string, flags = 0): Uint8Array {
  const units = hex(accessUnits);
  return join([be32(units.length), be32(flags), units]);
}

/** A picture of one grey. */
function imageOf(width: number, height: number, grey: number): Image {
  return { width, height, data: new Uint8Array(4 * width * height).fill(grey) };
}

/** Decoders that do nothing but tell, and can be made to show a picture at any time. */
function fakeDecoders(): { log: string[]; show: ((image: Image) => void)[]; context: DecodeContext } {
  const log: string[] = [];
  const show: ((image: Image) => void)[] = [];
  const context = decodeContext(FORMATS.bgrx);
  const compression: DecodeContext["compression"] = {
    ...context.compression,
    createH264Decoder(width, height, shown) {
      const number = show.push(shown) - 1;
      log.push(`${number}: new ${width}x${height}`);
      return {
        decode: (accessUnits) => log.push(`${number}: ${hexOf(accessUnits)}`),
        close: () => log.push(`${number}: closed`),
      };
    },
  };
  return { log, show, context: { ...context, compression } };
}

describe("decodeOpenH264, rfbproto", () => {
  test("a context of its own for each place and size", () => {
    const { log, context } = fakeDecoders();
    const into = createSurface(64, 64);
    for (const [payload, rectangle] of [
      [payloadOf("01"), headOf(0, 0, 16, 16)],
      [payloadOf("02"), headOf(16, 0, 16, 16)],
      [payloadOf("03"), headOf(0, 0, 16, 32)],
      [payloadOf("04"), headOf(0, 0, 16, 16)],
    ] as const) {
      decodeOpenH264(payload, rectangle, context, into);
    }
    expect(log).toStrictEqual(["0: new 16x16", "0: 01", "1: new 16x16", "1: 02", "2: new 16x32", "2: 03", "0: 04"]);
  });

  test("flags drop this context or all of them, first", () => {
    const { log, context } = fakeDecoders();
    const into = createSurface(64, 64);
    const decode = (payload: Uint8Array, x: number) => decodeOpenH264(payload, headOf(x, 0, 16, 16), context, into);
    decode(payloadOf("01"), 0);
    decode(payloadOf("02"), 16);
    log.length = 0;
    decode(payloadOf("03", RESET_CONTEXT), 0);
    expect(log.splice(0)).toStrictEqual(["0: closed", "2: new 16x16", "2: 03"]);
    decode(payloadOf("", RESET_CONTEXT), 16);
    expect(log.splice(0)).toStrictEqual(["1: closed"]);
    decode(payloadOf("04"), 16);
    expect(log.splice(0)).toStrictEqual(["3: new 16x16", "3: 04"]);
    decode(payloadOf("05", RESET_ALL_CONTEXTS), 0);
    expect(log.splice(0)).toStrictEqual(["2: closed", "3: closed", "4: new 16x16", "4: 05"]);
    // Nothing to drop, nothing to decode, and flags that nobody has defined.
    decode(payloadOf("", 0xfffffff9), 32);
    expect(log).toStrictEqual([]);
  });

  test("above the limit the context that was not used for longest goes", () => {
    const { log, context } = fakeDecoders();
    const limited = { ...context, limits: { ...DEFAULT_LIMITS, maxH264Contexts: 2 } };
    const into = createSurface(64, 64);
    const decode = (x: number) => decodeOpenH264(payloadOf("00"), headOf(x, 0, 16, 16), limited, into);
    decode(0);
    decode(16);
    decode(0);
    log.length = 0;
    decode(32);
    expect(log.splice(0)).toStrictEqual(["2: new 16x16", "1: closed", "2: 00"]);
    decode(0);
    expect(log.splice(0)).toStrictEqual(["0: 00"]);
    decode(16);
    expect(log.splice(0)).toStrictEqual(["3: new 16x16", "2: closed", "3: 00"]);
  });

  test("a picture is drawn when it comes, at once or late, and cut to its rectangle", () => {
    const { context, show } = fakeDecoders();
    const into = createSurface(4, 3);
    decodeOpenH264(payloadOf("00"), headOf(1, 1, 2, 2), context, into);
    expect(sketch(into, 0)).toBe(".... .... ....");
    show[0]!(imageOf(16, 16, 0x80));
    expect(sketch(into, 0, rgba(0x808080))).toBe(".... .aa. .aa.");
    show[0]!(imageOf(1, 16, 0xff));
    expect(sketch(into, 0, rgba(0x808080), rgba(0xffffff))).toBe(".... .ba. .ba.");
    const { createH264Decoder } = context.compression;
    const compression: DecodeContext["compression"] = {
      ...context.compression,
      createH264Decoder(width, height, shown) {
        shown(imageOf(16, 16, 0x33)); // before there is anything to show it in
        return { ...createH264Decoder!(width, height, shown), decode: () => shown(imageOf(16, 16, 0xff)) };
      },
    };
    const picture = drawn(Encoding.OpenH264, payloadOf("00"), 2, 2, { ...decodeContext(FORMATS.bgrx), compression });
    expect(sketch(picture, rgba(0xffffff))).toBe(".. ..");
  });

  test("whoever wants to draw it is given it, as the output has it", () => {
    const { context, show } = fakeDecoders();
    const shown: [Surface, Rectangle][] = [];
    const into = createSurface(4, 4);
    const asked: DecodeContext = {
      ...context,
      pixels: decodeContext(FORMATS.rgb565, "values").pixels,
      onPicture: (picture, rectangle) => shown.push([picture, rectangle]),
    };
    decodeOpenH264(payloadOf("00"), headOf(1, 2, 2, 1), asked, into);
    show[0]!(imageOf(16, 16, 0xff));
    expect(shown).toStrictEqual([
      [{ width: 2, height: 1, pixels: Uint32Array.of(0xffff, 0xffff) }, headOf(1, 2, 2, 1)],
    ]);
    expect(sketch(into, 0)).toBe(".... .... .... ....");
  });

  test("a picture that comes after its context was dropped is not drawn", () => {
    const { context, show } = fakeDecoders();
    const into = createSurface(2, 2);
    decodeOpenH264(payloadOf("00"), headOf(0, 0, 2, 2), context, into);
    decodeOpenH264(payloadOf("", RESET_ALL_CONTEXTS), headOf(0, 0, 2, 2), context, into);
    show[0]!(imageOf(2, 2, 0xff));
    expect(sketch(into, 0)).toBe(".. ..");
  });

  test("refuses other lengths, and what its decoder refuses", () => {
    const { context } = fakeDecoders();
    const fault = (payload: Uint8Array, given = context) =>
      errorOf(() => decodeOpenH264(payload, headOf(0, 0, 2, 2), given, createSurface(2, 2)));
    expect(fault(hex("000000"))).toMatchObject({ code: "truncated" });
    expect(fault(hex("00000002 00000000 11"))).toMatchObject({
      code: "truncated",
      message: "Cannot read an Open H.264 rectangle: 9 bytes of 10",
    });
    expect(fault(hex("00000000 00000000 11"))).toMatchObject({ code: "trailing" });
    expect(fault(hex("00000000 0000"))).toMatchObject({ code: "truncated" });
    const decode = () => {
      throw new RfbError("malformed", "Cannot decode", "no IDR");
    };
    const compression = { ...context.compression, createH264Decoder: () => ({ decode, close: () => {} }) };
    expect(fault(payloadOf("00"), { ...context, compression })).toMatchObject({ code: "malformed", reason: "no IDR" });
    expect(fault(payloadOf("00"), decodeContext(FORMATS.bgrx))).toMatchObject({
      code: "unknownType",
      message: "Cannot read an Open H.264 rectangle: no decoder for H.264 was given",
    });
  });
});

test.each([
  ["Open H.264", advanceOpenH264, 8],
  ["VA H264", advanceVaH264, 16],
] as const)("%s's head says how much follows, up to the limit", (_name, advance, head) => {
  const walk = () => createWalk(headOf(0, 0, 2, 2), NORMAL, 4, { ...DEFAULT_LIMITS, maxH264Length: 1000 });
  const bytes = join([hex("99"), be32(1000), new Uint8Array(12)]);
  for (let length = 0; length < head; length++) expect(advance(walk(), bytes, 1, 1 + length)).toBe(0);
  const walked = walk();
  expect(advance(walked, bytes, 1, 1 + head)).toBe(head + 1000);
  expect(walked.done).toBe(true);
  for (const length of [1001, 0xffffffff]) {
    expect(errorOf(() => advance(walk(), join([be32(length), new Uint8Array(12)]), 0, head))).toMatchObject({
      code: "limit",
      reason: `limit maxH264Length is 1000, got ${length}`,
    });
  }
});
