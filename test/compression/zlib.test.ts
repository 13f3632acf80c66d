import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { constants, inflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { Deflater, Inflater } from "../../codec/compression.ts";
import { RfbError } from "../../codec/errors.ts";
import * as portable from "../../compression/mod.ts";
import * as node from "../../compression/node.ts";
import { loadZlib } from "../../compression/wasm_zlib.ts";
import { faultOf } from "./pictures.ts";
import { TIGERVNC } from "./recorded.ts";
import { deflated, screenful } from "./streams.ts";
import { TARGET, zlibModule } from "./zlib_module.ts";

const wasm = (await loadZlib())!;
const { compile, Instance } = WebAssembly;

const IMPLEMENTATIONS = [
  ["pako", portable, node],
  ["zlib in WebAssembly", wasm, node],
  ["Node's zlib", node, portable],
] as const;

const FLUSHES = ["Z_SYNC_FLUSH", "Z_FULL_FLUSH", "Z_PARTIAL_FLUSH", "Z_NO_FLUSH"] as const;

const KINDS = [
  ["stored blocks", { level: 0 }],
  ["fixed codes", { strategy: constants.Z_FIXED }],
  ["dynamic codes", { level: 6 }],
  ["runs", { strategy: constants.Z_RLE }],
] as const;

describe.each(IMPLEMENTATIONS)("%s", (_name, { createInflater, createDeflater }, other) => {
  describe.each(KINDS)("inflates %s", (_kind, options) => {
    test.each(FLUSHES)("of pieces that end in %s", async (flush) => {
      const sizes = [1, 0, 12, 700, 40_000, 3, 32_768, 32_769, 100_000, 5];
      const pieces = sizes.map((size, i) => screenful(size, i + 1));
      const stream = await deflated(
        [...pieces.map((piece) => [piece, flush] as const), [NOTHING, "Z_FINISH"]],
        options,
      );
      const inflater = createInflater();
      const out = stream.map((piece) => inflater.inflate(piece, 400_000).slice());
      expectSame(joined(out), joined(pieces));
      if (flush === "Z_SYNC_FLUSH") expect(out.slice(0, -1).map(({ length }) => length)).toEqual(sizes);
    });

    test("split at any byte, before and after which the stream is cut at its flushes", async () => {
      const pieces = [screenful(300, 3), screenful(150, 4), screenful(90, 5)];
      const stream = await deflated(
        pieces.map((piece) => [piece, "Z_SYNC_FLUSH"] as const),
        options,
      );
      const cut = stream[1]!;
      for (let at = 0; at <= cut.length; at++) {
        const inflater = createInflater();
        const parts = [stream[0]!, cut.subarray(0, at), cut.subarray(at), stream[2]!];
        expectSame(joined(parts.map((part) => inflater.inflate(part, 600).slice())), joined(pieces));
      }
    });

    test("in parts of any size", async () => {
      const whole = screenful(3000, 9);
      const stream = joined(
        await deflated(
          [[whole.subarray(0, 2000), "Z_SYNC_FLUSH"] as const, [whole.subarray(2000), "Z_FINISH"]],
          options,
        ),
      );
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 30 }), (sizes) => {
          const inflater = createInflater();
          const out: Uint8Array[] = [];
          let at = 0;
          for (const size of [...sizes, stream.length]) {
            out.push(inflater.inflate(stream.subarray(at, at + size), 3000).slice());
            at += size;
          }
          expectSame(joined(out), whole);
        }),
        { numRuns: 40 },
      );
      const inflater = createInflater();
      expect(joined([...stream].map((byte) => inflater.inflate(Uint8Array.of(byte), 3000).slice()))).toEqual(whole);
    });
  });

  test("hands out bytes that the next call does not change before it is made", async () => {
    const stream = await deflated([1, 2, 3].map((i) => [screenful(500, i), "Z_SYNC_FLUSH"] as const));
    const inflater = createInflater();
    for (const [i, piece] of stream.entries()) {
      const before = piece.slice();
      const out = inflater.inflate(piece, 500);
      expect(out).toEqual(screenful(500, i + 1));
      expect(piece).toEqual(before);
      out.fill(0); // The window is the inflater's own.
    }
  });

  test.each([0, 1, 9, 1000, 70_000])("lets %i bytes out where as many may come, and not one more", async (size) => {
    const stream = await deflated([
      [screenful(1000), "Z_SYNC_FLUSH"],
      [screenful(size, 7), "Z_SYNC_FLUSH"],
      [screenful(10), "Z_SYNC_FLUSH"],
    ]);
    const inflater = createInflater();
    inflater.inflate(stream[0]!, 1000);
    expectSame(inflater.inflate(stream[1]!, size), screenful(size, 7));
    expect(inflater.inflate(stream[2]!, 10)).toEqual(screenful(10));
    if (size === 0) return;

    const strict = createInflater();
    strict.inflate(stream[0]!, 1000);
    const fault = faultOf(() => strict.inflate(stream[1]!, size - 1));
    expect(fault.code).toBe("limit");
    expect(fault.message).toBe(`Cannot inflate a zlib stream: more than ${size - 1} bytes come out`);
    expect(faultOf(() => strict.inflate(stream[2]!, 10))).toBe(fault);
  });

  test("a bomb takes no more memory than may come out", async () => {
    const [bomb] = await deflated([[new Uint8Array(256 << 20), "Z_SYNC_FLUSH"]]);
    expect(bomb!.length).toBeLessThan(300_000);
    const before = process.memoryUsage();
    expect(faultOf(() => createInflater().inflate(bomb!, 1 << 20)).code).toBe("limit");
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(8 << 20);
    expect(after.rss - before.rss).toBeLessThan(24 << 20);
  }, 60_000);

  test("a stream may end, and then nothing follows", async () => {
    const [first, last] = await deflated([
      [screenful(500), "Z_SYNC_FLUSH"],
      [screenful(90, 2), "Z_FINISH"],
    ]);
    const inflater = createInflater();
    inflater.inflate(first!, 500);
    expect(inflater.inflate(last!, 90)).toEqual(screenful(90, 2));
    expect(inflater.inflate(NOTHING, 0)).toEqual(NOTHING);
    const fault = faultOf(() => inflater.inflate(Uint8Array.of(0), 9));
    expect(fault).toMatchObject({ code: "malformed", message: "Cannot inflate a zlib stream: 1 bytes after its end" });
  });

  test("a stream of one piece has its checksum compared", async () => {
    const [whole] = await deflated([[screenful(500), "Z_FINISH"]]);
    expect(createInflater().inflate(whole!, 500)).toEqual(screenful(500));
    whole![whole!.length - 1]! ^= 1;
    expect(faultOf(() => createInflater().inflate(whole!, 500)).message).toMatch(/incorrect data check$/);
  });

  test.each([
    ["a header of no method", [0x79, 0x9c, 0, 0, 0, 0xff, 0xff]],
    ["a header whose check fails", [0x78, 0x9d, 0, 0, 0, 0xff, 0xff]],
    ["a preset dictionary", [0x78, 0xbb, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff]],
    ["a block of no kind", [0x78, 0x9c, 7, 0, 0, 0xff, 0xff]],
    ["lengths that disagree", [0x78, 0x9c, 0, 4, 0, 0, 0, 1, 2, 3, 4]],
    ["a distance before the beginning", [0x78, 0x9c, 0x4b, 4, 0x12, 0, 0, 0, 0xff, 0xff]],
    ["bytes after the end", [0x78, 0x9c, 3, 0, 0, 0, 0, 1, 9]],
  ])("refuses %s", (_what, bytes) => {
    const [fault, others] = [createInflater(), other.createInflater()].map((inflater) =>
      faultOf(() => inflater.inflate(Uint8Array.from(bytes), 1000)),
    );
    expect(fault!.code).toBe("malformed");
    expect(fault!.message).toBe(others!.message);
  });

  test("whatever the bytes are, there is a value or an RfbError", async () => {
    const [first, second] = await deflated([
      [screenful(3000), "Z_SYNC_FLUSH"],
      [screenful(3000, 2), "Z_SYNC_FLUSH"],
    ]);
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(fc.nat(second!.length - 1), fc.integer({ min: 1, max: 255 }))
        .map(([at, bits]) => second!.map((byte, i) => (i === at ? byte ^ bits : byte))),
    );
    fc.assert(
      fc.property(any, fc.boolean(), (bytes, isFirst) => {
        const inflaters = [createInflater(), other.createInflater()];
        const results = inflaters.map((inflater) => {
          if (!isFirst) inflater.inflate(first!, 3000);
          try {
            return inflater.inflate(bytes, 5000).slice();
          } catch (error) {
            expect(error).toBeInstanceOf(RfbError);
            return (error as RfbError).message;
          }
        });
        // Node's looks at no checksum once it has inflated something without pako.
        const isUnseen = results.some(
          (result) => typeof result === "string" && result.endsWith("incorrect data check"),
        );
        if (isFirst || !isUnseen) expect(results[0]).toEqual(results[1]);
      }),
      { numRuns: 300 },
    );
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("a maximum of %d is the caller's fault", (maximum) => {
    expect(() => createInflater().inflate(Uint8Array.of(0x78), maximum)).toThrow(RangeError);
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])("deflates at level %i what others inflate", (level) => {
    const deflater = createDeflater(level);
    const inflater = other.createInflater();
    const pieces = [5, 0, 40_000, 1, 12, 0, 100_000, 33_000].map((size, i) => screenful(size, i + 1));
    const stream = pieces.map((piece) => deflater.deflate(piece));
    expect([stream[0]![0], 256 * stream[0]![0]! + stream[0]![1]!]).toEqual([0x78, 0x7801 + FLAGS[level]!]);
    for (const [i, piece] of stream.entries()) {
      expectSame(inflater.inflate(piece, pieces[i]!.length), pieces[i]!);
      if (pieces[i]!.length > 0) expect([...piece.subarray(-4)]).toEqual([0, 0, 0xff, 0xff]);
    }
    const all = inflateSync(joined(stream), { finishFlush: constants.Z_SYNC_FLUSH });
    expectSame(all, joined(pieces));
  });

  test("a later piece refers to an earlier one", () => {
    const deflater = createDeflater(6);
    const noise = Uint8Array.from({ length: 20_000 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
    const first = deflater.deflate(noise).length;
    expect(deflater.deflate(noise).length).toBeLessThan(first / 4);
  });

  test.each([-1, 10, 1.5, Number.NaN])("level %d is the caller's fault", (level) => {
    expect(() => createDeflater(level)).toThrow(RangeError);
  });

  test("what is closed takes no more, and may be closed again", () => {
    const [deflater, inflater] = [createDeflater(6), createInflater()];
    const piece = deflater.deflate(screenful(100));
    inflater.inflate(piece, 100);
    for (let time = 0; time < 2; time++) {
      deflater.close!();
      inflater.close!();
      expect(() => deflater.deflate(piece)).toThrow(new TypeError("Cannot deflate: the deflater is closed"));
      expect(() => inflater.inflate(piece, 100)).toThrow(new TypeError("Cannot inflate: the inflater is closed"));
    }
  });

  test("a stream of TigerVNC's comes out as Node's zlib has it in one go", () => {
    const whole = inflateSync(joined(TIGERVNC), { finishFlush: constants.Z_SYNC_FLUSH });
    const inflater = createInflater();
    const out = TIGERVNC.map((piece) => inflater.inflate(piece, whole.length).slice());
    expectSame(joined(out), whole);
  });
});

const NOTHING = new Uint8Array(0);
const FLAGS = [0, 0, 0x5d, 0x5d, 0x5d, 0x5d, 0x9b, 0xd9, 0xd9, 0xd9];

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A hundred times faster than toEqual, which matters for a hundred thousand bytes. */
function expectSame(actual: Uint8Array, expected: Uint8Array): void {
  expect(Buffer.compare(actual, expected)).toBe(0);
}

describe.each([
  ["Node's zlib", node],
  ["zlib in WebAssembly", wasm],
] as const)("%s", (_name, { createInflater, createDeflater }) => {
  test("a function that was taken off its inflater works on when that is collected", async () => {
    const { deflate } = createDeflater(6);
    const { inflate } = createInflater();
    expect(inflate(deflate(new Uint8Array(9)), 9)).toHaveLength(9);
    await collectGarbage();
    // Whoever takes the place of what was freed would write over it.
    createInflater().inflate(createDeflater(6).deflate(screenful(40_000)), 40_000);
    expect(inflate(deflate(new Uint8Array(9)), 9)).toHaveLength(9);
  });

  test("one that is closed and then collected is not freed twice", async () => {
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 10; i++) use([createDeflater(6), createInflater()]).forEach((stream) => void stream.close!());
      // In the place of those that were closed; others in theirs, if they were freed once more.
      const streams = Array.from({ length: 10 }, () => use([createDeflater(6), createInflater()]));
      await collectGarbage();
      for (let i = 0; i < 10; i++) use([createDeflater(6), createInflater()]);
      for (const pair of streams) use(pair);
    }

    function use(pair: readonly [Deflater, Inflater]): readonly [Deflater, Inflater] {
      const bytes = screenful(5000, 3);
      expectSame(pair[1].inflate(pair[0].deflate(bytes), 5000), bytes);
      return pair;
    }
  });

  test("a hundred streams at once, and a hundred more in the place of those", async () => {
    for (let time = 0; time < 2; time++) {
      const streams = Array.from({ length: 100 }, () => [createDeflater(9), createInflater()] as const);
      for (let piece = 0; piece < 3; piece++) {
        for (const [i, [deflater, inflater]] of streams.entries()) {
          const bytes = screenful(20_000 + i, i + piece + 1);
          expectSame(inflater.inflate(deflater.deflate(bytes), bytes.length), bytes);
        }
      }
      await collectGarbage();
    }
  });
});

test("a peer that has streams reset again and again within one turn gets them", () => {
  const piece = wasm.createDeflater(6).deflate(Uint8Array.of(1, 2, 3));
  for (let i = 0; i < 5000; i++) expect(wasm.createInflater().inflate(piece, 3)).toHaveLength(3);
  expect(process.memoryUsage().external).toBeLessThan(2 ** 29); // 2.6 GB for as many
});

test.each([
  ["Node's zlib", async () => await import("../../compression/node_zlib.ts")],
  ["zlib in WebAssembly", async () => (await (await import("../../compression/wasm_zlib.ts")).loadZlib())!],
])("%s frees a stream that nobody closes", async (_name, load) => {
  const known: WeakRef<object>[] = [];
  vi.resetModules();
  vi.stubGlobal(
    "FinalizationRegistry",
    class<Held> extends FinalizationRegistry<Held> {
      override register(target: object, held: Held, token?: WeakKey): void {
        known.push(new WeakRef(target));
        super.register(target, held, token);
      }
    },
  );
  try {
    const { createInflater, createDeflater } = await load();
    createInflater().close!(); // the first one is tried out, too
    known.splice(0);
    for (let i = 0; i < 20; i++) createInflater().inflate(createDeflater(6).deflate(new Uint8Array(9)), 9);
    expect(known).toHaveLength(40);
    await collectGarbage();
    expect(known.filter((stream) => stream.deref() !== undefined).length).toBeLessThan(10); // the last ones may be on the stack
  } finally {
    vi.unstubAllGlobals();
  }
});

test("streams that are closed make room at once", async () => {
  vi.resetModules();
  const made = vi.fn();
  vi.stubGlobal("WebAssembly", {
    compile: (bytes: BufferSource) => compile(bytes),
    Instance: class extends Instance {
      constructor(module: WebAssembly.Module) {
        super(module);
        made();
      }
    },
  });
  try {
    const { loadZlib } = await import("../../compression/wasm_zlib.ts");
    const { createInflater, createDeflater } = (await loadZlib())!;
    const others = Array.from({ length: 30 }, () => createInflater());
    for (let i = 0; i < 1000; i++) {
      const [deflater, inflater] = [createDeflater(9), createInflater()];
      const bytes = screenful(1000, i);
      expectSame(inflater.inflate(deflater.deflate(bytes), 1000), bytes);
      deflater.close!();
      inflater.close!();
      inflater.close!();
    }
    expect(made).toHaveBeenCalledTimes(1);
    others.push(createInflater(), createInflater(), createInflater());
    expect(made).toHaveBeenCalledTimes(2);
  } finally {
    vi.unstubAllGlobals();
  }
});

test("where nobody may compile, pako stands in", async () => {
  vi.resetModules();
  vi.stubGlobal("WebAssembly", { compile: () => Promise.reject(new WebAssembly.CompileError("not here")) });
  try {
    const { portableCompression, createInflater } = await import("../../compression/mod.ts");
    expect((await portableCompression({ jpegModule: false })).createInflater).toBe(createInflater);
  } finally {
    vi.unstubAllGlobals();
  }
  vi.resetModules();
  const { portableCompression, createInflater } = await import("../../compression/mod.ts");
  expect((await portableCompression({ jpegModule: false })).createInflater).not.toBe(createInflater);
});

test("the module is the package's", () => {
  expect(readFileSync(TARGET, "utf8")).toBe(zlibModule());
});

/** Finalizers come later. */
async function collectGarbage(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function collect(): void {
  const { Bun } = globalThis as { readonly Bun?: { gc(isForced: boolean): void } };
  if (Bun !== undefined) {
    Bun.gc(true);
    return;
  }
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}
