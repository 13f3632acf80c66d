import { crc32, deflateSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Compression, Inflater } from "../../codec/compression.ts";
import { MAXIMUM_TIGHT_WIDTH } from "../../codec/encodings/mod.ts";
import { RfbError } from "../../codec/errors.ts";
import { createFramebuffer, type Framebuffer } from "../../codec/framebuffer.ts";
import { createClientFramer, createServerFramer, type Framer } from "../../codec/framer.ts";
import { Encoding } from "../../codec/names.ts";
import { RGBX8888 } from "../../codec/pixel_format.ts";
import { observe, type Session } from "../../codec/session.ts";
import { createDeflater, createInflater, portableCompression } from "../../compression/mod.ts";
import { nodeCompression } from "../../compression/node.ts";
import { be16, be32, hex, join, latin1 } from "../codec/bytes.ts";
import { copyRect, desktopSize, NORMAL, raw, rectangleHead, update } from "../codec/streams.ts";
import { countAllocations, expectAllocations, forgetAllocations } from "../fuzz/allocations.ts";

/** 16 × 16 pixels of 4 bytes in the upper left corner. */
const SMALL = [0, 0, 16, 16] as const;
const KIB = 2 ** 10;

const SESSION: Session = { ...NORMAL, framebufferWidth: 64, framebufferHeight: 64, pixelFormat: RGBX8888 };

/** 60 MiB of zeros in 60 KiB: a thousandfold is the most that deflating can do. */
const BOMB = new Uint8Array(deflateSync(new Uint8Array(60 * 2 ** 20), { level: 9 }));

/** What an update came to. */
interface Outcome {
  readonly error: RfbError | undefined;
  readonly framebuffer: Framebuffer;
  readonly events: number;
  readonly session: Session;
}

/** Draws a stream; anything thrown but an RfbError is a failure. */
function drawn(stream: Uint8Array, compression?: Compression, start = SESSION): Outcome {
  const framer = createServerFramer();
  const framebuffer = createFramebuffer(compression === undefined ? {} : { compression });
  let session = start;
  let events = 0;
  let error: RfbError | undefined;
  try {
    framer.push(stream);
    for (let event = framer.next(session); event !== undefined; event = framer.next(session)) {
      session = observe(session, "server", event);
      framebuffer.apply(event, session);
      events += 1;
    }
  } catch (thrown) {
    if (!(thrown instanceof RfbError)) throw thrown;
    error = thrown;
  }
  return { error, framebuffer, events, session };
}

let undo: () => void;
beforeAll(() => {
  undo = countAllocations();
});
afterAll(() => undo());
beforeEach(() => forgetAllocations());

describe.each([
  ["pako", { ...(await portableCompression()), createInflater, createDeflater }],
  ["zlib in WebAssembly", await portableCompression()],
  ["Node's zlib", await nodeCompression()],
])("a zlib bomb for %s", (_name, compression) => {
  /** Counts what comes out of each inflater, and the most that each was ever asked for. */
  function counted(): { readonly compression: Compression; most: number; out: number } {
    const counts = {
      most: 0,
      out: 0,
      compression: {
        ...compression,
        createInflater(): Inflater {
          const inflater = compression.createInflater();
          return {
            inflate(deflated, maximum) {
              counts.most = Math.max(counts.most, maximum);
              const bytes = inflater.inflate(deflated, maximum);
              counts.out += bytes.length;
              return bytes;
            },
          };
        },
      },
    };
    return counts;
  }

  const counted32 = join([be32(BOMB.length), BOMB]);
  const compact = join([
    Uint8Array.of((BOMB.length & 0x7f) | 0x80, ((BOMB.length >> 7) & 0x7f) | 0x80, BOMB.length >> 14),
    BOMB,
  ]);
  const counted16 = join([be16(BOMB.length), BOMB]);

  test.each([
    ["Zlib", Encoding.Zlib, counted32, 1024],
    ["ZRLE", Encoding.ZRLE, counted32, 2 + 127 * 3 + 256 * 4],
    ["ZYWRLE", Encoding.ZYWRLE, counted32, 2 + 127 * 3 + 256 * 4],
    ["ZlibHex, pixels", Encoding.ZlibHex, join([hex("20"), counted16]), 1024],
    ["ZlibHex, parts", Encoding.ZlibHex, join([hex("5e"), counted16]), 9 + 255 * 6],
    ["Tight, copied", Encoding.Tight, join([hex("00"), compact]), 768],
    ["Tight, two colours", Encoding.Tight, join([hex("40 01 01 000000ffffff"), compact]), 32],
    ["Tight, three colours", Encoding.Tight, join([hex("40 01 02 000000ffffff00ff00"), compact]), 256],
    ["Tight, gradient", Encoding.Tight, join([hex("40 02"), compact]), 768],
    ["TightPNG, copied", Encoding.TightPNG, join([hex("00"), compact]), 768],
    ["CursorWithAlpha of Zlib", Encoding.CursorWithAlpha, join([be32(Encoding.Zlib), counted32]), 1024],
    [
      "CursorWithAlpha of ZRLE",
      Encoding.CursorWithAlpha,
      join([be32(Encoding.ZRLE), counted32]),
      2 + 127 * 4 + 256 * 5,
    ],
  ])("in %s ends at what its rectangle can hold", (_encoding, type, payload, most) => {
    const counts = counted();
    const { error } = drawn(update(1, rectangleHead(...SMALL, type), payload), counts.compression);
    expect(error).toMatchObject({ code: "limit" });
    expect(counts).toMatchObject({ most, out: 0 });
    expectAllocations(128 * KIB, 512 * KIB);
  });
});

describe("LZO1X", () => {
  test("of 4 GB in a few bytes takes no memory for them", () => {
    const session = { ...SESSION, framebufferWidth: 16384, framebufferHeight: 4096 };
    const data = hex("11 0000");
    for (const stream of [
      update(1, rectangleHead(0, 0, 16384, 4096, Encoding.Ultra), be32(data.length), data),
      // 64 MiB, as y + 65535 × width.
      update(1, rectangleHead(1, 1024, 1024, 0, Encoding.UltraZip), be32(data.length), data),
    ]) {
      forgetAllocations();
      const { error } = drawn(stream, undefined, session);
      expect(error).toMatchObject({ code: "malformed" });
      expect(error!.reason).toMatch(/^\d+ bytes of 3, which have 765 at most$/);
      // The framebuffer, which is there before a decoder looks at what to draw.
      expectAllocations(2 ** 28, 2 ** 28 + 2 ** 16);
    }
    forgetAllocations();
    // 4 GB, as UltraZip's head says it.
    const claim = update(1, rectangleHead(1, 65535, 65535, 0, Encoding.UltraZip), be32(data.length), data);
    expect(drawn(claim).error).toMatchObject({ code: "limit" });
    // A reader of pixels.
    expectAllocations(32 * KIB);
  });

  test("that goes on for longer than its rectangle is refused at its end", () => {
    // A literal, and then a copy of it that goes on for 255 bytes with each byte of 0.
    const data = join([hex("12 61 20"), new Uint8Array(60_000), hex("01 0000")]);
    const { error } = drawn(update(1, rectangleHead(...SMALL, Encoding.Ultra), be32(data.length), data));
    expect(error).toMatchObject({ code: "malformed" });
    expectAllocations(128 * KIB, 512 * KIB);
  });
});

describe("a JPEG bomb", async () => {
  const compression = await nodeCompression();
  const { encodeJpeg } = compression;
  const sound = encodeJpeg({ width: 16, height: 16, data: new Uint8Array(1024).fill(128) }, 50);

  function claiming(width: number, height: number): Uint8Array {
    const bytes = sound.slice();
    const at = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
    bytes.set(join([be16(height), be16(width)]), at + 5);
    return bytes;
  }

  function rectangles(width: number, height: number, picture: Uint8Array): readonly Uint8Array[] {
    const { length } = picture;
    const tight = join([Uint8Array.of(0x90, (length & 0x7f) | 0x80, length >> 7), picture]);
    return [
      update(1, rectangleHead(0, 0, width, height, Encoding.Tight), tight),
      update(1, rectangleHead(0, 0, width, height, Encoding.JPEG), picture),
    ];
  }

  test("of 65535x65535 in a small rectangle is refused by its header", () => {
    for (const stream of rectangles(16, 16, sound)) expect(drawn(stream, compression).error).toBeUndefined();
    for (const stream of rectangles(16, 16, claiming(65535, 65535))) {
      expect(drawn(stream, compression).error).toMatchObject({
        code: "malformed",
        message: expect.stringMatching(/^Cannot decode a JPEG at \d+: its size is 65535 × 65535, not 16 × 16$/),
      });
    }
    expectAllocations(64 * KIB, 512 * KIB);
  });

  test("of as many pixels as its rectangle, in fewer bytes than they take, is refused before it is decoded", () => {
    const session = { ...SESSION, framebufferWidth: 2048, framebufferHeight: 16384 };
    for (const stream of rectangles(MAXIMUM_TIGHT_WIDTH, 16384, claiming(2048, 16384))) {
      forgetAllocations();
      const { error } = drawn(stream, compression, session);
      expect(error).toMatchObject({ code: "malformed" });
      expect(error!.reason).toBe(`${sound.length} bytes of at least 65536`);
      // The framebuffer.
      expectAllocations(2 ** 27, 2 ** 27 + 2 ** 16);
    }
  });
});

describe("a PNG bomb", async () => {
  const compression = await nodeCompression();

  const chunk = (type: string, data: Uint8Array): Uint8Array => {
    const typed = join([latin1(type), data]);
    return join([be32(data.length), typed, be32(crc32(typed))]);
  };
  const header = (width: number, height: number) =>
    chunk("IHDR", join([be32(width), be32(height), hex("08 02 00 00 00")]));
  const pixels = (bytes: Uint8Array) => chunk("IDAT", new Uint8Array(deflateSync(bytes)));
  const WHITE = new Uint8Array(16 * 49).map((_, i) => (i % 49 === 0 ? 0 : 255));
  const png = (...chunks: readonly Uint8Array[]) => join([hex("89504e470d0a1a0a"), ...chunks, chunk("IEND", hex(""))]);

  function fault(file: Uint8Array): RfbError | undefined {
    const { length } = file;
    const head = Uint8Array.of(0xa0, (length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14);
    const { error, framebuffer } = drawn(
      update(1, rectangleHead(...SMALL, Encoding.TightPNG), head, file),
      compression,
    );
    if (error === undefined) expect(framebuffer.pixels[15 * 64 + 15]).toBe(0xffffffff);
    return error;
  }

  test("of 65535x65535, or of 4 GB a side, is refused by its header", () => {
    expect(fault(png(header(16, 16), pixels(WHITE)))).toBeUndefined();
    for (const side of [65535, 0x7fffffff, 0xffffffff]) {
      expect(fault(png(header(side, side), pixels(WHITE)))).toMatchObject({
        code: "malformed",
        reason: `its size is ${side} × ${side}, not 16 × 16`,
      });
    }
    expectAllocations(128 * KIB);
  });

  test("in its pixels ends at what they take", () => {
    expect(fault(png(header(16, 16), chunk("IDAT", BOMB)))).toMatchObject({
      code: "malformed",
      reason: "more than the 784 bytes of its pixels",
    });
    expectAllocations(128 * KIB, KIB * KIB);
  });

  test.each([
    ["iCCP", join([latin1("p\0\0"), BOMB])],
    ["zTXt", join([latin1("t\0\0"), BOMB])],
    ["iTXt", join([latin1("t\0\x01\0\0\0"), BOMB])],
  ])("in its %s is not looked at", (type, data) => {
    expect(fault(png(header(16, 16), chunk(type, data), pixels(WHITE)))).toBeUndefined();
    expectAllocations(256 * KIB, KIB * KIB);
  });

  test("that claims a chunk of 4 GB is cut off", () => {
    const claim = join([be32(0xffffffff), latin1("IDAT"), new Uint8Array(100)]);
    expect(fault(png(header(16, 16), claim))).toMatchObject({ code: "malformed" });
    expectAllocations(128 * KIB);
  });
});

describe("runs", () => {
  test("of TRLE that leave their tile are refused while they are framed, a few bytes behind", () => {
    const framer = createServerFramer();
    framer.push(update(1, rectangleHead(...SMALL, Encoding.TRLE), hex("80 000000")));
    while (framer.next(SESSION) !== undefined);
    framer.push(new Uint8Array(2 ** 20).fill(255));
    expect(() => framer.next(SESSION)).toThrow("a run that leaves the tile");
    expect(framer.consumed()).toBeLessThan(100);
  });

  test("of ZRLE that leave their tile are refused, in what inflates to no more than tiles can have", async () => {
    const compression = await nodeCompression();
    const deflated = new Uint8Array(deflateSync(join([hex("80 000000"), new Uint8Array(1000).fill(255), hex("00")])));
    const stream = update(1, rectangleHead(...SMALL, Encoding.ZRLE), be32(deflated.length), deflated);
    expect(drawn(stream, compression).error).toMatchObject({
      code: "malformed",
      reason: expect.stringMatching(/^a run of 255001 where 256 pixels are left/),
    });
    expectAllocations(64 * KIB, 512 * KIB);
  });
});

describe("subrectangles that each fill everything", () => {
  // 1 MiB on 8192 × 8192 pixels took 43 minutes before there was a bound, and 16 times all of them take half a second.
  test.each([
    ["RRE", Encoding.RRE, hex("00000000 0000 0000 0200 0100"), 512, 256],
    ["CoRRE", Encoding.CoRRE, hex("00000000 00 00 ff ff"), 255, 255],
  ])("of %s end as soon as they have painted it 16 times", (_name, type, part, width, height) => {
    const count = 5000;
    const session = { ...SESSION, framebufferWidth: 512, framebufferHeight: 256 };
    const parts = join(Array<Uint8Array>(count).fill(part));
    const { error } = drawn(
      update(1, rectangleHead(0, 0, width, height, type), be32(count), hex("11223300"), parts),
      undefined,
      session,
    );
    expect(error).toMatchObject({ code: "limit", reason: expect.stringContaining("limit maxOverdraw is 16") });
    expect((error!.offset! - 8) / part.length).toBe(16);
  });

  test("of Hextile are 255 in a tile of 256 pixels: 128 pixels for a byte, and no bound of their own", () => {
    const tile = join([hex("0c 01000000 ff"), ...Array<Uint8Array>(255).fill(hex("00ff"))]);
    const { error, framebuffer } = drawn(
      update(1, rectangleHead(0, 0, 64, 64, Encoding.Hextile), ...Array<Uint8Array>(16).fill(tile)),
    );
    expect(error).toBeUndefined();
    expect(new Set(framebuffer.pixels)).toStrictEqual(new Set([0xff000001]));
    expect((255 * 256) / tile.length).toBeLessThan(128);
  });
});

describe("storms", () => {
  test("of CopyRects end with their update, and leave few areas behind", () => {
    const copies = Array.from({ length: 65535 }, (_, i) => copyRect(i % 32, 0, 32, 64, 31 - (i % 32), 0));
    const { error, events, framebuffer } = drawn(update(65535, ...copies));
    expect(error).toBeUndefined();
    expect(events).toBe(2 * 65535 + 2);
    expect(framebuffer.takeDamage().length).toBeLessThanOrEqual(32);
  });

  test("of empty updates are two events each, and allocate nothing", () => {
    const stream = new Uint8Array(4 * 100_000);
    forgetAllocations();
    const { error, events } = drawn(stream);
    expect(error).toBeUndefined();
    expect(events).toBe(200_000);
    expectAllocations(KIB, 4 * KIB);
  });

  test("of bytes behind a fault are not kept", () => {
    for (const framer of [createServerFramer(), createClientFramer()] as Framer<unknown>[]) {
      framer.push(hex("c8"));
      const fault = (): unknown => framer.next(SESSION);
      expect(fault).toThrow("type 200");
      const chunk = new Uint8Array(64 * KIB);
      forgetAllocations();
      for (let i = 0; i < 1000; i++) framer.push(chunk);
      expect(fault).toThrow("type 200");
      expectAllocations(0);
      expect(framer.consumed()).toBe(0);
    }
  });

  test("of rectangles of no area draw nothing, and allocate nothing but the framebuffer", () => {
    const stream = update(65535, ...Array<Uint8Array>(65535).fill(raw(64, 64, 0, 0, hex(""))));
    forgetAllocations();
    const { error, events, framebuffer } = drawn(stream);
    expect(error).toBeUndefined();
    expect(events).toBe(2 * 65535 + 2);
    expect(framebuffer.takeDamage()).toHaveLength(1);
    expectAllocations(4 * 64 * 64, 4 * 64 * 64 + 2 * KIB); // its colour map among them
  });

  test("of a million new sizes allocate nothing, until a pixel is drawn in the last one", () => {
    const sizes = Array.from({ length: 62_500 }, (_, i) =>
      i % 2 === 0 ? desktopSize(4096, 16384) : desktopSize(16384, 4096),
    );
    const stream = join(Array<Uint8Array>(16).fill(update(62_500, ...sizes)));
    forgetAllocations();
    const { error, framebuffer, events } = drawn(stream);
    expect(error).toBeUndefined();
    expect(events).toBe(16 * (2 * 62_500 + 2));
    expect([framebuffer.width, framebuffer.height]).toStrictEqual([16384, 4096]);
    expect(framebuffer.takeDamage().length).toBeLessThanOrEqual(32);
    expectAllocations(KIB, 16 * KIB);
    expect(framebuffer.pixels).toHaveLength(2 ** 26);
    expectAllocations(2 ** 28, 2 ** 28 + 16 * KIB);
  });

  test("of new sizes with a pixel in each allocate one framebuffer for each, and keep one", () => {
    const pixel = raw(0, 0, 1, 1, hex("01020300"));
    const sizes = Array.from({ length: 100 }, (_, i) => desktopSize(100 + (i % 2), 100));
    const stream = update(200, ...sizes.flatMap((size) => [size, pixel]));
    forgetAllocations();
    expect(drawn(stream).error).toBeUndefined();
    expectAllocations(4 * 101 * 100, 100 * 4 * 101 * 100);
  });
});
