import { RfbError } from "../../../codec/errors.ts";
import { decodePixelFormat, encodePixelFormat, PIXEL_FORMAT_LENGTH } from "../../../codec/pixel_format.ts";
import { valuesOf } from "../../../codec/pixel_values.ts";
import { createPixelWriters, tpixelSizeOf, writePixel, writePixels } from "../../../codec/pixel_writers.ts";
import { pixelReadersOf, readPixel, readPixels, valueAt } from "../../../codec/pixels.ts";
import { expectAllocations } from "../allocations.ts";
import { mutated } from "../mutations.ts";
import { formatOf } from "../pictures.ts";
import { expect, isEqual, settled, type Target, target, untouched } from "../target.ts";

interface FormatCase {
  /** A PixelFormat, sound or not. */
  readonly bytes: Uint8Array;
  /** R, G, B of some pixels. */
  readonly colours: Uint8Array;
}

/** Formats, and pixels through them and back. */
export const pixelFormatTargets: readonly Target[] = [
  target<FormatCase>({
    name: "pixel-format",
    usual: 150, // a format of 16 bits takes a table
    make(random) {
      const sound = encodePixelFormat(formatOf(random, 2));
      const bytes = random.oneIn(20)
        ? random.bytes(random.below(20))
        : random.oneIn(2)
          ? sound
          : mutated(random, sound, sound, 2);
      return { bytes, colours: random.bytes(3 * random.between(1, 9)) };
    },
    check({ bytes, colours }) {
      const format = untouched([bytes], () => settled(() => decodePixelFormat(bytes)));
      if (format instanceof RfbError) return format.code;
      const padded = new Uint8Array(PIXEL_FORMAT_LENGTH);
      padded.set(bytes.subarray(0, 13));
      expect(isEqual(encodePixelFormat(format), padded), "The format is written otherwise than it was read");
      const readers = pixelReadersOf(format);
      const writers = createPixelWriters(format);
      const plain = pixelReadersOf(format, "values");
      expectAllocations(2 ** 18, 2 ** 22);
      expect(tpixelSizeOf(format) === readers.tpixel.size, "Who frames expects another TPIXEL");
      const count = Math.floor(colours.length / 3);
      const pixels = new Uint32Array(count);
      for (let i = 0; i < count; i++)
        pixels[i] = 0xff000000 | (colours[3 * i]! << 16) | (colours[3 * i + 1]! << 8) | colours[3 * i + 2]!;
      const values = valuesOf(pixels, format);
      for (const kind of ["pixel", "cpixel", "tpixel"] as const) {
        const reader = readers[kind];
        const wire = new Uint8Array(count * reader.size);
        writePixels(writers[kind], wire, 0, values, 0, count);
        const read = new Uint32Array(count);
        readPixels(reader, wire, 0, read, 0, count);
        const one = new Uint8Array(reader.size);
        for (let i = 0; i < count; i++) {
          const pixel = pixels[i]!;
          const wanted = readers.ofRgb(pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff) >>> 0;
          const at = i * reader.size;
          expect(read[i] === wanted, () => `A ${kind} comes back as ${read[i]}, not ${wanted}`);
          expect(readPixel(reader, wire, at) >>> 0 === wanted, () => `One ${kind} is read otherwise than many`);
          expect(
            valueAt(plain[kind], wire, at) >>> 0 === values[i],
            () => `The value of a ${kind} comes back as another`,
          );
          writePixel(writers[kind], one, 0, values[i]!);
          expect(isEqual(one, wire.subarray(at, at + reader.size)), () => `One ${kind} is written otherwise than many`);
        }
      }
      return "value";
    },
  }),
];
