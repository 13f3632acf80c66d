import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RfbError } from "../../codec/errors.ts";
import { createPngEncoder, decodePng } from "../../compression/mod.ts";
import { bytesOf, faultOf, INTERLACED_BITS, PNG_SIZE, PNGS } from "./pictures.ts";

const [width, height] = PNG_SIZE;

describe("decodes", () => {
  test.each(PNGS)("$name", ({ file, pixels }) => {
    const image = decodePng(bytesOf(file), width, height);
    expect([image.width, image.height]).toEqual([width, height]);
    expect([...image.data]).toEqual([...bytesOf(pixels)]);
  });

  test("pixels cut into chunks anywhere, and passes over chunks that it need not know", () => {
    const rows = deflateSync(Uint8Array.of(0, 1, 2, 3, 0, 4, 5, 6));
    const file = png(1, 2, 8, 2, [
      ["iCCP", Uint8Array.from([65, 0, 0, ...deflateSync(new Uint8Array(1 << 20))])],
      ["tEXt", new Uint8Array(3)],
      ...[...rows].map((byte) => ["IDAT", Uint8Array.of(byte)] as const),
      ["IDAT", new Uint8Array(0)],
      ["IEND", new Uint8Array(0)],
    ]);
    expect([...decodePng(file, 1, 2).data]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
  });

  test("a pixel whose colour is the transparent one", () => {
    const file = png(1, 1, 8, 2, [
      ["tRNS", Uint8Array.of(0, 1, 0, 2, 0, 3)],
      ["IDAT", deflateSync(Uint8Array.of(0, 1, 2, 3))],
      ["IEND", new Uint8Array(0)],
    ]);
    expect([...decodePng(file, 1, 1).data]).toEqual([1, 2, 3, 0]);
  });
});

describe("refuses", () => {
  test.each([
    [width + 1, height],
    [width, height - 1],
    [0, 0],
  ])("a size other than %i × %i before anything else", (columns, rows) => {
    const cut = bytesOf(PNGS[0]!.file).subarray(0, 33 + 12);
    expect(faultOf(() => decodePng(cut, columns, rows)).message).toBe(
      `Cannot decode a PNG at 16: its size is ${width} × ${height}, not ${columns} × ${rows}`,
    );
  });

  test("what is cut off, wherever", () => {
    for (const { file } of PNGS) {
      const bytes = bytesOf(file);
      for (let end = 0; end < bytes.length; end++) {
        expect(faultOf(() => decodePng(bytes.subarray(0, end), width, height)).code).toBe("malformed");
      }
    }
  });

  test("a bit that is wrong, wherever it counts", () => {
    for (const { file, pixels } of PNGS) {
      const bytes = bytesOf(file);
      for (let at = 0; at < bytes.length; at++) {
        const changed = bytes.slice();
        changed[at]! ^= 0x10;
        try {
          const { data } = decodePng(changed, width, height);
          // Only an ancillary chunk has no checksum that is looked at.
          expect(data.filter((_, i) => i % 4 < 3)).toEqual(bytesOf(pixels).filter((_, i) => i % 4 < 3));
        } catch (error) {
          expect(error).toBeInstanceOf(RfbError);
          expect(error).toMatchObject({ code: "malformed" });
        }
      }
    }
  });

  const data = (size: number): readonly [string, Uint8Array] => ["IDAT", deflateSync(new Uint8Array(size))];
  const end = ["IEND", new Uint8Array(0)] as const;

  test.each([
    ["a byte too few", 8, 2, [data(13), end], /13 bytes of the 14 of its pixels$/],
    ["a byte too many", 8, 2, [data(15), end], /more than the 14 bytes of its pixels$/],
    ["no pixels at all", 8, 2, [end], /0 bytes of the 14/],
    ["no palette", 8, 3, [data(6), end], /no palette before the pixels$/],
    ["a palette after the pixels", 8, 2, [data(14), ["PLTE", new Uint8Array(3)], end], /a palette out of place$/],
    ["a palette of a colour and a half", 8, 3, [["PLTE", new Uint8Array(4)], data(6), end], /a palette of 4 bytes$/],
    ["a second header", 8, 2, [["IHDR", new Uint8Array(13)], data(14), end], /a chunk IHDR out of place$/],
    ["a critical chunk that it does not know", 8, 2, [["ABCD", new Uint8Array(1)], data(14), end], /"ABCD"$/],
    ["a colour type that there is not", 8, 1, [data(14), end], /8 bits of colour type 1$/],
    ["bits that the colour type has not", 4, 2, [data(14), end], /4 bits of colour type 2$/],
    ["transparency beside alpha", 8, 6, [["tRNS", new Uint8Array(2)], data(18), end], /transparency of 2 bytes$/],
    ["a filter that there is not", 8, 0, [["IDAT", deflateSync(Uint8Array.of(9, 0, 0, 9, 0, 0))], end], /filter/i],
  ] as const)("%s", (_what, depth, kind, chunks, message) => {
    const fault = faultOf(() => decodePng(png(2, 2, depth, kind, chunks), 2, 2));
    expect(fault.code).toBe("malformed");
    expect(fault.message).toMatch(message);
  });

  test("a palette index past the palette", () => {
    const file = png(1, 1, 8, 3, [["PLTE", new Uint8Array(6)], ["IDAT", deflateSync(Uint8Array.of(0, 2))], end]);
    expect(faultOf(() => decodePng(file, 1, 1)).message).toBe("Cannot decode a PNG: palette index 2 of 2");
  });

  test("interlaced pixels of fewer than eight bits, which fast-png misreads", () => {
    expect(faultOf(() => decodePng(bytesOf(INTERLACED_BITS), width, height)).message).toMatch(/not supported$/);
  });

  test("a bomb, with no more memory than its pixels take", () => {
    const bomb = png(16, 16, 8, 2, [["IDAT", deflateSync(new Uint8Array(256 << 20))], end]);
    const before = process.memoryUsage();
    expect(faultOf(() => decodePng(bomb, 16, 16)).message).toMatch(/more than the 784 bytes of its pixels$/);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(4 << 20);
    expect(after.rss - before.rss).toBeLessThan(24 << 20);
  }, 60_000);

  test("whatever the bytes are, there is a value or an RfbError", () => {
    const any = fc.tuple(
      fc.constantFrom(...PNGS.map(({ file }) => bytesOf(file))),
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 6 }),
    );
    fc.assert(
      fc.property(any, ([file, changes]) => {
        const bytes = file.slice();
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        try {
          expect(decodePng(bytes, width, height).data).toHaveLength(4 * width * height);
        } catch (error) {
          expect(error).toBeInstanceOf(RfbError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("encodes", () => {
  const encodePng = createPngEncoder(6);

  test.each([
    [1, 1, 3],
    [2, 1, 3],
    [3, 2, 3],
    [16, 4, 3],
    [17, 8, 3],
    [256, 8, 3],
    [257, 8, 2],
  ])("%i colours in %i bits of colour type %i, and they come back", (colours, depth, kind) => {
    const [columns, rows] = [37, 11];
    const image = { width: columns, height: rows, data: new Uint8Array(4 * columns * rows) };
    for (let i = 0; i < columns * rows; i++) image.data.set([i % colours, (i % colours) >> 8, 9, 255], 4 * i);
    const file = encodePng(image);
    expect([file[24], file[25]]).toEqual([depth, kind]);
    expect(decodePng(file, columns, rows)).toEqual(image);
  });

  test("alpha as opaque", () => {
    const file = encodePng({ width: 1, height: 1, data: Uint8Array.of(1, 2, 3, 4) });
    expect([...decodePng(file, 1, 1).data]).toEqual([1, 2, 3, 255]);
  });

  test("a higher level in fewer bytes", () => {
    const image = { width: 100, height: 100, data: Uint8Array.from({ length: 40_000 }, (_, i) => (i * i) >> 7) };
    const sizes = [0, 1, 9].map((level) => createPngEncoder(level)(image).length);
    expect(sizes[0]).toBeGreaterThan(sizes[1]!);
    expect(sizes[1]).toBeGreaterThanOrEqual(sizes[2]!);
  });

  test("nothing where the caller is wrong", () => {
    expect(() => encodePng({ width: 2, height: 1, data: new Uint8Array(4) })).toThrow(RangeError);
    expect(() => encodePng({ width: 0, height: 1, data: new Uint8Array(0) })).toThrow(RangeError);
    expect(() => createPngEncoder(10)).toThrow(RangeError);
  });
});

type Chunks = readonly (readonly [type: string, data: Uint8Array])[];

function png(columns: number, rows: number, depth: number, kind: number, chunks: Chunks): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(columns, 0);
  header.writeUInt32BE(rows, 4);
  header.set([depth, kind], 8);
  const parts = ([["IHDR", header], ...chunks] as Chunks).map(([type, data]) => {
    const chunk = Buffer.alloc(12 + data.length);
    chunk.writeUInt32BE(data.length, 0);
    chunk.write(type, 4, "latin1");
    chunk.set(data, 8);
    chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
    return chunk;
  });
  return new Uint8Array(Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), ...parts]));
}

function crc32(bytes: Uint8Array): number {
  let sum = -1;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
