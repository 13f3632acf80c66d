import { clipboardBytesOf, clipboardTextOf, deflateClipboard, inflateClipboard } from "../../../codec/clipboard.ts";
import type { Image, ImageDecoder } from "../../../codec/compression.ts";
import { RfbError } from "../../../codec/errors.ts";
import { decodeExtendedCutText, extentOfExtendedCutText } from "../../../codec/extended_cut_text.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { compressLzo1x, decompressLzo1x } from "../../../codec/lzo1x.ts";
import { createPngEncoder } from "../../../compression/png.ts";
import { be32, join } from "../../codec/bytes.ts";
import { expectAllocations } from "../allocations.ts";
import { mutated } from "../mutations.ts";
import { COMPILED, filled, PORTABLE, pictureOf, REAL, STORED } from "../pictures.ts";
import type { Random } from "../random.ts";
import { expect, isEqual, outcomeOf, settled, type Target, target, untouched } from "../target.ts";

interface InflateCase {
  /** One stream, as it comes. */
  readonly pieces: readonly Uint8Array[];
  readonly maximum: number;
}

/** Inflaters that share no code come to the same. */
const EITHER: ReadonlySet<string> = new Set(["limit", "malformed"]);

const inflateTarget = target<InflateCase>({
  name: "inflate",
  make(random) {
    const deflater = random.pick([REAL, PORTABLE, COMPILED]).createDeflater(random.below(10));
    const pieces = Array.from({ length: random.between(1, 4) }, () => deflater.deflate(plainBytes(random, 300)));
    const which = random.below(pieces.length);
    if (!random.oneIn(3)) pieces[which] = mutated(random, pieces[which]!, pieces[which], 3);
    // Cut anywhere: a piece need not end where a block does.
    if (random.oneIn(4)) {
      const all = join(pieces);
      const at = random.below(all.length + 1);
      return { pieces: [all.slice(0, at), all.slice(at)], maximum: 2000 };
    }
    return { pieces, maximum: random.oneIn(3) ? random.below(310) : 2000 };
  },
  check({ pieces, maximum }) {
    const inflaters = [REAL, PORTABLE, COMPILED].map((compression) => compression.createInflater());
    for (const piece of pieces) {
      const [one, ...others] = untouched([piece], () =>
        inflaters.map((inflater) => settled(() => inflater.inflate(piece, maximum))),
      ) as [Uint8Array | RfbError, ...(Uint8Array | RfbError)[]];
      expectAllocations(2 ** 18);
      for (const each of [one, ...others]) {
        expect(each instanceof RfbError || each.length <= maximum, `More than ${maximum} bytes come out`);
      }
      for (const other of others) expectSame(one, other);
      const fault = [one, ...others].find((each) => each instanceof RfbError);
      if (fault instanceof RfbError) return fault.code;
    }
    return "value";
  },
});

function expectSame(one: Uint8Array | RfbError, other: Uint8Array | RfbError): void {
  // Node's inflater does not compare the checksum of a stream that it has seen in pieces.
  if (one instanceof Uint8Array && other instanceof Uint8Array)
    expect(isEqual(one, other), "They come to different bytes");
  // What is too much and broken as well is found to be one or the other, by how far each has looked ahead.
  if (one instanceof RfbError && other instanceof RfbError && one.code !== other.code)
    expect(
      [one, other].every(({ code }) => EITHER.has(code)),
      `One finds ${one}, the other ${other}`,
    );
  if (one instanceof Uint8Array && other instanceof RfbError) {
    expect(/check/.test(other.message), `One inflates it, the other finds ${other}`);
  }
  if (one instanceof RfbError) expect(other instanceof RfbError, `One finds ${one}, the other inflates it`);
}

interface ImageCase {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

function imageTarget(
  name: string,
  usual: number,
  encode: (random: Random, image: Image) => Uint8Array,
  decode: ImageDecoder,
): Target {
  return target<ImageCase>({
    name,
    usual,
    make(random) {
      const { width, height, pixels } = filled(random, random.between(1, 24), random.between(1, 24));
      const bytes = encode(random, { width, height, data: new Uint8Array(pixels.buffer) });
      const isOther = random.oneIn(20);
      return {
        width: isOther ? random.below(3000) : width,
        height,
        bytes: random.oneIn(8) ? bytes : mutated(random, bytes),
      };
    },
    check({ width, height, bytes }) {
      const image = untouched([bytes], () => settled(() => decode(bytes, width, height)));
      expectAllocations(2 ** 18 + 16 * bytes.length + 32 * width * height);
      if (image instanceof RfbError) return image.code;
      expect(image.width === width && image.height === height, () => `It is ${image.width}x${image.height}`);
      expect(image.data.length === 4 * width * height, () => `It has ${image.data.length} bytes`);
      return "value";
    },
  });
}

const PNG_ENCODERS = [0, 1, 6].map(createPngEncoder);

interface ClipboardCase {
  readonly flags: number;
  readonly deflated: Uint8Array;
  /** Of its inflated content, without zlib. */
  readonly isPlain: boolean;
  /** A whole message. */
  readonly message: Uint8Array;
}

const clipboardTarget = target<ClipboardCase>({
  name: "extended-clipboard",
  make(random) {
    const isPlain = !random.oneIn(4);
    const formats = [1, 2, 4, 8, 16].filter(() => random.oneIn(2));
    const contents = formats.map((format) => ({
      format,
      data: random.oneIn(2) ? random.bytes(random.below(40)) : clipboardBytesOf("one\ntwo\r\nthree\u20ac"),
    }));
    const { flags, deflated } = deflateClipboard(contents, (isPlain ? STORED : REAL).createDeflater(6));
    const action = random.oneIn(3) ? random.below(256) * 2 ** 24 : 0x10000000;
    const body = join([be32(action + random.below(32)), random.bytes(random.below(40))]);
    const message = mutated(random, join([be32(0x06000000), be32(2 ** 32 - body.length), body]));
    return { flags, deflated: mutated(random, deflated), isPlain, message };
  },
  check({ flags, deflated, isPlain, message }) {
    const extent = settled(() => extentOfExtendedCutText(message, 0, message.length, DEFAULT_LIMITS));
    const read = untouched([message], () =>
      extent instanceof RfbError || extent > message.length
        ? undefined
        : settled(() => decodeExtendedCutText(message, 0)),
    );
    const provided = { flags, maximumSizes: [], deflated };
    const limits = { ...DEFAULT_LIMITS, maxClipboardLength: 64 };
    const contents = untouched([deflated], () =>
      settled(() => inflateClipboard(provided, (isPlain ? STORED : REAL).createInflater(), limits)),
    );
    expectAllocations(2 ** 18 + 64 * deflated.length);
    if (read instanceof RfbError) return read.code;
    if (contents instanceof RfbError) return contents.code;
    for (const { data } of contents) {
      const text = clipboardTextOf(data);
      expect(
        clipboardTextOf(clipboardBytesOf(text)) === text.replaceAll(/\r\n?/g, "\n"),
        () => `${JSON.stringify(text)} does not come back`,
      );
    }
    return "value";
  },
});

interface LzoCase {
  readonly bytes: Uint8Array;
  readonly length: number;
  /** What is to come back from its own compression. */
  readonly plain: Uint8Array;
}

const lzoTarget = target<LzoCase>({
  name: "lzo1x",
  make(random) {
    const plain = plainBytes(random, random.oneIn(30) ? 70000 : 500);
    const source = plainBytes(random, 500);
    const bytes = mutated(random, compressLzo1x(source), undefined, 5);
    return { bytes, length: random.oneIn(8) ? random.u32() : source.length, plain };
  },
  check({ bytes, length, plain }) {
    const compressed = untouched([plain], () => compressLzo1x(plain));
    expect(isEqual(decompressLzo1x(compressed, 0, plain.length), plain), "It does not come back");
    const value = untouched([bytes], () => settled(() => decompressLzo1x(bytes, 0, length)));
    expectAllocations(2 ** 18 + 256 * (bytes.length + plain.length));
    return outcomeOf(value);
  },
});

/** What compresses well, badly, and in between. */
function plainBytes(random: Random, most: number): Uint8Array {
  const length = random.below(most);
  if (random.oneIn(4)) return random.bytes(length);
  if (random.oneIn(3)) return new Uint8Array(pictureOf(random, 16).pixels.buffer).slice(0, length);
  const pattern = random.bytes(random.between(1, 40));
  const bytes = Uint8Array.from({ length }, (_, i) => pattern[i % pattern.length]!);
  for (let changes = random.below(20); changes > 0 && length > 0; changes--)
    bytes[random.below(length)] = random.below(256);
  return bytes;
}

export const compressedTargets: readonly Target[] = [
  inflateTarget,
  lzoTarget,
  clipboardTarget,
  imageTarget("jpeg", 150, (random, image) => REAL.encodeJpeg!(image, random.between(1, 100)), REAL.decodeJpeg!),
  imageTarget("png", 150, (random, image) => random.pick(PNG_ENCODERS)(image), REAL.decodePng!),
];
