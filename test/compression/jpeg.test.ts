import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Image } from "../../codec/compression.ts";
import { RfbError } from "../../codec/errors.ts";
import { portableCompression, type WholeCompression } from "../../compression/mod.ts";
import { nodeCompression } from "../../compression/node.ts";
import { ARITHMETIC_JPEG, bytesOf, faultOf, JPEG_SIZE, JPEGS } from "./pictures.ts";

const [width, height] = JPEG_SIZE;

let decodeJpeg: WholeCompression["decodeJpeg"];
let encodeJpeg: WholeCompression["encodeJpeg"];

beforeAll(async () => {
  ({ decodeJpeg, encodeJpeg } = await portableCompression());
});

describe("decodes, to the very bit that djpeg does,", () => {
  test.each(JPEGS)("$name", ({ file, pixels }) => {
    const image = decodeJpeg(bytesOf(file), width, height);
    expect([image.width, image.height]).toEqual([width, height]);
    expect([...image.data]).toEqual(rgba(bytesOf(pixels)));
  });

  test.each(JPEGS)(
    "$name, for whoever draws it at once: colours without A, in memory of its own",
    ({ file, pixels }) => {
      const { data } = decodeJpeg(bytesOf(file), width, height, true);
      const samples = bytesOf(pixels);
      const isGrey = samples.length === width * height;
      expect([...data]).toEqual(isGrey ? rgba(samples) : [...samples]);
      // Nothing is copied out of it.
      if (!isGrey) expect(decodeJpeg(bytesOf(file), width, height, true).data.buffer).toBe(data.buffer);
    },
  );

  test("what is followed by other bytes", () => {
    const bytes = bytesOf(JPEGS[0]!.file);
    const followed = new Uint8Array([...bytes, 1, 2, 0xff, 0xd8]);
    expect(decodeJpeg(followed, width, height)).toEqual(decodeJpeg(bytes, width, height));
  });
});

describe("refuses", () => {
  test.each([
    [width + 1, height],
    [width, height - 1],
    [0, 0],
  ])("a size other than %i × %i, from the header alone", (columns, rows) => {
    for (const { file } of JPEGS) {
      const fault = faultOf(() => decodeJpeg(bytesOf(file), columns, rows));
      expect(fault.code).toBe("malformed");
      expect(fault.message).toContain(`: its size is ${width} × ${height}, not ${columns} × ${rows}`);
    }
  });

  test("a bomb before it takes memory", () => {
    const bomb = bytesOf(JPEGS[3]!.file);
    bomb.set([0xff, 0xdc, 0xff, 0xdc], sofOf(bomb) + 5);
    const before = process.memoryUsage();
    expect(faultOf(() => decodeJpeg(bomb, width, height)).code).toBe("malformed");
    expect(process.memoryUsage().rss - before.rss).toBeLessThan(8 << 20);
  });

  test("scans without end", () => {
    const bytes = bytesOf(JPEGS[3]!.file);
    const scan = bytes.subarray(bytes.lastIndexOf(0xda) - 1, bytes.length - 2);
    const many = new Uint8Array(
      Buffer.concat([bytes.subarray(0, -2), ...Array.from({ length: 100 }, () => scan), bytes.subarray(-2)]),
    );
    expect(faultOf(() => decodeJpeg(many, width, height)).message).toMatch(/: too many scans$/);
  });

  test("arithmetic coding, which no server sends", () => {
    expect(faultOf(() => decodeJpeg(bytesOf(ARITHMETIC_JPEG), width, height)).message).toMatch(/not supported$/);
  });

  test("what is cut off, wherever; and the next picture is none the worse", () => {
    for (const { file, pixels } of JPEGS) {
      const bytes = bytesOf(file);
      for (let end = 0; end < bytes.length; end++) {
        expect(faultOf(() => decodeJpeg(bytes.subarray(0, end), width, height)).code).toBe("malformed");
      }
      expect([...decodeJpeg(bytes, width, height).data]).toEqual(rgba(bytesOf(pixels)));
    }
  });

  test("what is cut off and has an end all the same", () => {
    const bytes = bytesOf(JPEGS[2]!.file);
    const cut = new Uint8Array([...bytes.subarray(0, bytes.length - 300), 0xff, 0xd9]);
    expect(faultOf(() => decodeJpeg(cut, width, height)).message).toBe(
      "Cannot decode a JPEG: libjpeg-turbo finds fault with it",
    );
  });

  test("whatever the bytes are, there is a value or an RfbError, and the next picture is none the worse", () => {
    const files = JPEGS.map(({ file }) => bytesOf(file));
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc
        .tuple(fc.constantFrom(...files), fc.array(fc.tuple(fc.nat(900), fc.nat(255)), { minLength: 1, maxLength: 5 }))
        .map(([file, changes]) => {
          const bytes = file.slice();
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          return bytes;
        }),
    );
    fc.assert(
      fc.property(any, (bytes) => {
        try {
          expect(decodeJpeg(bytes, width, height).data).toHaveLength(4 * width * height);
        } catch (error) {
          expect(error).toBeInstanceOf(RfbError);
          expect(error).toMatchObject({ code: "malformed" });
        }
      }),
      { numRuns: 500 },
    );
    const [{ file, pixels }] = JPEGS as [(typeof JPEGS)[0]];
    expect([...decodeJpeg(bytesOf(file), width, height).data]).toEqual(rgba(bytesOf(pixels)));
  }, 60_000);

  test("a thousand files without memory that grows", () => {
    const faulty = bytesOf(JPEGS[2]!.file);
    faulty.fill(0x55, faulty.length - 100, faulty.length - 2);
    faultOf(() => decodeJpeg(faulty, width, height));
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 1000; i++) faultOf(() => decodeJpeg(faulty, width, height));
    expect(process.memoryUsage().rss - before).toBeLessThan(150 << 20);
  }, 60_000);
});

describe("encodes", () => {
  test.each(["4:4:4", "4:2:2", "4:2:0", undefined] as const)("%s, close to the picture", (subsampling) => {
    const image = gradient(64, 48);
    for (const quality of [50, 90]) {
      const file = encodeJpeg(image, quality, subsampling);
      const sampling = { 34: "4:2:0", 33: "4:2:2", 17: "4:4:4" }[file[sofOf(file) + 11]!];
      expect(sampling).toBe(subsampling ?? (quality === 90 ? "4:4:4" : "4:2:2"));
      expect(file[sofOf(file) + 1]).toBe(0xc0);
      expect(difference(decodeJpeg(file, 64, 48), image)).toBeLessThan(quality === 50 ? 6 : 3);
    }
  });

  test("in more bytes the better the quality is", () => {
    const image = gradient(64, 48);
    const sizes = [1, 25, 50, 75, 100].map((quality) => encodeJpeg(image, quality).length);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  });

  test("noise of any size at the best quality, for which the package's own buffer is too small", () => {
    const random = (i: number): number => Math.imul(i + 1, 2654435761) >>> 23;
    for (const [columns, rows] of [
      [1, 1],
      [1, 300],
      [300, 1],
      [7, 9],
      [16, 16],
      [129, 131],
    ] as const) {
      const data = Uint8Array.from({ length: 4 * columns * rows }, (_, i) => random(i));
      const file = encodeJpeg({ width: columns, height: rows, data }, 100, "4:4:4");
      expect(difference(decodeJpeg(file, columns, rows), { width: columns, height: rows, data })).toBeLessThan(2);
    }
  });

  test("the same whether it is asked for the first time or later", () => {
    const image = gradient(40, 30);
    const first = digest(encodeJpeg(image, 75));
    encodeJpeg(gradient(200, 100), 20, "4:2:0");
    expect(digest(encodeJpeg(image, 75))).toBe(first);
  });

  test("nothing where the caller is wrong", () => {
    const image = gradient(4, 4);
    for (const quality of [0, 101, Number.NaN]) expect(() => encodeJpeg(image, quality)).toThrow(RangeError);
    expect(() => encodeJpeg({ ...image, width: 5 }, 50)).toThrow(RangeError);
    expect(() => encodeJpeg({ width: 0, height: 0, data: new Uint8Array(0) }, 50)).toThrow(RangeError);
  });
});

describe("its WebAssembly", () => {
  test("is not wanted where there is to be no JPEG", async () => {
    expect(await portableCompression({ jpegModule: false })).not.toHaveProperty("decodeJpeg");
    expect(await nodeCompression({ jpegModule: false })).not.toHaveProperty("decodeJpeg");
  });

  test("is found by Node's too, which decodes the same", async () => {
    const { decodeJpeg } = await nodeCompression();
    expect([...decodeJpeg(bytesOf(JPEGS[0]!.file), width, height).data]).toEqual(rgba(bytesOf(JPEGS[0]!.pixels)));
  });

  test("asks for no file and no place where there are none, as in a Worker, and leaves no trace", async () => {
    const scope = globalThis as { WorkerGlobalScope?: unknown; self?: unknown };
    const clamped = Uint8ClampedArray;
    scope.WorkerGlobalScope = class {};
    scope.self = globalThis;
    try {
      const { decodeJpeg } = await portableCompression();
      expect(decodeJpeg(bytesOf(JPEGS[0]!.file), width, height).width).toBe(width);
      expect("location" in globalThis).toBe(false);
      expect("type" in process).toBe(false);
      expect(Uint8ClampedArray).toBe(clamped);
    } finally {
      delete scope.WorkerGlobalScope;
      delete scope.self;
    }
  });

  test("of something else is the caller's fault", async () => {
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    await expect(portableCompression({ jpegModule: empty })).rejects.toThrow(TypeError);
  });
});

function rgba(samples: Uint8Array): number[] {
  const isGrey = samples.length === width * height;
  return Array.from({ length: width * height }, (_, i) =>
    isGrey ? [samples[i]!, samples[i]!, samples[i]!, 255] : [...samples.subarray(3 * i, 3 * i + 3), 255],
  ).flat();
}

function sofOf(file: Uint8Array): number {
  for (let at = 0; at < file.length; at++) if (file[at] === 0xff && (file[at + 1]! & 0xfc) === 0xc0) return at;
  throw new Error("no header");
}

function gradient(columns: number, rows: number): Image {
  const data = new Uint8Array(4 * columns * rows);
  for (let y = 0, i = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, i += 4) {
      data.set([(255 * x) / columns, (255 * y) / rows, 128 + 100 * Math.sin((x + y) / 9), 255], i);
    }
  }
  return { width: columns, height: rows, data };
}

/** The mean of all channels. */
function difference(a: Image, b: Image): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) if (i % 4 < 3) sum += Math.abs(a.data[i]! - b.data[i]!);
  return sum / (0.75 * a.data.length);
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
