import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ClipboardAction, ClipboardFormat, inflateClipboard } from "../../codec/clipboard.ts";
import { createDecoder } from "../../codec/decoder.ts";
import { decodeExtendedDesktopSize, FRAMING } from "../../codec/encodings/mod.ts";
import type { RfbError } from "../../codec/errors.ts";
import { createClientFramer, createServerFramer, type Framer, type RectanglePayload } from "../../codec/framer.ts";
import { decodeSecurityTypes, decodeVencryptSubtypes } from "../../codec/handshake/mod.ts";
import { DEFAULT_LIMITS, type Limits } from "../../codec/limits.ts";
import { Encoding, nameOfEncoding } from "../../codec/names.ts";
import { RGBX8888 } from "../../codec/pixel_format.ts";
import { observe, type Session } from "../../codec/session.ts";
import { createSurface } from "../../codec/surfaces.ts";
import { createDeflater, createInflater } from "../../compression/zlib.ts";
import { be16, be32, bytewise, cut, hex, join } from "../codec/bytes.ts";
import { errorOf } from "../codec/errors.ts";
import { MESSAGES } from "../codec/messages.ts";
import { AGREED, NORMAL, rectangleHead, runFramer, update } from "../codec/streams.ts";

/** A claim in a rectangle: what its first bytes say of those that are to follow. */
interface Row {
  readonly of: string;
  readonly limit: keyof Limits;
  /** An update, as far as it tells the claim. */
  head(claimed: number): Uint8Array;
  /** The most that a limit lets pass, where a claim does not count what the limit counts. */
  readonly fitting?: (limit: number) => number;
  /** The most that the field can hold. */
  readonly most: number;
}

const U16 = 0xffff;
const U32 = 0xffffffff;
const SMALL = 100;

/** 8 bits a pixel; every rectangle fits, and 64 MiB is less than twice its pixels. */
const LARGE: Session = { ...NORMAL, framebufferWidth: 8192, framebufferHeight: 8192 };

function rectangle(encodingType: number, ...body: readonly Uint8Array[]): Uint8Array {
  return update(1, rectangleHead(0, 0, 8192, 8192, encodingType), ...body);
}

/** A length of 1 to 3 bytes, as Tight has it. */
function compact(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  if (length < 0x4000) return Uint8Array.of((length & 0x7f) | 0x80, length >> 7);
  return Uint8Array.of((length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14);
}

const COUNTED = [
  Encoding.Zlib,
  Encoding.ZRLE,
  Encoding.ZYWRLE,
  Encoding.Ultra,
  Encoding.Ultra2,
  Encoding.XZ,
  Encoding.XZYW,
  Encoding.Zstd,
  Encoding.ZstdRLE,
  Encoding.ZstdYWRLE,
  Encoding.UltraXORZlib,
  Encoding.UltraXORMonoRectZlib,
  Encoding.UltraXORMultiColorZlib,
  Encoding.UltraZip,
  Encoding.UltraCacheZip,
  Encoding.UltraSolMonoZip,
  Encoding.UltraQueueZstd,
];
const CURSORS = [Encoding.Cursor, Encoding.XCursor, Encoding.CursorWithAlpha, Encoding.VMwareCursor];
const SIZES = [
  Encoding.DesktopSize,
  Encoding.ExtendedDesktopSize,
  Encoding.VMwareDisplayModeChange,
  Encoding.AtenHermon,
  Encoding.AtenAST2100,
  Encoding.AtenASTJPEG,
  Encoding.AtenYarkon,
  Encoding.AtenPilot3,
];

const ROWS: readonly Row[] = [
  ...COUNTED.map(
    (type): Row => ({
      of: nameOfEncoding(type),
      limit: "maxRectangleLength",
      head: (length) => rectangle(type, be32(length)),
      most: U32,
    }),
  ),
  {
    of: "AtenHermon",
    limit: "maxRectangleLength",
    head: (length) => update(1, rectangleHead(0, 0, 8192, 8192, Encoding.AtenHermon), be32(0), be32(length)),
    most: U32,
  },
  // What is counted is 4 bytes, the background, and a pixel and a place for each of the parts.
  {
    of: "RRE",
    limit: "maxRectangleLength",
    head: (count) => rectangle(Encoding.RRE, be32(count)),
    fitting: (limit) => Math.floor((limit - 5) / 9),
    most: 8192 * 8192,
  },
  {
    of: "CoRRE",
    limit: "maxRectangleLength",
    head: (count) => rectangle(Encoding.CoRRE, be32(count)),
    fitting: (limit) => Math.floor((limit - 5) / 5),
    most: 8192 * 8192,
  },
  ...[
    ["Tight, filtered", Encoding.Tight, "00"],
    ["Tight, JPEG", Encoding.Tight, "90"],
    ["TightPNG, PNG", Encoding.TightPNG, "a0"],
    ["TightZstd", Encoding.TightZstd, "00"],
  ].map(
    ([of, type, control]): Row => ({
      of: of as string,
      limit: "maxRectangleLength",
      head: (length) =>
        update(1, rectangleHead(0, 0, 2048, 8192, type as number), hex(control as string), compact(length)),
      most: 2 ** 22 - 1,
    }),
  ),
  ...[Encoding.OpenH264, Encoding.VaH264].map(
    (type): Row => ({
      of: nameOfEncoding(type),
      limit: "maxH264Length",
      head: (length) => rectangle(type, be32(length), new Uint8Array(12)),
      most: U32,
    }),
  ),
  ...CURSORS.flatMap((type): Row[] => [
    {
      of: `${nameOfEncoding(type)}'s width`,
      limit: "maxCursorSide",
      head: (side) => update(1, rectangleHead(0, 0, side, 1, type)),
      most: U16,
    },
    {
      of: `${nameOfEncoding(type)}'s height`,
      limit: "maxCursorSide",
      head: (side) => update(1, rectangleHead(0, 0, 1, side, type)),
      most: U16,
    },
  ]),
  ...SIZES.flatMap((type): Row[] => [
    {
      of: `${nameOfEncoding(type)}'s width`,
      limit: "maxFramebufferSide",
      head: (side) => update(1, rectangleHead(0, 0, side, 1, type)),
      most: U16,
    },
    {
      of: `${nameOfEncoding(type)}'s height`,
      limit: "maxFramebufferSide",
      head: (side) => update(1, rectangleHead(0, 0, 1, side, type)),
      most: U16,
    },
    {
      of: nameOfEncoding(type),
      limit: "maxFramebufferArea",
      head: (rows) => update(1, rectangleHead(0, 0, 10, rows, type)),
      fitting: (limit) => Math.floor(limit / 10),
      most: 16384,
    },
  ]),
  {
    of: "DesktopName",
    limit: "maxNameLength",
    head: (length) => rectangle(Encoding.DesktopName, be32(length)),
    most: U32,
  },
  {
    of: "ClientRedirect's host",
    limit: "maxVendorLength",
    head: (length) => rectangle(Encoding.ClientRedirect, be16(0), be32(length)),
    most: U32,
  },
  {
    of: "ClientRedirect's subject",
    limit: "maxVendorLength",
    head: (length) => rectangle(Encoding.ClientRedirect, be16(0), be32(0), be32(length)),
    most: U32,
  },
  ...[Encoding.AtenAST2100, Encoding.AtenASTJPEG, Encoding.AtenYarkon, Encoding.AtenPilot3].map(
    (type): Row => ({
      of: nameOfEncoding(type),
      limit: "maxVendorLength",
      head: (length) => rectangle(type, be32(0), be32(length)),
      most: U32,
    }),
  ),
  ...[Encoding.SupportedMessages, Encoding.SupportedEncodings, Encoding.ServerIdentity].map(
    (type): Row => ({
      of: nameOfEncoding(type),
      limit: "maxVendorLength",
      head: (width) => update(1, rectangleHead(0, 0, width, 0, type)),
      most: U16,
    }),
  ),
];

/** Reads a server's stream, whole and a byte at a time, and answers what it has thrown. */
function faultOf(stream: Uint8Array, limits: Limits, session = LARGE): unknown {
  const [whole, inBytes] = [[stream], bytewise(stream)].map(
    (chunks) => runFramer(createServerFramer(limits), "server", session, chunks).error,
  );
  expect((inBytes as RfbError | undefined)?.reason).toBe((whole as RfbError | undefined)?.reason);
  return whole;
}

describe.each(ROWS)("$limit in $of", ({ limit, head, fitting = (value) => value, most }) => {
  const cases = [
    ["of 100", { ...DEFAULT_LIMITS, [limit]: SMALL }, SMALL],
    ["of the default", DEFAULT_LIMITS, DEFAULT_LIMITS[limit]],
  ] as const;

  test.each(cases)("%s lets as much wait", (_limit, limits, value) => {
    expect(faultOf(head(Math.min(fitting(value), most)), limits)).toBeUndefined();
  });

  test.each(cases.filter(([, , value]) => fitting(value) < most))(
    "%s refuses one more from its head alone",
    (_limit, limits, value) => {
      const error = faultOf(head(fitting(value) + 1), limits) as RfbError;
      expect(error).toMatchObject({ code: "limit" });
      expect(error.message).toMatch(new RegExp(`^Cannot \\w+ .*limit ${limit} is ${value}, got \\d+$`));
      expect(error.offset).toBeDefined();
    },
  );
});

test.each(ROWS.filter(({ fitting }) => fitting === undefined))(
  "$limit in $of refuses the most that its field can hold",
  ({ limit, head, most }) => {
    const limits = { ...DEFAULT_LIMITS, [limit]: Math.min(DEFAULT_LIMITS[limit], most - 1) };
    expect(faultOf(head(most), limits)).toMatchObject({ code: "limit" });
  },
);

describe("twice its pixels and 64 KiB, where 64 MiB are more, a rectangle may claim", () => {
  // 16 × 16 pixels of a byte.
  const most = 2 * 256 + 65536;
  const heads: readonly (readonly [string, (length: number) => Uint8Array])[] = [
    ...COUNTED.filter((type) => FRAMING.get(type)!.drawsPixels).map(
      (type) =>
        [nameOfEncoding(type), (length: number) => update(1, rectangleHead(0, 0, 16, 16, type), be32(length))] as const,
    ),
    ["Tight", (length) => update(1, rectangleHead(0, 0, 16, 16, Encoding.Tight), hex("00"), compact(length))],
    ["AtenHermon", (length) => update(1, rectangleHead(0, 0, 16, 16, Encoding.AtenHermon), be32(0), be32(length))],
  ];
  test.each(heads)("%s", (_name, head) => {
    expect(faultOf(head(most), DEFAULT_LIMITS)).toBeUndefined();
    const error = faultOf(head(most + 1), DEFAULT_LIMITS) as RfbError;
    expect(error).toMatchObject({ code: "limit", reason: `${most + 1} bytes for 16x16 pixels: at most ${most}` });
  });
});

describe("a rectangle that draws is inside the framebuffer, and so within its area", () => {
  const drawing = [...FRAMING]
    .filter(([, { drawsPixels }]) => drawsPixels)
    .map(([type]) => [nameOfEncoding(type), type]);
  test.each(drawing as [string, number][])("%s", (_name, type) => {
    const session = { ...NORMAL, framebufferWidth: 16, framebufferHeight: 10 };
    expect(faultOf(update(1, rectangleHead(6, 5, 10, 5, type)), DEFAULT_LIMITS, session)).toBeUndefined();
    for (const place of [
      [6, 5, 11, 5],
      [6, 5, 10, 6],
      [17, 0, 0, 0],
      [0, 11, 0, 0],
      [0, 0, 65535, 65535],
      [65535, 65535, 65535, 65535],
    ] as const) {
      const [x, y, width, height] = place;
      const error = faultOf(update(1, rectangleHead(x, y, width, height, type)), DEFAULT_LIMITS, session);
      expect(error, String(place)).toMatchObject({ code: "malformed", offset: 4 });
      expect((error as RfbError).reason).toContain("leaves the framebuffer of 16x10");
    }
  });
});

test.each([
  ["RRE", Encoding.RRE],
  ["CoRRE", Encoding.CoRRE],
])("%s has as many parts as pixels, at most", (_name, type) => {
  const head = (count: number) => update(1, rectangleHead(0, 0, 16, 10, type), be32(count));
  expect(faultOf(head(160), DEFAULT_LIMITS)).toBeUndefined();
  for (const count of [161, 2 ** 31, U32]) {
    expect(faultOf(head(count), DEFAULT_LIMITS)).toMatchObject({
      code: "malformed",
      reason: `${count} subrectangles of 16x10 pixels`,
    });
  }
});

describe("payloads without a length", () => {
  /** Pieces of 64 KiB or so, again and again, up to a fault or the end of the update. */
  function fed(head: Uint8Array, piece: Uint8Array, limits: Limits, most: number) {
    const framer = createServerFramer(limits);
    let session = LARGE;
    let payload = 0;
    let error: unknown;
    try {
      for (let chunk = head; payload <= most; chunk = piece) {
        framer.push(chunk);
        for (let event = framer.next(session); event !== undefined; event = framer.next(session)) {
          session = observe(session, "server", event);
          if (event.type === "rectanglePayload") payload += event.bytes.length;
          if (event.type === "framebufferUpdateEnd") return { payload, error };
        }
      }
    } catch (thrown) {
      error = thrown;
    }
    return { payload, error };
  }

  const rawTiles = (mask: number) =>
    join(Array<Uint8Array>(255).fill(join([Uint8Array.of(mask), new Uint8Array(256)])));

  test.each([
    ["Hextile", rectangle(Encoding.Hextile), rawTiles(1), "maxRectangleLength"],
    ["ZlibHex", rectangle(Encoding.ZlibHex), rawTiles(1), "maxRectangleLength"],
    ["ZstdHex", rectangle(Encoding.ZstdHex), rawTiles(1), "maxRectangleLength"],
    ["TRLE", rectangle(Encoding.TRLE), rawTiles(0), "maxRectangleLength"],
    // A start, a scan's header of no length, and the scan.
    ["JPEG", rectangle(Encoding.JPEG, hex("ffd8 ffda0002")), new Uint8Array(65536), "maxJpegLength"],
  ] as const)("%s ends at its limit, whatever still comes", (_name, head, piece, limit) => {
    for (const limits of [DEFAULT_LIMITS, { ...DEFAULT_LIMITS, [limit]: 100_000 }]) {
      const { payload, error } = fed(head, piece, limits, 2 * limits[limit]);
      expect(error).toMatchObject({ code: "limit" });
      expect((error as RfbError).reason).toContain(`limit ${limit} is ${limits[limit]}, got `);
      expect(payload).toBeLessThanOrEqual(limits[limit]);
      expect(payload).toBeGreaterThan(limits[limit] - 2 * 65536);
    }
  });

  test.each([
    ["Hextile", Encoding.Hextile, 1],
    ["TRLE", Encoding.TRLE, 0],
  ])("%s may have as many bytes as its limit", (_name, type, mask) => {
    const tile = join([Uint8Array.of(mask), new Uint8Array(256)]);
    const stream = update(1, rectangleHead(0, 0, 32, 16, type), tile, tile);
    const limited = (maxRectangleLength: number): Limits => ({ ...DEFAULT_LIMITS, maxRectangleLength });
    expect(faultOf(stream, limited(514))).toBeUndefined();
    expect(faultOf(stream, limited(513))).toMatchObject({ reason: "limit maxRectangleLength is 513, got 514" });
  });

  test("a JPEG may have as many bytes as its limit", () => {
    const stream = rectangle(Encoding.JPEG, hex("ffd8 ffda0002 010203 ffd9"));
    expect(faultOf(stream, { ...DEFAULT_LIMITS, maxJpegLength: 11 })).toBeUndefined();
    expect(faultOf(stream, { ...DEFAULT_LIMITS, maxJpegLength: 10 })).toMatchObject({
      reason: "limit maxJpegLength is 10, got 11",
    });
  });
});

describe("maxUpdateLength", () => {
  const raw = (width: number, height: number) => rectangleHead(0, 0, width, height, Encoding.Raw);
  const lastRect = rectangleHead(0, 0, 0, 0, Encoding.LastRect);

  test("counts the heads and payloads of an update, and begins anew with the next", () => {
    const stream = join([0, 1].map(() => update(0xffff, raw(2, 2), new Uint8Array(4), lastRect)));
    expect(faultOf(stream, { ...DEFAULT_LIMITS, maxUpdateLength: 28 })).toBeUndefined();
    expect(faultOf(stream, { ...DEFAULT_LIMITS, maxUpdateLength: 27 })).toMatchObject({
      code: "limit",
      reason: "limit maxUpdateLength is 27, got 28",
    });
  });

  test("refuses a payload from its head alone", () => {
    const stream = update(0xffff, raw(10, 10));
    expect(faultOf(stream, { ...DEFAULT_LIMITS, maxUpdateLength: 112 })).toBeUndefined();
    expect(faultOf(stream, { ...DEFAULT_LIMITS, maxUpdateLength: 111 })).toMatchObject({
      reason: "limit maxUpdateLength is 111, got 112",
    });
  });

  test("of the default is 1 GiB of an open-ended update, with its heads", () => {
    // Three rectangles of 256 MiB, and one that takes what is left: 48 bytes less for the heads.
    const session = { ...LARGE, pixelFormat: RGBX8888 };
    const piece = new Uint8Array(2 ** 20);
    const framer = createServerFramer();
    const events = (chunk: Uint8Array): void => {
      framer.push(chunk);
      while (framer.next(session) !== undefined);
    };
    events(update(0xffff));
    for (let i = 0; i < 3; i++) {
      events(raw(8192, 8192));
      for (let j = 0; j < 256; j++) events(piece);
    }
    expect(framer.consumed()).toBe(4 + 3 * (12 + 2 ** 28));
    expect(errorOf(() => events(raw(8192, 8192)))).toMatchObject({
      code: "limit",
      reason: "limit maxUpdateLength is 1073741824, got 1073741872",
    });
  });

  test("ends rectangles of no area as it ends others, and 65535 of them are an update of the most that can be said", () => {
    const nothing = raw(0, 0);
    const stream = update(0xffff, ...Array<Uint8Array>(1000).fill(nothing));
    expect(faultOf(stream, { ...DEFAULT_LIMITS, maxUpdateLength: 12 * 999 })).toMatchObject({ code: "limit" });
    const whole = update(0xffff, ...Array<Uint8Array>(0xffff).fill(nothing));
    const { events, error } = runFramer(createServerFramer(), "server", NORMAL, [whole]);
    expect(error).toBeUndefined();
    expect(events).toHaveLength(2 * 0xffff + 2);
    expect(events.at(-1)).toStrictEqual({ type: "framebufferUpdateEnd" });
  });
});

describe("Tight", () => {
  test("is 2048 pixels wide, at most, unless it fills", () => {
    const head = (width: number, control: string) =>
      update(1, rectangleHead(0, 0, width, 1, Encoding.Tight), hex(control));
    for (const control of ["00", "40", "90"]) {
      expect(faultOf(head(2048, control), DEFAULT_LIMITS)).toBeUndefined();
      expect(faultOf(head(2049, control), DEFAULT_LIMITS)).toMatchObject({
        code: "malformed",
        reason: "2049 pixels wide, at most 2048",
      });
    }
    expect(faultOf(head(8192, "80"), DEFAULT_LIMITS)).toBeUndefined();
  });

  test("claims 4 MiB less a byte at most, by its format", () => {
    const framer = createServerFramer();
    const session = LARGE;
    framer.push(update(1, rectangleHead(0, 0, 2048, 8192, Encoding.Tight), hex("00"), compact(2 ** 22 - 1)));
    while (framer.next(session) !== undefined);
    const before = framer.consumed();
    framer.push(new Uint8Array(2 ** 22));
    const event = framer.next(session) as RectanglePayload;
    expect([event.last, event.bytes.length]).toStrictEqual([true, 2 ** 22 - 1]);
    expect(framer.consumed()).toBe(before + 2 ** 22 - 1);
  });
});

describe("what a format itself bounds", () => {
  test("255 security types", () => {
    const list = Uint8Array.from({ length: 256 }, (_, i) => (i === 0 ? 255 : i));
    expect(decodeSecurityTypes(list, 0, "3.8")).toMatchObject({ securityTypes: [...list.subarray(1)] });
  });

  test("255 subtypes of VeNCrypt", () => {
    const list = join([Uint8Array.of(255), ...Array.from({ length: 255 }, (_, i) => be32(i + 1))]);
    expect(decodeVencryptSubtypes(list, 0).subtypes).toHaveLength(255);
  });

  test("255 screens", () => {
    const payload = join([hex("ff000000"), new Uint8Array(255 * 16)]);
    const head = { type: "rectangle", x: 0, y: 0, width: 1, height: 1, encodingType: -308 } as const;
    expect(decodeExtendedDesktopSize(payload, head).screens).toHaveLength(255);
  });

  test("64 bytes of a fence are kept, of 255 that are read", () => {
    for (const framer of [createServerFramer(), createClientFramer()] as Framer<unknown>[]) {
      framer.push(
        join([hex("f8000000 80000000 ff"), new Uint8Array(255), hex("f8000000 00000000 40"), new Uint8Array(64)]),
      );
      expect(framer.next(AGREED)).toMatchObject({ payload: new Uint8Array(64), droppedLength: 255 - 64 });
      expect(framer.next(AGREED)).not.toHaveProperty("droppedLength");
      expect(framer.consumed()).toBe(9 + 255 + 9 + 64);
    }
  });

  test("65535 bytes of gii, in either direction", () => {
    const message = join([hex("fd85ffff"), new Uint8Array(65535)]);
    for (const framer of [createServerFramer(), createClientFramer()] as Framer<unknown>[]) {
      framer.push(message.slice());
      expect(framer.next(AGREED)).toMatchObject({ type: "unknownGii", body: new Uint8Array(65535) });
    }
  });

  test("65536 entries of a colour map, whichever is the first", () => {
    const head = (first: number, count: number) => join([hex("0100"), be16(first), be16(count)]);
    for (const [first, count] of [
      [1, 65535],
      [65535, 1],
    ] as const) {
      expect(faultOf(head(first, count), DEFAULT_LIMITS)).toBeUndefined();
      const [over, least] = count === 1 ? [2, first] : [count, first + 1];
      expect(faultOf(head(least, over), DEFAULT_LIMITS)).toMatchObject({ code: "malformed" });
    }
  });

  test("an extended clipboard of 2 GB, and of less than its flags", () => {
    for (const type of ["03", "06"]) {
      for (const length of ["80000000", "ffffffff", "fffffffd"]) {
        const framer = (type === "03" ? createServerFramer() : createClientFramer()) as Framer<unknown>;
        framer.push(hex(`${type}000000 ${length}`));
        expect(errorOf(() => framer.next(AGREED))).toMatchObject({ code: "malformed" });
      }
    }
  });
});

describe("what only decoding can tell", () => {
  const provided = (...sizes: readonly number[]) => ({
    flags: ClipboardAction.Provide + (sizes.length === 1 ? ClipboardFormat.Text : 0xffff),
    maximumSizes: [],
    deflated: createDeflater(1).deflate(join(sizes.map((size) => join([be32(size), new Uint8Array(size)])))),
  });

  test("maxClipboardLength, of each of 16 formats", () => {
    const { maxClipboardLength: most } = DEFAULT_LIMITS;
    const all = inflateClipboard(provided(...Array<number>(16).fill(most)), createInflater());
    expect(all.map(({ data }) => data.length)).toStrictEqual(Array<number>(16).fill(most));
    expect(errorOf(() => inflateClipboard(provided(most + 1), createInflater()))).toMatchObject({
      code: "limit",
      reason: `limit maxClipboardLength is ${most}, got ${most + 1}`,
    });
  });

  test.each([
    ["RRE", Encoding.RRE],
    ["CoRRE", Encoding.CoRRE],
  ])("maxOverdraw of %s: so many times the whole rectangle, and not a pixel more", (_name, type) => {
    const whole = type === Encoding.RRE ? hex("aa 00000000 00080008") : hex("aa 0000 0808");
    const dot = type === Encoding.RRE ? hex("bb 00000000 00010001") : hex("bb 0000 0101");
    const decode = (limits: Limits, ...parts: readonly Uint8Array[]) => {
      const into = createSurface(8, 8);
      const payload = join([be32(parts.length), hex("00"), ...parts]);
      const head = { type: "rectangle", x: 0, y: 0, width: 8, height: 8, encodingType: type } as const;
      createDecoder({ limits, output: "values" }).decode(payload, head, { ...NORMAL }, into);
      return into.pixels;
    };
    for (const limits of [DEFAULT_LIMITS, { ...DEFAULT_LIMITS, maxOverdraw: 3 }]) {
      const parts = Array<Uint8Array>(limits.maxOverdraw).fill(whole);
      expect(decode(limits, ...parts)).toStrictEqual(new Uint32Array(64).fill(0xaa));
      const error = errorOf(() => decode(limits, ...parts, dot));
      expect(error.code).toBe("limit");
      expect(error.reason).toContain(`limit maxOverdraw is ${limits.maxOverdraw}, got more`);
      expect(error.offset).toBe(5 + parts.length * whole.length);
    }
  });

  test("maxH264Contexts: one more closes the one used longest ago", () => {
    let open = 0;
    let most = 0;
    const closed: number[] = [];
    const createH264Decoder = (width: number) => {
      most = Math.max(most, ++open);
      return {
        decode: () => {},
        close() {
          open--;
          closed.push(width);
        },
      };
    };
    const compression = { createInflater, createDeflater, createH264Decoder };
    const decoder = createDecoder({ compression });
    for (let i = 1; i <= DEFAULT_LIMITS.maxH264Contexts + 3; i++) {
      const head = { type: "rectangle", x: 0, y: 0, width: i, height: 1, encodingType: 50 } as const;
      decoder.decode(join([be32(1), be32(0), hex("00")]), head, LARGE, createSurface(100, 1));
    }
    // The old one goes once there is a new one.
    expect(most).toBeLessThanOrEqual(DEFAULT_LIMITS.maxH264Contexts + 1);
    expect(open).toBe(DEFAULT_LIMITS.maxH264Contexts);
    expect(closed).toStrictEqual([1, 2, 3]);
  });
});

const CLAIMS = MESSAGES.flatMap(({ name, framedFrom, session, claims = [] }) =>
  framedFrom === undefined ? [] : claims.map((claim) => ({ name, framedFrom, session, claim, limit: claim.limit })),
);
const SKIPPED = "maxCutTextLength";

test.each(CLAIMS.filter(({ limit }) => limit === SKIPPED))("$limit in $name: one more is passed over", (row) => {
  const { framedFrom, session, claim } = row;
  const at = { ...NORMAL, ...session };
  const next = framedFrom === "server" ? hex("02") : hex("05 00 0000 0000");
  for (const most of [SMALL, DEFAULT_LIMITS[SKIPPED]]) {
    const limits = { ...DEFAULT_LIMITS, [SKIPPED]: most };
    const message = join([claim.head(most + 1), new Uint8Array(most + 1)]);
    const run = (chunks: readonly Uint8Array[]) => {
      const framer = framedFrom === "server" ? createServerFramer(limits) : createClientFramer(limits);
      return runFramer(framer, framedFrom, at, chunks);
    };
    const { events, raw, consumed, error } = run(cut(join([message, next]), 7, 100));
    expect(error).toBeUndefined();
    expect(events).toMatchObject([
      { type: "skippedMessage", messageType: message[0], length: message.length },
      { type: framedFrom === "server" ? "bell" : "pointerEvent" },
    ]);
    expect(raw).toStrictEqual(next);
    expect(consumed).toBe(message.length + next.length);
    expect(run([join([message, next])])).toStrictEqual(run(bytewise(join([message, next]))));
    const short = run([message.subarray(0, -1)]);
    expect(short).toMatchObject({ events: [], consumed: message.length - 1 });
    // A byte less is read, and waits to be whole.
    expect(run([claim.head(most)])).toMatchObject({ events: [], consumed: 0, error: undefined });
  }
});

test.each(["client", "server"] as const)(
  "a %s framer holds nothing of what it skips, and tells where it ended",
  (from) => {
    const framer: Framer<unknown> = from === "server" ? createServerFramer() : createClientFramer();
    framer.push(hex(from === "server" ? "03000000 7fffffff" : "06000000 7fffffff"));
    expect(framer.next(NORMAL)).toBeUndefined();
    for (let i = 0; i < 100; i++) {
      framer.push(new Uint8Array(65536));
      expect(framer.next(NORMAL)).toBeUndefined();
      expect(framer.raw()).toHaveLength(0);
    }
    expect(framer.consumed()).toBe(8 + 100 * 65536);
    expect(errorOf(() => framer.end())).toMatchObject({
      code: "truncated",
      message: "Cannot skip a cut text at 6553608: the stream ends 2140930047 bytes before it does",
    });
  },
);

test.each(CLAIMS.filter(({ limit }) => limit !== SKIPPED))(
  "$limit in $name: its framer takes the most and refuses one more, a byte at a time",
  (row) => {
    const { framedFrom, session, claim, limit } = row;
    const fault = (claimed: number, limits: Limits): unknown => {
      const framer = framedFrom === "server" ? createServerFramer(limits) : createClientFramer(limits);
      return runFramer(framer, framedFrom, { ...NORMAL, ...session }, bytewise(claim.head(claimed))).error;
    };
    const small = { ...DEFAULT_LIMITS, [limit]: SMALL };
    expect(fault(Math.min(SMALL, claim.most), small)).toBeUndefined();
    expect(fault(SMALL + 1, small)).toMatchObject({
      code: "limit",
      reason: `limit ${limit} is ${SMALL}, got ${SMALL + 1}`,
    });
    const most = DEFAULT_LIMITS[limit];
    if (claim.most <= most) return;
    expect(fault(most, DEFAULT_LIMITS)).toBeUndefined();
    for (const claimed of [most + 1, claim.most])
      expect(fault(claimed, DEFAULT_LIMITS)).toMatchObject({ code: "limit" });
  },
);

test("every limit has a row, or a test of its own beside the exchange that it is about", () => {
  const own = ["maxJpegLength", "maxUpdateLength", "maxClipboardLength", "maxOverdraw", "maxH264Contexts"];
  const rows = ROWS.map(({ limit }) => limit);
  const claims = MESSAGES.flatMap(({ claims = [] }) => claims.map(({ limit }) => limit));
  const told = new Set<string>([...own, ...rows, ...claims]);
  const exchanges = ["auth", "codec/handshake"].flatMap((folder) => testsIn(folder));
  for (const limit of Object.keys(DEFAULT_LIMITS)) {
    expect(told.has(limit) || exchanges.some((source) => source.includes(limit)), limit).toBe(true);
  }
  for (const limit of told) expect(DEFAULT_LIMITS).toHaveProperty(limit);
});

function testsIn(folder: string): string[] {
  const url = new URL(`../${folder}/`, import.meta.url);
  return readdirSync(url)
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => readFileSync(new URL(name, url), "utf8"));
}
