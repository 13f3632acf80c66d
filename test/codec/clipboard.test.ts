import { constants, deflateSync, inflateSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import {
  ClipboardAction,
  type ClipboardContent,
  ClipboardFormat,
  clipboardBytesOf,
  clipboardTextOf,
  deflateClipboard,
  inflateClipboard,
} from "../../codec/clipboard.ts";
import type { Inflater } from "../../codec/compression.ts";
import { DEFAULT_LIMITS, type Limits } from "../../codec/limits.ts";
import * as node from "../../compression/node_zlib.ts";
import { loadZlib } from "../../compression/wasm_zlib.ts";
import * as portable from "../../compression/zlib.ts";
import { bytes } from "./arbitraries.ts";
import { be32, hex, hexOf, join, latin1 } from "./bytes.ts";
import { errorOf } from "./errors.ts";
import { runs } from "./runs.ts";

const { Text, Rtf, Html, Dib } = ClipboardFormat;

function provided(formats: number, stream: Uint8Array) {
  return { flags: ClipboardAction.Provide + formats, maximumSizes: [], deflated: new Uint8Array(deflateSync(stream)) };
}

const sized = (data: Uint8Array) => join([be32(data.length), data]);

describe.each([
  ["pako", portable],
  ["zlib in WebAssembly", (await loadZlib())!],
  ["Node", node],
])("a clipboard, inflated by %s", (_name, { createInflater, createDeflater }) => {
  test("is what TigerVNC provided, whose stream ends in a flush (xtigervnc-extendedclipboard/server.bin@2410)", () => {
    const deflated = hex(
      "789c62606050284e2d2a4b2d522849ad285178d43045e1c9de054f97ee5538bc9297ebc3fc590d0c00000000ffff",
    );
    const contents = inflateClipboard({ flags: 0x10000001, maximumSizes: [], deflated }, createInflater());
    expect(contents).toHaveLength(1);
    expect(contents[0]!.format).toBe(Text);
    expect(clipboardTextOf(contents[0]!.data)).toBe("server text — 你好 é\n🚀");
  });

  test("is what a client provided, whose stream has an end (xtigervnc-extendedclipboard/client.bin@92)", () => {
    const deflated = hex(
      "789c636060d04e2bcacf5528c9485548cec94ccd2b5178d43045e1d9f4a5cfe6ac79b16a9ec287f9331a78b98a5393f3f3521800b74613f0",
    );
    const contents = inflateClipboard({ flags: 0x10000001, maximumSizes: [], deflated }, createInflater());
    expect(contents.map(({ data }) => clipboardTextOf(data))).toStrictEqual(["from the client — 日本語 😀\nsecond"]);
  });

  test("has its formats in order, lowest bit first, whatever is behind them", () => {
    const stream = join([sized(latin1("one")), sized(latin1("")), sized(latin1("three")), latin1("behind")]);
    expect(inflateClipboard(provided(Text + Html + 0x8000, stream), createInflater())).toStrictEqual([
      { format: Text, data: latin1("one") },
      { format: Html, data: latin1("") },
      { format: 0x8000, data: latin1("three") },
    ]);
  });

  test("of no format is empty, with and without a stream", () => {
    expect(inflateClipboard(provided(0, hex("")), createInflater())).toStrictEqual([]);
    const nothing = { flags: ClipboardAction.Provide, maximumSizes: [], deflated: hex("") };
    expect(inflateClipboard(nothing, createInflater())).toStrictEqual([]);
  });

  test("comes back as it was deflated", () => {
    const contents = fc.uniqueArray(
      fc.tuple(fc.nat({ max: 15 }), bytes(200)).map(([bit, data]): ClipboardContent => ({ format: 1 << bit, data })),
      { selector: ({ format }) => format },
    );
    fc.assert(
      fc.property(contents, (given) => {
        const ordered = given.toSorted((one, other) => one.format - other.format);
        const message = deflateClipboard(given, createDeflater(6));
        expect(inflateClipboard(message, createInflater())).toStrictEqual(ordered);
        // What another's zlib makes of it.
        const stream = inflateSync(message.deflated, { finishFlush: constants.Z_SYNC_FLUSH });
        expect(hexOf(stream)).toBe(hexOf(join(ordered.map(({ data }) => sized(data)))));
      }),
      runs(100),
    );
  });

  test("may have as many bytes in each of 16 formats as the limit says, and not one more", () => {
    const limits: Limits = { ...DEFAULT_LIMITS, maxClipboardLength: 1000 };
    const full = sized(new Uint8Array(1000).fill(7));
    const all = inflateClipboard(
      provided(0xffff, join(new Array<Uint8Array>(16).fill(full))),
      createInflater(),
      limits,
    );
    expect(all.map(({ data }) => data.length)).toStrictEqual(new Array<number>(16).fill(1000));
    const over = join([sized(new Uint8Array(1001)), be32(0)]);
    expect(errorOf(() => inflateClipboard(provided(Text + Rtf, over), createInflater(), limits))).toMatchObject({
      code: "limit",
      reason: "limit maxClipboardLength is 1000, got 1001",
    });
    // One format, so that the inflater stops before the size is looked at.
    const single = sized(new Uint8Array(1001));
    expect(errorOf(() => inflateClipboard(provided(Text, single), createInflater(), limits)).code).toBe("limit");
  });

  test("of 4 GB is refused by its size, and of what is behind 64 MiB are not inflated", () => {
    let inflated = 0;
    const counted = (): Inflater => {
      const inflater = createInflater();
      inflated = 0;
      return {
        inflate(deflated, maximum) {
          const bytes = inflater.inflate(deflated, maximum);
          inflated += bytes.length;
          return bytes;
        },
      };
    };
    const zeros = new Uint8Array(64 * 1024 * 1024);
    const claim = provided(Text, join([be32(0xffffffff), zeros]));
    const limit = { code: "limit", reason: "limit maxClipboardLength is 1048576, got 4294967295" };
    expect(errorOf(() => inflateClipboard(claim, counted()))).toMatchObject(limit);
    expect(inflated).toBeLessThanOrEqual(1024 * 1024);
    const bomb = provided(Text + Rtf + Html + Dib, zeros);
    expect(inflateClipboard(bomb, counted()).map(({ data }) => data.length)).toStrictEqual([0, 0, 0, 0]);
    expect(inflated).toBeLessThanOrEqual(1024 * 1024);
  });

  test("is read as far as the last format that is wanted, and of the others nothing is kept", () => {
    const stream = join([sized(latin1("one")), sized(latin1("two")), be32(0xffffffff)]);
    const message = provided(Text + Rtf + Html, stream);
    const kept = inflateClipboard(message, createInflater(), DEFAULT_LIMITS, Rtf);
    expect(kept).toStrictEqual([{ format: Rtf, data: latin1("two") }]);
    expect(errorOf(() => inflateClipboard(message, createInflater())).code).toBe("limit");
  });

  test("that ends too early is truncated, and says where", () => {
    for (const [stream, reason] of [
      [hex(""), "0 bytes of 4 for format 0x1"],
      [hex("000000"), "3 bytes of 4 for format 0x1"],
      [hex("00000002 61"), "1 bytes of 2 for format 0x1"],
      [hex("00000001 61"), "0 bytes of 4 for format 0x4"],
      [hex("00000001 61 00000001"), "0 bytes of 1 for format 0x4"],
    ] as const) {
      const error = errorOf(() => inflateClipboard(provided(Text + Html, stream), createInflater()));
      expect(error.code).toBe("truncated");
      expect(error.message).toBe(`Cannot read an extended clipboard: ${reason}`);
    }
  });

  test("that is no zlib stream is malformed", () => {
    const message = { flags: 0x10000001, maximumSizes: [], deflated: hex("01020304050607") };
    expect(errorOf(() => inflateClipboard(message, createInflater())).code).toBe("malformed");
  });
});

test("what an inflater hands out stays with it: the contents are copies", () => {
  const output = sized(latin1("text"));
  const inflater: Inflater = { inflate: () => output };
  const [content] = inflateClipboard({ flags: 0x10000001, maximumSizes: [], deflated: hex("00") }, inflater);
  output.fill(0);
  expect(content!.data).toStrictEqual(latin1("text"));
});

test.each([0x01000001, 0x02000001, 0x08000001, 0x11000001, 1])("flags %d provide nothing to inflate", (flags) => {
  const message = { flags, maximumSizes: [], deflated: hex("") };
  const inflater = { ...portable.createInflater(), close: vi.fn() };
  expect(() => inflateClipboard(message, inflater)).toThrow(TypeError);
  expect(inflater.close).toHaveBeenCalledOnce();
});

test.each([[[0]], [[3]], [[0x10000]], [[0.5]], [[-1]], [[1, 1]], [[1, 2, 1]]])(
  "formats %j cannot be provided",
  (formats) => {
    const contents = formats.map((format) => ({ format, data: hex("00") }));
    const deflater = { ...portable.createDeflater(6), close: vi.fn() };
    expect(() => deflateClipboard(contents, deflater)).toThrow(RangeError);
    expect(deflater.close).toHaveBeenCalledOnce();
  },
);

describe("the clipboard's text", () => {
  test.each([
    ["", "00"],
    ["a\nb", "610d0a6200"],
    ["a\r\nb", "610d0a6200"],
    ["a\rb", "610d0a6200"],
    ["\n\n", "0d0a0d0a00"],
    ["é", "c3a900"],
    ["🚀", "f09f9a8000"],
  ])("%j is %s", (text, spelt) => {
    expect(hexOf(clipboardBytesOf(text))).toBe(spelt);
  });

  test.each([
    ["", ""],
    ["00", ""],
    ["61", "a"],
    ["610000", "a\0"],
    ["610d0a620a630d6400", "a\nb\nc\rd"],
    ["efbbbf6100", "\ufeffa"],
    ["61ff6200", "a\ufffdb"],
  ])("of %s is %j", (spelt, text) => {
    expect(clipboardTextOf(hex(spelt))).toBe(text);
  });

  test("comes back with its lines, whatever they ended with", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(clipboardTextOf(clipboardBytesOf(text))).toBe(text.replaceAll(/\r\n|\r/g, "\n"));
      }),
      runs(200),
    );
  });
});
